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
from collections.abc import Callable, Iterable
from typing import Any

from textual.worker import Worker

#: Seconds the orderly end may take once the terminal is gone, before the process is ended outright.
GRACE = 4.0
#: Seconds that cancelled work may take to come to rest.
REST_SECONDS = 3.0
#: Seconds that threads have to come to an end after everything else has.
PATIENCE = 2.0


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


async def at_rest(workers: Iterable[Worker[Any]]) -> None:
    """Wait until cancelled workers have written down where they stand, but not for ever."""
    resting = [asyncio.ensure_future(worker.wait()) for worker in workers]
    if resting:
        done, _ = await asyncio.wait(resting, timeout=REST_SECONDS)
        for rest in done:
            rest.cancelled() or rest.exception()


def end_in_time(code: int) -> threading.Timer:
    """See to it that the process ends although a thread hangs, in a pipe nobody writes to or a disk that is gone.

    Call when everything is at rest and the terminal is being given back; cancel the timer once the loop has ended.
    """
    last_resort = threading.Timer(PATIENCE, os._exit, (code,))
    last_resort.daemon = True
    last_resort.start()
    return last_resort


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
