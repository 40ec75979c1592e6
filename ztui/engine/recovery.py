"""From a running job to an outcome for every row: poll, fetch, join; and reading back where no result can be had."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from ztui.engine import outcomes as made
from ztui.engine.fetching import PASSING, fetch_archive
from ztui.engine.join import Joined, Sent, join
from ztui.engine.outcomes import count
from ztui.engine.reconcile import SentRow, earliest, read_back, settle, unknown
from ztui.engine.running import SCOPE, RunHalted, Running, error_info, kind_of, title_of
from ztui.engine.sent import sent_header, sent_rows
from ztui.errors import ArchiveError, SignInError, ZohoError
from ztui.model import event as ev
from ztui.model.crm import Record
from ztui.model.event import ErrorInfo
from ztui.model.job import JobState, JobStatus
from ztui.model.outcome import RowError, RowOutcome, RowResult
from ztui.model.part import Part
from ztui.zoho.results import read_results

_LOOKING = ErrorInfo("local", "ROWS_LOOKED_UP")
_PROBED = 50
"""How many rows, spread over the part, are looked at to see whether a lost job still moves: one query."""


class Recovery:
    """The second half of a part's way."""

    def __init__(self, running: Running) -> None:
        self._run = running
        self._not_read: dict[int, ErrorInfo] = {}

    async def poll(self, number: int) -> None:
        """RUNNING → FINISHED, or JOINED by reading back when Zoho does not know the job (any more)."""
        run = self._run
        job_id = run.state.part(number).job_id
        readings = 0
        while True:
            await run.wait(run.pace.poll_after(readings))
            readings += 1
            try:
                status = await run.patiently(number, lambda: run.crm.job(job_id), PASSING)
            except SignInError as error:
                raise RunHalted(error) from error
            except ZohoError as error:
                await self.find_out(number, error_info(error))
                return
            known = run.state.part(number).job
            if status.state.terminal or known is None or _told(status) != _told(known):
                await run.commit(ev.JobPolled(run.now, number, status))
            if status.state.terminal:
                return

    async def fetch(self, number: int) -> None:
        """FINISHED → FETCHED, FAILED, or JOINED by reading back when the archive cannot be had."""
        run = self._run
        state = run.state.part(number)
        status = state.job
        if status is None or (not status.download_url and status.state is not JobState.COMPLETED):
            await self._without_result(number, status)
            return
        trouble = ErrorInfo("local", "RESULT_MISSING")
        waits = (0.0, *run.pace.fetch)
        for attempt, seconds in enumerate(waits, start=1):
            if attempt > 1:
                facts = (("attempt", str(attempt)), ("most", str(len(waits))), ("reason", title_of(trouble)))
                again = ErrorInfo("local", "RESULT_FETCHED_AGAIN", details=facts)
                run.tell(ev.PartWaiting(run.now, number, again, seconds))
                await run.wait(seconds)
            if attempt > 1 or not status.download_url:
                try:
                    status = await run.patiently(number, lambda: run.crm.job(state.job_id), PASSING)
                except SignInError as error:
                    raise RunHalted(error) from error
                except ZohoError as error:
                    trouble = error_info(error)
                    break
            url = status.download_url
            if not url:
                continue
            name = f"part-{number:03}.result.zip"
            try:
                await fetch_archive(run, number, url, name)
            except SignInError as error:
                raise RunHalted(error) from error
            except ZohoError as error:
                trouble = error_info(error)
                continue
            await run.commit(ev.ResultFetched(run.now, number, name))
            return
        await self.find_out(number, trouble)

    async def _without_result(self, number: int, status: JobStatus | None) -> None:
        run = self._run
        part = await run.part(number)
        code = status.code if status is not None else ""
        facts = (("state", status.raw_state if status is not None else ""),)
        error = ErrorInfo("job", code or "JOB_FAILED", details=facts)
        if not code or code == (status.raw_state if status is not None else ""):
            error = ErrorInfo("local", "JOB_FAILED", details=facts)
        written = status is not None and status.counts.added + status.counts.updated > 0
        if written:
            await self.find_out(number, error)
            return
        skipped = status is not None and status.state is JobState.SKIPPED
        result = RowResult.SKIPPED if skipped else RowResult.UNPROCESSED
        rows = made.same_end(part, result, (RowError(error.code),), joined="position")
        await run.commit(ev.PartFailed(run.now, number, error, count(rows)), outcomes=(number, rows))

    async def join(self, number: int) -> None:
        """FETCHED → JOINED."""
        run = self._run
        state = run.state.part(number)
        part = await run.part(number)
        folder = await asyncio.to_thread(run.ledger.run_folder, run.lease.run_id)

        def work() -> Joined:
            returned = list(read_results(folder / state.result_archive))
            width = max((len(row.columns) for row in returned[:1]), default=0)
            sent = [
                Sent(record, line, tuple(cells[:width]))
                for record, line, cells in zip(part.records, part.lines, sent_rows(part), strict=True)
            ]
            return join(sent, returned, state.job.counts if state.job else None)

        try:
            joined = await asyncio.to_thread(work)
        except ArchiveError as error:
            await self.find_out(number, error_info(error))
            return
        rows, findings, how = joined.outcomes, joined.findings, joined.how
        if joined.open:
            rows = await self._fill_in(number, part, rows)
            findings = self._recount(rows, findings)
        await self._commit_joined(number, rows, how, findings)

    async def _fill_in(self, number: int, part: Part, rows: Sequence[RowOutcome]) -> list[RowOutcome]:
        """Look the rows up that the archive was silent about."""
        missing = {row.record for row in rows if row.result is RowResult.UNKNOWN}
        taken = {row.record_id for row in rows if row.record_id}
        sent = [row for row in await asyncio.to_thread(rows_of, part) if row.record in missing]
        read = {row.record: row for row in await self._read(number, sent, taken)}
        counts = self._run.state.part(number).job
        merged = [read.get(row.record, row) for row in rows]
        return settle(merged, counts.counts if counts else None)

    @staticmethod
    def _recount(rows: Sequence[RowOutcome], findings: tuple[ErrorInfo, ...]) -> tuple[ErrorInfo, ...]:
        if any(row.result is RowResult.UNKNOWN for row in rows):
            return findings
        settled = ("RESULT_ROWS_MISSING", "RESULT_COUNTS_DIFFER")
        return (*(f for f in findings if f.code not in settled), ErrorInfo("local", "RESULT_ROWS_READ_BACK"))

    # --- no result --------------------------------------------------------------------------------------------

    async def find_out(self, number: int, why: ErrorInfo) -> None:
        """Any stage after the create → JOINED, by reading the records back; rows not found stay unknown.

        A job whose end is not known is given time: the records are read until nothing new appears for a while.
        """
        run = self._run
        part = await run.part(number)
        sent = await asyncio.to_thread(rows_of, part)
        job = run.state.part(number).job
        if job is None or not job.state.terminal:
            await self._until_settled(number, sent)
        taken = await asyncio.to_thread(self._taken, number)
        rows = settle(await self._read(number, sent, taken), job.counts if job else None)
        unknown = sum(row.result is RowResult.UNKNOWN for row in rows)
        findings = [why]
        if unknown:
            findings.append(ErrorInfo("local", "RESULT_ROWS_UNKNOWN", details=(("count", str(unknown)),)))
        await self._commit_joined(number, rows, "record", tuple(findings))

    async def again(self, number: int) -> None:
        """JOINED with unknown rows → JOINED, knowing more if more can be known. Rows with a known end keep it."""
        run = self._run
        state = run.state.part(number)
        if state.job_id and state.joined == "record" and await self._fetched_late(number, state.job_id):
            await self.join(number)
            return
        part = await run.part(number)
        known = {
            o.record: o
            for o in await asyncio.to_thread(lambda: list(run.ledger.outcomes.each(run.lease.run_id, part=number)))
        }
        missing = {record for record, o in known.items() if o.result is RowResult.UNKNOWN}
        sent = [row for row in await asyncio.to_thread(rows_of, part) if row.record in missing]
        taken = await asyncio.to_thread(self._taken, number)
        taken |= {o.record_id for o in known.values() if o.record_id}
        known |= {row.record: row for row in await self._read(number, sent, taken)}
        rows = settle([known[record] for record in part.records], state.job.counts if state.job else None)
        unknown_left = sum(row.result is RowResult.UNKNOWN for row in rows)
        findings = tuple(f for f in state.findings if f.code != "RESULT_ROWS_UNKNOWN")
        if unknown_left:
            facts = (("count", str(unknown_left)),)
            findings = (*findings, ErrorInfo("local", "RESULT_ROWS_UNKNOWN", details=facts))
        await self._commit_joined(number, rows, state.joined, findings)

    async def _fetched_late(self, number: int, job_id: str) -> bool:
        """True when the result that could not be had before is here now."""
        run = self._run
        name = f"part-{number:03}.result.zip"
        try:
            status = await run.patiently(number, lambda: run.crm.job(job_id), PASSING)
            if not status.download_url:
                return False
            await fetch_archive(run, number, status.download_url, name)
        except SignInError as error:
            raise RunHalted(error) from error
        except ZohoError:
            return False
        await run.commit(ev.JobPolled(run.now, number, status), ev.ResultFetched(run.now, number, name))
        return True

    async def _until_settled(self, number: int, sent: Sequence[SentRow]) -> None:
        run = self._run
        step = max(1, len(sent) // _PROBED)
        probe = [*sent[: _PROBED * step : step], *sent[-1:]]
        best = unchanged = readings = 0
        while unchanged < run.pace.settle:
            found = sum(o.result is not RowResult.UNKNOWN for o in await self._read(number, probe, set()))
            if found == len(probe):
                return
            unchanged = unchanged + 1 if found == best else 0
            best = max(best, found)
            await run.wait(run.pace.poll_after(readings))
            readings += 1

    def _taken(self, number: int) -> set[str]:
        """Records that other parts of the run are known to have written."""
        run = self._run
        written = (RowResult.ADDED, RowResult.UPDATED)
        mine = set(run.ledger.parts.get(run.lease.run_id, number).records)
        return {
            o.record_id for o in run.ledger.outcomes.each(run.lease.run_id, results=written) if o.record not in mine
        }

    async def _read(self, number: int, sent: Sequence[SentRow], taken: set[str]) -> list[RowOutcome]:
        run = self._run
        state = run.state.part(number)
        if sent and (state.waiting is None or state.waiting.code != _LOOKING.code):
            run.tell(ev.PartWaiting(run.now, number, _LOOKING, 0.0))
        since = earliest(state.uploaded_time, state.attempted_at)
        reader = _PatientReader(run, number)
        try:
            return await read_back(reader, run.plan, sent, since, taken)
        except ZohoError as error:
            info = error_info(error)
            # A token that may send but not query is no reason to stop: the rows stay unknown until one may.
            if isinstance(error, SignInError) and kind_of(info) != SCOPE:
                raise RunHalted(error) from error
            self._not_read[number] = info
            return [unknown(row) for row in sent]

    async def _commit_joined(
        self, number: int, rows: Sequence[RowOutcome], how: str, findings: tuple[ErrorInfo, ...]
    ) -> None:
        run = self._run
        refused = self._not_read.pop(number, None)
        if refused is not None:
            findings = (*findings, refused)
        await run.commit(ev.OutcomesJoined(run.now, number, count(rows), how, findings), outcomes=(number, rows))
        run.forget_part(number)


class _PatientReader:
    """Queries that wait out passing troubles."""

    def __init__(self, running: Running, number: int) -> None:
        self._running = running
        self._number = number

    async def coql(self, query: str) -> list[Record]:
        """One page of a query's records."""
        return await self._running.patiently(self._number, lambda: self._running.crm.coql(query), PASSING)


def rows_of(part: Part) -> list[SentRow]:
    """The part's rows with what was sent for them."""
    header = sent_header(part)
    return [
        SentRow(record, line, dict(zip(header, cells, strict=False)))
        for record, line, cells in zip(part.records, part.lines, sent_rows(part), strict=True)
    ]


def _told(status: JobStatus) -> JobStatus:
    """A reading without what changes by itself."""
    return replace(status, download_url=None)
