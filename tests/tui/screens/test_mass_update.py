"""A mass update: the form asks for what the org has, says what it will do, and shows what became of each record."""

from tests.tui.driver import Driver
from tests.tui.screens.world import World
from ztui.tui.dialogs.picker import Picker
from ztui.tui.dialogs.prompt import Prompt
from ztui.tui.screens.mass_results import MassResultsScreen
from ztui.tui.screens.mass_update import MassUpdateScreen


async def on_the_form(driver: Driver) -> MassUpdateScreen:
    await driver.app.session.workspace()
    driver.app.action_mass_update()
    await driver.until(lambda: isinstance(driver.app.screen, MassUpdateScreen), "the form")
    screen = driver.app.screen
    assert isinstance(screen, MassUpdateScreen)
    await driver.until_sees("Choose the records first")
    return screen


async def pick(driver: Driver, text: str) -> None:
    await driver.until(lambda: isinstance(driver.app.screen, Picker), f"a list with {text}")
    await driver.type(text)
    await driver.press("enter")


async def choose_rating(driver: Driver) -> None:
    await driver.press("down", "enter")
    await driver.until_sees("Which field is written?")
    await pick(driver, "rating")
    await driver.until_sees("Rating =")
    await pick(driver, "active")
    await driver.until_sees("Rating = Active")


async def test_the_records_of_an_import_get_a_value(world: World) -> None:
    state = await world.send()
    async with world.driving() as driver:
        screen = await on_the_form(driver)
        assert driver.sees("Mass update", "Leads")
        await driver.press("down", "enter")
        await pick(driver, "wrote")
        await driver.until_sees("Records of which import?")
        await driver.press("enter")
        await driver.until_sees("2 records from import")
        await choose_rating(driver)
        assert driver.sees("in 2 records")
        await driver.press("s")
        await driver.until_sees("Update these records?", "local sandbox")
        await driver.press("enter")
        await driver.until(lambda: bool(screen._states) and not screen._states[0].active, "its end")
        await driver.until_sees("done")
        ids = [o.record_id for o in world.workspace.runs.outcomes(state.run_id) if o.record_id]
        client = await world.workspace.connect()
        assert {record.values["Rating"] for record in await client.get("Leads", ids, ("Rating",))} == {"Active"}


async def test_a_record_that_is_not_there_is_explained(world: World) -> None:
    state = await world.send()
    known = next(o.record_id for o in world.workspace.runs.outcomes(state.run_id) if o.record_id)
    async with world.driving((120, 40)) as driver:
        screen = await on_the_form(driver)
        await driver.press("down", "enter")
        await pick(driver, "pasted")
        await driver.until(lambda: isinstance(driver.app.screen, Prompt), "the ids")
        driver.app.screen.query_one("Input").value = f"{known} 4150868000009999999 nonsense"  # type: ignore[attr-defined]
        await driver.press("enter")
        await driver.until_sees("2 records from", "1 that are no ids")
        await choose_rating(driver)
        await driver.press("s")
        await driver.until_sees("Update these records?")
        await driver.press("enter")
        await driver.until(lambda: bool(screen._states) and not screen._states[0].active, "its end")
        await driver.press("i")
        await driver.until(lambda: isinstance(driver.app.screen, MassResultsScreen), "the results")
        assert driver.sees("4150868000009999999", "What to do")
        await driver.press("escape")
        assert driver.sees("part done")


async def test_fields_that_may_not_be_mass_updated_say_why(world: World) -> None:
    await world.send()
    async with world.driving((120, 40)) as driver:
        await on_the_form(driver)
        await driver.press("down", "down", "enter")
        await driver.until_sees("Which field is written?")
        fields = await world.workspace.mass_updates.fields("Leads")
        refused = next(choice for choice in fields if choice.why)
        await driver.type(refused.field.label.lower())
        await driver.until_sees(refused.why[:30])
        await driver.press("enter")
        assert isinstance(driver.app.screen, Picker)  # it cannot be taken
