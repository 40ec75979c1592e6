from __future__ import annotations

from ztui.catalogue import standard_schema
from ztui.model.mapping import FieldMapping, Mapping, Step, Suggestion
from ztui.present.mapping import mapping_lines, suggestion_lines


def test_a_mapping_in_lines() -> None:
    mapping = Mapping(
        "Leads",
        headers=("A", "B\u202e"),
        fields=(
            FieldMapping("Last_Name", (0,), (Step.of("trim"),), default="?"),
            FieldMapping("Phone", (0, 1)),
            FieldMapping("Owner", (7,), find_by="email"),
            FieldMapping("Lead_Source", default="Fair"),
            FieldMapping("Gone", (0,)),
        ),
    )
    assert mapping_lines(mapping, standard_schema("Leads")) == [
        "Last Name ← A, trim blanks at the ends, '?' where blank",
        "Phone ← A + B<U+202E>",
        "Lead Owner ← column 8, matched by email",
        "Lead Source ← the constant 'Fair'",
        "Gone ← A",
    ]


def test_a_proposal_in_lines() -> None:
    schema = standard_schema("Leads")
    assert schema is not None
    lines = suggestion_lines(
        (
            Suggestion(0, "Surname", "Last_Name", 0.95, "a synonym"),
            Suggestion(1, "", None, 0.0, "nothing points to a field"),
        ),
        schema,
    )
    assert lines[0].startswith("Surname    Last Name   95%  a synonym")
    assert lines[1].startswith("(no name)  —")
    assert lines[-2:] == ["1 of 2 columns has a field in Leads.", "Without a column: Company (mandatory)."]
