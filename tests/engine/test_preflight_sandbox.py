"""What the check predicts is what the sandbox does: the same rows refused, for the same codes on the same fields."""

from __future__ import annotations

import random
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.engine.checking import opened, write
from tests.sandbox.driver import Driver
from ztui.engine.planner import make_plan, pack, sent_columns
from ztui.engine.preflight import check
from ztui.model.crm import Field, Module, ModuleSchema, Operation, PickListValue
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.model.profile import Domains, Profile
from ztui.sandbox.org import FieldDef
from ztui.sandbox.state import Sandbox
from ztui.sandbox.switches import Switches

EXTRA = (
    FieldDef("Big", "Big", "bigint", custom=True),
    FieldDef("Ratio", "Ratio", "double", length=16, decimal_place=2, custom=True),
    FieldDef("Share", "Share", "percent", custom=True),
    FieldDef("Seen", "Seen", "datetime", custom=True),
    FieldDef("Tags", "Tags", "multiselectpicklist", length=60, picklist=("Red", "Blue"), custom=True),
    FieldDef("Code", "Code", "text", length=20, unique=True, custom=True),
)
VALUES = {
    "text": ("Ada", "x" * 20, "x" * 21, "x" * 300, " ", "", "é", "two\nlines", "=1+1", "\u2003"),
    "textarea": ("note", "a\nb", "x" * 33_000, ""),
    "email": (
        "a@b.example", "A@B.example", "x.y+z@sub.example.com", "a@b", "a..b@c.example", "zoë@b.example", "a@b.c",
        " a@b.example ", "a b@c.example", "", ".a@b.example", "a@b.example.", "n" * 95 + "@b.example",
    ),
    "phone": ("+49 30 123", "(030) 1-2/3", "call me", "–", "1" * 31, "", "0800 FLOWERS", "+"),
    "website": ("www.x.example", "https://x.example/a b", "https://x.example/ä?q#f", "x", "", "ftp://x.example"),
    "picklist": ("Cold Call", "cold call", "", "y" * 121, "Something new"),
    "multiselectpicklist": ("Red", "Red;Blue", "Red; Green", "", "z" * 61, "a" * 121),
    "boolean": ("true", "FALSE", "yes", "", "1"),
    "integer": ("1", "-5", "1,234", "1.0", "1234567890", "", "12e", "٣"),
    "bigint": ("123456789012345678", "1234567890123456789", "", "x"),
    "double": ("1.25", "1,5", "1,234.5", ".5", "5.", "1.12345678901", "12345678901234567", "", "-0.001", "."),
    "currency": ("1.25", "1,5", "1234", "€5", "", "1.123456789", "1.1234567891"),
    "percent": ("5", "12.5", "100000", "5%", "", "99999", "1.1234567"),
    "date": ("2024-02-29", "2023-02-29", "29/02/2024", "", "2024-1-5", "x"),
    "datetime": (
        "12/31/2024 10:00:00", "31/12/2024 10:00:00", "2024-12-31", "", "12/31/2024 25:00:00", "1/5/2024 9:00:00",
    ),
    "ownerlookup": ("", "nobody", "4150868000000225013"),
}  # fmt: skip
LEADS = (
    "Last_Name", "Company", "First_Name", "Email", "Phone", "Website", "Lead_Source", "No_of_Employees",
    "Annual_Revenue", "Email_Opt_Out", "Description", "Date_3", *(f.api_name for f in EXTRA),
)  # fmt: skip


@pytest.fixture
async def zoho() -> AsyncIterator[Driver]:
    switches = Switches(owner_required=False)
    driver = Driver(Sandbox(pace="once", switches=switches, fields=[("Leads", f) for f in EXTRA]))
    yield driver
    await driver.close()


def schema_of(driver: Driver) -> ModuleSchema:
    module = driver.box.org.modules["Leads"]
    fields = tuple(
        Field(
            f.api_name,
            f.label,
            f.data_type,
            length=f.length,
            decimal_place=f.decimal_place,
            system_mandatory=f.system_mandatory,
            required=f.required,
            can_create=f.can_create,
            can_update=f.can_update,
            unique=f.unique,
            picklist=tuple(PickListValue(v, v) for v in f.picklist),
        )
        for f in module.fields.values()
    )
    return ModuleSchema(Module("Leads", "Lead", "Leads"), fields)


def text_of(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name).decode()


@pytest.mark.parametrize("seed", range(24))
async def test_the_same_rows_are_refused(seed: int, zoho: Driver, tmp_path: Path) -> None:
    pick = random.Random(seed)
    schema = schema_of(zoho)
    header = [
        "Last_Name",
        "Company",
        "Email",
        *pick.sample([n for n in LEADS if n not in ("Last_Name", "Company", "Email")], 5),
    ]
    operation = pick.choice([Operation.INSERT, Operation.INSERT, Operation.UPSERT, Operation.UPDATE])
    rows = []
    for number in range(120):
        row = []
        for name in header:
            field = schema.field(name)
            assert field is not None
            row.append(pick.choice(VALUES[field.data_type]) if pick.random() < 0.15 else _fine(field, number))
        rows.append(row)
    fields = tuple(FieldMapping(name, (at,)) for at, name in enumerate(header))
    mapping = Mapping("Leads", operation, headers=tuple(header), fields=fields, ignore_empty=pick.random() < 0.5)
    if operation is not Operation.INSERT or pick.random() < 0.3:
        mapping = replace(mapping, find_by="Email")
    if "Date_3" in header and pick.random() < 0.5:
        fed = mapping.for_field("Date_3")
        assert fed is not None
        mapping = mapping.with_field(replace(fed, steps=(Step.of("date", pattern="dd/MM/yyyy"),)))
    with opened(write(tmp_path / "f.csv", header, rows), encoding="utf-8", delimiter=",", header_line=1) as file:
        report = await check(file, mapping, schema, collapse=False)
        profile = Profile("test", Domains("", "", ""))
        plan = await make_plan(file, mapping, schema, profile)
    (part,) = pack(plan, tmp_path)
    columns = sent_columns(plan)
    mappings: list[dict[str, Any]] = [
        {"api_name": c.api_name, "index": at, **({"format": c.format} if c.format else {})}
        for at, c in enumerate(columns)
    ]
    result = await zoho.run(
        text_of(part.path, part.csv_name),
        mappings,
        operation=operation.value,
        find_by=mapping.find_by,
        ignore_empty=mapping.ignore_empty,
    )
    predicted: dict[int, set[tuple[str, str]]] = {}
    for found in report.all_findings():
        if found.scope == "row" and found.severity.value == "error":
            assert found.record is not None
            predicted.setdefault(found.record, set()).add((found.code, found.api_name or ""))
    told: dict[int, set[tuple[str, str]]] = {}
    for record, row_result in zip(part.records, result, strict=True):
        for group in row_result["ERRORS"].split(":") if row_result["ERRORS"] else ():
            code, _, names = group.partition("-")
            told.setdefault(record, set()).update((code, name) for name in names.split(","))
    changed = {record for record, row in zip(part.records, result, strict=True) if row["STATUS"] == "UPDATED"}
    if operation is Operation.UPDATE:
        # the org is empty: every row that is fine otherwise finds no record, which no file can tell
        told = {r: left for r, errors in told.items() if (left := {e for e in errors if e[0] != "RESOURCE_NOT_FOUND"})}
    for record in range(len(rows)):
        expected, happened = predicted.get(record, set()), told.get(record, set())
        if operation is Operation.UPDATE or record in changed:
            # no record to take anything from, or one that keeps what it has: the file alone cannot tell
            expected = {e for e in expected if e[0] != "MANDATORY_NOT_FOUND" or e[1] == mapping.find_by}
        if operation is not Operation.INSERT:
            # which record holds a unique value depends on what the org has: the file alone cannot tell
            expected = {error for error in expected if error[0] != "DUPLICATE_DATA"}
            happened = {error for error in happened if error[0] != "DUPLICATE_DATA"}
        more = {error for error in happened - expected if error[0] != "DUPLICATE_DATA"}
        # of a row that is refused anyway the check does not say that it is a duplicate, too
        assert bool(expected) == bool(happened), (seed, record, rows[record], expected, happened)
        assert expected <= happened, (seed, record, rows[record])
        assert not more, (seed, record, rows[record])


def _fine(field: Field, number: int) -> str:
    special = {"Email": f"n{number}@x.example", "Code": f"C{number}", "Last_Name": f"Name {number}"}
    if field.api_name in special:
        return special[field.api_name]
    return VALUES[field.data_type][0]
