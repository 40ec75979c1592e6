from __future__ import annotations

import asyncio

from tests.cli.imported import Imported, imported
from tests.engine.test_mass_updates import left_behind
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
    status, out, err = imported.ztui("resume")
    assert (status, out) == (0, "Nothing else is unfinished.\n")
    assert f"`ztui resume {waiting}` sends the rest" in err


def test_a_run_that_stops_again_says_why(imported: Imported) -> None:
    imported.world.fail("upload", SignInError("INVALID_TOKEN", http_status=401), times=2)
    run = imported.sent(10)

    status, out, err = imported.ztui("resume", run)

    assert status == 3
    assert "Stopped" in out
    assert "INVALID_TOKEN" in err
    assert f"`ztui resume {run}` goes on" in err


def test_a_file_that_changed_stops_the_run_with_what_changed(imported: Imported) -> None:
    imported.world.fail("upload", SignInError("INVALID_TOKEN", http_status=401), times=1)
    imported.sent(10)
    with imported.world.another().ledger as ledger, ledger.write() as db:
        db.execute("DELETE FROM events WHERE seq > 1")
        db.execute("DELETE FROM parts")
        db.execute("UPDATE runs SET fold = 0")
    imported.world.path.write_text("Surname,Email,Company\n" + "x,y@example.org,z\n" * 10)

    status, _, err = imported.ztui("resume")

    assert status == 4
    assert "SOURCE_CHANGED" in err
    assert "columns" in err
    assert not imported.world.zoho.records


def test_refused_rows_make_the_status_one(imported: Imported) -> None:
    run = imported.sent(20, {15}, canary=4)
    assert imported.ztui("resume", run)[0] == 1


def test_a_run_that_cannot_even_begin_says_why(imported: Imported) -> None:
    imported.world.zgid = "1"
    imported.world.fail("upload", SignInError("INVALID_TOKEN", http_status=401), times=1)
    run = imported.sent(10, zgid="1")
    imported.world.zgid = "2"

    status, _, err = imported.ztui("resume")

    assert status == 4
    assert "PROFILE_LEADS_ELSEWHERE" in err
    assert run in err


def test_a_run_that_another_process_works_on_is_left_alone_in_a_word(imported: Imported) -> None:
    imported.world.fail("upload", SignInError("INVALID_TOKEN", http_status=401), times=1)
    run = imported.sent(10)
    other = imported.world.another()
    lease = other.ledger.claim(run)

    status, out, err = imported.ztui("resume")

    assert (status, out) == (0, "Nothing else is unfinished.\n")
    assert f"{run} was left alone: another ztui works on it." in err
    assert imported.json("resume") == (0, [])
    other.ledger.release(lease)
    other.close()
    assert imported.json("resume")[1][0]["counts"]["added"] == 10


def test_a_mass_update_that_was_left_behind_goes_on(imported: Imported) -> None:
    updates = imported.mass_updates
    name = asyncio.run(left_behind(updates))
    assert f"The mass update {name} was left behind" in imported.ztui("jobs")[2]

    with updates._store.open(name):
        status, out, err = imported.ztui("resume")
        assert (status, out) == (0, "Nothing else is unfinished.\n")
        assert f"{name} was left alone" in err
        assert "was left behind" not in imported.ztui("jobs")[2]

    status, out, _ = imported.ztui("resume")
    assert status == 0
    assert out.startswith(name)
    assert "done, 1,200 updated" in out
    assert imported.ztui("resume")[1] == "Nothing is unfinished.\n"


def test_a_mass_update_is_resumed_by_its_name(imported: Imported) -> None:
    name = asyncio.run(left_behind(imported.mass_updates))
    status, shown = imported.json("resume", name)
    assert (status, shown["id"], shown["updated"]) == (0, name, 1200)
    status, _, err = imported.ztui("resume", "nothing")
    assert status != 0
    assert "RUN_UNKNOWN" in err
