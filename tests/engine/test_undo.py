"""Runs taken back: records deleted, values put back, and what is left alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.errors import AnswerLost, RunError
from ztui.model.crm import Operation, Record
from ztui.model.outcome import OutcomeCounts
from ztui.model.plan import ImportPlan


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def upsert(plan: ImportPlan, **changes: object) -> ImportPlan:
    mapping = replace(plan.mapping, operation=Operation.UPSERT, find_by="Email")
    return replace(plan, mapping=mapping, **changes)  # type: ignore[arg-type]


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


async def test_a_cleared_value_that_somebody_filled_in_is_left(world: World) -> None:
    old = "2026-01-01T00:00:00+00:00"
    for n in range(2):
        values: dict[str, object] = {"Email": f"p{n}@example.org", "Last_Name": "Was", "Company": "Old"}
        world.zoho.records[str(n)] = Record(str(n), old, values)
    world.path.write_text("Email,Name,Firm\np0@example.org,A,\np1@example.org,B,\n", encoding="utf-8")
    world.rows = 2
    plan = upsert(world.plan(), before_image=True)
    fields = tuple(replace(mapped, default=None) for mapped in plan.mapping.fields)
    plan = replace(plan, mapping=replace(plan.mapping, ignore_empty=False, fields=fields))
    state = await world.runs.start(plan)
    world.zoho.records["1"].values["Company"] = "A person's word"

    report = await world.runs.undo(state.run_id)

    assert report.restored == 1
    assert [item.record_id for item in report.left] == ["1"]
    assert world.zoho.records["0"].values["Company"] == "Old"
    assert world.zoho.records["1"].values["Company"] == "A person's word"
