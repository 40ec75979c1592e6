from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from ztui.cli.main import run
from ztui.engine.sandboxed import Sandbox
from ztui.store.locations import Locations
from ztui.store.profiles import ProfileStore, make_profile


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture(autouse=True)
def home(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ZTUI_PROFILE", raising=False)
    hosts = dict.fromkeys(("api", "accounts", "upload"), sandbox.base_url)
    store = ProfileStore(Locations.default().profiles_file)
    store.save(make_profile("box", {"domains": hosts, "access_token": sandbox.token}))


BAD = "4150868000009999999"


def test_refused_records_give_status_one_and_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mass-update", "-m", "Leads", "--ids", BAD, "--set", "Rating=active", "--yes", "--json"]) == 1
    shown = json.loads(capsys.readouterr().out)
    assert (shown["values"], shown["updated"], shown["refused"]) == ({"Rating": "Active"}, 0, 1)
    assert [(r["id"], r["ok"], r["code"]) for r in shown["results"]] == [(BAD, False, "INVALID_DATA")]
    assert run(["mass-update", "--list"]) == 0
    assert shown["id"] in capsys.readouterr().out
    assert run(["mass-update", "--show", shown["id"][:10]]) == 1
    assert "There is no such record" in capsys.readouterr().out


def test_a_view_to_its_end_and_without_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["mass-update", "-m", "Leads", "--view", "all leads", "--set", "Fax=1", "--yes", "--json"]
    assert run([*given, "--no-wait"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["phase"], shown["view"] != "", shown["job_id"] != "") == ("scheduled", True, True)
    assert run(["mass-update", "--resume", shown["id"], "--json"]) == 1
    ended = json.loads(capsys.readouterr().out)
    assert (ended["phase"], ended["job"]["state"]) == ("ended", "COMPLETED")
    assert ended["updated"] > 0
    assert ended["refused"] > 0  # the sandbox holds locked leads and such that wait for approval


def test_an_empty_view_stops_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mass-update", "-m", "Leads", "--view", "Junk Leads", "--set", "Fax=1", "--yes", "--json"]) == 4
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "NO_RECORDS_FOUND"


def test_the_records_of_an_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "new.csv"
    owner = "patricia.boyle@example.com"
    source.write_text("Last Name,Email,Lead Owner\n" + "".join(f"N{n},n{n}@m.co,{owner}\n" for n in range(3)))
    assert run(["import", str(source), "-m", "Leads", "--yes", "--json"]) == 0
    capsys.readouterr()
    assert run(["jobs", "--json"]) == 0
    name = json.loads(capsys.readouterr().out)[0]["run"]
    given = ["mass-update", "--run", name, "--set", "Fax=7", "--yes", "--json"]
    assert run([*given, "-m", "Leads"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["total"], shown["updated"]) == (3, 3)
    assert run([*given, "-m", "Contacts"]) == 2
    assert "--module Leads" in capsys.readouterr().err


def test_ids_that_are_none_are_named_before_giving_up(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mass-update", "-m", "Leads", "--ids", "abc", "--set", "Fax=1", "--yes"]) == 2
    assert "1 is no record id and is left out: abc (no. 1)" in capsys.readouterr().err


def test_a_dry_run_says_what_it_would_do_and_does_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mass-update", "-m", "Leads", "--ids", f"{BAD} {BAD} x", "--set", "City=Ulm", "--dry-run"]) == 0
    said = capsys.readouterr().err
    assert "City = Ulm in 1 record" in said
    assert "more than once" in said
    assert "1 is no record id" in said
    assert run(["mass-update", "--list", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"mass_updates": []}


def test_nothing_is_sent_without_a_yes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mass-update", "-m", "Leads", "--ids", BAD, "--set", "City=Ulm"]) == 2
    assert "--yes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--ids", BAD, "--set", "City=Ulm"], "--module"),
        (["-m", "Leads", "--set", "City=Ulm"], "--ids, --from, --run and --view"),
        (["-m", "Leads", "--ids", BAD, "--view", "x", "--set", "City=Ulm"], "--ids, --from, --run and --view"),
        (["-m", "Leads", "--ids", BAD], "--set"),
        (["-m", "Leads", "--ids", BAD, "--set", "City"], "FIELD=VALUE"),
        (["-m", "Leads", "--ids", BAD, "--set", "City= "], "--clear City"),
        (["-m", "Leads", "--ids", BAD, "--set", "Email=a@b.co"], "cannot be mass updated"),
        (["-m", "Leads", "--ids", BAD, "--set", "Rating=Activ"], "Active"),
        (["-m", "Leads", "--ids", "x", "--set", "City=Ulm"], "nothing to update"),
        (["-m", "Leads", "--view", "Nope", "--set", "City=Ulm"], "view"),
        (["--show", "nope"], "no such mass update"),
    ],
)
def test_what_makes_no_sense_is_refused(given: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mass-update", *given]) in (2, 4)
    assert words in capsys.readouterr().err


def test_the_fields(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["mass-update", "-m", "Deals", "--fields", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["limit"] == 3
    by_name = {f["api_name"]: f for f in shown["fields"]}
    assert by_name["Amount"]["allowed"]
    assert by_name["id"]["why"]
    assert run(["mass-update", "-m", "Deals", "--fields"]) == 0
    assert "Amount" in capsys.readouterr().out
