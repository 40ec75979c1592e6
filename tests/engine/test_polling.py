from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.engine.fake_crm import VirtualClock
from ztui.engine.polling import Pace, SystemClock, live_pace, local_pace, stamp

PACE = Pace(poll=(2.0, 5.0, 15.0, 30.0), retry_first=1.0, retry_longest=60.0, tries=5)


@pytest.mark.parametrize(("readings", "wait"), [(0, 2), (1, 5), (3, 30), (400, 30)])
def test_intervals_grow_and_the_last_one_stays(readings: int, wait: float) -> None:
    assert PACE.poll_after(readings) == wait


def test_waits_double_up_to_the_longest_and_heed_what_is_asked() -> None:
    waits = [PACE.retry_after(failures) for failures in range(1, 12)]
    assert all(2**n <= waits[n] <= 2**n * 1.25 for n in range(5))
    assert max(waits) <= 75
    assert PACE.retry_after(1, 300.0) == 300.0


def test_a_sandbox_is_asked_more_often_than_an_org() -> None:
    assert local_pace().poll_after(0) < live_pace().poll_after(0)
    assert live_pace().poll[-1] == 30.0


async def test_times_are_utc() -> None:
    clock = VirtualClock()
    assert stamp(clock) == "2026-03-04T05:06:07.000+00:00"
    await clock.sleep(1.5)
    assert stamp(clock).endswith("08.500+00:00")
    assert abs((SystemClock().now() - datetime.now(UTC)).total_seconds()) < 5
