from __future__ import annotations

from functools import reduce

from ztui.model import mass_run as ev
from ztui.model.event import ErrorInfo
from ztui.model.mass_run import BatchStage, MassPhase, MassPlan, MassState, apply, begin
from ztui.model.mass_update import MassJobState, MassUpdateResult, MassUpdateStatus

PLAN = MassPlan("x", "Leads", '{"City": "Ulm"}', (("City", "Ulm"),), "box", "", 2, ("1", "2", "3"))
GOOD = MassUpdateResult("1", True, "SUCCESS")
BAD = MassUpdateResult("2", False, "INVALID_DATA")


def after(*events: ev.MassEvent, plan: MassPlan = PLAN) -> MassState:
    return reduce(apply, events, begin(ev.MassStarted("t", plan)))


def test_batches_of_ids_and_one_for_a_view() -> None:
    assert PLAN.batches() == (("1", "2"), ("3",))
    view = MassPlan("x", "Leads", "{}", (), "box", "", 2, cvid="9")
    assert view.batches() == ((),)
    assert begin(ev.MassStarted("t", PLAN)).unsent == 3


def test_counts_follow_the_answers() -> None:
    state = after(ev.BatchAttempted("t", 1), ev.BatchAnswered("t", 1, (GOOD, BAD)), ev.BatchAttempted("t", 2))
    assert (state.total, state.updated, state.refused, state.uncertain, state.unsent) == (3, 1, 1, 1, 0)
    assert apply(state, ev.BatchReturned("t", 2)).unsent == 1
    lost = apply(state, ev.BatchLost("t", 2, ErrorInfo("local", "ANSWER_LOST")))
    assert (lost.uncertain, lost.batches[1].stage) == (1, BatchStage.UNCERTAIN)
    assert apply(lost, ev.BatchAnswered("t", 2, (GOOD,))).uncertain == 0


def test_a_stop_is_over_when_something_is_sent_again() -> None:
    stopped = after(ev.MassStopped("t", ErrorInfo("api", "X")))
    assert (stopped.phase, stopped.active) == (MassPhase.STOPPED, False)
    again = apply(stopped, ev.BatchAttempted("t", 1))
    assert (again.phase, again.error) == (MassPhase.SENDING, None)


def test_a_scheduled_job_counts_by_its_readings() -> None:
    status = MassUpdateStatus("7", MassJobState.RUNNING, "RUNNING", total=50, updated=30, failed=2)
    view = MassPlan("x", "Leads", "{}", (), "box", "", 2, cvid="9")
    state = after(ev.JobScheduled("t", "7"), ev.JobRead("t", status), plan=view)
    assert (state.total, state.updated, state.refused, state.phase) == (50, 30, 2, MassPhase.SCHEDULED)
    ended = apply(state, ev.MassEnded("t2"))
    assert (ended.phase, ended.ended_at, ended.active) == (MassPhase.ENDED, "t2", False)
    assert apply(state, ev.MassCancelled("t2")).phase is MassPhase.CANCELLED
