from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ztui.model import event as ev
from ztui.model import run
from ztui.model.event import ErrorInfo, ImportEvent
from ztui.model.job import Counts, JobState, JobStatus
from ztui.model.outcome import OutcomeCounts
from ztui.model.run import Phase, RunState, Stage, apply

AT = "2026-01-02T03:04:05+00:00"
LATER = "2026-01-02T03:05:00+00:00"
ERROR = ErrorInfo("job", "SOME_CODE", "some words")
STARTED = ev.RunStarted(AT, "r1", "d", "a.csv", "Leads", "insert", "main", "production", 20, "r0")


def after(*events: ImportEvent) -> RunState:
    state = run.start(STARTED)
    for event in events:
        state = apply(state, event)
    return state


def packed(number: int = 1, rows: int = 10, canary: bool = False) -> ev.PartPacked:
    return ev.PartPacked(AT, number, rows, 100, 50, "0" * 64, f"part-{number}.zip", canary)


def polled(state: JobState = JobState.INPROGRESS) -> ev.JobPolled:
    return ev.JobPolled(LATER, 1, JobStatus("j1", state, state.value, Counts(9, 0, 1, 10)))


def test_a_run_from_start_to_end() -> None:
    state = after(packed(), packed(2), ev.PackingFinished(AT, 2, 0))
    assert (state.phase, state.packed, [p.number for p in state.parts]) == (Phase.SENDING, True, [1, 2])
    for event in (
        ev.PartUploaded(AT, 1, "f1", "server time"),
        ev.JobCreateAttempted(AT, 1, "f1"),
        ev.JobCreated(LATER, 1, "j1", 500),
        polled(),
        polled(JobState.COMPLETED),
        ev.ResultFetched(LATER, 1, "part-1.result.zip"),
        ev.OutcomesJoined(LATER, 1, OutcomeCounts(added=9, skipped=1), "key", (ERROR,)),
    ):
        state = apply(state, event)
    part = state.part(1)
    assert part.stage is Stage.JOINED
    assert (part.uploaded_time, part.attempted_at, part.created_at) == ("server time", AT, LATER)
    assert (part.joined, part.findings) == ("key", (ERROR,))
    assert state.credits == 500
    assert state.outcome == OutcomeCounts(added=9, skipped=1)
    assert state.active
    state = apply(state, ev.JobCreateRefused(LATER, 2, ERROR))
    assert state.outcome == OutcomeCounts(added=9, skipped=1, not_sent=10)
    state = apply(state, ev.RunEnded(LATER, state.outcome))
    assert (state.phase, state.active, state.ended_at) == (Phase.ENDED, False, LATER)


def test_a_lost_create_is_uncertain_until_it_is_known_to_be_accepted() -> None:
    state = after(packed(), ev.PartUploaded(AT, 1, "f1"), ev.JobCreateAttempted(AT, 1, "f1"))
    assert state.part(1).stage is Stage.CREATING
    state = apply(state, ev.JobCreateLost(AT, 1, ERROR))
    assert (state.part(1).stage, state.part(1).accepted) == (Stage.UNCERTAIN, False)
    state = apply(state, ev.JobIdLost(AT, 1, ERROR))
    assert (state.part(1).stage, state.part(1).accepted) == (Stage.UNCERTAIN, True)
    assert not state.part(1).stage.over
    state = apply(state, ev.OutcomesJoined(AT, 1, OutcomeCounts(added=9, unknown=1), "record"))
    assert (state.part(1).stage, state.part(1).error) == (Stage.JOINED, None)


def test_parts_that_were_not_sent_count_their_rows() -> None:
    for event in (ev.JobCreateRefused(AT, 1, ERROR), ev.PartFailed(AT, 1, ERROR), ev.PartCancelled(AT, 1)):
        state = after(packed(), ev.PackingFinished(AT, 1, 3), event)
        assert state.part(1).stage.over
        assert state.outcome == OutcomeCounts(not_sent=13)
    failed = after(packed(), ev.PartFailed(AT, 1, ERROR, OutcomeCounts(unprocessed=10)))
    assert failed.outcome == OutcomeCounts(unprocessed=10)


def test_passing_troubles_leave_no_trace_behind() -> None:
    state = after(packed(), ev.PartWaiting(AT, 1, ERROR, 5.0))
    assert state.part(1).waiting == ERROR
    assert apply(state, ev.UploadProgressed(AT, 1, 10, 50)).part(1).waiting is None


def test_pause_resume_cancel_and_stop() -> None:
    assert after(ev.RunPaused(AT, "user")).phase is Phase.PAUSED
    assert after(ev.RunPaused(AT, "user"), ev.RunResumed(AT)).phase is Phase.PACKING
    assert after(ev.PackingFinished(AT, 0, 0), ev.RunPaused(AT), ev.RunResumed(AT)).phase is Phase.SENDING
    assert after(ev.RunPaused(AT), ev.PackingFinished(AT, 0, 0)).phase is Phase.PAUSED
    stopped = after(ev.RunStopped(AT, ERROR))
    assert (stopped.phase, stopped.error, stopped.active) == (Phase.STOPPED, ERROR, False)
    assert apply(stopped, ev.RunResumed(AT)).error is None
    cancelled = after(ev.RunCancelled(AT), ev.RunStopped(AT, ERROR))
    assert (cancelled.phase, cancelled.error) == (Phase.CANCELLED, ERROR)
    assert apply(cancelled, ev.RunEnded(AT, OutcomeCounts(not_sent=20))).phase is Phase.CANCELLED


def test_a_cancelled_run_is_active_while_a_job_runs() -> None:
    running = (packed(), ev.PartUploaded(AT, 1, "f"), ev.JobCreateAttempted(AT, 1, "f"), ev.JobCreated(AT, 1, "j", 1))
    assert after(*running, ev.RunCancelled(AT)).active
    assert not after(packed(), ev.RunCancelled(AT)).active


def test_what_was_taken_back_adds_up() -> None:
    assert after(ev.RunUndone(AT, 5, 1), ev.RunUndone(AT, 1, 0)).undone == 6


EVENTS = st.sampled_from(
    [
        packed(),
        packed(2, 7),
        ev.PackingFinished(AT, 2, 3),
        ev.PartUploaded(AT, 1, "f"),
        ev.JobCreateAttempted(AT, 1, "f"),
        ev.JobCreated(AT, 1, "j", 500),
        ev.JobCreateLost(AT, 1, ERROR),
        polled(),
        ev.OutcomesJoined(AT, 1, OutcomeCounts(added=10)),
        ev.PartCancelled(AT, 2),
        ev.PartFailed(AT, 9, ERROR),
        ev.RunPaused(AT),
        ev.RunResumed(AT),
        ev.RunCancelled(AT),
        ev.RunStopped(AT, ERROR),
        ev.RunEnded(AT, OutcomeCounts()),
    ]
)


@given(st.lists(EVENTS, max_size=30))
def test_the_fold_is_pure_and_takes_any_order(events: list[ImportEvent]) -> None:
    once, twice = after(*events), after(*events)
    assert once == twice
    assert [p.number for p in once.parts] == sorted({p.number for p in once.parts})
