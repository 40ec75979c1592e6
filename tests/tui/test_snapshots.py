"""What the screens look like, at both sizes. Redraw with `pytest tests/tui/test_snapshots.py --snapshot-update`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.driver import Driver
from ztui.engine.workspace import Workspace
from ztui.store.locations import Locations
from ztui.tui.app import ZtuiApp

Snap = Callable[..., bool]
SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


def app_on(tmp_path: Path, path: Path | None, **options: Any) -> ZtuiApp:
    places = Locations.under(tmp_path / "places")
    return ZtuiApp(Workspace.open(locations=places), str(path) if path else None, **options)


def after(act: Callable[[Driver], Awaitable[None]]) -> Callable[[Pilot[int]], Awaitable[None]]:
    async def run(pilot: Pilot[int]) -> None:
        app = pilot.app
        assert isinstance(app, ZtuiApp)
        driver = Driver(app, pilot)
        await driver.mapped()
        await driver.until_sees("4 rows")
        await act(driver)
        await pilot.pause()

    return run


@SIZES
def test_mapping(snap_compare: Snap, tmp_path: Path, people: Path, size: tuple[int, int]) -> None:
    async def act(driver: Driver) -> None:
        driver.preview.move_to(1, 1)

    assert snap_compare(app_on(tmp_path, people), terminal_size=size, run_before=after(act))


@SIZES
def test_a_drag_on_its_way(snap_compare: Snap, tmp_path: Path, people: Path, size: tuple[int, int]) -> None:
    async def act(driver: Driver) -> None:
        start, end = driver.column_place("Notes"), driver.field_place("Fax")
        await driver.pilot.pause()
        await driver.hold(start)
        await driver.move(start, end)

    assert snap_compare(app_on(tmp_path, people), terminal_size=size, run_before=after(act))


@SIZES
@pytest.mark.parametrize("key", ["enter", "o", "d", "t", "question_mark", "ctrl+p", "ctrl+g"])
def test_dialogs(snap_compare: Snap, tmp_path: Path, people: Path, size: tuple[int, int], key: str) -> None:
    async def act(driver: Driver) -> None:
        driver.preview.move_to(0, 1)
        await driver.press(key)

    assert snap_compare(app_on(tmp_path, people), terminal_size=size, run_before=after(act))


@SIZES
def test_check(snap_compare: Snap, tmp_path: Path, people: Path, size: tuple[int, int]) -> None:
    people.write_text(people.read_text().replace("Turing", "").replace("ada@", "ada(at)"))

    async def act(driver: Driver) -> None:
        await driver.press("c")
        await driver.until(lambda: driver.app.session.report_is_current)

    assert snap_compare(app_on(tmp_path, people), terminal_size=size, run_before=after(act))


@pytest.mark.parametrize("colours", ["ztui-light", "ztui-terminal", "nord"])
def test_themes(snap_compare: Snap, tmp_path: Path, people: Path, colours: str) -> None:
    async def act(driver: Driver) -> None:
        driver.preview.move_to(1, 1)

    assert snap_compare(app_on(tmp_path, people, colours=colours), terminal_size=(100, 30), run_before=after(act))
