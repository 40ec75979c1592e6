"""The shape of a check for programs."""

from __future__ import annotations

import json
from pathlib import Path

from tests.engine.checking import SCHEMA, mapping_of, opened, write
from ztui.engine.preflight import check
from ztui.model.finding import Finding, Severity
from ztui.present.check import TABLE, check_json, finding_data, finding_rows

HEADER = ("Last_Name", "Email")


async def test_one_document_with_a_finding_on_each_line(tmp_path: Path) -> None:
    rows = [["Ada", "a@b.example"], ["", "b@c.example"], ["Cy", "nonsense"]]
    path = write(tmp_path / "f.csv", HEADER, rows)
    structure = (Finding("local", "BLANK_LINES", Severity.NOTE, scope="file", line=3, params=(("count", "1"),)),)
    with opened(path) as file:
        mapping = mapping_of(HEADER)
        report = await check(file, mapping, SCHEMA)
        lines = list(check_json("f.csv", report, structure, mapping, HEADER, SCHEMA))
    told = json.loads("\n".join(lines))
    assert len(lines) == 2 + len(told["findings"])
    assert [(f["code"], f["line"], f["column"], f["header"], f["value"]) for f in told["findings"]] == [
        ("BLANK_LINES", 3, None, None, None),
        ("INVALID_DATA", 4, 1, "Email", "nonsense"),
        ("MANDATORY_NOT_FOUND", 3, 0, "Last_Name", ""),
    ]
    assert {g["rule"]: g["count"] for g in told["groups"]} == {"REQUIRED_BLANK": 1, "NOT_AN_EMAIL": 1}
    assert (told["rows"], told["refused"], told["errors"], told["warnings"], told["blocking"]) == (3, 2, 2, 0, False)


async def test_nothing_found(tmp_path: Path) -> None:
    with opened(write(tmp_path / "f.csv", HEADER, [["Ada", ""]])) as file:
        report = await check(file, mapping_of(HEADER), SCHEMA)
        told = json.loads("\n".join(check_json("f.csv", report, (), mapping_of(HEADER), HEADER, SCHEMA)))
    assert told["findings"] == []
    assert told["rows"] == 1


def test_a_column_beyond_the_header_has_no_name() -> None:
    data = finding_data(Finding("local", "CELLS_BEYOND_HEADER", Severity.WARNING, column=2, line=9), HEADER)
    assert (data["column"], data["header"], data["rule"]) == (2, None, None)


async def test_every_finding_is_a_row_for_spreadsheets(tmp_path: Path) -> None:
    rows = [[f"Name{i}", f"a{i}@b.example" if i % 10 else "non\udce4sense"] for i in range(3_000)]
    path = tmp_path / "f.csv"
    lines = [",".join(HEADER), *(",".join(row) for row in rows)]
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogateescape"))
    structure = (Finding("local", "BLANK_LINES", Severity.NOTE, scope="file", line=3, params=(("count", "1"),)),)
    with opened(path) as file:
        report = await check(file, mapping_of(HEADER), SCHEMA)
        table = list(finding_rows(report, structure, HEADER, SCHEMA))
    assert table[0] == TABLE
    assert table[1][0] == 3
    assert len(table) == 2 + 300
    line, column, field, value, severity, code, wrong, todo = table[2]
    assert (line, column, severity, code) == (2, "Email", "error", "NOT_AN_EMAIL")
    assert isinstance(value, str)
    assert value.encode("utf-8")
    assert all((field, wrong, todo))
