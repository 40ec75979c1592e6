"""The headless import in process, against a sandbox over loopback."""

import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from ztui.cli.main import run
from ztui.engine.sandboxed import Sandbox

HOSTS = ("--api-domain", "--accounts-domain", "--upload-domain")
GOOD = "".join(f"Doe{n},doe{n}@example.com,Acme {n}\n" for n in range(12))
HEADER = "Last Name,Email,Company\n"


@pytest.fixture
def sandbox(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Sandbox]:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with Sandbox() as running:
        add_profile(running)
        capsys.readouterr()
        yield running


def add_profile(sandbox: Sandbox, *more: str) -> None:
    hosts = [part for option in HOSTS for part in (option, sandbox.base_url)]
    assert run(["profiles", "add", "box", "--replace", *hosts, "--access-token", sandbox.token, *more]) == 0


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(HEADER + GOOD)
    return path


def mapping_file(leads: Path) -> str:
    kept = leads.with_suffix(".toml")
    assert run(["suggest", str(leads), "--module", "Leads", "--save", str(kept)]) == 0
    return str(kept)


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.splitlines()[-1]


def test_a_mapping_file_is_the_yes_of_a_script(
    sandbox: Sandbox, leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = mapping_file(leads)
    assert run(["import", str(leads), "--mapping", kept, "--canary", "5", "--wait"]) == 0
    assert last_line(capsys) == "12 added, 0 updated, 0 skipped, 0 not sent of 12 rows"
    assert run(["import", str(leads), "--mapping", kept]) == 2
    assert "sent there before" in capsys.readouterr().err


def test_a_canary_with_a_refusal_keeps_the_rest_back(
    sandbox: Sandbox, leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", str(leads), "--module", "Leads", "--yes"]) == 0
    leads.write_text(HEADER + GOOD + "New,new@example.com,Acme\n")
    capsys.readouterr()
    assert run(["import", str(leads), "--module", "Leads", "--yes", "--canary", "3", "--json"]) == 1
    told = capsys.readouterr()
    document = json.loads(told.out)
    assert document["phase"] == "paused"
    assert document["summary"] == "0 added, 0 updated, 3 skipped, 0 not sent, 10 open of 13 rows"
    assert [part["rows"] for part in document["parts"]] == [3, 10]
    assert "The first rows: 0 of 3 are in." in told.err
    assert f"ztui resume {document['run']}" in told.err
    assert run(["resume", document["run"]]) == 1
    assert last_line(capsys) == "1 added, 0 updated, 12 skipped, 0 not sent of 13 rows"


def test_the_json_document_has_the_documented_shape(
    sandbox: Sandbox, leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leads.write_text(HEADER + GOOD + ",x,\n")
    assert run(["import", str(leads), "--module", "Leads", "--yes", "--json"]) == 1
    told = capsys.readouterr()
    document = json.loads(told.out)
    for key in ("run", "phase", "profile", "environment", "module", "operation", "source", "rows", "counts", "parts"):
        assert document[key] not in (None, ""), key
    assert document["not_sent"] == 1
    assert document["summary"] == "12 added, 0 updated, 0 skipped, 1 not sent of 13 rows"
    assert {m["api_name"] for m in document["mapping"]} == {"Last_Name", "Email", "Company"}
    assert {"MANDATORY_NOT_FOUND", "INVALID_DATA"} <= {f["code"] for f in document["findings"]}
    assert set(document["counts"]) == {"added", "updated", "skipped", "unprocessed", "not_sent", "unknown"}
    assert told.err == ""


def test_a_forecast_says_what_an_upsert_would_do(
    sandbox: Sandbox, leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", str(leads), "--module", "Leads", "--yes"]) == 0
    leads.write_text(HEADER + GOOD + "New,new@example.com,Acme\n")
    upsert = ["--module", "Leads", "--operation", "upsert", "--find-by", "Email", "--yes", "--forecast"]
    assert run(["import", str(leads), *upsert]) == 0
    told = capsys.readouterr().out
    assert "1 row would be created" in told
    assert "12 rows would be updated" in told
    assert told.splitlines()[-1] == "1 added, 12 updated, 0 skipped, 0 not sent of 13 rows"


def test_a_job_that_would_be_refused_is_not_sent(
    sandbox: Sandbox, leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = Path(mapping_file(leads))
    kept.write_text(kept.read_text().replace('"Company"', '"Compny"'))
    capsys.readouterr()
    assert run(["import", str(leads), "--mapping", str(kept)]) == 2
    told = capsys.readouterr()
    assert "IMPORT_BLOCKED" in told.err or "MAPPING" in told.err
    assert run(["jobs", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []


def test_a_read_only_profile_sends_nothing(sandbox: Sandbox, leads: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_profile(sandbox, "--readonly")
    assert run(["import", str(leads), "--module", "Leads", "--yes"]) == 2
    assert "PROFILE_READONLY" in capsys.readouterr().err


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("rows", "typed", "status"), [(12, "y\n", 0), (12, "n\n", 130), (1200, "1,200\n", 0), (1200, "yes\n", 2)]
)
def test_a_person_is_asked_and_in_production_types_the_count(
    sandbox: Sandbox, tmp_path: Path, rows: int, typed: str, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "many.csv"
    path.write_text(HEADER + "".join(f"Doe{n},doe{n}@example.com,Acme {n}\n" for n in range(rows)))
    monkeypatch.setattr(sys, "stdin", _Terminal(typed))
    monkeypatch.setattr(sys, "stderr", _Terminal())
    monkeypatch.setattr(click.termui, "visible_prompt_func", lambda _prompt="": sys.stdin.readline().rstrip("\n"))
    assert run(["import", str(path), "--module", "Leads"]) == status


@pytest.mark.parametrize(
    ("data", "code", "told", "insisting"),
    [
        (
            HEADER.encode() + b'Doe,"d@example.com,A\nRoe,r@example.com,B\n',
            "line 2 swallows 1 lines",
            "",
            ["--quote", "double"],
        ),
        (HEADER.encode() + b'Doe,d@example.com,"Ac', "ends within the quotes of line 2", "", ["--quote", "none"]),
        (
            HEADER.encode() + "".join(f"Иванов,i{n}@example.com,Ромашка\n" for n in range(3)).encode("cp1251"),
            "cp1251 (“Иванов”)",
            "Èâàíîâ",
            ["--encoding", "cp1251"],
        ),
    ],
)
def test_a_file_that_is_read_wrongly_is_not_sent_unless_one_insists(
    sandbox: Sandbox,
    leads: Path,
    capsys: pytest.CaptureFixture[str],
    data: bytes,
    code: str,
    told: str,
    insisting: list[str],
) -> None:
    leads.write_bytes(data)
    assert run(["check", str(leads), "--module", "Leads"]) == 1
    capsys.readouterr()
    command = ["import", str(leads), "--module", "Leads", "--yes"]
    assert run(command) == 2
    said = capsys.readouterr()
    assert "FILE_MISREAD" in said.err
    assert code in said.err
    assert told in said.err
    assert run([*command, *insisting]) in (0, 1)
    assert "FILE_MISREAD" not in capsys.readouterr().err


def test_a_column_that_mostly_fails_stops_the_import_or_is_left_out_row_by_row(
    sandbox: Sandbox, leads: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = "".join(f"Doe{n},{'none' if n % 3 == 0 else f'doe{n}@example.com'},Acme {n}\n" for n in range(300))
    kept = mapping_file(leads)
    leads.write_text(HEADER + rows)
    assert run(["import", str(leads), "--mapping", kept, "--yes"]) == 2
    assert "--row-by-row" in capsys.readouterr().out
    assert run(["import", str(leads), "--mapping", kept, "--yes", "--row-by-row"]) == 1
    assert last_line(capsys) == "200 added, 0 updated, 0 skipped, 100 not sent of 300 rows"
