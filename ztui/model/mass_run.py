"""A mass update as it is kept: its plan, what happened as past-tense facts, and their fold. `at` is ISO-8601 UTC."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import assert_never

from ztui.model.event import ErrorInfo
from ztui.model.mass_update import JsonValue, MassUpdateResult, MassUpdateStatus


@dataclass(frozen=True, slots=True)
class MassPlan:
    """Everything a mass update needs. Exactly one of `ids` and `cvid` is given.

    `values_json` is the JSON object of API names and values, `shown` the same as (label, text) for people. `over_write`
    true replaces multi-select lists, false appends to them; `appends` says that it matters. `batch` bounds the ids of
    one call. `source` says where the records come from, in words.
    """

    id: str
    module: str
    values_json: str
    shown: tuple[tuple[str, str], ...]
    profile: str
    environment: str
    batch: int
    ids: tuple[str, ...] = ()
    cvid: str | None = None
    over_write: bool = False
    appends: bool = False
    source: str = ""

    @property
    def values(self) -> tuple[tuple[str, JsonValue], ...]:
        """(field API name, JSON value) pairs."""
        return tuple(json.loads(self.values_json).items())

    def batches(self) -> tuple[tuple[str, ...], ...]:
        """The ids of each call; one empty batch for a view."""
        if self.cvid is not None:
            return ((),)
        return tuple(self.ids[i : i + self.batch] for i in range(0, len(self.ids), self.batch))


@dataclass(frozen=True, slots=True)
class MassStarted:
    """A plan was accepted."""

    at: str
    plan: MassPlan


@dataclass(frozen=True, slots=True)
class BatchAttempted:
    """The intent to send a batch, kept before the request leaves."""

    at: str
    batch: int


@dataclass(frozen=True, slots=True)
class BatchAnswered:
    """Zoho answered for every record of a batch (or refused the call: then each record carries that refusal)."""

    at: str
    batch: int
    results: tuple[MassUpdateResult, ...]


@dataclass(frozen=True, slots=True)
class BatchReturned:
    """The batch certainly had no effect (no connection, throttled, call refused): it waits to be sent again."""

    at: str
    batch: int


@dataclass(frozen=True, slots=True)
class BatchLost:
    """The request went out and no trustworthy answer came: the records may have been changed."""

    at: str
    batch: int
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class JobScheduled:
    """Zoho works on a view by itself."""

    at: str
    job_id: str


@dataclass(frozen=True, slots=True)
class JobRead:
    """One reading of the scheduled job."""

    at: str
    status: MassUpdateStatus


@dataclass(frozen=True, slots=True)
class MassStopped:
    """It cannot go on now; it can be resumed once that is mended."""

    at: str
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class MassCancelled:
    """What was not sent will not be sent."""

    at: str


@dataclass(frozen=True, slots=True)
class MassEnded:
    """Every batch was answered, or its fate must stay open; a scheduled job came to its end."""

    at: str


MassEvent = (
    MassStarted
    | BatchAttempted
    | BatchAnswered
    | BatchReturned
    | BatchLost
    | JobScheduled
    | JobRead
    | MassStopped
    | MassCancelled
    | MassEnded
)


class BatchStage(StrEnum):
    """Where a batch stands. ATTEMPTED without more means that the process ended meanwhile: its fate is open."""

    WAITING = "waiting"
    ATTEMPTED = "attempted"
    ANSWERED = "answered"
    UNCERTAIN = "uncertain"


class MassPhase(StrEnum):
    """Where the whole stands."""

    SENDING = "sending"
    SCHEDULED = "scheduled"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class MassBatch:
    """One call: `size` records (0: a view), and how many were updated and refused."""

    number: int
    size: int
    stage: BatchStage = BatchStage.WAITING
    updated: int = 0
    refused: int = 0
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True)
class MassState:
    """A mass update: what it is and how far it got."""

    plan: MassPlan
    started_at: str
    phase: MassPhase = MassPhase.SENDING
    batches: tuple[MassBatch, ...] = ()
    job_id: str = ""
    job: MassUpdateStatus | None = None
    error: ErrorInfo | None = None
    ended_at: str = ""
    results: tuple[MassUpdateResult, ...] = field(default=(), repr=False)

    @property
    def total(self) -> int:
        """Records concerned, as far as known (a view's count is Zoho's)."""
        return len(self.plan.ids) or (self.job.total if self.job is not None else 0)

    @property
    def updated(self) -> int:
        """Records that Zoho says it updated."""
        if self.job is not None:
            return self.job.updated
        return sum(b.updated for b in self.batches)

    @property
    def refused(self) -> int:
        """Records that Zoho refused, or failed to update in a scheduled job."""
        return (self.job.failed if self.job is not None else 0) + sum(b.refused for b in self.batches)

    @property
    def uncertain(self) -> int:
        """Records sent in calls that got no answer."""
        open_ones = (BatchStage.UNCERTAIN, BatchStage.ATTEMPTED)
        return sum(b.size for b in self.batches if b.stage in open_ones)

    @property
    def unsent(self) -> int:
        """Records that were not sent (yet)."""
        return sum(b.size for b in self.batches if b.stage is BatchStage.WAITING)

    @property
    def active(self) -> bool:
        """True while there is something to send or to poll."""
        return self.phase in (MassPhase.SENDING, MassPhase.SCHEDULED)

    @property
    def halted(self) -> bool:
        """True when it can go on, but only when a person says so."""
        return self.phase is MassPhase.STOPPED


def begin(event: MassStarted) -> MassState:
    """The state right after it was started."""
    batches = tuple(MassBatch(n, len(ids)) for n, ids in enumerate(event.plan.batches(), 1))
    return MassState(event.plan, event.at, batches=batches)


def apply(state: MassState, event: MassEvent) -> MassState:
    """The state after one more event. Pure."""
    match event:
        case MassStarted():
            return begin(event)
        case BatchAttempted():
            state = replace(state, phase=MassPhase.SENDING, error=None)
            return _batch(state, event.batch, stage=BatchStage.ATTEMPTED, error=None)
        case BatchAnswered():
            good = sum(r.ok for r in event.results)
            bad = len(event.results) - good
            state = replace(state, results=(*state.results, *event.results))
            return _batch(state, event.batch, stage=BatchStage.ANSWERED, updated=good, refused=bad)
        case BatchReturned():
            return _batch(state, event.batch, stage=BatchStage.WAITING)
        case BatchLost():
            return _batch(state, event.batch, stage=BatchStage.UNCERTAIN, error=event.error)
        case JobScheduled():
            state = replace(state, phase=MassPhase.SCHEDULED, job_id=event.job_id)
            return _batch(state, 1, stage=BatchStage.ANSWERED)
        case JobRead():
            return replace(state, job=event.status, error=None, phase=MassPhase.SCHEDULED)
        case MassStopped():
            return replace(state, phase=MassPhase.STOPPED, error=event.error)
        case MassCancelled():
            return replace(state, phase=MassPhase.CANCELLED, ended_at=event.at)
        case MassEnded():
            return replace(state, phase=MassPhase.ENDED, ended_at=event.at, error=None)
        case _:
            assert_never(event)


def _batch(
    state: MassState,
    number: int,
    *,
    stage: BatchStage,
    updated: int = 0,
    refused: int = 0,
    error: ErrorInfo | None = None,
) -> MassState:
    changed = tuple(
        replace(b, stage=stage, updated=updated, refused=refused, error=error) if b.number == number else b
        for b in state.batches
    )
    return replace(state, batches=changed)
