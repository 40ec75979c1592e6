"""Refused rows mended in a session, and sent again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.engine.repair import RepairRow, RepairSession
from ztui.engine.repair_suggest import UPSERT, apply_suggestion, suggest_repairs
from ztui.engine.rules import finding
from ztui.errors import PlanError
from ztui.model.crm import Field, Operation
from ztui.model.mapping import FieldMapping, Step
from ztui.model.outcome import OutcomeCounts, RowOutcome, RowResult
from ztui.model.plan import ImportPlan


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


async def test_a_row_whose_cells_may_have_shifted_does_not_go_as_it_is(world: World) -> None:
    world.write(10)
    plan = world.plan(exclude=(4, 5))
    shifted = finding("CELLS_BEYOND_HEADER", record=4, line=6, column=3, value="x")
    session = world.runs.repair((await world.runs.start(plan, left_out=[shifted])).run_id)
    assert [row.record for row in session.rows] == [4, 5]
    assert session.ready() == (5,)  # nobody said why that one was left out

    session.use_key("Email")
    assert session.ready() == (5,)
    session.set(4, "Company", "Firm, Inc.")

    assert session.ready() == (4, 5)


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


async def test_nothing_refused_nothing_to_repair(world: World) -> None:
    world.write(3)
    state = await world.runs.start(world.plan())
    assert [o.result for o in world.runs.outcomes(state.run_id)] == [RowResult.ADDED] * 3
    with pytest.raises(PlanError, match="REPAIR_NOTHING"):
        world.runs.repair(state.run_id)


def dated(plan: ImportPlan) -> ImportPlan:
    """The plan with the company's column as a date written dd.MM.yyyy in the file."""
    step = Step.of("date", pattern="dd.MM.yyyy")
    fields = tuple(
        FieldMapping("Date_3", m.columns, (step,)) if m.api_name == "Company" else m for m in plan.mapping.fields
    )
    schema = replace(plan.schema, fields=(*plan.schema.fields, Field("Date_3", "Date 3", "date")))
    return replace(plan, mapping=replace(plan.mapping, fields=fields), schema=schema)


def row(record: int, *values: str) -> RepairRow:
    return RepairRow(RowOutcome(record, record + 2, RowResult.NOT_SENT), values)


def test_a_date_is_spoken_of_and_taken_in_the_form_the_file_has(world: World) -> None:
    world.write(2)
    plan = dated(world.plan())
    names = [m.api_name for m in plan.mapping.fields if m.columns]
    values = ["31.02.2024" if name == "Date_3" else "x@example.org" for name in names]
    session = RepairSession("r", plan, [row(0, *values), row(1, *values)])

    problem = session.cell(0, "Date_3").problem
    assert problem is not None
    assert problem.param("pattern") == "dd.MM.yyyy"
    still = session.set(0, "Date_3", "30.02.2024")
    assert still is not None
    assert still.param("pattern") == "dd.MM.yyyy"
    assert session.set(0, "Date_3", "28.02.2024") is None
    assert session.value(0, "Date_3") == "2024-02-28"
    assert session.set(1, "Date_3", "2024-02-29") is None
    assert session.value(1, "Date_3") == "2024-02-29"


def test_a_date_without_a_transform_is_spoken_of_as_it_is_sent(world: World) -> None:
    world.write(1)
    plan = dated(world.plan())
    plain = tuple(replace(m, steps=()) for m in plan.mapping.fields)
    plan = replace(plan, mapping=replace(plan.mapping, fields=plain))
    values = ["31.02.2024" if m.api_name == "Date_3" else "x@example.org" for m in plain if m.columns]
    problem = RepairSession("r", plan, [row(0, *values)]).cell(0, "Date_3").problem
    assert problem is not None
    assert problem.param("pattern") == "yyyy-MM-dd"
