"""Helpers for tests of the check and the planner: a schema with a field of every kind, files, and an oracle."""

from __future__ import annotations

import csv
import random
from collections.abc import Sequence
from pathlib import Path

from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.engine.files import OpenFile
from ztui.engine.preflight import CheckReport
from ztui.engine.preflight_rows import RowRules, key_text
from ztui.model.crm import Field, LookupTarget, Module, ModuleSchema, PickListValue
from ztui.model.finding import Severity
from ztui.model.mapping import FieldMapping, Mapping, Step
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
    rules = RowRules(mapping, schema, len(info.headers), header=info.raw_headers)
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
                    text = key_text(rules.value(slot, cells), field.field)
                    whose = "" if key in (None, slot) else rules.value(key or 0, cells).strip().casefold()
                    if not text:
                        continue
                    at, owner = first.setdefault((slot, text), (line, whose))
                    if at != line and not (whose and whose == owner):
                        name = "VALUE_REPEATED" if field.unique and not field.key else "KEY_REPEATED"
                        column, value = field.columns[0], rules.source(slot, cells)
                        found.append((name, rule(name).code, number, line, column, value, str(at)))
    return sorted(found, key=repr)


# --- cells by chance, for files that are right, wrong and broken

KINDS = (
    "Last_Name", "Email", "Phone", "Website", "Source", "Tags", "Employees", "Revenue", "Discount", "Opt_Out", "Born",
    "Seen", "Account", "Owner", "Code", "Notes", "Extra",
)  # fmt: skip
VALUES = (
    "", " ", "x", "Ada", "a@b.example", "a@b", "+49 30 1", "www.x.example", "https://x.example/a", "Partner",
    "Cold Call", "Größe, XL", "Partner;Cold Call", "1", "-5", "12.5", "1,5", "1.234", "99999999999", "true", "Yes",
    "2024-01-31", "2024-02-30", "31/12/2024", "31.12.2024", "12/31/2024 10:00:00", "2024-01-01T00:00:00+01:00",
    "5100000000000002175", "=1+1", "-", "+x", "@y", "é", "日本", "a\u00a0b", "\u00a0", "tab\there", "x" * 21, "y" * 70,
    '="00123"', "'00123", "4.91512E+11", "a\u200b@b.example", "Part\u00adner", "C\u200e1", "2024-01-31\u200b", "\u2060",
    'quo"te', '"', "a,b", "a;b", "two\nlines", "cr\r\nlf", "\x00", "\x07", "-None-", "12\" pipe", "a\\b",
)  # fmt: skip


FINE = {
    "Last_Name": ("Ada", "x" * 20, "é", "O'Neil", "日本"),
    "Email": ("a@b.example", "a.b+c@d-e.example.com"),
    "Phone": ("+49 30 1", "(030) 123-45"),
    "Website": ("www.x.example", "https://x.example/a"),
    "Source": ("Partner", "Cold Call", "Größe, XL", "-None-"),
    "Tags": ("Partner", "Partner;Cold Call"),
    "Employees": ("1", "-5", "123456789"),
    "Revenue": ("1", "12.5", "-12.34"),
    "Discount": ("5", "12.5"),
    "Opt_Out": ("true", "false"),
    "Born": ("2024-01-31", "2023-12-01"),
    "Seen": ("12/31/2024 10:00:00",),
    "Account": ("5100000000000002175",),
    "Owner": ("5100000000000002175",),
    "Code": ("A1", "a1", "B2", "C3", "D4", "E5"),
    "Notes": ("a b", "ok, fine"),
    "Extra": ("x", "a, b", 'quo"te'),
}
EDGES = {
    "Last_Name": ("x" * 21, "\u00a0", "\u3000", " ", "", "\x07", "=1", "Ada "),
    "Email": ("a" * 90 + "@bcdefg.example", "a..b@c.example", "a@b.c", "ä@b.example", "a@b.example\x7f", ""),
    "Phone": ("1" * 31, "030 – 1", "-", "+1 x", "030\t1"),
    "Website": ("x" * 60 + ".example", "http://", "localhost", "www.x.example/ä"),
    "Source": ("Partne", "Partners", "=x", "Cold  Call", "x" * 121),
    "Tags": ("Partner;", "Partner;;Cold Call", "Partner;Nope", "Partner,Cold Call", "Cold Call;" * 5),
    "Employees": ("1234567890", "1.0", "1,234", "+5", "0x1"),
    "Revenue": ("1.234", "1,5", "12345678901234567", "1.", ".5", "1.100", "1.0000000001"),
    "Discount": ("123456", "1.234", "5%"),
    "Opt_Out": ("True", "yes", "1"),
    "Born": ("2023-02-29", "2024-02-29", "2024-04-31", "1899-01-01", "2024-1-1", "31/12/2024", "31.12.2024"),
    "Seen": ("12/31/2024 24:00:00", "2024-12-31T10:00:00Z", "31/12/2024 10:00:00"),
    "Account": ("1" * 21, "Acme"),
    "Owner": ("a@b.example", "Ada"),
    "Code": ("A1 ", "Ａ1", "x" * 31),
    "Notes": ("two\nlines", "x" * 2001),
    "Extra": ("two\nlines", "\x00", '"'),
}


def cell(name: str, pick: random.Random) -> str:
    """Mostly a value that is fine there, else one at the edge of what is, else anything."""
    chance = pick.random()
    if chance < 0.9:
        return pick.choice(FINE[name])
    return pick.choice(EDGES[name]) if chance < 0.98 else pick.choice(VALUES)


def mangle(data: bytes, pick: random.Random) -> bytes:
    """The bytes with some accidents."""
    for _ in range(pick.randrange(4)):
        at = pick.randrange(max(len(data), 1))
        accident = pick.choice([b'"', b"\n", b"\r\n", b"\x00", b"\xff", b",", b"\n\n", b'""', b'"\n', b"\xc3", b";"])
        data = data[:at] + accident + data[at + pick.choice([0, 0, 1]) :]
    if pick.random() < 0.1:
        data = data[: pick.randrange(len(data) // 2, len(data))]
    return data


STEPS = {
    "Born": (Step.of("date", pattern="dd/MM/yyyy"), Step.of("date", pattern="dd.MM.yyyy")),
    "Opt_Out": (Step.of("boolean"),),
    "Revenue": (Step.of("number", decimal=","), Step.of("number", decimal=".")),
    "Employees": (Step.of("number", decimal=".", whole=True), Step.of("map", table=(("12", "13"),))),
    "Source": (Step.of("map", table=(("x", "Partner"),)),),
    "Tags": (Step.of("multi", separator=","),),
    "Phone": (Step.of("phone"), Step.of("map", table=(("n/a", ""), ("x", "0")))),
    "Last_Name": (Step.of("case", to="upper"), Step.of("truncate", length=5), Step.of("squeeze")),
    "Email": (Step.of("email"), Step.of("map", table=(("n/a", ""),)), Step.of("map", table=(("a@b.example", ""),))),
    "Code": (Step.of("trim"), Step.of("digits")),
}
