"""Dialogs that tell and ask: an error with its cause and remedy, a notice, a yes-or-no."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from ztui.errors import ZtuiError
from ztui.present.errors import error_text
from ztui.tui.dialogs.base import Dialog, Words


class ErrorDialog(Dialog[None]):
    """What went wrong, why, and what to do."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "close"),)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "leave", "Close", show=False)]
    DEFAULT_CSS = """
    ErrorDialog { & > #box { border: round $error; } & #heading { color: $error; } }
    """

    def __init__(self, error: ZtuiError) -> None:
        self.words = error_text(error)
        super().__init__(self.words.title)

    def body(self) -> ComposeResult:
        """Cause, the other side's words, remedy, code."""
        words = self.words
        if words.cause:
            yield Words(words.cause)
        if words.said:
            yield Words(("Zoho says: ", "soft"), words.said)
        if words.remedy:
            yield Words(("\nWhat to do  ", "accent"), words.remedy)
        yield Words((f"\n{words.code}", "soft"))


class Notice(Dialog[None]):
    """Something to read; the arrow keys scroll what is longer than the screen."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "close"),)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter,space", "leave", "Close", show=False)]

    DEFAULT_CSS = """
    Notice { & VerticalScroll { height: auto; max-height: 66vh; scrollbar-size-vertical: 1; } }
    """

    def __init__(self, heading: str, *parts: str | tuple[str, str]) -> None:
        super().__init__(heading)
        self._said = parts

    def body(self) -> ComposeResult:
        """The text."""
        with VerticalScroll():
            yield Words(*self._said)

    def on_mount(self) -> None:
        """The keys scroll at once."""
        self.query_one(VerticalScroll).focus()


class Confirm(Dialog[bool]):
    """A question; Enter says yes, Esc no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,y", "agree", "Yes", show=False),
        Binding("n", "leave", "No", show=False),
    ]

    def __init__(self, heading: str, text: str, yes: str = "yes", no: str = "no") -> None:
        super().__init__(heading)
        self._text = text
        self.hints = (("Enter", yes), ("Esc", no))

    def body(self) -> ComposeResult:
        """The question."""
        yield Words(self._text)

    def on_mount(self) -> None:
        """Name the answers."""
        from ztui.tui.dialogs.base import Hints

        self.query_one(Hints).show(*self.hints)

    def action_agree(self) -> None:
        """Yes."""
        self.dismiss(True)

    def action_leave(self) -> None:
        """No."""
        self.dismiss(False)
