"""The mapping screen, by mouse and by keys."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.tui.driver import driving
from ztui.engine.files import OpenFile
from ztui.tui.dialogs.picker import Picker
from ztui.tui.screens.check import CheckScreen
from ztui.tui.session import Session


async def test_a_proposal_is_there_at_once(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        assert driver.feeds("Last_Name") == ["Surname"]
        assert driver.feeds("Email") == ["Mail"]
        assert driver.sees("people.csv", "Leads · insert", "4 rows", "Lovelace")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
@pytest.mark.parametrize("cell", [False, True])
async def test_dragging_a_column_onto_a_field_maps_it(
    tmp_path: Path, people: Path, size: tuple[int, int], cell: bool
) -> None:
    async with driving(tmp_path, people, size=size) as driver:
        await driver.mapped()
        await driver.drag("Notes", to="Fax", cell=cell)
        assert driver.feeds("Fax") == ["Notes"]
        await driver.press("u")
        assert driver.feeds("Fax") == []


async def test_a_column_that_hardly_fits_a_field_is_told_at_once(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.drag("Firm", to="No_of_Employees")
        await driver.until(lambda: any("None of the first 4 values" in said for said in driver.toasts))
        assert any("No. of Employees" in said and "ctrl+z" in said for said in driver.toasts)
        driver.preview.focus()
        driver.preview.move_to(0, 2)
        await driver.until_sees("Company 95%", "the rest by you")
        told = len(driver.toasts)
        await driver.drag("Notes", to="Fax")
        await driver.until(lambda: driver.feeds("Fax") == ["Notes"])
        await driver.app.workers.wait_for_complete()
        assert not any("for Fax" in said for said in driver.toasts[told:])


async def test_the_ghost_follows_and_fields_light_up(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        start, end = driver.column_place("Notes"), driver.field_place("Fax")
        await driver.pilot.pause()
        await driver.hold(start)
        await driver.move(start, end)
        assert driver.ghost.offset == (end[0] + 1, end[1] + 1)
        assert driver.sees("▶ Fax")
        await driver.press("escape")
        await driver.let_go(end)
        assert driver.feeds("Fax") == []
        assert not driver.sees("▶")
        assert driver.ghost.offset.y < 0


async def test_a_press_that_hardly_moves_is_no_drag(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        start = driver.column_place("Notes")
        await driver.pilot.pause()
        await driver.hold(start)
        await driver.pilot.hover(offset=(start[0] + 1, start[1]))
        assert not driver.preview.dragging
        await driver.let_go((start[0] + 1, start[1]))
        assert driver.app.mouse_captured is None


async def test_a_refused_drop_says_why(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        draft = driver.app.session.draft
        assert draft is not None
        read_only = next(f for f in draft.schema.fields if f.visible and not f.can_create and not f.can_update)
        driver.mapping.assign(0, read_only)
        await driver.pilot.pause()
        assert driver.feeds(read_only.api_name) == []
        assert any(read_only.label in toast for toast in driver.toasts)


async def test_dragging_a_field_back_to_the_rows_unmaps_it(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        start = driver.field_place("Email")
        region = driver.preview.content_region
        end = (region.x + 20, region.y + 3)
        await driver.pilot.pause()
        await driver.hold(start)
        await driver.move(start, end)
        await driver.let_go(end)
        assert driver.feeds("Email") == []


async def test_enter_on_a_column_picks_a_field_by_typing(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        driver.preview.move_to(0, 6)
        await driver.press("enter")
        assert isinstance(driver.app.screen, Picker)
        await driver.type("descr")
        await driver.press("enter")
        assert driver.feeds("Description") == ["Notes"]


async def test_enter_on_a_field_picks_a_column(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.press("tab")
        driver.fields.focus()
        assert driver.fields.go_to("Fax")
        await driver.press("enter")
        await driver.type("notes")
        await driver.press("enter")
        assert driver.feeds("Fax") == ["Notes"]


async def test_del_unmaps_and_undo_and_redo_walk(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        driver.preview.move_to(0, 1)
        await driver.press("delete")
        assert driver.feeds("Last_Name") == []
        assert driver.sees("Last Name missing")
        await driver.press("ctrl+z")
        assert driver.feeds("Last_Name") == ["Surname"]
        await driver.press("ctrl+y")
        assert driver.feeds("Last_Name") == []
        await driver.press("m")
        assert driver.fields.field is not None
        assert driver.fields.field.api_name == "Last_Name"


async def test_the_filter_narrows_the_fields(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.press("slash")
        await driver.type("phone")
        await driver.press("enter")
        labels = [field.label for field in driver.fields.fields]
        assert "Phone" in labels
        assert "Company" not in labels
        await driver.press("escape")
        assert "Company" in [field.label for field in driver.fields.fields]


async def test_options_change_the_operation_and_say_what_it_does(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.press("o")
        assert driver.sees("Every row becomes a new record")
        await driver.press("right")
        assert driver.sees("update")
        await driver.press("escape")
        assert driver.app.session.draft is not None
        assert driver.app.session.draft.mapping.operation.value == "update"
        assert driver.sees("Leads · update")
        await driver.press("u")
        assert driver.app.session.draft.mapping.operation.value == "insert"


async def test_the_preview_follows_the_dialect_at_once(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.press("d", "down", "right")
        await driver.until(lambda: len(driver.app.screen_stack[-2].query_one("#preview").columns) == 1)  # type: ignore[attr-defined]
        await driver.press("delete")
        await driver.until(lambda: len(driver.app.screen_stack[-2].query_one("#preview").columns) == 7)  # type: ignore[attr-defined]
        await driver.press("escape")
        await driver.until(lambda: driver.app.session.draft is not None)


async def test_search_and_go_to(tmp_path: Path, many: Path) -> None:
    async with driving(tmp_path, many) as driver:
        await driver.mapped()
        await driver.until_sees("3,000 rows")
        await driver.press("ctrl+f")
        await driver.type("last2222")
        await driver.press("enter")
        await driver.until(lambda: driver.preview.line == 2222, "the row with Last2222")
        assert driver.preview.column == 1
        await driver.press("ctrl+g")
        await driver.type("L12")
        await driver.press("enter")
        assert driver.preview.line == 10
        assert driver.sees("First10")


async def test_hostile_cells_are_shown_and_do_nothing(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        driver.preview.move_to(2, 6)
        await driver.until_sees("[/oops] [red]x[/red]")
        assert "\x1b" not in driver.text
        assert driver.sees("␛]52;c;")


async def test_p_tells_what_is_in_a_column(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        driver.preview.move_to(0, 3)
        await driver.press("p")
        await driver.until_sees("What is in the column", "ada@example.com")
        await driver.press("escape")
        assert driver.mapping


async def test_transforms_show_before_and_after(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        driver.preview.move_to(0, 0)
        await driver.press("t")
        await driver.until_sees("Before", "After", "upper case")
        line = [line for line in driver.text.split("\n") if "upper case" in line]
        assert line
        await driver.click("upper case")
        assert driver.sees("ADA")
        await driver.press("enter")
        draft = driver.app.session.draft
        assert draft is not None
        mapped = draft.mapping.for_field("First_Name")
        assert mapped is not None
        assert [step.name for step in mapped.steps] == ["case"]


async def test_c_goes_on_to_the_check(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.press("c")
        assert isinstance(driver.app.screen, CheckScreen)


async def test_a_window_too_small_says_so_and_recovers(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.pilot.resize_terminal(60, 20)
        await driver.until_sees("Enlarge to 80×24")
        await driver.pilot.resize_terminal(100, 30)
        await driver.until(lambda: driver.sees("columns mapped"))


async def test_a_file_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    async with driving(tmp_path, tmp_path / "missing.csv") as driver:
        await driver.until_sees("There is no such file", "What to do")


async def test_a_file_that_takes_its_time_does_not_hold_up_the_screen(
    tmp_path: Path, people: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, opened = asyncio.Event(), Session.open

    async def slowly(session: Session, path: str, *more: Any) -> OpenFile:
        await go.wait()
        return await opened(session, path, *more)

    monkeypatch.setattr(Session, "open", slowly)
    async with driving(tmp_path, people) as driver:
        await driver.until_sees("Fields", "d Format")
        assert not driver.sees("Lovelace")
        go.set()
        await driver.until_sees("Lovelace", "of 7 columns mapped")


async def test_a_dropped_file_is_opened(tmp_path: Path, people: Path, many: Path) -> None:
    from textual import events

    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        driver.app.screen.post_message(events.Paste(f"'{many}'"))
        await driver.until_sees("many.csv", "3,000 rows")


async def test_help_and_the_palette_name_every_action(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.press("question_mark")
        assert driver.sees("Say which column feeds which field", "Options")
        await driver.press("escape")
        await driver.press("ctrl+p")
        await driver.type("save map")
        await driver.press("enter")
        await driver.until_sees("Save the mapping")


async def test_dates_that_can_be_read_two_ways_are_asked(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Deal Name,Stage,Closing Date\nA,Qualification,03/04/2024\nB,Qualification,05/06/2024\n")
    async with driving(tmp_path, path, module="Deals") as driver:
        await driver.until_sees("Closing Date: t answers a question")
        assert driver.feeds("Closing_Date") == ["Closing Date"]
        draft = driver.app.session.draft
        assert draft is not None
        assert [column for column, _ in draft.questions()] == [2]
        await driver.press("t")
        await driver.until_sees("Before", "03/04/2024")
        await driver.press("enter")
        assert draft.questions() == []
        mapped = draft.mapping.for_field("Closing_Date")
        assert mapped is not None
        assert [step.name for step in mapped.steps] == ["date"]


async def test_a_note_that_is_nearly_too_long_is_read_to_its_end(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24), notes=True) as driver:
        await driver.mapped()
        driver.app.notify("12 rows mended. ctrl+z takes it back.")
        await driver.until_sees("12 rows mended. ctrl+z takes it back.")


async def test_every_step_can_be_clicked_from_every_screen(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.press("escape")
        await driver.until(lambda: type(driver.app.screen).__name__ == "JobsScreen", "the list")
        await driver.until_sees("people.csv")
        await driver.click("○ Map")
        await driver.mapped()
        await driver.click("○ Check")
        await driver.until_sees("● Check")
        await driver.click("✓ File")
        await driver.until(lambda: type(driver.app.screen).__name__ == "JobsScreen", "the list")
        await driver.click("● File")
        await driver.until(lambda: type(driver.app.screen).__name__ == "OpenFileDialog", "the question which file")


async def test_where_no_field_fits_nothing_else_is_told_of(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        await driver.press("slash")
        await driver.type("zzz")
        await driver.press("enter")
        await driver.until_sees("No field fits “zzz”.", "Esc shows all fields again")
        assert not driver.sees("values  ")
        await driver.press("escape")
        await driver.until_sees("← Firm")


async def test_the_keys_of_the_map_fit_a_small_screen_in_both_panes(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        for pick in ("Pick field", "Pick column"):
            await driver.until_sees(pick, "Del Unmap", "c Check", "o Options", "t Transforms", "d Format", "? Help")
            await driver.press("tab")


async def test_a_reason_that_is_cut_can_be_read_on(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people, size=(80, 24)) as driver:
        await driver.mapped()
        draft = driver.app.session.draft
        assert draft is not None
        made = draft.suggestions[0]
        draft.suggestions[0] = replace(made, reason="the header is very much like it, " * 4 + "and so to the end")
        driver.mapping.show_draft()
        await driver.until_sees("p tells all")
        assert not driver.sees("so to the end")
        await driver.press("p")
        await driver.until_sees("Goes to", "so to the end")


async def test_what_was_said_of_a_drop_goes_when_it_is_taken_back(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await driver.drag("Firm", "Email")
        await driver.until(lambda: any("will do" in note for note in driver.toasts), "a warning")
        await driver.press("ctrl+z")
        assert driver.toasts == ["Taken back: Firm → Email"]


async def test_a_pasted_path_is_opened_or_said_to_be_no_file(tmp_path: Path, people: Path, many: Path) -> None:
    async with driving(tmp_path) as driver:
        await driver.until_sees("No files yet")
        gone = tmp_path / "gone.csv"
        driver.app.screen.post_message(events.Paste(f"{gone}"))
        await driver.until(lambda: any("names no file" in note for note in driver.toasts), "a word on home")
        driver.app.screen.post_message(events.Paste(f"'{people}' "))
        await driver.mapped()
        driver.app.notify("One oddity.")
        driver.app.screen.post_message(events.Paste(f"{gone}"))
        await driver.until(lambda: any("gone.csv" in note for note in driver.toasts), "a word on the map")
        driver.app.screen.post_message(events.Paste(f"file://{many}"))
        await driver.until_sees("many.csv", "columns mapped")
        assert driver.toasts == []
