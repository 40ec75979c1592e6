"""What was really sent: the CSV inside a part's archive, read back column by column."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator

from ztui.errors import StoreError
from ztui.model.cell_limit import lift_cell_limit
from ztui.model.part import Part


def sent_rows(part: Part) -> Iterator[list[str]]:
    """The data rows of the part's CSV in sent order. StoreError when the archive is gone or damaged."""
    lift_cell_limit()
    try:
        with zipfile.ZipFile(part.path) as archive, archive.open(part.csv_name) as raw:
            reader = csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline=""))
            next(reader, None)
            yield from reader
    except (OSError, zipfile.BadZipFile, KeyError, csv.Error, UnicodeDecodeError) as error:
        raise StoreError("RUN_FILES_GONE", details={"path": str(part.path), "reason": str(error)}) from error


def sent_header(part: Part) -> tuple[str, ...]:
    """The header of the part's CSV: API names."""
    try:
        with zipfile.ZipFile(part.path) as archive, archive.open(part.csv_name) as raw:
            return tuple(next(csv.reader(io.TextIOWrapper(raw, encoding="utf-8", newline="")), ()))
    except (OSError, zipfile.BadZipFile, KeyError, csv.Error, UnicodeDecodeError) as error:
        raise StoreError("RUN_FILES_GONE", details={"path": str(part.path), "reason": str(error)}) from error


def sent_values(part: Part, record: int) -> dict[str, str]:
    """What was sent for one record of the part, by field API name."""
    place = part.records.index(record)
    header = sent_header(part)
    for number, row in enumerate(sent_rows(part)):
        if number == place:
            return dict(zip(header, row, strict=False))
    raise StoreError("RUN_FILES_GONE", details={"path": str(part.path), "reason": f"no row {place}"})
