"""`ztui preview`, run as a person runs it."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from ztui.cli.main import run

DATA = "Name;Ort\nZoë;Köln\nBob;\x1b]52;c;aGk=\x07\n"


@pytest.fixture
def path(tmp_path: Path) -> str:
    (tmp_path / "leads.csv").write_bytes(DATA.encode("cp1252"))
    return str(tmp_path / "leads.csv")


def test_shows_dialect_rows_and_trouble(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", path]) == 0
    out = capsys.readouterr().out
    assert "Encoding Windows-1252" in out
    assert "Delimiter semicolon" in out
    assert "   2  Zoë   Köln" in out
    assert "\x1b" not in out
    assert "warning: Rows with more than 2 cells: 1. Lines: 3." in out


def test_json(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", path, "--json", "--rows", "1", "--start", "2"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["encoding"], told["delimiter"], told["header_line"], told["row_count"]) == ("cp1252", ";", 1, 2)
    assert told["headers"] == ["Name", "Ort"]
    assert told["rows"] == [{"number": 1, "line": 3, "cells": ["Bob", "\x1b]52", "c", "aGk=\x07"]}]
    (finding,) = told["structure"]
    assert (finding["code"], finding["severity"], finding["line"]) == ("ROWS_TOO_LONG", "warning", 3)
    assert (finding["count"], finding["expected"]) == (1, 2)


def test_everything_detected_can_be_said_otherwise(path: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["preview", path, "--delimiter", "tab", "--encoding", "latin-1", "--no-header", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["delimiter"], told["encoding"], told["header_line"]) == ("\t", "latin-1", 0)
    assert told["rows"][0]["cells"] == ["Name;Ort"]
    assert run(["preview", path, "--header-line", "2", "--quote", "none", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["headers"], told["quotechar"]) == (["Zoë", "Köln"], "")


def test_a_broken_file_ends_with_status_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b'a,b\n1,"2\n3,4\n')
    assert run(["preview", str(path)]) == 1
    assert "error: The quote that starts at line 2 swallows 1 lines." in capsys.readouterr().out


def test_standard_input(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    assert run(["preview", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["row_count"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.csv"], "There is no such file"),
        (["{path}", "--delimiter", "ab"], "This cannot be a delimiter"),
        (["{path}", "--encoding", "klingon"], "Unknown encoding"),
        (["{path}", "--header-line", "1", "--no-header"], "not both"),
        (["{path}", "--header-line", "99"], "There is no such line"),
    ],
)
def test_what_cannot_be_done_is_said(
    arguments: list[str], said: str, path: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["preview", *(a.format(path=path) for a in arguments)]) == 2
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
