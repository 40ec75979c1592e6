"""Which arguments each step takes: a misspelt one in a mapping file must be told, not passed over."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

from ztui.model.mapping import Step

ARGUMENTS: Mapping[str, tuple[str, ...]] = {
    "trim": (),
    "squeeze": (),
    "case": ("to",),
    "date": ("pattern", "out"),
    "datetime": ("pattern", "out", "offset"),
    "number": ("decimal", "whole", "places"),
    "boolean": ("invert", "table"),
    "phone": ("country",),
    "email": (),
    "map": ("table", "other"),
    "multi": ("separator", "table"),
    "split_name": ("part",),
    "part": ("separator", "index"),
    "join": ("separator",),
    "replace": ("find", "with"),
    "prefix": ("text",),
    "suffix": ("text",),
    "default": ("text",),
    "truncate": ("length",),
    "digits": (),
    "excel_text": (),
    "no_invisible": (),
}
"""The names of a step's arguments, by the step's name (`ztui.engine.transform_steps.KINDS`)."""


def misspelt(steps: Sequence[Step]) -> tuple[str, str] | None:
    """The first step or argument there is not, as (what is wrong, the nearest name there is or ""); None if all are."""
    for step in steps:
        known = ARGUMENTS.get(step.name)
        if known is None:
            return f"there is no step called “{step.name}”", _nearest(step.name, tuple(ARGUMENTS))
        for key, _ in step.args:
            if key not in known:
                takes = f"it takes {', '.join(known)}" if known else "it takes no arguments"
                return f"{step.name} has no argument “{key}”; {takes}", _nearest(key, known)
    return None


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return close[0] if close else ""
