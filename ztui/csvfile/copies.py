"""Private copies of what the user named: files of mode 0600 that go when they are not needed any more.

Whoever makes a copy holds a lock on it until it is discarded. The lock ends with the process, however that ends: so
the copies of a process that was killed can be told from those in use, and be removed by a later one. Their names and
mode tell them from what people keep in the same folder.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import re
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ztui.errors import SourceError

_PREFIX, _SUFFIX, _MODE = "ztui-copy-", ".csv", 0o600
_NAME = re.compile(rf"{_PREFIX}[0-9a-f]{{16}}-[a-z0-9_]{{8}}\{_SUFFIX}")  # nobody calls a file of their own so
_SETTLED = 60.0  # seconds: a copy that is younger may not have its lock yet

_held: dict[Path, int] = {}  # the descriptor that keeps the lock, by path


@contextmanager
def private_copy(workdir: Path | None) -> Iterator[tuple[Path, BinaryIO]]:
    """A new file of mode 0600 to write to; discarded when the block raises, and then by whoever it belongs to.

    Raises SourceError NO_ROOM when the disk is full.
    """
    if workdir is not None:
        workdir.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f"{_PREFIX}{os.urandom(8).hex()}-", suffix=_SUFFIX, dir=workdir)
    path = Path(name)
    _held[path] = handle
    try:
        with contextlib.suppress(OSError):  # a file system without locks: the copy is then never taken for forsaken
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        with os.fdopen(os.dup(handle), "wb") as out:
            yield path, out
    except BaseException as problem:
        discard(path)
        if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise SourceError("NO_ROOM", details={"folder": str(path.parent)}) from problem
        raise


def discard(path: Path) -> None:
    """Remove a copy; nothing happens when it is gone already."""
    path.unlink(missing_ok=True)
    handle = _held.pop(path, None)
    if handle is not None:
        os.close(handle)


def forsaken(folder: Path | None = None) -> list[Path]:
    """Copies in the folder (the system's temporary one) that belong to this user and to no process any more."""
    found = []
    for path in Path(folder or tempfile.gettempdir()).glob(f"{_PREFIX}*{_SUFFIX}"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to look at
            status = path.lstat()
            plain = stat.S_ISREG(status.st_mode) and stat.S_IMODE(status.st_mode) == _MODE
            own = plain and _NAME.fullmatch(path.name) and status.st_uid == os.getuid() and path not in _held
            if own and time.time() - status.st_mtime > _SETTLED and _nobody_holds(path):
                found.append(path)
    return found


def _nobody_holds(path: Path) -> bool:
    """True when the lock is free. Raises OSError where there are no locks."""
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(handle)
    return True
