"""What this screen is for, and every key that works on it."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen

from ztui.present.help import purpose
from ztui.tui.dialogs.base import Dialog, Words
from ztui.tui.palette import SKIPPED


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
            if enabled and binding.description and binding.action.split("(")[0] not in SKIPPED:
                shown = screen.app.get_key_display(binding) if binding.key == key else key
                keys.setdefault(binding.description, []).append(shown)
        return cls(type(screen).__name__, [(" ".join(dict.fromkeys(k)), what) for what, k in keys.items()])

    def body(self) -> ComposeResult:
        """Purpose, then the keys in two columns."""
        with VerticalScroll():
            yield Words(purpose(self._topic))
            parts: list[str | tuple[str, str]] = ["\n"]
            half = (len(self._keys) + 1) // 2
            for index in range(half):
                for place in (index, index + half):
                    if place < len(self._keys):
                        keys, what = self._keys[place]
                        parts.append((f"{keys[:13]:>13}  ", "key"))
                        parts.append(f"{what[:19]:<20}")
                parts.append("\n")
            yield Words(*parts)
