"""The file is deleted, or its disk pulled out, while it is on screen."""

import asyncio
from pathlib import Path

from tests.tui.driver import driving
from ztui.tui.dialogs.message import ErrorDialog


async def test_a_deleted_file_is_told_and_is_no_crash(tmp_path: Path, people: Path) -> None:
    async with driving(tmp_path, people) as driver:
        await driver.mapped()
        await asyncio.to_thread(people.unlink)
        file = driver.app.screen.session.file  # type: ignore[attr-defined]
        file._windows.clear()  # nothing read before is to help
        await driver.press("down", "right", "pagedown")
        file._windows.clear()
        await driver.press("c")
        await driver.until(lambda: isinstance(driver.app.screen, ErrorDialog))
