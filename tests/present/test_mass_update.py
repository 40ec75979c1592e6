from __future__ import annotations

from dataclasses import replace
from functools import reduce

from ztui.engine.diagnose import Diagnosis
from ztui.engine.mass_values import FieldChoice
from ztui.engine.record_ids import RecordIds
from ztui.model import mass_run as ev
from ztui.model.crm import Field
from ztui.model.event import ErrorInfo
from ztui.model.mass_run import MassPlan, MassState, apply, begin
from ztui.model.mass_update import MassJobState, MassUpdateResult, MassUpdateStatus
from ztui.present.mass_update import field_lines, plan_lines, progress_line, refusal_groups, result_lines, state_data

PLAN = MassPlan(
    "260102-a",
    "Leads",
    '{"City": "Ulm"}',
    (("City", "Ulm\x1b"),),
    "box",
    "sandbox",
    2,
    ("1", "2", "3"),
    source="pasted ids",
)


def after(plan: MassPlan, *events: ev.MassEvent) -> MassState:
    return reduce(apply, events, begin(ev.MassStarted("2026-01-02T03:04:05.000+00:00", plan)))


def refused(record: str) -> MassUpdateResult:
    return MassUpdateResult(record, False, "INVALID_DATA", "the id given seems to be invalid", (("id", record),))


def said(result: MassUpdateResult) -> Diagnosis:
    return Diagnosis("mass_update", result.code, "There is no such record", "It is gone.", "Check the id.")


def test_what_it_will_do() -> None:
    records = RecordIds(("1", "2", "3"), "pasted ids", 1, 2, (("no. 4", "4.15E+18"),), 1, 1)
    lines = plan_lines(PLAN, records)
    assert lines[0] == "City = Ulm␛ in 3 records of Leads of box (sandbox), from pasted ids."
    assert lines[1].startswith("2 calls of up to 2 records")
    assert any("4.15E+18" in line for line in lines)
    appending = plan_lines(replace(PLAN, appends=True))
    assert "City += Ulm␛" in appending[0]
    assert any("--replace" in line for line in appending)
    cleared = plan_lines(replace(PLAN, values_json='{"City": null}'))
    assert any("cannot be taken back" in line for line in cleared)
    view = plan_lines(replace(PLAN, ids=(), cvid="9", source="the view Mine"))
    assert "every record of the view Mine" in view[0]


def test_refusals_of_one_kind_stand_together() -> None:
    other = MassUpdateResult("9", False, "NOT_APPROVED", "", ())
    groups = refusal_groups([other, refused("1"), MassUpdateResult("2", True, "SUCCESS"), refused("3")])
    assert [(g[0].code, g[1]) for g in groups] == [("INVALID_DATA", ["1", "3"]), ("NOT_APPROVED", ["9"])]


def test_how_it_ended_and_what_is_left() -> None:
    state = after(
        PLAN,
        ev.BatchAttempted("t", 1),
        ev.BatchAnswered("t", 1, (MassUpdateResult("1", True, "SUCCESS"), refused("2"))),
        ev.BatchAttempted("t", 2),
        ev.BatchLost("t", 2, ErrorInfo("local", "ANSWER_LOST")),
    )
    text = "\n".join(result_lines(state, said))
    assert "1 × There is no such record (INVALID_DATA)" in text
    assert "What to do: Check the id." in text
    assert "--resume 260102-a`" in text
    assert "--again" in "\n".join(result_lines(replace(state, plan=replace(PLAN, appends=True)), said))
    assert progress_line(state) == "batch 1 of 2: 1 updated, 1 refused"
    data = state_data(state)
    assert (data["updated"], data["refused"], data["uncertain"], len(data["results"])) == (1, 1, 1, 2)
    assert "results" not in state_data(state, results=False)


def test_the_progress_of_a_job() -> None:
    status = MassUpdateStatus("7", MassJobState.RUNNING, "RUNNING", total=5000, updated=30, failed=2)
    state = after(replace(PLAN, ids=(), cvid="9"), ev.JobScheduled("t", "7"), ev.JobRead("t", status))
    assert progress_line(state) == "RUNNING: 30 of 5,000 updated, 2 failed"


def test_fields_that_may_be_chosen_come_first() -> None:
    lines = field_lines(
        (FieldChoice(Field("Email", "Email", "email"), "Zoho never does"), FieldChoice(Field("City", "City", "text")))
    )
    assert lines == ["City   City   text", "Email  Email  Zoho never does"]
