"""Helpers for tests of the check and the planner: a schema with a field of every kind, files, and an oracle."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.engine.files import OpenFile
from ztui.engine.preflight import CheckReport
from ztui.engine.preflight_rows import RowRules
from ztui.engine.preflight_segment import key_text
from ztui.model.crm import Field, LookupTarget, Module, ModuleSchema, PickListValue
from ztui.model.finding import Severity
from ztui.model.mapping import FieldMapping, Mapping
from ztui.model.table import DialectOverrides

CHOICES = tuple(PickListValue(v, v) for v in ("Cold Call", "Partner", "Größe, XL", "Trade Show"))

FIELDS = (
    Field("id", "Record ID", "bigint", length=19, can_create=False),
    Field("Last_Name", "Last Name", "text", length=20, system_mandatory=True),
    Field("Email", "Email", "email", length=100),
    Field("Phone", "Phone", "phone", length=30),
    Field("Website", "Website", "website", length=60),
    Field("Source", "Source", "picklist", length=120, picklist=CHOICES),
    Field("Tags", "Tags", "multiselectpicklist", length=40, picklist=CHOICES),
    Field("Employees", "Employees", "integer", length=9),
    Field("Revenue", "Revenue", "currency", length=16, decimal_place=2),
    Field("Discount", "Discount", "percent"),
    Field("Opt_Out", "Opt Out", "boolean"),
    Field("Born", "Born", "date"),
    Field("Seen", "Seen", "datetime"),
    Field("Account", "Account", "lookup", lookup=LookupTarget("Accounts", "Account_Name")),
    Field("Owner", "Owner", "ownerlookup"),
    Field("Code", "Code", "text", length=30, unique=True),
    Field("Notes", "Notes", "textarea", length=2000),
    Field("Score", "Score", "formula", can_create=False, can_update=False),
)

SCHEMA = ModuleSchema(Module("Leads", "Lead", "Leads"), FIELDS)


def write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    """A plain CSV."""
    with path.open("w", newline="", encoding=encoding) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


def opened(path: Path, **said: object) -> OpenFile:
    """The file, opened."""
    return OpenFile.open(str(path), DialectOverrides(**said))  # type: ignore[arg-type]


def mapping_of(headers: Sequence[str], **more: object) -> Mapping:
    """Each column to the field of its name, where there is one."""
    known = {f.api_name for f in FIELDS}
    fields = tuple(FieldMapping(h, (at,)) for at, h in enumerate(headers) if h in known)
    return Mapping("Leads", headers=tuple(headers), fields=fields, **more)  # type: ignore[arg-type]


Told = tuple[str, str, int | None, int | None, int | None, str | None, str]


def told(report: CheckReport) -> list[Told]:
    """All findings of the rows, sorted: rule, code, record, line, column, value, line of the first of repeats."""
    return sorted(
        (
            (f.param("rule"), f.code, f.record, f.line, f.column, f.value, f.param("line"))
            for f in report.all_findings()
            if f.scope == "row"
        ),
        key=repr,
    )


def oracle(file: OpenFile, mapping: Mapping, schema: ModuleSchema = SCHEMA) -> list[Told]:
    """The same, found the plain way: every record by `csv.reader`, every cell by its checker."""
    from ztui.engine.rules import rule

    info = file.info
    rules = RowRules(mapping, schema, len(info.headers))
    found: list[Told] = []
    first: dict[tuple[int, str], tuple[int, str]] = {}
    key = next((slot for slot, field in enumerate(rules.fields) if field.key), None)
    with info.data_path.open("rb") as stream:
        stream.seek(info.data_start)
        reader = RecordReader(physical_lines(stream), info.dialect, line=info.dialect.first_line)
        for number, cells in enumerate(reader):
            line = reader.start_line
            hits = rules.judge(cells)
            for hit in hits:
                column = rules.column_of(hit.slot, hit.rule)
                found.append((hit.rule, rule(hit.rule).code, number, line, column, hit.value, ""))
            if any(rule(hit.rule).severity is Severity.ERROR for hit in hits):
                continue  # what is refused takes no key
            for slot, field in enumerate(rules.fields):
                if field.key or field.unique:
                    text = key_text(rules.value(slot, cells), case_sensitive=field.field.unique_case_sensitive)
                    whose = "" if key in (None, slot) else rules.value(key or 0, cells).strip().casefold()
                    if not text:
                        continue
                    at, owner = first.setdefault((slot, text), (line, whose))
                    if at != line and not (whose and whose == owner):
                        name = "VALUE_REPEATED" if field.unique and not field.key else "KEY_REPEATED"
                        column, value = field.columns[0], rules.source(slot, cells)
                        found.append((name, rule(name).code, number, line, column, value, str(at)))
    return sorted(found, key=repr)
