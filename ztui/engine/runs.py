"""All runs, as both front doors see them: start, resume, pause, cancel; what is known and what is done afterwards.

This façade holds no protocol: it takes leases, opens what a run needs and hands over to the runner.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from ztui.engine import outcomes as made
from ztui.engine.consent import count_is_typed, is_that_count
from ztui.engine.polling import stamp
from ztui.engine.ports import OnState
from ztui.engine.runner import Runner
from ztui.engine.running import CANCEL, PAUSE
from ztui.engine.runs_after import Aftercare
from ztui.engine.runs_known import quiet
from ztui.engine.sources import anchored
from ztui.errors import PlanError, RunError, ZtuiError
from ztui.model import event as ev
from ztui.model.finding import Finding
from ztui.model.outcome import RowOutcome
from ztui.model.plan import ImportPlan
from ztui.model.run import Phase, RunState

T = TypeVar("T")

OnTrouble = Callable[[str, ZtuiError], None]
"""Told the id of a run that cannot go on, and why."""


def unheard(_run: str, _error: ZtuiError) -> None:
    """Nobody listens."""


async def all_that_can(
    names: Iterable[str], go_on: Callable[[str], Awaitable[T]], on_trouble: OnTrouble = unheard
) -> Sequence[T]:
    """Go on with each of these at the same time; returns what came of those that could, `on_trouble` hears the rest."""

    async def one(name: str) -> T | None:
        try:
            return await go_on(name)
        except ZtuiError as error:
            on_trouble(name, error)
            return None

    ends = await asyncio.gather(*map(one, names))
    return [end for end in ends if end is not None]


class Runs(Aftercare):
    """The runs in one state folder. The ledger is opened when it is first needed."""

    # --- before -----------------------------------------------------------------------------------------------

    def confirmation(self, plan: ImportPlan) -> str:
        """What has to be typed before this plan may be sent: the number of rows, "" when a plain yes is enough."""
        rows = rows_to_send(plan)
        return str(rows) if count_is_typed(self._profile_for(plan), rows) else ""

    def confirm(self, plan: ImportPlan, typed: str) -> None:
        """PlanError (CONFIRMATION_MISSING) unless what was typed is what `confirmation` asks for."""
        wanted = self.confirmation(plan)
        if wanted and not is_that_count(typed, int(wanted)):
            raise PlanError("CONFIRMATION_MISSING", details={"count": wanted, "answer": typed})

    # --- working ----------------------------------------------------------------------------------------------

    async def start(self, plan: ImportPlan, on_state: OnState = quiet, *, left_out: Iterable[Finding] = ()) -> RunState:
        """Send a plan; comes back when the run ends, pauses (canary, request) or stops.

        `left_out` are the check's findings: rows in `plan.exclude` are kept with these codes. Cancelling the task is a
        clean shutdown; the run can be resumed. Raises PlanError before anything is kept, StoreError, ConfigError.
        """
        plan = anchored(plan)
        profile = self._profile_for(plan)
        if profile.readonly:
            raise PlanError("PROFILE_READONLY", details={"profile": profile.name})
        scope = made.scope_of(plan)
        if len(scope) <= len(set(plan.exclude)):
            raise PlanError("NOTHING_TO_SEND", details={"path": plan.info.path})
        self._refuse_if_sent(plan)
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
        # Asked once more where no other process can start the same repair in between.
        lease = await asyncio.to_thread(self.ledger.create, plan, started, lambda: self._refuse_if_sent(plan))
        try:
            reasons = _reasons(plan, left_out)
            if reasons:
                await asyncio.to_thread(self.ledger.keep_outcomes, lease, 0, reasons)
            on_state(self.ledger.state(run_id), started)
            running = self._running(lease, plan, crm, profile, on_state)
            return await Runner(running, self._packer, self._opener).run()
        finally:
            self.ledger.release(lease)

    def _refuse_if_sent(self, plan: ImportPlan) -> None:
        if plan.parent_run is not None and not self.taken_care_of(plan.parent_run).isdisjoint(made.scope_of(plan)):
            raise PlanError("REPAIR_SENT_ALREADY", details={"run": plan.parent_run})

    def _new_id(self, digest: str) -> str:
        at = self._clock.now()
        return f"{digest[:8]}-{at:%y%m%d-%H%M%S}-{secrets.token_hex(2)}"

    async def resume(self, run: str, on_state: OnState = quiet) -> RunState:
        """Go on with a run wherever it stands; the same ends as `start`. RunError when another process works on it.

        A run that waits after its canary is thereby told to send the rest.
        """
        run_id = self.ledger.find(run)
        state = self.ledger.state(run_id)
        if state.ended_at:
            return state
        plan = self.ledger.plan(run_id)
        profile = self._profile_for(plan)
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

    async def resume_all(
        self, on_state: OnState = quiet, *, halted: bool = False, on_trouble: OnTrouble = unheard
    ) -> Sequence[RunState]:
        """Go on with every run that was left behind, at the same time; returns how those stand that went on.

        `halted` takes those too that were paused by request or stopped by a trouble. A run that cannot go on (its
        profile is gone; RUN_BUSY: another process works on it) does not keep the others from it: `on_trouble` is told.
        """
        wanted = [
            state.run_id
            for state in self.unfinished()
            if state.phase in (Phase.PACKING, Phase.SENDING, Phase.CANCELLED)
            or (halted and state.phase is Phase.STOPPED)
            or (state.phase is Phase.PAUSED and (halted or state.active) and state.paused_for != "canary")
        ]
        return await all_that_can(wanted, lambda run_id: self.resume(run_id, on_state), on_trouble)

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
            running = self._running(lease, plan, None, None, quiet)
            runner = Runner(running, self._packer, self._opener)
            await (runner.cancel_unsent() if wish == CANCEL else runner.obey(wish))
        finally:
            self.ledger.release(lease)


def rows_to_send(plan: ImportPlan) -> int:
    """How many rows the plan sends."""
    return len(made.scope_of(plan)) - len(set(plan.exclude).intersection(made.scope_of(plan)))


def _reasons(plan: ImportPlan, findings: Iterable[Finding]) -> list[RowOutcome]:
    """Outcomes of the excluded rows of which the check told a reason and a line."""
    excluded = set(plan.exclude).intersection(made.scope_of(plan))
    told = [f for f in findings if f.record in excluded and f.line is not None]
    lines = {f.record: f.line for f in told if f.record is not None and f.line is not None}
    return made.left_out(told, sorted(lines.items()))
