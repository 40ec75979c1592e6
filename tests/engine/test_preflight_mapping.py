"""What is wrong with a mapping is known without reading a row."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.engine.checking import FIELDS, SCHEMA, mapping_of
from ztui.engine.preflight import callback_problem, check_mapping, explain
from ztui.engine.preflight_mapping import blocking
from ztui.model.crm import Field, Layout, Module, Operation
from ztui.model.finding import Finding
from ztui.model.mapping import FieldMapping, Mapping, Step

HEADERS = ("Last_Name", "Email", "id", "Notes")
GOOD = mapping_of(("Last_Name", "Email"))


def found(mapping: Mapping, **more: object) -> dict[str, Finding]:
    return {f.param("rule"): f for f in check_mapping(mapping, SCHEMA, HEADERS, **more)}  # type: ignore[arg-type]


def test_a_good_mapping_has_nothing() -> None:
    assert found(GOOD) == {}


def test_required_fields() -> None:
    broken = found(mapping_of(("Email",)))["REQUIRED_UNMAPPED"]
    assert (broken.code, broken.api_name, broken.scope) == ("MANDATORY_FIELDS_NOT_MAPPED", "Last_Name", "mapping")
    assert blocking([broken])
    constant = GOOD.without_field("Last_Name").with_field(FieldMapping("Last_Name", default="n/a"))
    assert found(constant) == {}
    update = replace(mapping_of(HEADERS), operation=Operation.UPDATE, find_by="id").without_field("Last_Name")
    assert found(update) == {}


def test_layout_required_fields_count() -> None:
    schema = replace(SCHEMA, fields=tuple(replace(f, required=f.api_name == "Notes") for f in FIELDS))
    rules = [f.param("rule") for f in check_mapping(GOOD, schema, HEADERS)]
    assert rules == ["REQUIRED_UNMAPPED"]


def test_a_date_is_not_declared_with_a_time() -> None:
    headers = ("Last_Name", "Born")
    for step, rules in (
        (Step.of("datetime", pattern="yyyy-MM-dd HH:mm"), ["STEP_IMPOSSIBLE"]),
        (Step.of("date", pattern="yyyy-MM-dd", out="yyyy-MM-dd HH:mm"), ["STEP_IMPOSSIBLE"]),
        (Step.of("datetime", pattern="yyyy-MM-dd HH:mm", out="dd/MM/yyyy"), []),
        (Step.of("date", pattern="yyyy-MM-dd HH:mm"), []),
    ):
        mapping = mapping_of(headers).with_field(FieldMapping("Born", (1,), (step,)))
        assert [f.param("rule") for f in check_mapping(mapping, SCHEMA, headers)] == rules


def test_a_field_that_is_hidden_from_the_user_cannot_be_written() -> None:
    schema = replace(SCHEMA, fields=tuple(replace(f, visible=f.api_name != "Email") for f in FIELDS))
    (broken,) = check_mapping(GOOD, schema, HEADERS)
    assert (broken.param("rule"), broken.api_name) == ("FIELD_READ_ONLY", "Email")
    assert "hidden" in broken.param("reason")


def test_an_unknown_field_is_told_with_the_nearest() -> None:
    broken = found(GOOD.with_field(FieldMapping("Last Name", (0,))))["FIELD_UNKNOWN"]
    assert broken.code == "INVALID_FIELD_NAME"
    assert broken.param("nearest") == "Last_Name"
    told = explain(broken)
    assert told is not None
    assert "Last_Name" in told.remedy


@pytest.mark.parametrize(
    ("mapping", "rule"),
    [
        (GOOD.with_field(FieldMapping("Score", (3,))), "FIELD_READ_ONLY"),
        (GOOD.with_field(FieldMapping("id", (2,))), "FIELD_READ_ONLY"),
        (GOOD.with_field(FieldMapping("Notes", (9,))), "COLUMN_NOT_THERE"),
        (replace(GOOD, fields=(*GOOD.fields, FieldMapping("Email", (3,)))), "FIELD_FED_TWICE"),
        (GOOD.with_field(FieldMapping("Email", (1,), (Step.of("zap"),))), "STEP_IMPOSSIBLE"),
        (GOOD.with_field(FieldMapping("Born", (3,), (Step.of("date", pattern="dd/MM"),))), "STEP_IMPOSSIBLE"),
        (GOOD.with_field(FieldMapping("Born", default="soon")), "CONSTANT_WRONG"),
        (GOOD.with_field(FieldMapping("Source", default="Nope")), "NEW_CHOICE"),
        (Mapping("Leads"), "NOTHING_MAPPED"),
        (replace(GOOD, operation=Operation.UPSERT), "KEY_NOT_CHOSEN"),
        (replace(GOOD, operation=Operation.UPDATE, find_by="Code"), "KEY_NOT_MAPPED"),
        (replace(GOOD, operation=Operation.UPSERT, find_by="Last_Name"), "KEY_NOT_UNIQUE"),
        (replace(GOOD, operation=Operation.UPSERT, find_by="E-mail"), "FIELD_UNKNOWN"),
        (replace(GOOD, operation=Operation.UPSERT, find_by="Email", ignore_empty=False), "BLANKS_ERASE"),
        (replace(GOOD, callback_url="http://requestbin.fullcontact.com"), "CALLBACK_REFUSED"),
    ],
)
def test_problems(mapping: Mapping, rule: str) -> None:
    assert rule in found(mapping)


def test_the_system_key_of_a_module_is_a_fair_key() -> None:
    assert found(replace(GOOD, operation=Operation.UPSERT, find_by="Email")) == {}


def test_modules_and_layouts() -> None:
    schema = replace(SCHEMA, module=Module("Events", "Event", "Events"))
    assert [f.code for f in check_mapping(GOOD, schema, HEADERS)] == ["MODULE_NOT_AVAILABLE"]
    late = replace(SCHEMA, module=Module("Quotes", "Quote", "Quotes"))
    assert check_mapping(GOOD, late, HEADERS, version="v8") == ()
    assert check_mapping(GOOD, late, HEADERS, version="v2")
    with_layouts = replace(SCHEMA, layouts=(Layout("1", "Standard"),))
    bad = check_mapping(replace(GOOD, layout_id="2"), with_layouts, HEADERS)
    assert [f.param("rule") for f in bad] == ["LAYOUT_UNKNOWN"]


def test_at_most_200_columns() -> None:
    extra = tuple(Field(f"F{n}", f"F{n}", "text") for n in range(200))
    schema = replace(SCHEMA, fields=(*SCHEMA.fields, *extra))
    headers = [*HEADERS, *(f.api_name for f in extra)]
    fields = (*GOOD.fields, *(FieldMapping(f.api_name, (4 + at,)) for at, f in enumerate(extra)))
    rules = {f.code: f for f in check_mapping(replace(GOOD, fields=fields), schema, headers)}
    assert rules["HEADER_LIMIT_EXCEEDED"].param("actual") == "202"
    assert check_mapping(replace(GOOD, fields=fields[:200]), schema, headers) == ()


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://www.zoho.com/in/crm/", True),
        ("http://requestbin.fullcontact.com/1fcimk51", True),
        ("http://requestbin.fullcontact.com", False),
        ("ftp://example.com/x", False),
        ("https://user:pw@example.com/x", False),
        ("https://127.0.0.1/x", False),
        ("https://localhost/x", False),
        ("https:///x", False),
        ("https://[::1/x", False),
        ("nonsense", False),
    ],
)
def test_callback_addresses(url: str, good: bool) -> None:
    assert (callback_problem(url) is None) == good
