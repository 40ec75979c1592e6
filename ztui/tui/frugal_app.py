"""An app whose output goes through a `Frame`: only what differs from what the terminal shows is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import App
from textual.screen import Screen
from textual.strip import Strip

from ztui.tui.frugal import Frame

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text


class FrugalApp(App[int]):
    """Everything about it is Textual's but the last step, the writing."""

    def __init__(self) -> None:
        super().__init__()
        self._frame = Frame()

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        """Send only the difference to what the terminal shows (private in Textual; the version is pinned)."""
        from textual._compositor import CompositorUpdate

        if (
            not isinstance(renderable, CompositorUpdate)
            or self.is_inline
            or self.is_headless
            or self._driver is None
            or self._batch_count
            or not self._running
            or self._closed
        ):
            super()._display(screen, renderable)
            return
        try:
            size = self.size
            data = self._frame.encode(renderable, self.console, size.width, size.height)
            if data:
                self._begin_update()
                self._driver.write(data)
                if self.cursor_position:  # an input line: input methods show their window there
                    x, y = screen.outer_size.clamp_offset(self.cursor_position)
                    self._driver.write(f"\x1b[{y + 1};{x + 1}H")
                self._end_update()
                self._driver.flush()
        finally:
            self.post_display_hook()

    def write_first_line(self, text: Text) -> None:
        """Show a line at the top at once, before there is any widget; the first frame will cover it."""
        if self._driver is None or self.is_headless or self.is_inline:
            return
        line = Strip(text.render(self.console)).adjust_cell_length(self.size.width)
        self._begin_update()
        self._driver.write(f"\x1b[H{line.render(self.console)}")
        self._end_update()
        self._driver.flush()

    def on_resize(self) -> None:
        """What a terminal shows after a resize is its own affair: draw everything."""
        self._frame.forget()

    def on_mount(self) -> None:
        """Nor is it known what happened while the program was suspended."""
        self.app_resume_signal.subscribe(self, lambda _: self._frame.forget())

    def action_redraw(self) -> None:
        """Draw everything anew."""
        self._frame.forget()
        self.refresh(layout=True)
        self.screen.refresh(layout=True)
