"""Runs against the sandbox: the real client, packer and ledger together, killed and disturbed on the wire."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engine.sandbox_world import SandboxWorld
from ztui.model.outcome import OutcomeCounts, RowResult
from ztui.model.run import RunState

FAULTS = (
    "reset_before@create:p=0.3",
    "reset_after@create:p=0.5",
    "reset_before@any:p=0.05",
    "reset_after@any:p=0.05",
    "500@create:p=0.3",
    "502@details:p=0.3",
    "503@upload:p=0.3",
    "429@any:p=0.1",
    "expired_token@any:p=0.05",
    "truncated_download:p=0.4",
    "corrupted_download:p=0.4",
    "shuffled_results",
    "duplicated_results:p=0.5",
    "half_json@create:p=0.3",
    "cut@details:p=0.2",
    "expired_link:times=1",
)


@pytest.fixture
async def worlds(tmp_path: Path) -> AsyncIterator[list[SandboxWorld]]:
    made: list[SandboxWorld] = []
    yield made
    for world in made:
        await world.close()


async def check(world: SandboxWorld, state: RunState, bad: set[int]) -> None:
    """None lost, none doubled; the outcomes say what the sandbox holds."""
    present = Counter(str(r.values["Email"]) for r in await world.leads())
    ids = {str(r.values["Email"]): r.id for r in await world.leads()}
    good = [n for n in range(world.rows) if n not in bad]
    assert {e: c for e, c in present.items() if c > 1} == {}
    assert {n for n in good if f"p{n}@example.org" not in present} == set()
    runs = world.live()
    outcomes = {o.record: o for o in runs.outcomes(state.run_id, count=world.rows + 1)}
    assert sorted(outcomes) == list(range(world.rows))
    for n in good:
        assert (outcomes[n].result, outcomes[n].line) == (RowResult.ADDED, n + 2), outcomes[n]
        assert outcomes[n].record_id == ids[f"p{n}@example.org"]
    assert not any(outcomes[n].result.ok for n in bad)
    runs.close()


async def test_a_run_goes_to_its_end(tmp_path: Path, worlds: list[SandboxWorld]) -> None:
    world = SandboxWorld(tmp_path, pace="fast")
    worlds.append(world)
    world.write(60, bad={4, 50})

    state = await world.to_the_end([], rows_per_part=25)

    assert state.outcome == OutcomeCounts(added=58, skipped=2)
    assert [p.joined for p in state.parts] == ["position"] * 3
    await check(world, state, {4, 50})


async def test_a_kill_around_every_request(tmp_path: Path, worlds: list[SandboxWorld]) -> None:
    quiet = SandboxWorld(tmp_path)
    worlds.append(quiet)
    quiet.write(12, bad={3})
    await quiet.to_the_end([])
    moments = list(quiet.process.moments)
    assert "POST write after" in moments

    wanted = [n for n, name in enumerate(moments) if not name.startswith("commit")]
    for moment in wanted:
        folder = tmp_path / str(moment)
        folder.mkdir()
        world = SandboxWorld(folder)
        worlds.append(world)
        world.write(12, bad={3})
        state = await world.to_the_end([moment])
        await check(world, state, {3})


async def a_storm(folder: Path, seed: int, worlds: list[SandboxWorld]) -> None:
    rng = random.Random(seed)
    faults = tuple(rng.sample(FAULTS, rng.randrange(0, 5)))
    world = SandboxWorld(folder, faults=faults, seed=seed)
    worlds.append(world)
    rows = rng.randrange(2, 30)
    bad = {n for n in range(rows) if rng.random() < 0.1}
    world.write(rows, bad)
    deaths = [rng.randrange(0, 50) for _ in range(rng.randrange(0, 4))]

    state = await world.to_the_end(deaths, rows_per_part=rng.choice([6, 15, 40]))

    await check(world, state, bad)


@pytest.mark.parametrize("seed", range(12))
async def test_storms(tmp_path: Path, seed: int, worlds: list[SandboxWorld]) -> None:
    await a_storm(tmp_path, seed, worlds)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("block", range(10))
async def test_many_storms(tmp_path: Path, block: int, worlds: list[SandboxWorld]) -> None:
    for seed in range(5000 + block * 20, 5000 + (block + 1) * 20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        await a_storm(folder, seed, worlds)
        await worlds.pop().close()


@pytest.mark.parametrize("answer", ["FILE_NOT_SUPPORTED", "ALREADY_USED"])
async def test_a_lost_create_is_found_out_by_reading_back(
    tmp_path: Path, worlds: list[SandboxWorld], answer: str
) -> None:
    world = SandboxWorld(tmp_path, faults=("reset_after@create:times=1",))
    world.box.set_switches(world.box.switches.with_settings({"used_file": answer}))
    worlds.append(world)
    world.write(70, bad={9})

    state = await world.to_the_end([])

    assert state.part(1).joined == "record"
    assert state.outcome == OutcomeCounts(added=69, unknown=1)
    await check(world, state, {9})


async def mended_and_undone(world: SandboxWorld, rows: int, **changes: object) -> None:
    """Send, mend every refused row, send again, take all back: the org is as it was."""
    bad = {n for n in range(rows) if n % 20 == 7}
    world.write(rows, bad)
    state = await world.to_the_end([], **changes)
    assert state.outcome == OutcomeCounts(added=rows - len(bad), skipped=len(bad))
    runs = world.live()
    refused = runs.refused(state.run_id)
    assert [(o.record, o.line) for o in refused] == [(n, n + 2) for n in sorted(bad)]

    session = runs.repair(state.run_id)
    session.set_many((n, "Email", f"p{n}@example.org") for n in bad)
    second = await runs.start(session.to_plan())

    assert second.outcome == OutcomeCounts(added=len(bad))
    assert runs.total(state.run_id) == OutcomeCounts(added=rows)
    assert len(await world.leads()) == rows
    for run in (second, state):
        report = await runs.undo(run.run_id)
        assert report.left == ()
    assert await world.leads() == []
    runs.close()


async def test_repaired_and_undone(tmp_path: Path, worlds: list[SandboxWorld]) -> None:
    world = SandboxWorld(tmp_path, faults=("shuffled_results",), seed=3)
    worlds.append(world)
    await mended_and_undone(world, 600, rows_per_part=250)


@pytest.mark.slow
@pytest.mark.timeout(900)
async def test_sixty_thousand_rows_repaired_and_undone(tmp_path: Path, worlds: list[SandboxWorld]) -> None:
    world = SandboxWorld(tmp_path, faults=("shuffled_results",), seed=3)
    worlds.append(world)
    await mended_and_undone(world, 60_000)
