"""The list of the fields: what each is, whether it must be filled, what feeds it; drop target and drag source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from ztui.present.fields import fed_by, full_name, matches, offered, type_name
from ztui.present.preview import first_filled
from ztui.tui.drag import Cargo, DragSource
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.model.crm import Field
    from ztui.tui.draft import Draft


class FieldList(Grid, DragSource):
    """One line per field. While a column is dragged, the fields that may take it light up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "Pick column", show=True),
        Binding("delete,backspace", "screen.unmap", "Unmap", show=True, key_display="Del"),
    ]

    def __init__(self, id: str | None = None) -> None:
        super().__init__(cursor="line", header=1, gap=1, id=id, empty="No fields yet.")
        self.fields: list[Field] = []
        self.filter = ""
        self._draft: Draft | None = None
        self._samples: Sequence[Sequence[str]] = ()
        self._carried: int | None = None
        self._target: int | None = None
        self._shape = ""
        self._lines: list[Line] = []

    @property
    def field(self) -> Field | None:
        """The field under the cursor."""
        return self.fields[self.line] if self.line < len(self.fields) else None

    def refill(self, draft: Draft | None, samples: Sequence[Sequence[str]] | None = None) -> None:
        """Show this draft; the cursor stays on its field."""
        here = self.field
        self._draft = draft
        self.empty = "No fields yet." if draft is None else "No field fits."
        if samples is not None:
            self._samples = samples
        if draft is None:
            self.fields = []
        else:
            found = offered(draft.schema, draft.mapping.operation)
            self.fields = [f for f in found if matches(f, self.filter)] if self.filter else found
        self._build()
        if here is not None:
            place = next((i for i, f in enumerate(self.fields) if f.api_name == here.api_name), 0)
            if place != self.line:
                self.line = place
                self.call_after_refresh(self.reveal)

    def go_to(self, api_name: str) -> bool:
        """Put the cursor on a field; False when it is not in the list."""
        for index, field in enumerate(self.fields):
            if field.api_name == api_name:
                self.move_to(index, center=True)
                return True
        return False

    def on_resize(self) -> None:
        """Wide lists show type and sample too."""
        if self._layout_name() != self._shape:
            self._build()
            if self._carried is not None:  # a window may change its size under a hand that drags
                self.carry(self._carried)

    def _layout_name(self) -> str:
        width = self.size.width
        return "wide" if width >= 66 else "middle" if width >= 42 else "narrow"

    def _build(self) -> None:
        self._shape = shape = self._layout_name()
        columns = [Column("", width=1), Column("Field", width=12, stretch=3)]
        if shape != "narrow":
            columns.append(Column("Type", width=9, mark="muted"))
        columns.append(Column("Column", width=10, stretch=3))
        if shape == "wide":
            columns.append(Column("Sample", width=10, mark="muted", stretch=2))
        self._lines = [self._line_of(field, shape) for field in self.fields]
        self.show(columns, Lines(self._lines))

    def _line_of(self, field: Field, shape: str) -> Line:
        draft = self._draft
        mapped = draft.mapping.for_field(field.api_name) if draft else None
        insists = field.mandatory and draft is not None and draft.mapping.operation.value != "update"
        sign, mark = ("●", "ok") if mapped else ("!", "bad") if insists else ("·", "faint")
        name = field.label if shape == "narrow" else full_name(field)
        label = f"{name} *" if field.mandatory else name
        source = fed_by(mapped, draft.mapping.headers) if draft else ""
        if mapped is not None and mapped.steps:
            source += " ƒ"
        cells = [sign, label]
        if shape != "narrow":
            cells.append(type_name(field, short=True))
        cells.append(source or ("required" if insists else ""))
        if shape == "wide":
            cells.append(first_filled(self._samples, mapped.columns[0]) if mapped and mapped.columns else "")
        at = len(cells) - (2 if shape == "wide" else 1)
        marks = [(0, mark), (at, "accent" if mapped else "bad" if insists else "faint")]
        if mapped is None and not insists:
            marks.append((1, "muted"))
        return Line(tuple(cells), marks=tuple(marks))

    # -- dropping

    def carry(self, column: int | None) -> None:
        """A column is on its way (or, with None, no longer): show which fields may take it."""
        self._carried, self._target = column, None
        lines = []
        for field in self.fields:
            line = self._line_of(field, self._shape)
            if column is not None and self._draft is not None:
                may = self._draft.refusal(field) is None
                lit = ((0, "drop"), (1, "drop"))
                line = Line(("·", *line.cells[1:]), mark="" if may else "faint", marks=lit if may else ())
            lines.append(line)
        self._lines = lines
        self.source = Lines(lines)
        self.repaint()

    def aim(self, x: int, y: int) -> Field | None:
        """The field under these screen cells, lit as the target; scrolls at the edges."""
        region = self.content_region
        line = None
        if region.contains(x, y):
            line = self.line_at(y - region.y)
            if line is not None and line < 0:
                line = None
            if y >= region.bottom - 1 or y <= region.y + self.header:
                self.scroll_to(y=self.top + (1 if y >= region.bottom - 1 else -1), animate=False)
        if line != self._target:
            old, self._target = self._target, line
            # Only the sign changes while the pointer moves on: a move must stay cheap on a slow line.
            for place, sign in ((old, "·"), (line, "▶")):
                if place is not None and place < len(self._lines) and self._lines[place].marks:
                    self._lines[place] = replace(self._lines[place], cells=(sign, *self._lines[place].cells[1:]))
            self.repaint(*[place for place in (old, line) if place is not None])
        return self.fields[line] if line is not None and line < len(self.fields) else None

    # -- dragging

    def cargo_at(self, x: int, y: int) -> Cargo | None:
        """The field on this line."""
        line = self.line_at(y)
        if line is None or line < 0 or line >= len(self.fields) or x >= self.scrollable_content_region.width:
            return None
        field = self.fields[line]
        mapped = self._draft.mapping.for_field(field.api_name) if self._draft else None
        label = fed_by(mapped, self._draft.mapping.headers) if self._draft and mapped else field.label
        return Cargo("field", line, field.api_name, label)
