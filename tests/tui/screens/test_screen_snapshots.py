"""What runs, results, profiles and mass updates look like. Redraw with `--snapshot-update`."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.driver import Driver
from tests.tui.screens.test_jobs import many, on_the_list
from tests.tui.screens.world import World
from ztui.model.event import ErrorInfo
from ztui.model.job import Counts, JobState, JobStatus
from ztui.model.run import Phase, Stage
from ztui.tui.app import ZtuiApp
from ztui.tui.screens.inspector import InspectorScreen
from ztui.tui.screens.run import RunScreen
from ztui.tui.widgets import run_list

Snap = Callable[..., bool]
Act = Callable[[Driver], Awaitable[None]]
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


class Later(datetime):
    """A time at which everything in the pictures is long ago."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
        return datetime(2027, 6, 1, 12, tzinfo=tz or UTC)


def picture(snap: Snap, world: World, size: tuple[int, int], act: Act) -> bool:
    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ZtuiApp)
        driver = Driver(app, pilot)
        await on_the_list(driver)
        await driver.until_sees("SANDBOX")
        await act(driver)
        app.clear_notifications()
        await pilot.pause()

    return snap(ZtuiApp(world.workspace), terminal_size=size, run_before=run)


def some_runs() -> list[Any]:
    """One of each: refused in part, stopped, at first rows, cancelled, mended."""
    runs = many(6, 0)
    error = ErrorInfo("auth", "INVALID_TOKEN", "invalid oauth token")
    runs[1] = replace(runs[1], phase=Phase.STOPPED, ended_at="", error=error)
    runs[2] = replace(runs[2], phase=Phase.PAUSED, ended_at="", paused_for="canary")
    runs[3] = replace(runs[3], phase=Phase.CANCELLED)
    runs[4] = replace(runs[4], parent_run="run-005", credits=500)
    return runs


@SIZES
def test_jobs(snap_compare: Snap, world: World, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_list, "datetime", Later)

    async def act(driver: Driver) -> None:
        screen = await on_the_list(driver)
        screen.list.load(some_runs())
        screen.list.focus()
        screen.list.toggle("run-000")
        await driver.press("down")

    assert picture(snap_compare, world, size, act)


@SIZES
def test_run(snap_compare: Snap, world: World, size: tuple[int, int]) -> None:
    counts = Counts(added=300, updated=0, skipped=4, total=1000)
    job = JobStatus("4150868000000000001", JobState.INPROGRESS, "INPROGRESS", counts=counts)
    [run] = many(1, 0)
    first = run.parts[0]
    error = ErrorInfo("job", "INVALID_FIELD_NAME", "invalid mapping. invalid api_name Last Name.")
    parts = (
        replace(first, job_id="4150868000000000000"),
        replace(first, number=2, stage=Stage.RUNNING, job=job, job_id=job.job_id, counts=None),
        replace(first, number=3, stage=Stage.PACKED, zip_bytes=1000, sent_bytes=420, counts=None),
        replace(first, number=4, stage=Stage.REFUSED, error=error, counts=None),
    )
    state = replace(run, parts=parts, packed=True, phase=Phase.SENDING, ended_at="", total_rows=4000, credits=1000)

    async def act(driver: Driver) -> None:
        screen = RunScreen()
        await driver.app.push_screen(screen)
        await driver.app.session.workspace()
        screen.follow(state.run_id)
        driver.app.run_changed.publish(state)
        await driver.until_sees("uploading 42%")

    assert picture(snap_compare, world, size, act)


@SIZES
def test_inspector(snap_compare: Snap, world: World, size: tuple[int, int]) -> None:
    async def act(driver: Driver) -> None:
        state = await world.send()
        driver.app.inspect(state.run_id)
        await driver.until_sees("in the CRM", "Last Name is blank")
        screen = driver.app.screen
        assert isinstance(screen, InspectorScreen)
        titles = [line.cells[0] for line in screen.groups.source.lines(0, 9)]
        screen.groups.move_to(["not an e-mail" in title for title in titles].index(True))
        await driver.press("enter")

    assert picture(snap_compare, world, size, act)


@SIZES
def test_profiles(snap_compare: Snap, world: World, size: tuple[int, int]) -> None:
    profiles = world.workspace.profiles
    for name, environment in (("acme", "production"), ("trial", "sandbox")):
        values = {"access_token": "1000.0123456789abcdef", "data_center": "eu", "environment": environment}
        profiles.save(profiles.make(name, values, None))

    async def act(driver: Driver) -> None:
        await driver.press("P")
        await driver.until_sees("acme", "trial", "t tries it out")

    assert picture(snap_compare, world, size, act)


@SIZES
def test_mass_update(snap_compare: Snap, world: World, size: tuple[int, int]) -> None:
    async def act(driver: Driver) -> None:
        await driver.press("U")
        await driver.until_sees("Choose the records first", "None yet.")
        await driver.press("down")

    assert picture(snap_compare, world, size, act)
