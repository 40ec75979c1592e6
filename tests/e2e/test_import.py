"""A whole import over a loopback socket, as a person with a profile runs it."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ztui.engine import demo_file
from ztui.engine.sandboxed import Sandbox

HOSTS = ("--api-domain", "--accounts-domain", "--upload-domain")
ROWS = [("Doe", "doe@example.com"), ("Roe", "roe@example.com"), ("", "none@example.com"), ("Poe", "not an address")]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        hosts = [part for option in HOSTS for part in (option, running.base_url)]
        assert ztui("profiles", "add", "box", *hosts, "--access-token", running.token).returncode == 0
        yield running


def ztui(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ztui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def records(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The leads that were imported: those the sandbox begins with have no e-mail address."""
    url = f"{sandbox.base_url}/crm/v2.1/Leads?fields=Last_Name,Email"
    request = urllib.request.Request(url, headers={"Authorization": f"Zoho-oauthtoken {sandbox.token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        body = answer.read()
    return [record for record in json.loads(body)["data"] if record["Email"]]


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text("Last Name,Email\n" + "".join(f"{a},{b}\n" for a, b in ROWS))
    return path


def test_good_rows_are_in_the_crm_and_the_others_are_accounted_for(sandbox: Sandbox, leads: Path) -> None:
    done = ztui("import", str(leads), "--module", "Leads", "--yes")
    assert done.returncode == 1, done.stderr
    assert done.stdout.splitlines()[-1] == "2 added, 0 updated, 0 skipped, 2 not sent of 4 rows"
    assert sorted(r["Last_Name"] for r in records(sandbox)) == ["Doe", "Roe"]
    again = ztui("import", str(leads), "--module", "Leads", "--yes", "--json")
    document = json.loads(again.stdout)
    assert document["counts"]["skipped"] == 2
    assert "sent into Leads already" in ztui("import", str(leads), "--module", "Leads").stdout
    assert len(records(sandbox)) == 2


def test_an_upsert_updates_what_is_there(sandbox: Sandbox, leads: Path) -> None:
    assert ztui("import", str(leads), "--module", "Leads", "--yes").returncode == 1
    leads.write_text("Last Name,Email\nNew Name,doe@example.com\nPoe,poe@example.com\n")
    arguments = ["--module", "Leads", "--operation", "upsert", "--find-by", "Email", "--yes"]
    done = ztui("import", str(leads), *arguments)
    assert done.stdout.splitlines()[-1] == "1 added, 1 updated, 0 skipped, 0 not sent of 2 rows", done.stderr
    assert done.returncode == 0
    assert sorted(r["Last_Name"] for r in records(sandbox)) == ["New Name", "Poe", "Roe"]


def test_a_canary_goes_first_and_the_rest_follows_when_it_is_well(sandbox: Sandbox, tmp_path: Path) -> None:
    path = demo_file.write(tmp_path / "leads.csv")
    done = ztui("import", str(path), "--module", "Leads", "--yes", "--canary", "5")
    assert "The first rows: 5 of 5 are in." in done.stderr
    assert done.stdout.splitlines()[-1] == "582 added, 0 updated, 0 skipped, 18 not sent of 600 rows"
    assert done.returncode == 1


def test_strict_sends_nothing_when_a_row_would_be_refused(sandbox: Sandbox, leads: Path) -> None:
    done = ztui("import", str(leads), "--module", "Leads", "--yes", "--strict")
    assert done.returncode == 2
    assert "2 of 4 rows would be refused" in done.stderr
    assert records(sandbox) == []


def test_nobody_is_asked_without_a_terminal(sandbox: Sandbox, leads: Path) -> None:
    done = ztui("import", str(leads), "--module", "Leads")
    assert done.returncode == 2
    assert "CONFIRM_NEEDED" in done.stderr
    assert "--yes" in done.stderr
    assert records(sandbox) == []


def test_an_unsure_proposal_is_not_sent(sandbox: Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("Some Thing,Email\nx,a@example.com\n")
    done = ztui("import", str(path), "--module", "Leads", "--yes")
    assert done.returncode == 2
    assert "Last Name" in done.stderr
    assert "--mapping" in done.stderr
    assert records(sandbox) == []


def test_without_waiting_the_jobs_are_left_to_resume(sandbox: Sandbox, leads: Path) -> None:
    done = ztui("import", str(leads), "--module", "Leads", "--yes", "--no-wait", "--json")
    assert done.returncode == 0, done.stderr
    run = json.loads(done.stdout)["run"]
    assert f"ztui resume {run}" in done.stderr
    resumed = ztui("resume", run)
    assert resumed.returncode == 1, resumed.stderr
    assert len(records(sandbox)) == 2


def test_any_command_runs_against_a_throw_away_sandbox(leads: Path) -> None:
    done = ztui("--sandbox", "import", str(leads), "--module", "Leads", "--yes")
    assert done.stdout.splitlines()[-1] == "2 added, 0 updated, 0 skipped, 2 not sent of 4 rows", done.stderr
    assert "(local sandbox)" in done.stdout
    after = ztui("import", str(leads), "--sandbox", "--module", "Leads", "--yes")
    assert after.stdout.splitlines()[-1] == done.stdout.splitlines()[-1]
    listed = ztui("jobs", "--json")
    assert json.loads(listed.stdout) == []
