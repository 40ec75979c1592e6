"""Mass updates on disk: one file of events each (`mass_updates/ID.jsonl`), appended and synced before anybody is told.

A process that dies in the middle of a line leaves a half one at the end; it is left out when the file is read, and
nothing was sent on its account. One process at a time may append: it holds a lock that goes with the process.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from types import TracebackType
from typing import Self

from ztui.errors import RunError
from ztui.model.mass_run import MassCancelled, MassEvent, MassPlan, MassStarted, MassState, apply, begin
from ztui.store.atomic import make_private_folder, store_error, write_whole
from ztui.store.codec import dumps, loads_union

_ENDING = ".jsonl"


class MassUpdateStore:
    """The folder of all mass updates. Raises StoreError when the disk refuses."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self, plan: MassPlan, at: str) -> None:
        """Keep a new plan."""
        write_whole(self._path(plan.id), (dumps(MassStarted(at, plan), tagged=True) + "\n").encode())

    def state(self, name: str) -> MassState:
        """The state of the mass update whose id begins with `name`. RunError MASS_UNKNOWN when it is not just one."""
        return self._read(self._path(self.find(name)))

    def find(self, name: str) -> str:
        """The whole id. RunError MASS_UNKNOWN when none, or several, begin with it."""
        names = [p.stem for p in self._files()]
        found = [n for n in names if n == name] or [n for n in names if name and n.startswith(name)]
        if len(found) != 1:
            raise RunError(
                "MASS_UNKNOWN", details={"run": name, "count": str(len(found)), "known": ", ".join(names[:5])}
            )
        return found[0]

    def states(self, limit: int) -> list[MassState]:
        """The latest mass updates, newest first."""
        return [self._read(p) for p in self._files()[:limit]]

    def open(self, name: str) -> MassLog:
        """Take hold of a mass update to go on with it. RunError MASS_BUSY when another process has it."""
        return MassLog(self._path(self.find(name)), self._read)

    def held(self, name: str) -> bool:
        """True while a process works on it."""
        path = self._path(self.find(name))
        try:
            handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except OSError as reason:
            raise store_error(path, reason) from reason
        try:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(handle)
        return False

    def ask_to_stop(self, name: str) -> None:
        """Leave word for whoever works on it that nothing more is to be sent."""
        write_whole(self._path(self.find(name)).with_suffix(".stop"), b"")

    def _path(self, run_id: str) -> Path:
        return self.folder / f"{run_id}{_ENDING}"

    def _files(self) -> list[Path]:
        # Ids begin with their time, so that their order is that of the names.
        return sorted(self.folder.glob(f"*{_ENDING}"), reverse=True)

    def _read(self, path: Path) -> MassState:
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as reason:
            raise store_error(path, reason) from reason
        events: list[MassEvent] = [
            loads_union(MassEvent, line) for line in text.split("\n")[:-1] if line
        ]  # what follows the last line end was never finished
        if not events or not isinstance(events[0], MassStarted):
            raise RunError("MASS_DAMAGED", details={"run": path.stem, "path": str(path)})
        return reduce(apply, events[1:], begin(events[0]))


class MassLog:
    """A mass update in hand: append events; a context manager that lets go of it."""

    def __init__(self, path: Path, read: Callable[[Path], MassState]) -> None:
        make_private_folder(path.parent)
        self._path = path
        self._stop = path.with_suffix(".stop")
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        except OSError as reason:
            raise store_error(path, reason) from reason
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            os.close(self._handle)
            raise RunError("MASS_BUSY", details={"run": path.stem}) from held
        self._cut_half_line()
        self.state = read(path)

    @property
    def stop_asked(self) -> bool:
        """True when somebody asked that nothing more be sent."""
        return self._stop.exists()

    def append(self, event: MassEvent) -> MassState:
        """Keep the event for good, then fold it into the state. Raises StoreError when the disk refuses."""
        try:
            os.write(self._handle, (dumps(event, tagged=True) + "\n").encode())
            os.fsync(self._handle)
        except OSError as reason:
            raise store_error(self._path, reason) from reason
        if isinstance(event, MassCancelled):
            self._stop.unlink(missing_ok=True)
        self.state = apply(self.state, event)
        return self.state

    def close(self) -> None:
        """Let go; others may go on with it."""
        os.close(self._handle)

    def _cut_half_line(self) -> None:
        data = self._path.read_bytes()
        if data and not data.endswith(b"\n"):
            os.ftruncate(self._handle, data.rfind(b"\n") + 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
