"""What all dialogs share: a framed box over the dimmed screen, Esc to leave, a hint line, plain text throughout."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from rich.style import Style
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input

from ztui.present.text import visible
from ztui.tui.ink import ink

T = TypeVar("T")


class Words(Widget):
    """Plain text in one or more styles, wrapped; parts are (text, kind) pairs and never parsed as markup."""

    ALLOW_SELECT = False
    KINDS: ClassVar[dict[str, tuple[str, bool]]] = {
        "soft": ("ink-soft", False),
        "strong": ("ink", True),
        "accent": ("accent", False),
        "good": ("success", False),
        "warn": ("warning", False),
        "bad": ("error", True),
        "key": ("cursor", True),
    }
    DEFAULT_CSS = """
    Words { width: 1fr; height: auto; }
    """

    def __init__(self, *parts: str | tuple[str, str], id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._parts: tuple[tuple[str, str], ...] = ()
        self.say(*parts)

    def say(self, *parts: str | tuple[str, str]) -> None:
        """Say something else; line breaks between and within parts are kept, everything else is cleaned."""
        clean = tuple((part, "") if isinstance(part, str) else part for part in parts)
        if clean != self._parts:
            self._parts = clean
            self.refresh(layout=True)

    @property
    def text(self) -> str:
        """What is said, without styles."""
        return "".join(part for part, _ in self._parts)

    def render(self) -> Text:
        """The text."""
        text = Text()
        for part, kind in self._parts:
            style: Style | str = ""
            if kind:
                colour, bold = self.KINDS[kind]
                style = ink(self, colour, bold=bold)
            for index, line in enumerate(part.split("\n")):
                if index:
                    text.append("\n")
                text.append(visible(line), style)
        return text


class Dialog(ModalScreen[T], Generic[T]):
    """A box in the middle of the screen. Subclasses give `body()` and dismiss with a value; Esc dismisses with None."""

    HEADING = ""
    HINTS: ClassVar[tuple[tuple[str, str], ...]] = (("Esc", "close"),)
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "Close", show=False)]
    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 0%;  /* dimming what lies below would send every cell of it again */
        color: $ink;
        & > #box {
            width: 72; max-width: 96%; height: auto; max-height: 92%;
            background: $surface; border: round $cursor; padding: 0 1;
        }
        & #heading { height: 1; text-style: bold; color: $accent; margin-bottom: 1; }
        & #hints { height: 1; margin-top: 1; color: $ink-soft; }
        & Input {
            background: $panel; border: none; height: 1; padding: 0 1;
            &:focus { border: none; background: $cursor-soft; }
        }
    }
    """

    def __init__(self, heading: str = "") -> None:
        super().__init__()
        self._heading = heading or self.HEADING
        self._before: list[str] = []

    def compose(self) -> ComposeResult:
        """Heading, body, hints."""
        with Vertical(id="box"):
            yield Words(self._heading, id="heading")
            yield from self.body()
            yield Hints(*self.HINTS)

    def body(self) -> ComposeResult:
        """The dialog's own widgets."""
        yield from ()

    def action_leave(self) -> None:
        """Close without an answer."""
        self.dismiss(None)

    @property
    def _inputs(self) -> list[str]:
        return [field.value for field in self.query(Input)]

    def on_mount(self) -> None:
        """Know what a person has typed from what stood there before."""
        self._before = self._inputs

    def on_click(self, event: events.Click) -> None:
        """A click beside the box leaves, but never drops what was typed: that takes Esc."""
        beside = self.get_widget_at(int(event.screen_x), int(event.screen_y))[0] is self
        if beside and self._inputs == self._before:
            self.action_leave()


class Hints(Widget):
    """The keys of a dialog, clickable: `Enter take  ·  Esc close`."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    Hints { height: 1; margin-top: 1; color: $ink-soft; }
    """
    _KEYS: ClassVar[dict[str, str]] = {
        "Esc": "escape",
        "Enter": "enter",
        "Del": "delete",
        "Space": "space",
        "Tab": "tab",
    }

    def __init__(self, *hints: tuple[str, str]) -> None:
        super().__init__()
        self._hints = hints
        self._zones: list[tuple[int, int, str]] = []

    def show(self, *hints: tuple[str, str]) -> None:
        """Other keys."""
        self._hints = hints
        self.refresh()

    def render(self) -> Text:
        """The line."""
        text = Text(no_wrap=True)
        self._zones = []
        style = ink(self, "cursor", bold=True)
        for key, what in self._hints:
            start = text.cell_len
            text.append(key, style)
            text.append(f" {what}   ")
            self._zones.append((start, text.cell_len - 3, key))
        return text

    def on_click(self, event: events.Click) -> None:
        """Press the key."""
        for start, stop, key in self._zones:
            if start <= event.x < stop:
                event.stop()
                name = key.replace("^", "ctrl+") if key.startswith("^") else self._KEYS.get(key, key.lower())
                self.app.simulate_key(name)
