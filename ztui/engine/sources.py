"""Opens the source file of a plan again, read exactly as when it was mapped."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from ztui.engine.files import OpenFile
from ztui.model.table import CsvInfo


def open_again(info: CsvInfo) -> OpenFile:
    """The file with the encoding, delimiter, quoting and header it was mapped with. Blocking. Raises SourceError.

    A private copy (of a pipe, a spreadsheet, an archive) that is still there is read itself, and stays its owner's.
    """
    if info.temporary and info.data_path.exists():
        return OpenFile(replace(info, path=str(info.data_path)), info.opened_with)
    return OpenFile.open(info.path, info.opened_with)


async def reopen(info: CsvInfo) -> OpenFile:
    """The same, in a thread."""
    return await asyncio.to_thread(open_again, info)
