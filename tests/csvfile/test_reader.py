"""Records as csv.reader gives them, with exact lines and offsets, whatever the block size; memory stays bounded."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.csvfile.oracle import oracle
from ztui.csvfile import reader as module
from ztui.csvfile.reader import RecordReader, physical_lines, read_rows
from ztui.errors import SourceError
from ztui.model.table import Dialect

text = st.text(st.sampled_from("ab,;'\"\\\n\r \0é€"), max_size=80)
dialects = st.builds(
    Dialect,
    encoding=st.sampled_from(["utf-8", "cp1252"]),
    delimiter=st.sampled_from([",", ";"]),
    quotechar=st.sampled_from(['"', "'", ""]),
    escape_backslash=st.booleans(),
)


@settings(max_examples=500, deadline=None)
@given(text=text, dialect=dialects, block=st.integers(1, 40))
def test_agrees_with_csv_reader(text: str, dialect: Dialect, block: int) -> None:
    data = text.encode(dialect.encoding)
    reader = RecordReader(physical_lines(io.BytesIO(data), block), dialect)
    seen = []
    offset = 0
    for cells in reader:
        seen.append((reader.start_line, tuple(cells)))
        assert reader.width == len(cells)
        assert offset <= reader.start_offset < reader.offset
        offset = reader.offset
    assert seen == oracle(data, dialect)
    assert reader.offset == len(data)


@given(data=st.binary(max_size=60), block=st.integers(1, 9))
def test_lines_add_up(data: bytes, block: int) -> None:
    lines = list(physical_lines(io.BytesIO(data), block))
    assert b"".join(lines) == data
    assert lines == data.splitlines(keepends=True)


def test_a_line_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LINE_LIMIT", 100)
    with pytest.raises(SourceError) as caught:
        list(physical_lines(io.BytesIO(b"x" * 200), 10))
    assert caught.value.code == "LINE_TOO_LONG"


@pytest.mark.parametrize("limit", [10, 25, 60])
def test_an_overlong_record_loses_text_but_no_cells_and_no_lines(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORD_LIMIT", limit)
    long = b"".join(b"line %d,\n" % n for n in range(40))
    data = b'a,b\n1,"' + long + b'",2,"x\n' + long + b'y",3\n4,5\n'
    expected = oracle(data, Dialect())
    reader = RecordReader(physical_lines(io.BytesIO(data)), Dialect())
    records = []
    for cells in reader:
        records.append((reader.start_line, reader.width, reader.lines, reader.dropped > 0, cells))
    assert [(line, width) for line, width, *_ in records] == [(line, len(cells)) for line, cells in expected]
    assert [lines for _, _, lines, *_ in records] == [1, 82, 1]
    assert [dropped for *_, dropped, _ in records] == [False, True, False]
    assert records[1][4][0] == "1"
    assert expected[1][1][1].startswith(records[1][4][1])
    assert records[2][4] == ["4", "5"]


def test_the_rest_of_a_file_behind_an_open_quote_is_one_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORD_LIMIT", 50)
    data = b'a,b\n1,"open\n' + b"2,3\n" * 100
    reader = RecordReader(physical_lines(io.BytesIO(data)), Dialect())
    assert next(reader) == ["a", "b"]
    assert not reader.unclosed
    cells = next(reader)
    assert (cells[0], reader.unclosed, reader.lines, reader.width) == ("1", True, 101, 2)
    assert reader.dropped + 50 <= len(data)
    assert list(reader) == []


def test_an_impatient_reader_ends_at_an_overlong_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECORD_LIMIT", 50)
    lines = physical_lines(io.BytesIO(b'a,b\n1,"open\n' + b"2,3\n" * 100 + b'"\n4,5\n'), 8)
    reader = RecordReader(lines, Dialect(), patient=False)
    assert [cells[0] for cells in reader] == ["a", "1"]
    assert reader.cut
    assert len(list(lines)) > 80  # the rest was not read


def test_rows_from_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b'h,i\n\n1,"a\nb"\n2,c\n\n3,d\n')
    rows = read_rows(path, Dialect(), 4, 2, 0, 1, 5)
    assert [(r.number, r.line, r.cells) for r in rows] == [(1, 5, ("2", "c")), (2, 7, ("3", "d"))]
    assert read_rows(path, Dialect(), 4, 2, 0, 3, 5) == []
