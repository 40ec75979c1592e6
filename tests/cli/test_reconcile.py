from __future__ import annotations

import asyncio

from tests.cli.imported import Imported, imported
from ztui.errors import AnswerLost

__all__ = ["imported"]


def test_unknown_rows_are_looked_up(imported: Imported) -> None:
    imported.world.zoho.job_seconds = 3600
    imported.world.fail("create", AnswerLost("ANSWER_LOST"), times=1, when="after")
    run = imported.sent(20, {7})
    assert imported.ztui("job", run)[0] == 5
    asyncio.run(imported.world.clock.sleep(7200))

    status, job = imported.json("reconcile", run)

    assert status == 5
    assert (job["counts"]["added"], job["counts"]["unknown"]) == (19, 1)
    assert "retry" in imported.ztui("reconcile", "--help")[1]
    assert len(imported.world.zoho.jobs) == 1


def test_nothing_unknown_nothing_asked(imported: Imported) -> None:
    run = imported.sent(5)
    before = len(imported.world.zoho.requests)
    assert imported.ztui("reconcile", run)[0] == 0
    assert len(imported.world.zoho.requests) == before
