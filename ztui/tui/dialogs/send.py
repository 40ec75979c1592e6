"""The last question before anything leaves: what goes where. For production the number of many rows is typed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ztui.present.sending import count_is_typed, in_production, offer_facts
from ztui.present.text import pad
from ztui.tui.dialogs.base import Dialog, Hints, Words
from ztui.tui.sending import Offer


class SendDialog(Dialog[bool]):
    """Enter sends (many rows into production only with their count typed); Esc does not."""

    HEADING = "Send this import?"
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "send"), ("Esc", "not yet"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "agree", "Send", show=False)]
    DEFAULT_CSS = """
    SendDialog {
        & > #box { width: 66; }
        &.-production > #box { border: heavy $danger; }
        &.-production #heading { color: $danger; }
        & Input { margin-top: 1; }
    }
    """

    def __init__(self, offer: Offer) -> None:
        super().__init__()
        self._offer = offer
        self._production = in_production(offer.profile)
        self._typed = count_is_typed(offer.profile, offer.rows)

    def body(self) -> ComposeResult:
        """The facts, and the count to type."""
        offer = self._offer
        plan = offer.plan
        facts = offer_facts(
            file=plan.info.name,
            module=plan.mapping.module,
            operation=plan.mapping.operation.value,
            profile=offer.profile,
            rows=offer.rows,
            left_out=offer.left_out,
            parts=offer.parts,
            credits=offer.credits,
            warnings=offer.warnings,
            earlier=len(offer.earlier),
        )
        parts: list[str | tuple[str, str]] = []
        for index, (name, value, kind) in enumerate(facts):
            if index:
                parts.append("\n")
            parts += [(pad(name, 10), "soft"), (value, kind)]
        yield Words(*parts)
        if self._typed:
            yield Words(
                ("\nThis is production. ", "bad"), f"Type the number of rows, {offer.rows}, to send them.", id="ask"
            )
            field = Input(placeholder=str(offer.rows))
            field.cursor_blink = False
            yield field
            yield Words("", id="complaint")

    def on_mount(self) -> None:
        """Production looks different."""
        self.set_class(self._production, "-production")
        if not self._typed:
            self.query_one(Hints).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The count must be right."""
        if event.value.replace(",", "").replace(".", "").replace(" ", "") == str(self._offer.rows):
            self.dismiss(True)
        else:
            self.query_one("#complaint", Words).say((f"That is not {self._offer.rows}.", "bad"))

    def action_agree(self) -> None:
        """Send."""
        if not self._typed:
            self.dismiss(True)
