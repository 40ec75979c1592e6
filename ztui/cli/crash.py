"""The note kept about an unexpected error: where in the code it happened, and no values at all."""

from __future__ import annotations

import platform
import time
import traceback
from pathlib import Path

from ztui import __version__
from ztui.store.atomic import write_whole
from ztui.store.locations import Locations


def crash_note(error: BaseException) -> str:
    """The chain of errors as types and code places.

    Messages and local values are left out on purpose: they may hold cells, tokens or file names.
    """
    out = [f"ztui {__version__}, Python {platform.python_version()}, {platform.system()} {platform.release()}"]
    return "\n".join([*out, *_chain(error, set())]) + "\n"


def _chain(error: BaseException | None, told: set[int]) -> list[str]:
    """Each error once: one that was taken out of a group has the group behind it, and is in it, too."""
    out = []
    link = error
    while link is not None and id(link) not in told:
        told.add(id(link))
        out.append(f"\n{type(link).__module__}.{type(link).__qualname__}")
        out += [f"  {f.filename}:{f.lineno} in {f.name}" for f in traceback.extract_tb(link.__traceback__)]
        if isinstance(link, BaseExceptionGroup):
            for inner in link.exceptions:
                out.append("| one of:")
                out += [f"| {text}" for text in "\n".join(_chain(inner, told)).splitlines()[1:]]
        link = link.__cause__ or link.__context__
    return out


def write_crash_note(error: BaseException, locations: Locations | None = None) -> Path:
    """Keep the note in the state folder; returns its path. Raises StoreError."""
    folder = (locations or Locations.default()).crash_dir
    path = folder / time.strftime("crash-%Y%m%d-%H%M%S.txt", time.gmtime())
    write_whole(path, crash_note(error).encode("utf-8", "backslashreplace"))
    return path
