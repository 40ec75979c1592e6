"""Private copies of what the user named, and folders for what is made of it; they go when they are not needed any more.

Whoever makes one holds a lock on it until it is discarded. The lock ends with the process, however that ends: so what
a process that was killed left behind can be told from what is in use, and be removed by a later one. Their names and
modes tell them from what people keep in the same folder.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import fcntl
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from ztui.errors import SourceError

_PREFIX, _SUFFIX, _MODE = "ztui-copy-", ".csv", 0o600
_FOLDER_PREFIX, _FOLDER_MODE = "ztui-", 0o700
_NAME = re.compile(  # nobody calls a file of their own so
    rf"(?:{_PREFIX}[0-9a-f]{{16}}-[a-z0-9_]{{8}}\{_SUFFIX}|{_FOLDER_PREFIX}[0-9a-f]{{8}}-[a-z0-9_]{{8}})"
)
_SETTLED = 60.0  # seconds: what is younger may not have its lock yet

_held: dict[Path, int] = {}  # the descriptor that keeps the lock, by path
_unfinished: set[Path] = set()  # copies that are being written


@atexit.register
def _drop_unfinished() -> None:
    """A thread that reads a silent pipe is not waited for at the end; its copy is of no use to anybody."""
    for path in list(_unfinished):
        path.unlink(missing_ok=True)


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
    _unfinished.add(path)
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
    finally:
        _unfinished.discard(path)


@contextmanager
def private_folder() -> Iterator[Path]:
    """A new folder of mode 0700 in the system's temporary one, for the time of the block."""
    path = Path(tempfile.mkdtemp(prefix=f"{_FOLDER_PREFIX}{os.urandom(4).hex()}-"))
    try:
        handle = _held[path] = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        with contextlib.suppress(OSError):  # a file system without locks, as above
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        yield path
    finally:
        discard(path)


def discard(path: Path) -> None:
    """Remove a copy or a folder with all that is in it; nothing happens when it is gone already."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    finally:
        handle = _held.pop(path, None)
        if handle is not None:
            os.close(handle)


def forsaken(folder: Path | None = None) -> list[Path]:
    """Copies and folders in `folder` (the system's temporary one) that are this user's and no process's any more."""
    found = []
    for path in Path(folder or tempfile.gettempdir()).glob("ztui-*"):
        if not _NAME.fullmatch(path.name) or path in _held:
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to look at
            status = path.lstat()
            kind, mode = stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode)
            ours = (kind, mode) == ((stat.S_IFREG, _MODE) if path.suffix else (stat.S_IFDIR, _FOLDER_MODE))
            own = ours and status.st_uid == os.getuid()
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
