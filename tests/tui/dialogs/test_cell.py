"""The whole value of a cell."""

from pathlib import Path

from tests.tui.driver import driving
from ztui.tui.dialogs.cell import CellDialog
from ztui.tui.screens.mapping import MappingScreen


async def test_a_long_value_is_shown_whole_and_harmless(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    words = " ".join(f"word{i}" for i in range(30))
    path.write_text(f'Last Name,Company,Description\nLee,Acme,"{words}\n[red]\x1b]52;c;x\x07 last"\n', encoding="utf-8")
    async with driving(tmp_path, path, size=(80, 24)) as driver:
        await driver.mapped()
        driver.column_place("Description")
        await driver.press("space")
        await driver.until(lambda: isinstance(driver.app.screen, CellDialog))
        await driver.until_sees("Description, line 2", "word0", "word29⏎", "[red]␛]52;c;x␇ last", "characters")
        await driver.press("space")
        assert isinstance(driver.app.screen, MappingScreen)


async def test_a_value_of_many_lines_scrolls(tmp_path: Path) -> None:
    path = tmp_path / "lines.csv"
    lines = "\n".join(f"line {i}" for i in range(200))
    path.write_text(f'Last Name,Company,Description\nLee,Acme,"{lines}"\n', encoding="utf-8")
    async with driving(tmp_path, path, size=(80, 24)) as driver:
        await driver.mapped()
        driver.column_place("Description")
        await driver.press("space")
        await driver.until_sees("line 0⏎", "characters", "Esc close")
        await driver.press("end")
        await driver.until_sees("line 199", "Esc close")
