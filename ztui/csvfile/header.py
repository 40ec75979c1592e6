"""Where the header is: behind title lines, at the top, or nowhere; and the names its columns go by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ztui.csvfile.kinds import kind_of

_STRONG = frozenset(("email", "url", "id"))
"""Kinds of values that are never the name of a column; dates, numbers and 2025-2026 may be."""
_WORDS = frozenset(
    re.findall(
        r"\S+",
        """
    account address amount apellido apellidos area billing birthday campaign category city ciudad code comment
    comments company contact correo country county created currency customer date department description domain
    e-mail email employees empresa fax field firma first full gender given group home id industry job key land last
    lead letter mail mailing middle mobile modified nachname name nom nombre note notes number opt organization ort
    other owner pays phone picture plz postal postcode prenom price product prénom quantity rating region revenue
    role salutation societe société source stage state status strasse straße street subject surname tag tags tel
    telefon telefono telephone teléfono time title total type updated url user value ville vorname website year zip
        """,
    )
)
"""Words that headers are made of, in the languages exports come in."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)?")
_NUMBERED = re.compile(r"([^\W\d_]+[-_/.# ]?)\d[\d\-_/.]*")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_TITLE_LIMIT = 20  # records that may stand above a header


@dataclass(frozen=True, slots=True)
class Header:
    """`line` is the physical line of the header record, 0 when there is none; `cells` are its cells as they stand.

    `first_line` is the physical line of the first data record, or of where it would be; `what` and `how` say what was
    found and why.
    """

    line: int
    first_line: int
    cells: tuple[str, ...]
    what: str
    how: str


def find_header(records: Sequence[tuple[int, Sequence[str]]], wanted: int | None) -> Header:
    """The header among the first records, given as (line, cells).

    `wanted` is the line the user insists on, at which the records then begin (0: no header).
    """
    if not records:
        return Header(0, 1, (), "No records", "the file holds blank lines only")
    if wanted is not None and wanted > 0:
        return _header_at(records, 0, "as you said")
    top = _first_full(records)
    if wanted == 0:
        return _without(records, 0, "as you said")
    if (why := _looks_like_data(records[top][1], [cells for _, cells in records[top + 1 :]])) is not None:
        # a title has one cell that says something; what has more is a record, and none may get lost
        wordy = any(sum(1 for c in cells if c.strip()) > 1 for _, cells in records[:top])
        return _without(records, 0 if wordy else top, why)
    how = "the first record reads like names" if top == 0 else "the first record as wide as those below it"
    return _header_at(records, top, how)


def _header_at(records: Sequence[tuple[int, Sequence[str]]], at: int, how: str) -> Header:
    line, cells = records[at]
    if at + 1 < len(records):
        first = records[at + 1][0]
    else:
        first = line + 1 + sum(len(re.findall(r"\r\n|\r|\n", cell)) for cell in cells)
    what = f"Header on line {line}"
    if at:
        what += f", {at} record{'s' if at > 1 else ''} above it left out"
    return Header(line, first, tuple(cells), what, how)


def _without(records: Sequence[tuple[int, Sequence[str]]], at: int, how: str) -> Header:
    line, _ = records[at]
    widths = Counter(len(c) for _, c in records[at:])
    width = max(widths, key=lambda w: (widths[w], w))
    what = "No header"
    if at:
        what += f", {at} record{'s' if at > 1 else ''} above line {line} left out"
    return Header(0, line, ("",) * width, what, how)


def _first_full(records: Sequence[tuple[int, Sequence[str]]]) -> int:
    """Index of the first record that is as wide as most are: what stands above it is a title.

    Names above rows that are all longer are the header nevertheless, if the first row is not made of names.
    """
    found = _first_wide(records)
    for index, (_, cells) in enumerate(records[:found]):
        if len(cells) > 1 and all(map(_is_name, cells)) and not known_words(records[found][1]):
            return index
    return found


def _first_wide(records: Sequence[tuple[int, Sequence[str]]]) -> int:
    widths = Counter(len(cells) for _, cells in records)
    width = max(widths, key=lambda w: (widths[w] * (w > 1), w))
    if width < 2:
        return 0
    below = [sum(1 for c in cells if c.strip()) for _, cells in records[1:] if len(cells) == width]
    usual = sorted(below)[len(below) // 2] if below else 0
    for index, (_, cells) in enumerate(records[:_TITLE_LIMIT]):
        filled = sum(1 for c in cells if c.strip())
        # a short first record is still the header when nothing below says otherwise: rows may just be ragged
        if len(cells) >= width and (filled > 1 or usual < 2):
            return index
        if len(cells) > max(2, width // 2) and filled > width // 2:
            return index
        if 1 < filled == len(cells) and not any(
            any(c.strip() for c in b[len(cells) :]) for _, b in records[index + 1 :]
        ):
            return index  # rows are only longer by delimiters at their ends
    return 0


def _looks_like_data(first: Sequence[str], below: Sequence[Sequence[str]]) -> str | None:
    """Why the record is data rather than names, or None when it may be a header."""
    kinds = [kind_of(cell) for cell in first]
    for index, kind in enumerate(kinds):
        if kind in _STRONG or (kind == "phone" and first[index].lstrip()[0] in "+("):
            return f"the first record holds {'an' if kind in ('email', 'id') else 'a'} {kind} ({first[index]})"
    if known_words(first):
        return None
    if not below:
        return None
    for index, cell in enumerate(first):
        if _goes_on(cell, [cells[index] for cells in below[:100] if index < len(cells) and cells[index].strip()]):
            return f"the numbers below {cell} go on from it"
    alike = 0
    for index, kind in enumerate(kinds):
        column = [kind_of(cells[index]) for cells in below[:100] if index < len(cells) and cells[index].strip()]
        if not column:
            continue
        share = column.count(kind) / len(column)
        if kind in ("date", "integer", "number", "boolean") and share > 0.7:
            alike += 1
        elif kind == "text" and share < 0.2 and len(column) >= 2:
            return None  # a word above numbers, dates or addresses is a name
    if alike:
        return "the first record holds the same kinds of values as those below it"
    filled = [cell for cell in first if cell.strip()]
    again = sum(1 for i, c in enumerate(first) if c.strip() and any(i < len(b) and b[i] == c for b in below))
    if filled and again * 2 >= len(filled):
        return "values of the first record come again below it"
    return None


def _goes_on(cell: str, below: Sequence[str]) -> bool:
    """Whether a cell like "LD-1001" has others of its kind below: names are numbered from column to column only."""
    own = _NUMBERED.fullmatch(cell.strip())
    if own is None or len(below) < 2:
        return False
    alike = sum(1 for value in below if (found := _NUMBERED.fullmatch(value.strip())) and found[1] == own[1])
    return alike >= 0.8 * len(below)


def known_words(cells: Sequence[str]) -> bool:
    """True when at least one cell is made of words that headers are made of."""
    return any(map(_is_name, cells))


def _is_name(cell: str) -> bool:
    words = [w.lower() for w in _WORD.findall(_CAMEL.sub(" ", cell.replace("_", " ")))]
    return 0 < len(words) <= 4 and "@" not in cell and sum(w in _WORDS for w in words) * 2 > len(words)


def display_names(raw: Sequence[str]) -> tuple[str, ...]:
    """Unique names for the columns: blanks become "Column 3", repeats get " (2)"."""
    names: list[str] = []
    taken: set[str] = set()
    reserved = {cell.strip("\ufeff").strip() for cell in raw if cell.strip()}
    for index, cell in enumerate(raw):
        text = " ".join(cell.replace("\ufeff", "").split())
        name = base = text or f"Column {index + 1}"
        count = 1
        while name in taken or (name in reserved and name != text):
            count += 1
            name = f"{base} ({count})"
        taken.add(name)
        names.append(name)
    return tuple(names)
