"""Files that a person asks for: whole or not there, readable by their owner, and never over the rows' own file."""

from __future__ import annotations

import asyncio
import contextlib
import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TextIO

from ztui.errors import UsageError
from ztui.store.atomic import store_error

_OWN_MARK = ("utf-16", "utf-32", "utf-8-sig")


def refuse_source(path: Path, source: str) -> None:
    """Raise UsageError when `path` is the file the rows come from; "-" is a pipe."""
    if source != "-" and os.path.realpath(path) == os.path.realpath(source):
        raise UsageError("EXPORT_OVER_SOURCE", details={"path": str(path)})


async def write_table(path: Path, rows: Iterable[Sequence[object]], source: str) -> int:
    """Write rows as UTF-8 CSV beside the loop and return how many. Raises UsageError over `source`, StoreError."""

    def work() -> int:
        refuse_source(path, source)
        count = 0
        with whole_file(path, "utf-8") as file:
            writer = csv.writer(file)
            for row in rows:
                writer.writerow(row)
                count += 1
        return count

    return await asyncio.to_thread(work)


@contextlib.contextmanager
def whole_file(path: Path, encoding: str, *, bom: bool = False) -> Iterator[TextIO]:
    """A text file that appears under its name only when complete, for its owner only. Raises StoreError."""
    temporary = ""
    try:
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "w", encoding=encoding, errors="surrogateescape", newline="") as file:
            if bom and encoding not in _OWN_MARK:
                file.write("\ufeff")
            yield file
        Path(temporary).replace(path)
        temporary = ""
    except OSError as error:
        raise store_error(path, error) from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()
