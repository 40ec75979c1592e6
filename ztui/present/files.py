"""An opened file in words: how it is read and why, its rows, and what is broken in its structure. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ztui.model.counting import how_many
from ztui.model.finding import Finding
from ztui.model.table import CsvInfo, SourceRow
from ztui.present.errors import text_for
from ztui.present.tables import pairs, table


def overview_lines(info: CsvInfo, rows: int | None, estimated: int) -> list[str]:
    """What the file is and how it is read, each with how that was found out."""
    count = f"{rows:,}" if rows is not None else f"about {estimated:,}"
    facts = [("File", info.name), ("Rows", count), ("Columns", f"{len(info.headers):,}")]
    facts += [(what, how) for what, how in info.notes]
    return pairs(facts)


def row_lines(info: CsvInfo, rows: Sequence[SourceRow], widest: int = 24) -> list[str]:
    """The rows as a table, each with its physical line; cells beyond the header are shown, too."""
    beyond = max((len(row.cells) for row in rows), default=0) - len(info.headers)
    headers = ["line", *info.headers, *("(no header)" for _ in range(max(beyond, 0)))]
    return table(headers, [[str(row.line), *row.cells] for row in rows], right=(0,), widest=widest)


def structure_lines(findings: Sequence[Finding]) -> list[str]:
    """What is broken: cause and remedy of each finding on a line of its own."""
    lines = []
    for finding in findings:
        told = text_for(finding.level, finding.code, details=dict(finding.params))
        lines.append(f"{finding.severity}: {told.cause} {told.remedy}".rstrip())
    return lines


def structure_notice(findings: Sequence[Finding]) -> str:
    """What is broken, in passing: an error by its name, or how many oddities there are and where they begin."""
    error = next((found for found in findings if found.severity == "error"), None)
    if error is not None:
        told = text_for(error.level, error.code, details=dict(error.params))
        where = f" (line {error.line})" if error.line else ""
        return f"{told.title}{where}. c (check) says what to do."
    first = min((found.line for found in findings if found.line), default=None)
    where = f", the first in line {first}" if first else ""
    return f"{how_many(len(findings), 'oddity', 'oddities')} in the file's structure{where}. c (check) lists them."


def preview_data(
    info: CsvInfo, rows: Sequence[SourceRow], count: int | None, estimated: int, findings: Sequence[Finding]
) -> dict[str, Any]:
    """All of it as plain values for JSON."""
    dialect = info.source_dialect
    return {
        "path": info.path,
        "size": info.size,
        "encoding": dialect.encoding,
        "bom": dialect.bom,
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quotechar,
        "escape_backslash": dialect.escape_backslash,
        "header_line": dialect.header_line,
        "first_line": dialect.first_line,
        "newline": dialect.newline,
        "headers": list(info.headers),
        "raw_headers": list(info.raw_headers),
        "notes": [{"what": what, "how": how} for what, how in info.notes],
        "row_count": count,
        "estimated_rows": estimated,
        "rows": [{"number": row.number, "line": row.line, "cells": list(row.cells)} for row in rows],
        "structure": [finding_data(finding) for finding in findings],
    }


def finding_data(finding: Finding) -> dict[str, Any]:
    """A structure finding as plain values, with its texts."""
    told = text_for(finding.level, finding.code, details=dict(finding.params))
    return {
        "code": finding.code,
        "severity": finding.severity.value,
        "line": finding.line,
        "record": finding.record,
        "title": told.title,
        "cause": told.cause,
        "remedy": told.remedy,
        **{name: int(text) if text.isdecimal() else text for name, text in finding.params if name != "line"},
    }
