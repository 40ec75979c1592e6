"""One part of a run: one CSV in one zip in one job."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Part:
    """A packed part. `records` and `lines` are the 0-based record numbers and 1-based source lines in sent order."""

    number: int
    path: Path
    csv_name: str
    records: tuple[int, ...]
    lines: tuple[int, ...]
    csv_bytes: int
    zip_bytes: int
    sha256: str
    canary: bool = False

    @property
    def rows(self) -> int:
        """How many records it holds."""
        return len(self.records)


@dataclass(frozen=True, slots=True)
class SentColumn:
    """One column of the CSV that is sent, in order; constants have no column and travel as `default_value`."""

    api_name: str
    format: str | None = None
    find_by: str | None = None
    default: str | None = None
