"""Runs one check of a whole file: head first, then ranges in child processes, then what only the whole file tells.

What a `CheckMemory` knows of the same file is not found out again: only the fields that it does not know are judged,
and when it knows all of them the file is not read. Small files are checked in a thread of this process; everything else
in niced children, so that the interface stays free. Cancelling the task ends the children.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from ztui.csvfile.copies import private_folder
from ztui.engine.check_worker import write_keys
from ztui.engine.preflight_edits import apply_edits, limit_to
from ztui.engine.preflight_head import Head, call_out
from ztui.engine.preflight_keys import Counting, key_texts, meeting_records, missing
from ztui.engine.preflight_memory import CheckMemory, FieldFacts, Known, RowFacts, Source, Walked, cells_needed, watched
from ztui.engine.preflight_pool import Children, Hand, Here, child_count
from ztui.engine.preflight_ranges import LEAST, Ranges
from ztui.engine.preflight_repeats import KeyFile, KeysJob
from ztui.engine.preflight_report import CheckReport, Chunk, Stage, groups_of, refused_marks, refused_of
from ztui.engine.preflight_rows import ROW, RowRules
from ztui.engine.preflight_segment import Hits, Job, SegmentCheck, SegmentResult
from ztui.model.finding import Finding
from ztui.model.mapping import FieldMapping
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
    """One check; `run` does it. `memory` is what earlier checks of the file know; without one, nothing is known."""

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
        meant: Collection[FieldMapping] = (),
        memory: CheckMemory | None = None,
    ) -> None:
        self.rules = RowRules(job.mapping, job.schema, len(job.info.headers), header=job.info.raw_headers)
        self._job = job
        self._file = file
        self._alone = list(alone)
        self._edits = tuple(edits)
        self._records = tuple(sorted(set(records))) if records is not None else None
        self._on_report = on_report
        self._collapse = collapse
        self._meant = frozenset(meant)
        self._memory = memory if memory is not None else CheckMemory()
        self._small = True
        self._stage = Stage.ROWS
        self._known = Known({})
        self._fresh: dict[int, FieldFacts] = {}
        self._head = Head({}, {})
        self._out: frozenset[int] = frozenset()
        self._chunks: dict[tuple[int, str], list[Chunk]] = {}
        self._rows = 0
        self._refused = 0
        self._refused_before = bytearray()
        self._line = job.info.dialect.first_line
        self._places: list[tuple[int, int, int]] = []
        self._keys: dict[int, list[KeyFile]] = {}

    async def run(self) -> CheckReport:
        """Check everything that is not known; returns the complete report."""
        info = self._job.info
        source = Source.of(info)
        size = info.data_path.stat().st_size - info.data_start
        self._small = size <= _SMALL
        known = self._memory.recall(source, self.rules, collapse=self._collapse, meant=self._meant)
        if known.rows is not None:
            known = replace(known, rows=await asyncio.to_thread(known.rows.under, cells_needed(self.rules)))
        self._known = known
        async with AsyncExitStack() as stack:
            crew: Children | None = None

            async def hands() -> Sequence[Hand]:
                """Who can read keys: where nothing was read, there is nobody yet."""
                nonlocal crew
                if crew is None:
                    crew = await stack.enter_async_context(self._crew(1))
                    await crew.everyone("job", replace(self._job, skip=frozenset(self._known.fields)))
                return crew.children

            unknown = [slot for slot in range(len(self.rules.fields)) if slot not in self._known.fields]
            if unknown or known.rows is None or known.walked is None:
                crew = await stack.enter_async_context(self._crew(child_count() if size > 4 * LEAST else 1))
                folder = stack.enter_context(private_folder())
                await self._read(crew, folder, unknown)
                self._now_repeats()
                await self._learn(crew, source)
            else:
                self._take_known(known.walked)
            await self._repeats(hands)
        return await self._finish()

    def _crew(self, count: int) -> Children:
        return Here() if self._small else Children(count)

    # -- what is known

    def _take_known(self, walked: Walked) -> None:
        self._call_out(Head({}, {}))
        self._use_known()
        self._rows, self._places = walked.rows, list(walked.places)

    def _use_known(self) -> None:
        """Count what is known as found."""
        tables = {slot: facts.hits for slot, facts in self._known.fields.items() if slot not in self._out}
        if self._known.rows is not None:
            tables[ROW] = self._known.rows.hits
        for slot, hits in tables.items():
            for name, parts in hits.items():
                self._chunks[slot, name] = list(parts)

    def _call_out(self, head: Head) -> None:
        """Judge the columns by their first rows: those in `head` and those that are known."""
        known = self._known.head
        shown = Head({**known.hits, **head.hits}, {**known.filled, **head.filled})
        called = call_out(self.rules, shown, self._meant)
        self._alone.extend(called.findings)
        self._head = head
        if self._collapse:
            self._out = called.slots

    # -- reading

    async def _read(self, crew: Children, folder: Path, unknown: Sequence[int]) -> None:
        """Go through the file for the fields that are not known."""
        numbered = tuple(slot for slot in unknown if watched(self.rules.fields[slot]))
        self._job = replace(self._job, watched=numbered, skip=frozenset(self._known.fields))
        self._keys = {slot: [] for slot in numbered}
        await crew.everyone("job", self._job)
        size = self._job.info.data_path.stat().st_size
        start = self._job.info.data_start
        async with Ranges(crew, start, size, folder, self._take, self._report) as ranges:
            # the others need not wait for the first rows
            head: SegmentResult = await ranges.beside(crew.children[0].ask("head", HEAD))
            await self._take_head(head, str(folder / "head-"))
            self._report()
            if head.records < HEAD or head.end >= size:
                return
            if not self._out - self._known.fields.keys():
                await ranges.run(head.end)
                return
            await ranges.halt()
        numbered = tuple(slot for slot in numbered if slot not in self._out)
        self._job = replace(self._job, skip=self._job.skip | self._out, watched=numbered)
        await crew.everyone("job", self._job)
        async with Ranges(crew, head.end, size, folder, self._take, self._report) as ranges:
            await ranges.run(head.end)

    async def _take_head(self, head: SegmentResult, prefix: str) -> None:
        """Take the first rows, without those columns that they show to be the wrong ones."""
        write_keys(head, prefix)
        by_slot: dict[int, dict[str, Hits]] = {}
        for (slot, name), hits in head.hits.items():
            by_slot.setdefault(slot, {})[name] = hits
        by_slot.pop(ROW, None)
        self._call_out(Head(by_slot, head.filled))
        self._use_known()
        self._refused_before = await asyncio.to_thread(refused_marks, self._chunks)
        self._refused = self._refused_before.count(1)
        head.hits = {key: hits for key, hits in head.hits.items() if key[0] not in self._out}
        head.refused = refused_of({key: [Chunk(0, 0, hits)] for key, hits in head.hits.items()})
        self._take(head, prefix)

    def _take(self, result: SegmentResult, prefix: str) -> None:
        """Put a range behind those taken so far."""
        for key, hits in result.hits.items():
            if key[0] != ROW or self._known.rows is None:
                self._chunks.setdefault(key, []).append(Chunk(self._rows, self._line, hits))
        for slot, files in self._keys.items():
            files.append(KeyFile(Path(f"{prefix}{slot}"), self._rows, result.records))
        self._places.extend((o, self._rows + r, self._line + at) for o, r, at in result.checkpoints)
        before = self._refused_before[self._rows : self._rows + result.records]
        self._refused += sum(1 for at in result.refused if not (at < len(before) and before[at]))
        self._rows += result.records
        self._line += result.lines

    async def _learn(self, crew: Children, source: Source) -> None:
        """Put down what the reading has shown, for this check and the next ones."""
        places = self._places or [(source.info.data_start, 0, source.info.dialect.first_line)]
        adopt = getattr(self._file, "adopt", None)
        if adopt is not None:
            adopt(places, self._rows)
        tables: dict[int, dict[str, tuple[Chunk, ...]]] = {}
        for (slot, name), parts in self._chunks.items():
            tables.setdefault(slot, {})[name] = tuple(parts)
        touched = sorted({e.record for e in self._edits})
        for slot, rule in enumerate(self.rules.fields):
            if slot in self._known.fields:
                continue
            meeting = None
            if slot in self._job.watched:
                edited = KeysJob(slot, touched, tuple(self._places), self._edits)
                meeting = await meeting_records(crew.children, tuple(self._keys[slot]), edited)
            self._fresh[slot] = FieldFacts(
                rule.blank_rule,
                tables.get(slot, {}),
                self._head.hits.get(slot, {}),
                self._head.filled.get(slot, 0),
                slot not in self._out,
                meeting,
            )
        rows = self._known.rows or RowFacts(cells_needed(self.rules), tables.get(ROW, {}))
        if await asyncio.to_thread(Source.of, source.info) == source:
            # else what was read is of a mixture
            self._memory.keep(source, self.rules, self._fresh, rows, Walked(self._rows, tuple(places)))

    # -- what only the whole file tells

    async def _repeats(self, hands: Callable[[], Awaitable[Sequence[Hand]]]) -> None:
        """Find the keys that repeat, among the rows that are not refused for something else."""
        refused = await asyncio.to_thread(refused_marks, self._chunks)
        only = frozenset(self._records) if self._records is not None else None
        counting = Counting(refused, only, frozenset(e.record for e in self._edits))
        for slot, rule in enumerate(self.rules.fields):
            if not watched(rule) or slot in self._out:
                continue
            facts = self._fresh.get(slot) or self._known.fields[slot]
            candidates = await asyncio.to_thread(counting.of, facts.meeting or ())
            earlier = self._memory.keys(self.rules, slot)
            job = KeysJob(slot, missing(candidates, earlier), tuple(self._places), self._edits)
            keys = earlier
            if job.records:
                fresh = await key_texts(await hands(), job)
                keys = await asyncio.to_thread(earlier.and_these, fresh)
                self._memory.keep_keys(self.rules, slot, keys)
            hits = await asyncio.to_thread(keys.repeats, counting.counts)
            if len(hits):
                name = "VALUE_REPEATED" if rule.unique and not rule.key else "KEY_REPEATED"
                self._chunks.setdefault((slot, name), []).append(Chunk(0, 0, hits))

    # -- reporting

    def _now_repeats(self) -> None:
        """All rows are read; what is left to do may take seconds."""
        if any(watched(rule) for slot, rule in enumerate(self.rules.fields) if slot not in self._out):
            self._stage = Stage.REPEATS
            self._report()

    def _report(self) -> None:
        if self._on_report is not None and self._records is None and not self._edits and not self._small:
            self._on_report(self._snapshot(complete=False))

    def _snapshot(self, *, complete: bool) -> CheckReport:
        """The state of things. Which records are refused is worked out once, at the end: before, they are counted."""
        chunks = {key: list(parts) for key, parts in self._chunks.items()}
        refused = refused_of(chunks) if complete else array("q")
        total = self._known.walked.rows if self._known.walked else max(self._file.estimated_rows, self._rows)
        again = [rule.api_name for slot, rule in enumerate(self.rules.fields) if slot not in self._known.fields]
        return CheckReport(
            groups_of(self.rules, self._file, chunks, self._alone),
            self._rows,
            self._rows if complete else total,
            len(refused) if complete else self._refused,
            complete,
            refused,
            self.rules,
            self._file,
            tuple(again) if self._known.fields and not complete else (),
            self._stage,
        )

    async def _finish(self) -> CheckReport:
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
