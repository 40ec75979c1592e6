"""A look into an .xlsx before it is read: how far its cells reach, and what the reader will not tell of them.

The reader takes a sheet as a rectangle: a single stray cell in the last corner would ask for more memory than any
machine has, which ends the whole process. It gives errors and formulas that were never calculated as blank cells, and
numbers without the zeros that their format puts in front.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

_BLOCK = 1 << 20
_OVERLAP = 1 << 10  # more than a cell's tag takes
_RELATED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DIMENSION = re.compile(rb'<(?:\w+:)?dimension\s[^>]*ref="(?:[A-Z]+[0-9]+:)?([A-Z]{1,3})([0-9]{1,7})"')
_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*\s)?r="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
_ERROR = re.compile(rb'<(?:\w+:)?c\s[^>]*\bt="e"')
_UNCALCULATED = re.compile(rb"</(?:\w+:)?f><(?:\w+:)?v\s*(?:/>|></)|</(?:\w+:)?f></(?:\w+:)?c>")
_ZEROS = re.compile(r"0{2,}(?:;.*)?")
_PERCENTS = (9, 10)  # the formats 0% and 0.00% that every workbook has (ECMA-376, numFmts)


@dataclass(frozen=True, slots=True)
class SheetLook:
    """`rows` and `columns` of the rectangle, `corner` the cell that spans it, and how many cells lose their value.

    `zeros` are, by column, the digits that the format shows a number with, a byte for each row (0: as it is); columns
    and rows count from 0. `percents` are cells that show a percentage.
    """

    rows: int = 0
    columns: int = 0
    corner: str = ""
    errors: int = 0
    uncalculated: int = 0
    zeros: dict[int, bytearray] = field(default_factory=dict)
    percents: int = 0

    def digits(self, row: int, column: int) -> int:
        """With how many digits the number in this cell is shown at least."""
        marks = self.zeros.get(column, b"")
        return marks[row] if row < len(marks) else 0


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
        right = down = errors = uncalculated = percents = 0
        digits, shares = _formats(book)
        zeros: dict[int, bytearray] = {}
        styled = _styled({*digits, *shares})
        for block, fresh in _blocks(book, member):
            errors += sum(1 for found in _ERROR.finditer(block) if found.end() > fresh)
            uncalculated += sum(1 for found in _UNCALCULATED.finditer(block) if found.end() > fresh)
            for found in styled.finditer(block) if styled is not None else ():
                row, column, _ = _place(found)
                if found[3] in digits:
                    marks = zeros.setdefault(column - 1, bytearray())
                    marks.extend(bytes(max(0, row - len(marks))))
                    marks[row - 1] = digits[found[3]]
                elif found.end() > fresh:
                    percents += 1
            if far:
                for found in _CELL.finditer(block):
                    row, column, _ = _place(found)
                    down, right = max(down, row), max(right, column)
        if far:
            rows, columns, corner = down, right, f"{letters(right)}{down}"
        return SheetLook(rows, columns, corner, errors, uncalculated, zeros, percents)


def _formats(book: zipfile.ZipFile) -> tuple[dict[bytes, int], set[bytes]]:
    """The cell styles that put zeros in front of a number, with the digits they show, and those of percentages."""
    try:
        told = ElementTree.fromstring(book.read("xl/styles.xml"))
    except (KeyError, ElementTree.ParseError):
        return {}, set()
    own = {e.get("numFmtId", ""): e.get("formatCode", "") for e in told.iter() if e.tag.endswith("}numFmt")}
    own |= {str(known): "0%" for known in _PERCENTS}
    styles = next((e for e in told if e.tag.endswith("}cellXfs")), ())
    digits: dict[bytes, int] = {}
    shares: set[bytes] = set()
    for number, style in enumerate(styles):
        code = own.get(style.get("numFmtId", ""), "")
        if _ZEROS.fullmatch(code):
            digits[str(number).encode()] = min(len(code.partition(";")[0]), 255)
        elif code.partition(";")[0].endswith("%"):
            shares.add(str(number).encode())
    return digits, shares


def _styled(styles: set[bytes]) -> re.Pattern[bytes] | None:
    """Finds the filled cells of these styles, as every spreadsheet program writes them."""
    if not styles:
        return None
    return re.compile(
        rb'<(?:\w+:)?c r="([A-Z]{1,3})([0-9]{1,7})" s="(' + rb"|".join(sorted(styles)) + rb')"[^>]*(?<!/)>'
    )


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


def letters(column: int) -> str:
    """The name of a column (1-based): A, B, …, AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
