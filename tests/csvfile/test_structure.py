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


@pytest.mark.parametrize(
    ("data", "swallowed"),
    [
        (b'1,"a\n2,b,c\n3,d,e\n', 2),  # to the end
        (b'1,"a,b\n2,"c",d\n3,e,f\n', 1),  # to the next quoted cell
        (b'1,"a,b\n2,c,d\n4,e,"f"\n3,e,f\n', 2),
    ],
)
def test_an_open_quote_is_told_with_what_it_swallows(data: bytes, swallowed: int, tmp_path: Path) -> None:
    found = scan(tmp_path / "f.csv", b"x,y,z\n" + data, 3)
    assert found.unclosed.places == [(1, 2, swallowed)]


@pytest.mark.parametrize(
    "data",
    [
        b'1,"a\nb",c\n',
        b'1,"a\n2,b,c\n",c\n',  # a cell may well hold what looks like a row
        b'1,"a\nsecond",b,c\n',  # too long, but the rest of its last line is no row
        b'1,"a\nsecond"\n',
    ],
)
def test_a_cell_over_several_lines_is_no_open_quote(data: bytes, tmp_path: Path) -> None:
    assert scan(tmp_path / "f.csv", b"x,y,z\n" + data, 3).unclosed.count == 0


def test_only_the_first_places_are_kept_but_all_are_counted(tmp_path: Path) -> None:
    found = scan(tmp_path / "f.csv", b"a,b\n1\n" * 300, 2)
    assert (found.short.count, len(found.short.places)) == (300, module.EXAMPLES)
    assert found.short.places[1] == (3, 4, 1)


def test_what_hears_of_blocks_can_end_the_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPACING", 10)
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b\n" * 50 + b'"' + b"c,d\n" * 50)
    heard: list[tuple[int, float]] = []
    scan = StructureScan(path, HEADLESS, 2, 0, on_block=lambda rows, part: heard.append((rows, part)))
    assert scan.run().count == 51
    assert heard[0] == (2, 8 / 401)
    assert [rows for rows, _ in heard] == sorted(rows for rows, _ in heard)
    assert len(heard) > 40  # within the long record, too
    assert heard[-1][1] == 1.0
