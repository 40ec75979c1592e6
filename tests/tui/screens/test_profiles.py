"""Profiles on screen: set up, tried out, switched and deleted, with secrets that are never shown."""

from tests.tui.driver import Driver
from tests.tui.screens.world import World
from ztui.tui.dialogs.profile import ProfileDialog
from ztui.tui.dialogs.prompt import Prompt
from ztui.tui.screens.profiles import ProfilesScreen

SECRET = "1000.0123456789abcdef0123456789abcdef"


async def on_profiles(driver: Driver) -> ProfilesScreen:
    await driver.app.session.workspace()
    await driver.press("P")
    await driver.until(lambda: isinstance(driver.app.screen, ProfilesScreen), "the profiles")
    screen = driver.app.screen
    assert isinstance(screen, ProfilesScreen)
    return screen


async def fill_in(driver: Driver, key: str, text: str) -> None:
    dialog = driver.app.screen
    assert isinstance(dialog, ProfileDialog)
    dialog.grid.move_to([setting.key for setting in dialog._settings].index(key))
    await driver.press("enter")
    await driver.until(lambda: isinstance(driver.app.screen, Prompt), "the question")
    driver.app.screen.query_one("Input").value = text  # type: ignore[attr-defined]
    assert text not in driver.text or key not in ("access_token", "refresh_token", "client_secret")
    await driver.press("enter")


async def test_a_profile_is_set_up_changed_and_deleted(world: World) -> None:
    async with world.driving() as driver:
        await on_profiles(driver)
        assert driver.sees("No profile yet", "What you need")
        await driver.press("n")
        await driver.until(lambda: isinstance(driver.app.screen, Prompt), "its name")
        await driver.type("acme")
        await driver.press("enter")
        await fill_in(driver, "access_token", SECRET)
        assert driver.sees("••••••")
        assert SECRET not in driver.text
        await driver.press("s")
        await driver.until_sees("acme", "Details")
        assert [profile.name for profile in world.workspace.profiles.all()] == ["acme"]
        assert SECRET not in driver.text
        await driver.press("e")
        await driver.until(lambda: isinstance(driver.app.screen, ProfileDialog), "the form")
        assert driver.sees("••••••")
        assert SECRET not in driver.text
        await driver.press("escape", "delete")
        await driver.until_sees("Delete the profile acme?")
        await driver.press("enter")
        await driver.until_sees("No profile yet")
        assert world.workspace.profiles.all() == ()


async def test_a_profile_is_tried_out_step_by_step(world: World) -> None:
    profiles = world.workspace.profiles
    url = world.sandbox.base_url
    hosts = {"api": url, "accounts": url, "upload": url}
    values = {"access_token": world.sandbox.token, "domains": hosts, "environment": "sandbox"}
    profiles.save(profiles.make("local", values, None))
    async with world.driving((120, 40)) as driver:
        screen = await on_profiles(driver)
        await driver.until_sees("local")
        await driver.press("t")
        await driver.until(lambda: len(screen._steps.get("local", ())) >= 3, "some steps")
        await driver.until_sees("✓")
        assert world.sandbox.token not in driver.text
