"""Whole names on half a name."""

from ztui.engine.suggest import WHOLE_NAME
from ztui.engine.transform import apply_steps
from ztui.engine.whole_names import half_of, name_proposals
from ztui.model.crm import Field
from ztui.model.mapping import Suggestion

WHOLE = Suggestion(0, "Name", None, 0.0, "a whole name", question=WHOLE_NAME)


def _field(api_name: str) -> Field:
    return Field(api_name, api_name.replace("_", " "), "text")


def test_either_half_leaves_the_rest_to_the_other() -> None:
    for here, there, given, rest in (
        ("Last_Name", "First_Name", "Lovelace", "Ada"),
        ("First_Name", "Last_Name", "Ada", "Lovelace"),
    ):
        half = half_of(_field(here), WHOLE)
        assert half is not None
        assert half.other == there
        assert apply_steps(["Ada Lovelace"], half.steps) == given
        assert apply_steps(["Ada Lovelace"], half.other_steps) == rest
        split, whole = name_proposals(half)
        assert split.question == whole.question == WHOLE_NAME
        assert (split.steps, whole.steps) == (half.steps, ())


def test_other_fields_and_other_columns_are_no_half() -> None:
    assert half_of(_field("Company"), WHOLE) is None
    assert half_of(_field("Last_Name"), None) is None
    assert half_of(_field("Last_Name"), Suggestion(0, "Name", "Last_Name", 1.0, "its label")) is None
