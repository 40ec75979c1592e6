"""Errors as text for people: the catalogue's title, cause and remedy, filled with the facts of the error at hand.

An unknown code is shown raw, with the other side's own words; it is never swallowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ztui import catalogue
from ztui.errors import ZtuiError
from ztui.model.event import ErrorInfo
from ztui.present.text import visible


@dataclass(frozen=True, slots=True)
class ErrorText:
    """An error in words, cleaned for showing. `said` is the other side's own message, "" when there is none."""

    level: str
    code: str
    title: str
    cause: str
    remedy: str
    said: str = ""

    def lines(self) -> list[str]:
        """Title, cause, what was said, and what to do, one sentence or two per line."""
        lines = [self.title]
        if self.cause:
            lines.append(self.cause)
        if self.said:
            lines.append(f"It said: {self.said}")
        if self.remedy:
            lines.append(f"What to do: {self.remedy}")
        return lines


def text_for(level: str, code: str, message: str = "", details: Mapping[str, object] | None = None) -> ErrorText:
    """The words for a code of a level with these facts; a code unknown to the catalogue is shown as it came."""
    entry = catalogue.resolve(level, code)
    if entry is None:
        return ErrorText(
            level,
            visible(code),
            visible(code),
            f"This code ({visible(level)} level) is not in the catalogue.",
            "Look the code up in Zoho's documentation, and report it so that it can be added.",
            visible(message),
        )
    facts = {**(details or {}), **({"message": message} if message else {})}
    told = entry.explain(facts, message)
    # ztui's own codes carry their whole story in the templates; only Zoho's words are quoted.
    said = visible(message) if level != "local" else ""
    return ErrorText(level, code, visible(told.title), visible(told.cause), visible(told.remedy), said)


def at_work(info: ErrorInfo) -> bool:
    """True for what tells of something being done about a trouble, rather than of the trouble."""
    entry = catalogue.resolve(info.level, info.code)
    return entry is not None and entry.kind == "at_work"


def error_text(error: ZtuiError) -> ErrorText:
    """The words for an error that was raised."""
    return text_for(error.level, error.code, error.message, error.details)


def info_text(info: ErrorInfo) -> ErrorText:
    """The words for an error kept with a run."""
    return text_for(info.level, info.code, info.message, dict(info.details))
