"""How a file's columns differ from those a mapping was made for, in sentences. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from ztui.model.mapping import Drift
from ztui.present.text import visible


def drift_line(drift: Drift) -> str:
    """What became of one column, in a sentence."""
    column = visible(drift.header)
    feeds = f", which fed {', '.join(drift.fields)}," if drift.fields else ""
    match drift.kind:
        case "missing":
            return f"“{column}”{feeds} is missing."
        case "moved":
            return f"“{column}” moved from column {_number(drift.was)} to {_number(drift.now)}."
        case "renamed":
            return f"“{column}”{feeds} seems to be called “{visible(drift.new_header)}” now."
        case _:
            return f"“{column}” (column {_number(drift.now)}) is new and feeds nothing."


def drift_lines(drifts: Iterable[Drift]) -> list[str]:
    """One sentence a column."""
    return [drift_line(d) for d in drifts]


def _number(index: int | None) -> str:
    return "?" if index is None else str(index + 1)
