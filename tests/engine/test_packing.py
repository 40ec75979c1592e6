"""Packing for a run: the file must be the one that was mapped, and every row is accounted for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.model.finding import Finding, Severity
from ztui.model.outcome import OutcomeCounts, RowError, RowResult
from ztui.model.run import Phase


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_rows_left_out_keep_the_reason(world: World) -> None:
    world.write(10)
    findings = [Finding("row", "INVALID_DATA", Severity.ERROR, record=4, line=6, api_name="Email")]

    state = await world.runs.start(world.plan(exclude=(4, 5)), left_out=findings)

    assert state.outcome == OutcomeCounts(added=8, not_sent=2)
    four, five = world.runs.outcomes(state.run_id, results=[RowResult.NOT_SENT])
    assert (four.line, four.errors) == (6, (RowError("INVALID_DATA", ("Email",)),))
    assert (five.line, five.errors) == (7, (RowError("ROW_LEFT_OUT"),))


async def test_a_changed_file_stops_the_run_and_says_what_changed(world: World) -> None:
    world.write(10)
    plan = world.plan()
    world.write(11)

    state = await world.runs.start(plan)

    assert state.phase is Phase.STOPPED
    assert state.error is not None
    assert state.error.code == "SOURCE_CHANGED"
    assert "bytes" in dict(state.error.details)["changed"]
    assert world.zoho.requests == []
