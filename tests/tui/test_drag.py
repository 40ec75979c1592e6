"""Dragging by mouse: what happens on the way."""

from pathlib import Path

from textual import events

from tests.tui.driver import Driver, driving


async def _turn_wheel(driver: Driver, at: tuple[int, int]) -> None:
    over = driver.app.screen
    driver.app.post_message(
        events.MouseScrollDown(over, *at, 0, 1, 0, shift=False, meta=False, ctrl=False, screen_x=at[0], screen_y=at[1])
    )
    await driver.pilot.pause()


async def test_the_wheel_turns_the_list_under_a_hand_that_drags(tmp_path: Path, many: Path) -> None:
    async with driving(tmp_path, many, size=(80, 24)) as driver:
        await driver.mapped()
        start = driver.column_place("Company")
        await driver.pilot.pause()
        top, rows = driver.fields.top, driver.preview.top
        over = (6, 10)
        await driver.hold(start)
        await driver.move(start, over)
        await _turn_wheel(driver, over)
        await driver.until(lambda: driver.fields.top > top, "the fields scrolled")
        assert driver.preview.top == rows
        aimed = driver.fields.line_at(over[1] - driver.fields.content_region.y)
        assert aimed is not None
        field = driver.fields.fields[aimed]
        await driver.let_go(over)
        await driver.until(lambda: driver.feeds(field.api_name) == ["Company"], f"{field.api_name} fed")


async def test_a_pane_turns_as_ever_when_nothing_is_dragged(tmp_path: Path, many: Path) -> None:
    async with driving(tmp_path, many, size=(80, 24)) as driver:
        await driver.mapped()
        await _turn_wheel(driver, (60, 10))
        await driver.until(lambda: driver.preview.top > 0, "scrolled")
        assert driver.fields.top == 0
