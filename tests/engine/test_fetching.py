"""The result archive: a spoilt one is given up soon, a broken connection is waited out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.errors import ApiError, ArchiveError, Unreachable
from ztui.model import event as ev
from ztui.model.run import RunState, Stage
from ztui.present.runs import stage_words


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_an_archive_that_stays_damaged_is_not_waited_for(world: World) -> None:
    world.write(12, {3})
    world.fail("download", ArchiveError("ARCHIVE_DAMAGED"), times=100)
    began = world.clock.now()
    told: list[str] = []

    def on_state(state: RunState, event: ev.ImportEvent) -> None:
        if isinstance(event, ev.PartWaiting):
            told.append(stage_words(state.part(1)))

    state = await world.runs.start(world.plan(), on_state)

    part = state.part(1)
    assert part.stage is Stage.JOINED
    assert part.joined == "record"
    assert part.findings[0].code == "ARCHIVE_DAMAGED"
    assert (state.outcome.added, state.outcome.skipped, state.outcome.unknown) == (11, 1, 0)
    assert (world.clock.now() - began).total_seconds() < 25
    tries = [f"fetching, try {n}/5" for n in range(2, 6)]
    assert told == [*tries, "reading rows back"]


@pytest.mark.parametrize("times", [1, 2, 4])
async def test_an_archive_that_is_whole_in_the_end_is_joined(world: World, times: int) -> None:
    world.write(12, {3})
    world.fail("download", ArchiveError("ARCHIVE_DAMAGED"), times=times)
    state = await world.runs.start(world.plan())
    assert (state.part(1).joined, state.part(1).findings, state.part(1).waiting) == ("position", (), None)


async def test_a_connection_that_breaks_is(world: World) -> None:
    world.write(12, {3})
    world.fail("download", Unreachable("CONNECT_FAILED"), times=6)
    state = await world.runs.start(world.plan())
    assert state.part(1).joined == "position"


async def test_an_archive_that_is_there_the_next_time_is_joined(world: World) -> None:
    world.write(12, {3})
    world.fail("download", ApiError("FORBIDDEN", level="job", http_status=403), times=1)
    state = await world.runs.start(world.plan())
    assert state.part(1).joined == "position"
    assert not list((world.folder / "state").rglob("*.partial"))
