"""`ztui explain`, run as a person runs it."""

import json
import subprocess
import sys

import pytest

from ztui import catalogue
from ztui.cli.main import run


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "invalid_field_name"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("INVALID_FIELD_NAME: Zoho does not know a field\n")


def test_a_code_of_several_levels_is_explained_for_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "INVALID_DATA"]) == 0
    out = capsys.readouterr().out
    assert [line.split("level ")[1] for line in out.splitlines() if line.startswith("  Where:")] == [
        "api)",
        "upload)",
        "job)",
        "row)",
        "mass_update)",
    ]


def test_a_level_narrows_it_down(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "INVALID_DATA", "--level", "row"]) == 0
    assert "single rows" in capsys.readouterr().out


def test_an_unknown_code_ends_with_status_2_and_near_spellings(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "INVALID_FEILD_NAME"]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "Did you mean: INVALID_FIELD_NAME" in shown.err


def test_a_code_of_another_level_is_pointed_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "DUPLICATE_DATA", "--level", "job"]) == 2
    assert "it is one of: api, row" in capsys.readouterr().err


def test_the_list_holds_every_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--list"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n  {entry.code} " in out for entry in catalogue.all_entries())


def test_a_level_alone_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "--level", "row"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(catalogue.entries("row"))


def test_json_for_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "DUPLICATE_DATA", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["found"]
    assert {entry["level"] for entry in found} == {"api", "row"}
    assert run(["explain", "--list", "--level", "row", "--json"]) == 0
    assert [e["code"] for e in json.loads(capsys.readouterr().out)] == list(catalogue.entries("row"))
    assert run(["explain", "DUPLICATE_DATE", "--json"]) == 2
    assert "DUPLICATE_DATA" in json.loads(capsys.readouterr().out)["similar"]


@pytest.mark.parametrize("arguments", [[], ["X", "--list"], ["X", "--level", "nowhere"]])
def test_wrong_use_is_a_usage_error(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", *arguments]) == 2
    assert capsys.readouterr().err


def test_nothing_heavy_is_loaded() -> None:
    program = (
        "import sys\nfrom ztui.cli.main import run\nassert run(['explain', 'INVALID_DATA']) == 0\n"
        "print(*(name for name in ('textual', 'httpx', 'pydantic') if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stderr.strip() == ""
