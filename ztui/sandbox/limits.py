"""Credits of the rolling day and calls at once, and the 429 that either leads to (Zoho docs, API limits)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ztui.sandbox.clock import Clock
from ztui.sandbox.store import Store
from ztui.sandbox.wire import Answer, Refused, Service, dump, envelope

CREATE_JOB = 500
_DAY_HOURS = 24
_SAVE_EVERY = 200


def throttled(retry_after: int, limit: int, window: int) -> Refused:
    """The 429 answer, to be raised; `details` as in Zoho's OpenAPI example."""
    details = {"retry_after": retry_after, "limit": limit, "window": window}
    text = "Rate limit exceeded. Please retry after the specified time."
    body = dump(envelope("TOO_MANY_REQUESTS", text, details)) + b"\n"
    return Refused(Answer(429, body, Service.GATEWAY, error=True))


class Limits:
    """Counts credits in hours and calls in flight."""

    def __init__(self, store: Store, clock: Clock, credits: int, concurrency: int) -> None:
        self._store, self._clock = store, clock
        self.credits, self.concurrency = credits, concurrency
        kept = store.meta("credits")
        self._hours: dict[int, int] = {int(k): int(v) for k, v in kept.items()} if isinstance(kept, dict) else {}
        self._unsaved = 0
        self.in_flight = 0

    @property
    def used(self) -> int:
        """Credits spent in the last 24 hours."""
        hour = int(self._clock.now() // 3600)
        for old in [h for h in self._hours if h <= hour - _DAY_HOURS]:
            del self._hours[old]
        return sum(self._hours.values())

    def charge(self, cost: int) -> None:
        """Spend credits; raises the 429 when the day's are used up (nothing is spent then)."""
        if self.used + cost > self.credits:
            raise throttled(60, self.credits, 86_400)
        hour = int(self._clock.now() // 3600)
        self._hours[hour] = self._hours.get(hour, 0) + cost
        self._unsaved += cost
        if self._unsaved >= _SAVE_EVERY:
            self.save()

    def save(self) -> None:
        """Write the counters to the store."""
        self._unsaved = 0
        self._store.set_meta("credits", {str(k): v for k, v in self._hours.items()})

    def header(self) -> tuple[tuple[str, str], ...]:
        """`X-API-CREDITS-REMAINING`, once half of the day's credits are spent."""
        used = self.used
        if used * 2 < self.credits:
            return ()
        return (("X-API-CREDITS-REMAINING", str(max(0, self.credits - used))),)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Count a call in flight; raises the 429 when there are too many."""
        if self.in_flight >= self.concurrency:
            raise throttled(1, self.concurrency, 1)
        self.in_flight += 1
        try:
            yield
        finally:
            self.in_flight -= 1
