"""What is done with runs afterwards: repair and send again, undo, forecast, export, reconcile, prune."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.engine.diagnose import Repair
from ztui.engine.repair_suggest import UPSERT, apply_suggestion, suggest_repairs
from ztui.errors import AnswerLost, ApiError, PlanError, RunError, SourceChanged, StoreError, UsageError
from ztui.model.crm import Operation, Record
from ztui.model.mapping import FieldMapping, Step
from ztui.model.outcome import OutcomeCounts, RowResult
from ztui.model.plan import ImportPlan
from ztui.model.table import DialectOverrides


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def upsert(plan: ImportPlan, **changes: object) -> ImportPlan:
    mapping = replace(plan.mapping, operation=Operation.UPSERT, find_by="Email")
    return replace(plan, mapping=mapping, **changes)  # type: ignore[arg-type]


async def test_refused_rows_are_mended_and_only_they_are_sent(world: World) -> None:
    world.write(40, bad={3, 30})
    state = await world.runs.start(world.plan())
    session = world.runs.repair(state.run_id)
    assert [row.record for row in session.rows] == [3, 30]
    assert session.cell(3, "Email").bad
    assert session.ready() == ()

    assert session.set(3, "Email", "still wrong") is not None
    assert session.ready() == ()
    assert session.set(3, "Email", "three@example.org") is None
    assert session.ready() == (3,)
    session.undo()
    assert session.cell(3, "Email").value == "still wrong"
    session.redo()
    assert session.set(30, "Email", "thirty@example.org") is None
    second = await world.runs.start(session.to_plan())

    assert second.parent_run == state.run_id
    assert second.outcome == OutcomeCounts(added=2)
    assert {r.values["Email"] for r in world.zoho.records.values()} >= {"three@example.org", "thirty@example.org"}
    assert world.runs.total(state.run_id) == OutcomeCounts(added=40)
    assert [s.run_id for s in world.runs.tree(state.run_id)] == [state.run_id, second.run_id]


async def test_alike_values_are_mended_at_once_and_learned(world: World) -> None:
    world.write(30, bad={1, 2, 20})
    state = await world.runs.start(world.plan())
    session = world.runs.repair(state.run_id)

    assert session.set_alike("Email", "nobody", "someone@example.org") == 3

    assert session.ready() == (1, 2, 20)
    learned = session.learned_mapping().for_field("Email")
    assert learned is not None
    assert learned.steps[-1] == Step.of("map", table=(("nobody", "someone@example.org"),))
    assert session.undo()
    assert session.edited == ()


async def test_left_out_rows_can_be_mended_too(world: World) -> None:
    world.write(10, bad={4})
    state = await world.runs.start(world.plan(exclude=(4,)))

    session = world.runs.repair(state.run_id)
    session.set(4, "Email", "four@example.org")
    second = await world.runs.start(session.to_plan())

    assert second.outcome == OutcomeCounts(added=1)
    assert world.runs.total(state.run_id) == OutcomeCounts(added=10)


async def test_a_repaired_row_that_is_refused_again_keeps_its_repairs(world: World) -> None:
    world.write(5, bad={2})
    state = await world.runs.start(world.plan())
    session = world.runs.repair(state.run_id)
    session.set(2, "Company", "New Firm")
    session.choose([2])
    second = await world.runs.start(session.to_plan())
    assert second.outcome == OutcomeCounts(skipped=1)

    again = world.runs.repair(second.run_id)
    assert again.value(2, "Company") == "New Firm"
    again.set(2, "Email", "two@example.org")
    third = await world.runs.start(again.to_plan())

    assert third.outcome == OutcomeCounts(added=1)
    [two] = [r for r in world.zoho.records.values() if r.values["Email"] == "two@example.org"]
    assert two.values["Company"] == "New Firm"


async def test_suggestions_are_checked_and_applied(world: World) -> None:
    world.path.write_text(
        "Email,Name,Firm\na@x.org ,A,F\nb (at) example.org,B,F\nc@@example..org,C,F\n,D,F\n", encoding="utf-8"
    )
    world.rows = 4
    world.zoho._problem = lambda values: "INVALID_DATA-Email"  # type: ignore[method-assign]
    state = await world.runs.start(world.plan())
    session = world.runs.repair(state.run_id)

    clean = next(s for s in suggest_repairs(session) if s.kind == "clean_email")
    assert clean.examples == (("b (at) example.org", "b@example.org"), ("c@@example..org", "c@example.org"))
    assert apply_suggestion(session, clean) == 2
    assert session.value(1, "Email") == "b@example.org"


async def test_duplicates_become_an_upsert(world: World) -> None:
    world.write(6)
    world.zoho._problem = lambda values: "DUPLICATE_DATA-Email"  # type: ignore[method-assign]
    state = await world.runs.start(world.plan())
    session = world.runs.repair(state.run_id)

    offer = next(s for s in suggest_repairs(session) if s.kind == UPSERT)
    apply_suggestion(session, offer)

    plan = session.to_plan()
    assert (plan.mapping.operation, plan.mapping.find_by) == (Operation.UPSERT, "Email")
    assert plan.records == tuple(range(6))


async def test_a_refused_job_names_the_field_and_is_sent_with_one_word(world: World) -> None:
    world.write(8)
    plan = world.plan()
    spelt = tuple(replace(f, api_name="Last Name") if f.api_name == "Last_Name" else f for f in plan.mapping.fields)
    plan = replace(plan, mapping=replace(plan.mapping, fields=spelt))
    refusal = ApiError(
        "INVALID_FIELD_NAME", "invalid mapping. invalid api_name Last Name.", level="job", http_status=400
    )
    world.fail("create", refusal, times=1)
    state = await world.runs.start(plan)
    error = state.part(1).error
    assert error is not None

    diagnosis = world.runs.diagnose_error(state.run_id, error)
    assert diagnosis.repairs[0] == Repair("remap", "Last Name", "Last_Name")
    assert diagnosis.repairs[0].automatic
    assert "Last_Name" in diagnosis.remedy
    assert diagnosis.fields[0].header == "Name"
    with pytest.raises(PlanError, match="REPAIR_NEEDS_A_WORD"):
        world.runs.mend(state.run_id, Repair("set_default"))
    mended = world.runs.mend(state.run_id, diagnosis.repairs[0])
    second = await world.runs.start(mended)

    assert second.outcome == OutcomeCounts(added=8)
    assert world.runs.total(state.run_id) == OutcomeCounts(added=8)
    with pytest.raises(PlanError, match="REPAIR_SENT_ALREADY"):
        await world.runs.start(mended)
    with pytest.raises(PlanError, match="REPAIR_NOTHING"):
        world.runs.mend(state.run_id, diagnosis.repairs[0])
    with pytest.raises(PlanError, match="REPAIR_NOTHING"):
        world.runs.repair(state.run_id)


async def test_a_refused_row_is_put_into_words(world: World) -> None:
    world.write(3, bad={1})
    state = await world.runs.start(world.plan())
    [outcome] = world.runs.refused(state.run_id)

    [diagnosis] = world.runs.diagnose(state.run_id, outcome)

    assert diagnosis.code == "INVALID_DATA"
    assert (diagnosis.fields[0].label, diagnosis.fields[0].header, diagnosis.fields[0].value) == (
        "Email",
        "Email",
        "nobody",
    )
    assert "nobody" in diagnosis.cause


async def test_undo_deletes_what_the_run_created_and_nothing_else(world: World) -> None:
    world.zoho.records["1"] = Record("1", "2026-01-01T00:00:00+00:00", {"Email": "old@example.org"})
    world.write(250, bad={9})
    state = await world.runs.start(world.plan(rows_per_part=120))
    changed = world.runs.outcome(state.run_id, 5)
    assert changed is not None
    await world.clock.sleep(100)
    record = world.zoho.records[changed.record_id]
    world.zoho.records[changed.record_id] = Record(record.id, world.zoho.stamp(), record.values)
    gone = world.runs.outcome(state.run_id, 6)
    assert gone is not None
    del world.zoho.records[gone.record_id]

    preview = world.runs.undo_preview(state.run_id)
    assert (preview.delete, preview.restore, preview.total) == (249, 0, 249)
    seen: list[tuple[int, int]] = []
    report = await world.runs.undo(state.run_id, lambda done, total: seen.append((done, total)))

    assert (report.deleted, report.gone) == (247, 1)
    assert [(item.record_id, item.code) for item in report.left] == [(changed.record_id, "RECORD_CHANGED_SINCE")]
    assert seen[-1] == (249, 249)
    assert set(world.zoho.records) == {"1", changed.record_id}
    assert world.runs.get(state.run_id).undone == 247
    report = await world.runs.undo(state.run_id, force=True)
    assert (report.deleted, report.left) == (1, ())
    assert set(world.zoho.records) == {"1"}
    with pytest.raises(RunError, match="UNDO_NOTHING"):
        await world.runs.undo(state.run_id)


async def test_an_undo_that_broke_off_goes_on(world: World) -> None:
    world.write(250)
    state = await world.runs.start(world.plan())
    world.fail("delete", AnswerLost("ANSWER_LOST"), times=1, when="after")
    with pytest.raises(AnswerLost):
        await world.runs.undo(state.run_id)
    assert len(world.zoho.records) == 150

    report = await world.runs.undo(state.run_id)

    assert world.zoho.records == {}
    assert (report.deleted, report.gone) == (250, 0)


async def test_values_are_put_back_where_nobody_touched_them(world: World) -> None:
    old = "2026-01-01T00:00:00+00:00"
    for n in range(4):
        email = f"p{n}@example.org"
        world.zoho.records[str(n)] = Record(str(n), old, {"Email": email, "Last_Name": "Was", "Company": "Old", "X": n})
    world.write(6)
    state = await world.runs.start(upsert(world.plan(), before_image=True))
    assert state.outcome == OutcomeCounts(added=2, updated=4)
    world.zoho.records["2"].values["Last_Name"] = "Edited by a person"

    preview = world.runs.undo_preview(state.run_id)
    assert (preview.delete, preview.restore, preview.without_image) == (2, 4, 0)
    report = await world.runs.undo(state.run_id)

    assert (report.deleted, report.restored) == (2, 3)
    assert [item.record_id for item in report.left] == ["2"]
    assert world.zoho.records["0"].values == {"Email": "p0@example.org", "Last_Name": "Was", "Company": "Old", "X": 0}
    assert world.zoho.records["2"].values["Last_Name"] == "Edited by a person"


async def test_fields_that_were_not_read_are_not_cleared(world: World) -> None:
    world.zoho.records["0"] = Record("0", "2026-01-01T00:00:00+00:00", {"Email": "p0@example.org", "Company": "Old"})
    world.write(1)
    state = await world.runs.start(upsert(world.plan(), before_image=True))
    await world.runs.undo(state.run_id)
    assert world.zoho.records["0"].values == {"Email": "p0@example.org", "Company": "Old", "Last_Name": "Name 0"}


async def test_updates_without_images_cannot_be_taken_back(world: World) -> None:
    world.zoho.records["0"] = Record("0", "2026-01-01T00:00:00+00:00", {"Email": "p0@example.org"})
    world.write(1)
    state = await world.runs.start(upsert(world.plan()))
    assert world.runs.undo_preview(state.run_id).without_image == 1
    with pytest.raises(RunError, match="UNDO_NOTHING"):
        await world.runs.undo(state.run_id)


async def test_a_forecast_tells_what_would_happen(world: World) -> None:
    old = "2026-01-01T00:00:00+00:00"
    people = {"0": "p0@example.org", "1": "p1@example.org", "1b": "P1@example.org", "2": "p2@example.org"}
    for record_id, email in people.items():
        world.zoho.records[record_id] = Record(record_id, old, {"Email": email, "Company": "Old"})
    world.path.write_text(
        "Email,Name,Firm\np0@example.org,A,\np1@example.org,B,F\np2@example.org,C,F\np2@example.org,C,F\n,D,F\nnew@x.org,E,F\n",
        encoding="utf-8",
    )
    world.rows = 6
    plan = upsert(world.plan())
    fields = tuple(FieldMapping(f.api_name, f.columns) for f in plan.mapping.fields)
    plan = replace(plan, mapping=replace(plan.mapping, ignore_empty=False, fields=fields))

    forecast = await world.runs.forecast(plan)

    assert (forecast.rows, forecast.created, forecast.updated) == (6, 1, 3)
    assert (forecast.ambiguous, forecast.repeated, forecast.blank_keys) == (1, 1, 1)
    assert forecast.wiped == (("Company", 1),)
    assert "create" not in world.zoho.requests
    with pytest.raises(PlanError, match="FORECAST_NEEDS_KEY"):
        await world.runs.forecast(world.plan())


async def test_results_are_written_with_the_whole_source_row(world: World) -> None:
    world.write(5, bad={2})
    state = await world.runs.start(world.plan(exclude=(4,)))
    out = world.folder / "results.csv"

    report = await world.runs.export_results(state.run_id, out)

    assert report.rows == 5
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"), newline="")))
    assert [row["ztui_result"] for row in rows] == ["added", "added", "skipped", "added", "not_sent"]
    assert rows[2]["Email"] == "nobody"
    assert rows[2]["ztui_line"] == "4"
    assert rows[2]["ztui_code"] == "INVALID_DATA"
    assert rows[2]["ztui_remedy"]
    assert rows[0]["ztui_record_id"] in world.zoho.records


async def test_refused_rows_are_written_as_they_were_read(world: World) -> None:
    text = '\ufeffE-Mail;Näme;Firma\r\na@x.org;Ä;"F;1"\r\nnobody;Ö;"zwei\r\nZeilen"\r\nnein;"sag ""ja""";\x92\r\n'
    world.path.write_bytes(text.replace("\ufeff", "").encode("latin-1"))
    world.rows = 3
    from ztui.engine.files import OpenFile

    with OpenFile.open(str(world.path), DialectOverrides(encoding="cp1252")) as file:
        info = file.info
    plan = replace(world.plan(), info=info, mapping=replace(world.plan().mapping, headers=info.headers))
    state = await world.runs.start(plan)
    out = world.folder / "again.csv"

    report = await world.runs.export_results(state.run_id, out, only_refused=True)

    assert (report.rows, report.encoding) == (2, "cp1252")
    lines = world.path.read_bytes().split(b"\r\n")
    assert out.read_bytes() == b"\r\n".join([lines[0], *lines[2:]])


async def test_exports_never_touch_the_source_or_half_write(world: World) -> None:
    world.write(5)
    state = await world.runs.start(world.plan())
    before = world.path.read_bytes()
    with pytest.raises(UsageError, match="EXPORT_OVER_SOURCE"):
        await world.runs.export_results(state.run_id, world.path)
    with pytest.raises(StoreError):
        await world.runs.export_results(state.run_id, world.folder / "no such folder" / "x.csv")
    assert world.path.read_bytes() == before
    other = world.another()
    world.write(6)
    with pytest.raises(SourceChanged):
        await other.export_results(state.run_id, world.folder / "x.csv")


async def test_reconcile_fills_in_what_was_not_known(world: World) -> None:
    world.zoho.job_seconds = 3600
    world.write(20, bad={7})
    world.fail("create", AnswerLost("ANSWER_LOST"), times=1, when="after")
    state = await world.runs.start(world.plan())
    assert state.outcome == OutcomeCounts(unknown=20)
    await world.clock.sleep(7200)

    state = await world.runs.reconcile(state.run_id)

    assert state.outcome == OutcomeCounts(added=19, unknown=1)
    assert len(world.zoho.jobs) == 1
    assert state == world.runs.ledger.replay(state.run_id)


async def test_old_runs_are_pruned_with_their_files(world: World) -> None:
    world.write(5)
    old = await world.runs.start(world.plan())
    await world.clock.sleep(40 * 86400)
    new = await world.runs.start(world.plan())

    report = await world.runs.prune(30)

    assert report.runs == 1
    assert report.bytes > 100
    assert [s.run_id for s in world.runs.list()] == [new.run_id]
    assert not (world.folder / "state" / "runs" / old.run_id).exists()


def test_many_rows_into_production_are_confirmed_by_their_number(world: World) -> None:
    world.write(1200)
    plan = world.plan(exclude=(1,))
    assert world.runs.confirmation(plan) == "1199"
    world.runs.confirm(plan, "1199")
    world.runs.confirm(plan, "1,199")
    with pytest.raises(PlanError, match="CONFIRMATION_MISSING"):
        world.runs.confirm(plan, "yes")
    world.write(20)
    assert world.runs.confirmation(world.plan()) == ""


async def test_a_run_taken_back_is_no_reason_to_warn(world: World) -> None:
    world.write(5)
    plan = world.plan()
    state = await world.runs.start(plan)
    await world.runs.undo(state.run_id)
    assert world.runs.earlier(plan.source, "Leads") == []


async def test_nothing_refused_nothing_to_repair(world: World) -> None:
    world.write(3)
    state = await world.runs.start(world.plan())
    assert [o.result for o in world.runs.outcomes(state.run_id)] == [RowResult.ADDED] * 3
    with pytest.raises(PlanError, match="REPAIR_NOTHING"):
        world.runs.repair(state.run_id)
