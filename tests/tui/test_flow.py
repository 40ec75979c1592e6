"""The whole way on a sandbox: map, check, send, done; by keys alone, at the smallest size."""

from pathlib import Path

import pytest

from tests.tui.driver import Driver, driving
from ztui.engine import consent
from ztui.engine.sandboxed import Sandbox
from ztui.engine.workspace import Workspace
from ztui.model.profile import Profile
from ztui.model.run import Phase
from ztui.store.locations import Locations
from ztui.tui.dialogs.send import SendDialog
from ztui.tui.screens.check import CheckScreen
from ztui.tui.screens.run import RunScreen

LEADS = (
    "First name,Surname,Company,E-mail\n"
    "Ada,Lovelace,Analytical,ada@example.com\n"
    "Alan,,Bletchley,alan@example.com\n"
    "Grace,Hopper,Navy,grace(at)example.com\n"
    "Edsger,Dijkstra,CWI,edsger@example.com\n"
)


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(LEADS, encoding="utf-8")
    return path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(locations=Locations.under(tmp_path / "places"))


async def to_the_check(driver: Driver) -> None:
    await driver.mapped()
    await driver.press("c")
    await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
    await driver.until_sees("will be sent")


async def test_the_check_explains_and_leads_to_the_cell(tmp_path: Path, leads: Path, workspace: Workspace) -> None:
    async with driving(tmp_path, leads, workspace=workspace, size=(80, 24)) as driver:
        await to_the_check(driver)
        assert driver.sees("2 rows will be sent; 2 rows left out", "Not an e-mail address", "Last Name is blank")
        screen = driver.app.screen
        assert isinstance(screen, CheckScreen)
        await driver.press("down" if "e-mail" not in screen.groups.source.lines(0, 1)[0].cells[2] else "up")
        await driver.until_sees("What to do", "grace(at)")
        await driver.press("enter")
        assert (driver.preview.line, driver.preview.column) == (2, 3)


async def test_a_red_finding_about_the_whole_job_blocks(tmp_path: Path, leads: Path, workspace: Workspace) -> None:
    async with driving(tmp_path, leads, workspace=workspace) as driver:
        await driver.mapped()
        driver.preview.move_to(0, 1)
        await driver.press("delete", "c")
        await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
        await driver.until_sees("Nothing can be sent yet")
        await driver.press("s")
        assert isinstance(driver.app.screen, CheckScreen)
        assert any("nothing can be sent yet" in toast for toast in driver.toasts)


async def test_without_a_profile_sending_asks_for_one(tmp_path: Path, leads: Path, workspace: Workspace) -> None:
    async with driving(tmp_path, leads, workspace=workspace) as driver:
        await to_the_check(driver)
        await driver.press("s")
        assert any("profile" in toast for toast in driver.toasts)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_an_import_by_keys_alone(tmp_path: Path, leads: Path, size: tuple[int, int]) -> None:
    with Sandbox() as sandbox:
        workspace = Workspace.open(sandbox=sandbox, locations=Locations.under(tmp_path / "places"))
        async with driving(tmp_path, leads, workspace=workspace, size=size) as driver:
            await to_the_check(driver)
            await driver.press("s")
            await driver.until(lambda: isinstance(driver.app.screen, SendDialog), "the question")
            assert driver.sees("2 rows, 2 left out", "Leads · insert")
            await driver.press("enter")
            await driver.until(lambda: isinstance(driver.app.screen, RunScreen), "the run")
            await driver.until_sees("2 added")
            await driver.until(lambda: all(s.phase is Phase.ENDED for s in driver.app.live.values()), "the end")
            assert driver.sees("2 of 4 rows are in", "2 not sent")


async def test_an_import_by_mouse_alone(tmp_path: Path, leads: Path) -> None:
    with Sandbox() as sandbox:
        workspace = Workspace.open(sandbox=sandbox, locations=Locations.under(tmp_path / "places"))
        async with driving(tmp_path, leads, workspace=workspace, size=(80, 24)) as driver:
            await driver.mapped()
            await driver.drag("Company", to="Fax")
            assert driver.feeds("Fax") == ["Company"]
            await driver.click("Check")
            await driver.until(lambda: driver.app.session.report_is_current, "a whole check")
            await driver.click("Last Name is blank")
            await driver.click("Send ▸")
            await driver.until(lambda: isinstance(driver.app.screen, SendDialog), "the question")
            await driver.click("Enter send")
            await driver.until(lambda: isinstance(driver.app.screen, RunScreen), "the run")
            await driver.until_sees("2 added")


def production(profile: Profile) -> Profile:
    from dataclasses import replace

    return replace(profile, name="live", environment="production", sandbox=False)


async def test_production_wants_the_count_typed(tmp_path: Path, leads: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(consent, "TYPED_FROM", 2)
    with Sandbox() as sandbox:
        workspace = Workspace.open(sandbox=sandbox, locations=Locations.under(tmp_path / "places"))
        live = production(sandbox.profile())
        workspace.profile = live
        async with driving(tmp_path, leads, workspace=workspace) as driver:
            await to_the_check(driver)
            assert driver.sees("PRODUCTION")
            await driver.press("s")
            await driver.until(lambda: isinstance(driver.app.screen, SendDialog), "the question")
            await driver.press("enter")
            assert isinstance(driver.app.screen, SendDialog)
            await driver.press("3", "enter")
            await driver.until_sees("That is not 2.")
            await driver.press("backspace", "2", "enter")
            await driver.until(lambda: isinstance(driver.app.screen, RunScreen), "the run")
            await driver.until_sees("2 added")
