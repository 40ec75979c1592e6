"""Finds text in cells: raw blocks between checkpoints are searched first, and read as records only on a hit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ztui.csvfile.index import RowIndex
from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.model.table import CsvInfo

_LONGEST_BLOCK = 8 << 20  # bytes between checkpoints that are looked at in one piece


def search(
    info: CsvInfo,
    rows: RowIndex,
    text: str,
    start: int,
    column: int | None,
    backwards: bool,
    report: Callable[[int, float], None],
) -> int | None:
    """The number of the nearest record from `start` on (backwards: up to `start`) that holds `text`, or None.

    Case does not matter. `column` limits the search to one column. `report` is called for each block.
    """
    needle = text.lower()
    if not needle:
        return None
    # in the raw text quotes are doubled and line ends may be any: look for the longest piece without them
    piece = max(re.split(r'["\r\n]', needle), key=len)
    points = rows.checkpoints()
    order = range(len(points))
    if backwards:
        order = order[::-1]
    for at in order:
        offset, number, line = points[at]
        last = at + 1 == len(points)
        if backwards and number > start:
            continue
        if not backwards and not last and points[at + 1][1] <= start:
            continue
        report(number, 0.0)
        end = None if last else points[at + 1][0]
        if end is not None and piece and end - offset <= _LONGEST_BLOCK and not _holds(info, offset, end, piece):
            continue
        found = None
        for record, cells in _records(info, offset, end, number, line):
            if not record & 0xFF:
                report(record, 0.0)
            if record < start and not backwards:
                continue
            if record > start and backwards:
                break
            if column is None:
                hit = any(needle in cell.lower() for cell in cells)
            else:
                hit = column < len(cells) and needle in cells[column].lower()
            if hit:
                found = record
                if not backwards:
                    return found
        if found is not None:
            return found
    return None


def _holds(info: CsvInfo, offset: int, end: int, piece: str) -> bool:
    with info.data_path.open("rb", buffering=0) as stream:
        stream.seek(offset)
        raw = stream.read(end - offset)
    if piece.isascii():
        return piece.encode() in raw.lower()  # several times faster than in decoded text
    return piece in raw.decode(info.dialect.encoding, "surrogateescape").lower()


def _records(info: CsvInfo, offset: int, end: int | None, number: int, line: int) -> Iterator[tuple[int, list[str]]]:
    with info.data_path.open("rb", buffering=0) as stream:
        stream.seek(offset)
        reader = RecordReader(physical_lines(stream, 1 << 16), info.dialect, line=line, offset=offset)
        for at, cells in enumerate(reader):
            if end is not None and reader.start_offset >= end:
                return
            yield number + at, cells
