"""Every action by name: what the focused widget, the screen and the program can do right now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.dom import DOMNode

from ztui.tui.dialogs.picker import Choice, Picker
from ztui.tui.widgets.grid_model import Column

if TYPE_CHECKING:
    from ztui.tui.app import ZtuiApp

#: Moving about is no action to look for by name.
SKIPPED = frozenset(
    [
        "cursor",
        "page",
        "edge",
        "step",
        "choose",
        "palette",
        "offer_quit",
        "page_left",
        "page_right",
        "page_up",
        "page_down",
        "scroll_up",
        "scroll_down",
        "scroll_left",
        "scroll_right",
        "scroll_home",
        "scroll_end",
        "screen.copy_text",
        "app.focus_next",
        "app.focus_previous",
    ]
)
#: What the program can do from anywhere, with keys on some screens only.
EVERYWHERE = (
    ("jobs", "Runs and recent files"),
    ("profiles", "Profiles: orgs and credentials"),
    ("mass_update", "Mass update"),
    ("colours('ztui-dark')", "Colours: dark"),
    ("colours('ztui-light')", "Colours: light"),
    ("colours('ztui-terminal')", "Colours: the terminal's own (fewest bytes)"),
)


class Palette(Picker):
    """A picker over actions."""


def open_palette(app: ZtuiApp) -> None:
    """Show the palette over the present screen and run what is chosen."""
    nodes: dict[str, tuple[DOMNode, str]] = {}
    choices: list[Choice] = []
    for _key, (node, binding, enabled, _tip) in app.screen.active_bindings.items():
        name = binding.action
        if not enabled or not binding.description or name.split("(")[0] in SKIPPED or name in nodes:
            continue
        nodes[name] = (node, name)
        title = binding.description.rstrip(" ▸")
        choices.append(Choice(name, (title, app.get_key_display(binding)), (title,)))
    for name, title in EVERYWHERE:
        if not {name, f"app.{name}"} & nodes.keys():
            nodes[name] = (app, name)
            choices.append(Choice(name, (title, ""), (title,)))
    choices.sort(key=lambda c: c.cells[0].casefold())
    columns = (Column("", width=56), Column("", width=14, mark="muted", right=True))

    def chosen(name: str | None) -> None:
        if name is not None:
            node, action = nodes[name]
            app.call_later(app.run_action, action, node)

    app.push_screen(Palette("What would you like to do?", columns, choices, placeholder="type an action"), chosen)
