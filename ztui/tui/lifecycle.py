"""Ends the interface properly when the world asks: signals, a vanished terminal, a crash.

The terminal is always left as it was found. Runs need no rescue here: the ledger has every step before it is taken.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable

#: Seconds the orderly end may take once the terminal is gone, before the process is ended outright.
GRACE = 4.0


def on_signals(leave: Callable[[int], None]) -> None:
    """SIGTERM and SIGHUP end the app with status 128 + n, terminal restored. Call from the running loop."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGHUP):
        # A SIGHUP that was set to be ignored (nohup) still means that nobody looks at this interface any more.
        loop.add_signal_handler(number, leave, 128 + number)


def watch_terminal(leave: Callable[[int], None]) -> None:
    """Notice a terminal that is gone without a signal (a dropped link with SIGHUP ignored).

    A sleeping thread waits for the kernel's word, so an idle program has no wake-ups from it.
    """
    stdin = sys.__stdin__
    if stdin is None or not stdin.isatty():
        return
    fd = os.dup(stdin.fileno())
    loop = asyncio.get_running_loop()

    def wait() -> None:
        poll = select.poll()
        poll.register(fd, 0)
        while not poll.poll():
            continue
        last_resort = threading.Timer(GRACE, os._exit, (128 + signal.SIGHUP,))
        last_resort.daemon = True
        last_resort.start()
        _silence()
        try:
            loop.call_soon_threadsafe(leave, 128 + signal.SIGHUP)
        except RuntimeError:  # the loop has just been closed: the program is ending anyway
            os._exit(128 + signal.SIGHUP)

    threading.Thread(target=wait, name="terminal-watch", daemon=True).start()


def _silence() -> None:
    """Point the standard streams at nothing, so that the orderly end meets no errors when it restores the terminal."""
    null = os.open(os.devnull, os.O_RDWR)
    for fd in (0, 1, 2):
        os.dup2(null, fd)
    os.close(null)


def crash_report(error: BaseException) -> str:
    """The traceback as plain text without local values: they may hold secrets or cells that act on a terminal."""
    import traceback

    from ztui.present.text import visible

    lines = "".join(traceback.format_exception(error)).splitlines()
    return "\n".join(visible(line) for line in lines)
