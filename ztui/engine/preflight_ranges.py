"""Divides a file among the checking children and puts what they find together again in the file's order.

A range begins where a record seems to begin. Only when it began exactly where the one before it ended is its result
taken; else the range is done again from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ztui.engine.preflight_pool import Children, Hand
from ztui.engine.preflight_segment import SegmentResult

LEAST, _MOST = 1 << 20, 1 << 23
_OVER = -1
"""Stands in for a range's number when there is nothing more to do."""


class Ranges:
    """Hands the ranges of a file to the children; `take` gets the results (and where their keys are) in order.

    An async context manager: all children but the first begin at once with the ranges behind the first one; `run` has
    the first join them. `report` is called after each advance.
    """

    def __init__(
        self,
        children: Children,
        start: int,
        size: int,
        folder: Path,
        take: Callable[[SegmentResult, str], None],
        report: Callable[[], None],
    ) -> None:
        self._children = children.children
        self._folder = folder
        self._take = take
        self._report = report
        step = min(max((size - start) // (len(self._children) * 6), LEAST), _MOST)
        cuts = list(range(start, size, step)) or [start]
        self._starts = cuts
        self._ends: list[int | None] = [*cuts[1:], None]
        self._results: dict[int, SegmentResult | None] = {}
        self._next = 0
        self._expected = start
        self._queue: asyncio.PriorityQueue[tuple[int, int | None]] = asyncio.PriorityQueue()
        self._all = asyncio.Event()
        self._workers: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Ranges:
        for at in range(1, len(self._starts)):
            self._queue.put_nowait((at, None))
        self._workers = [asyncio.ensure_future(self._work(child)) for child in self._children[1:]]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await _cancel(self._workers)

    async def beside(self, asked: Awaitable[Any]) -> Any:
        """What `asked` of the first child gives, unless one of the others fails before."""
        first = asyncio.ensure_future(asked)
        try:
            await asyncio.wait({first, *self._workers}, return_when=asyncio.FIRST_COMPLETED)
            if not first.done():
                next(worker for worker in self._workers if worker.done()).result()
            return await first
        finally:
            await _cancel([first])

    async def halt(self) -> None:
        """Let the children finish what they are at, and no more; what they found is not wanted."""
        for _ in self._workers:
            self._queue.put_nowait((_OVER, None))
        await asyncio.gather(*self._workers)

    async def run(self, start: int) -> None:
        """Check all ranges, the first of which begins at `start`; what a child raises goes to the caller."""
        self._expected = start
        end = self._ends[0]
        if end is not None and start >= end:
            self._results[0] = None  # nothing is left of the first range
            self._chain()
        else:
            self._queue.put_nowait((0, start))
        self._workers.append(asyncio.ensure_future(self._work(self._children[0])))
        over = asyncio.ensure_future(self._all.wait())
        try:
            done, _ = await asyncio.wait({*self._workers, over}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            await _cancel([over])

    async def _work(self, child: Hand) -> None:
        while True:
            at, start = await self._queue.get()
            if at == _OVER:
                return
            prefix = str(self._folder / f"{at}-")
            self._results[at] = await child.ask("segment", start, self._starts[at], self._ends[at], prefix)
            self._chain()

    def _chain(self) -> None:
        """Take the results that follow on what is taken; a range that began elsewhere is done again from there."""
        took = False
        while self._next in self._results:
            at = self._next
            end = self._ends[at]
            result = self._results.pop(at)
            if result is not None and result.start == self._expected:
                self._take(result, str(self._folder / f"{at}-"))
                self._expected = result.end
                took = True
            elif end is None or self._expected < end:
                self._queue.put_nowait((at, self._expected))
                break
            # else: a record that began before swallows the whole range
            self._next += 1
        if took:
            self._report()
        if self._next == len(self._starts):
            self._all.set()


async def _cancel(tasks: Sequence[asyncio.Future[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
