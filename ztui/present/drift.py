"""How the columns of a file differ from those a mapping was made for, column by column. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ztui.model.counting import plural
from ztui.model.mapping import Drift

_KINDS = {
    "missing": "is not in this file{feeds}",
    "moved": "has moved from column {was} to {now}",
    "renamed": "is called “{new}” now",
    "new": "is new, and stays out until you map it",
}


def drift_lines(drift: Sequence[Drift]) -> list[str]:
    """One line per column that changed."""
    lines = []
    for one in drift:
        text = _KINDS.get(one.kind, one.kind).format(
            feeds=f"; {', '.join(one.fields)} {plural(len(one.fields), 'gets', 'get')} nothing" if one.fields else "",
            was=(one.was or 0) + 1,
            now=(one.now or 0) + 1,
            new=one.new_header,
        )
        lines.append(f"“{one.header}” {text}.")
    return lines
