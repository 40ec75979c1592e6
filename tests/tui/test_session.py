"""What the session keeps from one check to the next, seen through the check screen."""

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.driver import Driver, driving
from ztui.engine.check_worker import Worker
from ztui.engine.preflight_segment import Job
from ztui.engine.workspace import Workspace
from ztui.errors import StoreError
from ztui.store.locations import Locations
from ztui.tui.screens.check import CheckScreen
from ztui.tui.session import Session

LEADS = (
    "First name,Surname,Company,E-mail\n"
    "Ada,Lovelace,Analytical,ada@example.com\n"
    "Alan,,Bletchley,alan@example.com\n"
    "Grace,Hopper,Navy,grace(at)example.com\n"
)


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """For each time the file is gone through, how many fields are judged."""
    many: list[int] = []
    take = Worker.job

    def job(worker: Worker, job: Job) -> None:
        many.append(len(job.mapping.fields) - len(job.skip))
        take(worker, job)

    monkeypatch.setattr(Worker, "job", job)
    return many


async def checked(driver: Driver) -> None:
    await driver.press("c")
    await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
    await driver.until_sees("will be sent")


async def test_only_what_was_edited_is_checked_again(tmp_path: Path, passes: list[int]) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(LEADS, encoding="utf-8")
    workspace = Workspace.open(locations=Locations.under(tmp_path / "places"))
    async with driving(tmp_path, path, workspace=workspace) as driver:
        await driver.mapped()
        await checked(driver)
        assert driver.sees("1 row will be sent; 2 rows left out", "Not an e-mail address")
        assert passes == [4]
        await driver.press("escape")
        driver.preview.move_to(0, 3)
        await driver.press("delete")
        await checked(driver)
        assert driver.sees("2 rows will be sent; 1 row left out")
        assert not driver.sees("Not an e-mail address")
        await driver.press("escape", "ctrl+z")
        await checked(driver)
        assert driver.sees("1 row will be sent; 2 rows left out", "Not an e-mail address")
        assert passes == [4]  # one column out and in again: known without a look
        await driver.press("r")
        await driver.until(lambda: len(passes) == 2 and driver.app.session.report_is_current, "a check of everything")
        assert passes == [4, 4]


async def test_the_progress_names_what_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "leads.csv"
    path.write_text(LEADS, encoding="utf-8")
    workspace = Workspace.open(locations=Locations.under(tmp_path / "places"))
    async with driving(tmp_path, path, workspace=workspace) as driver:
        await driver.mapped()
        await checked(driver)
        screen, report = driver.app.screen, driver.app.session.report
        assert isinstance(screen, CheckScreen)
        assert report is not None
        screen.show_report(replace(report, complete=False, rows_checked=1, rows_refused=1, again=("Last_Name",)))
        await driver.until_sees("Checking Last Name … 1 of 3 rows. 1 row with errors so far.", "checking 33%")


class Opening:
    """Opens a workspace slowly, in a thread, and counts how often."""

    def __init__(self, tmp_path: Path) -> None:
        self.places = Locations.under(tmp_path / "places")
        self.times = 0
        self.begun, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> Workspace:
        self.times += 1
        self.begun.set()
        assert self.may_end.wait(10)
        return Workspace.open(locations=self.places)


async def test_the_workspace_is_opened_once_whoever_asks_and_whoever_gives_up(tmp_path: Path) -> None:
    opening = Opening(tmp_path)
    session = Session(opening)
    first, second, third = (asyncio.ensure_future(session.workspace()) for _ in range(3))
    await asyncio.to_thread(opening.begun.wait, 10)
    first.cancel()  # the screen that asked opens another file
    with pytest.raises(asyncio.CancelledError):
        await first
    fourth = asyncio.ensure_future(session.workspace())
    opening.may_end.set()
    assert await second is await third is await fourth is session.ready
    assert opening.times == 1
    await session.aclose()


async def test_a_workspace_that_nobody_waits_for_is_closed_nevertheless(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[Workspace] = []

    async def aclose(workspace: Workspace) -> None:
        closed.append(workspace)

    monkeypatch.setattr(Workspace, "aclose", aclose)
    opening = Opening(tmp_path)
    session = Session(opening)
    asked = asyncio.ensure_future(session.workspace())
    await asyncio.to_thread(opening.begun.wait, 10)
    asked.cancel()
    closing = asyncio.ensure_future(session.aclose())
    opening.may_end.set()
    await closing
    assert closed == [session.opened]


async def test_a_workspace_that_hangs_keeps_nobody_from_leaving(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ztui.tui.session.OPENING_SECONDS", 0.05)
    opening = Opening(tmp_path)
    session = Session(opening)
    asked = asyncio.ensure_future(session.workspace())
    await asyncio.to_thread(opening.begun.wait, 10)
    await asyncio.wait_for(session.aclose(), 5)
    opening.may_end.set()
    await (await asked).aclose()


async def test_a_workspace_that_could_not_be_opened_is_tried_again(tmp_path: Path) -> None:
    times: list[int] = []

    def open_it() -> Workspace:
        times.append(1)
        if len(times) == 1:
            raise StoreError("STORE_READ_ONLY")
        return Workspace.open(locations=Locations.under(tmp_path / "places"))

    session = Session(open_it)
    with pytest.raises(StoreError):
        await session.workspace()
    assert await session.workspace() is session.ready
    await session.aclose()
