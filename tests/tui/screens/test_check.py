"""The check screen: what it writes."""

import csv
import re
from pathlib import Path

from tests.tui.driver import driving
from ztui.tui.screens.check import CheckScreen


async def test_all_findings_are_written_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    rows = [f"Name{i},Firm,{'nonsense' if i % 7 == 0 else f'a{i}@b.example'}" for i in range(2_000)]
    path.write_text("Last Name,Company,Email\n" + "\n".join(rows) + "\n", encoding="utf-8")
    target = tmp_path / "found.csv"
    async with driving(tmp_path, path) as driver:
        await driver.mapped()
        await driver.press("c")
        await driver.until(lambda: isinstance(driver.app.screen, CheckScreen))
        await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
        await driver.press("e")
        await driver.until_sees("Export the findings", "mails.findings.csv")
        await driver.type(str(target))
        await driver.press("enter")
        await driver.until(lambda: any("286 findings" in toast for toast in driver.toasts), "a word on it")
    with target.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert len(found) == 286
    assert (found[1]["line"], found[1]["column"], found[1]["value"]) == ("9", "Email", "nonsense")
    assert found[1]["what to do"]


async def test_a_group_is_explained_in_general_and_the_marked_row_in_particular(tmp_path: Path) -> None:
    path = tmp_path / "names.csv"
    rows = [f"Name{i},Firm,{'x' * (39 + i)}" for i in range(4)]  # a first name takes 40 characters
    path.write_text("Last Name,Company,First Name\n" + "\n".join(rows) + "\n", encoding="utf-8")
    async with driving(tmp_path, path) as driver:
        await driver.mapped()
        await driver.press("c")
        await driver.until(lambda: isinstance(driver.app.screen, CheckScreen))
        await driver.until_sees("Too long for First Name", "First Name takes 40 characters.")
        await driver.until_sees("Line 4: First Name takes 40 characters; this value has 41.")
        screen = driver.app.screen
        assert isinstance(screen, CheckScreen)
        screen.cells.focus()
        await driver.press("down")
        await driver.until_sees("this value has 42.")
        assert driver.text.count("this value has") == 1


async def test_on_a_small_screen_groups_are_told_apart_by_their_field(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    row = f"Lee,{'x' * 300},{'x' * 300},{'x' * 300}"
    path.write_text(f"Last Name,Company,Street,City\n{row}\n", encoding="utf-8")
    async with driving(tmp_path, path, size=(80, 24)) as driver:
        await driver.mapped()
        await driver.press("c")
        await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
        for field in ("Company", "Street", "City"):
            assert re.search(f"✗ {field} +Too long for", driver.text), driver.text


async def test_what_is_broken_in_the_file_has_no_blank_cell(tmp_path: Path) -> None:
    path = tmp_path / "nul.csv"
    path.write_bytes(b"Last Name,Company\nLee,A\0cme\nKay,Firm\n")
    async with driving(tmp_path, path) as driver:
        await driver.mapped()
        await driver.press("c")
        await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
        await driver.until_sees("NUL bytes")
        assert not driver.sees("(blank)")


async def test_t_leads_to_the_transforms_of_the_marked_column(tmp_path: Path) -> None:
    path = tmp_path / "sources.csv"
    rows = "".join(f"Lee{n},Acme,Messe\n" for n in range(5))
    path.write_text("Last Name,Company,Lead Source\n" + rows, encoding="utf-8")
    async with driving(tmp_path, path, size=(80, 24)) as driver:
        await driver.mapped()
        await driver.press("c")
        await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
        await driver.until_sees("Not in the list of Lead Source")
        await driver.press("t")
        await driver.until_sees("Lead Source ← Lead Source", "choose the list value for each value")


async def test_a_column_that_mostly_fails_can_be_judged_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "mails.csv"
    rows = "".join(f"Name{n},Firm,{'nonsense' if n % 3 == 0 else f'a{n}@b.example'}\n" for n in range(300))
    path.write_text("Last Name,Company,Email\n" + rows, encoding="utf-8")
    async with driving(tmp_path, path, size=(80, 24)) as driver:
        await driver.mapped()
        await driver.press("c")
        await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
        await driver.until_sees("does not fit Email", "Nothing can be sent yet")
        await driver.press("w")
        await driver.until_sees("200 rows will be sent; 100 rows left out")
        assert any("Email is judged one by one" in toast for toast in driver.toasts)
        await driver.press("w")
        await driver.until_sees("does not fit Email", "Nothing can be sent yet")


async def test_sending_bad_rows_anyway_does_not_count_the_header_once_more(tmp_path: Path) -> None:
    path = tmp_path / "joined.csv"
    path.write_text("Last Name,Company,Email\n" + "Lee,C,a@b.example\n" * 9 + "Last Name,Company,Email\nKay,C,x\n")
    async with driving(tmp_path, path) as driver:
        await driver.mapped()
        await driver.press("c")
        await driver.until(lambda: driver.app.session.report_is_current)
        await driver.until_sees("9 rows will be sent; 2 rows left out")
        await driver.press("a")
        await driver.until_sees("All 10 rows will be sent, the 1 with errors too.")
