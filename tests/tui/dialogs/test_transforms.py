"""Transforms put together by hand."""

from pathlib import Path

from tests.tui.driver import driving
from ztui.engine.transform import apply_steps
from ztui.model.mapping import Step
from ztui.tui.dialogs.transforms import TransformsDialog


async def test_steps_are_added_and_dropped_and_taken_by_enter_only(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        draft = driver.app.session.draft
        assert draft is not None

        def sent(*values: str) -> str:
            mapped = draft.mapping.for_field("Company")
            assert mapped is not None
            return str(apply_steps(values, mapped.steps))

        driver.column_place("Firm")
        await driver.press("t")
        await driver.until(lambda: isinstance(driver.app.screen, TransformsDialog))
        await driver.until_sees("a add a step", "Esc cancel")
        await driver.press("a")
        await driver.type("replace")
        await driver.press("enter", "enter")
        await driver.until_sees("nothing to find")
        await driver.type("Ltd")
        await driver.press("enter")
        await driver.until_sees("By what?")
        await driver.type("Limited")
        await driver.press("enter")
        await driver.until_sees("“Ltd” becomes “Limited”", "Analytical Limited")
        await driver.press("a")
        await driver.type("upper")
        await driver.press("enter")
        await driver.until_sees("then upper case", "ANALYTICAL LIMITED")
        assert sent("Acme Ltd") == "Acme Ltd"
        await driver.press("delete")
        await driver.until_sees("Analytical Limited")
        await driver.press("enter")
        await driver.until_sees("columns mapped")
        assert sent("Acme Ltd") == "Acme Limited"
        await driver.press("ctrl+z")
        assert sent("Acme Ltd") == "Acme Ltd"


async def test_a_common_way_is_added_to_what_is_done_already(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        draft = driver.app.session.draft
        assert draft is not None
        table = Step.of("map", table=(("Navy", "US Navy"),))
        draft.set_steps("Company", (table,))
        driver.column_place("Firm")
        await driver.press("t", "down")
        await driver.until_sees("Ends “replace 1 value by table”.")
        await driver.press("down")
        await driver.until_sees("trim blanks at the ends, then replace")
        assert not driver.sees("Ends “")
        await driver.press("enter")
        mapped = draft.mapping.for_field("Company")
        assert mapped is not None
        assert mapped.steps == (Step.of("trim"), table)


async def test_what_stands_between_joined_columns_can_be_chosen(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        draft = driver.app.session.draft
        assert draft is not None
        company = draft.schema.field("Company")
        assert company is not None
        draft.combine(0, company)
        driver.column_place("Firm")
        await driver.press("t", "a")
        await driver.type("between")
        await driver.press("enter", "enter")
        await driver.until_sees("columns joined with “, ”", "Analytical Ltd, Ada")
        await driver.press("enter")
        mapped = draft.mapping.for_field("Company")
        assert mapped is not None
        assert [step.name for step in mapped.steps] == ["join"]
