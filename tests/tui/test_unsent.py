"""A mapping that was changed by hand is there again, however one left; one that was not leaves no trace."""

from __future__ import annotations

from pathlib import Path

from tests.tui.driver import Driver, driving
from ztui.tui.screens.jobs import JobsScreen
from ztui.tui.screens.mapping import MappingScreen

BACK = "Your unsent mapping of "


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "places").rglob("unsent/*.toml"))


async def written(driver: Driver) -> None:
    """Until what was noted of the draft is on disk."""
    await driver.until(lambda: not driver.app.session._unkept and not driver.app.session._keeping.locked(), "the note")


async def go_home(driver: Driver) -> None:
    await driver.press("escape")
    await driver.until(lambda: isinstance(driver.app.screen, JobsScreen), "the list")


async def open_again(driver: Driver, path: Path) -> None:
    screen = driver.app.screen
    assert isinstance(screen, JobsScreen)
    screen.open(str(path))
    await driver.until(lambda: isinstance(driver.app.screen, MappingScreen), "the mapping")
    await driver.mapped()


async def test_it_is_back_in_the_same_session(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        proposed = driver.feeds("Fax")
        await driver.drag("Notes", to="Fax")
        await go_home(driver)
        await open_again(driver, people)
        assert driver.feeds("Fax") == ["Notes"]
        assert any(toast.startswith(BACK) for toast in driver.toasts)
        await driver.press("ctrl+z")
        assert driver.feeds("Fax") == proposed == []
        await driver.press("ctrl+y")
        assert driver.feeds("Fax") == ["Notes"]


async def test_it_is_back_in_the_next_session_and_taken_back_it_is_gone(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.drag("Notes", to="Fax")
    assert len(kept(tmp_path)) == 1
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        assert driver.feeds("Fax") == ["Notes"]
        await driver.press("ctrl+z")
        await written(driver)
        assert kept(tmp_path) == []
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        assert driver.feeds("Fax") == []
        assert not any(toast.startswith(BACK) for toast in driver.toasts)


async def test_it_is_on_disk_while_one_works(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.drag("Notes", to="Fax")
        await written(driver)
        assert "Fax" in kept(tmp_path)[0].read_text()


async def test_what_nobody_touched_is_not_kept(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await go_home(driver)
        await open_again(driver, people)
        assert not any(toast.startswith(BACK) for toast in driver.toasts)
    assert kept(tmp_path) == []


async def test_the_module_it_was_left_for_comes_with_it(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, module="Contacts") as driver:
        await driver.mapped()
        await driver.drag("Notes", to="Fax")
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        assert driver.app.session.module == "Contacts"
        assert driver.feeds("Fax") == ["Notes"]
    async with driving(tmp_path, people, module="Leads") as driver:
        await driver.mapped()
        assert driver.app.session.module == "Leads"
        assert driver.feeds("Fax") == []


async def test_a_disk_that_refuses_is_told_once_and_tried_again(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        folder = tmp_path / "places" / "state" / "unsent"
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.write_text("a file where the folder should be")
        await driver.drag("Notes", to="Fax")
        await driver.until(lambda: bool(driver.toasts), "the warning")
        await driver.press("ctrl+z", "ctrl+y")
        await driver.until(lambda: not driver.app.session._keeping.locked(), "the other tries")
        assert len([toast for toast in driver.toasts if toast.startswith("If you leave")]) == 1
        folder.unlink()
    assert len(kept(tmp_path)) == 1


async def test_what_was_sent_is_not_unsent(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.drag("Notes", to="Fax")
        await written(driver)
        session = driver.app.session
        session.remember()  # what sending does first
        await session.keep_draft()
        assert kept(tmp_path) == []
        await driver.press("ctrl+z")
        await written(driver)
        assert len(kept(tmp_path)) == 1
