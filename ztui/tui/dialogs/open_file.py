"""Name a file: typed with completion from the folders, picked from the list, or dropped on the terminal."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ztui.present.paths import pasted_path, typed_path
from ztui.present.preview import size
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

ENDINGS = (".csv", ".tsv", ".txt", ".gz", ".zip", ".xlsx", ".tab")
_MOST = 2000


class OpenFileDialog(Dialog[str]):
    """Type a path; Tab completes; the list shows the folder. Dismisses with the path."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "open"), ("Tab", "complete"), ("Esc", "cancel"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", "Down", show=False, priority=True),
        Binding("up", "step(-1)", "Up", show=False, priority=True),
        Binding("pagedown", "step(10)", "Page down", show=False, priority=True),
        Binding("pageup", "step(-10)", "Page up", show=False, priority=True),
        Binding("tab", "complete", "Complete", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    OpenFileDialog {
        & > #box { width: 84; height: 22; }
        & Grid { height: 1fr; margin-top: 1; }
    }
    """

    def __init__(self, folder: str = "", *, heading: str = "Open a file", endings: tuple[str, ...] = ENDINGS) -> None:
        super().__init__(heading)
        self._endings = endings
        self._typed = ""
        self._start = folder + "/" if folder and not folder.endswith("/") else folder
        self._entries: list[Path] = []

    def body(self) -> ComposeResult:
        """Path, complaint, folder."""
        field = Input(self._start, placeholder="path; or drop a file here", select_on_focus=False)
        field.cursor_blink = False
        yield field
        grid = Grid(
            (Column("", width=1, mark="accent"), Column("", width=50, stretch=1), Column("", width=10, right=True)),
            cursor="line",
            header=0,
            empty="Nothing here that can be opened.",
        )
        grid.can_focus = False
        grid.lively = True
        yield grid
        yield Words("", id="complaint")

    def on_mount(self) -> None:
        """The folder as it is."""
        self._list(self._start)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Another folder, or a name begun."""
        self.query_one("#complaint", Words).say("")
        self._list(event.value)

    def _list(self, typed: str) -> None:
        self._typed = typed
        path = typed_path(typed or ".")
        folder, begun = (path, "") if not typed or typed.endswith(("/", ".")) else (path.parent, path.name)
        entries: list[Path] = []
        try:
            for count, entry in enumerate(sorted(folder.iterdir(), key=lambda p: (p.is_file(), p.name.casefold()))):
                if count >= _MOST:
                    break
                if entry.name.startswith(".") and not begun.startswith("."):
                    continue
                if begun and begun.casefold() not in entry.name.casefold():
                    continue
                if entry.is_dir() or entry.name.casefold().endswith(self._endings):
                    entries.append(entry)
        except OSError:
            entries = []
        self._entries = entries
        lines = []
        for entry in entries:
            if entry.is_dir():
                lines.append(Line(("▸", entry.name + "/", "")))
            else:
                try:
                    bytes_ = size(entry.stat().st_size)
                except OSError:
                    bytes_ = "?"
                lines.append(Line(("", entry.name, bytes_), marks=((2, "muted"),)))
        grid = self.query_one(Grid)
        grid.line = 0
        grid.show(source=Lines(lines))
        grid.scroll_to(y=0, animate=False)

    def action_step(self, lines: int) -> None:
        """Move in the list while typing."""
        self.query_one(Grid).action_cursor(lines, 0)

    def action_complete(self) -> None:
        """Take what the marked entry adds to the path."""
        grid = self.query_one(Grid)
        if grid.line < len(self._entries):
            entry = self._entries[grid.line]
            field = self.query_one(Input)
            field.value = self._named(entry) + ("/" if entry.is_dir() else "")
            field.cursor_position = len(field.value)

    def _named(self, entry: Path) -> str:
        """The entry the way the user writes paths: `~` stays `~`."""
        typed = self._typed
        base = typed if typed.endswith("/") else typed.rpartition("/")[0] + "/" if "/" in typed else ""
        return base + entry.name

    def on_grid_clicked(self, event: Grid.Clicked) -> None:
        """A click opens a file or enters a folder."""
        if event.line < len(self._entries):
            self._take(self._entries[event.line])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: what was typed if it is there, else what is marked."""
        typed = typed_path(event.value) if event.value.strip() else None
        if typed is not None and typed.is_file():
            self.dismiss(str(typed))
            return
        grid = self.query_one(Grid)
        if grid.line < len(self._entries):
            self._take(self._entries[grid.line])
        elif event.value.strip():
            self.query_one("#complaint", Words).say(("There is no such file.", "bad"))

    def _take(self, entry: Path) -> None:
        if entry.is_dir():
            field = self.query_one(Input)
            field.value = self._named(entry) + "/"
            field.cursor_position = len(field.value)
        else:
            self.dismiss(str(entry))

    def on_paste(self, event: events.Paste) -> None:
        """A file dropped on the terminal."""
        path = pasted_path(event.text)
        if path is not None:
            event.prevent_default()
            self.dismiss(path)
