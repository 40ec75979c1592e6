from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.store.plans import a_plan, started
from ztui.errors import StoreError
from ztui.store import ledger_schema
from ztui.store.ledger import Ledger

OPEN = "import sys; from pathlib import Path; from ztui.store.ledger import Ledger; Ledger(Path(sys.argv[1])).close()"


def test_several_processes_may_make_it_at_once(tmp_path: Path) -> None:
    command = [sys.executable, "-c", OPEN, str(tmp_path / "state")]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(4)]
    for process in processes:
        _, complaint = process.communicate(timeout=60)
        assert process.returncode == 0, complaint.decode()
    with Ledger(tmp_path / "state") as ledger, ledger.read() as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == ledger_schema.VERSION
        assert db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


@pytest.mark.durable
def test_every_commit_is_synchronous(tmp_path: Path) -> None:
    with Ledger(tmp_path / "state") as ledger, ledger.write() as db:
        assert db.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_a_reader_does_not_wait_for_a_writer(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        ledger.create(plan, started("r1", plan))
        with ledger.write() as db:
            db.execute("UPDATE runs SET asked = 'pause'")
            assert ledger.asked("r1") == ""
        assert ledger.asked("r1") == "pause"


@pytest.mark.parametrize("where", ["file", "file/below"])
def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(StoreError) as caught:
        Ledger(tmp_path / where)
    assert "file" in str(caught.value.details["path"])


def test_a_step_that_fails_leaves_the_version_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Ledger(tmp_path / "state").close()
    monkeypatch.setattr(ledger_schema, "VERSION", 2)
    monkeypatch.setattr(ledger_schema, "_STEPS", (*ledger_schema._STEPS, "CREATE TABLE extra (a);\nNOT SQL;\n"))
    with pytest.raises(StoreError):
        Ledger(tmp_path / "state")
    monkeypatch.setattr(ledger_schema, "_STEPS", (ledger_schema._STEPS[0], "CREATE TABLE extra (a);\n"))
    with Ledger(tmp_path / "state") as ledger, ledger.read() as db:
        assert db.execute("PRAGMA user_version").fetchone()[0] == 2
        assert db.execute("SELECT count(*) FROM extra").fetchone()[0] == 0


class FullDisk(sqlite3.Connection):
    """A connection to a disk without room: SQLite takes the transaction back by itself (sqlite.org, SQLITE_FULL)."""

    def execute(self, sql: str, *args: Any) -> sqlite3.Cursor:
        if sql.lstrip().startswith("CREATE"):
            super().execute("ROLLBACK")
            raise sqlite3.OperationalError("database or disk is full")
        return super().execute(sql, *args)


def test_a_disk_that_is_full_at_the_very_start_is_called_full(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "ledger.sqlite3", isolation_level=None, factory=FullDisk)
    with pytest.raises(sqlite3.OperationalError, match="full"):
        ledger_schema.migrate(connection)
    connection.close()
