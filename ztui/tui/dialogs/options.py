"""What the import does with each row: operation, key, blanks, layout, call-back, constants; one line on each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ztui.model.crm import Operation
from ztui.present.options import (
    address_trouble,
    blanks_effect,
    callback_effect,
    key_effect,
    layout_effect,
    operation_effect,
)
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.draft import Draft
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines


@dataclass(frozen=True, slots=True)
class _Row:
    name: str
    value: str
    effect: str
    change: Callable[[int], None]


class OptionsDialog(Dialog[bool]):
    """A list of settings; Enter or the arrow keys change the marked one at once (undo takes it back)."""

    HEADING = "What this import does"
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "change"), ("Del", "clear"), ("Esc", "done"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "change(1)", "Change", show=False, priority=True),
        Binding("left", "change(-1)", "Change back", show=False, priority=True),
        Binding("delete,backspace", "clear", "Clear", show=False),
        Binding("plus", "add_constant", "Add a constant", show=False),
    ]
    DEFAULT_CSS = """
    OptionsDialog {
        & > #box { width: 78; }
        & Grid { height: auto; max-height: 50vh; }
        & #effect { height: 3; margin-top: 1; color: $ink-soft; }
        & Hints { margin-top: 0; }
    }
    """

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self._draft = draft
        self._rows: list[_Row] = []

    def body(self) -> ComposeResult:
        """The settings and the effect of the marked one."""
        yield Grid((Column("", width=14, mark="muted"), Column("", width=50, stretch=1)), cursor="line", header=0)
        yield Words("", id="effect")

    def on_mount(self) -> None:
        """The settings as they are."""
        self._show()
        self.query_one(Grid).focus()

    def _show(self) -> None:
        draft = self._draft
        mapping, schema = draft.mapping, draft.schema
        rows = [_Row("Operation", mapping.operation.value, operation_effect(mapping, schema), self._operation)]
        if mapping.operation is not Operation.INSERT:
            key = schema.field(mapping.find_by) if mapping.find_by else None
            shown = f"{key.label} ({key.api_name})" if key else "not chosen"
            rows.append(_Row("Key field", shown, key_effect(mapping, schema), self._key))
        blanks = "leave the field alone" if mapping.ignore_empty else "empty the field"
        rows.append(_Row("Blank cells", blanks, blanks_effect(mapping), self._blanks))
        layout = next((x.name for x in schema.layouts if x.id == mapping.layout_id), "the module's default")
        rows.append(_Row("Layout", layout, layout_effect(mapping, schema), self._layout))
        rows.append(_Row("Call-back", mapping.callback_url or "none", callback_effect(mapping), self._callback))
        for mapped in mapping.fields:
            if mapped.default is not None:
                field = draft.label(mapped.api_name)
                how = "Sent with every row." if not mapped.columns else "Sent where the column is blank."
                rows.append(_Row(f"= {field}", mapped.default, how, partial(self._constant_of, mapped.api_name)))
        rows.append(
            _Row("+ constant", "", "A value for a field that no column feeds, or for its blank cells.", self._add)
        )
        self._rows = rows
        grid = self.query_one(Grid)
        lines = [Line((r.name, r.value), marks=((1, "bad"),) if r.value == "not chosen" else ()) for r in rows]
        grid.show(source=Lines(lines))
        grid.styles.height = min(len(rows), 12)
        self._tell()

    def on_grid_moved(self) -> None:
        """The effect belongs to the marked line."""
        self._tell()

    def _tell(self) -> None:
        line = self.query_one(Grid).line
        if line < len(self._rows):
            self.query_one("#effect", Words).say(self._rows[line].effect)

    def on_grid_chosen(self) -> None:
        """Enter."""
        self.action_change(1)

    def on_grid_clicked(self, event: Grid.Clicked) -> None:
        """A click changes."""
        if event.column == 1:
            self.action_change(1)

    def action_change(self, way: int) -> None:
        """Change the marked setting, forwards or backwards."""
        line = self.query_one(Grid).line
        if line < len(self._rows):
            self._rows[line].change(way)

    def action_clear(self) -> None:
        """Back to nothing, where that is possible."""
        line = self.query_one(Grid).line
        name = self._rows[line].name if line < len(self._rows) else ""
        mapping = self._draft.mapping
        if name == "Call-back":
            self._set(replace(mapping, callback_url=None), "call-back")
        elif name.startswith("= "):
            constants = [m for m in mapping.fields if m.default is not None]
            first = next(i for i, r in enumerate(self._rows) if r.name.startswith("= "))
            self._draft.set_default(constants[line - first].api_name, None)
            self._show()

    def action_add_constant(self) -> None:
        """A further constant."""
        self._add(1)

    def action_leave(self) -> None:
        """Done."""
        self.dismiss(True)

    # -- the settings

    def _set(self, mapping: object, what: str) -> None:
        from ztui.model.mapping import Mapping

        if isinstance(mapping, Mapping):
            self._draft.change(mapping, what)
        self._show()

    def _operation(self, way: int) -> None:
        order = list(Operation)
        mapping = self._draft.mapping
        operation = order[(order.index(mapping.operation) + way) % len(order)]
        find_by = mapping.find_by
        if operation is Operation.INSERT:
            find_by = None
        elif find_by is None:
            keys = self._keys()
            mapped = [k for k in keys if mapping.for_field(k) is not None]
            find_by = mapped[0] if mapped else None
        self._draft.set_operation(operation, find_by)
        self._show()

    def _keys(self) -> list[str]:
        return [f.api_name for f in self._draft.schema.key_fields()]

    def _key(self, way: int) -> None:
        keys = self._keys()
        if keys:
            mapping = self._draft.mapping
            here = keys.index(mapping.find_by) if mapping.find_by in keys else (-1 if way > 0 else 0)
            self._set(replace(mapping, find_by=keys[(here + way) % len(keys)]), "key field")

    def _blanks(self, _way: int) -> None:
        mapping = self._draft.mapping
        self._set(replace(mapping, ignore_empty=not mapping.ignore_empty), "blank cells")

    def _layout(self, way: int) -> None:
        mapping = self._draft.mapping
        ids: list[str | None] = [None, *[x.id for x in self._draft.schema.layouts if x.active]]
        here = ids.index(mapping.layout_id) if mapping.layout_id in ids else 0
        self._set(replace(mapping, layout_id=ids[(here + way) % len(ids)]), "layout")

    def _callback(self, _way: int) -> None:
        from ztui.tui.dialogs.prompt import Prompt

        mapping = self._draft.mapping

        def chosen(text: str | None) -> None:
            if text is not None:
                self._set(replace(mapping, callback_url=text.strip() or None), "call-back")

        explain = "Zoho posts to this https address when a job has ended."
        self.app.push_screen(Prompt("Call-back", explain, mapping.callback_url or "", check=address_trouble), chosen)

    def _add(self, _way: int) -> None:
        from ztui.present.fields import offered, type_details, type_name
        from ztui.tui.dialogs.picker import Choice, Picker

        mapping = self._draft.mapping
        choices = [
            Choice(f.api_name, (f.label, type_name(f, short=True)), (f.label, f.api_name), type_details(f))
            for f in offered(self._draft.schema, mapping.operation)
        ]
        columns = (Column("Field", width=30), Column("Type", width=12, mark="muted"))

        def chosen(api_name: str | None) -> None:
            if api_name:
                self._constant(api_name)

        self.app.push_screen(Picker("A constant for which field?", columns, choices), chosen)

    def _constant_of(self, api_name: str, _way: int) -> None:
        self._constant(api_name)

    def _constant(self, api_name: str) -> None:
        from ztui.tui.dialogs.prompt import Prompt

        draft = self._draft
        field = draft.schema.field(api_name)
        mapped = draft.mapping.for_field(api_name)
        if field is None:
            return

        def wrong(text: str) -> str | None:
            if not text.strip():
                return None
            from ztui.engine.preflight import check_value
            from ztui.present.findings import finding_line

            finding = check_value(field, text)
            return finding_line(finding, draft.schema) if finding is not None else None

        def chosen(text: str | None) -> None:
            if text is not None:
                draft.set_default(api_name, text.strip() or None)
                self._show()

        explain = "Sent where the column is blank." if mapped and mapped.columns else "Sent with every row."
        value = mapped.default or "" if mapped else ""
        self.app.push_screen(Prompt(f"{field.label} =", explain, value, check=wrong), chosen)
