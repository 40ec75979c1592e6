from __future__ import annotations

import pytest

from ztui.catalogue import standard_schema
from ztui.engine.mass_values import choices, find_field, read_value, why_not
from ztui.errors import UsageError
from ztui.model.crm import Field, PickListValue, User

USERS = (
    User("4150868000000225013", "Patricia Boyle", "patricia@example.com"),
    User("4150868000000225014", "Sam Same", "sam@example.com"),
    User("4150868000000225015", "Sam Same", "sam2@example.com"),
)
LIST = (PickListValue("Hot", "Hot"), PickListValue("Cold", "Cold"), PickListValue("Old", "Old", used=False))


def field(data_type: str, **more: object) -> Field:
    return Field("F", "F", data_type, mass_update=True, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data_type", "text", "value"),
    [
        ("text", " x ", "x"),
        ("text", "", None),
        ("picklist", "hot", "Hot"),
        ("multiselectpicklist", "hot; COLD", ["Hot", "Cold"]),
        ("boolean", "Yes", True),
        ("boolean", "nein", False),
        ("integer", "42", 42),
        ("integer", "1,200,300", 1200300),
        ("currency", "1200.50", 1200.5),
        ("currency", "€ 1.200,50", 1200.5),
        ("date", "2026-05-01", "2026-05-01"),
        ("date", "31.12.2026", "2026-12-31"),
        ("datetime", "2026-05-01T10:00:00+02:00", "2026-05-01T10:00:00+02:00"),
        ("userlookup", "PATRICIA@example.com", {"id": "4150868000000225013"}),
        ("userlookup", "Patricia Boyle", {"id": "4150868000000225013"}),
        ("userlookup", "4150868000000225099", {"id": "4150868000000225099"}),
    ],
)
def test_read_by_type(data_type: str, text: str, value: object) -> None:
    listed = LIST if data_type in ("picklist", "multiselectpicklist") else ()
    assert read_value(field(data_type, picklist=listed), text, USERS).value == value


@pytest.mark.parametrize(
    ("data_type", "text", "words"),
    [
        ("picklist", "Hott", "list"),
        ("picklist", "Old", "list"),
        ("multiselectpicklist", "Hot;Warm", "list"),
        ("boolean", "perhaps", "yes or no"),
        ("integer", "4.5", "whole"),
        ("integer", "12345678901234567890", "digits"),
        ("integer", "many", "not a number"),
        ("currency", "1,234", "reads as"),
        ("date", "01/02/2026", "reads as"),
        ("date", "soon", "not a date"),
        ("userlookup", "Sam Same", "2 users"),
        ("userlookup", "nobody", "no such user"),
        ("text", "x" * 300, "at most"),
        ("text", "a\nb", "several lines"),
    ],
)
def test_refused_with_a_reason(data_type: str, text: str, words: str) -> None:
    listed = LIST if data_type in ("picklist", "multiselectpicklist") else ()
    length = 255 if data_type == "text" else None
    with pytest.raises(UsageError, match="MASS_VALUE") as raised:
        read_value(field(data_type, picklist=listed, length=length), text, USERS)
    assert words in str(raised.value.details["reason"])


def test_what_is_nearly_in_the_list_is_offered() -> None:
    with pytest.raises(UsageError) as raised:
        read_value(field("picklist", picklist=LIST), "Hott")
    assert raised.value.details["near"] == "Hot"


def test_a_mandatory_field_cannot_be_cleared() -> None:
    with pytest.raises(UsageError, match="MASS_VALUE"):
        read_value(field("text", system_mandatory=True), " ")


@pytest.mark.parametrize(
    ("of", "words"),
    [
        (Field("id", "Record ID", "bigint", mass_update=True), "cannot be changed"),
        (Field("A", "A", "text", visible=False, mass_update=True), "do not see"),
        (Field("A", "A", "text", can_update=False, mass_update=True), "read-only"),
        (Field("A", "A", "textarea", mass_update=True), "long text"),
        (Field("Email", "Email", "text", mass_update=True), "never"),
        (Field("A", "A", "text"), "does not allow"),
        (Field("A", "A", "text", mass_update=True), ""),
    ],
)
def test_why_a_field_cannot_be_chosen(of: Field, words: str) -> None:
    assert words in why_not(of)
    assert bool(why_not(of)) == bool(words)


def test_fields_by_label_or_api_name() -> None:
    schema = standard_schema("Deals")
    assert schema is not None
    assert find_field(schema, "probability (%)").api_name == "Probability"
    assert find_field(schema, "next_step").api_name == "Next_Step"
    with pytest.raises(UsageError) as raised:
        find_field(schema, "Next Stepp")
    assert raised.value.details["near"] == "Next Step"
    assert len(choices(schema)) == len(schema.fields)
