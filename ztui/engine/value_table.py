"""Which list value each value of a column is sent as: counted over the file, proposed where near, changed one by one.

The table lives in the mapping's own steps: a `map` step for pick lists, the `multi` step for lists of several.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from ztui.catalogue.knowledge import field_type
from ztui.engine.transform import compile_steps
from ztui.engine.transform_propose import propose_table
from ztui.engine.transform_values import BLANKS, MULTI_SEPARATOR, fold, table_of, text_arg
from ztui.model.crm import Field
from ztui.model.mapping import FieldMapping, Step
from ztui.model.table import SourceRow

#: Rows that are counted at most, and values that are told apart.
MOST_ROWS = 100_000
MOST_VALUES = 2_000
_PAGE = 500


class Rows(Protocol):
    """A file whose rows can be read by number."""

    def rows(self, start: int, count: int) -> list[SourceRow]:
        """Up to `count` records from `start` on."""
        ...


@dataclass(frozen=True, slots=True)
class Counts:
    """The values as they come to the table, most frequent first, with their rows; `rows` were read, `whole`: all."""

    values: tuple[tuple[str, int], ...]
    rows: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """One value: its rows, the list value it is sent as, and `how` that is known.

    `how` is "listed" (it is in the list as it stands), "chosen" (by the table), "near" (`target` is only a proposal:
    it is not sent before it is taken) or "unknown" (no list value is near; it is sent as it is).
    """

    value: str
    rows: int
    target: str
    how: str


def has_table(field: Field) -> bool:
    """True when the field has a list of values that others can be mapped to."""
    return bool(field.picklist) and field_type(field.data_type).check in ("picklist", "multi")


async def count_values(file: Rows, mapped: FieldMapping, field: Field) -> Counts:
    """Count what reaches the table over the file's first 100,000 rows; the loop stays free. Raises SourceError."""
    before, _, separator = _parts(field, mapped.steps)
    apply = compile_steps(before, len(mapped.columns) or 1)
    found: Counter[str] = Counter()
    start = 0
    more = True
    while more and start < MOST_ROWS:
        page = file.rows(start, _PAGE)
        more = len(page) == _PAGE
        for row in page:
            text = str(apply([row.cells[c] if c < len(row.cells) else "" for c in mapped.columns]))
            pieces = text.split(separator) if separator else (text,)
            for piece in pieces:
                value = piece.strip(BLANKS)
                if value and (value in found or len(found) < MOST_VALUES):
                    found[value] += 1
        start += len(page)
        await asyncio.sleep(0)
    return Counts(tuple(found.most_common()), start, not more)


def entries(field: Field, steps: tuple[Step, ...], counts: Counts) -> tuple[Entry, ...]:
    """What becomes of each value; those that nobody decided on and that are not in the list come first."""
    _, step, _ = _parts(field, steps)
    table = {fold(k): v for k, v in table_of(step)} if step is not None else {}
    known = {p.display_value for p in field.picklist} | {p.actual_value for p in field.picklist}
    open_values = [v for v, _ in counts.values if fold(v) not in table and v not in known]
    near = dict(propose_table(field, open_values))
    rows = []
    for value, count in counts.values:
        if fold(value) in table:
            rows.append(Entry(value, count, table[fold(value)], "chosen"))
        elif value in known:
            rows.append(Entry(value, count, value, "listed"))
        elif value in near:
            rows.append(Entry(value, count, near[value], "near"))
        else:
            rows.append(Entry(value, count, value, "unknown"))
    order = {"unknown": 0, "near": 1, "chosen": 2, "listed": 3}
    return tuple(sorted(rows, key=lambda e: order[e.how]))


def with_targets(field: Field, steps: tuple[Step, ...], targets: Sequence[tuple[str, str | None]]) -> tuple[Step, ...]:
    """The steps with these (value, list value) pairs in their table; None takes a value out of it again."""
    _, step, _ = _parts(field, steps)
    table = dict(table_of(step)) if step is not None else {}
    for value, target in targets:
        table = {k: v for k, v in table.items() if fold(k) != fold(value)}
        if target is not None:
            table[value] = target
    name = "multi" if field_type(field.data_type).check == "multi" else "map"
    args = {k: v for k, v in step.args if k != "table"} if step is not None else {}
    if table:
        args["table"] = tuple(table.items())
    keep = bool(table) or (name == "multi" and step is not None)
    new = (Step.of(name, **args),) if keep else ()
    if step is None:
        return (*steps, *new)
    at = steps.index(step)
    return (*steps[:at], *new, *steps[at + 1 :])


def _parts(field: Field, steps: tuple[Step, ...]) -> tuple[tuple[Step, ...], Step | None, str]:
    """The steps before the table, the step that holds it, and what separates several values ("" when there is one)."""
    many = field_type(field.data_type).check == "multi"
    step = next((s for s in steps if s.name == ("multi" if many else "map")), None)
    before = steps[: steps.index(step)] if step is not None else steps
    separator = (text_arg(step, "separator", MULTI_SEPARATOR) if step is not None else MULTI_SEPARATOR) if many else ""
    return before, step, separator
