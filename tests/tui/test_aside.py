"""A mapping made by hand outlasts reading the file another way."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.driver import Driver, driving
from ztui.tui.dialogs.dialect import DialectDialog

GARBLED = "Straße,Name,Ort\nRing 1,Lee,Köln\nWeg 2,Kay,Düren\n"


@pytest.fixture
def garbled(tmp_path: Path) -> Path:
    path = tmp_path / "garbled.csv"
    path.write_bytes(GARBLED.encode("cp1252"))
    return path


async def read_otherwise(driver: Driver, line: int, *keys: str) -> None:
    """Change one setting of how the file is read, and leave the dialog."""
    session = driver.app.session
    await driver.press("d")
    await driver.until(lambda: isinstance(driver.app.screen, DialectDialog))
    await driver.press(*["down"] * line)
    for key in keys:
        before = session.file
        await driver.press(key)
        await driver.until(lambda before=before: session.file is not before, "the other reading")  # type: ignore[misc]
    await driver.press("escape")
    await driver.until(lambda: session.draft is not None, "a draft")
    await driver.pilot.pause()


async def test_the_same_columns_under_other_names_keep_it(tmp_path: Path, garbled: Path) -> None:
    async with driving(tmp_path, garbled) as driver:
        await driver.mapped()
        proposed = driver.feeds("Street")
        assert proposed == ["Straße"]
        await driver.drag("Straße", to="Fax")
        await read_otherwise(driver, 0, "right", "right", "right", "right")  # cp1251
        assert driver.feeds("Fax") == ["StraЯe"]
        assert any("Your mapping is kept" in said for said in driver.toasts)
        await driver.press("ctrl+z")
        assert driver.feeds("Fax") == []
        assert driver.app.session.draft is not None
        assert driver.app.session.draft.undo() is None


async def test_the_reading_of_before_brings_it_back_with_its_history(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.drag("Notes", to="Fax")
        draft = driver.app.session.draft
        await read_otherwise(driver, 1, "right")  # tabs: one column
        assert driver.feeds("Fax") == []
        await read_otherwise(driver, 1, "delete")
        assert driver.app.session.draft is draft
        assert driver.feeds("Fax") == ["Notes"]
        await driver.press("ctrl+z")
        assert driver.feeds("Fax") == []


async def test_it_is_kept_for_the_next_session_while_it_waits(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.drag("Notes", to="Fax")
        await read_otherwise(driver, 1, "right")
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        assert driver.feeds("Fax") == ["Notes"]


async def test_the_dialog_tells_how_the_file_is_read(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        await read_otherwise(driver, 3, "right")
        await driver.press("d")
        await driver.until_sees("‹ 2 ›", "your choice", "Header on line 2: as you said")
        await driver.press("down", "down", "down", "delete")
        await driver.until_sees("‹ 1 ›", "Header on line 1")
        assert not driver.sees("your choice")


async def test_what_was_made_since_comes_along_to_a_reading_of_before(tmp_path: Path, garbled: Path) -> None:
    async with driving(tmp_path, garbled) as driver:
        await driver.mapped()
        await driver.drag("Straße", to="Fax")
        await read_otherwise(driver, 0, "right", "right", "right", "right")
        other = driver.app.session.draft
        await read_otherwise(driver, 0, "delete")
        assert not driver.app.session.carried  # nothing was made of it meanwhile
        await driver.drag("Ort", to="Phone")
        await read_otherwise(driver, 0, "right", "right", "right", "right")
        assert driver.app.session.draft is other
        assert driver.app.session.carried
        assert driver.feeds("Phone") == ["Ort"]
        await driver.press("ctrl+z")
        assert driver.feeds("Phone") == []
        assert driver.feeds("Fax") == ["StraЯe"]
