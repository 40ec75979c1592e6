"""Why rows were refused, code by code, with the very cells; mended here, and only they are sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ztui.engine.repair import RepairSession
from ztui.errors import PlanError
from ztui.model.outcome import REFUSED, OutcomeGroup, RowOutcome, RowResult
from ztui.model.run import Phase, RunState
from ztui.present.inspector import (
    child_about,
    diagnosis_parts,
    group_about,
    problem_parts,
    repair_words,
    summary,
)
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.inspector_items import Item, item_lines
from ztui.tui.screens.inspector_repair import InspectorRepair
from ztui.tui.screens.run_actions import entitle
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Lines
from ztui.tui.widgets.refused_rows import OutcomeRows, RefusedRows

if TYPE_CHECKING:
    from ztui.engine.diagnose import Repair


class InspectorScreen(InspectorRepair):
    """Codes on the left, explanation on the right, rows below."""

    STEP = 4
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False, key_display="Esc"),
    ]
    DEFAULT_CSS = """
    InspectorScreen {
        & #sum { height: 1; padding: 0 2; }
        & #panes { height: 9; }
        & .pane { border: round $line; background: $surface; border-title-color: $ink-soft;
                  border-title-style: bold; border-subtitle-color: $ink-faint; }
        & .pane:focus-within { border: round $cursor; border-title-color: $cursor; }
        & #left { width: 45%; min-width: 36; }
        & #right { width: 1fr; overflow-y: auto; padding: 0 1; }
        & #below { height: 1fr; }
        &.-tall #panes { height: 14; }
    }
    """

    def __init__(self, run: str) -> None:
        super().__init__()
        self.run_id = run
        self.state: RunState | None = None
        self._items: list[Item] = []
        self._shown: tuple[object, ...] = ()

    def content(self) -> ComposeResult:
        """Summary, codes, explanation, rows."""
        yield Words(("Reading what became of the rows …", "soft"), id="sum")
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="pane"):
                yield Grid(
                    (
                        Column("What happened", width=18, stretch=1),
                        Column("Rows", width=8, right=True),
                    ),
                    cursor="line",
                    header=1,
                    gap=1,
                    id="groups",
                )
            with Vertical(id="right", classes="pane"):
                yield Words("", id="why")
        with Vertical(id="below", classes="pane"):
            yield Grid(header=1, gutter=8, id="rows", empty="Nothing to mend here.")

    def on_mount(self) -> None:
        """Read the ledger."""
        self.query_one("#left", Widget).border_title = "Outcomes"
        self.query_one("#right", Widget).border_title = "What it means"
        self.query_one("#below", Widget).border_title = "Rows"
        self.set_class(self.app.size.height >= 36, "-tall")
        self.groups.focus()
        self.retitle()
        self.ztui.run_changed.subscribe(self, self._run_changed)
        self.work(self.load(), "load")

    def on_resize(self) -> None:
        """More room, more of the explanation."""
        self.set_class(self.app.size.height >= 36, "-tall")

    def retitle(self) -> None:
        """The run's own file and org."""
        if self.state is not None:
            entitle(self, self.state)

    @property
    def groups(self) -> Grid:
        """The list of outcomes."""
        return self.query_one("#groups", Grid)

    def _run_changed(self, state: RunState) -> None:
        if state.parent_run == self.run_id and state.phase is not Phase.PACKING:
            self.repair = None  # what that run has in hand must not be sent a second time
            self.work(self.load(), "load")
        elif state.run_id == self.run_id and (self.state is None or state.outcome != self.state.outcome):
            self.work(self.load(), "load")

    async def load(self) -> None:
        """Groups, errors and refused rows, from the ledger."""
        workspace = await self.session.workspace()
        runs = workspace.runs
        self.state = runs.get(self.run_id)
        self.retitle()
        self.plan = runs.plan(self.run_id)
        groups = await asyncio.to_thread(runs.groups, self.run_id)
        later = list(runs.tree(self.run_id)[1:])
        if self.repair is None and any(g.result in REFUSED for g in groups):
            self.repair = await asyncio.to_thread(self._session, [child.run_id for child in later])
        items = [Item(error=p.error, part=p.number) for p in self.state.parts if p.error is not None]
        if self.state.error is not None:
            items.insert(0, Item(error=self.state.error))
        order = {result: place for place, result in enumerate((*REFUSED, RowResult.UNKNOWN))}
        items += [Item(group=g) for g in sorted(groups, key=lambda g: (order.get(g.result, 9), -g.count))]
        items += [Item(child=child) for child in later]
        self._items = items
        self.groups.show(source=Lines(item_lines(items, self.plan.schema, self.repair)))
        self.show_item()
        self.show_sum()

    def _session(self, later: Sequence[str]) -> RepairSession | None:
        """The refused rows that no later run had in hand: what such a run could not bring in is mended from there."""
        runs = self.session.ready.runs
        try:
            whole = runs.repair(self.run_id)
        except PlanError:
            return None
        handed = {record for run in later for record in runs.plan(run).records or ()}
        rows = [row for row in whole.rows if row.record not in handed]
        return RepairSession(whole.run_id, whole.plan, rows) if rows else None

    def show_sum(self) -> None:
        """The line at the top."""
        if self.state is None:
            return
        ready = len(self.repair.ready()) if self.repair is not None else 0
        edited = len(self.repair.edited) if self.repair is not None else 0
        counts = self.session.ready.runs.total(self.run_id)
        parts, _ = summary(counts, ready if self.mended else 0, edited, self.state.undone)
        self.query_one("#sum", Words).say(*parts)
        self.refresh_bindings()

    # -- what is marked

    @property
    def item(self) -> Item | None:
        """The marked outcome."""
        return self._items[self.groups.line] if self.groups.line < len(self._items) else None

    def marked_fields(self) -> Collection[str]:
        """The fields that the marked outcome is about."""
        return self.item.group.fields if self.item is not None and self.item.group is not None else ()

    @on(Grid.Moved, "#groups")
    def show_item(self) -> None:
        """Explanation and rows of the marked outcome."""
        item, grid = self.item, self.rows
        below = self.query_one("#below", Widget)
        if item is None or self.plan is None:
            self.query_one("#why", Words).say(("Nothing is known yet: the job is still at work.", "soft"))
            return
        other = item.key != self._shown
        self._shown = item.key
        if other:
            grid.line = grid.column = grid.left = 0
        below.border_title = "Rows"
        if item.group is not None and item.group.result in REFUSED and self.repair is not None:
            source = RefusedRows(self.repair, item.group)
            grid.show(source.columns(), source)
            first = source.first_bad(0)
            if other and first is not None:
                grid.move_to(0, first)
            below.border_subtitle = "red: wants mending · Enter changes a cell" if source.count() else ""
            grid.empty = "" if source.count() else "All of them were sent again: ↳ leads to that run."
        elif item.group is not None and item.group.result in REFUSED:
            grid.show((Column("", width=10),), Lines())
            below.border_subtitle = ""
            grid.empty = "All of them were sent again: ↳ leads to that run."
        elif item.group is not None:
            grid.show(OutcomeRows.COLUMNS, OutcomeRows(self._page_of(item.group), item.group.count))
            below.border_subtitle = ""
        else:
            grid.show((Column("", width=10),), Lines())
            below.border_subtitle = ""
            grid.empty = "This is about the job as a whole." if item.error is not None else ""
        if other:
            grid.scroll_to(y=0, animate=False)
        self.explain()

    @on(Grid.Moved, "#rows")
    def explain(self) -> None:
        """What happened to the row the cursor is on, or to the whole job."""
        item, why = self.item, self.query_one("#why", Words)
        if item is None or self.plan is None:
            return
        runs = self.session.ready.runs
        if item.error is not None:
            diagnosis = runs.diagnose_error(self.run_id, item.error)
            parts = diagnosis_parts(diagnosis)
            offers = self.offers()
            if offers:  # right below the title: at the smallest size the rest may want scrolling
                parts[1:1] = [("\nm  ", "key"), (repair_words(offers[0]), "strong")]
            why.say(*parts)
        elif item.child is not None:
            why.say(*child_about(item.child))
        elif item.group is not None and item.group.code:
            why.say(*self._of_row(item.group))
        elif item.group is not None:
            why.say(*group_about(item.group))

    def _of_row(self, group: OutcomeGroup) -> list[str | tuple[str, str]]:
        """Why the row under the cursor was refused; ztui's own check of the cell says it best where it has a say."""
        assert self.plan is not None
        from ztui.engine.diagnose import diagnose_row

        source, plan = self.rows.source, self.plan
        if not isinstance(source, RefusedRows) or not source.rows:
            outcome = next(iter(self._page_of(group)(0, 1)), None)
            found = diagnose_row(outcome, plan.mapping, plan.schema) if outcome is not None else ()
            parts = [part for d in found if d.code == group.code for part in diagnosis_parts(d)]
            if group.result is RowResult.UNKNOWN:
                parts[1:1] = [("\nc  ", "key"), ("look the rows up in the CRM", "strong")]
            return parts
        row = source.rows[min(self.rows.line, len(source.rows) - 1)]
        head: tuple[str, str] = (f"Line {row.outcome.line}  ", "soft")
        cells = [source.session.cell(row.record, name) for name in group.fields if name in source.session.fields]
        problem = next((cell.problem for cell in cells if cell.problem is not None), None)
        if problem is not None:
            return [head, *problem_parts(problem, group.code, plan.schema)]
        if any(cell.edited for cell in cells):
            return [head, ("Mended", "good"), "\nr sends it again with all rows that are mended; ctrl+z takes it back."]
        values = dict(zip(source.session.fields, row.values, strict=False))
        found = diagnose_row(row.outcome, plan.mapping, plan.schema, values)
        here = [d for d in found if d.code == group.code] or list(found)
        return [head, *[part for d in here for part in (*diagnosis_parts(d), "\n")][:-1]]

    def _page_of(self, group: OutcomeGroup) -> Callable[[int, int], Sequence[RowOutcome]]:
        runs, run = self.session.ready.runs, self.run_id

        def page(start: int, count: int) -> Sequence[RowOutcome]:
            return runs.outcomes(
                run, results=(group.result,), code=group.code, fields=group.fields or None, start=start, count=count
            )

        return page

    # -- the whole job

    def offers(self) -> list[Repair]:
        """Repairs of the whole job that need no further word."""
        item = self.item
        if item is None or item.error is None or self.plan is None or self.repair is None:
            return []  # without a refused row that is nobody's, there is nothing to send
        diagnosis = self.session.ready.runs.diagnose_error(self.run_id, item.error)
        return [r for r in diagnosis.repairs if r.automatic]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer what there is."""
        if action == "mend":
            return bool(self.offers())
        return super().check_action(action, parameters)

    def action_mend(self) -> None:
        """Mend the whole job as proposed, and send it again."""
        offers = self.offers()
        if offers:
            self.send_again(self.session.ready.runs.mend(self.run_id, offers[0]))

    @on(Grid.Chosen, "#groups")
    def _to_rows(self) -> None:
        if self.item is not None and self.item.child is not None:
            from ztui.tui.screens.run import RunScreen

            self.app.push_screen(RunScreen(self.item.child.run_id))
        elif self.item is not None and self.item.error is not None and self.offers():
            self.action_mend()
        else:
            self.rows.focus()

    @on(Grid.Moved)
    def _elsewhere(self) -> None:
        self.refresh_bindings()

    def action_back(self) -> None:
        """Back to the run."""
        self.dismiss(None)
