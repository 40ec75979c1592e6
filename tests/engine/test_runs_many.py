"""Many runs at once, a state folder that refuses, credits that run out."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.fake_crm import FakeCrm
from tests.engine.running_world import World
from tests.store.plans import a_plan, started
from ztui.errors import AnswerLost, ApiError, SignInError, StoreError
from ztui.model.crm import Credits, Operation
from ztui.model.job import JobStatus
from ztui.model.outcome import OutcomeCounts
from ztui.model.run import Phase
from ztui.store.ledger import Ledger


class Counting(FakeCrm):
    """Counts how many readings of jobs are under way at the same time."""

    def __init__(self, world: World) -> None:
        super().__init__(world.zoho, world.fault)
        self.now = self.most = 0

    async def job(self, job_id: str) -> JobStatus:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0)
            return await super().job(job_id)
        finally:
            self.now -= 1


async def test_fifty_jobs_among_five_hundred_runs(tmp_path: Path) -> None:
    """Requests stay bounded, the list stays quick, and nothing is asked when nothing is active."""
    world = World(tmp_path)
    world.write(3)
    plan = world.plan()
    with Ledger(tmp_path / "state") as ledger:
        for n in range(450):
            ledger.create(plan, started(f"old-{n}", plan))
        with ledger.write() as db:
            db.execute("UPDATE runs SET token = NULL, open = 0")
    crm = Counting(world)

    async def connect(_name: str) -> Counting:
        return crm

    world.runs._connect = connect
    for _ in range(50):
        work = asyncio.ensure_future(world.runs.start(plan))
        world.on_request = lambda request, work=work: work.cancel() if request == "job" else None  # type: ignore[misc]
        with pytest.raises(asyncio.CancelledError):
            await work
    world.on_request = lambda _request: None
    world.zoho.requests.clear()
    took: list[float] = []

    def on_state(*_: object) -> None:
        before = time.perf_counter()
        assert len(world.runs.list()) == 500
        took.append(time.perf_counter() - before)

    states = await world.runs.resume_all(on_state)

    assert len(states) == 50
    assert all(state.outcome == OutcomeCounts(added=3) for state in states)
    assert crm.most <= world.profile_of("main").concurrency + 1
    assert world.zoho.requests.count("job") <= 4 * 50
    assert sorted(took[1:])[len(took) // 2] < 0.05
    world.zoho.requests.clear()
    assert await world.runs.resume_all(halted=True) == []
    assert world.zoho.requests == []


async def test_a_state_folder_that_cannot_be_used_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(3)
    (tmp_path / "state").write_text("a file, not a folder")

    with pytest.raises(StoreError) as caught:
        await world.runs.start(world.plan())

    assert caught.value.details["path"]
    assert world.zoho.requests == []


async def test_a_disk_that_fills_up_while_results_come_in_loses_nothing(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(10)
    world.fill_disk_at("OutcomesJoined")
    with pytest.raises(StoreError, match="STORE_FULL"):
        await world.runs.start(world.plan())
    world._full_at = ""

    [state] = await world.runs.resume_all()

    assert state.outcome == OutcomeCounts(added=10)
    assert len(world.zoho.jobs) == 1


async def test_missing_credits_stop_the_run_before_the_job(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(5)
    poor = FakeCrm(world.zoho, world.fault)
    poor.credits = Credits(spent=4600, remaining=400, limit=5000)

    async def connect(_name: str) -> FakeCrm:
        return poor

    world.runs._connect = connect
    state = await world.runs.start(world.plan())

    assert state.phase is Phase.STOPPED
    assert state.error is not None
    assert state.error.code == "CREDITS_SHORT"
    assert world.zoho.jobs == {}
    poor.credits = Credits()
    assert (await world.runs.resume(state.run_id)).outcome == OutcomeCounts(added=5)


async def test_without_a_before_image_nothing_is_changed(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(5)
    plan = world.plan(before_image=True)
    plan = replace(plan, mapping=replace(plan.mapping, operation=Operation.UPSERT, find_by="Email"))
    world.fail("coql", ApiError("NO_PERMISSION", "permission denied", level="api", http_status=403), times=1)

    state = await world.runs.start(plan)

    assert state.outcome == OutcomeCounts(not_sent=5)
    assert world.zoho.jobs == {}


async def test_when_reading_back_is_refused_the_rows_stay_unknown(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(5)
    world.fail("create", AnswerLost("ANSWER_LOST"), times=1, when="after")
    world.fail("coql", ApiError("NO_PERMISSION", "permission denied", level="api", http_status=403), times=99)

    state = await world.runs.start(world.plan())

    assert state.outcome == OutcomeCounts(unknown=5)
    assert [f.code for f in state.part(1).findings] == ["JOB_ID_LOST", "RESULT_ROWS_UNKNOWN", "NO_PERMISSION"]


async def test_a_token_that_may_not_query_leaves_the_rows_unknown(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.write(5)
    world.fail("create", AnswerLost("ANSWER_LOST"), times=1, when="after")
    refusal = SignInError("OAUTH_SCOPE_MISMATCH", "invalid oauth scope to access this URL", http_status=401)
    world.fail("coql", refusal, times=99)

    state = await world.runs.start(world.plan())

    assert state.outcome == OutcomeCounts(unknown=5)
    assert state.part(1).findings[-1].code == "OAUTH_SCOPE_MISMATCH"


def test_folders_of_runs_that_never_began_are_tidied(tmp_path: Path) -> None:
    world = World(tmp_path)
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        ledger.create(plan, started("r1", plan))
        stray = ledger.run_folder("never-began")
        assert ledger.orphans() == [stray]
    world.clock.time = world.clock.time.replace(year=2099)
    asyncio.run(world.runs.prune(30))
    assert not stray.exists()
