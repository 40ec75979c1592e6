"""Record ids out of what people have: pasted text, a column of a file, the results of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ztui.engine.files import OpenFile
from ztui.errors import UsageError

_ID = re.compile(r"(?:zcrm_)?(\d{10,20})")
_MANGLED = re.compile(r"\d[.,]\d+E\+?\d+", re.IGNORECASE)
_PAGE = 5_000
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class RecordIds:
    """Ids in order, each once. `repeated` were there more than once, `blank` cells were empty.

    `bad` are (place, text) of what is no id (the first hundred), `bad_count` how many there are, `mangled` how many of
    these a spreadsheet turned into 4.15E+18. `module` is the one they are known to belong to, "" when nothing tells.
    """

    ids: tuple[str, ...]
    source: str
    repeated: int = 0
    blank: int = 0
    bad: tuple[tuple[str, str], ...] = ()
    bad_count: int = 0
    mangled: int = 0
    module: str = ""


def from_text(text: str, source: str = "pasted ids") -> RecordIds:
    """Ids from pasted text, separated by blanks, commas, semicolons or line ends, perhaps in quotes."""
    pieces = [p for p in re.split(r"[\s,;|\"']+", text) if p]
    return _collect(((f"no. {n}", piece) for n, piece in enumerate(pieces, 1)), source)


def from_column(file: OpenFile, column: str) -> RecordIds:
    """Ids from a column of an open file, by header or 1-based number; every record is read.

    Raises UsageError MASS_COLUMN when there is no such column.
    """
    headers = file.info.headers
    folded = [h.casefold() for h in headers]
    if column.casefold() in folded:
        at = folded.index(column.casefold())
    elif column.isdigit() and 1 <= int(column) <= len(headers):
        at = int(column) - 1
    else:
        raise UsageError("MASS_COLUMN", details={"column": column, "known": ", ".join(headers[:12])})
    return _collect(_cells(file, at), f"{headers[at]} of {file.info.name}")


def id_column(headers: Iterable[str]) -> str | None:
    """The header that names the record id itself, if there is just one such."""
    names = ("id", "record id", "recordid", "record_id", "zoho id", "zoho record id")
    found = [h for h in headers if h.strip().casefold() in names]
    return found[0] if len(found) == 1 else None


def _cells(file: OpenFile, at: int) -> Iterator[tuple[str, str]]:
    start = 0
    while rows := file.rows(start, _PAGE):
        for row in rows:
            yield f"line {row.line}", row.cells[at] if at < len(row.cells) else ""
        start += len(rows)


def _collect(pieces: Iterable[tuple[str, str]], source: str) -> RecordIds:
    ids: dict[str, None] = {}
    bad: list[tuple[str, str]] = []
    repeated = blank = wrong = mangled = 0
    for place, piece in pieces:
        text = piece.strip()
        found = _ID.fullmatch(text)
        if not text:
            blank += 1
        elif found is None:
            wrong += 1
            mangled += _MANGLED.fullmatch(text) is not None
            if len(bad) < _SHOWN:
                bad.append((place, text))
        elif found[1] in ids:
            repeated += 1
        else:
            ids[found[1]] = None
    return RecordIds(tuple(ids), source, repeated, blank, tuple(bad), wrong, mangled)
