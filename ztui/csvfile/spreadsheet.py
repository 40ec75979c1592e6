"""Turns a sheet of an .xlsx, .xls or .ods file into a private CSV, through python-calamine (the `xlsx` extra)."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from ztui.csvfile import ods_look
from ztui.csvfile.copies import private_copy
from ztui.csvfile.sheet_look import SheetLook, look
from ztui.csvfile.sources import Source, copy_into
from ztui.errors import SourceError
from ztui.model.counting import how_many

_ROWS_PER_BLOCK = 500
_MOST_CELLS = 50_000_000  # some 2 GB of memory for as long as the sheet is read


def to_csv(source: Source, sheet: str | None, workdir: Path | None) -> tuple[Path, tuple[str, str]]:
    """Write one sheet as UTF-8 CSV; returns the copy and a note that names the sheet and those left out.

    Without a wish it is the first visible sheet that holds anything. Raises SourceError: SPREADSHEET_EXTRA_MISSING,
    SPREADSHEET_DAMAGED, NO_SUCH_SHEET, SHEET_TOO_LARGE, SHEETS_EMPTY.
    """
    try:
        import python_calamine as calamine
    except ImportError as problem:
        raise SourceError("SPREADSHEET_EXTRA_MISSING", details={"path": source.path, "kind": source.kind}) from problem
    details: dict[str, object] = {"path": source.path, "kind": source.kind}
    try:
        if source.kind == "ods":
            _bound(*ods_look.largest(source.data_path), details)
        try:
            book = calamine.CalamineWorkbook.from_path(str(source.data_path))
        except calamine.CalamineError:  # it believes the ending of the name; from a stream it goes by what is inside
            with source.data_path.open("rb") as stream:
                book = calamine.CalamineWorkbook.from_filelike(stream)
        names = list(book.sheet_names)
        if sheet is not None and sheet not in names:
            raise SourceError("NO_SUCH_SHEET", details={**details, "sheet": sheet, "names": ", ".join(names)})
        visible = [m.name for m in book.sheets_metadata if m.visible == calamine.SheetVisibleEnum.Visible]
        for name in [sheet] if sheet is not None else [*visible, *names]:
            seen = look(source.data_path, name, _MOST_CELLS) if source.kind == "xlsx" else SheetLook()
            _bound(name, seen, details)
            page = book.get_sheet_by_name(name)
            if page.total_height:
                break
        else:
            raise SourceError("SHEETS_EMPTY", details=details)
        with private_copy(workdir) as (path, out):
            copy_into(_blocks(page.iter_rows(), seen, page.start or (0, 0)), out, path.parent)
    except (calamine.CalamineError, zipfile.BadZipFile, zlib.error, OSError, ValueError) as problem:
        raise SourceError("SPREADSHEET_DAMAGED", details={**details, "reason": str(problem)}) from problem
    others = [n for n in names if n != name]
    how = f"not read: {', '.join(others)}" if others else "the only one"
    if seen.errors:
        cells = "cell" if seen.errors == 1 else "cells"
        how += f"; {seen.errors:,} {cells} with an error (#N/A and the like) read as blank"
    if seen.uncalculated:
        formulas = "formula" if seen.uncalculated == 1 else "formulas"
        how += f"; {seen.uncalculated:,} {formulas} without a result read as blank"
    if seen.zeros:
        how += "; zeros in front of numbers kept as the format shows them"
    if seen.percents:
        how += f"; {how_many(seen.percents, 'percentage')} read as values: 12.5% is 0.125"
    if source.kind != "xlsx":
        how += (
            "; cells are values, not what the spreadsheet shows: zeros in front and percent signs are not in the file"
        )
    return path, (f"Sheet {name}", how)


def _bound(sheet: str, seen: SheetLook, details: dict[str, object]) -> None:
    """Raise SourceError SHEET_TOO_LARGE for a sheet that would not fit into memory."""
    if seen.rows * seen.columns > _MOST_CELLS:
        raise SourceError("SHEET_TOO_LARGE", details={**details, "sheet": sheet, "corner": seen.corner})


def _blocks(rows: Iterator[Sequence[object]], seen: SheetLook, begin: tuple[int, int]) -> Iterator[bytes]:
    """The rows as CSV; `begin` is the (row, column) of the first cell."""
    lines: list[str] = []
    for number, row in enumerate(rows, begin[0]):
        cells = [cell_text(value) for value in row]
        for column in seen.zeros:
            at = column - begin[1]
            if 0 <= at < len(cells) and cells[at].isdecimal() and isinstance(row[at], (int, float)):
                cells[at] = cells[at].zfill(seen.digits(number, column))
        lines.append(",".join(map(_quoted, cells)) if any(cells) else "")
        if len(lines) >= _ROWS_PER_BLOCK:
            yield ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")
            lines.clear()
    yield "".join(line + "\n" for line in lines).encode("utf-8", "surrogateescape")


def _quoted(text: str) -> str:
    if any(c in text for c in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text


def cell_text(value: object) -> str:
    """A typed cell as text: whole floats without ".0", dates as ISO, booleans as true and false."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        # 1e-07 is plain enough to be written out; of 1.2e+18 the spreadsheet has lost the last digits, which must show
        return format(Decimal(repr(value)), "f") if abs(value) < 1 else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(timespec="seconds")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return "" if value is None else str(value)
