"""The table of list values: counted, proposed, changed value by value, and what is sent for it."""

from __future__ import annotations

from ztui.engine.transform import apply_steps
from ztui.engine.value_table import Counts, count_values, entries, has_table, with_targets
from ztui.model.crm import Field, PickListValue
from ztui.model.mapping import FieldMapping, Step
from ztui.model.table import SourceRow

LIST = tuple(PickListValue(v, v) for v in ("Cold Call", "Web Download", "Trade Show"))
ONE = Field("Lead_Source", "Lead Source", "picklist", picklist=LIST)
SEVERAL = Field("Topics", "Topics", "multiselectpicklist", picklist=LIST)


class Memory:
    """A file in memory."""

    def __init__(self, *values: str) -> None:
        self.all = [SourceRow(i, i + 2, (value,)) for i, value in enumerate(values)]

    def rows(self, start: int, count: int) -> list[SourceRow]:
        """Some of the rows."""
        return self.all[start : start + count]


async def test_every_row_of_the_file_is_counted() -> None:
    file = Memory(*["Cold Call"] * 700, *["cold-call "] * 300, *["Fair"] * 100, "", "  ")
    counts = await count_values(file, FieldMapping("Lead_Source", (0,)), ONE)
    assert counts == Counts((("Cold Call", 700), ("cold-call", 300), ("Fair", 100)), 1102, whole=True)


async def test_values_are_counted_as_earlier_steps_leave_them() -> None:
    steps = (Step.of("case", to="upper"), Step.of("map", table=(("FAIR", "Trade Show"),)))
    counts = await count_values(Memory("fair", "Fair"), FieldMapping("Lead_Source", (0,), steps), ONE)
    assert counts.values == (("FAIR", 2),)


def test_what_nobody_decided_on_comes_first() -> None:
    counts = Counts((("Cold Call", 9), ("web-download", 5), ("Fair", 3), ("Zzz", 1)), 18, whole=True)
    steps = (Step.of("map", table=(("fair", "Trade Show"),)),)
    found = [(e.value, e.target, e.how) for e in entries(ONE, steps, counts)]
    assert found == [
        ("Zzz", "Zzz", "unknown"),
        ("web-download", "Web Download", "near"),
        ("Fair", "Trade Show", "chosen"),
        ("Cold Call", "Cold Call", "listed"),
    ]


def test_a_choice_is_what_is_sent_and_can_be_taken_back() -> None:
    trim = (Step.of("trim"),)
    steps = with_targets(ONE, trim, [("Fair", "Trade Show")])
    assert apply_steps([" fair "], steps) == "Trade Show"
    again = with_targets(ONE, steps, [("FAIR", "Cold Call")])
    assert apply_steps(["Fair"], again) == "Cold Call"
    assert with_targets(ONE, again, [("fair", None)]) == trim


def test_the_other_arguments_and_steps_stay() -> None:
    steps = (Step.of("map", other="refuse", table=(("a", "Cold Call"),)), Step.of("truncate", length=9))
    changed = with_targets(ONE, steps, [("b", "Web Download")])
    assert changed[0].arg("other") == "refuse"
    assert changed[1] == steps[1]


async def test_lists_of_several_are_told_apart_by_their_separator() -> None:
    steps = (Step.of("multi", separator=","),)
    counts = await count_values(Memory("Fair, Cold Call", "Fair"), FieldMapping("Topics", (0,), steps), SEVERAL)
    assert counts.values == (("Fair", 2), ("Cold Call", 1))
    changed = with_targets(SEVERAL, steps, [("Fair", "Trade Show")])
    assert apply_steps(["Fair, Cold Call"], changed) == "Trade Show;Cold Call"
    assert with_targets(SEVERAL, changed, [("Fair", None)]) == steps


def test_only_lists_have_a_table() -> None:
    assert has_table(ONE)
    assert has_table(SEVERAL)
    assert not has_table(Field("Company", "Company", "text"))
    assert not has_table(Field("Empty", "Empty", "picklist"))
