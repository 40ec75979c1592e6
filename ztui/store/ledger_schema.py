"""The ledger's tables and how an older ledger becomes a current one."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

VERSION = 1
"""Kept in `PRAGMA user_version`; a higher one than ours belongs to a newer ztui and is left alone."""

FOLD = 1
"""Raised when `ztui.model.run.apply` gives other states for the same events: kept snapshots are then replayed."""

_V1 = """
CREATE TABLE runs (
    n          INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    digest     TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    module     TEXT NOT NULL,
    profile    TEXT NOT NULL,
    parent     TEXT,
    started_at TEXT NOT NULL,
    rev        INTEGER NOT NULL DEFAULT 0,
    fold       INTEGER NOT NULL,
    state      TEXT NOT NULL,
    open       INTEGER NOT NULL DEFAULT 1,
    asked      TEXT NOT NULL DEFAULT '',
    token      TEXT,
    pid        INTEGER,
    born       TEXT,
    boot       TEXT,
    host       TEXT,
    beat       REAL
);
CREATE INDEX runs_source ON runs (sha256, module);
CREATE INDEX runs_parent ON runs (parent);
CREATE TABLE events (
    run  INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
    seq  INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, seq)
) WITHOUT ROWID;
CREATE TABLE parts (
    run     INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
    number  INTEGER NOT NULL,
    archive TEXT NOT NULL,
    csv     TEXT NOT NULL,
    sha256  TEXT NOT NULL,
    csv_bytes INTEGER NOT NULL,
    zip_bytes INTEGER NOT NULL,
    canary  INTEGER NOT NULL,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    records BLOB NOT NULL,
    lines   BLOB NOT NULL,
    PRIMARY KEY (run, number)
) WITHOUT ROWID;
CREATE TABLE causes (
    n   INTEGER PRIMARY KEY,
    run INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
    raw TEXT NOT NULL,
    errors TEXT NOT NULL,
    UNIQUE (run, raw, errors)
);
CREATE TABLE outcomes (
    run    INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
    record INTEGER NOT NULL,
    part   INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    result INTEGER NOT NULL,
    cause  INTEGER NOT NULL,
    joined INTEGER NOT NULL,
    id,
    PRIMARY KEY (run, record)
) WITHOUT ROWID;
CREATE INDEX outcomes_result ON outcomes (run, result, cause);
CREATE TABLE images (
    run  INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
    id   TEXT NOT NULL,
    modified TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, id)
) WITHOUT ROWID;
CREATE TABLE undone (
    run  INTEGER NOT NULL REFERENCES runs (n) ON DELETE CASCADE,
    id   TEXT NOT NULL,
    what TEXT NOT NULL,
    PRIMARY KEY (run, id)
) WITHOUT ROWID;
"""

_STEPS: tuple[str, ...] = (_V1,)
"""Step i takes a ledger from version i to i + 1; a step is never changed once it was released."""


def migrate(connection: sqlite3.Connection) -> None:
    """Bring the ledger to VERSION inside one transaction per step; a ledger of a newer ztui raises ValueError."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise ValueError(f"the ledger has version {version}, this ztui knows {VERSION}")
    while version < VERSION:
        connection.execute("BEGIN IMMEDIATE")
        try:
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version < VERSION:  # another process may have been faster
                for statement in _STEPS[version].split(";\n"):
                    if statement.strip():
                        connection.execute(statement)
                version += 1
                connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has ended the transaction already: what it said counts
                connection.execute("ROLLBACK")
            raise
