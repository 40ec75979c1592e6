"""Notices that are longer than the screen."""

from pathlib import Path

import pytest

from tests.tui.driver import driving
from ztui.tui.dialogs.message import Notice


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_long_notice_scrolls_and_names_its_key(tmp_path: Path, people: Path, size: tuple[int, int]) -> None:
    async with driving(tmp_path, people, size=size) as driver:
        await driver.mapped()
        await driver.app.push_screen(Notice("Much", "\n".join(f"line {n} of it" for n in range(1, 201))))
        await driver.until_sees("line 1 of it", "Enter close")
        assert not driver.sees("line 200 of it")
        await driver.press("end")
        await driver.until_sees("line 200 of it", "Enter close")
        await driver.press("enter")
        await driver.until_sees("columns mapped")


async def test_long_samples_of_a_column_stay_in_their_line(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f"Last Name,Notes\nLee,{'word ' * 60}\nKay,short\n", encoding="utf-8")
    async with driving(tmp_path, path, size=(80, 24)) as driver:
        await driver.mapped()
        driver.column_place("Notes")
        await driver.press("p")
        await driver.until_sees("What is in the column", "Samples         word word", "Enter close")
        samples = driver.text[driver.text.index("Samples") :].split("\n")
        assert "short" in samples[1]
