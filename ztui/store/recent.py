"""The files opened lately, newest first, in the state folder. Losing the list costs nothing: faults are forgiven."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from ztui.errors import StoreError
from ztui.store.atomic import locked, write_whole

KEPT = 30


@dataclass(frozen=True, slots=True)
class RecentFile:
    """A file that was opened: absolute path, size in bytes, and when (ISO-8601, UTC)."""

    path: str
    size: int
    opened_at: str


class RecentFiles:
    """The list kept in one JSON file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[RecentFile]:
        """Files that still exist, newest first."""
        return [file for file in self._read() if Path(file.path).is_file()]

    def add(self, path: Path, size: int) -> None:
        """Put a file at the top."""
        entry = RecentFile(str(path.absolute()), size, datetime.now(UTC).isoformat(timespec="seconds"))
        with contextlib.suppress(StoreError), locked(self._path):
            kept = [entry, *(f for f in self._read() if f.path != entry.path)][:KEPT]
            text = json.dumps([asdict(f) for f in kept], indent=1)
            write_whole(self._path, text.encode("utf-8", "surrogateescape"))

    def _read(self) -> list[RecentFile]:
        try:
            found = json.loads(self._path.read_bytes().decode("utf-8", "surrogateescape"))
            return [RecentFile(str(f["path"]), int(f["size"]), str(f["opened_at"])) for f in found]
        except (OSError, ValueError, TypeError, KeyError):
            return []
