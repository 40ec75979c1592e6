"""What all dialogs share."""

from pathlib import Path

from tests.tui.driver import driving
from ztui.tui.dialogs.prompt import Prompt


async def test_a_click_beside_leaves_but_never_drops_what_was_typed(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        await driver.press("ctrl+g")
        await driver.until(lambda: isinstance(driver.app.screen, Prompt))
        await driver.pilot.click(offset=(2, 2))
        await driver.until(lambda: not isinstance(driver.app.screen, Prompt))
        await driver.press("ctrl+g")
        await driver.until(lambda: isinstance(driver.app.screen, Prompt))
        await driver.type("12")
        await driver.pilot.click(offset=(2, 2))
        await driver.type("34")
        assert driver.sees("1234")
        await driver.press("escape")
        await driver.until(lambda: not isinstance(driver.app.screen, Prompt))
