"""What became of each record of a mass update: codes with counts, what they mean, the records."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ztui.model.mass_run import MassState
from ztui.model.mass_update import MassUpdateResult
from ztui.present.inspector import diagnosis_parts
from ztui.present.mass_update import by_code, mass_line
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines


class MassResultsScreen(ZtuiScreen):
    """Codes on the left, explanation and records on the right."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "back", "Back", show=True, key_display="Esc")]
    DEFAULT_CSS = """
    MassResultsScreen {
        & #sum { height: 1; padding: 0 2; }
        & #panes { height: 1fr; }
        & .pane { border: round $line; background: $surface; border-title-color: $ink-soft; border-title-style: bold; }
        & .pane:focus-within { border: round $cursor; border-title-color: $cursor; }
        & #left { width: 45%; min-width: 34; }
        & #right { width: 1fr; }
        & #why { height: 8; padding: 0 1; margin-bottom: 1; }
    }
    """

    def __init__(self, state: MassState) -> None:
        super().__init__()
        self._state = state
        self._groups: list[tuple[str, str, list[MassUpdateResult]]] = by_code(state.results)

    def content(self) -> ComposeResult:
        """Summary, codes, explanation, records."""
        yield Words((mass_line(self._state), "soft"), id="sum")
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="pane"):
                yield Grid(
                    (Column("What happened", width=20, stretch=1), Column("Records", width=8, right=True)),
                    cursor="line",
                    header=1,
                    gap=1,
                    id="codes",
                )
            with Vertical(id="right", classes="pane"):
                yield Words("", id="why")
                yield Grid(
                    (Column("Record id", width=22), Column("Details", width=16, stretch=1, mark="muted")),
                    cursor="line",
                    header=1,
                    id="records",
                )

    def on_mount(self) -> None:
        """The codes there are."""
        self.query_one("#left", Widget).border_title = "Results"
        self.query_one("#right", Widget).border_title = "What it means"
        mass = self.session.ready.mass_updates
        lines = []
        for _code, message, group in self._groups:
            title = message or "updated" if group[0].ok else mass.diagnose(group[0]).title
            lines.append(Line((title, f"{len(group):,}"), marks=((1, "ok" if group[0].ok else "bad"),)))
        codes = self.query_one("#codes", Grid)
        codes.show(source=Lines(lines))
        codes.focus()
        self.retitle()
        self._show()

    @on(Grid.Moved, "#codes")
    def _show(self) -> None:
        line = self.query_one("#codes", Grid).line
        if line >= len(self._groups):
            return
        _code, message, group = self._groups[line]
        why = self.query_one("#why", Words)
        if group[0].ok:
            why.say((message or "updated", "good"))
        else:
            why.say(*diagnosis_parts(self.session.ready.mass_updates.diagnose(group[0])))
        records = self.query_one("#records", Grid)
        records.line = 0
        lines = [Line((r.record_id or "(the whole call)", _details(r))) for r in group]
        records.show(source=Lines(lines))
        records.scroll_to(y=0, animate=False)

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss(None)


def _details(result: MassUpdateResult) -> str:
    return ", ".join(f"{name} {value}" for name, value in result.details if name != "id" and not result.ok)
