"""Which list value each value of a column is sent as: all values with their rows, the nearest proposed, any chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ztui.model.counting import how_many
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.draft import Draft
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.value_table import Counts, Entry
    from ztui.model.crm import Field

_MARKS = {"unknown": "bad", "near": "warn", "chosen": "accent", "listed": "muted"}
_WORDS = {
    "unknown": "Not in the list, and nothing in it is near. Enter chooses; else it is sent as it is.",
    "near": "Not in the list; this is the nearest. Enter takes it or chooses another, a takes all that are near.",
    "chosen": "Sent as the list value you see. Enter chooses another, Del sends the value as it is.",
    "listed": "In the list as it is.",
}


class ValueTableDialog(Dialog[bool]):
    """A line per value; Enter chooses its list value. Each choice is a change of the mapping that undo takes back."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "choose"),
        ("a", "take all near ones"),
        ("Del", "as it is"),
        ("Esc", "done"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "take_near", "Take all near ones", show=False),
        Binding("delete,backspace", "clear", "Send as it is", show=False),
    ]
    DEFAULT_CSS = """
    ValueTableDialog {
        & > #box { width: 78; height: 22; }
        & #about { height: 2; color: $ink-soft; }
        & #effect { height: 2; margin-top: 1; color: $ink-soft; }
        & Grid { height: 1fr; }
        & Hints { margin-top: 0; }
    }
    """

    def __init__(self, draft: Draft, field: Field, file: OpenFile) -> None:
        super().__init__(f"Values of {field.label}")
        self._draft, self._field, self._file = draft, field, file
        self._counts: Counts | None = None
        self._entries: tuple[Entry, ...] = ()

    def body(self) -> ComposeResult:
        """How many, the table, what the marked line means."""
        yield Words("Counting …", id="about")
        yield Grid(
            (
                Column("Value", width=24, stretch=1),
                Column("Rows", width=8, right=True, mark="muted"),
                Column("", width=1),
                Column("Sent as", width=24, stretch=1),
            ),
            cursor="line",
            header=1,
            empty="No values.",
        )
        yield Words("", id="effect")

    def on_mount(self) -> None:
        """Count first."""
        self.query_one(Grid).focus()
        self.run_worker(self._count(), exclusive=True)

    async def _count(self) -> None:
        from ztui.engine.value_table import count_values

        mapped = self._draft.mapping.for_field(self._field.api_name)
        if mapped is not None:
            self._counts = await count_values(self._file, mapped, self._field)
            self._show()

    @property
    def _entry(self) -> Entry | None:
        line = self.query_one(Grid).line
        return self._entries[line] if line < len(self._entries) else None

    def _show(self) -> None:
        from ztui.engine.value_table import entries

        mapped = self._draft.mapping.for_field(self._field.api_name)
        counts = self._counts
        if mapped is None or counts is None:
            return
        found = entries(self._field, mapped.steps, counts)
        if self._entries:
            # What was sorted once stays in its place while it is worked on.
            by_value = {entry.value: entry for entry in found}
            found = tuple(by_value[entry.value] for entry in self._entries)
        self._entries = found
        grid = self.query_one(Grid)
        grid.show(source=Lines([_line(entry) for entry in found]))
        undecided = sum(entry.how in ("unknown", "near") for entry in found)
        seen = "" if counts.whole else f" in the first {how_many(counts.rows, 'row')}"
        about = self.query_one("#about", Words)
        kind = "warn" if undecided else "good"
        about.say(f"{how_many(len(found), 'value')}{seen}, ", (f"{undecided:,} of them not in the list yet", kind))
        self._tell()

    def on_grid_moved(self) -> None:
        """Another value is marked."""
        self._tell()

    def _tell(self) -> None:
        entry = self._entry
        self.query_one("#effect", Words).say(_WORDS[entry.how] if entry is not None else "")

    def on_grid_chosen(self) -> None:
        """Enter: one of the list."""
        entry = self._entry
        if entry is None:
            return
        from ztui.tui.dialogs.picker import Choice, Picker

        choices = [
            Choice(p.display_value, (p.display_value, "" if p.used else "not on the layout"), (p.display_value,))
            for p in self._field.picklist
        ]
        value = entry.value

        def chosen(target: str | None) -> None:
            if target is not None:
                self._set([(value, target)])

        columns = (Column("", width=50), Column("", width=20, mark="muted"))
        start = entry.target if entry.how != "unknown" else ""
        heading = f"Send “{value}” as"
        self.app.push_screen(Picker(heading, columns, choices, placeholder="list value", start=start), chosen)

    def action_take_near(self) -> None:
        """Take every proposal."""
        self._set([(entry.value, entry.target) for entry in self._entries if entry.how == "near"])

    def action_clear(self) -> None:
        """Send the marked value as it is."""
        entry = self._entry
        if entry is not None and entry.how == "chosen":
            self._set([(entry.value, None)])

    def _set(self, targets: list[tuple[str, str | None]]) -> None:
        from ztui.engine.value_table import with_targets

        mapped = self._draft.mapping.for_field(self._field.api_name)
        if mapped is not None and targets:
            self._draft.set_steps(self._field.api_name, with_targets(self._field, mapped.steps, targets))
            self._show()

    def action_leave(self) -> None:
        """Done."""
        self.dismiss(True)


def _line(entry: Entry) -> Line:
    mark = _MARKS[entry.how]
    sign = {"unknown": "✗", "near": "≈", "chosen": "→", "listed": "="}[entry.how]
    target = entry.target if entry.how != "unknown" else "(as it is)"
    return Line((entry.value, f"{entry.rows:,}", sign, target), marks=((2, mark), (3, mark)))
