"""A table with a cell cursor, whatever the number of lines: keys and mouse over what `grid_drawing` draws.

Screens hand it a `Source` and listen to its messages; it knows nothing of files or imports.
"""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message

from ztui.tui.widgets.grid_drawing import DrawnGrid


class Grid(DrawnGrid, can_focus=True):
    """A scrollable table with a cursor on a cell or a line."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "cursor(-1, 0)", "Up", show=False),
        Binding("down,j", "cursor(1, 0)", "Down", show=False),
        Binding("left,h", "cursor(0, -1)", "Left", show=False),
        Binding("right,l", "cursor(0, 1)", "Right", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "edge('left')", "First column", show=False),
        Binding("end", "edge('right')", "Last column", show=False),
        Binding("ctrl+home", "edge('top')", "First line", show=False),
        Binding("ctrl+end", "edge('bottom')", "Last line", show=False),
        Binding("enter", "choose", "Choose", show=False),
    ]

    DEFAULT_CSS = """
    Grid {
        background: $surface;
        color: $ink;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """

    class Moved(Message):
        """The cursor moved to (line, column)."""

        def __init__(self, grid: Grid, line: int, column: int) -> None:
            super().__init__()
            self.grid, self.line, self.column = grid, line, column

        @property
        def control(self) -> Grid:
            """The grid, for `@on(..., "#id")`."""
            return self.grid

        def can_replace(self, message: Message) -> bool:
            """A newer position makes an older one needless."""
            return isinstance(message, Grid.Moved) and message.grid is self.grid

    class Chosen(Message):
        """Enter or a second click on (line, column); line -1 is the header."""

        def __init__(self, grid: Grid, line: int, column: int) -> None:
            super().__init__()
            self.grid, self.line, self.column = grid, line, column

        @property
        def control(self) -> Grid:
            """The grid, for `@on(..., "#id")`."""
            return self.grid

    class Clicked(Message):
        """A click (not a drag) on (line, column)."""

        def __init__(self, grid: Grid, line: int, column: int) -> None:
            super().__init__()
            self.grid, self.line, self.column = grid, line, column

        @property
        def control(self) -> Grid:
            """The grid, for `@on(..., "#id")`."""
            return self.grid

    # -- the cursor

    def move_to(self, line: int, column: int | None = None, *, center: bool = False) -> None:
        """Put the cursor on a line (and column), bring it into view, and tell."""
        line = max(0, min(line, self.source.count() - 1))
        column = self.column if column is None else max(0, min(column, len(self.columns) - 1))
        if (line, column) == (self.line, self.column):
            self.reveal(center=center)
            return
        old = self.line, self.column
        self.line, self.column = line, column
        self._strips.pop(old[0], None)
        self._strips.pop(line, None)
        if not self.reveal(center=center):
            self._refresh_line(old[0])
            self._refresh_line(line)
            if column != old[1] and self.header:
                self.refresh(Region(0, 0, self.size.width, 1))
        self.post_message(Grid.Moved(self, line, column))

    def action_cursor(self, lines: int, columns: int) -> None:
        """Move by lines and columns."""
        self.move_to(self.line + lines, self.column + columns if columns else None)

    def action_page(self, pages: int) -> None:
        """Move and scroll by whole pages."""
        top = max(0, min(self.top + pages * self.page, self.source.count() - self.page))
        old = self.line
        self.line = max(0, min(self.line + pages * self.page, self.source.count() - 1))
        self._strips.pop(old, None)
        self._strips.pop(self.line, None)
        if top != self.top:
            self.scroll_to(y=top, animate=False, force=True)
        self._refresh_line(old)
        self._refresh_line(self.line)
        if self.line != old:
            self.post_message(Grid.Moved(self, self.line, self.column))

    def action_edge(self, side: str) -> None:
        """Jump to the first or last line or column."""
        if self.cursor_kind == "line":
            side = {"left": "top", "right": "bottom"}.get(side, side)
        match side:
            case "left":
                self.move_to(self.line, 0)
            case "right":
                self.move_to(self.line, len(self.columns) - 1)
            case "top":
                self.move_to(0)
            case _:
                self.move_to(self.source.count() - 1)

    def action_choose(self) -> None:
        """Enter on the cursor."""
        if self.source.count():
            self.post_message(Grid.Chosen(self, self.line, self.column))

    # -- focus and mouse

    def on_focus(self) -> None:
        """The cursor looks alive."""
        self.repaint(self.line)

    def on_blur(self) -> None:
        """The cursor looks at rest."""
        self.repaint(self.line)

    def inside(self, event: events.MouseEvent) -> tuple[int, int]:
        """Where the mouse is, in cells of the table itself: without a border."""
        border = self.content_region.offset - self.region.offset
        return event.x - border.x, event.y - border.y

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """The cursor goes where the mouse is pressed."""
        x, y = self.inside(event)
        line, column = self.line_at(y), self.column_at(x)
        if line is not None and event.button == 1:
            self.move_to(self.line if line < 0 else line, column)

    def on_click(self, event: events.Click) -> None:
        """A second click chooses."""
        x, y = self.inside(event)
        line, column = self.line_at(y), self.column_at(x)
        if line is None or (column is None and self.cursor_kind == "cell"):
            return
        if event.chain == 2:
            self.post_message(Grid.Chosen(self, line, column or 0))
        elif line >= 0:
            self.post_message(Grid.Clicked(self, line, column or 0))

    def _on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        event.stop()
        self.action_cursor(0, 1)

    def _on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        event.stop()
        self.action_cursor(0, -1)
