"""Writing files from the interface: never over another file without a word, never over the rows."""

from pathlib import Path

import pytest

from tests.tui.driver import Driver, driving
from ztui.tui.dialogs.save_as import SaveAs


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def _asked(driver: Driver, path: Path, *keys: str) -> None:
    """Have the dialog ask for a path, and give this one."""
    await driver.press(*keys)
    await driver.until(lambda: isinstance(driver.app.screen, SaveAs))
    await driver.press("ctrl+u")
    await driver.type(str(path))
    await driver.press("enter")


@pytest.mark.parametrize("keys", [("s",), ("c", "e")])
async def test_a_file_that_is_there_is_replaced_only_by_a_key_of_its_own(
    tmp_path: Path, people: Path, keys: tuple[str, ...]
) -> None:
    taken = tmp_path / "taken.csv"
    taken.write_text("precious", encoding="utf-8")
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        for key in keys[:-1]:
            await driver.press(key)
            await driver.until(lambda: driver.app.session.report_is_current)
        screen = type(driver.app.screen)
        await _asked(driver, taken, keys[-1])
        await driver.until_sees("a file of that name already", "^r replace it")
        await driver.press("enter", "enter")
        assert taken.read_text(encoding="utf-8") == "precious"
        await driver.press("x")  # another name: the key does not hold for it
        assert not driver.sees("^r replace it")
        await driver.press("ctrl+r")
        assert isinstance(driver.app.screen, SaveAs)
        await driver.press("backspace", "enter")
        await driver.until_sees("^r replace it")
        await driver.press("ctrl+r")
        await driver.until(lambda: taken.read_text(encoding="utf-8") != "precious")
        assert type(driver.app.screen) is screen


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("people.csv", "the file the rows come from"),
        ("nowhere/f.toml", "There is no folder"),
        ("", "is a folder: add a file name"),
    ],
)
async def test_where_nothing_can_be_written_is_said_at_once(tmp_path: Path, people: Path, name: str, said: str) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await _asked(driver, tmp_path / name, "s")
        await driver.until_sees(said[:30])
        await driver.press("ctrl+r")
        assert isinstance(driver.app.screen, SaveAs)
        assert _text(people).startswith("Given name")
