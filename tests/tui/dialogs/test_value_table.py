"""Choosing list values for the values of a column, and what a reference is matched by."""

from pathlib import Path

import pytest

from tests.tui.driver import driving
from ztui.engine.transform import apply_steps
from ztui.tui.dialogs.transforms import TransformsDialog
from ztui.tui.dialogs.value_table import ValueTableDialog
from ztui.tui.screens.mapping import MappingScreen

ROWS = "Last Name,Company,Lead Source\n" + "".join(
    f"Name{i},Firm,{source}\n" for i, source in enumerate(["Cold Call", "cold-call", "cold-call", "Messe", "", "Messe"])
)


@pytest.mark.parametrize("key", ["v", "enter"])
async def test_list_values_are_proposed_taken_and_chosen(tmp_path: Path, key: str) -> None:
    path = tmp_path / "sources.csv"
    path.write_text(ROWS, encoding="utf-8")
    async with driving(tmp_path, path) as driver:
        await driver.mapped()
        draft = driver.app.session.draft
        assert draft is not None
        draft.set_steps("Lead_Source", ())
        driver.column_place("Lead Source")
        await driver.press("t")
        await driver.until(lambda: isinstance(driver.app.screen, TransformsDialog))
        await driver.press(key)
        await driver.until(lambda: isinstance(driver.app.screen, ValueTableDialog))
        await driver.until_sees("3 values, 2 of them not in the list yet", "≈  Cold Call", "✗  (as it is)")
        await driver.press("a")
        await driver.until_sees("1 of them not in the list yet", "→  Cold Call")
        await driver.press("enter")
        await driver.until_sees("Send “Messe” as")
        await driver.type("trade")
        await driver.press("enter")
        await driver.until_sees("0 of them not in the list yet")
        steps = draft.mapping.for_field("Lead_Source")
        assert steps is not None
        assert apply_steps(["messe"], steps.steps) == "Trade Show"
        assert apply_steps(["COLD-CALL"], steps.steps) == "Cold Call"
        await driver.press("delete", "escape")
        steps = draft.mapping.for_field("Lead_Source")
        assert steps is not None
        assert apply_steps(["Messe"], steps.steps) == "Messe"
        await driver.until_sees("columns mapped")  # both dialogs are closed
        assert isinstance(driver.app.screen, MappingScreen)


async def test_an_owner_is_matched_by_the_field_that_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "owners.csv"
    path.write_text("Last Name,Company,Owner\nLee,Acme,Ann Lee\n", encoding="utf-8")
    async with driving(tmp_path, path) as driver:
        await driver.mapped()
        draft = driver.app.session.draft
        assert draft is not None
        owner = next(f for f in draft.schema.fields if f.api_name == "Owner")
        driver.mapping.assign(2, owner)
        await driver.until_sees("Owner")
        driver.column_place("Owner")
        await driver.press("t")
        await driver.until_sees("match by e-mail (email)", "match by full name (full_name)")
        await driver.click("match by e-mail (email)", times=2)
        mapped = draft.mapping.for_field("Owner")
        assert mapped is not None
        assert mapped.find_by == "email"
