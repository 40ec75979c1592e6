from __future__ import annotations

import asyncio

import pytest

from tests.cli.imported import Imported, imported
from ztui.model.crm import Record

__all__ = ["imported"]


def test_a_dry_run_only_tells(imported: Imported) -> None:
    run = imported.sent(30, {3})

    status, [preview] = imported.json("undo", run, "--dry-run")

    assert status == 0
    assert preview == {"run": run, "delete": 29, "restore": 0, "without_image": 0, "done": 0}
    assert len(imported.world.zoho.records) == 29


def test_the_number_has_to_be_typed(imported: Imported, monkeypatch: pytest.MonkeyPatch) -> None:
    run = imported.sent(30, {3})
    monkeypatch.setattr("click.prompt", lambda *_args, **_more: "yes")
    status, _, err = imported.ztui("undo", run)
    assert status == 2
    assert "CONFIRMATION_MISSING" in err
    assert len(imported.world.zoho.records) == 29

    monkeypatch.setattr("click.prompt", lambda *_args, **_more: "29")
    status, out, _ = imported.ztui("undo", run)
    assert status == 0
    assert "29 records deleted" in out
    assert imported.world.zoho.records == {}


def test_changed_records_are_listed_and_left(imported: Imported) -> None:
    run = imported.sent(5)
    asyncio.run(imported.world.clock.sleep(60))
    touched = next(iter(imported.world.zoho.records.values()))
    imported.world.zoho.records[touched.id] = Record(touched.id, imported.world.zoho.stamp(), touched.values)

    status, out, _ = imported.ztui("undo", run, "--yes")
    assert status == 1
    assert touched.id in out
    assert "--force" in out
    status, [report] = imported.json("undo", run, "--yes", "--force")
    assert (status, report["deleted"]) == (0, 1)
    assert set(report) == {"run", "deleted", "restored", "gone", "left"}


def test_a_second_undo_says_that_nothing_is_left(imported: Imported) -> None:
    run = imported.sent(5)
    assert imported.ztui("undo", run, "--with-repairs", "--yes")[0] == 0
    status, out, err = imported.ztui("undo", run, "--with-repairs", "--yes")
    assert (status, out) == (4, "")
    assert "UNDO_NOTHING" in err


def test_repairs_go_with_it(imported: Imported) -> None:
    imported.sent(3)
    run = imported.sent(10, {3})
    imported.world.zoho._problem = lambda values: ""  # type: ignore[method-assign]
    imported.ztui("retry", run, "--unchanged", "--yes")
    assert len(imported.world.zoho.records) == 13

    status, reports = imported.json("undo", run, "--with-repairs", "--yes")

    assert status == 0
    assert [report["deleted"] for report in reports] == [1, 9]
    assert len(imported.world.zoho.records) == 3


def test_nothing_to_take_back(imported: Imported) -> None:
    run = imported.sent(2, {0, 1})
    status, _, err = imported.ztui("undo", run, "--yes")
    assert status == 4
    assert "UNDO_NOTHING" in err
