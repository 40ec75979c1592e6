"""Files written whole or not at all, readable by their owner only; and what a refusal of the disk means."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ztui.errors import StoreError

_CODES = {
    errno.EROFS: "STORE_READ_ONLY",
    errno.EACCES: "STORE_READ_ONLY",
    errno.EPERM: "STORE_READ_ONLY",
    errno.ENOSPC: "STORE_FULL",
    errno.EDQUOT: "STORE_FULL",
}


def store_error(path: Path, reason: OSError) -> StoreError:
    """The StoreError for what the operating system said about `path` (codes of catalogue/errors/local_store.toml)."""
    code = _CODES.get(reason.errno or 0, "STORE_UNUSABLE")
    return StoreError(code, details={"path": str(path), "reason": reason.strerror or str(reason)})


def make_private_folder(path: Path) -> Path:
    """Create the folder and its parents if missing, mode 0700 for what is created; returns it. Raises StoreError."""
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as reason:
        raise store_error(path, reason) from reason
    return path


def write_whole(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace the file by `content` in one step: a reader sees the old bytes or the new ones, also after a crash.

    A symbolic link is followed, so that a linked configuration stays linked. Missing folders are created 0700.
    Raises StoreError when the disk refuses; the old file is then untouched.
    """
    target = Path(os.path.realpath(path))
    make_private_folder(target.parent)
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            os.fchmod(file.fileno(), mode)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(temporary).replace(target)
        _sync_folder(target.parent)
    except OSError as reason:
        raise store_error(path, reason) from reason
    finally:
        if temporary:
            with contextlib.suppress(OSError):  # after a success it is gone already
                Path(temporary).unlink()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock that belongs to `path` (`.name.lock` beside it) against other processes and threads.

    The lock goes with the process that holds it, so nothing stale stays behind. Raises StoreError.
    """
    target = Path(os.path.realpath(path))
    make_private_folder(target.parent)
    try:
        handle = os.open(target.parent / f".{target.name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as reason:
        raise store_error(path, reason) from reason
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
