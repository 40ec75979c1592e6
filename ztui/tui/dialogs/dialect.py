"""How the file's bytes become cells: what was found and why, and the user's word against it, read at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ztui.model.table import CsvInfo, DialectOverrides
from ztui.present.preview import delimiter_name
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

ENCODINGS = (
    "utf-8",
    "cp1252",
    "latin-1",
    "utf-16",
    *("cp1250", "cp1251", "iso8859-15", "mac-roman", "cp932", "gb18030", "gbk", "big5", "cp949", "euc_jp"),
    *("iso2022_jp", "iso8859-2", "cp1253", "cp1255", "cp1256", "cp874", "koi8-r", "cp866", "mac-cyrillic", "cp850"),
)
"""All that is ever proposed can be chosen."""
DELIMITERS = (",", ";", "\t", "|", ":")
QUOTES = ('"', "'", "")
_NAMES = ("Encoding", "Delimiter", "Quotes", "Header line")


class DialectDialog(Dialog[None]):
    """Four settings over the preview; each change is read at once. Sits at the bottom so that the rows stay in view."""

    HEADING = "How the file is read"
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "change"), ("Del", "as found"), ("Esc", "done"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "change(1)", "Change", show=False, priority=True),
        Binding("left", "change(-1)", "Change back", show=False, priority=True),
        Binding("delete,backspace", "found", "As found", show=False),
    ]
    DEFAULT_CSS = """
    DialectDialog {
        align: center bottom; background: $background 0%;
        & > #box { width: 100%; max-width: 100%; margin-bottom: 1; }
        & Grid { height: 4; }
        & #heading { margin-bottom: 0; }
        & #notes { height: auto; max-height: 3; color: $ink-soft; }
        & Hints { margin-top: 0; }
    }
    """

    def __init__(
        self, info: CsvInfo, overrides: DialectOverrides | None, reread: Callable[[DialectOverrides], None]
    ) -> None:
        super().__init__()
        self._info, self._overrides, self._reread = info, overrides or DialectOverrides(), reread

    def body(self) -> ComposeResult:
        """The settings, and how they were found."""
        columns = (
            Column("", width=12, mark="muted"),
            Column("", width=24),
            Column("", width=30, mark="muted", stretch=1),
        )
        yield Grid(columns, cursor="line", header=0)
        yield Words("", id="notes")

    def on_mount(self) -> None:
        """As it is now."""
        self._show()
        self.query_one(Grid).focus()

    def read(self, info: CsvInfo, overrides: DialectOverrides | None) -> None:
        """The file is read this way now."""
        self._info, self._overrides = info, overrides or DialectOverrides()
        self._show()

    def _values(self) -> tuple[str, str, str, int]:
        found, mine = self._info.source_dialect, self._overrides
        return (
            mine.encoding if mine.encoding is not None else found.encoding,
            mine.delimiter if mine.delimiter is not None else found.delimiter,
            mine.quotechar if mine.quotechar is not None else found.quotechar,
            mine.header_line if mine.header_line is not None else found.header_line,
        )

    def _show(self) -> None:
        encoding, delimiter, quote, header = self._values()
        mine = self._overrides
        shown = (encoding, delimiter_name(delimiter), quote or "none", str(header) if header else "no header")
        given = (mine.encoding, mine.delimiter, mine.quotechar, mine.header_line)
        lines = []
        for name, value, own in zip(_NAMES, shown, given, strict=True):
            how = "as found" if own is None else "your choice"
            lines.append(Line((name, f"‹ {value} ›", how), marks=((2, "accent"),) if own is not None else ()))
        self.query_one(Grid).show(source=Lines(lines))
        notes = [f"{what}: {how}" for what, how in self._info.notes[:3]]
        self.query_one("#notes", Words).say("\n".join(notes))

    def on_grid_chosen(self) -> None:
        """Enter."""
        self.action_change(1)

    def on_grid_clicked(self, event: Grid.Clicked) -> None:
        """A click on a value changes it."""
        if event.column == 1:
            self.action_change(1)

    def action_change(self, way: int) -> None:
        """The next or previous value of the marked setting."""
        encoding, delimiter, quote, header = self._values()
        match self.query_one(Grid).line:
            case 0:
                self._set(replace(self._overrides, encoding=_turn(ENCODINGS, encoding.removesuffix("-sig"), way)))
            case 1:
                self._set(replace(self._overrides, delimiter=_turn(DELIMITERS, delimiter, way)))
            case 2:
                self._set(replace(self._overrides, quotechar=_turn(QUOTES, quote, way)))
            case _:
                self._set(replace(self._overrides, header_line=max(0, header + way)))

    def action_found(self) -> None:
        """Back to what was found for the marked setting."""
        name = ("encoding", "delimiter", "quotechar", "header_line")[self.query_one(Grid).line]
        self._set(replace(self._overrides, **{name: None}))

    def _set(self, overrides: DialectOverrides) -> None:
        self._overrides = overrides
        self._show()
        self._reread(overrides)


def _turn(values: tuple[str, ...], here: str, way: int) -> str:
    place = values.index(here) if here in values else (-1 if way > 0 else 0)
    return values[(place + way) % len(values)]
