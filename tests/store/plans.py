"""Small plans and parts for the tests of the ledger and of what is built on it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from ztui.model import event as ev
from ztui.model.crm import Field, Layout, LookupTarget, Module, ModuleSchema, Operation, PickListValue
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.model.plan import CellEdit, ImportPlan, SourceId
from ztui.model.table import CsvInfo, Dialect

SCHEMA = ModuleSchema(
    Module("Leads", "Lead", "Leads", id="2175"),
    (
        Field("Last_Name", "Last Name", "text", length=80, system_mandatory=True),
        Field("Email", "Email", "email", length=100),
        Field("Company", "Company", "text", length=200, required=True),
        Field(
            "Lead_Source",
            "Lead Source",
            "picklist",
            picklist=(PickListValue("Web", "Web"), PickListValue("Trade Show", "Trade Show", used=False)),
        ),
        Field("Owner", "Lead Owner", "ownerlookup", lookup=LookupTarget("Users", "full_name")),
    ),
    (Layout("91", "Standard", default=True, fields=("Last_Name",), required=("Last_Name", "Company")),),
)
HEADERS = ("Email", "Name", "Firm")
MAPPING = Mapping(
    "Leads",
    Operation.INSERT,
    headers=HEADERS,
    fields=(
        FieldMapping("Email", (0,), (Step.of("trim"),)),
        FieldMapping("Last_Name", (1,)),
        FieldMapping("Company", (2,), default="Unknown"),
    ),
)


def write_source(path: Path, rows: int) -> None:
    """A CSV of `rows` people with unique e-mail addresses."""
    lines = [f"p{n}@example.org,Name {n},Firm {n % 7}" for n in range(rows)]
    path.write_text("\n".join([",".join(HEADERS), *lines]) + "\n", encoding="utf-8")


def source_id(path: Path) -> SourceId:
    """The file as it is now."""
    data = path.read_bytes()
    stat = path.stat()
    return SourceId(str(path), stat.st_size, stat.st_mtime_ns, hashlib.sha256(data).hexdigest())


def plan_for(path: Path, rows: int, **changes: object) -> ImportPlan:
    """A plan to send the whole file as it is now."""
    stat = path.stat()
    plan = ImportPlan(
        source=source_id(path),
        info=CsvInfo(str(path), path, stat.st_size, stat.st_mtime_ns, Dialect(), HEADERS, HEADERS),
        mapping=MAPPING,
        schema=SCHEMA,
        profile="main",
        environment="production",
        api_version="v2.1",
        zgid="4150868",
        total_rows=rows,
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


def a_plan(folder: Path) -> ImportPlan:
    """A plan that uses every part of the model at least once."""
    path = folder / "people.csv"
    write_source(path, 5)
    return plan_for(
        path, 5, records=(0, 1, 2, 4), exclude=(2,), edits=(CellEdit(1, "Email", "x@y.org"),), canary=2, parent_run="r0"
    )


def started(run_id: str, plan: ImportPlan, at: str = "2026-01-02T03:04:05+00:00") -> ev.RunStarted:
    """The first event of a run of this plan."""
    return ev.RunStarted(
        at,
        run_id,
        "digest",
        plan.info.path,
        plan.mapping.module,
        plan.mapping.operation.value,
        plan.profile,
        plan.environment,
        plan.total_rows,
        plan.parent_run,
    )
