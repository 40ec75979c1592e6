"""Sending from the check screen: a file that is hardly read as it was meant is asked about first."""

from pathlib import Path

from tests.tui.driver import Driver
from tests.tui.screens.world import World
from ztui.model.table import DialectOverrides
from ztui.tui.dialogs.dialect import DialectDialog
from ztui.tui.dialogs.misread import MisreadDialog
from ztui.tui.dialogs.send import SendDialog
from ztui.tui.screens.check import CheckScreen

OPEN_QUOTE = """Last Name,Company,Email
Ada,Firm,a@b.example
Bob,"Inc,b@b.example
Cy,Firm,c@b.example
Di,Firm,d@b.example
"""


async def checked(driver: Driver) -> None:
    await driver.mapped()
    await driver.press("c")
    await driver.until(lambda: isinstance(driver.app.screen, CheckScreen))
    await driver.until(lambda: driver.app.session.report_is_current, "a whole check")


async def test_an_open_quote_is_asked_about_and_can_be_mended_there(world: World, tmp_path: Path) -> None:
    path = tmp_path / "open.csv"
    path.write_text(OPEN_QUOTE, encoding="utf-8")
    async with world.driving(path=path, size=(110, 34)) as driver:
        await checked(driver)
        await driver.until_sees("A quote is never closed", "file")
        await driver.press("s")
        await driver.until(lambda: isinstance(driver.app.screen, MisreadDialog))
        await driver.until_sees("line 3 swallows", "--quote none")

        await driver.press("escape", "s")
        await driver.until(lambda: isinstance(driver.app.screen, MisreadDialog))
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, DialectDialog))
        await driver.press("down", "down", "left")  # quotes: none
        await driver.until_sees("‹ none ›")
        await driver.press("escape")
        await checked(driver)
        assert not driver.sees("A quote is never closed")
        await driver.press("s")
        await driver.until(lambda: isinstance(driver.app.screen, SendDialog))
        await driver.until_sees("4 rows")


async def test_sending_it_as_it_is_must_be_said(world: World, tmp_path: Path) -> None:
    path = tmp_path / "letters.csv"
    path.write_bytes("Last Name,Company\nИванов,Фирма\nПетров,Фирма\n".encode("cp1251"))
    async with world.driving(path=path, size=(110, 34)) as driver:
        await checked(driver)
        await driver.until_sees("The letters look wrong", "sending asks whether it is right")
        assert not driver.sees("rows can be sent")
        await driver.press("s")
        await driver.until(lambda: isinstance(driver.app.screen, MisreadDialog))
        await driver.press("a")
        await driver.until(lambda: isinstance(driver.app.screen, SendDialog))
        await driver.press("escape")
        await driver.until_sees("All 2 rows can be sent.")
        await driver.press("s")
        await driver.until(lambda: isinstance(driver.app.screen, SendDialog))  # once is enough
        await driver.press("escape", "escape")

        session = driver.app.session
        await session.reread(DialectOverrides())
        assert await session.doubts()  # read anew, asked anew
