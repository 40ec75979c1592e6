"""Can the interface run on this terminal at all? Standard library only: the command line asks before textual loads."""

from __future__ import annotations

import os
import sys

from ztui.errors import UsageError

#: What the screens are laid out for; smaller windows get a message instead, until they are enlarged.
MIN_COLUMNS, MIN_LINES = 80, 24


def check_terminal() -> UsageError | None:
    """Why the interface cannot start here, or None when it can.

    Codes are `TERMINAL_MISSING` (input or output is a pipe or a file) and `TERMINAL_DUMB` (TERM is unset, `dumb` or
    `unknown`, so nothing can be positioned on it). A window that is merely too small is no reason: it can be enlarged.
    """
    # Textual draws on the error stream, so that one counts too.
    for stream, name in ((sys.__stdin__, "input"), (sys.__stdout__, "output"), (sys.__stderr__, "error output")):
        if stream is None or not stream.isatty():
            return UsageError("TERMINAL_MISSING", details={"stream": name})
    term = os.environ.get("TERM", "")
    if term in ("", "dumb", "unknown"):
        return UsageError("TERMINAL_DUMB", details={"term": term or "not set"})
    return None
