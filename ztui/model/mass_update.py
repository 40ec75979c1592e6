"""Mass update: one value (in Deals up to three) written to many records."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


class MassJobState(StrEnum):
    """States of a scheduled mass update, normalised; UNKNOWN keeps its word in `MassUpdateStatus.raw_state`."""

    SCHEDULED = "SCHEDULED"
    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    SUSPENDED = "SUSPENDED"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"

    @property
    def terminal(self) -> bool:
        """True when the job will not change any more."""
        return self in (MassJobState.COMPLETED, MassJobState.FAILED)


@dataclass(frozen=True, slots=True)
class MassUpdateRequest:
    """`values` are (field API name, JSON value) pairs. Exactly one of `ids` (at most 500 a call) and `cvid` is given.

    `over_write` true replaces a multi-select picklist, false appends to it.
    """

    module: str
    values: tuple[tuple[str, JsonValue], ...]
    ids: tuple[str, ...] = ()
    cvid: str | None = None
    over_write: bool = False


@dataclass(frozen=True, slots=True)
class MassUpdateResult:
    """The answer for one id (`record_id` "" when the whole call was refused or a job was scheduled)."""

    record_id: str
    ok: bool
    code: str
    message: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class MassUpdateAnswer:
    """What one call brought: per-record results, or the id of a scheduled job."""

    results: tuple[MassUpdateResult, ...] = ()
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class MassUpdateStatus:
    """One reading of a scheduled mass update."""

    job_id: str
    state: MassJobState
    raw_state: str
    total: int = 0
    updated: int = 0
    not_updated: int = 0
    failed: int = 0
