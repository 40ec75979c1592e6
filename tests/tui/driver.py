"""Drives the interface as a user would: by what is on screen. Waits for states, never for time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from textual.pilot import Pilot
from textual.widget import Widget

from ztui.engine.workspace import Workspace
from ztui.store.locations import Locations
from ztui.tui.app import ZtuiApp
from ztui.tui.drag import Ghost
from ztui.tui.screens.mapping import MappingScreen
from ztui.tui.widgets.fields import FieldList
from ztui.tui.widgets.preview import Preview

LIMIT = 20.0


class Driver:
    """Hands on the keyboard and mouse, eyes on the screen."""

    def __init__(self, app: ZtuiApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    # -- eyes

    @property
    def text(self) -> str:
        """The top screen as lines of text."""
        strips = self.app.screen._compositor.render_strips()
        return "\n".join(strip.text.rstrip() for strip in strips)

    def sees(self, *texts: str) -> bool:
        """True when all of these are on screen."""
        here = self.text
        return all(text in here for text in texts)

    def place(self, text: str, *, within: Widget | None = None) -> tuple[int, int]:
        """The cell in the middle of a text on screen (within a widget)."""
        region = within.region if within is not None else self.app.screen.region
        for y, line in enumerate(self.text.split("\n")):
            if region.y <= y < region.bottom:
                x = line.find(text, region.x)
                if 0 <= x < region.right:
                    return x + len(text) // 2, y
        raise AssertionError(f"{text!r} is not on screen:\n{self.text}")

    @property
    def toasts(self) -> list[str]:
        """What the passing notes say."""
        return [note.message for note in self.app._notifications]

    # -- patience

    async def until(self, true: Callable[[], bool], what: str = "") -> None:
        """Wait until something holds; fails with the screen after a while."""
        loop = asyncio.get_running_loop()
        end = loop.time() + LIMIT
        while not true():
            if loop.time() > end:
                raise AssertionError(f"never came true: {what}\n{self.text}")
            await self.pilot.pause(0.01)
        await self.pilot.pause()

    async def until_sees(self, *texts: str) -> None:
        """Wait until these are on screen."""
        await self.until(lambda: self.sees(*texts), " and ".join(texts))

    # -- hands

    async def press(self, *keys: str) -> None:
        """Keys, one after the other."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def type(self, text: str) -> None:
        """Characters."""
        names = {" ": "space", ".": "full_stop", "/": "slash", "_": "underscore", "-": "minus", ":": "colon"}
        await self.press(*[names.get(char, char) for char in text])

    async def click(self, text: str, *, within: Widget | None = None, times: int = 1) -> None:
        """Click on a text."""
        x, y = self.place(text, within=within)
        await self.pilot.click(offset=(x, y), times=times)
        await self.pilot.pause()

    async def hold(self, at: tuple[int, int]) -> None:
        """Press the mouse button."""
        await self.pilot.mouse_down(offset=at)

    async def move(self, start: tuple[int, int], end: tuple[int, int], steps: int = 6) -> None:
        """Move with the button held."""
        for step in range(1, steps + 1):
            x = start[0] + (end[0] - start[0]) * step // steps
            y = start[1] + (end[1] - start[1]) * step // steps
            await self.pilot.hover(offset=(x, y))
        await self.pilot.pause()

    async def let_go(self, at: tuple[int, int]) -> None:
        """Release the button."""
        await self.pilot.mouse_up(offset=at)
        await self.pilot.pause()

    # -- the mapping screen

    @property
    def mapping(self) -> MappingScreen:
        """The mapping screen (it must be on top)."""
        screen = self.app.screen
        assert isinstance(screen, MappingScreen), screen
        return screen

    @property
    def fields(self) -> FieldList:
        """Its field list."""
        return self.mapping.query_one(FieldList)

    @property
    def preview(self) -> Preview:
        """Its preview."""
        return self.mapping.query_one(Preview)

    @property
    def ghost(self) -> Ghost:
        """What follows the pointer."""
        return self.mapping.query_one(Ghost)

    async def mapped(self) -> None:
        """Wait for the first proposal."""
        await self.until(lambda: self.app.session.draft is not None, "a proposal")
        await self.until_sees("columns mapped")

    def feeds(self, api_name: str) -> list[str]:
        """The headers of the columns that feed a field."""
        draft = self.app.session.draft
        assert draft is not None
        mapped = draft.mapping.for_field(api_name)
        return [draft.header(column) for column in mapped.columns] if mapped else []

    def column_place(self, header: str) -> tuple[int, int]:
        """Where the head of a column is, scrolling it into view."""
        index = [column.title for column in self.preview.columns].index(header)
        self.preview.move_to(self.preview.line, index)
        region = self.preview.content_region
        start = next(start for column, start, _ in self.preview.spans() if column == index)
        return region.x + start + 1, region.y

    def field_place(self, api_name: str) -> tuple[int, int]:
        """Where a field's line is, scrolling it into view."""
        assert self.fields.go_to(api_name), api_name
        region = self.fields.content_region
        return region.x + 6, region.y + self.fields.header + self.fields.line - self.fields.top

    async def drag(self, header: str, to: str, *, cell: bool = False) -> None:
        """Drag a column by its head (or by a cell) onto a field, named by its API name."""
        start = self.column_place(header)
        end = self.field_place(to)
        await self.pilot.pause()
        if cell:
            start = (start[0], start[1] + self.preview.header + 1)
        await self.hold(start)
        await self.move(start, end)
        await self.let_go(end)


@asynccontextmanager
async def driving(
    tmp_path: Path,
    path: Path | str | None = None,
    *,
    size: tuple[int, int] = (120, 40),
    workspace: Workspace | None = None,
    module: str | None = None,
    notes: bool = False,
) -> AsyncIterator[Driver]:
    """The interface with a workspace of its own (without a profile: the standard fields) on a file.

    Passing notes are drawn with `notes`.
    """
    given = workspace or Workspace.open(locations=Locations.under(tmp_path / "places"))
    app = ZtuiApp(given, str(path) if path is not None else None, module)
    async with app.run_test(size=size, notifications=notes) as pilot:
        yield Driver(app, pilot)
