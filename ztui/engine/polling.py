"""When to ask again: the intervals of polling and of waiting out a passing trouble, and the clock behind them."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from ztui import catalogue
from ztui.errors import Throttled, ZtuiError


class Clock(Protocol):
    """Time as a run sees it; tests give their own."""

    def now(self) -> datetime:
        """The time now, with time zone."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""
        ...


class SystemClock:
    """The real time."""

    def now(self) -> datetime:
        """The time now, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""
        await asyncio.sleep(seconds)


def stamp(clock: Clock) -> str:
    """The time now as events carry it: ISO-8601, UTC, whole milliseconds."""
    return clock.now().astimezone(UTC).isoformat(timespec="milliseconds")


def asked_wait(error: ZtuiError) -> float | None:
    """Seconds that the other side asked to wait before the next try, None when it named no time."""
    if isinstance(error, Throttled) and error.retry_after is not None:
        return error.retry_after
    try:
        return float(str(error.details.get("retry_after")))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Pace:
    """How patient a run is; all times in seconds.

    `poll` are the intervals between readings of a job (the last one repeats). Passing troubles are waited out from
    `retry_first`, doubling to `retry_longest`, `tries` times in a row. A lost job is read back until `settle`
    readings in a row show nothing new. `fetch` are the waits between fetches of a result that is damaged or missing:
    it may still be being written, but a run does not stand still for it for long. `watch` is how often wishes of other
    processes are looked at, `grace` how long a request that is under way may still take when the run is told to end.
    """

    poll: tuple[float, ...]
    retry_first: float
    retry_longest: float
    tries: int
    settle: int = 4
    watch: float = 1.0
    grace: float = 8.0
    jitter: float = 0.25
    fetch: tuple[float, ...] = (1.0, 2.0, 4.0, 8.0)

    def poll_after(self, readings: int) -> float:
        """How long to wait after so many readings of a job."""
        return self.poll[min(readings, len(self.poll) - 1)]

    def retry_after(self, failures: int, asked: float | None = None) -> float:
        """How long to wait after so many failures in a row (from 1); never less than the other side asked for."""
        wait = min(self.retry_longest, self.retry_first * 2.0 ** (failures - 1))
        wait *= 1 + random.uniform(0, self.jitter)
        return max(wait, asked or 0.0)


def live_pace() -> Pace:
    """The pace for a real org (intervals of the catalogue's limits)."""
    limits = catalogue.limits()
    return Pace(limits.poll_intervals, limits.retry_first, limits.retry_longest, tries=max(12, limits.retry_tries))


def local_pace() -> Pace:
    """The pace for a sandbox on this machine, which costs nobody anything."""
    return Pace(
        poll=(0.1, 0.2, 0.3, 0.5, 1.0), retry_first=0.2, retry_longest=5.0, tries=12, fetch=(0.5, 1.0, 2.0, 4.0)
    )
