"""Mending refused rows: change a cell, all alike, by suggestion; undo; send again; export; take the run back."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import Binding, BindingType

from ztui.model.counting import how_many
from ztui.present.findings import finding_line
from ztui.present.inspector import suggestion_cells
from ztui.present.paths import typed_path
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column
from ztui.tui.widgets.refused_rows import RefusedRows

if TYPE_CHECKING:
    from ztui.engine.repair import RepairSession
    from ztui.model.plan import ImportPlan
    from ztui.model.run import RunState

_NEEDS_CELL = ("edit", "alike")
_NEEDS_ROWS = ("fixes", "undo", "redo", "send_again", "learn")


class InspectorRepair(ZtuiScreen):
    """The actions of the inspector that change something. The screen itself shows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mend", "Mend the job and send again", show=True),
        Binding("f", "fixes", "Suggested repairs", show=True),
        Binding("e", "edit", "Change cell", show=True),
        Binding("a", "alike", "Same for all alike", show=False),
        Binding("r", "send_again", "Send mended rows", show=True),
        Binding("ctrl+z", "undo", "Undo", show=False),
        Binding("ctrl+y", "redo", "Redo", show=False),
        Binding("K", "learn", "Keep repairs with the mapping", show=False),
        Binding("s", "export", "Save results", show=True),
        Binding("S", "export_refused", "Save refused rows", show=False),
        Binding("c", "reconcile", "Look rows up", show=True),
        Binding("U", "take_back", "Take the import back", show=False),
    ]

    run_id: str
    state: RunState | None
    repair: RepairSession | None = None
    plan: ImportPlan | None = None
    _last: tuple[str, str, str] | None = None

    @property
    def rows(self) -> Grid:
        """The grid of rows."""
        return self.query_one("#rows", Grid)

    @property
    def mended(self) -> bool:
        """True when something was changed, so that there is a reason to send again."""
        return self.repair is not None and (bool(self.repair.edited) or self.repair.mapping_changed)

    async def load(self) -> None:
        """Read everything anew; the screen shows it."""

    def explain(self) -> None:
        """Tell about the row the cursor is on; the screen does."""

    def marked_fields(self) -> Collection[str]:
        """The fields that the marked outcome is about: repairs of those come first."""
        return ()

    def show_sum(self) -> None:
        """Bring the line at the top up to date; the screen does."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Without refused rows there is nothing to mend; undo only once the run is over."""
        if action in _NEEDS_CELL:
            return self._here() is not None
        if action in _NEEDS_ROWS:
            return self.repair is not None
        if action == "reconcile":
            return self.state is not None and bool(self.state.outcome.unknown)
        if action == "take_back":
            return self.state is not None and bool(self.state.ended_at)
        return True

    # -- cells

    def _here(self) -> tuple[RefusedRows, int, str] | None:
        source = self.rows.source
        if self.repair is None or not isinstance(source, RefusedRows) or not source.rows:
            return None
        if self.rows.line >= len(source.rows) or self.rows.column >= len(self.repair.fields):
            return None
        return source, source.rows[self.rows.line].record, self.repair.fields[self.rows.column]

    @on(Grid.Chosen, "#rows")
    def _chosen(self) -> None:
        self.action_edit()

    def action_edit(self) -> None:
        """Type another value for the marked cell."""
        here = self._here()
        if here is None or self.repair is None:
            return
        from ztui.tui.dialogs.prompt import Prompt

        source, record, api_name = here
        repair = self.repair
        before = repair.value(record, api_name)
        field = repair.field(api_name)

        def wrong(text: str) -> str | None:
            finding = repair.check(api_name, repair.taken(api_name, text))
            return finding_line(finding, repair.plan.schema) if finding is not None else None

        def typed(text: str | None) -> None:
            if text is None or text == before:
                return
            repair.set(record, api_name, text)
            sent = repair.value(record, api_name)
            self._last = (api_name, before, sent)
            alike = sum(1 for row in repair.rows if repair.value(row.record, api_name) == before)
            self.changed()
            if sent != text:
                self.notify(f"Sent as {sent}.", timeout=3)
            if alike and before:
                self.notify(f"{how_many(alike, 'more row')} with “{before}”: press a to change them too.")

        line = source.rows[self.rows.line].outcome.line
        explain = f"Line {line} of the file (which is never altered)."
        self.app.push_screen(Prompt(f"{field.label} =", explain, before, check=wrong), typed)

    def action_alike(self) -> None:
        """Do the last change to all rows with the same value."""
        if self.repair is None or self._last is None:
            self.notify("Change one cell first; a then changes all rows with the same value.")
            return
        count = self.repair.set_alike(*self._last)
        self.changed()
        self.notify(f"{how_many(count, 'row')} changed.")

    def action_fixes(self) -> None:
        """Repairs that fit what is wrong."""
        if self.repair is None:
            return
        from ztui.engine.repair_suggest import apply_suggestion, suggest_repairs
        from ztui.tui.dialogs.picker import Choice, Picker

        repair = self.repair
        found = suggest_repairs(repair)
        if not found:
            self.notify("No repair suggests itself: change the cells, or leave these rows out.")
            return
        wanted = self.marked_fields()
        choices = []
        for place, suggestion in enumerate(found):
            cells, examples = suggestion_cells(suggestion, repair.plan.schema)
            here = suggestion.api_name in wanted or (bool(suggestion.key) and suggestion.key in wanted)
            choices.append(Choice(str(place), cells, cells[:2], examples, rank=1.0 if here else 0.0))
        columns = (
            Column("Repair", width=44, stretch=1),
            Column("Field", width=18),
            Column("Rows", width=6, right=True),
        )

        def chosen(key: str | None) -> None:
            if key is not None:
                count = apply_suggestion(repair, found[int(key)])
                self.changed()
                self.notify(f"{how_many(count, 'row')} mended. ctrl+z takes it back.")

        self.app.push_screen(Picker("What could mend these rows", columns, choices), chosen)

    def action_undo(self) -> None:
        """Take the last change back."""
        if self.repair is not None and self.repair.undo():
            self.changed()

    def action_redo(self) -> None:
        """Do it again."""
        if self.repair is not None and self.repair.redo():
            self.changed()

    def changed(self) -> None:
        """Draw what the session holds now."""
        self.rows.changed()
        self.show_sum()
        self.explain()

    def action_learn(self) -> None:
        """Keep the repairs as transforms of the mapping, for the next file with these headers."""
        if self.repair is None:
            return
        learned = self.repair.learned_mapping()
        if learned == self.repair.plan.mapping:
            self.notify("Nothing was changed the same way everywhere yet.")
            return
        self.session.ready.mappings.remember(learned)
        self.notify("Kept: the next file with these headers is mended the same way.")

    # -- sending again

    def action_send_again(self) -> None:
        """Send the mended rows, and only them, as a run linked to this one."""
        if self.repair is None:
            return
        if not self.mended:
            self.notify("Nothing is mended yet: f suggests repairs, Enter changes a cell.", severity="warning")
            return
        if not self.repair.ready():
            self.notify("No changed row is free of bad cells yet.", severity="warning")
            return
        self.send_again(self.repair.to_plan())

    def send_again(self, plan: ImportPlan) -> None:
        """Ask, then start the run of this plan."""
        self.work(self._send(plan), "send")

    async def _send(self, plan: ImportPlan) -> None:
        from ztui.tui.dialogs.send import SendDialog
        from ztui.tui.sending import Offer, prepare_again, start

        offer = await prepare_again(self.session, plan)

        def agreed(answer: Offer | None) -> None:
            if answer is not None:
                start(self.ztui, answer)

        self.app.push_screen(SendDialog(offer, self.session), agreed)

    # -- files

    def action_export(self) -> None:
        """Write every row with its outcome, record id, code and remedy."""
        self._export("results", only_refused=False)

    def action_export_refused(self) -> None:
        """Write the refused rows as a file of the source's own form, ready to be loaded again."""
        self._export("refused", only_refused=True)

    def _export(self, kind: str, *, only_refused: bool) -> None:
        if self.plan is None:
            return
        from ztui.tui.dialogs.save_as import SaveAs

        source = Path(self.plan.info.path if self.plan.info.path != "-" else "import.csv")
        name = str(Path.cwd() / f"{source.stem}.{kind}.csv")

        def typed(text: str | None) -> None:
            if text:
                self.work(self._write(typed_path(text.strip()), only_refused=only_refused), "export")

        what = "Refused rows, in the source's own form" if only_refused else "All rows with their outcome"
        self.app.push_screen(SaveAs("Save to", what, name, source=self.plan.info.path), typed)

    async def _write(self, path: Path, *, only_refused: bool) -> None:
        report = await self.session.ready.runs.export_results(self.run_id, path, only_refused=only_refused)
        self.notify(f"{how_many(report.rows, 'row')} written to {path}.")

    # -- afterwards

    def action_reconcile(self) -> None:
        """Find out what became of rows whose fate is unknown."""
        self.work(self._reconcile(), "reconcile")

    async def _reconcile(self) -> None:
        from ztui.tui.bridge import run_to

        self.notify("Looking the rows up …")
        state = await self.session.ready.runs.reconcile(self.run_id, run_to(self.ztui))
        unknown = state.outcome.unknown
        self.notify(f"{how_many(unknown, 'row')} still unknown." if unknown else "Every row is accounted for.")
        await self.load()

    def action_take_back(self) -> None:
        """Delete what this run created and put back what it changed, after the count was typed."""
        from ztui.tui.dialogs.prompt import Prompt

        preview = self.session.ready.runs.undo_preview(self.run_id)
        if not preview.total:
            self.notify("There is nothing to take back: the run created no records, and kept no earlier values.")
            return
        what = [f"{how_many(preview.delete, 'record')} would be deleted" if preview.delete else ""]
        what.append(f"{how_many(preview.restore, 'record')} put back" if preview.restore else "")
        if preview.without_image:
            what.append(f"{how_many(preview.without_image, 'changed record')} stay (no earlier values were kept)")
        text = (
            f"{', '.join(w for w in what if w)}. Records changed since are left alone. Type {preview.total} to do it."
        )

        def wrong(typed: str) -> str | None:
            return None if typed.strip() == str(preview.total) else f"That is not {preview.total}."

        def agreed(typed: str | None) -> None:
            if typed is not None:
                self.work(self._take_back(), "undo")

        self.app.push_screen(Prompt("Take this import back?", text, check=wrong), agreed)

    async def _take_back(self) -> None:
        from ztui.tui.dialogs.message import Notice

        def progress(done: int, total: int) -> None:
            self.sub_title = f"{done} of {total}"

        report = await self.session.ready.runs.undo(self.run_id, progress)
        lines = [
            f"{how_many(report.deleted, 'record')} deleted, {report.restored:,} put back, {report.gone:,} gone before."
        ]
        lines += [f"left: record {left.record_id} (line {left.line}): {left.code}" for left in report.left[:10]]
        if len(report.left) > 10:
            lines.append(f"… and {len(report.left) - 10:,} more were left.")
        self.app.push_screen(Notice("Taken back", "\n".join(lines)))
        await self.load()
