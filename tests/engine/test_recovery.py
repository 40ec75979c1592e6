"""A run dies at every moment it has, and under seeded storms of faults; no record is lost, none is doubled."""

from __future__ import annotations

import contextlib
import random
from pathlib import Path

import pytest

from tests.engine.killing import Killed, MortalWorld, Troubles
from ztui.model.crm import Record
from ztui.model.outcome import RowResult

BAD = {4, 17}
ROWS = 24


def made(folder: Path) -> Path:
    folder.mkdir()
    return folder


async def moments_of_a_quiet_run(folder: Path) -> list[str]:
    world = MortalWorld(folder)
    world.write(ROWS, BAD)
    state = await world.to_the_end([], rows_per_part=12)
    world.check(state, BAD)
    return world.moments


async def test_a_kill_at_every_moment(tmp_path: Path) -> None:
    moments = await moments_of_a_quiet_run(made(tmp_path / "quiet"))
    assert {"create before", "create after", "commit before", "commit after", "download after"} <= set(moments)

    died = 0
    for moment in range(len(moments)):
        world = MortalWorld(made(tmp_path / f"at-{moment}"))
        world.write(ROWS, BAD)
        state = await world.to_the_end([moment], rows_per_part=12)
        world.check(state, BAD)
        died += world.lives == 2
    assert died > 0.9 * len(moments)  # the last few may not come when parts go by turns in another order


async def a_storm(folder: Path, seed: int) -> None:
    rng = random.Random(seed)
    world = MortalWorld(folder, Troubles(seed, chance=rng.choice([0.0, 0.05, 0.15])))
    world.zoho.shuffle = rng.random() < 0.4
    world.zoho.repeat = rng.choice([0, 0, 2])
    world.zoho.drop = rng.choice([0, 0, 1, 3])
    world.zoho.job_seconds = rng.choice([0.0, 4.0, 12.0])
    world.zoho.seed = seed
    rows = rng.randrange(1, 40)
    bad = {n for n in range(rows) if rng.random() < 0.1}
    world.write(rows, bad)
    deaths = [rng.randrange(0, 60) for _ in range(rng.randrange(0, 5))]

    state = await world.to_the_end(deaths, rows_per_part=rng.choice([5, 10, 40]))

    world.check(state, bad)


@pytest.mark.parametrize("seed", range(25))
async def test_storms(tmp_path: Path, seed: int) -> None:
    await a_storm(tmp_path, seed)


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("block", range(10))
async def test_many_storms(tmp_path: Path, block: int) -> None:
    for seed in range(1000 + block * 25, 1000 + (block + 1) * 25):
        await a_storm(made(tmp_path / str(seed)), seed)


async def test_an_undo_killed_at_every_moment_takes_everything_back(tmp_path: Path) -> None:
    for moment in range(12):
        world = MortalWorld(made(tmp_path / str(moment)))
        world.write(150)
        state = await world.to_the_end([])
        world.zoho.records["1"] = Record("1", "", {"Email": "not ours"})
        runs = world.live(moment)
        with contextlib.suppress(Killed):
            await runs.undo(state.run_id)
        world.process.dead, world.process.dies_at = False, None
        runs.close()
        runs = world.live()
        if runs.undo_preview(state.run_id).total:
            report = await runs.undo(state.run_id)
            assert (report.gone, report.left) == (0, ())
        assert set(world.zoho.records) == {"1"}
        runs.close()


async def test_a_canary_that_dies_is_still_asked_about(tmp_path: Path) -> None:
    """Between the canary's end and the pause there is no moment at which the rest could slip out."""
    for moment in range(0, 40, 3):
        world = MortalWorld(made(tmp_path / str(moment)))
        world.write(20)
        plan = world.plan(canary=3)
        runs = world.live(moment)
        try:
            await runs.start(plan)
        except Killed:
            pass
        finally:
            world.process.dead, world.process.dies_at = False, None
            runs.close()
        runs = world.live()
        for state in runs.list():
            if not state.paused_for:
                state = await runs.resume(state.run_id)
            assert state.paused_for == "canary"
            assert len(world.zoho.records) == 3
        runs.close()


async def test_rows_of_a_lost_job_that_nobody_can_find_stay_unknown(tmp_path: Path) -> None:
    world = MortalWorld(tmp_path)
    world.write(10, bad={2})

    state = await world.to_the_end(["create after"])

    assert world.lives == 2
    runs = world.live()
    [outcome] = runs.outcomes(state.run_id, results=[RowResult.UNKNOWN])
    assert outcome.record == 2
    assert [f.code for f in state.part(1).findings] == ["JOB_ID_LOST", "RESULT_ROWS_UNKNOWN"]
    runs.close()
