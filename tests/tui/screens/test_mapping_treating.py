"""What is asked when a column is put on a field."""

from pathlib import Path

import pytest

from tests.tui.driver import Driver, driving
from ztui.engine.transform import apply_steps
from ztui.tui.dialogs.transforms import TransformsDialog


@pytest.fixture
def names(tmp_path: Path) -> Path:
    path = tmp_path / "names.csv"
    path.write_text("Full Name,Company\nAda King,Acme\nAlan Turing,Bletchley\nGrace Hopper,Navy\n", encoding="utf-8")
    return path


async def asked(driver: Driver) -> None:
    await driver.until(lambda: isinstance(driver.app.screen, TransformsDialog))
    await driver.until_sees("It holds whole names")


def sent(driver: Driver, api_name: str) -> str:
    draft = driver.app.session.draft
    assert draft is not None
    mapped = draft.mapping.for_field(api_name)
    return str(apply_steps(["Ada King"], mapped.steps)) if mapped is not None else ""


async def test_whole_names_are_asked_about_and_split_in_two_keys(tmp_path: Path, names: Path) -> None:
    async with driving(tmp_path, names, size=(80, 24)) as driver:
        await driver.until_sees("Full Name: t answers a question")
        assert any("Press t to answer" in said for said in driver.toasts)
        await driver.press("t")
        await asked(driver)
        assert not driver.toasts  # a note would lie over the keys
        await driver.press("enter")
        await driver.until(lambda: (sent(driver, "First_Name"), sent(driver, "Last_Name")) == ("Ada", "King"))
        assert not driver.sees("answers a question")
        await driver.press("ctrl+z", "ctrl+z", "ctrl+z")
        await driver.until_sees("Full Name: t answers a question")
        assert driver.feeds("Last_Name") == driver.feeds("First_Name") == []


async def test_whole_names_dragged_onto_the_last_name_are_asked_about_too(tmp_path: Path, names: Path) -> None:
    async with driving(tmp_path, names) as driver:
        await driver.until_sees("t answers a question")
        await driver.drag("Full Name", to="Last_Name")
        await asked(driver)
        await driver.press("down", "enter")  # as they are
        await driver.until_sees("2 of 2 columns mapped")
        assert (sent(driver, "First_Name"), sent(driver, "Last_Name")) == ("", "Ada King")
        assert not driver.sees("answers a question")


async def test_a_question_that_is_left_open_maps_nothing(tmp_path: Path, names: Path) -> None:
    async with driving(tmp_path, names) as driver:
        await driver.until_sees("t answers a question")
        await driver.drag("Full Name", to="First_Name")
        await asked(driver)
        await driver.press("escape")
        await driver.until_sees("t answers a question")
        assert driver.feeds("First_Name") == []


async def test_there_is_nothing_to_transform_where_nothing_feeds_the_field(tmp_path: Path, names: Path) -> None:
    async with driving(tmp_path, names, size=(80, 24)) as driver:
        await driver.until_sees("t answers a question")
        driver.fields.focus()
        assert driver.fields.go_to("Fax")
        await driver.press("t")
        await driver.until(lambda: driver.toasts != [], "a word")
        assert driver.toasts == ["No column feeds Fax yet: there are no values to transform."]
        assert driver.mapping is driver.app.screen
