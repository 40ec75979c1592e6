"""What is done with runs afterwards: repair and send again, undo, forecast, export, reconcile, prune."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_world import HoldingCrm, World
from ztui.engine.diagnose import Repair
from ztui.engine.runs import Runs
from ztui.errors import AnswerLost, ApiError, PlanError
from ztui.model.crm import Operation
from ztui.model.outcome import OutcomeCounts
from ztui.model.plan import ImportPlan


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def upsert(plan: ImportPlan, **changes: object) -> ImportPlan:
    mapping = replace(plan.mapping, operation=Operation.UPSERT, find_by="Email")
    return replace(plan, mapping=mapping, **changes)  # type: ignore[arg-type]


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


async def test_a_repair_from_another_folder_finds_the_file(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(30, {3})
    monkeypatch.chdir(world.folder)
    plan = world.plan()
    near = replace(plan, info=replace(plan.info, path="people.csv", data_path=Path("people.csv")))
    first = await world.runs.start(near)
    monkeypatch.chdir("/")

    session = world.runs.repair(first.run_id)
    session.set_many([(3, "Email", "p3@example.org")])
    state = await world.runs.start(session.to_plan())

    assert state.source == str(world.path)
    assert world.runs.total(first.run_id) == OutcomeCounts(added=30)


async def test_of_two_processes_that_send_the_same_repair_one_does(world: World) -> None:
    world.write(30, {3, 7})
    first = await world.runs.start(world.plan())

    def mended(runs: Runs) -> ImportPlan:
        session = runs.repair(first.run_id)
        session.set_many((row.record, "Email", f"p{row.record}@example.org") for row in session.rows)
        return session.to_plan()

    other = world.another()
    mine, theirs = mended(world.runs), mended(other)

    async def meanwhile(name: str) -> HoldingCrm:
        await other.start(theirs)
        return await world.connect(name)

    world.runs._connect = meanwhile
    with pytest.raises(PlanError, match="REPAIR_SENT_ALREADY"):
        await world.runs.start(mine)

    assert len(world.runs.tree(first.run_id)) == 2
    assert len(world.zoho.records) == 30
    assert {path.name for path in (world.folder / "state" / "runs").iterdir()} == {
        state.run_id for state in world.runs.list()
    }
    other.close()


async def test_a_run_taken_back_is_no_reason_to_warn(world: World) -> None:
    world.write(5)
    plan = world.plan()
    state = await world.runs.start(plan)
    await world.runs.undo(state.run_id)
    assert world.runs.earlier(plan.source, "Leads") == []
