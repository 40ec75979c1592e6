"""Work in a thread reports, gives way, and ends with the task that wanted it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from ztui.engine.background import OnProgress, abandonable, in_thread


async def test_returns_what_the_work_returns_and_raises_what_it_raises() -> None:
    def work(report: OnProgress) -> int:
        report(1, 0.5)
        return 7

    def fail(_: OnProgress) -> int:
        raise ValueError("no")

    assert await in_thread(work) == 7
    with pytest.raises(ValueError, match="no"):
        await in_thread(fail)


async def test_progress_is_told_in_the_loop() -> None:
    told: list[tuple[int, float, bool]] = []
    enough = threading.Event()

    def work(report: OnProgress) -> None:
        done = 0
        while not enough.is_set():
            done += 1
            report(done, 0.25)

    def hear(done: int, fraction: float) -> None:
        told.append((done, fraction, threading.current_thread() is threading.main_thread()))
        enough.set()

    await in_thread(work, hear)
    assert told[0][1:] == (0.25, True)


async def test_cancelling_ends_the_thread_before_it_returns() -> None:
    begun, ended = threading.Event(), threading.Event()

    def work(report: OnProgress) -> None:
        try:
            while True:
                report(0, 0.0)
                begun.set()
        finally:
            ended.set()

    task = asyncio.create_task(in_thread(work))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended.is_set()


async def test_the_loop_goes_on_meanwhile() -> None:
    ticks = 0
    done = threading.Event()

    def work(report: OnProgress) -> None:
        while not done.is_set():
            report(0, 0.0)

    async def tick() -> None:
        nonlocal ticks
        for _ in range(50):
            await asyncio.sleep(0)
            ticks += 1
        done.set()

    await asyncio.gather(in_thread(work), tick())
    assert ticks == 50


async def test_what_may_never_end_is_left_alone_when_nobody_wants_it_any_more() -> None:
    begun, go_on, dropped = threading.Event(), threading.Event(), threading.Event()
    late: list[int] = []

    def work() -> int:
        begun.set()
        go_on.wait(30)
        return 7

    def drop(result: int) -> None:
        late.append(result)
        dropped.set()

    task = asyncio.create_task(abandonable(work, drop))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert late == []
    go_on.set()
    await asyncio.to_thread(dropped.wait)
    assert late == [7]


async def test_what_is_waited_for_is_returned_or_raised() -> None:
    def fail() -> int:
        raise ValueError("no")

    assert await abandonable(lambda: 7, lambda _: None) == 7
    with pytest.raises(ValueError, match="no"):
        await abandonable(fail, lambda _: None)
