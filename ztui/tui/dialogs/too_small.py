"""Shown while the window is smaller than the screens are laid out for; it goes away by itself."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import ModalScreen

from ztui.tui.dialogs.base import Words
from ztui.tui.terminal import MIN_COLUMNS, MIN_LINES


class TooSmall(ModalScreen[None]):
    """Says what is needed, and leaves when there is room."""

    DEFAULT_CSS = """
    TooSmall { align: center middle; background: $background; & Words { width: 100%; text-align: center; } }
    """

    def compose(self) -> ComposeResult:
        """The message."""
        yield Words("", id="need")

    def on_mount(self) -> None:
        """Say what is needed."""
        self._look()

    def on_resize(self) -> None:
        """Fit again?"""
        self._look()

    def _look(self) -> None:
        width, height = self.app.size
        if width >= MIN_COLUMNS and height >= MIN_LINES:
            if self.is_current:
                self.dismiss(None)
        else:
            self.query_one(Words).say(
                (f"{width}×{height}", "bad"), f" is too small.\nEnlarge to {MIN_COLUMNS}×{MIN_LINES}."
            )
