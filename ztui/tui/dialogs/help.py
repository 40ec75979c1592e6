"""What this screen is for, and every key that works on it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from ztui.present.help import key_lines, purpose
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.palette import SKIPPED

#: Cells for the keys: the box without its frame, its padding and a scroll bar.
_ROOM = 68


class HelpDialog(Dialog[None]):
    """An overlay with the keys of the screen it was called from."""

    HEADING = "Help"
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "close"), ("^p", "all actions"))
    BINDINGS: ClassVar[list[BindingType]] = [Binding("question_mark,f1,q", "leave", "Close", show=False)]
    DEFAULT_CSS = """
    HelpDialog { & > #box { width: 76; } & VerticalScroll { height: auto; max-height: 70vh; } }
    """

    def __init__(self, topic: str, keys: list[tuple[str, str]]) -> None:
        super().__init__()
        self._topic, self._keys = topic, keys

    @classmethod
    def about(cls, screen: Screen[Any]) -> HelpDialog:
        """Help for a screen as it is now, focus included."""
        keys: dict[str, list[str]] = {}
        for key, (_node, binding, enabled, _tip) in screen.active_bindings.items():
            said = binding.show or binding.action.split("(")[0] not in SKIPPED
            if enabled and binding.description and said:
                shown = screen.app.get_key_display(binding) if binding.key == key else key
                keys.setdefault(binding.description, []).append(shown)
        return cls(type(screen).__name__, [(" ".join(dict.fromkeys(k)), what) for what, k in keys.items()])

    def body(self) -> ComposeResult:
        """Purpose, then the keys in two columns."""
        with VerticalScroll():
            yield Words(purpose(self._topic))
            parts: list[str | tuple[str, str]] = ["\n"]
            for line in key_lines(self._keys, _ROOM):
                for keys, what in line:
                    parts += [(keys, "key"), f"  {what}"]
                parts.append("\n")
            yield Words(*parts)
