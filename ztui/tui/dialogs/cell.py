"""The whole value of one cell: wrapped, its line breaks kept, characters that do not show made visible."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from ztui.present.preview import size
from ztui.tui.dialogs.base import Dialog, Words

#: Characters that are shown at most: enough for any field of a CRM, little enough to draw at once.
MOST = 40_000


class CellDialog(Dialog[None]):
    """A value to read, with what is sent for it; the arrow keys scroll."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "close"),)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "leave", "Close", show=False)]
    DEFAULT_CSS = """
    CellDialog {
        & > #box { width: 78; }
        & VerticalScroll { height: auto; max-height: 50vh; scrollbar-size-vertical: 1; }
        & #facts { margin-top: 1; color: $ink-soft; }
    }
    """

    def __init__(self, heading: str, value: str, sent: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(heading)
        self._value, self._sent = value, sent

    def body(self) -> ComposeResult:
        """The value, its length, what it is sent as."""
        value = self._value
        # A line break is shown and made, so that one at the end can be seen too.
        shown = value[:MOST].replace("\r\n", "\n").replace("\n", "⏎\n")
        with VerticalScroll():
            yield Words(shown if value else ("(blank)", "soft"))
        count = f"{len(value):,} character{'' if len(value) == 1 else 's'}"
        if len(value) > MOST:
            count += f", the first {MOST:,} of them above"
        lines: list[str | tuple[str, str]] = [
            (f"{count}, {size(len(value.encode('utf-8', 'replace')))} as UTF-8", "soft")
        ]
        for label, text in self._sent:
            lines += [("\n→ ", "accent"), (f"{label}  ", "soft"), text[:200]]
        yield Words(*lines, id="facts")

    def on_mount(self) -> None:
        """The keys scroll at once."""
        self.query_one(VerticalScroll).focus()
