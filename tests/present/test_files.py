"""What the interface and the command line say about an opened file."""

from __future__ import annotations

from pathlib import Path

from ztui.model.finding import Finding, Severity
from ztui.model.table import CsvInfo, Dialect, DialectOverrides, SourceRow
from ztui.present.files import (
    finding_data,
    overview_lines,
    preview_data,
    row_lines,
    structure_lines,
    structure_notice,
)

INFO = CsvInfo(
    path="/data/leads.csv",
    data_path=Path("/tmp/copy.csv"),
    size=9,
    modified_ns=1,
    dialect=Dialect(),
    headers=("Name", "Note"),
    raw_headers=("Name", "Note"),
    notes=(("Encoding UTF-16 LE", "it begins with a byte-order mark"),),
    source_encoding="utf-16-le",
    opened_with=DialectOverrides("utf-16-le", ";", "'", 1, False),
)
ROWS = [SourceRow(0, 2, ("Ada", "a\nb")), SourceRow(1, 4, ("Bob", "x", "more"))]
OPEN_QUOTE = Finding(
    "local",
    "QUOTE_NOT_CLOSED",
    Severity.ERROR,
    scope="file",
    record=3,
    line=7,
    params=(("swallowed", "12"), ("count", "1"), ("line", "7")),
)


def test_overview_counts_exactly_or_about() -> None:
    assert overview_lines(INFO, 1234, 1) == [
        "File                leads.csv",
        "Rows                1,234",
        "Columns             2",
        "Encoding UTF-16 LE  it begins with a byte-order mark",
    ]
    assert "about 5,000" in overview_lines(INFO, None, 5000)[1]


def test_rows_show_lines_breaks_and_cells_beyond_the_header() -> None:
    assert row_lines(INFO, ROWS) == [
        "line  Name  Note  (no header)",
        "   2  Ada   a⏎b",
        "   4  Bob   x     more",
    ]


def test_structure_names_the_line_and_what_to_do() -> None:
    (line,) = structure_lines([OPEN_QUOTE])
    assert line.startswith("error: The quote that starts at line 7 swallows 12 lines. Close or remove")


def test_a_notice_names_an_error_and_counts_the_rest() -> None:
    short, long = (Finding("local", code, Severity.WARNING, line=at) for code, at in (("A", 12), ("B", 10)))
    assert structure_notice([short, long]).startswith("2 oddities in the file's structure, the first in line 10.")
    assert structure_notice([short, OPEN_QUOTE]).startswith("A quote is never closed (line 7).")
    letters = Finding("local", "ENCODING_DOUBTFUL", Severity.ERROR, scope="file")
    assert structure_notice([letters]).startswith("The letters look wrong. c (check)")


def test_data_tells_of_the_source_not_of_the_copy() -> None:
    told = preview_data(INFO, ROWS, 2, 2, [OPEN_QUOTE])
    assert (told["encoding"], told["delimiter"], told["quotechar"]) == ("utf-16-le", ";", "'")
    assert told["rows"][1] == {"number": 1, "line": 4, "cells": ["Bob", "x", "more"]}
    assert told["structure"] == [finding_data(OPEN_QUOTE)]
    assert finding_data(OPEN_QUOTE)["swallowed"] == 12
    assert finding_data(OPEN_QUOTE)["line"] == 7
