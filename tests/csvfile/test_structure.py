"""The exact pass agrees with csv.reader on everything, and names what is broken."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.csvfile.oracle import oracle
from ztui.csvfile import structure as module
from ztui.csvfile.index import RowIndex
from ztui.csvfile.reader import read_rows
from ztui.csvfile.structure import Structure, StructureScan
from ztui.model.table import Dialect

HEADLESS = Dialect(header_line=0, first_line=1)

pieces = st.sampled_from(
    ["a", "bc", ",", ",", '"', '""', "\n", "\n", "\r\n", "\r", "é", " ", "\0", "x,y\n", '"q, r"', '"l1\nl2",']
)
mangled = st.lists(pieces, max_size=60).map("".join).map(str.encode)


def scan(path: Path, data: bytes, width: int, dialect: Dialect = HEADLESS) -> Structure:
    path.write_bytes(data)
    return StructureScan(path, dialect, width, 0).run()


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("structure") / "file.csv"


@settings(max_examples=400, deadline=None)
@given(data=mangled, width=st.integers(1, 4), spacing=st.sampled_from([1, 2, 3, 7, 16, 64, 1 << 17]))
def test_agrees_with_csv_reader(place: Path, data: bytes, width: int, spacing: int) -> None:
    expected = oracle(data, HEADLESS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "SPACING", spacing)
        found = scan(place, data, width)
    assert found.count == len(expected)
    assert found.short.count == sum(len(cells) < width for _, cells in expected)
    assert found.long.count == sum(len(cells) > width for _, cells in expected)
    assert (
        found.short.places
        == [(n, line, len(cells)) for n, (line, cells) in enumerate(expected) if len(cells) < width][:100]
    )
    index = RowIndex.of(found.checkpoints, found.count)
    for number in range(len(expected)):
        at = index.before(number)
        (row,) = read_rows(place, HEADLESS, at.offset, at.line, at.number, number - at.number, 1)
        assert (row.number, row.line, row.cells) == (number, *expected[number])
