"""One import on its way: its parts with their stages and counts, live."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from ztui.model.run import RunState
from ztui.present.runs import part_cells, run_line, run_status
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.chrome import Stepper
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines


class RunScreen(ZtuiScreen):
    """Step 4: send. Without a run id it shows the next run that starts."""

    STEP = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,i", "inspect", "What was refused", show=True, key_display="i"),
        Binding("p", "pause", "Pause", show=True),
        Binding("r", "resume", "Go on", show=True),
        Binding("x", "cancel", "Send no more", show=True),
        Binding("j", "app.jobs", "All runs", show=True),
        Binding("escape", "back", "Back", show=False),
    ]
    DEFAULT_CSS = """
    RunScreen {
        & #state { height: 3; padding: 0 2; }
        & #parts { border: round $line; background: $surface; height: 1fr; margin: 0 1;
                   border-title-color: $ink-soft; border-title-style: bold; }
        & #parts:focus-within { border: round $cursor; border-title-color: $cursor; }
    }
    """

    def __init__(self, run: str | None = None) -> None:
        super().__init__()
        self.run_id = run
        self._lines: list[Line] = []

    def content(self) -> ComposeResult:
        """State, parts."""
        yield Words(("Preparing …", "soft"), id="state")
        with Vertical(id="parts"):
            yield Grid(
                (
                    Column("Part", width=4, right=True),
                    Column("Stage", width=18, stretch=1),
                    Column("Rows", width=8, right=True),
                    Column("Added", width=8, right=True),
                    Column("Updated", width=8, right=True),
                    Column("Skipped", width=8, right=True),
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
            state = self.ztui.live.get(self.run_id) or self.session.ready.runs.get(self.run_id)
            self._changed(state)

    def _changed(self, state: RunState) -> None:
        if self.run_id is None:
            self.run_id = state.run_id
        if state.run_id != self.run_id:
            return
        head, kind = run_line(state)
        self.query_one("#state", Words).say((head, kind), "\n", (run_status(state), "soft"))
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

    def action_inspect(self) -> None:
        """Rows that were refused, and why."""
        if self.run_id is not None:
            self.ztui.inspect(self.run_id)

    def action_pause(self) -> None:
        """Send no further part for now."""
        if self.run_id is not None:
            self.work(self.session.ready.runs.pause(self.run_id), "wish")

    def action_resume(self) -> None:
        """Go on sending."""
        if self.run_id is not None:
            self.ztui.resume(self.run_id)

    def action_cancel(self) -> None:
        """Send nothing that has not been sent; jobs at Zoho run on."""
        from ztui.tui.dialogs.message import Confirm

        run = self.run_id
        if run is None:
            return

        def agreed(yes: bool | None) -> None:
            if yes:
                self.work(self.session.ready.runs.cancel(run), "wish")

        text = "Parts that have not been sent stay unsent. Jobs that Zoho has already accepted run to their end."
        self.app.push_screen(Confirm("Send no more?", text, "send no more", "go on"), agreed)

    def action_back(self) -> None:
        """Leave; the run goes on."""
        self.dismiss(None)
