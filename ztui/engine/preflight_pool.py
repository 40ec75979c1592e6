"""The parent's side of the checking children: starts them, hands out work, ends them. Never blocks the event loop.

Small files are not worth a process: a thread of this one answers in the children's place (`Here`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Protocol

from ztui.engine.check_worker import LENGTH, Worker, child_command, child_environment, frame
from ztui.errors import StoreError

MODULE = "ztui.engine.check_worker"
_BREATH = 1 << 18


def child_count() -> int:
    """How many children check at the same time: one for each core, at most four."""
    return max(1, min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, 4))


class Hand(Protocol):
    """Who can be asked to check: see `check_worker.Worker` for what there is to ask."""

    async def ask(self, name: str, *arguments: object) -> Any:
        """Have something done; raises what it raised."""
        ...


class Child:
    """One checking process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @classmethod
    async def start(cls, seed: str) -> Child:
        """Start a child; `seed` makes the hashes of all children of a check equal."""
        process = await asyncio.create_subprocess_exec(
            *child_command(MODULE),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,  # nothing but the interface writes to its terminal
            env={**child_environment(), "PYTHONHASHSEED": seed},
            limit=1 << 20,
            start_new_session=True,  # ctrl+c in a terminal is the parent's to handle
        )
        return cls(process)

    async def ask(self, name: str, *arguments: object) -> Any:
        """Have the child do something; raises what it raised, StoreError when it is gone."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(frame((name, arguments)))
            await self._process.stdin.drain()
            size = LENGTH.unpack(await self._process.stdout.readexactly(LENGTH.size))[0]
            pieces = []
            while size:
                piece = await self._process.stdout.read(min(size, _BREATH))
                if not piece:
                    raise asyncio.IncompleteReadError(b"", size)
                pieces.append(piece)
                size -= len(piece)
        except (asyncio.IncompleteReadError, ConnectionError) as problem:
            raise StoreError("CHECK_INTERRUPTED", details={"reason": type(problem).__name__}) from problem
        said, value = pickle.loads(b"".join(pieces))  # the child is our own program
        if said == "error":
            raise value
        return value

    async def stop(self) -> None:
        """End the child and wait for it."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
        if self._process.stdin is not None:
            self._process.stdin.close()
        await self._process.wait()


class Children:
    """Some children with one job, as an async context manager; leaving it ends them all."""

    def __init__(self, count: int | None = None) -> None:
        self.children: Sequence[Hand] = ()
        self._own: Sequence[Child] = ()
        self._count = count or child_count()

    async def __aenter__(self) -> Children:
        seed = str(secrets.randbelow(4_294_967_295) + 1)
        self.children = self._own = await asyncio.gather(*(Child.start(seed) for _ in range(self._count)))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await asyncio.shield(asyncio.gather(*(child.stop() for child in self._own)))

    async def everyone(self, name: str, *arguments: object) -> None:
        """Have all children do the same."""
        await asyncio.gather(*(child.ask(name, *arguments) for child in self.children))


class Here(Children):
    """A thread of this process in the place of the children."""

    def __init__(self) -> None:
        super().__init__(1)
        self._worker = Worker()

    async def __aenter__(self) -> Here:
        self.children = (self,)
        return self

    async def ask(self, name: str, *arguments: object) -> Any:
        """See `Hand`. When the task is cancelled, what has begun ends first: it may still be writing."""
        work = asyncio.ensure_future(asyncio.to_thread(getattr(self._worker, name), *arguments))
        try:
            return await asyncio.shield(work)
        except asyncio.CancelledError:
            await asyncio.wait((work,))
            if not work.cancelled():
                work.exception()  # nobody waits for it any more
            raise
