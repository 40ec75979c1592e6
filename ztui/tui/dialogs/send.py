"""The last question before anything leaves: what goes where. For production the number of many rows is typed.

Here it is also chosen whether some rows go first, whether the values that would change are kept, and what an update
would do is looked up.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from ztui.engine.consent import count_is_typed, in_production, is_that_count
from ztui.errors import ZtuiError
from ztui.model.crm import Operation
from ztui.present.errors import error_text
from ztui.present.runs import when
from ztui.present.sending import choice_facts, offer_facts
from ztui.present.text import pad
from ztui.tui.dialogs.base import Dialog, Hints, Words
from ztui.tui.sending import Offer

if TYPE_CHECKING:
    from ztui.engine.forecast import Forecast
    from ztui.tui.session import Session

USUAL_CANARY = 5


class SendDialog(Dialog[Offer]):
    """Enter sends (many rows into production only with their count typed), as the offer it is dismissed with; Esc does
    not."""

    HEADING = "Send this import?"
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Enter", "send"), ("Esc", "not yet"))
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "agree", "Send", show=False),
        # Digits are all that is typed here, so letters may be keys while the input has the focus.
        Binding("c", "canary", "Some rows first", show=False, priority=True),
        Binding("b", "keep", "Keep the values that are there", show=False, priority=True),
        Binding("f", "forecast", "Forecast", show=False, priority=True),
    ]
    DEFAULT_CSS = """
    SendDialog {
        & > #box { width: 76; }
        &.-production > #box { border: heavy $danger; }
        &.-production #heading { color: $danger; }
        & Input { margin-top: 1; }
    }
    """

    def __init__(self, offer: Offer, session: Session) -> None:
        super().__init__("Send these rows again?" if offer.plan.parent_run else "")
        self._offer = offer
        self._session = session
        self._forecast: Forecast | None = None
        self._changes = offer.plan.mapping.operation is not Operation.INSERT
        self._production = in_production(offer.profile)
        self._typed = count_is_typed(offer.profile, offer.rows)

    def body(self) -> ComposeResult:
        """The facts, and the count to type."""
        yield Words(*self._facts(), id="facts")
        yield Words("", id="note")
        if self._typed:
            yield Words(
                ("\nThis is production. ", "bad"),
                f"Type the number of rows, {self._offer.rows}, to send them.",
                id="ask",
            )
            field = Input(placeholder=str(self._offer.rows))
            field.cursor_blink = False
            yield field
            yield Words("", id="complaint")

    def _facts(self) -> list[str | tuple[str, str]]:
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
            last=when(offer.earlier[0], datetime.now(UTC)) if offer.earlier else "",
        )
        facts += choice_facts(plan.canary, plan.before_image, self._forecast)
        parts: list[str | tuple[str, str]] = []
        for index, (name, value, kind) in enumerate(facts):
            if index:
                parts.append("\n")
            parts += [(pad(name, 10), "soft"), (value, kind)]
        return parts

    def on_mount(self) -> None:
        """Production looks different, and what can be chosen depends on the operation."""
        self.set_class(self._production, "-production")
        self._hint()
        if not self._typed:
            self.query_one(Hints).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """The count must be right."""
        if is_that_count(event.value, self._offer.rows):
            self.dismiss(self._offer)
        else:
            self.query_one("#complaint", Words).say((f"That is not {self._offer.rows}.", "bad"))

    def action_agree(self) -> None:
        """Send."""
        if not self._typed:
            self.dismiss(self._offer)

    # -- choices

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only where there is something to look at: some rows of many, records that exist already."""
        if action == "canary":
            return self._offer.rows > 1
        if action in ("keep", "forecast"):
            return self._changes
        return True

    def _hint(self) -> None:
        plan = self._offer.plan
        keys = [("Enter", "send")]
        if self._offer.rows > 1:
            keys.append(("c", "all at once" if plan.canary else "first few"))
        if self._changes:
            keys += [("b", "drop old values" if plan.before_image else "keep old values"), ("f", "forecast")]
        self.query_one(Hints).show(*keys, ("Esc", "not yet"))
        self.query_one("#facts", Words).say(*self._facts())

    def action_canary(self) -> None:
        """Send some rows as a job of their own first; or not."""
        if self._offer.plan.canary:
            self._change(canary=0)
            return
        from ztui.tui.dialogs.prompt import Prompt

        most = self._offer.rows - 1

        def wrong(text: str) -> str | None:
            fits = text.strip().isdecimal() and 1 <= int(text) <= most
            return None if fits else f"A number from 1 to {most}."

        def typed(text: str | None) -> None:
            if text is not None:
                self._change(canary=int(text))

        explain = "They go as a job of their own; then their outcome is shown and you are asked for the rest."
        usual = str(min(USUAL_CANARY, most))
        self.app.push_screen(Prompt("How many rows go first?", explain, usual, check=wrong), typed)

    def action_keep(self) -> None:
        """Read the records that would change first and keep their values, so that it can be taken back; or not."""
        self._change(before_image=not self._offer.plan.before_image)

    def _change(self, **changes: int | bool) -> None:
        self._offer = replace(self._offer, plan=replace(self._offer.plan, **changes))  # type: ignore[arg-type]
        self._hint()

    def action_forecast(self) -> None:
        """Look all keys up and say what would happen."""
        self.run_worker(self._look_up(), group="forecast", exclusive=True, exit_on_error=False)

    async def _look_up(self) -> None:
        note = self.query_one("#note", Words)

        def progress(done: int, total: int) -> None:
            note.say((f"Looking keys up: {done:,} of {total:,}", "soft"))

        note.say(("Looking the keys up …", "soft"))
        try:
            self._forecast = await self._session.ready.runs.forecast(self._offer.plan, progress)
        except ZtuiError as error:
            words = error_text(error)
            note.say((f"{words.title}. {words.remedy}", "bad"))
            return
        note.say("")
        self._hint()
