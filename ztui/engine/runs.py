"""All runs, as both front doors see them: list, start, resume, pause, cancel, and what became of the rows.

This façade holds no protocol: it takes leases, opens what a run needs and hands over to the runner.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property

from ztui.engine import outcomes as made
from ztui.engine.files import OpenFile
from ztui.engine.polling import Clock, Pace, SystemClock, live_pace, local_pace, stamp
from ztui.engine.ports import Connect, Crm, OnState, Opener, Packer
from ztui.engine.runner import Runner
from ztui.engine.running import CANCEL, PAUSE, Running
from ztui.engine.sent import sent_values
from ztui.engine.sources import open_again, reopen
from ztui.errors import PlanError, RunError, ZtuiError
from ztui.model import event as ev
from ztui.model.finding import Finding
from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowOutcome, RowResult
from ztui.model.plan import ImportPlan, SourceId
from ztui.model.profile import Profile
from ztui.model.run import Phase, RunState
from ztui.model.table import SourceRow
from ztui.store.ledger import Lease, Ledger

ProfileOf = Callable[[str], Profile]
"""The profile with this name; raises ConfigError when there is none (any more)."""


def _quiet(_state: RunState, _event: ev.ImportEvent) -> None:
    """Nobody listens."""


class Runs:
    """The runs in one state folder. The ledger is opened when it is first needed."""

    def __init__(
        self,
        ledger: Callable[[], Ledger],
        *,
        profile_of: ProfileOf,
        connect: Connect,
        packer: Packer | None = None,
        opener: Opener = reopen,
        clock: Clock | None = None,
        pace: Callable[[Profile], Pace] | None = None,
    ) -> None:
        self._open_ledger = ledger
        self._profile_of = profile_of
        self._connect = connect
        self._given_packer = packer
        self._opener = opener
        self._clock = clock or SystemClock()
        self._pace = pace or (lambda profile: local_pace() if profile.sandbox else live_pace())
        self._limits: dict[str, tuple[asyncio.Semaphore, asyncio.Semaphore]] = {}
        self._sources: dict[str, OpenFile] = {}

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger; StoreError when the state folder cannot be used."""
        return self._open_ledger()

    @cached_property
    def _packer(self) -> Packer:
        if self._given_packer is not None:
            return self._given_packer
        from ztui.engine import planner

        return planner

    def close(self) -> None:
        """Close the ledger and the source files that were opened for looking at rows."""
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        if "ledger" in self.__dict__:
            self.ledger.close()

    # --- looking ----------------------------------------------------------------------------------------------

    def list(self, limit: int = 500) -> list[RunState]:
        """The newest runs, newest first."""
        return self.ledger.states(limit)

    def get(self, run: str) -> RunState:
        """One run by its id or the unmistakable start of it; RunError otherwise."""
        return self.ledger.state(self.ledger.find(run))

    def plan(self, run: str) -> ImportPlan:
        """What the run was to do."""
        return self.ledger.plan(self.ledger.find(run))

    def events(self, run: str) -> Sequence[ev.ImportEvent]:
        """Everything kept that happened to the run, oldest first."""
        return self.ledger.events(self.ledger.find(run))

    def revision(self) -> tuple[int, int]:
        """Changes when any process added a run or moved one on; cheap enough to be asked every second."""
        return self.ledger.revision()

    def worked_on(self, run: str) -> bool:
        """True while a living process (this one or another) sends or polls for the run."""
        return self.ledger.holder(self.ledger.find(run)) is not None

    def unfinished(self) -> Sequence[RunState]:
        """Runs with something left to do, oldest first."""
        return [self.ledger.state(run) for run in self.ledger.unfinished()]

    def earlier(self, source: SourceId, module: str) -> Sequence[RunState]:
        """Earlier runs of the same bytes into the same module, newest first, which sent or may have sent anything."""
        states = [self.ledger.state(run) for run in self.ledger.earlier(source.sha256, module)]
        return [state for state in states if any(part.job_id or part.attempted_at for part in state.parts)]

    def tree(self, run: str) -> Sequence[RunState]:
        """The run and all that mend it (or mend what mends it), oldest first."""
        found = [self.get(run)]
        for state in found:
            found.extend(self.ledger.state(child) for child in self.ledger.children(state.run_id))
        return found

    # --- rows -------------------------------------------------------------------------------------------------

    def outcomes(
        self,
        run: str,
        *,
        results: Collection[RowResult] | None = None,
        code: str | None = None,
        fields: Collection[str] | None = None,
        start: int = 0,
        count: int = 100,
    ) -> Sequence[RowOutcome]:
        """A window of the run's outcomes in source order; `code` "" finds rows without an error."""
        return self.ledger.outcomes.page(
            self.ledger.find(run), results=results, code=code, fields=fields, start=start, count=count
        )

    def outcome(self, run: str, record: int) -> RowOutcome | None:
        """What became of one record, None while it is open."""
        return self.ledger.outcomes.get(self.ledger.find(run), record)

    def groups(self, run: str) -> Sequence[OutcomeGroup]:
        """How many rows ended how: by result, code and fields; errors first."""
        return self.ledger.outcomes.groups(self.ledger.find(run))

    def counts(self, run: str) -> OutcomeCounts:
        """Rows by how they ended so far."""
        return self.ledger.outcomes.counts(self.ledger.find(run))

    def rows(self, run: str, records: Sequence[int]) -> Sequence[SourceRow]:
        """Rows of the source file, as it is now; SourceError when it cannot be read any more."""
        source = self._source(self.ledger.find(run))
        found: list[SourceRow] = []
        for record in records:
            found.extend(source.rows(record, 1))
        return found

    def _source(self, run_id: str) -> OpenFile:
        if run_id not in self._sources:
            self._sources[run_id] = open_again(self.ledger.plan(run_id).info)
        return self._sources[run_id]

    def sent_values(self, run: str, record: int) -> dict[str, str]:
        """What was sent for a record, by field API name; empty when it was not sent."""
        run_id = self.ledger.find(run)
        for part in self.ledger.parts.holding(run_id, record):
            if record in part.records:
                return sent_values(part, record)
        return {}

    # --- working ----------------------------------------------------------------------------------------------

    async def start(
        self, plan: ImportPlan, on_state: OnState = _quiet, *, left_out: Iterable[Finding] = ()
    ) -> RunState:
        """Send a plan; comes back when the run ends, pauses (canary, request) or stops.

        `left_out` are the check's findings: rows in `plan.exclude` are kept with these codes. Cancelling the task is a
        clean shutdown; the run can be resumed. Raises PlanError before anything is kept, StoreError, ConfigError.
        """
        profile = self._profile_of(plan.profile)
        if profile.readonly:
            raise PlanError("PROFILE_READONLY", details={"profile": profile.name})
        scope = made.scope_of(plan)
        if len(scope) <= len(set(plan.exclude)):
            raise PlanError("NOTHING_TO_SEND", details={"path": plan.info.path})
        crm = await self._connect(plan.profile)
        digest = self._packer.plan_digest(plan)
        run_id = self._new_id(digest)
        started = ev.RunStarted(
            stamp(self._clock),
            run_id,
            digest,
            plan.info.path,
            plan.mapping.module,
            plan.mapping.operation.value,
            plan.profile,
            plan.environment,
            len(scope),
            plan.parent_run,
        )
        lease = await asyncio.to_thread(self.ledger.create, plan, started)
        try:
            reasons = _reasons(plan, left_out)
            if reasons:
                await asyncio.to_thread(self.ledger.keep_outcomes, lease, 0, reasons)
            on_state(self.ledger.state(run_id), started)
            running = self._running(lease, plan, crm, profile, on_state)
            return await Runner(running, self._packer, self._opener).run()
        finally:
            self.ledger.release(lease)

    def _new_id(self, digest: str) -> str:
        at = self._clock.now()
        return f"{digest[:8]}-{at:%y%m%d-%H%M%S}-{secrets.token_hex(2)}"

    async def resume(self, run: str, on_state: OnState = _quiet) -> RunState:
        """Go on with a run wherever it stands; the same ends as `start`. RunError when another process works on it.

        A run that waits after its canary is thereby told to send the rest.
        """
        run_id = self.ledger.find(run)
        state = self.ledger.state(run_id)
        if state.ended_at:
            return state
        plan = self.ledger.plan(run_id)
        profile = self._profile_of(plan.profile)
        crm = await self._connect(plan.profile)
        lease = await asyncio.to_thread(self.ledger.claim, run_id)
        try:
            running = self._running(lease, plan, crm, profile, on_state)
            if running.state.phase in (Phase.PAUSED, Phase.STOPPED):
                await asyncio.to_thread(self.ledger.ask, run_id, "")
                await running.commit(ev.RunResumed(running.now))
            return await Runner(running, self._packer, self._opener).run()
        finally:
            self.ledger.release(lease)

    async def resume_all(self, on_state: OnState = _quiet, *, halted: bool = False) -> Sequence[RunState]:
        """Go on with every run that was left behind, at the same time; runs of other processes are left alone.

        `halted` takes those too that were paused by request or stopped by a trouble. A run that cannot go on (its
        profile is gone, say) does not keep the others from it; its state is returned as it is.
        """
        wanted = [
            state.run_id
            for state in self.unfinished()
            if state.phase in (Phase.PACKING, Phase.SENDING, Phase.CANCELLED)
            or (halted and state.phase is Phase.STOPPED)
            or (state.phase is Phase.PAUSED and (halted or state.active) and state.paused_for != "canary")
        ]

        async def one(run_id: str) -> RunState:
            try:
                return await self.resume(run_id, on_state)
            except ZtuiError:
                return self.ledger.state(run_id)

        return list(await asyncio.gather(*(one(run_id) for run_id in wanted)))

    async def pause(self, run: str) -> None:
        """Send nothing more until the run is resumed; jobs at Zoho go on. Works whichever process holds the run."""
        await self._wish(self.ledger.find(run), PAUSE)

    async def cancel(self, run: str) -> None:
        """Never send what was not sent yet; jobs at Zoho go on and are polled at the next resume."""
        await self._wish(self.ledger.find(run), CANCEL)

    async def _wish(self, run_id: str, wish: str) -> None:
        state = self.ledger.state(run_id)
        if state.ended_at:
            raise RunError("RUN_OVER", details={"run": run_id})
        try:
            lease = await asyncio.to_thread(self.ledger.claim, run_id)
        except RunError as busy:
            if busy.code != "RUN_BUSY":
                raise
            await asyncio.to_thread(self.ledger.ask, run_id, wish)
            return
        try:
            plan = self.ledger.plan(run_id)
            running = self._running(lease, plan, None, None, _quiet)
            runner = Runner(running, self._packer, self._opener)
            await (runner.cancel_unsent() if wish == CANCEL else runner.obey(wish))
        finally:
            self.ledger.release(lease)

    def _running(
        self, lease: Lease, plan: ImportPlan, crm: Crm | None, profile: Profile | None, on_state: OnState
    ) -> Running:
        concurrency = max(1, profile.concurrency) if profile is not None else 1
        slots, requests = self._limits.setdefault(
            plan.profile, (asyncio.Semaphore(concurrency), asyncio.Semaphore(concurrency + 1))
        )
        return Running(
            self.ledger,
            lease,
            plan,
            crm,
            clock=self._clock,
            pace=self._pace(profile) if profile is not None else local_pace(),
            on_state=on_state,
            slots=slots,
            requests=requests,
        )


def _reasons(plan: ImportPlan, findings: Iterable[Finding]) -> list[RowOutcome]:
    """Outcomes of the excluded rows of which the check told a reason and a line."""
    excluded = set(plan.exclude).intersection(made.scope_of(plan))
    told = [f for f in findings if f.record in excluded and f.line is not None]
    lines = {f.record: f.line for f in told if f.record is not None and f.line is not None}
    return made.left_out(told, sorted(lines.items()))
