"""A finished check for programs: the stable shape of `ztui check --json`. Pure.

One JSON document, one finding on each line of its list:

    {"file": path, "module": …, "operation": …, "findings": [
    {"severity", "scope", "level", "code", "rule", "title", "record", "line", "column", "header", "api_name", "value",
     "params"}, …
    ], "groups": [{"severity", "scope", "level", "code", "rule", "api_name", "column", "header", "count"}, …],
    "rows": checked, "refused": rows that would be refused, "errors": …, "warnings": …, "blocking": true or false}

`line` is the 1-based physical line, `record` the 0-based data record, `column` the 0-based column of the source;
all are null where they do not apply, as is `value`, which is the cell before transforms. `rule` says more exactly
than `code` what is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from ztui.engine.rules import RULE_PARAM
from ztui.model.crm import ModuleSchema
from ztui.model.finding import Finding
from ztui.present.findings import explain

if TYPE_CHECKING:
    from ztui.engine.preflight import CheckReport, FindingGroup
    from ztui.model.mapping import Mapping


def finding_data(found: Finding, headers: Sequence[str], schema: ModuleSchema | None = None) -> dict[str, object]:
    """One finding as JSON types."""
    return {
        "severity": found.severity.value,
        "scope": found.scope,
        "level": found.level,
        "code": found.code,
        "rule": found.param(RULE_PARAM) or None,
        "title": explain(found, schema).title,
        "record": found.record,
        "line": found.line,
        "column": found.column,
        "header": _header(found.column, headers),
        "api_name": found.api_name,
        "value": found.value,
        "params": {k: v for k, v in found.params if k != RULE_PARAM},
    }


def group_data(group: FindingGroup, headers: Sequence[str]) -> dict[str, object]:
    """One group as JSON types."""
    return {
        "severity": group.severity.value,
        "scope": group.scope,
        "level": group.level,
        "code": group.code,
        "rule": group.rule or None,
        "api_name": group.api_name,
        "column": group.column,
        "header": _header(group.column, headers),
        "count": group.count,
    }


def _header(column: int | None, headers: Sequence[str]) -> str | None:
    return headers[column] if column is not None and column < len(headers) else None


def check_json(
    path: str,
    report: CheckReport,
    structure: Iterable[Finding],
    mapping: Mapping,
    headers: Sequence[str],
    schema: ModuleSchema,
) -> Iterator[str]:
    """The document, line by line, so that millions of findings need no memory."""
    head = {"file": path, "module": mapping.module, "operation": mapping.operation.value}
    yield _dump(head)[:-1] + ',"findings":['
    before = ""
    for found in chain(structure, report.all_findings()):
        if before:
            yield before + ","
        before = _dump(finding_data(found, headers, schema))
    if before:
        yield before
    tail = {
        "groups": [group_data(g, headers) for g in report.groups],
        "rows": report.rows_checked,
        "refused": report.rows_refused,
        "errors": report.errors,
        "warnings": report.warnings,
        "blocking": report.blocking,
    }
    yield "]," + _dump(tail)[1:]


#: The columns of the table of findings, for people and spreadsheets.
TABLE = ("line", "column", "field", "value", "severity", "code", "what is wrong", "what to do")


def finding_rows(
    report: CheckReport, structure: Iterable[Finding], headers: Sequence[str], schema: ModuleSchema | None
) -> Iterator[tuple[object, ...]]:
    """Every finding as a row under `TABLE`, none left out, without holding them all."""
    yield TABLE
    for found in chain(structure, report.all_findings()):
        words = explain(found, schema)
        field = schema.field(found.api_name) if schema is not None and found.api_name is not None else None
        yield (
            "" if found.line is None else found.line,
            _header(found.column, headers) or "",
            field.label if field is not None else found.api_name or "",
            "" if found.value is None else found.value.encode("utf-8", "surrogateescape").decode("utf-8", "replace"),
            found.severity.value,
            found.param(RULE_PARAM) or found.code,
            f"{words.title}. {words.cause}" if words.cause else words.title,
            words.remedy,
        )


def _dump(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
