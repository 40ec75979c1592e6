"""Who works on a run: at most one process at a time, found out by process id, its birth and the boot it lives in.

A lease of a process that is gone (or of another boot) may be taken over at once; one of a living process never. On
another machine that shares the folder only the heartbeat can tell.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import time
import uuid
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ztui.errors import RunError

STALE_SECONDS = 300.0
"""After this long without a heartbeat an owner on another machine counts as gone."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a run, until released or until this process ends."""

    run_id: str
    run: int
    token: str


@dataclass(frozen=True, slots=True)
class Owner:
    """A process as the lease names it; `born` is its start time in the kernel's own count, "" where not told."""

    pid: int
    born: str
    boot: str
    host: str

    @property
    def here(self) -> bool:
        """True when it is (or was) a process of this machine since its last start."""
        return self.host == platform.node() and self.boot == boot_id()

    def alive(self, beat: float, now: float) -> bool:
        """True when the process may still be at work; `beat` and `now` are seconds since the epoch."""
        if self.host != platform.node():
            return now - beat < STALE_SECONDS
        if self.boot != boot_id():
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return self.born in ("", process_birth(self.pid))


_held: set[str] = set()
"""Tokens of this process that are in use. One that the disk did not let go of is not, and may be replaced."""


def let_go(token: str) -> None:
    """The holder is done, whether or not the ledger can be told."""
    _held.discard(token)


@cache
def boot_id() -> str:
    """What tells one start of this machine from the next; "" where the system does not say."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def process_birth(pid: int) -> str:
    """When the process started, in clock ticks since boot (proc(5), field 22 of stat); "" where not told."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    return stat.rpartition(")")[2].split()[19]


def this_process() -> Owner:
    """The owner that this process is."""
    return Owner(os.getpid(), process_birth(os.getpid()), boot_id(), platform.node())


def claim(db: sqlite3.Connection, run: int, run_id: str) -> str:
    """Take the run inside an open transaction; the token proves it at every later write. RunError when it is held."""
    row = db.execute("SELECT token, pid, born, boot, host, beat FROM runs WHERE n = ?", (run,)).fetchone()
    now = time.time()
    if row[0] is not None:
        owner = Owner(row[1], row[2], row[3], row[4])
        forgotten = owner == this_process() and row[0] not in _held
        if not forgotten and owner.alive(row[5], now):
            raise RunError("RUN_BUSY", details={"run": run_id, "pid": str(owner.pid), "host": owner.host})
    token = uuid.uuid4().hex
    me = this_process()
    db.execute(
        "UPDATE runs SET token = ?, pid = ?, born = ?, boot = ?, host = ?, beat = ? WHERE n = ?",
        (token, me.pid, me.born, me.boot, me.host, now, run),
    )
    _held.add(token)
    return token


def holder(row: tuple[str | None, int, str, str, str, float]) -> Owner | None:
    """The living owner of a (token, pid, born, boot, host, beat) row, or None."""
    if row[0] is None:
        return None
    owner = Owner(row[1], row[2], row[3], row[4])
    if owner == this_process() and row[0] not in _held:
        return None
    return owner if owner.alive(row[5], time.time()) else None
