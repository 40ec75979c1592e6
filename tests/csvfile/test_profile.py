"""Column profiles: exact on small files, estimated from spread windows on large ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ztui.csvfile import profile as module
from ztui.csvfile.detect import detect
from ztui.csvfile.index import RowIndex
from ztui.csvfile.kinds import KINDS, kind_of
from ztui.csvfile.profile import ValueTally, profile_column


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("", ""),
        ("  \t", ""),
        ("ada@x.example", "email"),
        ("Ada <ada@x.example>", "text"),
        ("a@b", "text"),
        ("https://x.example/a?b=c", "url"),
        ("www.x.example", "url"),
        ("12:30", "text"),
        ("2026-01-31", "date"),
        ("2026-01-31T10:20:30+01:00", "date"),
        ("31.12.26", "date"),
        ("3 Mar 2026", "date"),
        ("March 3, 2026", "date"),
        ("12/31/2026 1:05 PM", "date"),
        ("42", "integer"),
        ("-7", "integer"),
        ("1,234.50", "number"),
        ("1.234,50 €", "number"),
        ("$ 1,200", "number"),
        ("12%", "number"),
        ("4.9E+11", "number"),
        ("+49 30 123456", "phone"),
        ("(020) 7946 0018 x5", "phone"),
        ("030/123-4567", "phone"),
        ("0301234567", "phone"),
        ("yes", "boolean"),
        ("FALSE", "boolean"),
        ("3652397000000186017", "id"),
        ("zcrm_3652397000000186017", "id"),
        ("0031x00000ABCDEFGH", "id"),
        ("6fa459ea-ee8a-3ca4-894e-db77e160355e", "id"),
        ("Ada", "text"),
        ("1 Main St", "text"),
        ("x" * 5000, "text"),
        ("1" * 5000, "text"),
    ],
)
def test_kinds(value: str, kind: str) -> None:
    assert kind_of(value) == kind
    assert kind == "" or kind in KINDS


def test_of_values_at_hand() -> None:
    tally = ValueTally()
    for value in ("a", " a ", "", " ", "bb@x.example", "a"):
        tally.add(value)
    profile = tally.profile(3, 1.0)
    assert (profile.index, profile.rows, profile.filled, profile.distinct) == (3, 6, 4, 2)
    assert profile.longest == len("bb@x.example")
    assert profile.kinds == (("text", 3), ("email", 1))
    assert profile.samples == ("a", "bb@x.example")


@pytest.mark.parametrize(
    ("value", "distinct", "tolerance"),
    [(lambda n: f"id{n}", 50_000, 0.02), (lambda n: f"city{n % 37}", 37, 0.01)],
)
def test_large_files_are_estimated_from_windows_all_over(
    value: Callable[[int], str], distinct: int, tolerance: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [f"{n},{value(n)}\n".encode() for n in range(50_000)]
    path = tmp_path / "f.csv"
    path.write_bytes(b"n,v\n" + b"".join(rows))
    points, offset = [], 4
    for number, row in enumerate(rows):
        if not number % 250:
            points.append((offset, number, number + 2))
        offset += len(row)
    monkeypatch.setattr(module, "_WHOLE", 1000)
    monkeypatch.setattr(module, "_ROWS_PER_WINDOW", 200)
    info = detect(str(path))
    reports: list[int] = []
    found = profile_column(
        info, RowIndex.of(points, 50_000), 1, path.stat().st_size, lambda rows, _: reports.append(rows)
    )
    assert found.rows == found.filled == 64 * 200
    assert abs(found.distinct - distinct) <= tolerance * distinct
    assert reports
    last = profile_column(info, RowIndex.of(points, 50_000), 0, path.stat().st_size, lambda *_: None)
    assert last.longest == 5  # rows near the end were looked at
