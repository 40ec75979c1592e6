"""What all transform steps share: the type of their functions, refused values, bad steps, reading of arguments."""

from __future__ import annotations

from collections.abc import Callable

from ztui.model.mapping import ArgValue, Step

Apply = Callable[[str], str]
BLANKS = "".join(char for char in map(chr, range(0x3001)) if char.isspace()) + "\ufeff"
"""What trimming takes away: everything that is nothing but space, the byte order mark included."""
MULTI_SEPARATOR = ";"


class Refusal(str):
    """A text that a step could not handle: the text itself, with the local rule it broke and that rule's facts."""

    __slots__ = ("params", "rule")
    rule: str
    params: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, text: str, rule: str, **params: str) -> Refusal:
        """The refusal of this text for breaking this rule."""
        made = cls(text)
        made.rule = rule
        made.params = tuple(params.items())
        return made


class BadStep(ValueError):
    """A step with an unknown name or impossible arguments; the message says which and why."""


def text_arg(step: Step, key: str, default: str = "") -> str:
    """An argument as text."""
    value = step.arg(key, default)
    return value if isinstance(value, str) else str(value)


def number_arg(step: Step, key: str, default: int) -> int:
    """An argument as a number; BadStep when it is none."""
    value = step.arg(key, default)
    try:
        return int(value) if isinstance(value, (int, str)) else default
    except ValueError as error:
        raise BadStep(f"{step.name}: {key} must be a number") from error


def table_of(step: Step) -> tuple[tuple[str, str], ...]:
    """The step's table of (from, to) pairs."""
    table: ArgValue = step.arg("table", ())
    return table if isinstance(table, tuple) else ()


def fold(text: str) -> str:
    """How values are compared in tables: without case and with single blanks."""
    return " ".join(text.split()).casefold()
