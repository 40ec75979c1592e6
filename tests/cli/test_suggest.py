from __future__ import annotations

import json
import socket
from pathlib import Path

import pytest

from ztui.cli.main import run
from ztui.engine.mappings import Mappings


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / "home"))
    monkeypatch.delenv("ZTUI_PROFILE", raising=False)


def test_json_has_exactly_the_promised_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(
        "First Name,Surname,E-mail,Email consent,Phone,Phone,\nAda,L,a@b.co,yes,+49 30 123456,030 55512,x\n",
        encoding="utf-8",
    )
    assert run(["suggest", str(path), "--module", "Leads", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert set(shown) == {"headers"}
    assert all(set(h) == {"index", "header", "api_name", "confidence", "reason"} for h in shown["headers"])
    assert [h["index"] for h in shown["headers"]] == list(range(7))
    assert [h["header"] for h in shown["headers"]] == [
        "First Name",
        "Surname",
        "E-mail",
        "Email consent",
        "Phone",
        "Phone",
        "",
    ]
    assert [h["api_name"] for h in shown["headers"]] == ["First_Name", "Last_Name", "Email", None, "Phone", None, None]


def test_a_header_alone_is_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "head.csv"
    path.write_text("Name;Straße;PLZ;Ort\n", encoding="utf-8")
    assert run(["suggest", str(path), "-m", "Accounts", "--json"]) == 0
    names = [h["api_name"] for h in json.loads(capsys.readouterr().out)["headers"]]
    assert names == ["Account_Name", "Billing_Street", "Billing_Code", "Billing_City"]


def test_for_people_with_what_is_missing_and_what_to_decide(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "people.csv"
    path.write_text("First Name,Birthday\nAda,01/02/1990\nBob\x1b[2J,03/04/1991\n", encoding="utf-8")
    assert run(["suggest", str(path), "-m", "Contacts"]) == 0
    out = capsys.readouterr().out
    assert "First Name" in out
    assert "to be decided" in out
    assert "2 of 2 columns have a field in Contacts." in out
    assert "Without a column: Last Name (mandatory)." in out
    assert "\x1b" not in out


def test_saved_as_a_mapping_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, saved = tmp_path / "leads.csv", tmp_path / "m.toml"
    path.write_text("Surname,Company\nL,X\n", encoding="utf-8")
    assert run(["suggest", str(path), "-m", "Leads", "--operation", "upsert", "--save", str(saved)]) == 0
    mapping = Mappings(tmp_path).load(saved)
    assert mapping.operation.value == "upsert"
    assert {f.api_name: f.columns for f in mapping.fields} == {"Last_Name": (0,), "Company": (1,)}


def test_the_rows_are_never_overwritten_by_the_mapping(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Last Name\nLee\n", encoding="utf-8")
    assert run(["suggest", str(path), "-m", "Leads", "--save", str(path)]) == 2
    assert "ztui never changes it" in capsys.readouterr().err
    assert path.read_text(encoding="utf-8") == "Last Name\nLee\n"


def test_only_a_mapping_is_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, saved = tmp_path / "leads.csv", tmp_path / "m.toml"
    path.write_text("Last Name\nLee\n", encoding="utf-8")
    command = ["suggest", str(path), "-m", "Leads", "--save", str(saved)]
    for kept in ("Last Name\nSmith\n", 'name = "ztui"\n', "[[field]\n"):
        saved.write_text(kept, encoding="utf-8")
        assert run(command) == 2
        assert "is there already and is no mapping file" in " ".join(capsys.readouterr().err.split())
        assert saved.read_text(encoding="utf-8") == kept
    saved.write_text("", encoding="utf-8")
    assert run(command) == 0
    assert run(command) == 0
    assert Mappings(tmp_path).load(saved).module == "Leads"


def test_a_module_is_needed_and_must_exist(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Surname\nL\n", encoding="utf-8")
    assert run(["suggest", str(path)]) == 2
    assert "--module" in capsys.readouterr().err
    assert run(["suggest", str(path), "-m", "Nowhere"]) == 2
    assert run(["suggest", str(tmp_path / "none.csv"), "-m", "Leads"]) == 2


def test_an_org_out_of_reach_is_stood_in_for_by_the_standard_fields(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("Surname,E-mail\nLovelace,a@b.co\n", encoding="utf-8")
    assert run(["suggest", str(path), "-m", "Leads", "--json"]) == 0
    without = capsys.readouterr().out
    with socket.socket() as taken:  # bound and not listening: every connection is refused
        taken.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{taken.getsockname()[1]}"
        hosts = [part for name in ("api", "accounts", "upload") for part in (f"--{name}-domain", nowhere)]
        assert run(["profiles", "add", "gone", *hosts, "--access-token", "1000.x.y"]) == 0
        capsys.readouterr()

        assert run(["suggest", str(path), "-m", "Leads", "--json"]) == 0
        said = capsys.readouterr()
        assert said.out == without
        assert "CONNECT_FAILED" in said.err
        assert "standard fields of Leads" in said.err

        assert run(["suggest", str(path), "-m", "My_Module", "--json"]) != 0
        assert capsys.readouterr().out == ""
