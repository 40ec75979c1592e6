"""Packs the records of a plan into parts: the work itself, wherever it runs. Same plan, same bytes.

Most rows are cut out of the source's bytes by one pattern and put together anew in the sent order; rows the pattern
does not match, and fields with steps, go through the exact reader. Rows with equal keys travel together: those that
come later are read beforehand and put right behind the first of them.
"""

from __future__ import annotations

import re
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from ztui.csvfile.parts import DonePart, PartCutter, RowTooLarge
from ztui.csvfile.reader import RecordReader
from ztui.csvfile.scan import RangeWalk, patterns_work
from ztui.engine.planner_columns import RowMaker, quote
from ztui.engine.planner_families import Families, Held, Included
from ztui.engine.preflight_charset import Charset, Patterns, charset_of, is_utf8
from ztui.engine.transform import compile_mapping
from ztui.errors import PlanError
from ztui.model.plan import ImportPlan

_MEMO = 1 << 15


def pack_parts(plan: ImportPlan, folder: Path, on_part: Callable[[DonePart], None]) -> None:
    """Write all parts into the folder; `on_part` gets each as soon as it is complete.

    Raises PlanError ROW_TOO_LARGE, SourceError and OSError; unfinished files are deleted then.
    """
    maker = RowMaker(plan)
    stem = re.sub(r"[^A-Za-z0-9_]+", "_", plan.mapping.module) or "module"
    cutter = PartCutter(
        folder,
        stem,
        maker.header,
        most_rows=plan.rows_per_part,
        most_bytes=plan.bytes_per_part,
        canary=plan.canary,
    )
    try:
        with tempfile.TemporaryFile(dir=folder) as spool:
            sink = _Packing(plan, maker, Held(spool), cutter, on_part)
            walk = RangeWalk(plan.info.data_path, plan.info.dialect, plan.info.data_start, None)
            sink.walk = walk
            walk.run(sink, skim=sink.usable and patterns_work())
            sink.finish()
        for part in cutter.finish():
            on_part(part)
    except RowTooLarge as problem:
        raise PlanError("ROW_TOO_LARGE", details={"record": problem.args[0], "max": plan.bytes_per_part}) from problem
    finally:
        cutter.discard()


class _Packing:
    """Takes the walk's rows, makes sent rows of them and hands them to the cutter."""

    def __init__(
        self,
        plan: ImportPlan,
        maker: RowMaker,
        held: Held,
        cutter: PartCutter,
        on_part: Callable[[DonePart], None],
    ) -> None:
        self.walk: RangeWalk | None = None
        self.usable = False
        self._maker = maker
        self._family = Families(plan)
        self._ahead = plan.canary
        self._held = held
        self._cutter = cutter
        self._on_part = on_part
        self._included = Included(plan)
        self._first_line = plan.info.dialect.first_line
        self._encoding = plan.info.dialect.encoding
        self._quote = plan.info.dialect.quotechar.encode()
        self._seen: bytes | None = None
        chars = charset_of(plan.info.dialect)
        if chars is None or chars.quote not in ('"', "") or not any(m.columns for m in maker.mapped):
            return
        self._sources = sorted({c for m in maker.mapped for c in m.columns})
        self._recode = chars.codec not in ("utf-8", "ascii")
        self._utf8 = chars.codec == "utf-8"
        width = len(plan.info.headers)
        if self._sources[-1] >= width:
            return
        self._row = self._compile(chars, width)
        self._ascii_row = self._compile(replace(chars, codec="ascii"), width) if self._utf8 else self._row
        self._pattern = self._row
        place = {column: at for at, column in enumerate(self._sources)}
        self._takes = [
            (
                [place[c] for c in m.columns],
                None if m.columns and not m.steps and len(m.columns) == 1 else compile_mapping(m),
            )
            for m in maker.mapped
        ]
        self._memos: list[dict[bytes, bytes]] = [{} for _ in self._takes]
        self.usable = True

    def _compile(self, chars: Charset, width: int) -> Patterns:
        """The pattern of rows on one line (one over several is taken whole), and that of the cells of the latter."""
        delimiter = re.escape(chars.delimiter.encode())
        rows = []
        for breaks in (False, True):
            sent, other = chars.sent_cell(breaks=breaks), chars.any_cell(breaks=breaks)
            cells = [rb"(" + sent + rb")" if c in self._sources else other for c in range(width)]
            rows.append((rb"(?![\r\n])" if width == 1 else b"") + delimiter.join(cells) + rb"\r?+\n")
        whole = rows[1].replace(rb"(" + sent + rb")", sent)
        return Patterns(re.compile(rows[0] + rb"|(" + whole + rb")|((?s:.)++)"), re.compile(rows[1]))

    def skim(self, data: bytes, start: int, end: int) -> tuple[int, int, int]:
        """See `csvfile.scan.Sink`."""
        if data is not self._seen:
            self._seen = data
            self._pattern = self._row if not self._utf8 or is_utf8(data) else self._ascii_row
        rows = self._pattern.rows.findall(data, start, end)
        rest = len(rows.pop()[-1]) if rows and rows[-1][-1] else 0
        lines: Sequence[int] = range(len(rows) + 1)
        broken = [at for at, row in enumerate(rows) if row[-2]]
        if broken:
            more = array("q", [1]) * len(rows)
            for at in broken:
                raw = rows[at][-2]
                cells = self._pattern.cells.fullmatch(raw)
                assert cells is not None
                rows[at] = (*cells.groups(), raw, b"")
                more[at] = raw.count(b"\n")
            lines = list(accumulate(more, initial=0))
        if rows:
            self._take(rows, data.isascii(), lines)
        return end - rest, len(rows), lines[-1]

    def _take(self, rows: list[tuple[bytes, ...]], plain: bool, places: Sequence[int]) -> None:
        """Give the rows on; `places` are the lines they begin in, counted from the first."""
        assert self.walk is not None
        first, line = self.walk.records, self.walk.lines + self._first_line
        numbers: Sequence[int] = range(first, first + len(rows))
        lines: Sequence[int] = [line + place for place in places[:-1]]
        wanted = self._included.among(first, len(rows))
        if wanted is not None:
            if not wanted:
                return
            rows = [rows[n - first] for n in wanted]
            lines = [lines[n - first] for n in wanted]
            numbers = wanted
        cells = list(zip(*rows, strict=True))
        columns = [self._column(at, cells, plain) for at in range(len(self._takes))]
        made = [row + b"\n" for row in map(b",".join, zip(*columns, strict=True))]
        if len(columns) == 1:
            made = [row if row != b"\n" else b'""\n' for row in made]
        if self._maker.edited:
            for at, number in enumerate(numbers):
                if number in self._maker.edited:
                    made[at] = self._edited(number, [column[at] for column in columns])
        self._add(made, numbers, lines)

    def _column(self, at: int, cells: Sequence[Sequence[bytes]], plain: bool) -> Sequence[bytes]:
        places, convert = self._takes[at]
        if convert is None:
            column = cells[places[0]]
            if self._recode and not plain:
                return [c if c.isascii() else c.decode(self._encoding).encode() for c in column]
            return column
        if not places:
            constant = quote(str(convert([]))).encode()
            return [constant] * len(cells[0])
        if len(places) > 1:
            joined = zip(*(cells[p] for p in places), strict=True)
            return [_cell(convert([self._text(raw) for raw in raws])) for raws in joined]
        memo = self._memos[at]
        if len(memo) > _MEMO:
            memo.clear()
        out = []
        for raw in cells[places[0]]:
            known = memo.get(raw)
            if known is None:
                known = memo[raw] = _cell(convert((self._text(raw),)))
            out.append(known)
        return out

    def _text(self, raw: bytes) -> str:
        quotes = self._quote
        if quotes and raw[:1] == quotes:
            raw = raw[1:-1].replace(quotes + quotes, quotes)
        return raw.decode(self._encoding, "surrogateescape")

    def _edited(self, record: int, cells: list[bytes]) -> bytes:
        for place, value in self._maker.edits_of(record):
            cells[place] = _cell(value)
        return (b",".join(cells) or b'""') + b"\n"

    def record(self, cells: list[str], line: int, reader: RecordReader) -> None:
        """See `csvfile.scan.Sink`."""
        assert self.walk is not None
        number = self.walk.records
        if self._included.has(number):
            self._add([self._maker.row(number, cells)], [number], [line + self._first_line])

    def _add(self, rows: list[bytes], numbers: Sequence[int], lines: Sequence[int]) -> None:
        if self._ahead:
            # The rest waits for the first rows to be through: these need not wait for others with their key.
            first, self._ahead = self._ahead, max(0, self._ahead - len(rows))
            self._give(self._cutter.add(rows[:first], numbers[:first], lines[:first]))
            rows, numbers, lines = rows[first:], numbers[first:], lines[first:]
            if not rows:
                return
        family = self._family
        marks = lines if family.by_line else numbers
        at = bisect_left(family.places, marks[0])
        start = 0
        while at < len(family.places) and family.places[at] <= marks[-1]:
            here = bisect_left(marks, family.places[at], start)
            if marks[here] == family.places[at]:
                self._give(self._cutter.add(rows[start:here], numbers[start:here], lines[start:here]))
                self._held.put(family.first[at], rows[here], numbers[here], lines[here])
                if family.last[at]:
                    self._send(family.first[at])
                start = here + 1
            at += 1
        self._give(self._cutter.add(rows[start:], numbers[start:], lines[start:]))

    def finish(self) -> None:
        """Send what still waits, for the last one of its family is not sent after all."""
        for family in self._held.families():
            self._send(family)

    def _send(self, family: int) -> None:
        self._give(self._cutter.add(*self._held.take(family), together=True))

    def _give(self, parts: Iterator[DonePart]) -> None:
        for part in parts:
            self._on_part(part)


def _cell(value: str) -> bytes:
    return quote(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace").encode()
