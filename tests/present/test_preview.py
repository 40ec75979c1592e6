"""The preview in words: heads of columns, counts, sizes, profiles."""

import pytest

from ztui.model.crm import Field, Module, ModuleSchema
from ztui.model.mapping import FieldMapping, Mapping, Suggestion
from ztui.model.table import ColumnProfile
from ztui.present import preview as words

SCHEMA = ModuleSchema(Module("Leads", "Lead", "Leads"), (Field("Email", "Email", "email"),))
MAPPING = Mapping("Leads", headers=("Mail", "Other"), fields=(FieldMapping("Email", (0,)),))


def test_the_head_of_a_column_says_where_it_goes_and_how_sure_that_is() -> None:
    assert words.head_note(MAPPING, SCHEMA, 0, 0.98) == ("→ Email 98%", "ok")
    assert words.head_note(MAPPING, SCHEMA, 0, 0.7) == ("→ Email 70%?", "warn")
    assert words.head_note(MAPPING, SCHEMA, 0, None) == ("→ Email", "ok")
    assert words.head_note(MAPPING, SCHEMA, 1, None) == ("not sent", "faint")


def test_a_column_is_explained() -> None:
    suggestion = Suggestion(0, "Mail", "Email", 0.95, "another name for Email")
    asked = Suggestion(1, "Other", None, 0.0, "nothing", question="Is this a whole name?")
    assert "95%, sure: another name" in words.column_line(MAPPING, SCHEMA, 0, suggestion, 0.95)
    assert words.column_line(MAPPING, SCHEMA, 0, suggestion, None) == "mapped by you"
    assert words.column_line(MAPPING, SCHEMA, 1, asked, None) == "Is this a whole name?"
    assert "stays out" in words.column_line(MAPPING, SCHEMA, 1, None, None)


def test_rows_are_exact_or_about() -> None:
    assert words.rows_line(200, None, 5000) == "about 5,000 rows"
    assert words.rows_line(600, 600, 5000) == "600 rows"
    assert words.rows_line(1, 1, 1) == "1 row"


@pytest.mark.parametrize(
    ("count", "text"),
    [(812, "812 bytes"), (27_800_000, "27.8 MB"), (2_360_000_000, "2.4 GB"), (279_000_000, "279 MB")],
)
def test_sizes(count: int, text: str) -> None:
    assert words.size(count) == text


def test_a_profile_names_kinds_by_share() -> None:
    profile = ColumnProfile(0, 100, 50, 40, 30, (("email", 45), ("text", 5)), ("a@b.c",))
    lines = dict(words.profile_lines("Mail", profile))
    assert lines["Filled"] == "50 (50%)"
    assert lines["Looks like"] == "email 90%, text 10%"
    assert lines["Samples"] == "a@b.c"


def test_the_first_value_that_is_not_blank() -> None:
    assert words.first_filled([(" ",), ("x",)], 0) == "x"
    assert words.first_filled([("x",)], 3) == ""
