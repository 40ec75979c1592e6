"""One import on its way: its parts with their stages and counts, live."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from ztui.model.run import RunState
from ztui.present.runs import bar, part_cells, progress, run_line, run_status
from ztui.tui.bridge import fresher
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.run_actions import RunActions, entitle
from ztui.tui.widgets.chrome import Stepper
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines


class RunScreen(RunActions):
    """Step 4: send. Without a run id it waits to be told one by `follow`."""

    STEP = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "inspect", "Refused rows", show=False),
        Binding("J", "app.jobs", "All runs", show=True),
        Binding("escape", "back", "Back", show=False, key_display="Esc"),
    ]
    DEFAULT_CSS = """
    RunScreen {
        & #state { height: 4; padding: 0 2; }
        & #parts { border: round $line; background: $surface; height: 1fr; margin: 0 1;
                   border-title-color: $ink-soft; border-title-style: bold; }
        & #parts:focus-within { border: round $cursor; border-title-color: $cursor; }
    }
    """

    def __init__(self, run: str | None = None) -> None:
        super().__init__()
        self.run_id = run
        self._state: RunState | None = None
        self._lines: list[Line] = []
        self._revision: tuple[int, int] | None = None

    def content(self) -> ComposeResult:
        """State, parts."""
        yield Words(("Preparing …", "soft"), id="state")
        with Vertical(id="parts"):
            yield Grid(
                (
                    Column("Part", width=4, right=True),
                    Column("Stage", width=17, stretch=1),
                    Column("Rows", width=7, right=True),
                    Column("Added", width=7, right=True),
                    Column("Updated", width=7, right=True),
                    Column("Skipped", width=7, right=True),
                    Column("Job", width=20, mark="muted"),
                ),
                cursor="line",
                header=1,
                gap=1,
                empty="Packing …",
            )

    def on_mount(self) -> None:
        """Follow the run."""
        self.query_one("#parts", Widget).border_title = "Parts"
        self.query_one(Grid).focus()
        self.retitle()
        self.ztui.run_changed.subscribe(self, self._changed)
        if self.run_id is not None:
            self._look()
        self.set_interval(1, self._look)

    def _look(self) -> None:
        """Another ztui may have moved the run; nothing is read when nothing was written, nor drawn without a change."""
        opened = self.session.opened
        if opened is None or self.run_id is None or not self.is_current:
            return
        revision = opened.runs.revision()
        if revision != self._revision:
            self._revision = revision
            state = fresher(opened.runs.get(self.run_id), self.ztui.live.get(self.run_id))
            if state != self._state:
                self._changed(state)

    def retitle(self) -> None:
        """The run's own file and org, as soon as there is a run."""
        if self._state is None:
            super().retitle()
        else:
            entitle(self, self._state)

    def follow(self, run_id: str) -> None:
        """This is the run to show."""
        self.run_id = run_id

    def meant(self) -> RunState | None:
        """The run on screen."""
        return self._state

    def _changed(self, state: RunState) -> None:
        if state.run_id != self.run_id:
            return
        first = self._state is None
        self._state = state
        if first:
            self.retitle()
        self.refresh_bindings()
        head, kind = run_line(state)
        done, left = bar(progress(state), max(20, min(60, self.size.width - 20)))
        percent = f"  {progress(state):.0%}"
        self.query_one("#state", Words).say(
            (head, kind), "\n", (run_status(state), "soft"), "\n", (done, "accent"), (left, "soft"), (percent, "soft")
        )
        lines = [Line(cells, marks=((1, mark),) if mark else ()) for cells, mark in map(part_cells, state.parts)]
        grid = self.query_one(Grid)
        changed = [i for i, line in enumerate(lines) if i >= len(self._lines) or line != self._lines[i]]
        grown = len(lines) != len(self._lines)
        self._lines[:] = lines
        if grown:
            grid.show(source=Lines(self._lines))
        elif changed:
            grid.repaint(*changed)
        self.query_one(Stepper).status((head, kind or ""))

    @on(Grid.Chosen)
    def _chosen(self) -> None:
        self.action_inspect()

    def action_back(self) -> None:
        """Leave; the run goes on."""
        self.dismiss(None)
