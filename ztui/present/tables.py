"""Plain text tables for the command line: columns as wide as their content, cut to the width at hand."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ztui.present.text import pad, visible, width


def table(
    headers: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: Collection[int] = (),
    widest: int = 60,
    indent: str = "",
) -> list[str]:
    """The table as lines: a header line, then the rows, columns two blanks apart.

    Cells are cleaned and cut at `widest` terminal cells; columns named in `right` (0-based) are aligned to the right.
    Rows may be shorter than the header. Without rows the list is empty.
    """
    if not rows:
        return []
    cleaned = [[visible(cell) for cell in row] for row in [headers, *rows]]
    count = max(len(row) for row in cleaned)
    cleaned = [row + [""] * (count - len(row)) for row in cleaned]
    widths = [min(widest, max(width(row[i]) for row in cleaned)) for i in range(count)]
    return [
        (indent + "  ".join(pad(cell, widths[i], right=i in right) for i, cell in enumerate(row))).rstrip()
        for row in cleaned
    ]


def pairs(facts: Sequence[tuple[str, str]], *, indent: str = "") -> list[str]:
    """Name and value per line, the values in one column; facts without a value are left out."""
    told = [(visible(name), visible(value)) for name, value in facts if value]
    widest = max((width(name) for name, _ in told), default=0)
    return [f"{indent}{pad(name, widest)}  {value}" for name, value in told]
