"""Long work in a thread that gives way to the event loop and ends when the task that wanted it is cancelled."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable
from typing import TypeVar

OnProgress = Callable[[int, float], None]
"""Hears (things done so far, fraction)."""

_BREATH = 0.0005  # seconds a working thread stands aside, so that the loop gets the interpreter's lock
_SLICE = 0.002  # seconds of work between two breaths
_TELL_EVERY = 0.05  # seconds between two reports of progress

T = TypeVar("T")


class _Cancelled(Exception):
    """The task that wanted the work is gone."""


async def in_thread(work: Callable[[OnProgress], T], on_progress: OnProgress | None = None) -> T:
    """Run `work` in a thread and return what it returns.

    `work` is given a function that it must call often (every millisecond or so) with its progress: there it stands
    aside for the loop, and there it ends by an exception when this task is cancelled. `on_progress` is called in the
    loop, now and then.
    """
    loop = asyncio.get_running_loop()
    stop = threading.Event()
    breathed = told = time.monotonic()

    def report(done: int, fraction: float) -> None:
        nonlocal breathed, told
        if stop.is_set():
            raise _Cancelled
        now = time.monotonic()
        if now - breathed >= _SLICE:
            time.sleep(_BREATH)
            breathed = time.monotonic()
        if on_progress is not None and now - told >= _TELL_EVERY:
            told = now
            loop.call_soon_threadsafe(on_progress, done, fraction)

    thread = asyncio.ensure_future(asyncio.to_thread(work, report))
    try:
        return await asyncio.shield(thread)
    except asyncio.CancelledError:
        stop.set()
        await asyncio.wait((thread,))
        if not thread.cancelled():
            thread.exception()  # it ended because it was told to
        raise


async def abandonable(work: Callable[[], T], drop: Callable[[T], None]) -> T:
    """Run `work` in a thread that nobody waits for, for what may never end: a pipe that stays silent.

    Whoever is cancelled goes at once, and so can the process; what `work` then still returns is given to `drop`.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T) -> None:
        if done.done():
            drop(result)
        else:
            done.set_result(result)

    def fail(problem: Exception) -> None:
        if not done.done():
            done.set_exception(problem)

    def run() -> None:
        try:
            result = work()
        except Exception as problem:  # noqa: BLE001 - it is raised where it is awaited
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits
                loop.call_soon_threadsafe(fail, problem)
            return
        try:
            loop.call_soon_threadsafe(settle, result)
        except RuntimeError:
            drop(result)

    threading.Thread(target=run, name="abandonable", daemon=True).start()
    return await done
