"""What the session keeps from one check to the next, seen through the check screen."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.tui.driver import Driver, driving
from ztui.engine.check_worker import Worker
from ztui.engine.preflight_segment import Job
from ztui.engine.workspace import Workspace
from ztui.store.locations import Locations
from ztui.tui.screens.check import CheckScreen

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
        await driver.until_sees("Checking Last Name … 1 of 3 rows. 1 row would be refused so far.", "checking 33%")
