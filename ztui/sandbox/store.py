"""Where the org's state lives: one SQLite database, in memory or in a file that survives a kill.

In a file the journal is a write-ahead log: what was committed before an answer went out is there after `kill -9`.
One connection serves all threads, behind a lock that is held for single statements or whole transactions.
"""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS tokens (token TEXT PRIMARY KEY, kind TEXT NOT NULL, scopes TEXT NOT NULL, expires REAL,
    refresh TEXT NOT NULL DEFAULT '', created REAL NOT NULL, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS grants (refresh TEXT NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS files (id INTEGER PRIMARY KEY, name TEXT NOT NULL, data BLOB NOT NULL,
    created REAL NOT NULL, used_by INTEGER);
CREATE TABLE IF NOT EXISTS jobs (id INTEGER PRIMARY KEY, state TEXT NOT NULL, frozen INTEGER NOT NULL DEFAULT 0,
    spec TEXT NOT NULL, created REAL NOT NULL, changed REAL NOT NULL, outcome TEXT, archive BLOB,
    callback TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS records (id INTEGER PRIMARY KEY, module TEXT NOT NULL, data TEXT NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, created_by TEXT NOT NULL, modified_by TEXT NOT NULL,
    flags TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS records_module ON records (module);
CREATE INDEX IF NOT EXISTS records_email ON records (module, json_extract(data,'$.Email') COLLATE NOCASE);
CREATE TABLE IF NOT EXISTS mass_jobs (id INTEGER PRIMARY KEY, module TEXT NOT NULL, cvid TEXT NOT NULL,
    spec TEXT NOT NULL, state TEXT NOT NULL, total INTEGER NOT NULL, updated INTEGER NOT NULL DEFAULT 0,
    failed INTEGER NOT NULL DEFAULT 0, created REAL NOT NULL, changed REAL NOT NULL, polls INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS picklist_values (module TEXT NOT NULL, field TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (module, field, value));
"""
TABLES = ("meta", "tokens", "grants", "files", "jobs", "records", "mass_jobs", "picklist_values")
FIRST_ID = 4150868000006000001

Row = sqlite3.Row


class Store:
    """The database. Raises sqlite3.Error when the file cannot be opened, is no database or is used by another one."""

    def __init__(self, path: str | None = None) -> None:
        self.path = path
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None, timeout=2)
        self._db.row_factory = sqlite3.Row
        if path:
            self._db.execute("PRAGMA locking_mode=EXCLUSIVE")  # two sandboxes on one file would undo each other
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(SCHEMA)

    def close(self) -> None:
        """Close the database; nothing is lost, everything committed is on disk."""
        with self._lock:
            self._db.close()

    def rows(self, sql: str, args: Sequence[object] = ()) -> list[Row]:
        """All rows of a query."""
        with self._lock:
            return self._db.execute(sql, args).fetchall()

    def row(self, sql: str, args: Sequence[object] = ()) -> Row | None:
        """The first row of a query, or None."""
        with self._lock:
            found: Row | None = self._db.execute(sql, args).fetchone()
            return found

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A write transaction: committed at the end, rolled back on any exception. Nests into the outer one."""
        with self._lock:
            if self._db.in_transaction:
                yield self._db
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def meta(self, key: str) -> object:
        """A JSON value kept under a name, or None."""
        found = self.row("SELECT value FROM meta WHERE key=?", (key,))
        return None if found is None else json.loads(found["value"])

    def set_meta(self, key: str, value: object) -> None:
        """Keep a JSON value under a name."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value)))

    def new_ids(self, count: int = 1) -> int:
        """Reserve `count` ids in a row and give the first; ids are never given twice, nor after a restart."""
        with self.transaction():
            kept = self.meta("next_id")
            first = kept if isinstance(kept, int) else FIRST_ID
            self.set_meta("next_id", first + count)
            return first

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Run one statement for many rows in one transaction."""
        with self.transaction() as db:
            db.executemany(sql, rows)

    def clear(self) -> None:
        """Empty every table; the database file stays."""
        with self.transaction() as db:
            for table in TABLES:
                db.execute(f"DELETE FROM {table}")
