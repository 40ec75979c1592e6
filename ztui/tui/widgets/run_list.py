"""The runs as a grid: a line a run, its parts below it when it is open, redrawn only where something changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from ztui.model.run import RunState
from ztui.present.runs import part_line, run_cells
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line

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
    """Runs, newest first; the states come from outside by `load` and `change`."""

    DEFAULT_CSS = """
    RunList { height: 1fr; }
    """

    def __init__(self, id: str | None = None) -> None:
        self._states: dict[str, RunState] = {}
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
        state = self._states[run_id]
        if number is None:
            cells, mark = run_cells(state, now)
            return Line(cells, marks=((2, mark), (5, "bad")))
        cells, mark = part_line(state.part(number))
        return Line(cells, marks=((0, "muted"), (2, mark)))

    # -- content

    def load(self, states: Sequence[RunState]) -> None:
        """Show these runs; the cursor stays on its run."""
        here = self.marked
        self._states = {state.run_id: state for state in states}
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
        for state in self._states.values():
            if state.run_id == here:
                self.line = len(self._order)
            self._order.append((state.run_id, None))
            if state.run_id in self._open:
                self._order.extend((state.run_id, part.number) for part in state.parts)
        self._drawn.clear()
        self.changed()

    # -- what the cursor is on

    @property
    def marked(self) -> str | None:
        """The run the cursor is on."""
        return self._order[self.line][0] if self.line < len(self._order) else None

    @property
    def state(self) -> RunState | None:
        """The state of that run."""
        return self._states.get(self.marked or "")

    @property
    def any_active(self) -> bool:
        """True while some run has something to send or to poll."""
        return any(state.active for state in self._states.values())
