"""Upload and create: exactly once, whatever the answers are."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.errors import AnswerLost, ApiError, SignInError, Throttled, Unreachable
from ztui.model import event as ev
from ztui.model.outcome import OutcomeCounts, RowResult
from ztui.model.run import Phase, RunState, Stage


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_passing_troubles_are_waited_out(world: World) -> None:
    world.write(10)
    world.fail("upload", Unreachable("CONNECT_FAILED"), times=2)
    world.fail("create", Throttled("TOO_MANY_REQUESTS", retry_after=60, http_status=429), times=2)
    world.fail("job", AnswerLost("ANSWER_LOST"), times=3)
    world.fail("download", AnswerLost("ANSWER_LOST"), times=1)
    waits: list[str] = []

    def on_state(state: RunState, event: ev.ImportEvent) -> None:
        if isinstance(event, ev.PartWaiting):
            assert state.part(1).waiting == event.error
            waits.append(event.error.code)

    state = await world.runs.start(world.plan(), on_state)

    assert state.outcome.added == 10
    assert waits.count("TOO_MANY_REQUESTS") == 2
    assert state.part(1).waiting is None


async def test_one_refused_part_does_not_stop_the_others(world: World) -> None:
    world.write(30)
    refusal = ApiError("INVALID_FIELD_NAME", "invalid mapping. invalid api_name X.", level="job", http_status=400)
    world.fail("create", refusal, times=1)

    state = await world.runs.start(world.plan(rows_per_part=10))

    assert sorted(p.stage for p in state.parts) == [Stage.JOINED, Stage.JOINED, Stage.REFUSED]
    assert state.outcome == OutcomeCounts(added=20, not_sent=10)
    assert world.runs.outcomes(state.run_id, results=[RowResult.NOT_SENT])[0].errors[0].code == "INVALID_FIELD_NAME"


async def test_a_refused_sign_in_stops_and_resume_goes_on(world: World) -> None:
    world.write(20)
    world.fail("create", SignInError("INVALID_TOKEN", http_status=401), times=1)

    state = await world.runs.start(world.plan(rows_per_part=10))
    assert state.phase is Phase.STOPPED
    assert state.error is not None
    assert state.error.code == "INVALID_TOKEN"

    state = await world.runs.resume(state.run_id)
    assert state.outcome == OutcomeCounts(added=20)
    assert len(world.zoho.records) == 20


async def test_a_lost_create_that_was_accepted_is_read_back(world: World) -> None:
    world.write(40, bad={11})
    world.fail("create", AnswerLost("ANSWER_LOST"), times=1, when="after")

    state = await world.runs.start(world.plan())

    assert len(world.zoho.jobs) == 1
    assert len(world.zoho.records) == 39
    assert state.part(1).joined == "record"
    assert state.outcome == OutcomeCounts(added=39, unknown=1)
    assert [o.record for o in world.runs.outcomes(state.run_id, results=[RowResult.UNKNOWN])] == [11]


async def test_a_lost_create_that_was_not_accepted_is_sent_once(world: World) -> None:
    world.write(40)
    world.fail("create", AnswerLost("ANSWER_LOST"), times=2)

    state = await world.runs.start(world.plan())

    assert len(world.zoho.jobs) == 1
    assert state.outcome == OutcomeCounts(added=40)


async def test_a_refusal_of_the_request_itself_speaks_for_a_lost_attempt(world: World) -> None:
    world.write(10)
    world.fail("create", AnswerLost("ANSWER_LOST"), times=1)
    refusal = ApiError("INVALID_FIELD_NAME", "invalid mapping. invalid api_name X.", level="job", http_status=400)
    world.fail("create", refusal, times=1)

    state = await world.runs.start(world.plan())

    assert state.part(1).stage is Stage.REFUSED
    assert state.outcome == OutcomeCounts(not_sent=10)


async def test_a_refusal_for_another_reason_does_not(world: World) -> None:
    """The first attempt was accepted; that the second is refused for a limit must not get the rows sent again."""
    world.write(10)
    attempts = 0

    def refuse_second(request: str) -> None:
        nonlocal attempts
        attempts += request == "create"
        if request == "create" and attempts == 2:
            raise ApiError("LIMIT_REACHED", level="job", http_status=400)

    world.on_request = refuse_second
    world.fail("create", AnswerLost("ANSWER_LOST"), times=1, when="after")
    state = await world.runs.start(world.plan())

    assert state.part(1).joined == "record"
    assert state.outcome == OutcomeCounts(added=10)
    assert len(world.zoho.jobs) == 1


async def test_a_server_fault_at_the_create_counts_as_lost(world: World) -> None:
    world.write(10)
    world.fail("create", ApiError("INTERNAL_ERROR", level="api", http_status=500), times=1, when="after")

    state = await world.runs.start(world.plan())

    assert len(world.zoho.records) == 10
    assert state.outcome == OutcomeCounts(added=10)
