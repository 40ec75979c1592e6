"""The lines that frame every screen: where you are, which step, and the keys that matter now."""

from __future__ import annotations

from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.widget import Widget

from ztui.present.text import clip, visible, width
from ztui.tui.ink import ink

STEPS = ("File", "Map", "Check", "Send")


class TitleBar(Widget):
    """File, module and operation on the left; profile and environment, in its own colour, on the right."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TitleBar {
        height: 1; background: $panel; color: $ink;
    }
    """

    class Pressed(Message):
        """A part of the bar was clicked: "file", "module" or "profile"."""

        def __init__(self, part: str) -> None:
            super().__init__()
            self.part = part

    def __init__(self) -> None:
        super().__init__()
        self._file = self._target = self._profile = self._environment = ""
        self._zones: list[tuple[int, int, str]] = []

    def show(self, file: str, target: str, profile: str, environment: str) -> None:
        """What to show; `environment` is Zoho's word (production, sandbox, developer) or "" without a profile."""
        facts = (file, target, profile, environment)
        if facts != (self._file, self._target, self._profile, self._environment):
            self._file, self._target, self._profile, self._environment = facts
            self.refresh()

    def render(self) -> Text:
        """The bar as text."""
        soft = ink(self, "ink-soft", "panel")
        room = self.size.width
        badge = f" {self._environment.upper()} " if self._environment else ""
        who = visible(self._profile) or "no profile"
        right = width(who) + 2 + width(badge)
        target = f"  →  {visible(self._target)}" if self._target else ""
        file = clip(visible(self._file), max(8, room - right - 10 - width(target)))
        target = clip(target, max(0, room - right - 10 - width(file)))
        text = Text(no_wrap=True)
        text.append(" ztui ", ink(self, "cursor-ink", "cursor", bold=True))
        text.append(f"  {file}", Style(bold=True))
        text.append(target, soft)
        self._zones = [(8, 8 + width(file), "file"), (8 + width(file), 8 + width(file) + width(target), "module")]
        text.append(" " * max(1, room - text.cell_len - right - 1))
        self._zones.append((text.cell_len, room, "profile"))
        text.append(f"{who}  ", soft)
        kind = {"production": "danger", "sandbox": "safe"}.get(self._environment, "hold")
        text.append(badge, ink(self, f"{kind}-ink", kind, bold=True))
        return text

    def on_click(self, event: events.Click) -> None:
        """Each part opens the choice behind it."""
        for start, stop, part in self._zones:
            if start <= event.x < stop:
                self.post_message(self.Pressed(part))


class Stepper(Widget):
    """The four steps of an import, the present one lit, and what stands at the moment on the right."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Stepper {
        height: 1; background: $background; color: $ink-soft;
    }
    """

    class Pressed(Message):
        """A step was clicked, 1 to 4."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, here: int) -> None:
        super().__init__()
        self._here = here
        self._status: tuple[tuple[str, str], ...] = ()
        self._zones: list[tuple[int, int, int]] = []

    _COLOURS: ClassVar[dict[str, str]] = {
        "here": "accent",
        "done": "ink",
        "later": "ink-faint",
        "good": "success",
        "warn": "warning",
        "bad": "error",
    }

    def _style(self, kind: str) -> Style:
        return ink(self, self._COLOURS[kind], bold=kind == "here")

    def status(self, *parts: tuple[str, str]) -> None:
        """What stands now, as (text, kind) with kind "", "good", "warn" or "bad"; what does not fit is left out."""
        if parts != self._status:
            self._status = parts
            self.refresh()

    def render(self) -> Text:
        """The line as text."""
        text = Text(" ", no_wrap=True)
        self._zones = []
        for number, name in enumerate(STEPS, 1):
            kind = "here" if number == self._here else "done" if number < self._here else "later"
            sign = "●" if number == self._here else "✓" if number < self._here else "○"
            start = text.cell_len
            text.append(f"{sign} {name}", self._style(kind))
            self._zones.append((start, text.cell_len, number))
            if number < len(STEPS):
                text.append(" ── ", self._style("later"))
        parts = list(self._status)
        room = self.size.width - text.cell_len - 3
        while parts and sum(width(visible(p)) + 3 for p, _ in parts) - 3 > room:
            parts.pop(0)
        if not parts and self._status:
            parts = [(clip(visible(self._status[-1][0]), max(0, room)), self._status[-1][1])]
        status = Text()
        for index, (part, kind) in enumerate(parts):
            if index:
                status.append(" · ", self._style("later"))
            status.append(visible(part), self._style(kind) if kind else "")
        text.append(" " * max(1, self.size.width - text.cell_len - status.cell_len - 1))
        text.append_text(status)
        return text

    def on_click(self, event: events.Click) -> None:
        """Go to that step."""
        for start, stop, step in self._zones:
            if start <= event.x < stop:
                self.post_message(self.Pressed(step))


class KeyBar(Widget):
    """The keys that work where the focus is, most specific first; a click presses them."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    KeyBar {
        height: 1; background: $panel; color: $ink-soft;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[tuple[str, str, str]] = []
        self._zones: list[tuple[int, int, str]] = []

    def on_mount(self) -> None:
        """Follow the focus."""
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._follow())
        self._follow()

    def on_unmount(self) -> None:
        """Stop following."""
        self.screen.bindings_updated_signal.unsubscribe(self)

    def _follow(self) -> None:
        if not self.screen.is_mounted:
            return
        keys: list[tuple[str, str, str]] = []
        seen: set[str] = set()
        for key, (_, binding, enabled, _tip) in self.screen.active_bindings.items():
            if binding.show and enabled and binding.action not in seen:
                seen.add(binding.action)
                keys.append((key, self.app.get_key_display(binding), binding.description))
        # What belongs to the whole program comes last; it is the first to give way when the line is full.
        keys.sort(key=lambda k: k[0] in ("question_mark", "ctrl+p"))
        if keys != self._keys:
            self._keys = keys
            self.refresh()

    def render(self) -> Text:
        """The keys as text."""
        key_style = ink(self, "cursor", "panel", bold=True)
        text_style = ink(self, "ink-soft", "panel")
        text = Text(no_wrap=True)
        self._zones = []
        help_room = 8
        for key, shown, what in self._keys:
            piece = f" {shown} {what} "
            room = self.size.width - (0 if key in ("question_mark", "ctrl+p") else help_room)
            if text.cell_len + width(piece) > room:
                continue
            start = text.cell_len
            text.append(f" {shown}", key_style)
            text.append(f" {what} ", text_style)
            self._zones.append((start, text.cell_len, key))
        return text

    def on_click(self, event: events.Click) -> None:
        """Press the key that was clicked."""
        for start, stop, key in self._zones:
            if start <= event.x < stop:
                self.app.simulate_key(key)
