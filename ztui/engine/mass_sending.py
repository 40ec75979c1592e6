"""Sends the batches of one mass update and polls its scheduled job; decides what may be sent twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from ztui.engine.polling import Clock, Pace, asked_wait, stamp
from ztui.engine.running import error_info
from ztui.errors import AnswerLost, Throttled, Unreachable, ZtuiError
from ztui.model import mass_run as ev
from ztui.model.event import ErrorInfo
from ztui.model.mass_run import BatchStage, MassEvent, MassPhase, MassState
from ztui.model.mass_update import MassUpdateAnswer, MassUpdateRequest
from ztui.store.mass_updates import MassLog

if TYPE_CHECKING:
    from ztui.engine.mass_updates import MassClient

OnMassState = Callable[[MassState], None]
"""Told after every event."""


def quiet(state: MassState) -> None:
    """Tell nobody."""


class Sender:
    """Works on one mass update that this process holds."""

    def __init__(
        self,
        log: MassLog,
        client: MassClient,
        clock: Clock,
        pace: Pace,
        on_state: OnMassState,
        stopping: Callable[[], bool],
    ) -> None:
        self._log = log
        self._client = client
        self._clock = clock
        self._pace = pace
        self._on_state = on_state
        self._stopping = stopping

    @property
    def state(self) -> MassState:
        """Where it stands."""
        return self._log.state

    async def run(self, *, wait: bool, again: bool) -> MassState:
        """To the end, a stop or a cancel; `again` sends batches of open fate even where that might append twice."""
        if self.state.plan.cvid is not None and self.state.job_id:
            return await self._poll() if wait else self.state
        repeat = again or not self.state.plan.appends
        for number, ids in enumerate(self.state.plan.batches(), 1):
            stage = self.state.batches[number - 1].stage
            if stage is BatchStage.ANSWERED or (stage is not BatchStage.WAITING and not repeat):
                continue
            if self._stopping() or self._log.stop_asked:
                return await self._keep(ev.MassCancelled(stamp(self._clock)))
            if not await self._batch(number, ids, repeat=repeat):
                return self.state
            if self.state.phase is MassPhase.SCHEDULED:
                return await self._poll() if wait else self.state
        return await self._keep(ev.MassEnded(stamp(self._clock)))

    async def _batch(self, number: int, ids: tuple[str, ...], *, repeat: bool) -> bool:
        """Send one batch until it is answered or its fate must stay open; False when the whole cannot go on."""
        plan = self.state.plan
        request = MassUpdateRequest(plan.module, plan.values, ids, plan.cvid, plan.over_write)
        failures = 0
        while True:
            await self._keep(ev.BatchAttempted(stamp(self._clock), number))
            try:
                answer = await self._client.mass_update(request)
            except AnswerLost as lost:
                await self._keep(ev.BatchLost(stamp(self._clock), number, error_info(lost)))
                trouble: ZtuiError = lost
                if not repeat:
                    return True
            except ZtuiError as error:
                # Every other error says that nothing was written.
                await self._keep(ev.BatchReturned(stamp(self._clock), number))
                trouble = error
            else:
                return await self._answered(number, ids, answer)
            failures += 1
            passing = isinstance(trouble, (AnswerLost, Throttled, Unreachable))
            if not passing or failures >= self._pace.tries or self._stopping():
                await self._keep(ev.MassStopped(stamp(self._clock), error_info(trouble)))
                return False
            await self._clock.sleep(self._pace.retry_after(failures, asked_wait(trouble)))

    async def _answered(self, number: int, ids: tuple[str, ...], answer: MassUpdateAnswer) -> bool:
        """Keep the answer; False when it refuses the call itself, because the next would be refused alike."""
        if answer.job_id:
            await self._keep(ev.JobScheduled(stamp(self._clock), answer.job_id))
            return True
        results = answer.results
        whole = len(results) == 1 and not results[0].ok and results[0].record_id not in ids
        if whole:
            refusal = results[0]
            results = tuple(replace(refusal, record_id=i) for i in ids)
        if results:
            await self._keep(ev.BatchAnswered(stamp(self._clock), number, results))
        else:
            await self._keep(ev.BatchReturned(stamp(self._clock), number))
        if not whole or (ids and number == len(self.state.batches)):
            return True
        error = ErrorInfo("mass_update", refusal.code, refusal.message, refusal.details)
        await self._keep(ev.MassStopped(stamp(self._clock), error))
        return False

    async def _poll(self) -> MassState:
        """Read the scheduled job until it ends; passing troubles are waited out."""
        readings = failures = 0
        while True:
            try:
                status = await self._client.mass_update_status(self.state.plan.module, self.state.job_id)
            except (Throttled, Unreachable, AnswerLost) as trouble:
                failures += 1
                if failures >= self._pace.tries:
                    return await self._keep(ev.MassStopped(stamp(self._clock), error_info(trouble)))
                await self._clock.sleep(self._pace.retry_after(failures, asked_wait(trouble)))
                continue
            except ZtuiError as refused:
                return await self._keep(ev.MassStopped(stamp(self._clock), error_info(refused)))
            failures = 0
            if self.state.job != status:
                await self._keep(ev.JobRead(stamp(self._clock), status))
            if status.state.terminal:
                return await self._keep(ev.MassEnded(stamp(self._clock)))
            if self._stopping():
                return self.state
            await self._clock.sleep(self._pace.poll_after(readings))
            readings += 1

    async def _keep(self, event: MassEvent) -> MassState:
        state = await asyncio.to_thread(self._log.append, event)
        self._on_state(state)
        return state
