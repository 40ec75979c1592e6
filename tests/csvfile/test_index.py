"""The provisional index counts by quote parity; an exact one takes its place."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.csvfile.oracle import oracle
from ztui.csvfile import index as module
from ztui.csvfile.index import Checkpoint, RowIndex, scan_provisional
from ztui.csvfile.reader import read_rows
from ztui.model.table import Dialect

HEADLESS = Dialect(header_line=0, first_line=1)
cells = st.text(st.sampled_from('ab", \n\r;é'), max_size=6)
tables = st.lists(st.lists(cells, min_size=2, max_size=3), max_size=25)


def provisional(path: Path, data: bytes) -> RowIndex:
    path.write_bytes(data)
    index = RowIndex(Checkpoint(0, 0, 1))
    scan_provisional(path, index, len(data))
    return index


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("index") / "file.csv"


@settings(max_examples=300, deadline=None)
@given(
    rows=tables,
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    ending=st.sampled_from(["\n", "\r\n"]),
    spacing=st.sampled_from([1, 2, 5, 13, 64, 1 << 17]),
    dense=st.sampled_from([1, 600]),
)
def test_is_right_on_well_formed_files(
    place: Path, rows: list[list[str]], quoting: int, ending: str, spacing: int, dense: int
) -> None:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator=ending).writerows(  # type: ignore[arg-type]
        [[cell.replace("\r", "\r\n") for cell in row] for row in rows]
    )
    data = out.getvalue().encode()
    expected = oracle(data, HEADLESS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SPACING", spacing)
        patch.setattr(module, "_DENSE", dense)
        index = provisional(place, data)
    assert index.complete
    assert index.count == len(expected)
    for number in range(len(expected)):
        at = index.before(number)
        (row,) = read_rows(place, HEADLESS, at.offset, at.line, at.number, number - at.number, 1)
        assert (row.number, row.line, row.cells) == (number, *expected[number])


def test_a_stray_quote_makes_it_wrong_and_so_it_is_not_called_exact(tmp_path: Path) -> None:
    index = provisional(tmp_path / "f.csv", b'pipe,12" wide\nb,c\nd,e\n')
    assert index.count == 1
    assert index.complete
    assert not index.exact


def test_reports_each_block_and_ends_when_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPACING", 4)
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b\n" * 10)
    index = RowIndex(Checkpoint(0, 0, 1))
    seen: list[tuple[int, float]] = []

    def stop_at_four(rows: int, fraction: float) -> None:
        seen.append((rows, fraction))
        if rows == 4:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        scan_provisional(path, index, 40, stop_at_four)
    assert seen == [(2, 0.2), (4, 0.4)]
    assert (index.count, index.complete) == (4, False)


def test_exact_checkpoints_are_looked_up_by_number_and_by_line() -> None:
    index = RowIndex.of([(10, 0, 2), (50, 5, 9), (90, 11, 20)], 15)
    assert index.exact
    assert index.before(0) == Checkpoint(10, 0, 2)
    assert index.before(4) == Checkpoint(10, 0, 2)
    assert index.before(5) == Checkpoint(50, 5, 9)
    assert index.before(99) == Checkpoint(90, 11, 20)
    assert index.before_line(1) == Checkpoint(10, 0, 2)
    assert index.before_line(19) == Checkpoint(50, 5, 9)
    assert index.memory == 3 * 16
    assert index.checkpoints() == [(10, 0, 2), (50, 5, 9), (90, 11, 20)]


def test_more_lines_than_four_bytes_count() -> None:
    index = RowIndex.of([(10, 0, 2), (5 << 32, 3 << 32, 4 << 32)], 6 << 32)
    assert index.before(5 << 32) == Checkpoint(5 << 32, 3 << 32, 4 << 32)
    assert index.before_line(3 << 32) == Checkpoint(10, 0, 2)
