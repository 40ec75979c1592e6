"""One more step for the values of a field: which, and what it needs to know, one question after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ztui.present.transforms import JOINER, OFFERS, StepOffer
from ztui.tui.dialogs.picker import Choice, Picker
from ztui.tui.dialogs.prompt import Prompt
from ztui.tui.widgets.grid_model import Column

if TYPE_CHECKING:
    from textual.app import App

    from ztui.model.mapping import Step


def ask_for_step(app: App[int], columns: int, take: Callable[[Step], None]) -> None:
    """Let a person choose a step for a field that so many columns feed, and hand it to `take`; Esc hands over none."""
    offers = (JOINER, *OFFERS) if columns > 1 else OFFERS
    choices = [Choice(str(i), (offer.words,), (offer.words, offer.step.name)) for i, offer in enumerate(offers)]

    def chosen(key: str | None) -> None:
        if key is not None:
            _complete(app, offers[int(key)], (), take)

    app.push_screen(Picker("Which step?", (Column("", width=60),), choices, placeholder="what it does"), chosen)


def _complete(app: App[int], offer: StepOffer, answers: Sequence[str], take: Callable[[Step], None]) -> None:
    if len(answers) == len(offer.asks):
        take(offer.filled(answers))
        return
    ask = offer.asks[len(answers)]

    def answered(text: str | None) -> None:
        if text is not None:
            _complete(app, offer, (*answers, text), take)

    heading = offer.label[:1].upper() + offer.label[1:]
    app.push_screen(
        Prompt(heading, ask.question, ask.value, check=lambda text: offer.trouble((*answers, text))), answered
    )
