"""What became of each row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class RowResult(StrEnum):
    """How a row ended. NOT_SENT: left out on purpose or never sent; UNKNOWN: sent, and its fate cannot be known yet."""

    ADDED = "added"
    UPDATED = "updated"
    SKIPPED = "skipped"
    UNPROCESSED = "unprocessed"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"

    @property
    def ok(self) -> bool:
        """True when the record is in the CRM as asked."""
        return self in (RowResult.ADDED, RowResult.UPDATED)


REFUSED = (RowResult.SKIPPED, RowResult.UNPROCESSED, RowResult.NOT_SENT)
"""Results whose rows are surely not in the CRM, so that they may be sent again."""


@dataclass(frozen=True, slots=True)
class RowError:
    """One code of a refused row with the fields (API names) it names."""

    code: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowOutcome:
    """The fate of one source record. `joined` says how surely it was matched: "position" (verified), "key",
    "record" (read back), "local" (decided before sending) or "ambiguous"."""

    record: int
    line: int
    result: RowResult
    record_id: str = ""
    errors: tuple[RowError, ...] = ()
    joined: str = "position"
    raw_errors: str = ""


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """Rows by how they ended; the sum is every row of the run."""

    added: int = 0
    updated: int = 0
    skipped: int = 0
    unprocessed: int = 0
    not_sent: int = 0
    unknown: int = 0

    @property
    def total(self) -> int:
        """All rows."""
        return self.added + self.updated + self.skipped + self.unprocessed + self.not_sent + self.unknown

    @property
    def ok(self) -> int:
        """Rows that are in the CRM as asked."""
        return self.added + self.updated

    def __add__(self, other: OutcomeCounts) -> OutcomeCounts:
        return OutcomeCounts(
            self.added + other.added,
            self.updated + other.updated,
            self.skipped + other.skipped,
            self.unprocessed + other.unprocessed,
            self.not_sent + other.not_sent,
            self.unknown + other.unknown,
        )


@dataclass(frozen=True, slots=True)
class OutcomeGroup:
    """Rows of a run that ended alike: same result, same code, same fields (`code` is "" for rows without an error).

    A row refused with two codes is counted in both groups.
    """

    result: RowResult
    code: str
    fields: tuple[str, ...]
    count: int
