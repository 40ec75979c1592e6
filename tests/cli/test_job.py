from __future__ import annotations

from tests.cli.imported import Imported, imported
from ztui.errors import ApiError

__all__ = ["imported"]


def test_one_import_in_full(imported: Imported) -> None:
    run = imported.sent(30, {3}, rows_per_part=20)

    status, out, _ = imported.ztui("job", run[:8], "--events")

    assert status == 1
    assert "29 added" in out
    assert "RunEnded" in out
    assert [line.split()[-1] for line in out.splitlines() if line.startswith(("   1", "   2"))] == ["position"] * 2


def test_json_with_events(imported: Imported) -> None:
    run = imported.sent(3)

    status, job = imported.json("job", run, "--events")

    assert status == 0
    assert job["parts"][0]["stage"] == "joined"
    assert [e["event"] for e in job["events"]][:2] == ["RunStarted", "PartPacked"]


def test_a_refused_job_is_explained(imported: Imported) -> None:
    refusal = ApiError("INVALID_FIELD_NAME", "invalid mapping. invalid api_name Last Name.", level="job")
    imported.world.fail("create", refusal, times=1)
    run = imported.sent(3)

    status, out, _ = imported.ztui("job", run)

    assert status == 4
    assert "INVALID_FIELD_NAME" in out
    assert "Last Name" in out


def test_cancelling_what_is_not_sent(imported: Imported) -> None:
    run = imported.sent(20, canary=4)

    status, job = imported.json("job", run, "--cancel")

    assert status == 0
    assert job["phase"] == "cancelled"
    assert (job["counts"]["added"], job["counts"]["not_sent"]) == (4, 16)


def test_unknown_and_ambiguous_names(imported: Imported) -> None:
    status, _, err = imported.ztui("job", "nope")
    assert status == 4
    assert "RUN_UNKNOWN" in err
    assert "ztui jobs" in err
