"""Choose one of many by typing a few letters: fields, columns, modules, profiles, actions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ztui.present.fields import fuzzy
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its key, its cells, the words typing is compared with, a sentence about it, its rank.

    `rank` (higher first) orders the list before anything is typed; `refused` says why it cannot be taken.
    """

    key: str
    cells: tuple[str, ...]
    words: tuple[str, ...] = ()
    about: str = ""
    rank: float = 0.0
    refused: str = ""


class Picker(Dialog[str]):
    """A list that narrows while typing; Enter takes the marked line, a click too."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "take"), ("Esc", "cancel"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,ctrl+n", "step(1)", "Down", show=False, priority=True),
        Binding("up", "step(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "step(10)", "Page down", show=False, priority=True),
        Binding("pageup", "step(-10)", "Page up", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    Picker {
        & > #box { width: 78; height: 22; }
        & Grid { height: 1fr; margin-top: 1; }
        & #about { height: 2; margin-top: 1; color: $ink-soft; }
        & Hints { margin-top: 0; }
    }
    """

    def __init__(
        self,
        heading: str,
        columns: Sequence[Column],
        choices: Sequence[Choice],
        *,
        placeholder: str = "type to narrow",
        start: str = "",
    ) -> None:
        super().__init__(heading)
        self._columns, self._choices, self._placeholder = tuple(columns), list(choices), placeholder
        self._start = start
        self._shown: list[Choice] = []

    def body(self) -> ComposeResult:
        """Input, list, a sentence on the marked one."""
        field = Input(placeholder=self._placeholder)
        field.cursor_blink = False
        yield field
        grid = Grid(self._columns, cursor="line", header=1 if any(c.title for c in self._columns) else 0, gap=2)
        grid.can_focus = False
        grid.lively = True
        grid.empty = "Nothing fits."
        yield grid
        yield Words("", id="about")

    def on_mount(self) -> None:
        """Everything at first."""
        self._narrow("")
        if self._start:
            for index, choice in enumerate(self._shown):
                if choice.key == self._start:
                    self.query_one(Grid).move_to(index, center=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Fewer."""
        self._narrow(event.value)

    def _narrow(self, text: str) -> None:
        scored = []
        for place, choice in enumerate(self._choices):
            fit = fuzzy(text, *(choice.words or choice.cells)) if text.strip() else 0.5
            if fit > 0:
                scored.append((-fit if text.strip() else 0.0, bool(choice.refused), -choice.rank, place, choice))
        scored.sort(key=lambda s: s[:4])
        self._shown = [s[4] for s in scored]
        grid = self.query_one(Grid)
        grid.line = 0
        lines = [Line(c.cells, mark="faint" if c.refused else "") for c in self._shown]
        grid.show(self._columns, Lines(lines))
        grid.scroll_to(y=0, animate=False)
        self._tell()

    def on_grid_moved(self) -> None:
        """Another line is marked."""
        self._tell()

    def _tell(self) -> None:
        grid = self.query_one(Grid)
        about = self.query_one("#about", Words)
        if grid.line < len(self._shown):
            choice = self._shown[grid.line]
            about.say((choice.refused, "warn") if choice.refused else choice.about)
        else:
            about.say("")

    def action_step(self, lines: int) -> None:
        """Move the mark while typing."""
        self.query_one(Grid).action_cursor(lines, 0)

    def on_input_submitted(self) -> None:
        """Enter."""
        self._take(self.query_one(Grid).line)

    def on_grid_clicked(self, event: Grid.Clicked) -> None:
        """A click takes the line."""
        self._take(event.line)

    def _take(self, line: int) -> None:
        if 0 <= line < len(self._shown):
            choice = self._shown[line]
            if choice.refused:
                self.app.bell()
                self._tell()
            else:
                self.dismiss(choice.key)
