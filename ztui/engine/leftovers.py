"""Removes the private copies and folders with the user's data that a killed process could not remove itself."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from ztui.csvfile.copies import discard, forsaken
from ztui.errors import ZtuiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ztui.engine.runs import Runs


def clear_leftovers(runs: Callable[[], Runs]) -> int:
    """Remove forsaken copies and folders, but not what an unfinished run still reads: a pipe cannot be read again.

    Blocking, a millisecond when there are none: only otherwise `runs` is called. Returns how many were removed; none
    when it cannot be found out which are needed.
    """
    found = forsaken()
    if not found:
        return 0
    try:
        known = runs()
        needed = {known.plan(state.run_id).info.data_path for state in known.unfinished()}
    except ZtuiError:
        return 0
    removed = 0
    for path in found:
        if path not in needed and not any(path in file.parents for file in needed):
            with contextlib.suppress(OSError):  # a folder that is read-only now; whoever comes later tries again
                discard(path)
                removed += 1
    return removed
