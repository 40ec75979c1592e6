"""What the mapping screen's actions may count on: its widgets and how it shows things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ztui.tui.screens.base import ZtuiScreen

if TYPE_CHECKING:
    from ztui.model.crm import Field
    from ztui.model.mapping import Step
    from ztui.tui.widgets.fields import FieldList
    from ztui.tui.widgets.preview import Preview


class MappingParts(ZtuiScreen):
    """Abstract: the parts of the mapping screen."""

    @property
    def fields(self) -> FieldList:
        """The left pane's list."""
        raise NotImplementedError

    @property
    def preview(self) -> Preview:
        """The right pane's table."""
        raise NotImplementedError

    def show_file(self) -> None:
        """Show the file from the top."""
        raise NotImplementedError

    def show_draft(self) -> None:
        """Show the mapping as it is now."""
        raise NotImplementedError

    def show_counts(self) -> None:
        """Show how many rows there are."""
        raise NotImplementedError

    def assign(self, column: int, field: Field, steps: tuple[Step, ...] = ()) -> None:
        """Map a column to a field, or say why not."""
        raise NotImplementedError

    def action_home(self) -> None:
        """To the runs and recent files."""
        raise NotImplementedError
