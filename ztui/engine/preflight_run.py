"""Runs one check of a whole file: head first, then ranges in child processes, then what only the whole file tells.

Small files are checked in a thread of this process; everything else in niced children, so that the interface stays
free. Cancelling the task ends the children.
"""

from __future__ import annotations

import asyncio
import tempfile
from array import array
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from ztui.engine.check_worker import write_keys
from ztui.engine.preflight_edits import apply_edits, limit_to
from ztui.engine.preflight_head import call_out
from ztui.engine.preflight_pool import Children, child_count
from ztui.engine.preflight_ranges import LEAST, Ranges
from ztui.engine.preflight_repeats import KeyFile, RepeatsJob, find_repeats, turns
from ztui.engine.preflight_report import CheckReport, Chunk, groups_of, refused_of
from ztui.engine.preflight_rows import RowRules
from ztui.engine.preflight_segment import Hits, Job, SegmentCheck, SegmentResult
from ztui.model.finding import Finding
from ztui.model.plan import CellEdit
from ztui.model.table import CsvInfo, SourceRow

HEAD = 5_000
"""Rows that answer at once."""

_SMALL = 1 << 17


class CheckedFile(Protocol):
    """The part of `engine.files.OpenFile` that a check needs."""

    @property
    def info(self) -> CsvInfo:
        """How the file is read."""
        ...

    @property
    def estimated_rows(self) -> int:
        """How many records there probably are."""
        ...

    def rows(self, start: int, count: int) -> list[SourceRow]:
        """Some records by number."""
        ...


class CheckRun:
    """One check; `run` does it."""

    def __init__(
        self,
        file: CheckedFile,
        job: Job,
        alone: Sequence[Finding],
        *,
        edits: Sequence[CellEdit] = (),
        records: Sequence[int] | None = None,
        on_report: Callable[[CheckReport], None] | None = None,
        collapse: bool = True,
    ) -> None:
        self.rules = RowRules(job.mapping, job.schema, len(job.info.headers))
        watched = tuple(slot for slot, rule in enumerate(self.rules.fields) if rule.key or rule.unique)
        self._job = replace(job, watched=watched)
        self._file = file
        self._alone = list(alone)
        self._edits = tuple(edits)
        self._records = tuple(sorted(set(records))) if records is not None else None
        self._on_report = on_report
        self._collapse = collapse
        self._chunks: dict[tuple[int, str], list[Chunk]] = {}
        self._done: list[tuple[int, SegmentResult]] = []
        self._rows = 0
        self._refused = 0
        self._line = job.info.dialect.first_line
        self._places: list[tuple[int, int, int]] = []
        self._keys: dict[int, list[KeyFile]] = {slot: [] for slot in watched}

    async def run(self) -> CheckReport:
        """Check everything; returns the complete report."""
        size = self._job.info.data_path.stat().st_size - self._job.info.data_start
        with tempfile.TemporaryDirectory(prefix="ztui-check-") as folder:
            if size <= _SMALL:
                check = await asyncio.to_thread(SegmentCheck, self._job)
                await self._here(check, Path(folder))
                await self._repeats(lambda job: asyncio.to_thread(find_repeats, check, job))
            else:
                count = child_count() if size > 4 * LEAST else 1
                async with Children(count) as children:
                    await self._in_children(children, Path(folder))
                    await self._repeats(lambda job: _repeats_in(children, job))
        return await self._finish()

    async def _here(self, check: SegmentCheck, folder: Path) -> None:
        start = self._job.info.data_start
        head = await asyncio.to_thread(check.run, start, None, most=HEAD, exact=True)
        self._take_head(head, str(folder / "head-"))
        if head.records == HEAD:
            self._restart_skipping(head)
            check = SegmentCheck(self._job)
            rest = await asyncio.to_thread(check.run, head.end, None)
            write_keys(rest, str(folder / "rest-"))
            self._take(rest, str(folder / "rest-"))

    async def _in_children(self, children: Children, folder: Path) -> None:
        await children.everyone("job", self._job)
        size = self._job.info.data_path.stat().st_size
        start = self._job.info.data_start
        async with Ranges(children, start, size, folder, self._take, self._report) as ranges:
            # the others need not wait for the first rows
            head: SegmentResult = await ranges.beside(children.children[0].ask("head", HEAD))
            self._take_head(head, str(folder / "head-"))
            self._report()
            if head.records < HEAD or head.end >= size:
                return
            if not self._restart_skipping(head):
                await ranges.run(head.end)
                return
            await ranges.halt()
        await children.everyone("job", self._job)
        async with Ranges(children, head.end, size, folder, self._take, self._report) as ranges:
            await ranges.run(head.end)

    def _take_head(self, head: SegmentResult, prefix: str) -> None:
        write_keys(head, prefix)
        called = call_out(self.rules, head, self._file)
        self._alone.extend(called.findings)
        self._skip = called.slots
        if self._collapse and self._skip:
            head.hits = {key: hits for key, hits in head.hits.items() if key[0] not in self._skip}
        self._take(head, prefix)

    def _restart_skipping(self, head: SegmentResult) -> bool:
        if not (self._collapse and self._skip):
            return False
        watched = tuple(slot for slot in self._job.watched if slot not in self._skip)
        self._job = replace(self._job, skip=frozenset(self._skip), watched=watched)
        return True

    def _take(self, result: SegmentResult, prefix: str) -> None:
        """Put a range behind those taken so far."""
        for key, hits in result.hits.items():
            self._chunks.setdefault(key, []).append(Chunk(self._rows, self._line, hits))
        for slot, files in self._keys.items():
            files.append(KeyFile(Path(f"{prefix}{slot}"), self._rows, result.records))
        self._places.extend((o, self._rows + r, self._line + at) for o, r, at in result.checkpoints)
        self._rows += result.records
        self._line += result.lines
        self._refused += result.refused

    def _report(self) -> None:
        if self._on_report is not None and self._records is None and not self._edits:
            self._on_report(self._snapshot(complete=False))

    def _snapshot(self, *, complete: bool) -> CheckReport:
        """The state of things. Which records are refused is worked out once, at the end: before, they are counted."""
        chunks = {key: list(parts) for key, parts in self._chunks.items()}
        refused = refused_of(chunks) if complete else array("q")
        return CheckReport(
            groups_of(self.rules, self._file, chunks, self._alone),
            self._rows,
            self._rows if complete else max(self._file.estimated_rows, self._rows),
            len(refused) if complete else self._refused,
            complete,
            refused,
            self.rules,
            self._file,
        )

    async def _repeats(self, ask: Callable[[RepeatsJob], Awaitable[Any]]) -> None:
        for slot, files in self._keys.items():
            if slot in self._job.skip:
                continue
            rule = self.rules.fields[slot]
            job = RepeatsJob(slot, tuple(files), tuple(self._places), self._records, self._edits)
            hits: Hits = await ask(job)
            if len(hits):
                name = "VALUE_REPEATED" if rule.unique and not rule.key else "KEY_REPEATED"
                self._chunks.setdefault((slot, name), []).append(Chunk(0, 0, hits))

    async def _finish(self) -> CheckReport:
        adopt = getattr(self._file, "adopt", None)
        if adopt is not None:
            adopt(self._places or [(self._job.info.data_start, 0, self._job.info.dialect.first_line)], self._rows)

        def finish() -> CheckReport:
            if self._records is not None:
                self._chunks = limit_to(self._chunks, self._records)
            if self._edits:
                self._chunks = apply_edits(
                    self._chunks, self._edits, self.rules, SegmentCheck(self._job), self._places, self._records
                )
            report = self._snapshot(complete=True)
            if self._records is None:
                return report
            return replace(report, rows_checked=len(self._records), rows_total=len(self._records))

        report = await asyncio.to_thread(finish)
        if self._on_report is not None:
            self._on_report(report)
        return report


async def _repeats_in(children: Children, job: RepeatsJob) -> Hits:
    """Have the children look for equal numbers side by side, and the first of them compare what meets."""
    several = children.children
    many = turns(sum(f.records for f in job.files), len(several))
    twice: set[int] = set()
    for first in range(0, many, len(several)):
        shares = zip(several, range(first, many), strict=False)
        found = await asyncio.gather(*(child.ask("repeated", job.files, turn, many) for child, turn in shares))
        twice.update(*found)
    hits: Hits = await several[0].ask("repeats", replace(job, twice=frozenset(twice)))
    return hits
