"""The state of a run as a pure fold over its events: the same for the interface, the command line and resume."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import assert_never

from ztui.model import event as ev
from ztui.model.event import ErrorInfo, ImportEvent
from ztui.model.job import JobStatus
from ztui.model.outcome import OutcomeCounts


class Stage(StrEnum):
    """Where a part stands. UNCERTAIN: a create went unanswered. REFUSED: Zoho refused the job; it may be sent anew."""

    PACKED = "packed"
    UPLOADED = "uploaded"
    CREATING = "creating"
    UNCERTAIN = "uncertain"
    REFUSED = "refused"
    RUNNING = "running"
    FINISHED = "finished"
    FETCHED = "fetched"
    JOINED = "joined"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """True when nothing more happens to the part by itself."""
        return self in (Stage.JOINED, Stage.FAILED, Stage.CANCELLED, Stage.REFUSED)


class Phase(StrEnum):
    """Where the run stands as a whole."""

    PACKING = "packing"
    SENDING = "sending"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PartState:
    """One part of a run. `sent_bytes` is upload progress; `waiting` a passing trouble being waited out.

    `accepted` is true while UNCERTAIN once it is known that Zoho took the job though its id is lost. `findings` say
    where the results did not agree with the job. `uploaded_time` is the CRM's clock, `attempted_at` ours.
    """

    number: int
    rows: int
    stage: Stage
    zip_bytes: int = 0
    csv_bytes: int = 0
    sent_bytes: int = 0
    archive: str = ""
    canary: bool = False
    file_id: str = ""
    job_id: str = ""
    job: JobStatus | None = None
    counts: OutcomeCounts | None = None
    joined: str = ""
    result_archive: str = ""
    error: ErrorInfo | None = None
    waiting: ErrorInfo | None = None
    created_at: str = ""
    changed_at: str = ""
    accepted: bool = False
    uploaded_time: str = ""
    attempted_at: str = ""
    findings: tuple[ErrorInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class RunState:
    """A run: what it is, how far it got, and its parts in order."""

    run_id: str
    plan_digest: str
    source: str
    module: str
    operation: str
    profile: str
    environment: str
    total_rows: int
    started_at: str
    phase: Phase = Phase.PACKING
    parent_run: str | None = None
    parts: tuple[PartState, ...] = ()
    packed: bool = False
    not_sent: int = 0
    credits: int = 0
    paused_for: str = ""
    error: ErrorInfo | None = None
    ended_at: str = ""
    counts: OutcomeCounts | None = None
    undone: int = 0

    @property
    def active(self) -> bool:
        """True while there is something to send or to poll."""
        return self.phase in (Phase.PACKING, Phase.SENDING) or (
            self.phase in (Phase.PAUSED, Phase.CANCELLED) and any(p.stage is Stage.RUNNING for p in self.parts)
        )

    @property
    def outcome(self) -> OutcomeCounts:
        """Rows by how they ended so far; rows whose fate is open are not in it."""
        if self.counts is not None:
            return self.counts
        total = OutcomeCounts(not_sent=self.not_sent)
        for part in self.parts:
            if part.counts is not None:
                total += part.counts
        return total

    def part(self, number: int) -> PartState:
        """The part with this number; KeyError when there is none."""
        for part in self.parts:
            if part.number == number:
                return part
        raise KeyError(number)


def start(event: ev.RunStarted) -> RunState:
    """The state right after a run was started."""
    return RunState(
        run_id=event.run_id,
        plan_digest=event.plan_digest,
        source=event.source,
        module=event.module,
        operation=event.operation,
        profile=event.profile,
        environment=event.environment,
        total_rows=event.total_rows,
        started_at=event.at,
        parent_run=event.parent_run,
    )


def _part(state: RunState, number: int, at: str, **changes: object) -> RunState:
    parts = tuple(
        replace(p, changed_at=at, **changes) if p.number == number else p  # type: ignore[arg-type]
        for p in state.parts
    )
    return replace(state, parts=parts)


def _unsent(state: RunState, number: int, at: str, stage: Stage, error: ErrorInfo | None) -> RunState:
    """A part none of whose rows reached the CRM."""
    rows = sum(p.rows for p in state.parts if p.number == number)
    counts = OutcomeCounts(not_sent=rows)
    return _part(state, number, at, stage=stage, error=error, counts=counts, waiting=None)


def apply(state: RunState, event: ImportEvent) -> RunState:
    """The state after one more event. Pure; raises nothing for events of unknown parts (they change nothing)."""
    match event:
        case ev.RunStarted():
            return start(event)
        case ev.PartPacked():
            part = PartState(
                number=event.part,
                rows=event.rows,
                stage=Stage.PACKED,
                zip_bytes=event.zip_bytes,
                csv_bytes=event.csv_bytes,
                archive=event.archive,
                canary=event.canary,
                changed_at=event.at,
            )
            kept = tuple(p for p in state.parts if p.number != event.part)
            return replace(state, parts=tuple(sorted((*kept, part), key=lambda p: p.number)))
        case ev.PackingFinished():
            phase = Phase.SENDING if state.phase is Phase.PACKING else state.phase
            return replace(state, packed=True, not_sent=event.not_sent, phase=phase)
        case ev.UploadProgressed():
            return _part(state, event.part, event.at, sent_bytes=event.sent, waiting=None)
        case ev.PartUploaded():
            return _part(
                state,
                event.part,
                event.at,
                stage=Stage.UPLOADED,
                file_id=event.file_id,
                uploaded_time=event.uploaded_time,
                waiting=None,
                error=None,
            )
        case ev.JobCreateAttempted():
            return _part(
                state,
                event.part,
                event.at,
                stage=Stage.CREATING,
                file_id=event.file_id,
                attempted_at=event.at,
            )
        case ev.JobCreated():
            state = replace(state, credits=state.credits + event.credits)
            return _part(
                state,
                event.part,
                event.at,
                stage=Stage.RUNNING,
                job_id=event.job_id,
                created_at=event.at,
                waiting=None,
                error=None,
            )
        case ev.JobCreateRefused():
            return _unsent(state, event.part, event.at, Stage.REFUSED, event.error)
        case ev.JobCreateLost():
            return _part(state, event.part, event.at, stage=Stage.UNCERTAIN, error=event.error, waiting=None)
        case ev.JobIdLost():
            return _part(
                state,
                event.part,
                event.at,
                stage=Stage.UNCERTAIN,
                error=event.error,
                waiting=None,
                accepted=True,
            )
        case ev.JobPolled():
            stage = Stage.FINISHED if event.status.state.terminal else Stage.RUNNING
            return _part(
                state,
                event.part,
                event.at,
                stage=stage,
                job=event.status,
                job_id=event.status.job_id,
                waiting=None,
            )
        case ev.ResultFetched():
            return _part(state, event.part, event.at, stage=Stage.FETCHED, result_archive=event.archive, waiting=None)
        case ev.OutcomesJoined():
            return _part(
                state,
                event.part,
                event.at,
                stage=Stage.JOINED,
                counts=event.counts,
                joined=event.how,
                findings=event.findings,
                error=None,
                waiting=None,
            )
        case ev.PartFailed():
            if event.counts is None:
                return _unsent(state, event.part, event.at, Stage.FAILED, event.error)
            return _part(
                state,
                event.part,
                event.at,
                stage=Stage.FAILED,
                error=event.error,
                counts=event.counts,
                waiting=None,
            )
        case ev.PartWaiting():
            return _part(state, event.part, event.at, waiting=event.error)
        case ev.PartCancelled():
            return _unsent(state, event.part, event.at, Stage.CANCELLED, None)
        case ev.RunPaused():
            return replace(state, phase=Phase.PAUSED, paused_for=event.reason)
        case ev.RunResumed():
            resumed = Phase.SENDING if state.packed else Phase.PACKING
            return replace(state, phase=resumed, paused_for="", error=None)
        case ev.RunCancelled():
            return replace(state, phase=Phase.CANCELLED)
        case ev.RunStopped():
            stopped = Phase.CANCELLED if state.phase is Phase.CANCELLED else Phase.STOPPED
            return replace(state, phase=stopped, error=event.error)
        case ev.RunEnded():
            ended = Phase.CANCELLED if state.phase is Phase.CANCELLED else Phase.ENDED
            return replace(state, phase=ended, ended_at=event.at, counts=event.counts, error=None)
        case ev.RunUndone():
            return replace(state, undone=state.undone + event.undone)
        case _:
            assert_never(event)
