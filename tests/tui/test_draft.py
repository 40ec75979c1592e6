"""The draft: every change can be taken back, and what cannot be mapped is not."""

from ztui.model.crm import Field, Module, ModuleSchema, Operation
from ztui.model.mapping import FieldMapping, Mapping, Step, Suggestion
from ztui.tui.draft import Draft

LAST = Field("Last_Name", "Last Name", "text", system_mandatory=True)
MAIL = Field("Email", "Email", "email", unique=True)
BORN = Field("Born", "Born", "date", can_update=False)
SCHEMA = ModuleSchema(Module("Leads", "Lead", "Leads"), (LAST, MAIL, BORN))


def draft() -> Draft:
    mapping = Mapping("Leads", headers=("Name", "Mail", "Day"), fields=(FieldMapping("Email", (1,)),))
    steps = (Step.of("trim"),)
    return Draft(
        mapping, SCHEMA, [Suggestion(1, "Mail", "Email", 0.9, "why"), Suggestion(2, "Day", "Born", 0.8, "", steps)]
    )


def test_changes_are_undone_and_redone_by_name() -> None:
    made = draft()
    assert made.assign(0, LAST)
    assert made.clear_field("Email")
    assert made.undo() == "Email unmapped"
    assert made.undo() == "Name → Last Name"
    assert made.undo() is None
    assert made.redo() == "Name → Last Name"
    assert made.assign(2, BORN)
    assert made.redo() is None


def test_a_column_put_where_it_was_proposed_gets_the_proposed_steps() -> None:
    made = draft()
    made.assign(2, BORN)
    mapped = made.mapping.for_field("Born")
    assert mapped is not None
    assert mapped.steps == (Step.of("trim"),)
    assert made.confidence(2) == 0.8
    assert made.confidence(0) is None


def test_an_operation_drops_what_it_may_not_write() -> None:
    made = draft()
    made.assign(2, BORN)
    made.set_operation(Operation.UPDATE, "Email")
    assert made.mapping.for_field("Born") is None
    assert made.missing() == []
    made.undo()
    assert made.mapping.for_field("Born") is not None
    assert made.missing() == [LAST]


def test_a_key_that_nothing_feeds_is_missing_too() -> None:
    made = draft()
    made.set_operation(Operation.UPDATE, "Email")
    assert made.missing() == []
    made.clear_column(1)
    assert made.missing() == [MAIL]
    made.set_operation(Operation.UPSERT, "Email")
    assert made.missing() == [MAIL, LAST]
    made.set_operation(Operation.INSERT, None)
    assert made.missing() == [LAST]


def test_columns_are_combined_and_constants_set() -> None:
    made = draft()
    made.assign(0, LAST)
    assert made.combine(2, LAST)
    mapped = made.mapping.for_field("Last_Name")
    assert mapped is not None
    assert mapped.columns == (0, 2)
    assert mapped.steps[0].name == "join"
    assert made.set_default("Born", "2024-01-01")
    assert made.set_default("Born", None)
    assert made.mapping.for_field("Born") is None


def test_nothing_changed_is_no_step() -> None:
    made = draft()
    assert not made.assign(1, MAIL)
    assert not made.clear_column(0)
    assert made.undo() is None
    assert not made.changed
    made.clear_column(1)
    assert made.changed
    made.keep()
    assert not made.changed
    made.undo()
    assert made.changed
