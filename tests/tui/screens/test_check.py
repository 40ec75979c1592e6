"""The check screen: what it writes."""

import csv
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
