"""A run while this process works on it: its state, its ledger, its wishes, and how it waits. No protocol with Zoho.

Every fact goes to the ledger before anybody is told of it. Upload progress and passing troubles are told only.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from ztui import catalogue
from ztui.engine.polling import Clock, Pace, asked_wait, stamp
from ztui.engine.ports import Crm, OnState
from ztui.errors import RunError, Throttled, ZohoError, ZtuiError
from ztui.model import event as ev
from ztui.model import run as fold
from ztui.model.event import ErrorInfo, ImportEvent
from ztui.model.outcome import RowOutcome
from ztui.model.part import Part
from ztui.model.plan import ImportPlan
from ztui.model.run import Phase, RunState
from ztui.store.ledger import Ledger
from ztui.store.ledger_lease import Lease

T = TypeVar("T")

SCOPE = "scope"
"""The catalogue's kind for a token that was made without the scope a call needs."""

PAUSE = "pause"
CANCEL = "cancel"


class RunHalted(Exception):
    """The whole run cannot go on because of `reason`; it may be resumed once that is mended."""

    def __init__(self, reason: ZtuiError) -> None:
        super().__init__(str(reason))
        self.reason = reason


def error_info(error: ZtuiError) -> ErrorInfo:
    """An error as it is kept with a run."""
    details = tuple((name, str(value)) for name, value in error.details.items())
    if isinstance(error, ZohoError) and error.http_status is not None:
        details = (*details, ("http_status", str(error.http_status)))
    return ErrorInfo(error.level, error.code, error.message, details)


async def uninterrupted(work: Awaitable[T], grace: float) -> T:
    """Await `work`; when cancelled, let it finish for up to `grace` seconds before giving in."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait({task}, timeout=grace)
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # seen: what matters now is the cancellation
        raise


class Running:
    """What the steps of a run share. All methods belong to the event loop's thread."""

    def __init__(
        self,
        ledger: Ledger,
        lease: Lease,
        plan: ImportPlan,
        crm: Crm | None,
        *,
        clock: Clock,
        pace: Pace,
        on_state: OnState,
        slots: asyncio.Semaphore,
        requests: asyncio.Semaphore,
    ) -> None:
        self.ledger = ledger
        self.lease = lease
        self.plan = plan
        self._crm = crm
        self.clock = clock
        self.pace = pace
        self.slots = slots
        self.requests = requests
        self.state: RunState = ledger.state(lease.run_id)
        self.canary_over = asyncio.Event()
        self.wished = asyncio.Event()
        self._on_state = on_state
        self._passing: dict[int, ImportEvent] = {}
        self._turn = asyncio.Lock()
        self._parts: dict[int, Part] = {}
        self._look_at_canary()

    @property
    def crm(self) -> Crm:
        """The CRM; RunError when the run was opened only to change its state."""
        if self._crm is None:
            raise RunError("RUN_NOT_CONNECTED", details={"run": self.lease.run_id})
        return self._crm

    @property
    def now(self) -> str:
        """The time now as events carry it."""
        return stamp(self.clock)

    @property
    def halted(self) -> bool:
        """True when nothing new may be sent."""
        return self.state.phase in (Phase.PAUSED, Phase.CANCELLED)

    async def part(self, number: int) -> Part:
        """The part with its records and lines."""
        if number not in self._parts:
            self._parts[number] = await asyncio.to_thread(self.ledger.parts.get, self.lease.run_id, number)
        return self._parts[number]

    def forget_part(self, number: int) -> None:
        """Let go of a part that is through: a million record numbers are not kept in memory."""
        self._parts.pop(number, None)

    # --- facts ------------------------------------------------------------------------------------------------

    async def commit(
        self,
        *events: ImportEvent,
        part: Part | None = None,
        outcomes: tuple[int, Sequence[RowOutcome]] | None = None,
    ) -> None:
        """Put facts (a packed part, a part's outcomes) and events in the ledger as one, then tell them.

        Not interrupted by a cancellation. Raises StoreError, RunError (RUN_TAKEN_OVER).
        """
        await uninterrupted(self._commit(events, part, outcomes), self.pace.grace)

    async def _commit(
        self, events: Sequence[ImportEvent], part: Part | None, outcomes: tuple[int, Sequence[RowOutcome]] | None
    ) -> None:
        def also(db: sqlite3.Connection, run: int) -> None:
            if part is not None:
                self.ledger.parts.put(db, run, part)
            if outcomes is not None:
                self.ledger.outcomes.put(db, run, *outcomes)

        async with self._turn:
            everything = self._with_canary_pause(events)
            state = await asyncio.to_thread(self.ledger.append, self.lease, *everything, also=also)
            for event in everything:
                self._passing.pop(getattr(event, "part", 0), None)
            for event in self._passing.values():
                state = fold.apply(state, event)
            self.state = state
            self._look_at_canary()
        for event in everything:
            self._on_state(self.state, event)

    def _with_canary_pause(self, events: Sequence[ImportEvent]) -> tuple[ImportEvent, ...]:
        """The events, and a pause with them when they bring the canary to its end: both or neither are kept."""
        after = self.state
        for event in events:
            after = fold.apply(after, event)
        was_open = any(p.canary and not p.stage.over for p in self.state.parts)
        is_over = any(p.canary for p in after.parts) and all(p.stage.over for p in after.parts if p.canary)
        more = not after.packed or any(not p.stage.over for p in after.parts)
        if was_open and is_over and more and after.phase in (Phase.PACKING, Phase.SENDING):
            return (*events, ev.RunPaused(self.now, "canary"))
        return tuple(events)

    def _look_at_canary(self) -> None:
        canaries = [p for p in self.state.parts if p.canary]
        if canaries and all(p.stage.over for p in canaries):
            self.canary_over.set()

    def tell(self, event: ev.UploadProgressed | ev.PartWaiting) -> None:
        """Tell something that is not kept."""
        self._passing[event.part] = event
        self.state = fold.apply(self.state, event)
        self._on_state(self.state, event)

    # --- waiting ----------------------------------------------------------------------------------------------

    async def wait(self, seconds: float, *, wake: bool = False) -> None:
        """Wait so long; `wake` comes back early when somebody wishes the run to pause or to be cancelled."""
        if not wake:
            await self.clock.sleep(seconds)
            return
        await self.first_of(self.clock.sleep(seconds), self.wished.wait())

    @staticmethod
    async def first_of(*work: Awaitable[object]) -> None:
        """Wait until one of these is through; the others are given up."""
        tasks = [asyncio.ensure_future(one) for one in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def patiently(self, number: int, call: Callable[[], Awaitable[T]], waits_out: Iterable[type[ZohoError]]) -> T:
        """Make a repeatable request until it is answered, waiting out troubles of these kinds.

        RunHalted when a trouble lasts longer than the pace allows; every other error is raised as it came.
        """
        kinds = tuple(waits_out)
        failures = 0
        while True:
            try:
                async with self.requests:
                    return await call()
            except ZohoError as error:
                if not isinstance(error, kinds) and not passing(error):
                    raise
                failures += 1
                await self.sit_out(number, error, failures)

    async def sit_out(self, number: int, error: ZohoError, failures: int) -> None:
        """Wait after so many failures in a row; RunHalted when it has been long enough."""
        if failures > self.pace.tries:
            raise RunHalted(error) from error
        seconds = self.pace.retry_after(failures, asked_wait(error))
        self.tell(ev.PartWaiting(self.now, number, error_info(error), seconds))
        # A wish ends the wait once; while the run is halted, what is at Zoho is asked about at the usual pace.
        await self.wait(seconds, wake=not self.halted)


def kind_of(error: ErrorInfo) -> str:
    """The catalogue's word for what sort of failure this is; "" when it does not know the code."""
    entry = catalogue.resolve(error.level, error.code)
    return entry.explain(dict(error.details), error.message).kind if entry is not None else ""


def title_of(error: ErrorInfo) -> str:
    """The catalogue's title for a trouble; its code when the catalogue does not know it."""
    entry = catalogue.resolve(error.level, error.code)
    return entry.explain(dict(error.details), error.message).title if entry is not None else error.code


def passing(error: ZohoError) -> bool:
    """True when the same request may well be answered a little later, by the catalogue's word."""
    if isinstance(error, Throttled):
        return True
    entry = catalogue.resolve(error.level, error.code)
    return entry is not None and entry.explain(error.details, error.message).retry == "backoff"
