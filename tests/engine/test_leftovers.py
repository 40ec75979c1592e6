"""Copies that a killed process left behind go when another ends, unless an unfinished run still reads them."""

from __future__ import annotations

import gzip
import os
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.engine.files import OpenFile
from ztui.engine.leftovers import clear_leftovers
from ztui.engine.runs import Runs
from ztui.engine.runs_known import KnownRuns
from ztui.engine.workspace import Workspace
from ztui.errors import ConfigError, SignInError, SourceError, StoreError
from ztui.model.run import Phase
from ztui.model.table import DialectOverrides
from ztui.store.locations import Locations


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def left_behind(folder: Path, name: str) -> Path:
    path = folder / f"ztui-copy-0123456789abcdef-{name:_<8}.csv"
    path.write_bytes(b"A,B\n1,2\n")
    path.chmod(0o600)
    os.utime(path, (0, 0))
    return path


async def test_a_workspace_that_closes_takes_them_along(temp: Path) -> None:
    path = left_behind(temp, "dead")
    async with Workspace.open():
        assert path.exists()
    assert not path.exists()


async def test_what_an_unfinished_run_reads_is_kept(temp: Path, tmp_path: Path) -> None:
    needed, other = left_behind(temp, "needed"), left_behind(temp, "other")
    world = World(tmp_path)
    world.write(4)
    plan = world.plan()
    world.fail("create", SignInError("INVALID_TOKEN", http_status=401), times=1)
    state = await world.runs.start(replace(plan, info=replace(plan.info, data_path=needed)))
    assert state.phase is Phase.STOPPED

    assert clear_leftovers(lambda: world.runs) == 1
    assert (needed.exists(), other.exists()) == (True, False)
    await world.runs.cancel(state.run_id)
    assert clear_leftovers(lambda: world.runs) == 1
    assert not needed.exists()


async def test_it_is_kept_however_many_runs_came_later(
    temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = left_behind(temp, "needed")
    world = World(tmp_path)
    world.write(4)
    plan = world.plan()
    world.fail("create", SignInError("INVALID_TOKEN", http_status=401), times=1)
    await world.runs.start(replace(plan, info=replace(plan.info, data_path=needed)))
    await world.runs.start(plan)
    monkeypatch.setattr(KnownRuns.list, "__defaults__", (1,))  # a list of runs ends somewhere
    assert len(world.runs.list()) == 1

    assert clear_leftovers(lambda: world.runs) == 0
    assert needed.exists()


async def test_what_people_keep_in_the_same_folder_is_left_alone(temp: Path) -> None:
    mine = temp / "ztui-refused.csv"
    mine.write_bytes(b"A,B\n1,2\n")
    os.utime(mine, (0, 0))
    async with Workspace.open():
        pass
    assert mine.exists()


async def test_where_nobody_has_a_home_a_throw_away_workspace_closes(
    temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = left_behind(temp, "dead")
    places = Locations.under(tmp_path / "places")

    def homeless() -> Locations:
        raise ConfigError("HOME_MISSING")

    monkeypatch.setattr(Locations, "default", homeless)
    async with Workspace.open(locations=places):
        pass
    assert path.exists()


def test_nothing_is_removed_when_it_is_not_known_what_is_needed(temp: Path) -> None:
    path = left_behind(temp, "dead")

    def unreadable() -> Runs:
        raise StoreError("LEDGER_DAMAGED")

    assert clear_leftovers(unreadable) == 0
    assert path.exists()


async def test_a_pipe_that_cannot_be_read_another_way_leaves_one_copy(temp: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(b"A;B\n1;2\n",))
    writer.start()
    with OpenFile.open(str(pipe)) as file:
        writer.join()
        with pytest.raises(SourceError):
            await file.reopen(DialectOverrides(delimiter="too long"))
        assert names_in(temp) == [file.info.data_path.name]
    assert names_in(temp) == []


def test_a_file_that_cannot_be_judged_leaves_no_copy(
    temp: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("the disk is on fire")

    monkeypatch.setattr("ztui.engine.files.judge", refuse)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"A,B\n1,2\n"))
    with pytest.raises(SourceError) as caught:
        OpenFile.open(str(tmp_path / "a.csv.gz"))
    assert names_in(temp) == []  # at once, though the error still holds on to what was open
    assert caught.value.code == "CANNOT_READ"
