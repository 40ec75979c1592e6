"""The ledger's connection: opening, transactions, and what a refusal of SQLite or the disk means.

One connection writes, one reads (in WAL mode a reader never waits for a writer), each behind a lock of its own, so that
the ledger may be called from any thread. Every commit is synchronous (`synchronous=FULL`): when a call of `write()` has
returned, its facts survive a power cut.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Self

from ztui.errors import StoreError
from ztui.store import ledger_schema
from ztui.store.atomic import make_private_folder

BUSY_SECONDS = 20.0
SYNCHRONOUS = "FULL"
"""How far SQLite goes to make a commit last (sqlite.org, PRAGMA synchronous): FULL means on the disk."""


def sqlite_error(path: Path, error: sqlite3.Error | ValueError) -> StoreError:
    """The StoreError for what SQLite said (codes of catalogue/errors/local_store.toml and local_run.toml)."""
    said = str(error).lower()
    if isinstance(error, ValueError):
        code = "LEDGER_TOO_NEW"
    elif "full" in said:
        code = "STORE_FULL"
    elif "readonly" in said or "read-only" in said or "unable to open" in said:
        code = "STORE_READ_ONLY"
    elif "locked" in said or "busy" in said:
        code = "LEDGER_LOCKED"
    elif "malformed" in said or "not a database" in said or "corrupt" in said:
        code = "LEDGER_DAMAGED"
    elif "disk i/o" in said:
        code = "STORE_FULL" if _is_full(path.parent) else "STORE_UNUSABLE"
    else:
        code = "STORE_UNUSABLE"
    return StoreError(code, details={"path": str(path), "reason": str(error)})


def _is_full(folder: Path) -> bool:
    with suppress(OSError):
        return os.statvfs(folder).f_bavail == 0
    return False


class LedgerBase:
    """An open ledger file. Use as a context manager or call `close()`."""

    def __init__(self, folder: Path) -> None:
        """Open `folder/ledger.sqlite3`, making and migrating it where needed. Raises StoreError."""
        self.folder = make_private_folder(folder)
        self.path = folder / "ledger.sqlite3"
        self._write_lock = threading.RLock()
        self._read_lock = threading.RLock()
        try:
            self._writer = self._connect()
            try:
                self._writer.execute("PRAGMA journal_mode=WAL")
                self._writer.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
                ledger_schema.migrate(self._writer)
                with suppress(OSError):  # a file system without modes keeps what it has
                    self.path.chmod(0o600)
                self._reader = self._connect()
                self._reader.execute("PRAGMA query_only=1")
            except BaseException:
                self._writer.close()
                raise
        except (sqlite3.Error, ValueError) as error:
            raise sqlite_error(self.path, error) from error

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False, cached_statements=64
        )
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def close(self) -> None:
        """Close both connections; the ledger cannot be used any more."""
        with self._write_lock, self._read_lock:
            self._reader.close()
            self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: committed at the end, rolled back when anything is raised. Raises StoreError."""
        with self._write_lock:
            try:
                self._writer.execute("BEGIN IMMEDIATE")
                try:
                    yield self._writer
                    self._writer.execute("COMMIT")
                except BaseException:
                    with suppress(sqlite3.Error):  # a full disk may have ended the transaction already
                        self._writer.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise sqlite_error(self.path, error) from error

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """The reading connection; it sees every committed transaction. Raises StoreError."""
        with self._read_lock:
            try:
                yield self._reader
            except sqlite3.Error as error:
                raise sqlite_error(self.path, error) from error
