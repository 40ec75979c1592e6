"""Fields in words: names, types, refusals, and how typing finds them."""

import pytest

from ztui.model.crm import Field, LookupTarget, Module, ModuleSchema, Operation, PickListValue
from ztui.model.mapping import FieldMapping
from ztui.present import fields as words

LAST = Field("Last_Name", "Last Name", "text", length=80, system_mandatory=True)
TITLE = Field("Designation", "Title", "text", length=100)
CREATED = Field("Created_Time", "Created Time", "datetime", can_create=False, can_update=False)
SUM = Field("Total", "Total", "formula", can_create=False, can_update=False)
KEY = Field("id", "Record ID", "bigint", can_create=False)
SCHEMA = ModuleSchema(Module("Leads", "Lead", "Leads"), (TITLE, LAST, CREATED, SUM, KEY))


def test_mandatory_fields_come_first_and_unwritable_ones_stay_out() -> None:
    assert [f.api_name for f in words.offered(SCHEMA, Operation.INSERT)] == ["Last_Name", "Designation"]
    assert "id" in [f.api_name for f in words.offered(SCHEMA, Operation.UPDATE)]
    assert len(words.offered(SCHEMA, Operation.INSERT, all_fields=True)) == 5


def test_the_api_name_shows_where_the_label_does_not_give_it_away() -> None:
    assert words.full_name(LAST) == "Last Name"
    assert words.full_name(TITLE) == "Title (Designation)"


def test_a_refusal_says_why() -> None:
    assert words.why_not(LAST, Operation.INSERT) is None
    assert "worked out by Zoho" in (words.why_not(SUM, Operation.INSERT) or "")
    assert "read-only" in (words.why_not(CREATED, Operation.UPDATE) or "")
    assert "insert" in (words.why_not(KEY, Operation.INSERT) or "")


def test_types_are_told_with_what_limits_them() -> None:
    choice = Field("S", "S", "picklist", picklist=(PickListValue("a", "a"), PickListValue("b", "b", used=False)))
    account = Field("A", "A", "lookup", lookup=LookupTarget("Accounts"), unique=True)
    assert words.type_details(LAST) == "text, up to 80"
    assert words.type_details(choice) == "picklist, 1 value"
    assert words.type_details(account) == "lookup, to Accounts, unique"
    assert words.type_name(Field("X", "X", "brand_new")) == "brand_new"


def test_what_feeds_a_field() -> None:
    headers = ("First", "Last")
    assert words.fed_by(None, headers) == ""
    assert words.fed_by(FieldMapping("N", (0, 1)), headers) == "First + Last"
    assert words.fed_by(FieldMapping("N", default="Web"), headers) == "= Web"


@pytest.mark.parametrize(
    ("typed", "better", "worse"),
    [
        ("last", "Last Name", "Blast Radius"),
        ("name", "Last Name", "Nothing About Me Ever"),
        ("ln", "Last Name", "City"),
    ],
)
def test_typing_finds_the_likelier_first(typed: str, better: str, worse: str) -> None:
    assert words.fuzzy(typed, better) > words.fuzzy(typed, worse)


def test_what_has_not_the_letters_is_not_found() -> None:
    assert words.fuzzy("xyz", "Last Name") == 0.0
    assert words.fuzzy("last name", "Last Name") == 1.0
