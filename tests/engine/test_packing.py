"""Packing for a run: the file must be the one that was mapped, and every row is accounted for."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.own_packer import OwnPacker
from tests.engine.running_world import World
from ztui.errors import PlanError, SourceChanged, StoreError
from ztui.model.finding import Finding, Severity
from ztui.model.outcome import OutcomeCounts, RowError, RowResult
from ztui.model.part import Part
from ztui.model.plan import ImportPlan
from ztui.model.run import Phase
from ztui.present.errors import info_text


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
    facts = dict(state.error.details)
    assert "bytes" in facts["changed"]
    assert (facts["run"], facts["count"], facts["rest"]) == (state.run_id, "10", "10")
    assert "sent" not in facts
    assert world.zoho.requests == []


class Refusing(OwnPacker):
    """Packs one part, then cannot go on."""

    problem: Exception = OSError(errno.ENOSPC, "No space left on device")

    @classmethod
    def pack(cls, plan: ImportPlan, folder: Path) -> Iterator[Part]:
        parts = super().pack(plan, folder)
        yield next(parts)
        raise cls.problem


async def test_a_file_that_goes_while_it_is_packed_leaves_a_word_that_helps(world: World) -> None:
    world.write(30)
    content = world.path.read_bytes()
    packer = Refusing()
    world.runs._given_packer = packer
    Refusing.problem = SourceChanged("FILE_GONE", details={"path": str(world.path)})
    try:
        first = await world.runs.start(world.plan(rows_per_part=10))
    finally:
        Refusing.problem = OSError(errno.ENOSPC, "No space left on device")
    world.path.unlink()
    again = await world.another().resume(first.run_id)

    for state in (first, again):
        assert state.phase is Phase.STOPPED
        assert state.error is not None
        assert state.error.code == "SOURCE_GONE"
        sent = sum(part.rows for part in state.parts if part.job_id)
        told = info_text(state.error)
        assert f"Of 30 rows to send, {30 - sent} were not sent." in told.cause
        assert f"`ztui resume {first.run_id}` sends the rest" in told.remedy
        assert (f"the {sent} that were sent would go a second time" in told.remedy) is (sent > 0)
    world.path.write_bytes(content)
    assert (await world.another().resume(first.run_id)).outcome == OutcomeCounts(added=30)


async def test_a_disk_that_fills_up_while_packing_is_told_and_can_be_mended(world: World) -> None:
    world.write(30)
    plan = world.plan(rows_per_part=10)
    world.runs._given_packer = Refusing()

    with pytest.raises(StoreError, match="STORE_FULL"):
        await world.runs.start(plan)

    [stopped] = world.runs.list()
    assert stopped.phase is Phase.STOPPED
    assert stopped.error is not None
    assert stopped.error.code == "STORE_FULL"
    [state] = await world.another().resume_all(halted=True)
    assert state.outcome == OutcomeCounts(added=30)
    assert len(world.zoho.records) == 30


async def test_a_row_that_cannot_be_packed_stops_the_run(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.write(30)
    world.runs._given_packer = Refusing()
    monkeypatch.setattr(Refusing, "problem", PlanError("ROW_TOO_LARGE", details={"line": 7}))

    state = await world.runs.start(world.plan(rows_per_part=10))

    assert state.phase is Phase.STOPPED
    assert state.error is not None
    assert (state.error.code, dict(state.error.details)["line"]) == ("ROW_TOO_LARGE", "7")


async def test_a_part_that_packs_to_other_bytes_is_not_mixed_in(world: World) -> None:
    world.write(30)
    world.runs._given_packer = Refusing()
    with pytest.raises(StoreError):
        await world.runs.start(world.plan(rows_per_part=10))
    other = world.another()

    class Other(OwnPacker):
        @classmethod
        def pack(cls, plan: ImportPlan, folder: Path) -> Iterator[Part]:
            for part in super().pack(plan, folder):
                yield replace(part, sha256="f" * 64)

    other._given_packer = Other()
    [state] = await other.resume_all(halted=True)
    assert state.phase is Phase.STOPPED
    assert state.error is not None
    assert state.error.code == "SOURCE_CHANGED"
