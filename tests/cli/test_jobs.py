from __future__ import annotations

import asyncio

import pytest

from tests.cli.imported import Imported, imported

__all__ = ["imported"]


def test_the_list_tells_what_is_in_and_what_not(imported: Imported) -> None:
    first = imported.sent(30, {3})
    second = imported.sent(12)

    status, out, _ = imported.ztui("jobs")

    assert status == 0
    lines = out.splitlines()
    assert lines[1].startswith(second)
    assert lines[2].startswith(first)
    assert lines[2].split()[-6:] == ["30", "29", "1", "Leads", "main", "people.csv"]


def test_the_json_shape(imported: Imported) -> None:
    run = imported.sent(5, {1})

    status, [job] = imported.json("jobs")

    assert status == 0
    assert job["run"] == run
    assert job["counts"]["added"] == 4
    assert set(job) >= {"phase", "parts", "started_at", "ended_at", "active", "mended_by", "source", "module"}


def test_only_active_ones(imported: Imported) -> None:
    imported.sent(5)
    waiting = imported.sent(20, canary=4)

    _, jobs = imported.json("jobs", "--active")

    assert [job["run"] for job in jobs] == [waiting]


def test_without_imports_it_says_how_to_start(imported: Imported) -> None:
    assert "ztui import" in imported.ztui("jobs")[1]


def test_prune_forgets_old_imports(imported: Imported) -> None:
    imported.sent(5)
    asyncio.run(imported.world.clock.sleep(100 * 86400))
    young = imported.sent(4)

    status, report = imported.json("jobs", "prune", "--days", "90", "--yes")

    assert (status, report["runs"]) == (0, 1)
    assert [job["run"] for job in imported.json("jobs")[1]] == [young]


@pytest.mark.parametrize("command", ["jobs", "job", "resume", "results", "retry", "undo", "reconcile"])
def test_help_has_an_example(imported: Imported, command: str) -> None:
    status, out, _ = imported.ztui(command, "--help")
    assert status == 0
    assert f"ztui {command}" in out.split("Example")[1]
