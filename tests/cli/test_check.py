"""`ztui check`, run as a person runs it: offline, on the catalogue's standard fields."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from ztui.cli.main import run

HEADER = ["First Name", "Last Name", "Company", "Email", "No. of Employees", "Colour of the door"]


def write(path: Path, rows: list[list[str]]) -> str:
    with path.open("w", newline="", encoding="utf-8") as stream:
        csv.writer(stream).writerows([HEADER, *rows])
    return str(path)


def good(number: int) -> list[str]:
    return ["Ada", f"Lovelace {number}", "Acme", f"ada{number}@example.com", "5", "red"]


def test_a_clean_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "f.csv", [good(n) for n in range(5)])
    assert run(["check", path, "--module", "Leads"]) == 0
    out = capsys.readouterr().out
    assert "Checked 5 rows: no errors." in out
    assert "Left out: Colour of the door" in out


def test_every_finding_is_told_with_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [good(n) for n in range(8)]
    rows[1][3] = "nonsense\x1b[31m"
    rows[2][1] = ""
    rows[3][0] = "two\nlines"
    rows[4][4] = "many"
    path = write(tmp_path / "f.csv", rows)
    assert run(["check", path, "--module", "Leads", "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert (told["file"], told["module"], told["operation"]) == (path, "Leads", "insert")
    assert (told["rows"], told["refused"], told["blocking"]) == (8, 3, False)
    places = {
        (f["rule"], f["code"], f["line"], f["record"], f["column"], f["header"], f["value"]) for f in told["findings"]
    }
    assert {
        ("NOT_AN_EMAIL", "INVALID_DATA", 3, 1, 3, "Email", "nonsense\x1b[31m"),
        ("REQUIRED_BLANK", "MANDATORY_NOT_FOUND", 4, 2, 1, "Last Name", ""),
        ("NOT_A_NUMBER", "INVALID_DATA", 7, 4, 4, "No. of Employees", "many"),
    } <= places
    assert sum(g["count"] for g in told["groups"]) == len(told["findings"])
    first = told["findings"][0]
    assert set(first) == {
        "severity", "scope", "level", "code", "rule", "title", "record", "line", "column", "header", "api_name",
        "value", "params",
    }  # fmt: skip
    assert run(["check", path, "--module", "Leads"]) == 1
    out = capsys.readouterr().out
    assert "line 3: Email = nonsense␛[31m" in out
    assert "\x1b" not in out


def test_nothing_is_left_out_of_the_list(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [good(n) for n in range(300)]
    for row in rows:
        row[3] = "bad"
    mapping = tmp_path / "m.toml"
    path = write(tmp_path / "f.csv", [good(n) for n in range(300)])
    assert run(["suggest", path, "--module", "Leads", "--save", str(mapping)]) == 0
    write(tmp_path / "f.csv", rows)
    capsys.readouterr()
    assert run(["check", path, "--mapping", str(mapping), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    counts = {g["rule"]: g["count"] for g in told["groups"]}
    assert (counts["COLUMN_MISFIT"], counts["NOT_AN_EMAIL"]) == (1, 300)
    assert told["blocking"] is True


def test_the_key_of_an_update(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "f.csv", [good(1), good(1)])
    assert run(["check", path, "--module", "Leads", "--operation", "upsert", "--find-by", "Email", "--json"]) == 0
    (found,) = json.loads(capsys.readouterr().out)["findings"]
    assert (found["rule"], found["line"], found["params"]["line"]) == ("KEY_REPEATED", 3, "2")


def test_broken_structure_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.csv"
    path.write_text('Last Name,Company\nAda,Acme\nBob,"Acme\nCy,Acme\n')
    assert run(["check", str(path), "--module", "Leads", "--json"]) == 1
    codes = {f["code"]: f["line"] for f in json.loads(capsys.readouterr().out)["findings"]}
    assert codes["QUOTE_NOT_CLOSED"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check"], "FILE"),
        (["check", "nowhere.csv", "--module", "Leads"], "nowhere.csv"),
        (["check", "f.csv", "--mapping", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_usage(
    arguments: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write(tmp_path / "f.csv", [good(1)])
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    assert said in capsys.readouterr().err
