"""The rows of one group: refused ones as a grid of what was sent, with the bad cells marked and edits applied."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ztui.engine.repair import RepairRow, RepairSession
from ztui.model.finding import Finding
from ztui.model.outcome import OutcomeGroup, RowOutcome
from ztui.present.inspector import label
from ztui.tui.widgets.grid_model import Column, Line


class RefusedRows:
    """A grid source over the session's rows that belong to a group (None: all)."""

    def __init__(self, session: RepairSession, group: OutcomeGroup | None) -> None:
        self.session = session
        self.rows: list[RepairRow] = [row for row in session.rows if group is None or belongs(row.outcome, group)]

    def columns(self) -> tuple[Column, ...]:
        """One column a mapped field."""
        schema = self.session.plan.schema
        return tuple(Column(label(name, schema), note=name) for name in self.session.fields)

    def count(self) -> int:
        """The rows of the group."""
        return len(self.rows)

    def lines(self, start: int, count: int) -> Sequence[Line]:
        """Rows as they would be sent now."""
        return [self._line(row) for row in self.rows[start : start + count]]

    def _line(self, row: RepairRow) -> Line:
        session = self.session
        cells, marks = [], []
        for place, name in enumerate(session.fields):
            cell = session.cell(row.record, name)
            cells.append(cell.value or ("(blank)" if cell.bad else ""))
            mark = "badcell" if cell.bad else "accent" if cell.edited else ""
            if mark:
                marks.append((place, mark))
        wanting = any(mark == "badcell" for _, mark in marks)
        return Line(
            tuple(cells), gutter=str(row.outcome.line), marks=tuple(marks), gutter_mark="bad" if wanting else ""
        )

    def problems(self, sample: int = 50) -> list[Finding]:
        """What the field's own checker says about the values that were sent where the first refusals name a cell."""
        found = []
        for row in self.rows[:sample]:
            named = {name for error in row.outcome.errors for name in error.fields}
            for name in named.intersection(self.session.fields):
                problem = self.session.check(name, self.session.cell(row.record, name).sent)
                if problem is not None:
                    found.append(problem)
        return found

    def first_bad(self, place: int) -> int | None:
        """The first bad cell of the row at this place, as a column."""
        if not 0 <= place < len(self.rows):
            return None
        record = self.rows[place].record
        return next((i for i, name in enumerate(self.session.fields) if self.session.cell(record, name).bad), None)


class OutcomeRows:
    """A grid source over rows that are in the CRM, or whose fate is unknown: line and record id, read as drawn."""

    COLUMNS = (Column("Record id", width=24), Column("Known by", width=12, mark="muted"))

    def __init__(self, page: Callable[[int, int], Sequence[RowOutcome]], count: int) -> None:
        self._page, self._count = page, count

    def count(self) -> int:
        """The rows of the group."""
        return self._count

    def lines(self, start: int, count: int) -> Sequence[Line]:
        """Outcomes as lines."""
        outcomes = self._page(start, count)
        return [Line((o.record_id or "–", o.joined), gutter=str(o.line)) for o in outcomes]


def belongs(outcome: RowOutcome, group: OutcomeGroup) -> bool:
    """True when the row ended as the group says."""
    if outcome.result is not group.result:
        return False
    if not group.code:
        return not outcome.errors
    return any(e.code == group.code and tuple(e.fields) == tuple(group.fields) for e in outcome.errors)
