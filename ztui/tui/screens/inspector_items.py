"""The lines of the inspector's list of outcomes: rows that ended alike, errors of whole jobs, later runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ztui.model.crm import ModuleSchema
from ztui.model.event import ErrorInfo
from ztui.model.outcome import REFUSED, OutcomeGroup
from ztui.model.run import RunState
from ztui.present.errors import info_text
from ztui.present.inspector import distinct, group_mark, group_title, waiting_rows
from ztui.present.runs import run_word
from ztui.tui.widgets.grid_model import Line
from ztui.tui.widgets.refused_rows import RefusedRows

if TYPE_CHECKING:
    from ztui.engine.repair import RepairSession


@dataclass(frozen=True, slots=True)
class Item:
    """A group of rows, an error of a whole part (or of the run, part 0), or a run that sent rows of this one again."""

    group: OutcomeGroup | None = None
    error: ErrorInfo | None = None
    part: int = 0
    child: RunState | None = None

    @property
    def key(self) -> tuple[object, ...]:
        """What stays the same while counts change."""
        if self.group is not None:
            return self.group.result, self.group.code, tuple(self.group.fields)
        if self.child is not None:
            return (self.child.run_id,)
        return self.part, self.error.code if self.error is not None else ""

    def line(self, schema: ModuleSchema, repair: RepairSession | None) -> Line:
        """What happened, and to how many rows; `repair` holds the refused rows that no later run has in hand."""
        if self.group is not None:
            group = self.group
            rows = RefusedRows(repair, group) if repair is not None and group.result in REFUSED else None
            title = group_title(group, schema, rows.problems() if rows is not None else ())
            left = rows.count() if rows is not None else 0 if group.result in REFUSED else group.count
            return Line((title, waiting_rows(group, left)), marks=((1, group_mark(group)),))
        if self.child is not None:
            word, mark = run_word(self.child)
            return Line((f"↳ sent again: {word}", f"{self.child.total_rows:,}"), marks=((0, mark),))
        title = info_text(self.error).title if self.error is not None else ""
        return Line((title, f"job {self.part}" if self.part else "run"), marks=((0, "bad"), (1, "bad")))


def item_lines(items: Sequence[Item], schema: ModuleSchema, repair: RepairSession | None) -> list[Line]:
    """The lines of all items. Groups that would be called the same say how their rows ended."""
    lines = [item.line(schema, repair) for item in items]
    groups = [item.group for item in items]
    titles = distinct([line.cells[0] for line in lines], groups)
    return [replace(line, cells=(title, *line.cells[1:])) for line, title in zip(lines, titles, strict=True)]
