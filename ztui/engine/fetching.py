"""Brings a job's result archive into the run's folder: whole and readable, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from ztui.engine.running import Running
from ztui.errors import AnswerLost, ArchiveError, Unreachable
from ztui.store.atomic import store_error
from ztui.zoho.results import read_results

PASSING = (Unreachable, AnswerLost)
"""Troubles of a reading that are waited out: asking again changes nothing at Zoho."""


async def fetch_archive(run: Running, number: int, url: str, name: str) -> None:
    """Download the archive of a part to the run's folder under this name.

    Waits out a broken connection, but not an archive that came damaged: the file there is what it is. Raises
    ArchiveError, SignInError and what else Zoho refuses with, RunHalted, StoreError.
    """
    folder = await asyncio.to_thread(run.ledger.run_folder, run.lease.run_id)
    partial = folder / f"{name}.partial"

    async def attempt() -> ArchiveError | None:
        try:
            await run.crm.download(url, partial)
        except ArchiveError as error:
            return error
        return None

    try:
        spoilt = await run.patiently(number, attempt, PASSING)
        if spoilt is not None:
            raise spoilt
        await asyncio.to_thread(_read_whole, partial)
        partial.replace(folder / name)
    except OSError as error:
        raise store_error(partial, error) from error
    finally:
        with contextlib.suppress(FileNotFoundError):
            partial.unlink()


def _read_whole(path: Path) -> None:
    for _row in read_results(path):
        pass
