"""Imports to look at from the command line: runs over the CRM in memory, behind the commands' own Workspace."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.engine.running_world import World
from tests.engine.test_mass_updates import Scripted, updates_with
from ztui.cli.context import App
from ztui.cli.main import run
from ztui.engine.mappings import Mappings
from ztui.engine.mass_updates import MassUpdates
from ztui.engine.runs import Runs

T = TypeVar("T")


class _Workspace:
    def __init__(self, runs: Runs, mappings: Mappings, mass_updates: MassUpdates) -> None:
        self.runs = runs
        self.mappings = mappings
        self.mass_updates = mass_updates

    async def __aenter__(self) -> _Workspace:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.runs.close()


class Imported:
    """A world of runs and the commands that work on it."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = World(folder)
        self._capsys = capsys
        self._monkeypatch = monkeypatch
        mappings = Mappings(folder / "mappings")
        self.mass_updates = updates_with(Scripted(), folder)

        @contextlib.contextmanager
        def session(_app: App) -> Iterator[Callable[[], Any]]:
            yield lambda: _Workspace(self.world.another(), mappings, self.mass_updates)

        monkeypatch.setattr(App, "session", session)

    def do(self, work: Callable[[Runs], Awaitable[T]]) -> T:
        """Do something with the runs in an event loop of its own, as a command of its own would."""

        async def inside() -> T:
            runs = self.world.another()
            try:
                return await work(runs)
            finally:
                runs.close()

        return asyncio.run(inside())

    def sent(self, rows: int = 30, bad: set[int] = frozenset(), **changes: object) -> str:  # type: ignore[assignment]
        """The id of a run that sent so many rows."""
        self.world.write(rows, bad)
        plan = self.world.plan(**changes)
        return self.do(lambda runs: runs.start(plan)).run_id

    def ztui(self, *args: str) -> tuple[int, str, str]:
        """Exit status, standard output and standard error of a command."""
        self._capsys.readouterr()
        self._monkeypatch.setattr("sys.stdin", io.StringIO(""))
        status = run(args)
        told = self._capsys.readouterr()
        return status, told.out, told.err

    def json(self, *args: str) -> Any:
        """What a command prints with --json."""
        status, out, err = self.ztui(*args, "--json")
        assert out, err
        return status, json.loads(out)


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Imported:
    return Imported(tmp_path, monkeypatch, capsys)
