"""A look into an .xlsx before it is read: how far its cells reach, and which of them will come out blank.

The reader takes a sheet as a rectangle: a single stray cell in the last corner would ask for more memory than any
machine has, which ends the whole process. And it gives errors and formulas that were never calculated as blank cells.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

_BLOCK = 1 << 20
_OVERLAP = 1 << 10  # more than a cell's tag takes
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*ref="(?:[A-Z]+[0-9]+:)?([A-Z]{1,3})([0-9]{1,7})"')
_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*\s)?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*\bt="e"')
_UNCALCULATED = re.compile(rb"</(?:\w+:)?f><(?:\w+:)?v\s*(?:/>|></)|</(?:\w+:)?f></(?:\w+:)?c>")


@dataclass(frozen=True, slots=True)
class SheetLook:
    """`rows` and `columns` of the rectangle, `corner` the cell that spans it, and how many cells lose their value."""

    rows: int = 0
    columns: int = 0
    corner: str = ""
    errors: int = 0
    uncalculated: int = 0


def look(path: Path, sheet: str, most: int) -> SheetLook:
    """What a sheet holds, as far as it can be told; cells are looked at one by one only above `most` of them.

    All zeros where the file is built otherwise than expected. Raises zipfile.BadZipFile and OSError.
    """
    with zipfile.ZipFile(path) as book:
        member = _member(book, sheet)
        if member is None:
            return SheetLook()
        with book.open(member) as stream:
            said = _DIMENSION.search(stream.read(_OVERLAP * 4))
        rows, columns, corner = _place(said) if said else (0, 0, "")
        far = rows * columns > most
        right = down = errors = uncalculated = 0
        for block, fresh in _blocks(book, member):
            errors += sum(1 for found in _ERROR.finditer(block) if found.end() > fresh)
            uncalculated += sum(1 for found in _UNCALCULATED.finditer(block) if found.end() > fresh)
            if far:
                for found in _CELL.finditer(block):
                    row, column, _ = _place(found)
                    down, right = max(down, row), max(right, column)
        if far:
            rows, columns, corner = down, right, f"{_letters(right)}{down}"
        return SheetLook(rows, columns, corner, errors, uncalculated)


def _blocks(book: zipfile.ZipFile, member: str) -> Iterator[tuple[bytes, int]]:
    """The member piece by piece, each with the end of the one before, and how long that is."""
    held = b""
    with book.open(member) as stream:
        while block := stream.read(_BLOCK):
            yield held + block, len(held)
            held = block[-_OVERLAP:]


def _member(book: zipfile.ZipFile, sheet: str) -> str | None:
    names = set(book.namelist())
    if not {"xl/workbook.xml", "xl/_rels/workbook.xml.rels"} <= names:
        return None
    try:
        told = ElementTree.fromstring(book.read("xl/workbook.xml"))
        related = ElementTree.fromstring(book.read("xl/_rels/workbook.xml.rels"))
    except ElementTree.ParseError:
        return None
    wanted = next((e.get(_RELATED) for e in told.iter() if e.tag.endswith("}sheet") and e.get("name") == sheet), None)
    target = next((e.get("Target", "") for e in related if e.get("Id") == wanted), "")
    member = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return member if member in names else None


def _place(found: re.Match[bytes]) -> tuple[int, int, str]:
    """(row, column, name) of a cell."""
    column = 0
    for letter in found[1]:
        column = column * 26 + letter - 64
    return int(found[2]), column, (found[1] + found[2]).decode()


def _letters(column: int) -> str:
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
