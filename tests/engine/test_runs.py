"""Runs from start to end over the in-memory CRM: happy paths, troubles, pause, cancel, canary."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.errors import PlanError, RunError, StoreError
from ztui.model import event as ev
from ztui.model.outcome import OutcomeCounts, RowResult
from ztui.model.run import Phase, RunState, Stage


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_three_parts_go_to_their_end(world: World) -> None:
    world.write(250, bad={7, 130})
    seen: list[ev.ImportEvent] = []

    state = await world.runs.start(world.plan(rows_per_part=100), lambda _state, event: seen.append(event))

    assert state.phase is Phase.ENDED
    assert state.outcome == OutcomeCounts(added=248, skipped=2)
    assert [p.rows for p in state.parts] == [100, 100, 50]
    assert state.credits == 1500
    assert len(world.zoho.records) == 248
    assert [o.line for o in world.runs.outcomes(state.run_id, results=[RowResult.SKIPPED])] == [9, 132]
    assert world.runs.groups(state.run_id)[0].code == "INVALID_DATA"
    assert state == world.runs.ledger.replay(state.run_id)
    assert isinstance(seen[0], ev.RunStarted)
    assert not world.runs.worked_on(state.run_id)


async def test_the_rows_and_what_was_sent_can_be_looked_at(world: World) -> None:
    world.write(30)
    state = await world.runs.start(world.plan(rows_per_part=20))

    assert [r.cells[1] for r in world.runs.rows(state.run_id, [3, 25])] == ["Name 3", "Name 25"]
    assert world.runs.sent_values(state.run_id, 25)["Email"] == "p25@example.org"
    assert world.runs.sent_values(state.run_id, 400) == {}
    assert world.runs.get(state.run_id[:8]).run_id == state.run_id


async def test_shuffled_and_repeated_results_are_joined(world: World) -> None:
    world.zoho.shuffle, world.zoho.repeat = True, 3
    world.write(120, bad={5, 77})

    state = await world.runs.start(world.plan())

    assert state.part(1).joined == "key"
    assert [f.code for f in state.part(1).findings] == ["RESULT_ROWS_REPEATED"]
    assert [o.record for o in world.runs.outcomes(state.run_id, results=[RowResult.SKIPPED])] == [5, 77]
    by_id = {r.id: r.values["Email"] for r in world.zoho.records.values()}
    for outcome in world.runs.outcomes(state.run_id, results=[RowResult.ADDED], count=500):
        assert by_id[outcome.record_id] == f"p{outcome.record}@example.org"


async def test_rows_missing_from_the_result_are_read_back(world: World) -> None:
    world.zoho.drop = 5
    world.write(60, bad={3})

    state = await world.runs.start(world.plan())

    counts = state.outcome
    assert counts.added == 59
    assert counts.skipped + counts.unknown == 1
    assert counts.total == 60


async def test_a_failed_job_leaves_its_rows_unprocessed(world: World) -> None:
    world.zoho.fail_jobs = "HEADER_LIMIT_EXCEEDED"
    world.write(5)

    state = await world.runs.start(world.plan())

    assert state.phase is Phase.ENDED
    assert state.part(1).stage is Stage.FAILED
    assert state.outcome == OutcomeCounts(unprocessed=5)


async def test_the_canary_goes_first_and_waits(world: World) -> None:
    world.write(25)

    state = await world.runs.start(world.plan(canary=5, rows_per_part=10))

    assert (state.phase, state.paused_for) == (Phase.PAUSED, "canary")
    assert len(world.zoho.records) == 5
    assert state.part(1).canary
    state = await world.runs.resume(state.run_id)
    assert state.outcome == OutcomeCounts(added=25)
    assert len(world.zoho.jobs) == 3


async def test_resume_all_leaves_a_canary_waiting(world: World) -> None:
    world.write(25)
    state = await world.runs.start(world.plan(canary=5))

    assert await world.runs.resume_all(halted=True) == []
    assert world.runs.get(state.run_id).phase is Phase.PAUSED


async def test_pause_and_resume_from_another_process(world: World) -> None:
    world.write(30)
    other = world.another()
    asked, paused = asyncio.Event(), asyncio.Event()

    def on_state(state: RunState, event: ev.ImportEvent) -> None:
        if isinstance(event, ev.PartPacked) and event.part == 1:
            asked.set()
        if isinstance(event, ev.RunPaused):
            paused.set()

    world.hold("upload")
    work = asyncio.create_task(world.runs.start(world.plan(rows_per_part=10), on_state))
    await asked.wait()
    run_id = other.list()[0].run_id
    with pytest.raises(RunError, match="RUN_BUSY"):
        await other.resume(run_id)
    await other.pause(run_id)
    await paused.wait()
    world.let_go()
    state = await work
    assert state.phase is Phase.PAUSED
    assert world.zoho.jobs == {}
    state = await other.resume(run_id)
    assert state.outcome == OutcomeCounts(added=30)


async def test_cancelling_keeps_what_was_sent_and_sends_no_more(world: World) -> None:
    world.write(25)
    state = await world.runs.start(world.plan(canary=5, rows_per_part=10))

    await world.runs.cancel(state.run_id)

    state = world.runs.get(state.run_id)
    assert state.phase is Phase.CANCELLED
    assert state.outcome == OutcomeCounts(added=5, not_sent=20)
    assert world.runs.outcomes(state.run_id, code="ROW_CANCELLED", count=1)[0].line == 7
    with pytest.raises(RunError, match="RUN_OVER"):
        await world.runs.cancel(state.run_id)


async def test_ending_the_task_leaves_a_run_that_can_be_resumed(world: World) -> None:
    world.write(30)
    world.hold("job")
    polling = asyncio.Event()
    world.on_request = lambda request: polling.set() if request == "job" else None
    work = asyncio.create_task(world.runs.start(world.plan(rows_per_part=30)))
    await polling.wait()
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    world.let_go()

    other = world.another()
    [state] = await other.resume_all()

    assert state.outcome == OutcomeCounts(added=30)
    assert len(world.zoho.jobs) == 1


async def test_the_same_file_again_is_known(world: World) -> None:
    world.write(10)
    plan = world.plan()
    assert world.runs.earlier(plan.source, "Leads") == []
    state = await world.runs.start(plan)
    assert [r.run_id for r in world.runs.earlier(plan.source, "Leads")] == [state.run_id]


async def test_nothing_is_sent_that_is_not_recorded_on_a_full_disk(world: World) -> None:
    world.write(10)
    world.fill_disk_at("JobCreateAttempted")

    with pytest.raises(StoreError):
        await world.runs.start(world.plan())

    assert "create" not in world.zoho.requests


async def test_a_profile_that_leads_to_another_org_is_not_used(world: World) -> None:
    world.write(20)
    state = await world.runs.start(world.plan(canary=5))
    world.zgid = "another org"
    for work in (world.runs.resume, world.runs.reconcile, world.runs.undo):
        with pytest.raises(RunError, match="PROFILE_LEADS_ELSEWHERE"):
            await work(state.run_id)
    assert len(world.zoho.records) == 5


async def test_a_plan_without_rows_or_for_a_readonly_profile_is_refused(world: World) -> None:
    world.write(2)
    with pytest.raises(PlanError, match="NOTHING_TO_SEND"):
        await world.runs.start(world.plan(exclude=(0, 1)))
    world.readonly = True
    with pytest.raises(PlanError, match="PROFILE_READONLY"):
        await world.runs.start(world.plan())
    assert world.runs.list() == []
