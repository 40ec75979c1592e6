"""The sandbox's own time: real time plus an offset that tests and people can move, in the org's time zone."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone

ORG_ZONE = timezone(timedelta(hours=5, minutes=30))


class Clock:
    """Epoch seconds with a movable offset."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        """Seconds since the epoch, as this org sees it."""
        return time.time() + self.offset


def iso(moment: float) -> str:
    """`2021-05-11T12:38:29+05:30`: ISO-8601 with a numeric offset and no fraction, as in every captured answer."""
    return datetime.fromtimestamp(int(moment), UTC).astimezone(ORG_ZONE).isoformat()


def epoch(text: str) -> float | None:
    """Epoch seconds of an ISO time; one without an offset is in the org's zone. None when it is not a time."""
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ORG_ZONE)
        return moment.timestamp()
    except (ValueError, OverflowError):
        return None
