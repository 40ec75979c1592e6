"""What a command is given: the global options, a Workspace to work in, and an event loop that ends on signals.

A command is a click command whose callback takes the App (`@pass_app`) and returns its exit status or None:

    @click.command()
    @json_option
    @pass_app
    def command(app: App, as_json: bool) -> int:
        return app.run(lambda workspace: _jobs(workspace, as_json))
"""

from __future__ import annotations

import contextlib
import signal
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ztui.cli.diagnostics import Interrupted

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace

T = TypeVar("T")
_ENDING = (signal.SIGTERM, signal.SIGHUP)


@dataclass
class App:
    """The options that hold for every command. `profile` None means the current profile."""

    profile: str | None = None
    module: str | None = None
    sandbox: bool = False

    @contextlib.contextmanager
    def session(self) -> Iterator[Callable[[], Workspace]]:
        """A function that opens the Workspace this command is to work in (call it once, from any thread or loop).

        With `--sandbox` a sandbox of its own runs for the time of the block, and everything that is kept (profiles,
        ledger, mappings) is kept in a throw-away folder.
        """
        if not self.sandbox:
            yield self._open
            return
        from ztui.csvfile.copies import private_folder
        from ztui.engine.sandboxed import Sandbox
        from ztui.store.locations import Locations

        def opened() -> Workspace:
            from ztui.engine.workspace import Workspace

            return Workspace.open(self.profile, sandbox=sandbox, locations=Locations.under(folder))

        with private_folder() as folder:
            sandbox = Sandbox()
            try:
                sandbox.launch()  # it gets ready while we do, the interface has its rows on screen before it is asked
                yield opened
            finally:
                sandbox.stop()

    def _open(self) -> Workspace:
        from ztui.engine.workspace import Workspace  # 200 ms that the interface's first paint need not wait for

        return Workspace.open(self.profile)

    def run(self, main: Callable[[Workspace], Awaitable[T]]) -> T:
        """Open a Workspace, await `main` with it, close it, and return what `main` returned."""

        async def work(opened: Callable[[], Workspace]) -> T:
            async with opened() as workspace:
                return await main(workspace)

        with self.session() as opened:
            return run_async(work(opened))


pass_app = click.make_pass_decorator(App, ensure=True)


def run_async(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end. SIGTERM and SIGHUP cancel it, as ctrl+c does, and raise `Interrupted` afterwards."""
    import asyncio  # 45 ms that `--help` need not wait for

    got: list[int] = []

    async def guarded() -> T:
        task = asyncio.current_task()
        loop = asyncio.get_running_loop()

        def stop(number: int) -> None:
            got.append(number)
            if task is not None:
                task.cancel()

        for number in _ENDING:
            with contextlib.suppress(ValueError, RuntimeError):  # signals can be handled in the main thread only
                if signal.getsignal(number) is not signal.SIG_IGN:  # nohup means: go on without the terminal
                    loop.add_signal_handler(number, stop, number)
        return await main

    with _as_it_was():
        try:
            return asyncio.run(guarded())
        except asyncio.CancelledError:
            raise Interrupted(got[0] if got else signal.SIGINT) from None
        except KeyboardInterrupt:
            raise Interrupted(signal.SIGINT) from None


@contextlib.contextmanager
def orderly_ends() -> Iterator[None]:
    """SIGTERM and SIGHUP raise `Interrupted` outside of an event loop, too: sandboxes and temporary folders go with us.

    A signal that is ignored (nohup) stays ignored.
    """

    def stop(number: int, _: FrameType | None) -> None:
        raise Interrupted(number)

    with _as_it_was():
        for number in _ENDING:
            with contextlib.suppress(ValueError):  # signals can be handled in the main thread only
                if signal.getsignal(number) is signal.SIG_DFL:
                    signal.signal(number, stop)
        yield


@contextlib.contextmanager
def _as_it_was() -> Iterator[None]:
    """Put the handlers back afterwards: an event loop leaves the system's default behind."""
    before = {number: signal.getsignal(number) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            with contextlib.suppress(ValueError):
                signal.signal(number, handler)
