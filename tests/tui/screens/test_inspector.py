"""The inspector: what was refused and why, mended in place, sent again once, and taken back."""

from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.driver import Driver
from tests.tui.screens.world import World, misnamed, until_over
from ztui.tui.dialogs.message import Notice
from ztui.tui.dialogs.prompt import Prompt
from ztui.tui.dialogs.send import SendDialog
from ztui.tui.screens.inspector import InspectorScreen
from ztui.tui.screens.run import RunScreen

SIZES = pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=["80x24", "120x40"])


async def inspect(driver: Driver, run: str) -> InspectorScreen:
    await driver.app.session.workspace()
    driver.app.inspect(run)
    await driver.until(lambda: isinstance(driver.app.screen, InspectorScreen), "the inspector")
    await driver.until_sees("in the CRM")
    screen = driver.app.screen
    assert isinstance(screen, InspectorScreen)
    return screen


async def to_group(driver: Driver, screen: InspectorScreen, text: str) -> None:
    """Put the cursor of the left list on the line that says this."""
    lines = [line.cells[0] for line in screen.groups.source.lines(0, 50)]
    screen.groups.focus()
    screen.groups.move_to([text in cell for cell in lines].index(True))
    await driver.pilot.pause()


async def answer(driver: Driver, text: str) -> None:
    """Type something else into the question that is asked."""
    await driver.until(lambda: isinstance(driver.app.screen, Prompt), "the question")
    await driver.press("end", "ctrl+u")
    for char in text:
        await driver.pilot.press({"@": "at", ".": "full_stop", " ": "space"}.get(char, char))
    await driver.press("enter")
    await driver.pilot.pause()


async def send_mended(driver: Driver) -> None:
    await driver.press("r")
    await driver.until(lambda: isinstance(driver.app.screen, SendDialog), "the question before sending")
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, RunScreen), "the new run")


@SIZES
async def test_codes_say_which_field_and_lead_to_the_very_cell(world: World, size: tuple[int, int]) -> None:
    state = await world.send()
    assert (state.outcome.added, state.outcome.skipped) == (2, 4)
    async with world.driving(size) as driver:
        screen = await inspect(driver, state.run_id)
        assert driver.sees("leads.csv", "Leads · insert", "2 of 6 rows are in the CRM", "Last Name is blank")
        await to_group(driver, screen, "Email: not an e-mail")
        assert driver.sees("Line 4", "Not an e-mail address", "What to do", "grace(at)example.com")
        assert screen.repair is not None
        assert screen.repair.fields[screen.rows.column] == "Email"
        await driver.press("enter", "down")
        assert driver.sees("Line 6")
        await to_group(driver, screen, "Added")
        assert driver.sees("2 rows added", "U takes the")


async def test_a_cell_is_mended_sent_once_and_not_offered_again(world: World) -> None:
    state = await world.send()
    async with world.driving() as driver:
        screen = await inspect(driver, state.run_id)
        await to_group(driver, screen, "not an e-mail")
        await driver.press("enter", "enter")
        await answer(driver, "no address")
        assert driver.sees("Not an e-mail address")  # the field's own checker, at once
        await answer(driver, "grace@example.com")
        assert driver.sees("1 mended", "r sends 1 again", "Mended")
        await send_mended(driver)
        await until_over(driver, 2)
        assert world.leads == 3
        await driver.press("escape")
        await driver.until_sees("sent again: all in", "1 of 2", "3 of 6 rows are in the CRM")
        assert not driver.sees("grace(at)")
        await driver.press("r")
        assert any("Nothing is mended" in toast for toast in driver.toasts)
        await to_group(driver, screen, "sent again")
        assert driver.sees("not sent a second time")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RunScreen), "the later run")
        assert driver.sees("Done: all 1 row are in") or driver.sees("Done")


async def test_all_alike_undo_and_redo(world: World) -> None:
    world.path.write_text(world.path.read_text().replace("barbara(at)", "grace(at)"), encoding="utf-8")
    state = await world.send()
    async with world.driving() as driver:
        screen = await inspect(driver, state.run_id)
        await to_group(driver, screen, "not an e-mail")
        await driver.press("enter", "e")
        await answer(driver, "grace@example.com")
        assert any("press a to change" in toast for toast in driver.toasts)
        await driver.press("a")
        assert driver.sees("2 mended")
        await driver.press("ctrl+z")
        assert driver.sees("1 mended")
        await driver.press("ctrl+z")
        assert not driver.sees("1 mended")
        await driver.press("ctrl+y")
        assert driver.sees("1 mended")


async def test_suggested_repairs_start_with_those_of_the_marked_field(world: World) -> None:
    state = await world.send()
    async with world.driving((120, 40)) as driver:
        screen = await inspect(driver, state.run_id)
        await to_group(driver, screen, "not an e-mail")
        await driver.press("f")
        await driver.until_sees("What could mend these rows")
        assert driver.sees("clean the address up", "grace(at)example.com → grace@example.com")
        await driver.press("enter")
        assert driver.sees("2 mended", "r sends 2 again")
        await send_mended(driver)
        await until_over(driver, 2)
        assert world.leads == 4


async def test_repairs_are_kept_for_the_next_file(world: World) -> None:
    state = await world.send()
    async with world.driving() as driver:
        screen = await inspect(driver, state.run_id)
        await to_group(driver, screen, "not an e-mail")
        await driver.press("f")
        await driver.until_sees("clean the address up")
        await driver.press("enter", "K")
        assert any("mended the same way" in toast for toast in driver.toasts)
        kept = world.workspace.mappings.recall(tuple(world.path.read_text().splitlines()[0].split(",")), "Leads")
        email = kept.for_field("Email") if kept is not None else None
        assert email is not None
        assert email.steps[-1].name == "map"


async def test_a_refused_job_is_remapped_by_one_key_and_sent_again(world: World) -> None:
    state = await world.send(misnamed)
    assert state.outcome.not_sent == 6
    async with world.driving() as driver:
        screen = await inspect(driver, state.run_id)
        assert driver.sees("job 1", "Last_Name", "m  map it to Last_Name instead")
        await driver.press("m")
        await driver.until(lambda: isinstance(driver.app.screen, SendDialog), "the question")
        await driver.press("enter")
        await until_over(driver, 2)
        assert world.leads == 2  # one blank last name, two bad addresses, one that came before
        await driver.press("escape")
        await driver.until(lambda: driver.app.screen is screen, "the inspector")
        await driver.until_sees("sent again")
        # What that run could not bring in can be mended there; here nothing is left to send a second time.
        assert not screen.offers()


async def test_results_and_refused_rows_are_saved(world: World, tmp_path: Path) -> None:
    state = await world.send()
    async with world.driving() as driver:
        await inspect(driver, state.run_id)
        await driver.press("s")
        results = tmp_path / "results.csv"
        await answer_path(driver, results)
        await driver.until(results.exists, "the results")
        await driver.until(lambda: any("6 rows written" in toast for toast in driver.toasts), "the note")
        assert "Last Name is blank" in results.read_text() or "MANDATORY_NOT_FOUND" in results.read_text()
        await driver.press("S")
        refused = tmp_path / "refused.csv"
        await answer_path(driver, refused)
        await driver.until(refused.exists, "the refused rows")
        await driver.until(lambda: any("4 rows written" in toast for toast in driver.toasts), "the note")
        assert refused.read_text().splitlines()[0] == "First name,Surname,Company,E-mail,Lead Source"


async def answer_path(driver: Driver, path: Path) -> None:
    await driver.until(lambda: isinstance(driver.app.screen, Prompt), "where to")
    driver.app.screen.query_one(Input).value = str(path)
    await driver.press("enter")


async def test_an_import_is_taken_back_after_its_count_was_typed(world: World) -> None:
    state = await world.send()
    assert world.leads == 2
    async with world.driving() as driver:
        await inspect(driver, state.run_id)
        await driver.press("U")
        await answer(driver, "3")
        assert driver.sees("That is not 2.")
        assert world.leads == 2
        await answer(driver, "2")
        await driver.until(lambda: isinstance(driver.app.screen, Notice), "the report")
        assert driver.sees("2 records deleted")
        await driver.press("enter")
        await driver.until_sees("2 records of this import taken back")
        assert world.leads == 0
        await driver.press("U")
        assert any("nothing to take back" in toast for toast in driver.toasts)


async def test_rows_of_unknown_fate_are_looked_up(world: World) -> None:
    world.tell_sandbox("pace", {"pace": "manual"})
    world.tell_sandbox("faults", "reset_after@create")
    state = await world.send()
    assert state.outcome.unknown == 6
    world.finish_jobs()
    assert world.leads == 2
    async with world.driving() as driver:
        await inspect(driver, state.run_id)
        assert driver.sees("6 not known", "c  look the rows up", "c Look rows up")
        await driver.press("c")
        # Two are in the CRM now. The others were refused, but no record can tell that.
        await driver.until(lambda: any("4 rows still unknown" in toast for toast in driver.toasts), "the answer")
        await driver.until_sees("2 of 6 rows are in the CRM", "4 not known")
        assert world.leads == 2
