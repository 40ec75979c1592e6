"""Where ztui begins without a file: the files opened lately, and the way to the runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from ztui.present.paths import pasted_path, shorten
from ztui.present.recent import recent_cells
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.workspace import RecentFile


class HomeScreen(ZtuiScreen):
    """Recent files; jobs are one key away."""

    STEP = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o,ctrl+o", "open_file", "Open a file", show=True, key_display="o"),
        Binding("j", "jobs", "Jobs", show=True),
        Binding("P", "profiles", "Profiles", show=True),
        Binding("U", "mass_update", "Mass update", show=True),
        Binding("escape", "back", "Back", show=False),
        Binding("q", "app.quit", "Quit", show=True),
    ]
    DEFAULT_CSS = """
    HomeScreen {
        & #files { border: round $line; background: $surface; height: 1fr; margin: 0 2;
                   border-title-color: $ink-soft; border-title-style: bold; }
        & #files:focus-within { border: round $cursor; border-title-color: $cursor; }
        & #hello { height: auto; padding: 1 4; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._recent: list[RecentFile] = []

    def content(self) -> ComposeResult:
        """A greeting and the list."""
        yield Words(
            ("Get a CSV into Zoho CRM.\n", "strong"),
            ("Drop a file on this window, press ", "soft"),
            ("o", "key"),
            (" to open one, or ", "soft"),
            ("j", "key"),
            (" to look at your runs.", "soft"),
            id="hello",
        )
        with Vertical(id="files"):
            yield Grid(
                (
                    Column("File", width=20, stretch=2),
                    Column("Where", width=16, stretch=2, mark="muted"),
                    Column("Size", width=9, right=True, mark="muted"),
                    Column("Opened", width=16, mark="muted"),
                ),
                cursor="line",
                header=1,
                id="recent",
                empty="No files yet. Press o to open one.",
            )

    def on_mount(self) -> None:
        """Fill in what is known."""
        self.query_one("#files", Widget).border_title = "Recent files"
        self.query_one(Grid).focus()
        self.retitle()
        self.work(self._load(), "recent")

    async def _load(self) -> None:
        workspace = await self.session.workspace()
        self._recent = workspace.recent_files()
        lines = [
            Line((name, shorten(folder, 48), size, when))
            for name, folder, size, when in map(recent_cells, self._recent)
        ]
        self.query_one(Grid).show(source=Lines(lines))
        self.retitle()

    def on_screen_resume(self) -> None:
        """Another file may have been opened meanwhile."""
        self.work(self._load(), "recent")

    def on_grid_chosen(self, event: Grid.Chosen) -> None:
        """Open the marked file."""
        if 0 <= event.line < len(self._recent):
            self.open(self._recent[event.line].path)

    def open(self, path: str) -> None:
        """To the mapping screen with this file."""
        from ztui.tui.screens.mapping import MappingScreen

        session = self.session
        if session.file is not None:
            session.file.close()
            session.file = None
        session.path, session.draft = path, None
        self.app.push_screen(MappingScreen())

    def action_open_file(self) -> None:
        """Name a file."""
        from ztui.tui.dialogs.open_file import OpenFileDialog

        def chosen(path: str | None) -> None:
            if path:
                self.open(path)

        self.app.push_screen(OpenFileDialog(), chosen)

    def on_paste(self, event: events.Paste) -> None:
        """A file dropped on the terminal arrives as its path."""
        path = pasted_path(event.text)
        if path is not None:
            self.open(path)

    def action_back(self) -> None:
        """To the import that is open, if there is one."""
        if len(self.app.screen_stack) > 1:
            self.app.pop_screen()
