"""Date patterns."""

from __future__ import annotations

import pytest

from ztui.sandbox.dates import date_reader, datetime_reader, is_date_pattern, is_datetime_pattern, iso_datetime


@pytest.mark.parametrize(
    ("pattern", "cell", "iso"),
    [
        ("dd/MM/yyyy", "31/01/2024", "2024-01-31"),
        ("MM.dd.yy", "02.29.24", "2024-02-29"),
        ("yyyy MMM dd", "2024 Feb 29", "2024-02-29"),
        ("dd-MMMM-yyyy", "1-March-2024", None),
        ("d-MMMM-yyyy", "1-March-2024", "2024-03-01"),
        ("MMM dd,yyyy", "SEP 05,2024", "2024-09-05"),
        ("yy/MM/dd", "99/12/31", "1999-12-31"),
        ("dd/MM/yyyy", "1/1/2024", None),
        ("d/M/yyyy", "1/1/2024", "2024-01-01"),
        ("yyyy-MM-dd", "2023-02-29", None),
        ("yyyy-MM-dd", "２０２４-01-01", None),
        ("dd MMM yyyy", "05 Foo 2024", None),
    ],
)
def test_dates(pattern: str, cell: str, iso: str | None) -> None:
    assert is_date_pattern(pattern)
    assert date_reader((pattern,))(cell) == iso


@pytest.mark.parametrize(
    ("pattern", "cell", "iso"),
    [
        ("yyyy-MM-dd HH:mm:ss", "2024-02-29 23:59:01", "2024-02-29T23:59:01+05:30"),
        ("dd/MM/yyyy hh:mm a", "29/02/2024 12:05 AM", "2024-02-29T00:05:00+05:30"),
        ("dd/MM/yyyy hh:mm a", "29/02/2024 01:05 pm", "2024-02-29T13:05:00+05:30"),
        ("dd/MM/yyyy hh:mm a", "29/02/2024 13:05 pm", None),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-02-29T10:00:00Z", "2024-02-29T15:30:00+05:30"),
        ("yyyy-MM-dd'T'HH:mm:ssXXX", "2024-02-29T10:00:00-02:00", "2024-02-29T17:30:00+05:30"),
        ("yyyy-MM-dd HH:mm:ss", "2024-02-29 24:00:00", None),
        ("yyyy-MM-dd", "2024-02-29", "2024-02-29T00:00:00+05:30"),
    ],
)
def test_datetimes(pattern: str, cell: str, iso: str | None) -> None:
    assert datetime_reader((pattern,))(cell) == iso


@pytest.mark.parametrize(
    "pattern", ["", "yyyy", "yyyy-MM", "yyyy-MM-dd-dd", "yyyy-QQ-dd", "yyyy-MM-dd HH", "x", "YYYY-MM-DD"]
)
def test_patterns_that_are_no_dates(pattern: str) -> None:
    assert not is_date_pattern(pattern)


def test_patterns_with_times() -> None:
    assert is_datetime_pattern("yyyy-MM-dd HH")
    assert not is_datetime_pattern("yyyy-MM-dd")


@pytest.mark.parametrize("text", ["2024-02-29", "soon", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_no_iso_datetime(text: str) -> None:
    assert iso_datetime(text) is None
