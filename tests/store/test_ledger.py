from __future__ import annotations

import multiprocessing
import os
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from tests.store.plans import a_plan, plan_for, started, write_source
from ztui.errors import RunError, StoreError
from ztui.model import event as ev
from ztui.model.event import ErrorInfo
from ztui.model.outcome import OutcomeCounts
from ztui.model.part import Part
from ztui.model.run import Phase, Stage
from ztui.store import ledger_schema
from ztui.store.ledger import Ledger

AT = "2026-01-02T03:04:06+00:00"


def part_in(ledger: Ledger, run_id: str, rows: int = 3, number: int = 1) -> Part:
    path = ledger.run_folder(run_id) / f"part-{number:03}.zip"
    path.write_bytes(b"zip")
    records = tuple(range(rows))
    return Part(number, path, "a.csv", records, tuple(r + 2 for r in records), 30, 3, "0" * 64)


def packed(part: Part) -> ev.PartPacked:
    return ev.PartPacked(AT, part.number, part.rows, part.csv_bytes, part.zip_bytes, part.sha256, part.path.name)


def test_what_was_committed_is_there_after_a_restart(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        lease = ledger.create(plan, started("r1", plan))
        part = part_in(ledger, "r1")
        ledger.append(lease, packed(part), also=lambda db, run: ledger.parts.put(db, run, part))
        ledger.append(lease, ev.PartUploaded(AT, 1, "file-9"), ev.JobCreateAttempted(AT, 1, "file-9"))

    with Ledger(tmp_path / "state") as ledger:
        state = ledger.state("r1")
        assert state.part(1).stage is Stage.CREATING
        assert state.part(1).file_id == "file-9"
        assert state == ledger.replay("r1")
        assert ledger.plan("r1") == plan
        assert ledger.parts.get("r1", 1) == part
        assert ledger.unfinished() == ["r1"]


def test_an_old_snapshot_is_replaced_by_a_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        lease = ledger.create(plan, started("r1", plan))
        ledger.append(lease, ev.RunPaused(AT))
        with ledger.write() as db:
            db.execute("UPDATE runs SET state = '{}'")
    monkeypatch.setattr(ledger_schema, "FOLD", ledger_schema.FOLD + 1)
    with Ledger(tmp_path / "state") as ledger:
        assert ledger.state("r1").phase is Phase.PAUSED


def test_a_failing_transaction_leaves_nothing(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        lease = ledger.create(plan, started("r1", plan))

        def fail(db: sqlite3.Connection, run: int) -> None:
            db.execute("UPDATE runs SET asked = 'pause'")
            raise RuntimeError("stop")

        with pytest.raises(RuntimeError):
            ledger.append(lease, ev.RunPaused(AT), also=fail)
        assert ledger.state("r1").phase is Phase.PACKING
        assert ledger.asked("r1") == ""


def test_only_one_holder_at_a_time(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger, Ledger(tmp_path / "state") as other:
        lease = ledger.create(plan, started("r1", plan))
        assert [s.run_id for s in other.states()] == ["r1"]
        with pytest.raises(RunError) as caught:
            other.claim("r1")
        assert caught.value.code == "RUN_BUSY"
        assert caught.value.details["pid"] == str(os.getpid())
        ledger.release(lease)
        second = other.claim("r1")
        with pytest.raises(RunError) as caught:
            ledger.append(lease, ev.RunPaused(AT))
        assert caught.value.code == "RUN_TAKEN_OVER"
        assert other.append(second, ev.RunPaused(AT)).phase is Phase.PAUSED
        assert ledger.state("r1").phase is Phase.PAUSED


def test_a_lease_that_the_disk_did_not_let_go_of_does_not_lock_us_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        lease = ledger.create(plan, started("r1", plan))
        monkeypatch.setattr(ledger, "write", lambda: (_ for _ in ()).throw(StoreError("STORE_FULL")))
        with pytest.raises(StoreError):
            ledger.release(lease)
        monkeypatch.undo()
        assert ledger.holder("r1") is None
        assert ledger.claim("r1").token != lease.token


def _claim_and_die(folder: Path) -> None:
    Ledger(folder).claim("r1")
    os._exit(9)


def test_the_lease_of_a_dead_process_is_taken_over(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        ledger.release(ledger.create(plan, started("r1", plan)))
    child = multiprocessing.get_context("spawn").Process(target=_claim_and_die, args=(tmp_path / "state",))
    child.start()
    child.join(30)
    assert child.exitcode == 9
    with Ledger(tmp_path / "state") as ledger:
        assert ledger.holder("r1") is None
        assert ledger.claim("r1").run_id == "r1"


def test_a_lease_of_another_boot_or_a_silent_machine_is_taken_over(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        lease = ledger.create(plan, started("r1", plan))
        with ledger.write() as db:
            db.execute("UPDATE runs SET host = 'elsewhere'")
        with pytest.raises(RunError):
            ledger.claim("r1")
        ledger.beat(lease, time.time() - 3600)
        fresh = ledger.claim("r1")
        with ledger.write() as db:
            db.execute("UPDATE runs SET boot = 'an earlier one'")
        assert ledger.claim("r1").token != fresh.token


def test_runs_are_found_by_the_start_of_their_id(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        for run_id in ("ab12-1", "ab12-2", "cd%_"):
            ledger.create(plan, started(run_id, plan))
        assert ledger.find("cd") == "cd%_"
        assert ledger.find("ab12-2") == "ab12-2"
        for prefix, code in (("ab", "RUN_AMBIGUOUS"), ("", "RUN_UNKNOWN"), ("%", "RUN_UNKNOWN"), ("zz", "RUN_UNKNOWN")):
            with pytest.raises(RunError) as caught:
                ledger.find(prefix)
            assert caught.value.code == code


def test_files_and_folders_are_private(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        ledger.create(plan, started("r1", plan))
        assert stat.S_IMODE(ledger.path.stat().st_mode) == 0o600
        assert stat.S_IMODE(ledger.run_folder("r1").stat().st_mode) == 0o700


def test_a_newer_ledger_and_a_damaged_one_say_so(tmp_path: Path) -> None:
    Ledger(tmp_path / "new").close()
    db = sqlite3.connect(tmp_path / "new" / "ledger.sqlite3")
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError) as caught:
        Ledger(tmp_path / "new")
    assert caught.value.code == "LEDGER_TOO_NEW"

    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "ledger.sqlite3").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreError) as caught:
        Ledger(tmp_path / "bad")
    assert caught.value.code == "LEDGER_DAMAGED"


def test_a_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        lease = ledger.create(plan, started("r1", plan))
        with ledger.write() as db:
            pages = db.execute("PRAGMA page_count").fetchone()[0]
        ledger._writer.execute(f"PRAGMA max_page_count = {pages}")
        error = ErrorInfo("local", "X", "y" * 100_000)
        with pytest.raises(StoreError) as caught:
            ledger.append(lease, ev.RunStopped(AT, error))
        assert caught.value.code == "STORE_FULL"
        assert ledger.state("r1").phase is Phase.PACKING


def test_wishes_reach_the_holder(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger, Ledger(tmp_path / "state") as other:
        ledger.create(plan, started("r1", plan))
        other.ask("r1", "pause")
        assert ledger.asked("r1") == "pause"
        other.ask("r1", "")
        assert ledger.asked("r1") == ""


def test_ended_runs_can_be_forgotten_with_their_files(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        lease = ledger.create(plan, started("r1", plan))
        ledger.create(plan, started("r2", plan))
        ledger.append(lease, ev.RunEnded(AT, OutcomeCounts(not_sent=5)))
        ledger.release(lease)
        assert ledger.older_than("2027") == ["r1"]
        assert ledger.forget("r1") > 0
        assert [s.run_id for s in ledger.states()] == ["r2"]
        assert not (tmp_path / "state" / "runs" / "r1").exists()


def test_five_hundred_runs_are_listed_quickly_after_the_first_look(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    write_source(path, 2)
    plan = plan_for(path, 2)
    with Ledger(tmp_path / "state") as ledger:
        for number in range(500):
            ledger.create(plan, started(f"r{number}", plan))
        assert len(ledger.states()) == 500
        before = time.perf_counter()
        ledger.states()
        assert time.perf_counter() - before < 0.2


def test_earlier_runs_of_the_same_bytes_are_known(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)
    with Ledger(tmp_path / "state") as ledger:
        ledger.create(plan, started("r1", plan))
        assert ledger.earlier(plan.source.sha256, "Leads") == ["r1"]
        assert ledger.earlier(plan.source.sha256, "Contacts") == []
        assert ledger.earlier("f" * 64, "Leads") == []
