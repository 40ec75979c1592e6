"""Which module to import into."""

from __future__ import annotations

from collections.abc import Sequence

from ztui.model.crm import Module
from ztui.tui.dialogs.picker import Choice, Picker
from ztui.tui.widgets.grid_model import Column


def module_picker(modules: Sequence[Module], start: str) -> Picker:
    """A picker over modules; those that cannot be imported into say why."""
    choices = []
    for module in modules:
        refused = ""
        if not module.api_supported:
            refused = "Zoho's API does not support this module."
        elif not (module.creatable or module.editable):
            refused = "Your user may neither create nor edit records here."
        cells = (module.plural_label or module.api_name, module.api_name)
        choices.append(Choice(module.api_name, cells, cells, "", 0.0, refused))
    columns = (Column("Module", width=30), Column("API name", width=30, mark="muted"))
    return Picker("Import into which module?", columns, choices, placeholder="module name", start=start)
