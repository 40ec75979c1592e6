"""The file's rows with line numbers, and above every column where it goes; the source of column drags."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from ztui.present.preview import head_note
from ztui.tui.drag import Cargo, DragSource
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.tui.draft import Draft


class FileLines:
    """A grid source over an open file: rows are read when they are drawn."""

    def __init__(self, file: OpenFile) -> None:
        self._file = file
        # Before the file is indexed, the rows of the first sample can be reached.
        self._first = len(file.sample())
        #: Cells to mark as wrong, as (record, column); small, for what is being looked at.
        self.wrong: Collection[tuple[int, int]] = ()

    def count(self) -> int:
        """Rows that can be reached by now."""
        exact = self._file.row_count
        if exact is not None:
            return exact
        return max(self._file.indexed_rows, self._first)

    def lines(self, start: int, count: int) -> Sequence[Line]:
        """Rows as lines; the gutter has the physical line number."""
        wrong = self.wrong
        found = []
        for row in self._file.peek(start, count):
            marks = tuple((c, "bad") for r, c in wrong if r == row.number) if wrong else ()
            found.append(Line(row.cells, gutter=str(row.line), marks=marks))
        return found


_READING = "Reading …"


class Preview(Grid, DragSource):
    """The rows of the open file. Columns that go nowhere are dimmed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Pick field", show=True),
        Binding("delete,backspace", "screen.unmap", "Unmap", show=True, key_display="Del"),
        Binding("ctrl+g", "screen.go_to", "Go to", show=False, key_display="^g"),
        Binding("space", "screen.cell", "Whole value", show=False),
        Binding("p", "screen.about_column", "About the column", show=False),
    ]

    narrowest = 9

    def __init__(self, id: str | None = None) -> None:
        super().__init__(header=2, gutter=6, id=id, empty=_READING)
        self.rows: FileLines | None = None
        self._measured = False
        self._headers: tuple[str, ...] = ()

    def open(self, file: OpenFile | None, draft: Draft | None) -> None:
        """Show a file."""
        if file is None:
            self.rows, self._headers, self.empty = None, (), _READING
            self.show((), Lines())
            return
        self._headers, self.empty = file.info.headers, "No data rows."
        self.rows = FileLines(file)
        self._measured = draft is not None
        self._fit_gutter()
        self.show(self._columns(draft), self.rows)

    def remap(self, draft: Draft | None) -> None:
        """The mapping changed: new heads for the same rows."""
        columns = self._columns(draft)
        if draft is not None and not self._measured:
            # The first proposal widens columns for their notes; later changes leave the widths alone.
            self._measured = True
            self.show(columns)
        elif len(columns) == len(self.columns) and tuple(columns) != self.columns:
            self.restyle(columns)

    def mark_wrong(self, record: int, column: int | None) -> None:
        """Show one cell as wrong, besides those shown already."""
        if self.rows is not None and column is not None:
            self.rows.wrong = {*self.rows.wrong, (record, column)}
            self.repaint(record)

    def changed_count(self) -> None:
        """More rows can be reached; what is on screen stays."""
        before = self.virtual_size.height
        if self._fit_gutter():
            self._fit()
            self.repaint()
        self._resize()
        if before - self.header < self.top + self.page:
            self.repaint()

    def _fit_gutter(self) -> bool:
        """Room for the longest line number and a gap; True when that changed."""
        rows = self.rows
        last = rows.lines(rows.count() - 1, 1) if rows and rows.count() else ()
        need = max(5, len(last[0].gutter) + 2 if last else 5)
        changed = need != self.gutter_width
        self.gutter_width = need
        return changed

    def _columns(self, draft: Draft | None) -> list[Column]:
        columns = []
        for index, header in enumerate(self._headers):
            if draft is None:
                columns.append(Column(header))
                continue
            note, note_mark = head_note(draft.mapping, draft.schema, index, draft.confidence(index))
            if draft.question(index):
                # Only a person can tell what the values mean: that comes before how sure the field is.
                note, note_mark = f"? t  {note}", "warn"
            mark = "" if draft.mapping.for_column(index) else "faint"
            columns.append(Column(header, note=note, note_mark=note_mark, mark=mark))
        return columns

    def cargo_at(self, x: int, y: int) -> Cargo | None:
        """The column under the pointer, by its head or any of its cells."""
        column = self.column_at(x)
        if column is None or self.line_at(y) is None or x >= self.scrollable_content_region.width:
            return None
        header = self._headers[column]
        return Cargo("column", column, header, header)
