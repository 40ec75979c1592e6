"""How a table is drawn: only the lines on screen, with a header and a gutter that stay in place.

Sideways it scrolls by whole columns. All text is cleaned by `present.text.visible`. It knows where the cursor is, not
how it moves: that is `widgets.grid`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from ztui.present.text import pad, visible
from ztui.tui.ink import ink
from ztui.tui.widgets.grid_model import Column, Line, Lines, Source, measure, stretch

#: Names of styles as (colour, paper, bold), theme variables all; a line or cell says which it wants.
MARKS: dict[str, tuple[str, str, bool]] = {
    "": ("ink", "surface", False),
    "header": ("ink", "panel", True),
    "header-current": ("cursor", "panel", True),
    "note": ("ink-soft", "panel", False),
    "gutter": ("ink-faint", "surface", False),
    "cursor": ("cursor-ink", "cursor", False),
    "cursor-blurred": ("ink", "cursor-soft", False),
    "muted": ("ink-soft", "", False),
    "faint": ("ink-faint", "", False),
    "ok": ("success", "", False),
    "warn": ("warning", "", False),
    "bad": ("error", "", False),
    "accent": ("accent", "", False),
    "strong": ("ink", "", True),
    "drop": ("drop-ink", "drop", False),
    "badcell": ("danger-ink", "danger", False),
}


class DrawnGrid(ScrollView):
    """The lines of a `Source` under their heads."""

    ALLOW_SELECT = False
    #: Columns without a width of their own get at least so many cells.
    narrowest: int = 4
    #: The cursor looks alive without the focus: in lists that are steered from an input line.
    lively: bool = False

    def __init__(
        self,
        columns: Sequence[Column] = (),
        source: Source | None = None,
        *,
        cursor: Literal["cell", "line"] = "cell",
        header: int = 2,
        gutter: int = 0,
        gap: int = 2,
        empty: str = "",
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self.cursor_kind = cursor
        self.header = header
        self.gutter_width = gutter
        self.gap = gap
        self.empty = empty
        self.line = 0
        self.column = 0
        self.left = 0
        self.columns: tuple[Column, ...] = ()
        self.source: Source = Lines()
        self._natural: list[int] = []
        self.widths: list[int] = []
        self._window: tuple[int, Sequence[Line]] = (0, ())
        self._strips: dict[int, Strip] = {}
        self.show(columns, source or Lines())

    # -- content

    def show(self, columns: Sequence[Column] | None = None, source: Source | None = None) -> None:
        """Show other columns, other lines, or both; the cursor stays where it can."""
        if source is not None:
            self.source = source
        if columns is not None:
            self.columns = tuple(columns)
        self._natural = measure(self.columns, self.source.lines(0, 60), self.narrowest)
        self._fit()
        self.column = max(0, min(self.column, len(self.columns) - 1))
        self.left = max(0, min(self.left, len(self.columns) - 1))
        self.changed()

    def restyle(self, columns: Sequence[Column]) -> None:
        """New titles, notes and styles for the same columns, keeping the widths."""
        self.columns = tuple(columns)
        self.repaint()

    def changed(self) -> None:
        """The source has other lines now (more, fewer, different)."""
        self.line = max(0, min(self.line, self.source.count() - 1))
        self._window = (0, ())
        self._resize()
        self.repaint()

    def repaint(self, *lines: int) -> None:
        """Draw everything, or only these line numbers, anew."""
        if not lines:
            self._strips.clear()
            self._window = (0, ())
            self.refresh()
            return
        self._window = (0, ())
        for line in lines:
            self._strips.pop(line, None)
            self._refresh_line(line)

    def _resize(self) -> None:
        size = Size(self.size.width, self.source.count() + self.header)
        if size != self.virtual_size:
            self.virtual_size = size

    def _fit(self) -> None:
        room = self.scrollable_content_region.width - self.gutter_width if self.is_mounted else 0
        self.widths = stretch(self._natural, self.columns, room, self.gap) if room > 0 else list(self._natural)

    def on_resize(self) -> None:
        """Columns that stretch take the new width; the cursor stays in view."""
        self._fit()
        self._resize()
        self.repaint()
        self.call_after_refresh(self.reveal)

    def notify_style_update(self) -> None:
        """A theme change voids the drawn lines."""
        super().notify_style_update()
        self._strips.clear()

    # -- geometry

    @property
    def top(self) -> int:
        """The first line on screen."""
        return self.scroll_offset.y

    @property
    def page(self) -> int:
        """How many lines fit."""
        return max(1, self.size.height - self.header)

    def spans(self) -> list[tuple[int, int, int]]:
        """(column, from, to) of every column on screen, in cells from the widget's left edge."""
        found, x, room = [], self.gutter_width, self.scrollable_content_region.width
        for index in range(self.left, len(self.columns)):
            if x >= room:
                break
            found.append((index, x, min(x + self.widths[index], room)))
            x += self.widths[index] + self.gap
        return found

    def column_at(self, x: int) -> int | None:
        """The column under this cell, or None (the gutter, or right of the last one)."""
        return next((index for index, start, stop in self.spans() if start <= x < stop + self.gap), None)

    def line_at(self, y: int) -> int | None:
        """The line under this cell; -1 is the header, None below the last line."""
        if y < 0:
            return None
        if y < self.header:
            return -1
        line = self.top + y - self.header
        return line if line < self.source.count() else None

    def reveal(self, *, center: bool = False) -> bool:
        """Scroll so that the cursor is on screen; True when that moved anything."""
        top, left = self.top, self.left
        goal = top
        if self.line < top or (center and not top <= self.line < top + self.page):
            goal = self.line - (self.page // 2 if center else 0)
        elif self.line >= top + self.page:
            goal = self.line - self.page + 1
        if self.cursor_kind == "cell" and self.columns:
            if self.column < self.left:
                self.left = self.column
            room = self.scrollable_content_region.width - self.gutter_width
            while self.left < self.column:
                need = sum(self.widths[self.left : self.column + 1]) + self.gap * (self.column - self.left)
                if need <= room:
                    break
                self.left += 1
        if self.left != left:
            self._strips.clear()
            self.refresh()
        if goal != top:
            self.scroll_to(y=max(0, goal), animate=False, force=True)
        return self.left != left or goal != top

    # -- drawing

    def style_of(self, mark: str) -> Style:
        """The drawn style of a component: "" is the plain text of the table."""
        colour, paper, bold = MARKS[mark]
        return ink(self, colour, paper, bold=bold)

    def render_line(self, y: int) -> Strip:
        """One line of the widget."""
        width = self.scrollable_content_region.width
        if y < self.header:
            return self._header_line(y, width)
        line = self.top + y - self.header
        strip = self._strips.get(line)
        if strip is None:
            strip = self._body_line(line, y - self.header, width)
            if len(self._strips) > 1000:
                self._strips.clear()
            self._strips[line] = strip
        return strip

    def _header_line(self, y: int, width: int) -> Strip:
        base = self.style_of("header" if y == 0 else "note")
        segments = [Segment(" " * self.gutter_width, base)]
        used = self.gutter_width
        for index, start, stop in self.spans():
            column = self.columns[index]
            if y == 0:
                style = self.style_of("header-current") if index == self.column and self.cursor_kind == "cell" else base
                text = column.title
            else:
                text = column.note
                style = base
                if column.note_mark:
                    style = base + Style(color=self.style_of(column.note_mark).color)
            segments.append(Segment(" " * (start - used), base))
            segments.append(Segment(pad(visible(text), stop - start, right=column.right), style))
            used = stop
        if y == 0 and self.left and self.gutter_width > 2:
            segments[0] = Segment("‹".rjust(self.gutter_width - 1) + " ", self.style_of("header-current"))
        segments.append(Segment(" " * max(0, width - used), base))
        return Strip(segments).adjust_cell_length(width, base).simplify()

    def _body_line(self, number: int, offset: int, width: int) -> Strip:
        base = self.style_of("")
        count = self.source.count()
        if number >= count:
            text = f"  {self.empty}" if not count and offset == 1 else ""
            return Strip([Segment(pad(text, width), base + self.style_of("muted"))])
        line = self._line(number)
        current = number == self.line
        whole = current and self.cursor_kind == "line"
        row_style = base
        if line.mark:
            row_style = base + self.style_of(line.mark)
        if whole:
            row_style = self.style_of("cursor" if self.has_focus or self.lively else "cursor-blurred")
        gutter_style = row_style if whole else base + self.style_of(line.gutter_mark or "gutter")
        segments = []
        if self.gutter_width:
            segments.append(Segment(pad(visible(line.gutter), self.gutter_width - 1, right=True) + " ", gutter_style))
        used = self.gutter_width
        for index, start, stop in self.spans():
            column = self.columns[index]
            if start > used:
                segments.append(Segment(" " * (start - used), row_style))
            style = row_style
            mark = line.mark_of(index) or column.mark
            if current and index == self.column and self.cursor_kind == "cell":
                style = self.style_of("cursor" if self.has_focus or self.lively else "cursor-blurred")
            elif mark and not whole:
                style = row_style + self.style_of(mark)
            text = line.cells[index] if index < len(line.cells) else ""
            segments.append(Segment(pad(visible(text), stop - start, right=column.right), style))
            used = stop
        if used < width:
            segments.append(Segment(" " * (width - used), row_style))
        return Strip(segments).adjust_cell_length(width, row_style).simplify()

    def _line(self, number: int) -> Line:
        start, lines = self._window
        if not start <= number < start + len(lines):
            start = max(0, min(self.top, number))
            lines = self.source.lines(start, max(self.page + 1, number - start + 1))
            self._window = (start, lines)
        if number - start < len(lines):
            return lines[number - start]
        return Line(())

    def _refresh_line(self, line: int) -> None:
        y = line - self.top + self.header
        if self.header <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))
