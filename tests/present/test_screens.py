"""What the check, the question before sending, the runs and the options say."""

from dataclasses import replace

from ztui.engine.consent import in_production
from ztui.model.crm import Credits, Field, Module, ModuleSchema, Operation
from ztui.model.finding import Finding, Severity
from ztui.model.job import Counts, JobState, JobStatus
from ztui.model.mapping import Drift, Mapping
from ztui.model.outcome import OutcomeCounts
from ztui.model.profile import Domains, Profile
from ztui.model.run import PartState, Phase, RunState, Stage
from ztui.present import drift, findings, options, runs, sending

SCHEMA = ModuleSchema(Module("Leads", "Lead", "Leads"), (Field("Email", "Email", "email", unique=True),))
PROFILE = Profile("live", Domains("a", "b", "c"))


def verdict(**facts: object) -> tuple[str, str]:
    given: dict[str, object] = {
        "blocking": False,
        "refused": 0,
        "total": 600,
        "checked": 600,
        "complete": True,
        "leave_out": True,
    }
    return findings.verdict(**{**given, **facts})  # type: ignore[arg-type]


def test_the_verdict_fits_what_was_found() -> None:
    assert verdict() == ("All 600 rows can be sent.", "good")
    assert verdict(refused=18)[0] == "582 rows will be sent; 18 rows left out for their errors."
    assert verdict(refused=18, leave_out=False)[0] == "All 600 rows will be sent, the 18 with errors too."
    assert verdict(doubtful=True) == (
        "The file may be read wrongly: sending asks whether it is right.",
        "bad",
    )
    assert verdict(refused=600)[1] == "bad"
    assert verdict(blocking=True)[1] == "bad"
    assert verdict(total=1, refused=1) == ("Nothing can be sent: there are errors in the one row.", "bad")
    assert verdict(total=0, checked=0) == ("There are no rows to send.", "warn")
    assert "100 of 600" in verdict(complete=False, checked=100)[0]
    assert verdict(complete=False, checked=100, again=["Phone"])[0].startswith("Checking Phone … 100 of 600 rows.")
    assert verdict(complete=False, stage="repeats")[0].startswith("Looking for values that repeat in 600 rows")
    assert "what the rows point at … 100 of 600" in verdict(complete=False, stage="references", checked=100)[0]
    assert verdict(complete=False, again=["A", "B"])[0].startswith("Checking A and B …")
    assert verdict(complete=False, again=["A", "B", "C"])[0].startswith("Checking 3 fields …")


def test_a_finding_is_explained_with_the_fields_own_label() -> None:
    finding = Finding("local", "REQUIRED_BLANK", Severity.ERROR, api_name="Email", line=7)
    assert findings.explain(finding, SCHEMA).title == "Email is blank"
    assert findings.consequence(finding).startswith("Zoho would refuse this row; it is left out")
    assert "whole job" in findings.consequence(replace(finding, scope="mapping"))


def test_what_follows_from_a_finding_is_said_of_what_it_is_about() -> None:
    again = Finding("local", "HEADER_REPEATED", Severity.ERROR, line=7)
    assert findings.consequence(again) == "This row is left out unless you say otherwise."
    assert findings.consequence(again, 3) == "These rows are left out unless you say otherwise."
    empty = Finding("local", "NO_ROWS", Severity.WARNING, scope="file")
    assert findings.consequence(empty) == ""


def facts(profile: Profile, credits: Credits | None = None) -> dict[str, str]:
    lines = sending.offer_facts(
        file="a.csv",
        module="Leads",
        operation="insert",
        profile=profile,
        rows=30_000,
        left_out=2,
        parts=2,
        credits=credits,
        warnings=1,
        earlier=1,
    )
    return {name: value for name, value, _ in lines}


def test_the_question_before_sending_has_every_figure() -> None:
    told = facts(PROFILE, Credits(remaining=4000, limit=5000))
    assert told["Rows"] == "30,000 rows, 2 left out"
    assert told["Jobs"].startswith("2 jobs")
    assert told["Credits"] == "4,000 of 5,000 left"
    assert "already (1 time)" in told["Before"]
    assert in_production(PROFILE)
    assert not in_production(replace(PROFILE, sandbox=True))


def run(*parts: PartState, phase: Phase = Phase.SENDING, ended: str = "") -> RunState:
    return RunState(
        "r", "d", "a.csv", "Leads", "insert", "p", "sandbox", 10, "t", phase, parts=parts, packed=True, ended_at=ended
    )


def test_a_part_tells_its_stage_in_words() -> None:
    job = JobStatus("1", JobState.INPROGRESS, "IN PROGRESS", Counts(added=3, total=10))
    part = PartState(1, 10, Stage.RUNNING, job_id="1", job=job)
    cells, mark = runs.part_cells(part)
    assert cells[1:4] == ("IN PROGRESS", "10", "3")
    assert mark == "accent"
    assert runs.part_cells(replace(part, stage=Stage.PACKED, zip_bytes=100, sent_bytes=40, job=None))[0][1] == (
        "uploading 40%"
    )


def test_a_run_knows_how_far_it_is() -> None:
    half = run(PartState(1, 5, Stage.JOINED), PartState(2, 5, Stage.PACKED))
    assert 0.5 < runs.progress(half) < 0.6
    assert runs.progress(run(ended="t")) == 1.0
    assert runs.bar(0.5, 10) == ("━" * 5, "─" * 5)
    assert runs.run_line(half)[0] == "1 of 2 parts through"


def test_a_run_that_ended_says_what_is_in() -> None:
    ended = replace(run(phase=Phase.ENDED, ended="t"), counts=OutcomeCounts(added=8, skipped=2))
    assert runs.run_line(ended) == ("Done: 8 of 10 rows are in", "warn")
    assert runs.run_status(ended) == "8 added · 2 refused"


def test_options_say_what_they_do() -> None:
    mapping = Mapping("Leads", Operation.UPSERT, find_by="Email")
    assert "same Email" in options.operation_effect(mapping, SCHEMA)
    assert "no column feeds it" in options.key_effect(mapping, SCHEMA)
    assert "keeps" in options.blanks_effect(mapping)
    assert "erased" in options.blanks_effect(replace(mapping, ignore_empty=False))
    assert options.address_trouble("http://x") is not None
    assert options.address_trouble("https://example.com/hook") is None


def test_a_drift_is_told_column_by_column() -> None:
    lines = drift.drift_lines(
        [Drift("missing", "Mail", 2, None, ("Email",)), Drift("renamed", "Tel", 1, 1, new_header="Phone")]
    )
    assert lines == ["“Mail” is not in this file; Email gets nothing.", "“Tel” is called “Phone” now."]
