"""JSON in and out."""

from __future__ import annotations

import pytest

from ztui.sandbox.wire import dump, load, query_of, record_number


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"NaN", b"[Infinity]", b"[1e999]", b"\xff", b'"\\ud800"', b"[" * 60 + b"1" + b"]" * 60, b"[" * 9999,
        b"1" * 5000,
    ],
)  # fmt: skip
def test_what_is_no_json(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        load(body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'\xef\xbb\xbf{"a":1}', {"a": 1}),
        ('"ä\\u00e9\\ud83d\\ude00"'.encode(), "äé😀"),
        (b"[" * 40 + b"1" + b"]" * 40, None),
    ],
)
def test_what_is(body: bytes, value: object) -> None:
    found = load(body)
    if value is not None:
        assert found == value
    assert load(dump(found)) == found


def test_output_is_compact_and_never_fails() -> None:
    assert dump({"a": ["ä", None]}) == '{"a":["ä",null]}'.encode()
    assert dump("\ud800") == b'"?"'


@pytest.mark.parametrize(
    ("value", "number"),
    [
        ("12", 12),
        (12, 12),
        (" 12", None),
        ("-1", None),
        (True, None),
        (1.5, None),
        (None, None),
        ("9" * 19, None),
        ("", None),
    ],
)
def test_ids(value: object, number: int | None) -> None:
    assert record_number(value) == number


def test_the_last_of_repeated_parameters_counts() -> None:
    assert query_of(b"a=1&a=%C3%A4&b=&c=%ff") == {"a": "ä", "b": "", "c": "\ufffd"}
