"""A look into an .ods before it is read: how far its cells reach, for the reader takes a sheet as a rectangle."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree

from ztui.csvfile.sheet_look import SheetLook, letters

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


def largest(path: Path) -> tuple[str, SheetLook]:
    """The sheet whose filled cells span the largest rectangle, repeated ones counted as often as they are repeated.

    The reader reads all sheets at once. ("", zeros) where the file is built otherwise than expected. Raises
    zipfile.BadZipFile and OSError.
    """
    most, found = "", SheetLook()
    name = ""
    rows = columns = row = column = filled = 0
    with zipfile.ZipFile(path) as book:
        if "content.xml" not in book.namelist():
            return most, found
        with book.open("content.xml") as stream:
            try:
                for event, node in ElementTree.iterparse(stream, ("start", "end")):
                    tag = node.tag.removeprefix(_TABLE)
                    if event == "start":
                        if tag == "table":
                            name = node.get(f"{_TABLE}name", "")
                            rows = columns = row = 0
                    elif tag in ("table-cell", "covered-table-cell"):
                        column += _repeated(node, "columns")
                        if node.get(f"{_OFFICE}value-type") is not None or len(node):
                            filled = column
                    elif tag == "table-row":
                        row += _repeated(node, "rows")
                        if filled:
                            rows, columns = row, max(columns, filled)
                        column = filled = 0
                        node.clear()
                    elif tag == "table" and rows * columns > found.rows * found.columns:
                        most, found = name, SheetLook(rows, columns, f"{letters(columns)}{rows}")
            except ElementTree.ParseError:
                return "", SheetLook()
    return most, found


def _repeated(node: ElementTree.Element, what: str) -> int:
    times = node.get(f"{_TABLE}number-{what}-repeated", "1")
    return int(times) if times.isdecimal() else 1
