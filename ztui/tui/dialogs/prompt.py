"""One line of text to type: a row to go to, words to search for, a constant, an address."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual.app import ComposeResult
from textual.widgets import Input

from ztui.tui.dialogs.base import Dialog, Words


class Prompt(Dialog[str]):
    """Asks for one line; `check` returns why an answer will not do, or None."""

    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "take"), ("Esc", "cancel"))

    def __init__(
        self,
        heading: str,
        explain: str = "",
        value: str = "",
        *,
        placeholder: str = "",
        check: Callable[[str], str | None] | None = None,
        secret: bool = False,
    ) -> None:
        super().__init__(heading)
        self._explain, self._value, self._placeholder, self._check = explain, value, placeholder, check
        self._secret = secret

    def body(self) -> ComposeResult:
        """Explanation, input, complaint."""
        if self._explain:
            yield Words(self._explain, classes="soft")
        field = Input(self._value, placeholder=self._placeholder, select_on_focus=True, password=self._secret)
        field.cursor_blink = False
        yield field
        yield Words("", id="complaint")

    def on_input_changed(self) -> None:
        """A complaint is about what was typed before."""
        self.complain("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        wrong = self._check(event.value) if self._check else None
        if wrong:
            self.complain(wrong)
        else:
            self.dismiss(event.value)

    def complain(self, wrong: str) -> None:
        """Say why an answer will not do; "" when nothing speaks against it."""
        self.query_one("#complaint", Words).say((wrong, "bad") if wrong else "")
