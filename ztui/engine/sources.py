"""Finds the source file of a plan again, whatever folder a process starts in, and reads it exactly as it was mapped."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from pathlib import Path

from ztui.engine.files import OpenFile
from ztui.model.plan import ImportPlan
from ztui.model.table import CsvInfo


def anchored(plan: ImportPlan) -> ImportPlan:
    """The plan with its file named from the root: a resume or a repair may come from another folder (cron, say)."""
    info = plan.info
    if info.path == "-" or Path(info.path).is_absolute():
        return plan
    path = Path(info.path).absolute()
    data_path = info.data_path if info.temporary else path
    return replace(plan, info=replace(info, path=str(path), data_path=data_path.absolute()))


def open_again(info: CsvInfo) -> OpenFile:
    """The file with the encoding, delimiter, quoting and header it was mapped with. Blocking. Raises SourceError.

    A private copy (of a pipe, a spreadsheet, an archive, UTF-16) that is still there is read itself, and stays its
    owner's.
    """
    if info.temporary and (status := _status(info.data_path)) is not None:
        # From here on the copy is the file: it is its size and time that must stay what they are.
        copy = replace(info, path=str(info.data_path), size=status.st_size, modified_ns=status.st_mtime_ns)
        return OpenFile(copy, info.opened_with)
    return OpenFile.open(info.path, info.opened_with)


def _status(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


async def reopen(info: CsvInfo) -> OpenFile:
    """The same, in a thread."""
    return await asyncio.to_thread(open_again, info)
