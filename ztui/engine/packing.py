"""Packs a plan's parts into the run's folder, after making sure that the file is still the one that was mapped."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from ztui.engine.outcomes import CANCELLED, LEFT_OUT, scope_of
from ztui.engine.ports import Opener, Packer, Source
from ztui.engine.running import Running
from ztui.errors import SourceChanged, SourceError
from ztui.model import event as ev
from ztui.model.outcome import RowError, RowOutcome, RowResult
from ztui.model.part import Part
from ztui.model.plan import ImportPlan, SourceId
from ztui.model.run import Phase, Stage
from ztui.store.atomic import store_error

_WINDOW = 2000


async def open_unchanged(opener: Opener, plan: ImportPlan) -> Source:
    """The plan's file, opened the same way. SourceChanged, with what changed, when it is not the one mapped."""
    source = await opener(plan.info)
    try:
        now = await source.digest()
        if now.sha256 != plan.source.sha256:
            raise SourceChanged("SOURCE_CHANGED", details=_what_changed(plan, source, now))
        if source.info.headers != plan.info.headers:
            raise SourceChanged("SOURCE_READ_OTHERWISE", details=_what_changed(plan, source, now))
    except BaseException:
        source.close()
        raise
    return source


def _what_changed(plan: ImportPlan, source: Source, now: SourceId) -> dict[str, object]:
    facts: dict[str, object] = {"path": plan.info.path}
    if now.size != plan.source.size:
        facts["size"] = f"{plan.source.size} → {now.size} bytes"
    before, after = plan.info.headers, source.info.headers
    if before != after:
        gone = [name for name in before if name not in after]
        new = [name for name in after if name not in before]
        if gone:
            facts["columns_gone"] = ", ".join(gone)
        if new:
            facts["columns_new"] = ", ".join(new)
        if not gone and not new:
            facts["columns_moved"] = ", ".join(a for a, b in zip(before, after, strict=False) if a != b)
    facts["changed"] = "; ".join(
        f"{name.replace('_', ' ')}: {value}" for name, value in facts.items() if name != "path"
    )
    return facts


_GONE = frozenset(("FILE_GONE", "NO_SUCH_FILE"))
_CHANGED = frozenset(("FILE_CHANGED", "SOURCE_CHANGED"))


def file_trouble(run: Running, problem: SourceError) -> SourceError:
    """A trouble with the file as it is for a run that has begun: what was sent, what was not, and how to go on."""
    plan = run.plan
    rows = (plan.total_rows if plan.records is None else len(plan.records)) - len(plan.exclude)
    sent = sum(part.rows for part in run.state.parts if part.job_id)
    facts: dict[str, object] = {"run": run.lease.run_id, "count": rows, "rest": rows - sent}
    if sent:
        facts["sent"] = sent
    if problem.code in _GONE:
        return SourceChanged("SOURCE_GONE", details={"path": plan.info.path, **facts})
    code = "SOURCE_CHANGED" if problem.code in _CHANGED else problem.code
    return type(problem)(code, problem.message, level=problem.level, details={**problem.details, **facts})


class Packing:
    """PACKING → all parts known. Goes on where it was when some parts are known already."""

    def __init__(self, running: Running, packer: Packer, opener: Opener) -> None:
        self._run = running
        self._packer = packer
        self._opener = opener

    async def pack(self, on_part: Callable[[int], None]) -> None:
        """Pack what is not packed; `on_part` hears of each new part. Raises SourceError, StoreError."""
        run = self._run
        source = await open_unchanged(self._opener, run.plan)
        try:
            plan = replace(run.plan, info=source.info)
            folder = await asyncio.to_thread(run.ledger.run_folder, run.lease.run_id)
            work = folder / "packing"
            try:
                await self._pack_into(plan, folder, work, on_part)
                await self._finish(source)
            except OSError as error:
                raise store_error(work, error) from error
            finally:
                await asyncio.to_thread(shutil.rmtree, work, ignore_errors=True)
        finally:
            source.close()

    async def give_up(self) -> None:
        """Close the list of parts of a cancelled run: what is in no part will not be sent."""
        try:
            source: Source | None = await open_unchanged(self._opener, self._run.plan)
        except SourceError:
            source = None  # the lines of the rows cannot be told any more
        try:
            await self._finish(source)
        finally:
            if source is not None:
                source.close()

    async def _pack_into(self, plan: ImportPlan, folder: Path, work: Path, on_part: Callable[[int], None]) -> None:
        run = self._run
        known = {p.number for p in run.state.parts}
        await asyncio.to_thread(work.mkdir, mode=0o700, exist_ok=True)
        parts = self._packer.pack(plan, work)
        try:
            await self._take(parts, plan, folder, known, on_part)
        finally:
            close = getattr(parts, "close", None)  # ends the packing process, if there is one
            if close is not None:
                await asyncio.to_thread(close)

    async def _take(
        self, parts: Iterator[Part], plan: ImportPlan, folder: Path, known: set[int], on_part: Callable[[int], None]
    ) -> None:
        run = self._run
        while run.state.phase is not Phase.CANCELLED:
            part = await _next(parts)
            if part is None:
                return
            if part.number in known:
                kept = await run.part(part.number)
                if (kept.records, kept.sha256) != (part.records, part.sha256):
                    raise SourceChanged("SOURCE_CHANGED", details={"path": plan.info.path, "part": part.number})
                run.forget_part(part.number)
                continue
            placed = replace(part, path=folder / part.path.name)
            await asyncio.to_thread(part.path.replace, placed.path)
            packed = ev.PartPacked(
                run.now,
                part.number,
                part.rows,
                part.csv_bytes,
                part.zip_bytes,
                part.sha256,
                placed.path.name,
                part.canary,
            )
            await run.commit(packed, part=placed)
            on_part(part.number)

    async def _finish(self, source: Source | None) -> None:
        """Every record of the plan that is in no part gets its outcome now."""
        run = self._run
        records = scope_of(run.plan)
        sent = bytearray(max(records, default=-1) + 1)  # a byte for each record: a set would take sixty times as much
        for state in run.state.parts:
            for record in (await run.part(state.number)).records:
                sent[record] = 1
            if state.stage not in (Stage.PACKED, Stage.UPLOADED):
                run.forget_part(state.number)
        known = await asyncio.to_thread(lambda: {o.record for o in run.ledger.outcomes.each(run.lease.run_id, part=0)})
        rest = [record for record in records if not sent[record] and record not in known]
        outcomes: list[RowOutcome] = []
        if rest:
            cancelled = run.state.phase is Phase.CANCELLED
            left_out = set(run.plan.exclude)
            lines = await _lines(source, rest)
            for record, line in zip(rest, lines, strict=True):
                code = LEFT_OUT if record in left_out or not cancelled else CANCELLED
                outcomes.append(RowOutcome(record, line, RowResult.NOT_SENT, "", (RowError(code),), "local"))
        not_sent = len(rest) + len(known)
        event = ev.PackingFinished(run.now, len(run.state.parts), not_sent)
        await run.commit(event, outcomes=(0, outcomes))


async def _next(parts: Iterator[Part]) -> Part | None:
    """The next part, packed in a thread; a cancellation waits for the thread, which cannot be stopped."""
    work = asyncio.ensure_future(asyncio.to_thread(next, parts, None))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        await asyncio.wait({work})
        if not work.cancelled():
            work.exception()
        raise


async def _lines(source: Source | None, records: Sequence[int]) -> list[int]:
    """The source lines of these records (ascending); 0 where the file cannot tell."""
    if source is None:
        return [0] * len(records)
    await source.index()
    lines: list[int] = []
    window: dict[int, int] = {}
    start = -_WINDOW
    for record in records:
        if not start <= record < start + _WINDOW:
            start = record
            window = {row.number: row.line for row in await asyncio.to_thread(source.rows, start, _WINDOW)}
        lines.append(window.get(record, 0))
    return lines
