from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.plans import plan_for, write_source
from ztui.engine.repair import RepairRow, RepairSession
from ztui.engine.repair_suggest import LOOKUP_KEY, UPSERT, Suggestion, apply_suggestion, suggest_repairs
from ztui.model.crm import Field, LookupTarget, Module, ModuleSchema, Operation, PickListValue
from ztui.model.mapping import FieldMapping, Mapping
from ztui.model.outcome import RowError, RowOutcome, RowResult

FIELDS = (
    Field("First_Name", "First Name", "text", length=40),
    Field("Last_Name", "Last Name", "text", length=10, system_mandatory=True),
    Field("Email", "Email", "email", length=100),
    Field("Birthday", "Birthday", "date"),
    Field(
        "Lead_Source",
        "Lead Source",
        "picklist",
        picklist=(PickListValue("Trade Show", "Trade Show"), PickListValue("Web Research", "Web Research")),
    ),
    Field("Account", "Account", "lookup", lookup=LookupTarget("Accounts", "Account_Name")),
    Field("Owner", "Owner", "ownerlookup", lookup=LookupTarget("Users", "full_name")),
)
NAMES = tuple(field.api_name for field in FIELDS)
MAPPING = Mapping(
    "Leads",
    Operation.INSERT,
    headers=NAMES,
    fields=tuple(FieldMapping(name, (n,)) for n, name in enumerate(NAMES)),
)
GOOD = {"Last_Name": "Fine", "Email": "fine@x.org"}


def session(folder: Path, *rows: tuple[dict[str, str], RowError]) -> RepairSession:
    write_source(folder / "a.csv", 1)
    schema = ModuleSchema(Module("Leads", "Lead", "Leads"), FIELDS)
    plan = replace(plan_for(folder / "a.csv", 1), mapping=MAPPING, schema=schema)
    made = []
    for number, (values, error) in enumerate(rows):
        outcome = RowOutcome(number, number + 2, RowResult.SKIPPED, errors=(error,))
        made.append(RepairRow(outcome, tuple({**GOOD, **values}.get(name, "") for name in NAMES)))
    return RepairSession("r1", plan, made)


def offer(found: RepairSession, kind: str) -> Suggestion:
    return next(s for s in suggest_repairs(found) if s.kind == kind)


def bad(field: str, value: str, code: str = "INVALID_DATA") -> tuple[dict[str, str], RowError]:
    return {field: value}, RowError(code, (field,))


def test_the_nearest_value_of_a_list(tmp_path: Path) -> None:
    found = session(
        tmp_path, bad("Lead_Source", "Trade Shw"), bad("Lead_Source", "web-research"), bad("Lead_Source", "Q")
    )
    nearest = offer(found, "nearest_picklist")
    assert nearest.count == 2
    assert dict(nearest.examples) == {"Trade Shw": "Trade Show", "web-research": "Web Research"}
    assert apply_suggestion(found, nearest) == 2
    assert found.ready() == (0, 1)


def test_dates_are_read_anew(tmp_path: Path) -> None:
    found = session(tmp_path, bad("Birthday", "31.12.1999"), bad("Birthday", "24.12.1998"))
    reread = offer(found, "reread_date")
    assert dict(reread.examples)["31.12.1999"] == "1999-12-31"
    assert reread.count == 2


def test_too_long_values_are_cut_only_when_told(tmp_path: Path) -> None:
    found = session(tmp_path, bad("Last_Name", "Wolfeschlegelstein"))
    cut = offer(found, "truncate")
    assert cut.cells == ((0, "Last_Name", "Wolfeschle"),)


def test_a_full_name_is_split(tmp_path: Path) -> None:
    row = ({"First_Name": "Ada King", "Last_Name": ""}, RowError("MANDATORY_NOT_FOUND", ("Last_Name",)))
    found = session(tmp_path, row)
    split = offer(found, "split_name")
    assert (split.count, split.examples) == (1, (("Ada King", "Ada | King"),))
    apply_suggestion(found, split)
    assert (found.value(0, "First_Name"), found.value(0, "Last_Name")) == ("Ada", "King")
    assert found.undo()
    assert found.value(0, "First_Name") == "Ada King"


@pytest.mark.parametrize(
    ("slip", "clean"),
    [
        ("a b@x.org", "ab@x.org"),
        ("a@x,org", "a@x.org"),
        ("a(at)x.org", "a@x.org"),
        ("a@x..org", "a@x.org"),
        ("<a@x.org", "a@x.org"),
    ],
)
def test_slips_in_addresses(tmp_path: Path, slip: str, clean: str) -> None:
    found = session(tmp_path, bad("Email", slip))
    assert offer(found, "clean_email").cells == ((0, "Email", clean),)


def test_an_optional_cell_can_be_emptied(tmp_path: Path) -> None:
    found = session(tmp_path, bad("Email", "nobody"))
    assert offer(found, "clear").cells == ((0, "Email", ""),)
    assert not any(s.kind == "clear" for s in suggest_repairs(session(tmp_path, bad("Last_Name", "x" * 20))))


def test_lookups_by_another_key(tmp_path: Path) -> None:
    found = session(tmp_path, bad("Owner", "ada@x.org", "RESOURCE_NOT_FOUND"))
    by = offer(found, LOOKUP_KEY)
    assert (by.api_name, by.key) == ("Owner", "email")
    apply_suggestion(found, by)
    mapped = found.mapping.for_field("Owner")
    assert mapped is not None
    assert mapped.find_by == "email"
    assert offer(session(tmp_path, bad("Account", "Acme", "RESOURCE_NOT_FOUND")), LOOKUP_KEY).key == "Account_Name"


def test_duplicates_become_updates(tmp_path: Path) -> None:
    found = session(tmp_path, bad("Email", "a@x.org", "DUPLICATE_DATA"))
    upsert = offer(found, UPSERT)
    assert upsert.key == "Email"
    assert found.cell(0, "Email").blamed
    apply_suggestion(found, upsert)
    assert not found.cell(0, "Email").bad
    assert found.ready() == (0,)
    assert found.undo()
    assert found.mapping.operation is Operation.INSERT


def test_what_the_field_would_refuse_again_is_not_offered(tmp_path: Path) -> None:
    found = session(tmp_path, bad("Birthday", "not a date at all"), bad("Lead_Source", "qqqq"))
    kinds = {(s.api_name, s.kind) for s in suggest_repairs(found)}
    assert ("Birthday", "reread_date") not in kinds
    assert ("Lead_Source", "nearest_picklist") not in kinds


def test_blank_values_with_a_default_are_fine(tmp_path: Path) -> None:
    found = session(tmp_path, bad("Last_Name", "", "MANDATORY_NOT_FOUND"))
    assert found.check("Last_Name", "") is not None
    mapped = replace(MAPPING.fields[1], default="Unknown")
    found.mapping = found.mapping.with_field(mapped)
    assert found.check("Last_Name", "") is None
