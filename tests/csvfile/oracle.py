"""What `csv.reader` itself makes of bytes: the reading that everything in `ztui.csvfile` must agree with."""

from __future__ import annotations

import csv
import io

from ztui.csvfile.reader import csv_format
from ztui.model.table import Dialect


def oracle(data: bytes, dialect: Dialect) -> list[tuple[int, tuple[str, ...]]]:
    """(physical line, cells) of every record that is not a blank line, the header included."""
    stream = io.TextIOWrapper(io.BytesIO(data), encoding=dialect.encoding, errors="surrogateescape", newline="")
    reader = csv.reader(stream, **csv_format(dialect))
    records = []
    line = 1
    for cells in reader:
        if cells:
            records.append((line, tuple(cells)))
        line = reader.line_num + 1
    return records
