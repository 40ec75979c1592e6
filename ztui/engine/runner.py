"""Carries a run to its end: packs, sends in parallel, follows every part through its stages. State in, events out.

A part that fails does not stop the others. What concerns them all (sign-in refused, disk full, source changed) stops
the run where it is; everything needed to go on is in the ledger.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from ztui.engine import outcomes as made
from ztui.engine.packing import Packing, file_trouble
from ztui.engine.ports import Opener, Packer
from ztui.engine.recovery import Recovery
from ztui.engine.running import CANCEL, PAUSE, RunHalted, Running, error_info
from ztui.engine.sending import Sending
from ztui.errors import PlanError, RunError, SourceError, StoreError
from ztui.model import event as ev
from ztui.model.event import ErrorInfo
from ztui.model.outcome import RowError, RowResult
from ztui.model.run import Phase, RunState, Stage

_BEAT_EVERY = 15.0
_UNSENT = (Stage.PACKED, Stage.UPLOADED)


class Runner:
    """One run, worked on by this process."""

    def __init__(self, running: Running, packer: Packer, opener: Opener) -> None:
        self._run = running
        self._packing = Packing(running, packer, opener)
        self._sending = Sending(running, packer.sent_columns(running.plan))
        self._recovery = Recovery(running)

    async def run(self) -> RunState:
        """Work until the run ends, pauses or stops; cancelling the task leaves it as it is, to be resumed.

        Raises StoreError when facts cannot be kept (nothing is sent after that), RunError when another process took it.
        """
        run = self._run
        if run.state.ended_at:
            return run.state
        try:
            async with asyncio.TaskGroup() as group:
                watch = group.create_task(self._watch())
                beat = group.create_task(self._beat())
                await self._everything()
                watch.cancel()
                beat.cancel()
        except BaseExceptionGroup as caught:
            cause = root_cause(caught)
            if isinstance(cause, RunHalted):
                await run.commit(ev.RunStopped(run.now, error_info(cause.reason)))
            elif isinstance(cause, (SourceError, PlanError)):
                told = file_trouble(run, cause) if isinstance(cause, SourceError) else cause
                await run.commit(ev.RunStopped(run.now, error_info(told)))
            else:
                if isinstance(cause, StoreError):
                    with contextlib.suppress(StoreError):  # the disk may take this one fact, or not even that
                        await run.commit(ev.RunStopped(run.now, error_info(cause)))
                raise cause from caught
        return run.state

    async def _everything(self) -> None:
        run = self._run
        async with asyncio.TaskGroup() as group:
            for part in run.state.parts:
                if not part.stage.over:
                    group.create_task(self._follow(part.number))
            if not run.state.packed and run.state.phase is not Phase.CANCELLED:

                def follow(number: int) -> None:
                    group.create_task(self._follow(number))

                group.create_task(self._packing.pack(follow))
        if run.state.phase is Phase.CANCELLED:
            for part in run.state.parts:  # those that waited in a pause
                await self._follow(part.number)
            if not run.state.packed:
                await self._packing.give_up()
        await self.close_if_over()

    async def close_if_over(self) -> None:
        """End the run when every part has come to its end."""
        run = self._run
        if run.state.packed and not run.state.ended_at and all(part.stage.over for part in run.state.parts):
            counts = await asyncio.to_thread(run.ledger.outcomes.counts, run.lease.run_id)
            await run.commit(ev.RunEnded(run.now, counts))

    # --- one part ---------------------------------------------------------------------------------------------

    async def _follow(self, number: int) -> None:
        run = self._run
        while True:
            stage = run.state.part(number).stage
            match stage:
                case Stage.PACKED | Stage.UPLOADED:
                    if not await self._cleared(number):
                        return
                    await self._send(number)
                case Stage.CREATING:
                    # Only met after a restart: whether the request left is not known.
                    lost = ErrorInfo("local", "CREATE_INTERRUPTED")
                    await run.commit(ev.JobCreateLost(run.now, number, lost))
                case Stage.UNCERTAIN if run.state.part(number).accepted:
                    await self._recovery.find_out(number, ErrorInfo("local", "JOB_ID_LOST"))
                case Stage.UNCERTAIN if run.state.phase is Phase.PAUSED:
                    return
                case Stage.UNCERTAIN if run.state.phase is Phase.CANCELLED:
                    # Asking again could send it; so only look.
                    await self._recovery.find_out(number, ErrorInfo("local", "CREATE_INTERRUPTED"))
                case Stage.UNCERTAIN:
                    async with run.slots:
                        await self._sending.create(number)
                case Stage.RUNNING:
                    await self._recovery.poll(number)
                case Stage.FINISHED:
                    await self._recovery.fetch(number)
                case Stage.FETCHED:
                    await self._recovery.join(number)
                case Stage.JOINED | Stage.FAILED | Stage.CANCELLED | Stage.REFUSED:
                    run.forget_part(number)
                    return

    async def _send(self, number: int) -> None:
        """Upload and create while holding one of the profile's slots."""
        run = self._run
        async with run.slots:
            while run.state.part(number).stage in _UNSENT and not run.halted:
                if run.state.part(number).stage is Stage.PACKED:
                    await self._sending.upload(number)
                else:
                    await self._sending.create(number)

    async def _cleared(self, number: int) -> bool:
        """True when the part may be sent now; false when it stays (pause) or was cancelled."""
        run = self._run
        if run.plan.canary and not run.state.part(number).canary:
            while not run.canary_over.is_set() and not run.halted:
                await run.first_of(run.canary_over.wait(), run.wished.wait())
        if run.state.phase is Phase.CANCELLED:
            await self._cancel_part(number)
            return False
        return run.state.phase is not Phase.PAUSED

    async def _cancel_part(self, number: int) -> None:
        run = self._run
        part = await run.part(number)
        rows = made.same_end(part, RowResult.NOT_SENT, (RowError(made.CANCELLED),))
        await run.commit(ev.PartCancelled(run.now, number), outcomes=(number, rows))

    # --- wishes -----------------------------------------------------------------------------------------------

    async def _watch(self) -> None:
        """Take up the wishes that other processes (or this one's other tasks) leave in the ledger."""
        run = self._run
        while True:
            asked = await asyncio.to_thread(run.ledger.asked, run.lease.run_id)
            await self.obey(asked)
            await asyncio.sleep(run.pace.watch)

    async def obey(self, asked: str) -> None:
        """Pause or cancel, as asked; anything else changes nothing."""
        run = self._run
        if asked == PAUSE and run.state.phase in (Phase.PACKING, Phase.SENDING):
            await run.commit(ev.RunPaused(run.now, "user"))
            run.wished.set()
        elif asked == CANCEL and run.state.phase is not Phase.CANCELLED and not run.state.ended_at:
            await run.commit(ev.RunCancelled(run.now))
            run.wished.set()
        if asked:
            await asyncio.to_thread(run.ledger.ask, run.lease.run_id, "")

    async def cancel_unsent(self) -> None:
        """Cancel a run nobody works on: what was not sent will not be; jobs at Zoho are polled at the next resume."""
        run = self._run
        await self.obey(CANCEL)
        for part in run.state.parts:
            if part.stage in _UNSENT:
                await self._cancel_part(part.number)
        if not run.state.packed:
            await self._packing.give_up()
        await self.close_if_over()

    async def _beat(self) -> None:
        run = self._run
        while True:
            await asyncio.sleep(_BEAT_EVERY)
            await asyncio.to_thread(run.ledger.beat, run.lease, run.clock.now().timestamp())


def leaves(group: BaseExceptionGroup[BaseException]) -> Iterator[BaseException]:
    """The exceptions of a group and the groups in it."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            yield from leaves(error)
        else:
            yield error


def root_cause(group: BaseExceptionGroup[BaseException]) -> BaseException:
    """The one that matters most: what ends the process, then the store's refusal, then what stops the run."""

    def weight(error: BaseException) -> int:
        if not isinstance(error, Exception):
            return 0
        if isinstance(error, (StoreError, RunError)):
            return 1
        if isinstance(error, (RunHalted, SourceError, PlanError)):
            return 3
        return 2  # a fault of ours comes before a halt, which would hide it

    return min(leaves(group), key=weight)
