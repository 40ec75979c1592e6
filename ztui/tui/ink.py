"""Colours for what is drawn cell by cell: Rich styles made of theme variables, by name.

Textual's component classes would do the same, but each costs a walk over the stylesheet for every widget, which is what
a first paint is made of.
"""

from __future__ import annotations

from functools import lru_cache

from rich.style import Style
from textual.color import Color
from textual.widget import Widget


def ink(widget: Widget, colour: str, paper: str = "", *, bold: bool = False) -> Style:
    """The style of text in the theme variable `colour` on the variable `paper` ("": whatever lies below)."""
    variables = widget.app.theme_variables
    return _style(variables[colour], variables[paper] if paper else "", bold)


@lru_cache(maxsize=512)
def _style(colour: str, paper: str, bold: bool) -> Style:
    return Style(
        color=Color.parse(colour).rich_color,
        bgcolor=Color.parse(paper).rich_color if paper else None,
        bold=True if bold else None,
    )
