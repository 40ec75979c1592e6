"""Imports and mass updates as a grid: a line each, parts below when open, redrawn only where something changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line

if TYPE_CHECKING:  # the words for a run are imported when there is a run to put into words: the frame is painted before
    from ztui.model.mass_run import MassState
    from ztui.model.run import RunState

_WIDE = (
    Column("Run", width=24, stretch=1),
    Column("Began", width=6, mark="muted"),
    Column("State", width=13),
    Column("Rows", width=7, right=True),
    Column("In", width=7, right=True),
    Column("Refused", width=7, right=True),
    Column("Took", width=6, right=True, mark="muted"),
    Column("Credits", width=7, right=True, mark="muted"),
)


class RunList(Grid):
    """Imports and mass updates, newest first; the states come from outside by `load` and `change`."""

    DEFAULT_CSS = """
    RunList { height: 1fr; }
    """

    def __init__(self, id: str | None = None) -> None:
        self._states: dict[str, RunState] = {}
        self._mass: dict[str, MassState] = {}
        self._open: set[str] = set()
        self._order: list[tuple[str, int | None]] = []
        self._drawn: dict[int, Line] = {}
        super().__init__(_WIDE, self, cursor="line", header=1, gap=1, id=id, empty="No runs yet.")

    # -- the grid's source

    def count(self) -> int:
        """Runs and the parts that are shown."""
        return len(self._order)

    def lines(self, start: int, count: int) -> Sequence[Line]:
        """These lines, made as they are drawn."""
        now = datetime.now(UTC)
        found = []
        for place in range(start, min(start + count, len(self._order))):
            self._drawn[place] = line = self._make(place, now)
            found.append(line)
        return found

    def _make(self, place: int, now: datetime) -> Line:
        run_id, number = self._order[place]
        if run_id in self._mass:
            from ztui.present.mass_update import listed_cells

            cells, mark = listed_cells(self._mass[run_id], now)
            return Line(cells, marks=((2, mark), (5, "bad")))
        from ztui.present.runs import part_line, run_cells

        state = self._states[run_id]
        if number is None:
            cells, mark = run_cells(state, now)
            return Line(cells, marks=((2, mark), (5, "bad")))
        cells, mark = part_line(state.part(number))
        return Line(cells, marks=((0, "muted"), (2, mark)))

    # -- content

    def load(self, states: Sequence[RunState], mass: Sequence[MassState] = ()) -> None:
        """Show these; the cursor stays where it was."""
        here = self.marked
        self._states = {state.run_id: state for state in states}
        self._mass = {state.plan.id: state for state in mass}
        self._arrange(here)

    def change(self, state: RunState) -> None:
        """One run went on; a new one goes to the top."""
        known = self._states.get(state.run_id)
        if known is None:
            here = self.marked
            self._states = {state.run_id: state, **self._states}
            self._arrange(here)
            return
        self._states[state.run_id] = state
        if state.run_id in self._open and len(known.parts) != len(state.parts):
            self._arrange(self.marked)
        else:
            self.freshen()

    def change_mass(self, state: MassState) -> None:
        """One mass update went on, or is new."""
        known = state.plan.id in self._mass
        self._mass[state.plan.id] = state
        if known:
            self.freshen()
        else:
            self._arrange(self.marked)

    def freshen(self) -> None:
        """Draw the lines on screen whose text is not what it was; costs nothing when all are the same."""
        now = datetime.now(UTC)
        stop = min(self.top + self.page, len(self._order))
        stale = [p for p in range(self.top, stop) if self._drawn.get(p) != self._make(p, now)]
        if stale:
            self.repaint(*stale)

    def toggle(self, run_id: str) -> None:
        """Show or hide the parts of a run."""
        self._open ^= {run_id}
        self._arrange(run_id)

    def _arrange(self, here: str | None) -> None:
        self._order = []
        begun = [(state.started_at, state.run_id) for state in self._states.values()]
        begun += [(state.started_at, state.plan.id) for state in self._mass.values()]
        for _, name in sorted(begun, key=lambda b: b[0], reverse=True):
            if name == here:
                self.line = len(self._order)
            self._order.append((name, None))
            if name in self._open and name in self._states:
                self._order.extend((name, part.number) for part in self._states[name].parts)
        self._drawn.clear()
        self.changed()

    # -- what the cursor is on

    @property
    def marked(self) -> str | None:
        """The id of the import or mass update the cursor is on."""
        return self._order[self.line][0] if self.line < len(self._order) else None

    @property
    def state(self) -> RunState | None:
        """The state of that import; None on a mass update."""
        return self._states.get(self.marked or "")

    @property
    def mass(self) -> MassState | None:
        """The state of that mass update; None on an import."""
        return self._mass.get(self.marked or "")

    @property
    def any_active(self) -> bool:
        """True while some run has something to send or to poll."""
        return any(s.active for s in self._states.values()) or any(s.active for s in self._mass.values())
