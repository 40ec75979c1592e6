"""Which column feeds which field: the fields on the left, the file on the right, dragged together or chosen by key."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal

from ztui.tui.drag import DragSource, Ghost
from ztui.tui.screens.mapping_choosing import Choosing
from ztui.tui.screens.mapping_looking import Looking
from ztui.tui.screens.mapping_opening import Opening
from ztui.tui.screens.mapping_saving import Saving
from ztui.tui.widgets.detail import Detail
from ztui.tui.widgets.fields import FieldList
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.preview import Preview

if TYPE_CHECKING:
    from ztui.model.finding import Finding

_HEAD_START = 0.3
"""Seconds that the first painting waits for a file; later the empty panes are shown until it is there."""


class MappingScreen(Opening, Choosing, Looking, Saving):
    """Step 2: map."""

    STEP = 2
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "check", "Check ▸", show=True),
        Binding("o", "options", "Options", show=True),
        Binding("t", "transforms", "Transforms", show=True),
        Binding("m", "next_missing", "Next required field", show=False),
        Binding("u,ctrl+z", "undo", "Undo", show=False),
        Binding("ctrl+y,ctrl+r", "redo", "Redo", show=False),
        Binding("d", "dialect", "Format", show=True),
        Binding("s", "save", "Save mapping", show=False),
        Binding("L", "load", "Load mapping", show=False),
        Binding("M", "module", "Other module", show=False),
        Binding("ctrl+o", "open_file", "Open a file", show=False),
        Binding("slash", "filter", "Find field", show=True, key_display="/"),
        Binding("ctrl+f", "search", "Search", show=True, key_display="^f"),
        Binding("n", "search_next(1)", "Next hit", show=False),
        Binding("N", "search_next(-1)", "Previous hit", show=False),
        Binding("ctrl+g", "go_to", "Go to row or line", show=False),
        Binding("escape", "escape", "Back", show=False, key_display="Esc"),
    ]
    DEFAULT_CSS = """
    MappingScreen {
        & #panes { height: 1fr; }
        & FieldList { width: 42%; min-width: 34; max-width: 70; }
        & Preview { width: 1fr; }
        & Grid { border: round $line; border-title-color: $ink-soft; border-subtitle-color: $ink-faint;
                 border-title-style: bold; }
        & Grid:focus { border: round $cursor; border-title-color: $cursor; }
    }
    """

    def content(self) -> ComposeResult:
        """Two panes and a line about what the cursor is on."""
        with Horizontal(id="panes"):
            yield FieldList(id="fields")
            yield Preview(id="preview")
        yield Detail()
        yield Ghost()

    async def on_mount(self) -> None:
        """Show what is there; open what was named."""
        self.fields.border_title = "Fields"
        self.preview.border_title = "File"
        self.retitle()
        self.preview.focus()
        if self.session.file is None and self.session.path is not None:
            self.begin(self.session.path)
            # Most files are there in a moment, and what is painted first then shows their rows.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.opened.wait(), _HEAD_START)
        else:
            self.show_file()

    def go_to_finding(self, finding: Finding) -> None:
        """Put the cursor on the cell (or the field) that a finding is about."""
        if finding.record is not None:
            self.preview.focus()
            self.preview.mark_wrong(finding.record, finding.column)
            self.preview.move_to(finding.record, finding.column, center=True)
        elif finding.api_name is not None:
            self.fields.filter = ""
            self.fields.refill(self.session.draft)
            self.fields.focus()
            self.fields.go_to(finding.api_name)
        elif finding.line is not None and self.session.file is not None:
            self.preview.focus()
            self.preview.move_to(self.session.file.record_at_line(finding.line), finding.column, center=True)

    @on(Grid.Moved)
    def _moved(self, event: Grid.Moved) -> None:
        if event.grid is self.fields or event.column != self._shown_column or not self.preview.has_focus:
            self._shown_column = event.column
            self.show_detail()

    _shown_column = -1

    def on_descendant_focus(self) -> None:
        """The other pane: other detail."""
        self.show_detail()

    @on(Grid.Chosen)
    def _chosen(self, event: Grid.Chosen) -> None:
        self.drop_notes()  # they would lie over what the list says of its lines
        if event.grid is self.fields:
            self.pick_column()
        elif event.grid is self.preview:
            self.pick_field(event.column)

    def go_to_step(self, step: int) -> None:
        """Another file, or on to the check."""
        match step:
            case 1:
                self.action_open_file()
            case 3 | 4:
                self.action_check()

    def action_escape(self) -> None:
        """Give up a drag, drop the filter, or go back."""
        if self.preview.cancel_drag() or self.fields.cancel_drag():
            return
        if self.fields.filter:
            self.fields.filter = ""
            self.show_draft()
            return
        self.action_home()

    # -- dragging

    def on_drag_source_started(self, event: DragSource.Started) -> None:
        """Light up what can take it."""
        self.query_one(Ghost).carry(event.cargo.label, event.x, event.y)
        if event.cargo.kind == "column":
            self.fields.carry(event.cargo.index)

    def on_drag_source_carried(self, event: DragSource.Carried) -> None:
        """Follow the pointer; the ghost turns red over what refuses."""
        ghost = self.query_one(Ghost)
        ghost.follow(event.x, event.y)
        if event.cargo.kind == "column":
            field = self.fields.aim(event.x, event.y)
            refused = field is not None and self.session.draft is not None and self.session.draft.refusal(field)
            ghost.set_class(bool(refused), "-refused")

    def on_drag_source_ended(self, event: DragSource.Ended) -> None:
        """Drop, or give up."""
        self.query_one(Ghost).park()
        field = self.fields.aim(event.x, event.y) if event.dropped and event.cargo.kind == "column" else None
        if event.cargo.kind == "column":
            self.fields.carry(None)
        draft = self.session.draft
        if not event.dropped or draft is None:
            return
        if field is not None:
            self.assign(event.cargo.index, field)
        elif event.cargo.kind == "field" and self.preview.region.contains(event.x, event.y):
            self._drop_field(event.cargo.name, event.x)

    def _drop_field(self, api_name: str, x: int) -> None:
        """A mapped field that comes back to the rows is unmapped; an unmapped one takes the column it lands on."""
        draft = self.session.draft
        field = draft.schema.field(api_name) if draft else None
        if draft is None or field is None:
            return
        if draft.mapping.for_field(api_name) is not None:
            if draft.clear_field(api_name):
                self.show_draft()
                self.notify(f"{field.label} is not mapped any more.  ctrl+z brings it back.", timeout=3)
            return
        column = self.preview.column_at(x - self.preview.content_region.x)
        if column is not None:
            self.assign(column, field)
