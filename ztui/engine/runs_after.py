"""What is done with a run afterwards: looking again, exporting, repairing, undoing; and forecasting the next."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from pathlib import Path

from ztui.engine.diagnose import Diagnosis, Repair, diagnose_error, diagnose_row, mend_plan
from ztui.engine.forecast import Forecast, make_forecast
from ztui.engine.ports import OnState
from ztui.engine.recovery import Recovery
from ztui.engine.repair import RepairRow, RepairSession
from ztui.engine.results_export import ExportReport, export_results
from ztui.engine.runs_known import KnownRuns, quiet
from ztui.engine.sent import sent_header, sent_rows
from ztui.engine.transform import compile_mapping
from ztui.engine.undo import OnProgress, Undoing, UndoPreview, UndoReport
from ztui.errors import PlanError, RunError
from ztui.model import event as ev
from ztui.model.event import ErrorInfo
from ztui.model.outcome import REFUSED, OutcomeCounts, RowOutcome, RowResult
from ztui.model.plan import ImportPlan
from ztui.model.run import RunState, Stage


@dataclass(frozen=True, slots=True)
class PruneReport:
    """Runs that were forgotten, and the bytes of their files."""

    runs: int
    bytes: int


class Aftercare(KnownRuns):
    """Everything but sending."""

    # --- unknown fates ----------------------------------------------------------------------------------------

    async def reconcile(self, run: str, on_state: OnState = quiet) -> RunState:
        """Look again at rows whose fate is not known: by the job's result if it can be had, else by the records.

        Sends nothing. RunError when another process works on the run; RunHalted troubles leave it as it was.
        """
        run_id = self.ledger.find(run)
        plan = self.ledger.plan(run_id)
        profile = self._profile_for(plan)
        crm = await self._connect(plan.profile)
        lease = await asyncio.to_thread(self.ledger.claim, run_id)
        try:
            running = self._running(lease, plan, crm, profile, on_state)
            recovery = Recovery(running)
            for part in running.state.parts:
                if part.stage is Stage.JOINED and part.counts is not None and part.counts.unknown:
                    await recovery.again(part.number)
                elif part.stage is Stage.UNCERTAIN and part.accepted:
                    await recovery.find_out(part.number, ErrorInfo("local", "JOB_ID_LOST"))
            if running.state.ended_at:
                counts = await asyncio.to_thread(self.ledger.outcomes.counts, run_id)
                if counts != running.state.counts:
                    await running.commit(ev.RunEnded(running.now, counts))
            return running.state
        finally:
            self.ledger.release(lease)

    # --- words ------------------------------------------------------------------------------------------------

    def diagnose(self, run: str, outcome: RowOutcome) -> tuple[Diagnosis, ...]:
        """A refused row in words: one diagnosis for each code, with the values that were sent."""
        plan = self.plan(run)
        return diagnose_row(outcome, plan.mapping, plan.schema, self.sent_values(run, outcome.record))

    def diagnose_error(self, run: str, error: ErrorInfo) -> Diagnosis:
        """A refusal of a whole part (or a stop of the run) in words, with the repairs on offer."""
        plan = self.plan(run)
        return diagnose_error(error, plan.mapping, plan.schema)

    # --- files ------------------------------------------------------------------------------------------------

    async def export_results(
        self,
        run: str,
        path: Path,
        *,
        only_refused: bool = False,
        on_progress: Callable[[int], None] | None = None,
    ) -> ExportReport:
        """Write all rows with their outcome (CSV, UTF-8), or the refused ones in the source's own form."""
        run_id = self.ledger.find(run)
        plan = self.ledger.plan(run_id)
        source = self._source(run_id)
        return await export_results(
            self.ledger, run_id, plan, source, path, only_refused=only_refused, on_progress=on_progress
        )

    # --- sending again ----------------------------------------------------------------------------------------

    def refused(self, run: str) -> Sequence[RowOutcome]:
        """The rows that are surely not in the CRM: skipped, unprocessed, not sent; in source order."""
        return list(self.ledger.outcomes.each(self.ledger.find(run), results=REFUSED))

    def repair(self, run: str, *, unknown: bool = False) -> RepairSession:
        """A session to mend the refused rows.

        Reads archives and, for rows never packed, the source: call it in a thread when there are many rows. `unknown`
        takes rows of unknown fate too: sending those may double records, so ask first. Rows that a later repair of
        this run has sent, or is about to, are not in it. PlanError when there is none.
        """
        run_id = self.ledger.find(run)
        plan = self.ledger.plan(run_id)
        results = (*REFUSED, RowResult.UNKNOWN) if unknown else REFUSED
        taken = self.taken_care_of(run_id)
        outcomes = [o for o in self.ledger.outcomes.each(run_id, results=results) if o.record not in taken]
        if not outcomes:
            raise PlanError("REPAIR_NOTHING", details={"run": run_id})
        values = self._values(run_id, plan, [outcome.record for outcome in outcomes])
        return RepairSession(run_id, plan, [RepairRow(outcome, values[outcome.record]) for outcome in outcomes])

    def _values(self, run_id: str, plan: ImportPlan, records: Sequence[int]) -> dict[int, tuple[str, ...]]:
        fields = [mapped for mapped in plan.mapping.fields if mapped.columns]
        wanted = set(records)
        found: dict[int, tuple[str, ...]] = {}
        for part in self.ledger.parts.all(run_id):
            if wanted.isdisjoint(part.records):
                continue
            header = sent_header(part)
            places = [header.index(m.api_name) if m.api_name in header else -1 for m in fields]
            for record, cells in zip(part.records, sent_rows(part), strict=True):
                if record in wanted:
                    found[record] = tuple(cells[p] if 0 <= p < len(cells) else "" for p in places)
        missing = [record for record in records if record not in found]
        if missing:
            makers = [(compile_mapping(m), m.columns) for m in fields]
            edits = {(edit.record, edit.api_name): edit.value for edit in plan.edits}
            source = self._source(run_id)
            for record in missing:
                rows = source.rows(record, 1)
                row = rows[0].cells if rows else ()
                made = (make([row[c] if c < len(row) else "" for c in columns]) for make, columns in makers)
                found[record] = tuple(
                    edits.get((record, m.api_name), str(text)) for m, text in zip(fields, made, strict=True)
                )
        return found

    def mend(self, run: str, repair: Repair) -> ImportPlan:
        """A plan that sends again what a refused part (or a cancellation) kept out, with one thing mended.

        Only rows that are surely not in the CRM, and that no later repair has sent. PlanError when there is none, or
        when the repair needs a person's word.
        """
        state = self.get(run)
        plan = self.plan(run)
        taken = self.taken_care_of(state.run_id)
        surely_out = {o.record for o in self.ledger.outcomes.each(state.run_id, results=REFUSED)} - taken
        records = [
            record
            for part in state.parts
            if part.stage in (Stage.REFUSED, Stage.FAILED, Stage.CANCELLED)
            for record in self.ledger.parts.get(state.run_id, part.number).records
            if record in surely_out
        ]
        if not records:
            raise PlanError("REPAIR_NOTHING", details={"run": state.run_id})
        return mend_plan(plan, repair, parent_run=state.run_id, records=sorted(records))

    def total(self, run: str) -> OutcomeCounts:
        """Rows of the run and of all that mend it, each by its last outcome: the sum is the rows of the first."""
        last: dict[int, RowResult] = {}
        for state in self.tree(run):
            last |= {o.record: o.result for o in self.ledger.outcomes.each(state.run_id)}
        counted = dict.fromkeys(RowResult, 0)
        for result in last.values():
            counted[result] += 1
        return OutcomeCounts(**{result.value: number for result, number in counted.items()})

    # --- taking back ------------------------------------------------------------------------------------------

    def undo_preview(self, run: str) -> UndoPreview:
        """What an undo would take back, by the ledger alone; `total` is the number to be typed."""
        run_id = self.ledger.find(run)
        return Undoing(self.ledger, run_id, self.ledger.plan(run_id)).preview()

    async def undo(self, run: str, on_progress: OnProgress | None = None, *, force: bool = False) -> UndoReport:
        """Delete what the run created and put back what it changed; `force` also where somebody changed it since.

        Asked for confirmation before. Can be called again after a trouble. Raises RunError, PlanError, ZohoError.
        """
        run_id = self.ledger.find(run)
        plan = self.ledger.plan(run_id)
        profile = self._profile_for(plan)
        if profile.readonly:
            raise PlanError("PROFILE_READONLY", details={"profile": profile.name})
        crm = await self._connect(plan.profile)
        lease = await asyncio.to_thread(self.ledger.claim, run_id)
        try:
            running = self._running(lease, plan, crm, profile, quiet)
            if not running.state.ended_at:
                raise RunError("RUN_NOT_OVER", details={"run": run_id})
            report = await Undoing(self.ledger, run_id, plan).run(crm, on_progress, force=force)
            taken_back = report.deleted + report.restored
            await running.commit(ev.RunUndone(running.now, taken_back, len(report.left)))
            return report
        finally:
            self.ledger.release(lease)

    # --- before the next --------------------------------------------------------------------------------------

    async def forecast(self, plan: ImportPlan, on_progress: OnProgress | None = None) -> Forecast:
        """What an update or upsert would do, by looking its keys up. Raises PlanError for an insert, ZohoError."""
        self._profile_for(plan)
        crm = await self._connect(plan.profile)
        return await make_forecast(crm, plan, self._packer, on_progress)

    # --- age --------------------------------------------------------------------------------------------------

    async def prune(self, days: int) -> PruneReport:
        """Forget ended runs that started more than so many days ago, with all their files, and folders of no run."""
        before = (self._clock.now().astimezone(UTC) - timedelta(days=days)).isoformat(timespec="milliseconds")

        def work() -> PruneReport:
            old = self.ledger.older_than(before)
            for folder in self.ledger.orphans():
                if folder.stat().st_mtime < (self._clock.now() - timedelta(days=max(days, 1))).timestamp():
                    shutil.rmtree(folder, ignore_errors=True)
            return PruneReport(len(old), sum(self.ledger.forget(run_id) for run_id in old))

        return await asyncio.to_thread(work)
