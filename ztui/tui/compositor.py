"""Composes only what changed: a widget that no changed region touches is not asked for its lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual._compositor import ChopsUpdate, Compositor
from textual.geometry import Region
from textual.strip import Strip


class FrugalCompositor(Compositor):
    """Textual's compositor with a sharper eye for partial updates (private in Textual; the version is pinned).

    Textual takes the rectangle around all changes and renders every widget in it. With a list on the left, rows on the
    right and a line below, which change together, that is nearly always the whole screen.
    """

    def __init__(self) -> None:
        super().__init__()
        self._changed: Sequence[Region] | None = None

    def render_partial_update(self) -> ChopsUpdate | None:
        """The lines and columns that changed."""
        self._changed = tuple(self._dirty_regions)
        try:
            return super().render_partial_update()
        finally:
            self._changed = None

    def _get_renders(self, crop: Region | None = None) -> Iterable[tuple[Region, Region, list[Strip]]]:
        if self._changed is None:
            yield from super()._get_renders(crop)
            return
        # From front to back: what lies behind a widget that was rendered is not seen.
        open_changes = list(self._changed)
        for widget, (region, clip) in self.visible_widgets.items():
            seen = region.intersection(clip)
            touched = [seen.intersection(change) for change in open_changes if seen.overlaps(change)]
            if not touched:
                continue
            rows = Region.from_union(touched)
            part = Region(seen.x, rows.y, seen.width, rows.height)
            yield region, part, widget.render_lines(part.translate(-region.offset))
            open_changes = [change for change in open_changes if not seen.contains_region(change)]
            if not open_changes:
                return
