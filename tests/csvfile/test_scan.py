"""Ranges of a file are walked exactly, wherever they are cut."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from ztui.csvfile import scan
from ztui.csvfile.reader import LINE_LIMIT, RecordReader
from ztui.csvfile.scan import RangeWalk, patterns_work, resync
from ztui.errors import SourceError
from ztui.model.table import Dialect

PLAIN = re.compile(rb"[a-z]+,[a-z]+,[a-z]+\n")


class Collector:
    """Skims rows of plain words, and keeps what it was told."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str]] = []
        self.exact = 0
        self.walk: RangeWalk | None = None

    def skim(self, data: bytes, start: int, end: int) -> tuple[int, int, int]:
        assert self.walk is not None
        position = start
        rows = 0
        while found := PLAIN.match(data, position, end):
            self.rows.append((self.walk.lines + rows, found.group().decode().strip()))
            position = found.end()
            rows += 1
        return position, rows, rows

    def record(self, cells: list[str], line: int, reader: RecordReader) -> None:
        self.exact += 1
        self.rows.append((line, ",".join(cells)))


def walked(path: Path, start: int, end: int | None, *, skim: bool = True) -> tuple[Collector, RangeWalk]:
    collector = Collector()
    walk = collector.walk = RangeWalk(path, Dialect(), start, end)
    walk.run(collector, skim=skim)
    return collector, walk


def random_file(seed: int) -> bytes:
    pick = random.Random(seed)
    lines = []
    for _ in range(pick.randrange(1, 40)):
        lines.append(
            pick.choice(["a,b,c", "aaa,bbb,ccc", '"x\ny",b,c', "a,b", "", '"q""q",1,2', "a\rb,c,d", 'z"z,y,x'])
        )
    return (pick.choice(["\n", "\r\n"]).join(lines) + pick.choice(["", "\n", '\n"open'])).encode()


@pytest.mark.parametrize("seed", range(60))
def test_any_cuts_give_the_same_records(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv"
    data = random_file(seed)
    path.write_bytes(data)
    pick = random.Random(seed)
    monkeypatch.setattr(scan, "BLOCK", pick.choice([3, 20, 1 << 18]))
    monkeypatch.setattr(scan, "WINDOW", pick.choice([2, 15, 1 << 15]))
    plain, end = walked(path, 0, None, skim=False)
    assert end.offset == len(data)
    for step in (1, 7, 30, 1000):
        offset, records, lines = 0, 0, 0
        rows: list[tuple[int, str]] = []
        for cut in [*range(step, len(data), step), None]:
            if cut is not None and cut <= offset:
                continue
            collector, walk = walked(path, offset, cut)
            rows += [(lines + line, text) for line, text in collector.rows]
            offset, records, lines = walk.offset, records + walk.records, lines + walk.lines
            for place, record, line in walk.checkpoints:
                assert 0 <= place <= len(data)
                assert record <= walk.records
                assert line <= walk.lines
        assert rows == plain.rows
        assert (records, lines) == (end.records, end.lines)


def test_resync_finds_a_record_behind_quotes(tmp_path: Path) -> None:
    rows = [b'%d,"line\nbreak",x\n' % n for n in range(200)]
    data = b"".join(rows)
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    starts = {sum(map(len, rows[:n])) for n in range(201)}
    for at in range(0, 1500, 7):
        found = resync(path, Dialect(), 3, at)
        assert found in starts
        assert found >= at
        assert found - at < 2 * max(map(len, rows))


def test_resync_gives_up_when_nothing_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b\n" * 100)
    assert resync(path, Dialect(), 2, 10) is None  # two cells prove too little
    assert resync(path, Dialect(), 5, 10) is None
    assert resync(path, Dialect(), 5, 10_000) is None


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"x" * (LINE_LIMIT + (1 << 19)))
    with pytest.raises(SourceError, match="LINE_TOO_LONG"):
        walked(path, 0, None)


def test_most_records(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"1,2,3\n" * 50)
    walk = RangeWalk(path, Dialect(), 0, None, most=10)
    collector = Collector()
    collector.walk = walk
    walk.run(collector, skim=False)
    assert (walk.records, walk.offset) == (10, 60)


def test_this_python_can_do_it() -> None:
    assert patterns_work()


def test_no_row_behind_a_range_is_taken_after_one_read_exactly(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"a,b,c\nz,1\nd,e,f\n")
    collector, walk = walked(path, 0, 10)
    assert (collector.exact, walk.offset, walk.records) == (1, 10, 2)
