"""Searching the rows."""

from pathlib import Path

from tests.tui.driver import Driver, driving


async def search(driver: Driver, text: str) -> None:
    await driver.press("ctrl+f", "ctrl+u")
    await driver.type(text)
    await driver.press("enter")
    await driver.app.workers.wait_for_complete()


async def press(driver: Driver, key: str) -> None:
    await driver.press(key)
    await driver.app.workers.wait_for_complete()
    await driver.pilot.pause()


async def test_the_search_goes_round_both_ways_and_says_so(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await search(driver, "+44")
        assert driver.preview.line == 0
        await press(driver, "n")
        assert driver.preview.line == 1
        await press(driver, "n")
        assert driver.preview.line == 0
        assert driver.toasts == ["Past the end: on from the first row."]
        await press(driver, "N")
        assert driver.preview.line == 1
        assert driver.toasts[-1] == "Past the beginning: on from the last row."


async def test_a_lone_hit_and_none_are_told_once(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await search(driver, "Hopper")
        assert driver.preview.line == 2
        for key in "nNnN":
            await press(driver, key)
            assert driver.preview.line == 2
        assert driver.toasts == ["“Hopper” is in no other row."]
        await search(driver, "nobody")
        assert driver.preview.line == 2
        assert driver.toasts[-1] == "“nobody” is in no row."
