"""Dragging something from one widget onto another: the press, the ghost that follows the pointer, the drop.

Textual has no drag and drop. A widget that can be dragged from mixes in `DragSource` and names what lies under the
pointer; the screen mixes in `DragField`, keeps the ghost mounted (toggling it would lay out the screen anew) and hears
`started`, `over` and `dropped`.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget

from ztui.present.text import pad, visible

#: Cells the pointer must travel before a press becomes a drag.
THRESHOLD = 2


@dataclass(frozen=True, slots=True)
class Cargo:
    """What is being dragged: its kind ("column" or "field"), which one, and what the ghost says."""

    kind: str
    index: int
    name: str
    label: str


class DragSource(Widget):
    """Mixin: a widget from which things can be dragged."""

    class Started(Message):
        """A drag began."""

        def __init__(self, cargo: Cargo, x: int, y: int) -> None:
            super().__init__()
            self.cargo, self.x, self.y = cargo, x, y

    class Carried(Message):
        """The pointer moved on, at these screen cells."""

        def __init__(self, cargo: Cargo, x: int, y: int) -> None:
            super().__init__()
            self.cargo, self.x, self.y = cargo, x, y

        def can_replace(self, message: Message) -> bool:
            """Only the latest place counts."""
            return isinstance(message, DragSource.Carried)

    class Ended(Message):
        """The drag ended at these screen cells; `dropped` is False when it was given up."""

        def __init__(self, cargo: Cargo, x: int, y: int, *, dropped: bool) -> None:
            super().__init__()
            self.cargo, self.x, self.y, self.dropped = cargo, x, y, dropped

    _cargo: Cargo | None = None
    _dragging: bool = False
    _from: Offset = Offset(0, 0)

    @abstractmethod
    def cargo_at(self, x: int, y: int) -> Cargo | None:
        """What can be dragged from this cell of the widget."""

    @property
    def dragging(self) -> bool:
        """True while something from here follows the pointer."""
        return self._dragging

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """A press may become a drag."""
        border = self.content_region.offset - self.region.offset
        within = event.x - border.x, event.y - border.y
        self._cargo = self.cargo_at(*within) if event.button == 1 else None
        self._dragging = False
        self._from = Offset(int(event.screen_x), int(event.screen_y))
        if self._cargo is not None:
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Beyond the threshold, the press is a drag."""
        cargo = self._cargo
        if cargo is None:
            return
        x, y = int(event.screen_x), int(event.screen_y)
        if self._dragging:
            self.post_message(DragSource.Carried(cargo, x, y))
        elif abs(x - self._from.x) + abs(y - self._from.y) >= THRESHOLD:
            self._dragging = True
            self.post_message(DragSource.Started(cargo, x, y))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel turns what lies under the pointer, not the widget that has captured the mouse."""
        self._turn(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """As downwards."""
        self._turn(event, -1)

    def _turn(self, event: events.MouseEvent, way: int) -> None:
        if self._cargo is None or not self._dragging:
            return
        event.prevent_default().stop()
        x, y = int(event.screen_x), int(event.screen_y)
        for pane in self.screen.walk_children():
            if isinstance(pane, DragSource) and pane.region.contains(x, y):
                pane.scroll_relative(y=way * self.app.scroll_sensitivity_y, animate=False)
        self.post_message(DragSource.Carried(self._cargo, x, y))  # another line is under the pointer now

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """The drop, or the end of a mere click."""
        self._finish(int(event.screen_x), int(event.screen_y), dropped=True)

    def cancel_drag(self) -> bool:
        """Give the drag up (Esc, a dialog, a lost capture); False when there was none."""
        was = self._dragging
        self._finish(0, 0, dropped=False)
        return was

    def _finish(self, x: int, y: int, *, dropped: bool) -> None:
        cargo, was = self._cargo, self._dragging
        self._cargo, self._dragging = None, False
        if self.app.mouse_captured is self:
            self.release_mouse()
        if cargo is not None and was:
            self.post_message(DragSource.Ended(cargo, x, y, dropped=dropped))

    def on_mouse_release(self, event: events.MouseRelease) -> None:
        """The capture was taken away: no drop."""
        event.stop()
        if self._dragging:
            self._finish(0, 0, dropped=False)


class Ghost(Widget):
    """The label that follows the pointer. Always mounted, parked outside the screen while nothing is dragged."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Ghost {
        layer: ghost; position: absolute; width: 14; height: 1; offset: 0 -5;
        background: $accent; color: $cursor-ink;
        &.-refused { background: $error; color: $danger-ink; }
    }
    """

    #: Cells; the narrower, the fewer bytes a move costs.
    WIDTH = 14

    def __init__(self) -> None:
        super().__init__()
        self._label = ""

    def render(self) -> Text:
        """The label."""
        return Text(pad(f" ⠿ {visible(self._label)}", self.WIDTH), no_wrap=True)

    def carry(self, label: str, x: int, y: int) -> None:
        """Show the label beside the pointer."""
        if label != self._label:
            self._label = label
            self.refresh()
        self.follow(x, y)

    def follow(self, x: int, y: int) -> None:
        """Follow the pointer, within the screen."""
        width, height = self.screen.size
        place = Offset(max(0, min(x + 1, width - self.WIDTH)), y + 1 if y + 2 < height else y - 1)
        if place != self.offset:
            self.offset = place

    def park(self) -> None:
        """Out of sight."""
        self.remove_class("-refused")
        self.offset = Offset(0, -5)
