"""The question before a file is sent that is hardly read as it was meant: read it another way, or send it as it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from ztui.model.counting import how_many
from ztui.model.finding import Finding
from ztui.present.findings import explain
from ztui.tui.dialogs.base import Dialog, Hints, Words

Answer = Literal["read", "send"]
_SHOWN = 2


class MisreadDialog(Dialog[Answer]):
    """Enter leads to how the file is read; only `a` sends it as it is."""

    HEADING = "Is this file read as it was meant?"
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (
        ("Enter", "read it another way"),
        ("a", "send it as it is"),
        ("Esc", "not yet"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer('read')", "Read it another way", show=False),
        Binding("a", "answer('send')", "Send it as it is", show=False),
    ]

    def __init__(self, doubts: Sequence[Finding]) -> None:
        super().__init__()
        self._doubts = doubts

    def body(self) -> ComposeResult:
        """What speaks against it, and what would be sent."""
        parts: list[str | tuple[str, str]] = []
        for finding in self._doubts[:_SHOWN]:
            words = explain(finding)
            parts += [(words.title, "bad"), f"\n{words.cause}", ("\nWhat to do  ", "accent"), f"{words.remedy}\n\n"]
        more = len(self._doubts) - _SHOWN
        if more > 0:
            parts.append((f"And {how_many(more, 'place')} more of the kind.\n\n", "soft"))
        parts.append(("Sent as it is, the CRM gets the cells as the preview shows them.", "soft"))
        yield Words(*parts)

    def on_mount(self) -> None:
        """Nothing to type."""
        self.query_one(Hints).can_focus = True
        self.query_one(Hints).focus()

    def action_answer(self, answer: Answer) -> None:
        """Go on."""
        self.dismiss(answer)
