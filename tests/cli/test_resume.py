from __future__ import annotations

from tests.cli.imported import Imported, imported
from ztui.errors import SignInError

__all__ = ["imported"]


def test_the_rest_after_a_canary(imported: Imported) -> None:
    run = imported.sent(20, canary=4)

    status, job = imported.json("resume", run)

    assert status == 0
    assert job["counts"]["added"] == 20


def test_everything_unfinished(imported: Imported) -> None:
    imported.world.fail("upload", SignInError("INVALID_TOKEN", http_status=401), times=1)
    stopped = imported.sent(20)
    waiting = imported.sent(20, canary=4)

    status, jobs = imported.json("resume")

    assert status == 0
    assert [job["run"] for job in jobs] == [stopped]
    assert imported.json("job", waiting)[1]["paused_for"] == "canary"
    assert imported.ztui("resume")[1] == "Nothing is unfinished.\n"


def test_a_run_that_stops_again_says_why(imported: Imported) -> None:
    imported.world.fail("upload", SignInError("INVALID_TOKEN", http_status=401), times=2)
    run = imported.sent(10)

    status, out, _ = imported.ztui("resume", run)

    assert status == 3
    assert "Stopped" in out


def test_refused_rows_make_the_status_one(imported: Imported) -> None:
    run = imported.sent(20, {15}, canary=4)
    assert imported.ztui("resume", run)[0] == 1
