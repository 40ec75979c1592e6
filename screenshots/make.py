"""Redraws the pictures: drives the program on the demo's sandbox and writes what is on screen, one SVG a screen.

    python screenshots/make.py [--png]

`--png` adds PNG files (needs cairosvg). Nothing outside the demo's throw-away folders is read, so no picture can show
a real org, a path or a secret.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from ztui.engine.demo import Demo, demo
from ztui.tui.app import ZtuiApp
from ztui.tui.screens.check import CheckScreen
from ztui.tui.screens.inspector import InspectorScreen
from ztui.tui.screens.mapping import MappingScreen
from ztui.tui.widgets.fields import FieldList
from ztui.tui.widgets.preview import Preview

HERE = Path(__file__).parent
SIZE = (118, 34)
PATIENCE = 30.0
MONOSPACED = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace"

#: What differs from one drawing to the next, and what stands in its place (of the same width).
FROZEN = (
    (re.compile(r"[0-9a-f]{8}-\d{6}-\d{6}-[0-9a-f]{4}"), "8e1fe695-260105-093012-5a7e"),
    (re.compile(r"\d(?=&#160;s(?:<|&#160;))"), "2"),
    (re.compile(r"terminal-\d+"), "terminal"),
    (re.compile(r"<!--.*?-->\s*", re.DOTALL), ""),
    (re.compile(r"\d{4}-\d\d-\d\d(?=(&#160;| )\d\d:\d\d)"), "2026-01-05"),
    (re.compile(r"(?<![\d:])\d\d:\d\d(?![\d:])"), "09:30"),
)


class Camera:
    """Waits for what should be on screen, then takes its picture."""

    def __init__(self, app: ZtuiApp, pilot: Pilot[int], shown: Demo, folder: Path) -> None:
        self.app, self.pilot, self.folder = app, pilot, folder
        self.place = str(shown.path.parent)
        self.taken: list[Path] = []

    @property
    def text(self) -> str:
        """What is on screen."""
        return "\n".join(strip.text for strip in self.app.screen._compositor.render_strips())

    async def until(self, true: Callable[[], bool], what: str) -> None:
        """Wait until something holds; SystemExit with the screen when it never does."""
        end = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > end:
                raise SystemExit(f"never came true: {what}\n{self.text}")
            await self.pilot.pause(0.02)
        await self.pilot.pause()

    async def until_seen(self, *texts: str) -> None:
        """Wait until all of these are on screen."""
        await self.until(lambda: all(text in self.text for text in texts), " and ".join(texts))

    async def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def take(self, name: str) -> None:
        """Write the screen as it is, without passing notes."""
        self.app.clear_notifications()
        await self.pilot.pause()
        path = self.folder / f"{name}.svg"
        picture = self.app.export_screenshot(title="ztui")
        path.write_text(plain(picture, self.place), encoding="utf-8")
        self.taken.append(path)


def plain(svg: str, place: str) -> str:
    """The picture without times, ids and folders of this drawing, and without fonts from the net."""
    home = "~/imports"
    svg = svg.replace(place, home + "&#160;" * (len(place) - len(home)))
    for pattern, instead in FROZEN:
        svg = pattern.sub(instead, svg)
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"Fira Code, ?monospace", MONOSPACED, svg)
    return re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE)


async def a_drag(camera: Camera) -> None:
    """A column on its way to a field: what it may be dropped on is lit up."""
    screen = camera.app.screen
    assert isinstance(screen, MappingScreen)
    preview, fields = screen.query_one(Preview), screen.query_one(FieldList)
    titles = [column.title for column in preview.columns]
    start_x = next(x for column, x, _ in preview.spans() if column == titles.index("Surname"))
    start = (preview.content_region.x + start_x + 2, preview.content_region.y)
    fields.go_to("Last_Name")
    end = (fields.content_region.x + 12, fields.content_region.y + fields.header + fields.line - fields.top)
    await camera.pilot.mouse_down(offset=start)
    for step in range(1, 9):
        where = (start[0] + (end[0] - start[0]) * step // 8, start[1] + (end[1] - start[1]) * step // 8)
        await camera.pilot.hover(offset=where)
    await camera.pilot.pause()
    await camera.take("demo")
    await camera.pilot.mouse_up(offset=end)
    await camera.pilot.pause()


async def mapping_and_check(camera: Camera) -> None:
    """The proposal with a column on its way to a field, and what the check found."""
    await camera.until(lambda: camera.app.session.draft is not None, "a proposal")
    await camera.until_seen("columns mapped", "600 rows")
    await a_drag(camera)
    await camera.press("c")
    await camera.until(lambda: camera.app.session.report_is_current, "a whole check")
    await camera.until_seen("will be sent")
    await camera.take("check")


async def run_and_inspector(camera: Camera) -> None:
    """All rows sent, refused ones explained and mended."""
    assert isinstance(camera.app.screen, CheckScreen)
    await camera.press("a", "s")
    await camera.until_seen("Send this import?")
    await camera.take("send")
    await camera.press("enter")
    await camera.until_seen("Done:", "refused")
    await camera.take("run")
    await camera.press("i")
    await camera.until(lambda: isinstance(camera.app.screen, InspectorScreen), "the inspector")
    await camera.until_seen("are in the CRM", "not an e-mail")
    screen = camera.app.screen
    assert isinstance(screen, InspectorScreen)
    titles = [line.cells[0] for line in screen.groups.source.lines(0, 20)]
    screen.groups.move_to(["not an e-mail" in title for title in titles].index(True))
    await camera.press("enter")
    await camera.take("inspector")
    await camera.press("f")
    await camera.until_seen("What could mend")
    await camera.press("enter", "r")
    await camera.until_seen("Send these rows again?")
    await camera.press("enter")
    await camera.until_seen("Done:")


async def jobs_and_mass_update(camera: Camera) -> None:
    """The list of runs, and a mass update of the records of one."""
    await camera.press("J")
    await camera.until_seen("Recent files", "sample-leads.csv")
    await camera.press("space")
    await camera.take("jobs")
    await camera.press("U")
    await camera.until_seen("Write one value to many records")
    await camera.press("down", "enter")
    await camera.until_seen("Which records?")
    await camera.press(*"wrote", "enter")
    await camera.until_seen("Records of which import?")
    await camera.press("end", "enter")
    await camera.until_seen("records from import")
    await camera.press("down", "enter")
    await camera.until_seen("Which field is written?")
    await camera.press(*"rating", "enter")
    await camera.until_seen("Rating =")
    await camera.press("down", "enter")
    await camera.until_seen("the new value replaces")
    await camera.press("s")
    await camera.until_seen("Update these records?")
    await camera.press("enter")
    await camera.until_seen("done")
    await camera.take("mass-update")


async def shoot(shown: Demo, folder: Path) -> list[Path]:
    """All pictures, from opening the file to the mass update."""
    app = ZtuiApp(shown.workspace(), str(shown.path))
    async with app.run_test(size=SIZE) as pilot:
        camera = Camera(app, pilot, shown, folder)
        await camera.until(lambda: isinstance(app.screen, MappingScreen), "the mapping screen")
        await mapping_and_check(camera)
        await run_and_inspector(camera)
        await jobs_and_mass_update(camera)
        return camera.taken


async def work(folder: Path) -> list[Path]:
    """Start the demo and take the pictures."""
    with demo() as shown:
        await shown.fill()
        return await shoot(shown, folder)


def main() -> None:
    """Draw everything anew."""
    parser = argparse.ArgumentParser(description="Redraw the pictures of the screens.")
    parser.add_argument("--png", action="store_true", help="write PNG files too (needs cairosvg)")
    parser.add_argument("--to", type=Path, default=HERE, help="folder to write to (default: beside this file)")
    chosen = parser.parse_args()
    for path in asyncio.run(work(chosen.to)):
        sys.stdout.write(f"{path.name}\n")
        if chosen.png:
            # It takes the first family it is told, known or not.
            svg = path.read_text(encoding="utf-8").replace(MONOSPACED, "DejaVu Sans Mono")
            importlib.import_module("cairosvg").svg2png(
                svg.encode(), write_to=str(path.with_suffix(".png")), output_width=1400
            )


if __name__ == "__main__":
    main()
