"""A partial update shows what Textual's own compositor would have shown."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region

from tests.tui.driver import driving
from ztui.tui.compositor import FrugalCompositor
from ztui.tui.frugal import Frame

KEYS = (
    *(
        "down",
        "up",
        "right",
        "left",
        "pagedown",
        "pageup",
        "tab",
        "home",
        "end",
        "ctrl+end",
        "ctrl+home",
        "delete",
        "u",
    ),
    *("question_mark,escape", "p,escape", "t,down,escape", "o,tab,escape", "d,escape", "slash,a,enter"),
)


class Watched:
    """Renders each partial update a second time the plain way, and compares what is sent of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.updates = self.rendered = self.plainly = 0
        self._plain = False
        sharp, renders = FrugalCompositor.render_partial_update, FrugalCompositor._get_renders

        def partial(compositor: FrugalCompositor) -> ChopsUpdate | None:
            changed = set(compositor._dirty_regions)
            update = sharp(compositor)
            self._plain = True
            compositor._dirty_regions.update(changed)
            expected = Compositor.render_partial_update(compositor)
            self._plain = False
            if update is not None:
                assert expected is not None
                self.updates += 1
                assert cells(update) == cells(expected)
            return update

        def counted(compositor: FrugalCompositor, crop: Region | None = None) -> Any:
            for render in renders(compositor, crop):
                if self._plain:
                    self.plainly += len(render[2])
                elif compositor._changed is not None:
                    self.rendered += len(render[2])
                yield render

        monkeypatch.setattr(FrugalCompositor, "render_partial_update", partial)
        monkeypatch.setattr(FrugalCompositor, "_get_renders", counted)


def cells(update: ChopsUpdate) -> str:
    """All that is sent for an update to a terminal of which nothing is known."""
    return Frame().encode(update, Console(color_system="truecolor"), 120, 40)


@pytest.mark.parametrize("seed", range(3))
async def test_partial_updates_are_the_same(
    seed: int, tmp_path: Path, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    watched = Watched(monkeypatch)
    draw = random.Random(seed)
    async with driving(tmp_path, many, size=(120, 40)) as driver:
        await driver.mapped()
        for _ in range(60):
            await driver.press(*draw.choice(KEYS).split(","))
    assert watched.updates > 40
    assert watched.rendered < watched.plainly / 2
