"""What a `Grid` shows: columns, lines, and where the lines come from. Plain values; nothing here draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a title, a second header line, its width in cells (0: measured), and how its cells are styled.

    `mark` names the style of the whole column ("" plain, "muted", ...), `note_mark` that of the second header line.
    `right` aligns the cells to the right; `stretch` columns share the width that is left over.
    """

    title: str
    note: str = ""
    width: int = 0
    mark: str = ""
    note_mark: str = ""
    right: bool = False
    stretch: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One line: the text in the frozen gutter, its cells, the style of the line and of single cells by column."""

    cells: tuple[str, ...]
    gutter: str = ""
    mark: str = ""
    marks: tuple[tuple[int, str], ...] = ()
    gutter_mark: str = ""

    def mark_of(self, column: int) -> str:
        """The style asked for one cell, or "" for none of its own."""
        return next((mark for index, mark in self.marks if index == column), "")


class Source(Protocol):
    """Where a grid's lines come from. Both calls must answer at once (≤ 5 ms)."""

    def count(self) -> int:
        """How many lines there are (as far as is known)."""
        ...

    def lines(self, start: int, count: int) -> Sequence[Line]:
        """Up to `count` lines from `start` on; fewer at the end."""
        ...


class Lines:
    """A source over lines that are already there."""

    def __init__(self, lines: Sequence[Line] = ()) -> None:
        self._lines = lines

    def count(self) -> int:
        """How many lines there are."""
        return len(self._lines)

    def lines(self, start: int, count: int) -> Sequence[Line]:
        """A slice of the lines."""
        return self._lines[start : start + count]


def measure(columns: Sequence[Column], sample: Sequence[Line], lowest: int = 4, highest: int = 26) -> list[int]:
    """Widths for columns that name none: what the titles and the sampled cells need, within bounds."""
    from ztui.present.text import visible, width

    widths = []
    for index, column in enumerate(columns):
        if column.width:
            widths.append(column.width)
            continue
        need = max(width(visible(column.title)), width(visible(column.note)))
        cells = [width(visible(line.cells[index])) for line in sample if index < len(line.cells)]
        widths.append(max(lowest, min(highest, max([need, *cells]))))
    return widths


def stretch(widths: Sequence[int], columns: Sequence[Column], room: int, gap: int) -> list[int]:
    """Give the room that is left over to the columns that stretch, by their weights."""
    weights = sum(column.stretch for column in columns)
    left = room - sum(widths) - gap * max(0, len(widths) - 1)
    if not weights or left <= 0:
        return list(widths)
    grown = [w + left * c.stretch // weights for w, c in zip(widths, columns, strict=True)]
    for index, column in enumerate(columns):
        if column.stretch:
            grown[index] += room - sum(grown) - gap * max(0, len(grown) - 1)
            break
    return grown
