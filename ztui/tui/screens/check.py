"""What Zoho would refuse, found before anything is sent: groups on the left, explanation and cells on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget

from ztui.model.counting import how_many
from ztui.model.finding import Severity
from ztui.present.findings import SIGNS, consequence, explain_group, particular, verdict
from ztui.tui.bridge import CheckProgressed, report_to
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.check_export import Exporting
from ztui.tui.screens.check_lines import FindingLines, file_groups, place_of
from ztui.tui.screens.check_sending import Sending
from ztui.tui.widgets.chrome import Stepper
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    from ztui.engine.preflight import CheckReport, FindingGroup
    from ztui.tui.screens.mapping import MappingScreen

_MARKS = {Severity.ERROR: "bad", Severity.WARNING: "warn", Severity.NOTE: "muted"}


class CheckScreen(Exporting, Sending):
    """Step 3: check."""

    STEP = 3
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("g", "go_to_cell", "Go to cell", show=True, key_display="⏎"),
        Binding("t", "transforms", "Transforms of the column", show=False),
        Binding("s", "send", "Send ▸", show=True),
        Binding("a", "toggle_refused", "Leave out / send anyway", show=True),
        Binding("e", "export", "Export", show=True),
        Binding("w", "row_by_row", "Judge a column row by row", show=False),
        Binding("r", "recheck", "Check again", show=False),
        Binding("escape,left_square_bracket", "back", "Back to mapping", show=True, key_display="Esc"),
    ]
    DEFAULT_CSS = """
    CheckScreen {
        & #verdict { height: 1; padding: 0 2; margin-bottom: 0; }
        & #panes { height: 1fr; }
        & .pane { border: round $line; background: $surface; border-title-color: $ink-soft;
                  border-subtitle-color: $ink-faint; border-title-style: bold; }
        & .pane:focus-within { border: round $cursor; border-title-color: $cursor; }
        & #left { width: 46%; min-width: 42; }
        & #right { width: 1fr; }
        & #why { height: auto; min-height: 5; max-height: 12; padding: 0 1; margin-bottom: 1; }
        & #own { height: auto; max-height: 3; padding: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[FindingGroup] = []
        self._shown: object = None

    def content(self) -> ComposeResult:
        """Verdict, groups, explanation, occurrences."""
        yield Words("", id="verdict")
        with Horizontal(id="panes"):
            with Vertical(id="left", classes="pane"):
                yield Grid(
                    (
                        Column("", width=1),
                        # First of all, for on a small screen the words after it are cut off.
                        Column("Field", width=9, stretch=1, mark="muted"),
                        Column("What", width=18, stretch=2),
                        Column("Rows", width=7, right=True),
                    ),
                    cursor="line",
                    header=1,
                    gap=1,
                    id="groups",
                    empty="Nothing found yet.",
                )
            with Vertical(id="right", classes="pane"):
                yield Words("", id="why")
                yield Grid(
                    (
                        Column("Line", width=7, right=True, mark="muted"),
                        Column("Column", width=11, mark="muted"),
                        Column("Value", width=12, stretch=1),
                    ),
                    cursor="line",
                    header=1,
                    id="cells",
                )
                yield Words("", id="own")

    def on_mount(self) -> None:
        """Check at once."""
        self.query_one("#left", Widget).border_title = "Findings"
        self.query_one("#right", Widget).border_title = "What it means"
        self.groups.focus()
        self.retitle()
        report = self.session.report
        if report is not None and self.session.report_is_current:
            self.show_report(report)
            self.work(self._structure(), "check")
        else:
            self.work(self._check(), "check")

    def on_screen_resume(self) -> None:
        """What was asked before sending may have been answered."""
        super().on_screen_resume()
        if self.session.report is not None:
            self._tell(self.session.report)

    @property
    def groups(self) -> Grid:
        """The list of groups."""
        return self.query_one("#groups", Grid)

    @property
    def cells(self) -> Grid:
        """The list of cells of a group."""
        return self.query_one("#cells", Grid)

    # -- the check

    def action_recheck(self) -> None:
        """Check everything again, with the mapping as it is: what the org said before may not hold any more."""
        self.work(self._check(anew=True), "check")

    async def _check(self, *, anew: bool = False) -> None:
        report = await self.session.check(report_to(self), anew=anew)
        self.show_report(report)
        await self._structure()

    async def _structure(self) -> None:
        """Show what is broken in the file as such as soon as it is known."""
        file = self.session.file
        if file is not None:
            await file.index()
            if self.session.report is not None and self.session.file is file:
                self.show_report(self.session.report)

    @on(CheckProgressed)
    def _progressed(self, event: CheckProgressed) -> None:
        if not event.report.complete:
            self.show_report(event.report)

    def show_report(self, report: CheckReport) -> None:
        """What is known so far."""
        self.session.report = report
        here = self._groups[self.groups.line] if self.groups.line < len(self._groups) else None
        order = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}
        found = self.session.file.structure if self.session.file is not None else ()
        self._groups = sorted(
            (*file_groups(found), *report.groups), key=lambda g: (g.scope == "row", order[g.severity], -g.count)
        )
        schema = self.session.schema
        headers = self.session.file.info.headers if self.session.file is not None else ()
        lines = []
        for group in self._groups:
            mark = _MARKS[group.severity]
            scope = f"{group.count:,}" if group.scope == "row" else "file" if group.scope == "file" else "job"
            title = explain_group(group, schema).title
            cells = (SIGNS[group.severity], place_of(group, schema, headers), title, scope)
            lines.append(Line(cells, marks=((0, mark), (3, mark))))
        grid = self.groups
        grid.empty = "Nothing wrong: s sends it." if report.complete else "Nothing found yet."
        if here is not None:
            same = (i for i, g in enumerate(self._groups) if _same(g, here))
            grid.line = next(same, grid.line)
        grid.show(source=Lines(lines))
        self._tell(report)
        self._show_group(force=report.complete)

    def _tell(self, report: CheckReport) -> None:
        schema = self.session.schema
        file = self.session.file
        fields = [schema.field(name) if schema else None for name in report.again]
        never = 0 if self.session.leave_out else len(report.headers_again())
        text, kind = verdict(
            blocking=report.blocking,
            refused=report.rows_refused - never,
            total=report.rows_total - never,
            checked=report.rows_checked,
            complete=report.complete,
            leave_out=self.session.leave_out,
            stage=report.stage.value,
            doubtful=bool(file is not None and file.doubts and not self.session.as_read),
            again=[field.label if field else name for field, name in zip(fields, report.again, strict=True)],
        )
        self.query_one("#verdict", Words).say((text, kind))
        errors = sum(1 for g in self._groups if g.severity is Severity.ERROR)
        warnings = sum(1 for g in self._groups if g.severity is Severity.WARNING)
        parts = []
        if not report.complete:
            total = report.rows_total or 0
            percent = f"{report.rows_checked * 100 // total}%" if total else how_many(report.rows_checked, "row")
            parts.append((f"checking {percent}", "warn"))
        found = how_many(errors, "kind of error", "kinds of errors") if errors else "no errors"
        parts.append((found, "bad" if errors else "good"))
        if warnings:
            parts.append((how_many(warnings, "warning"), "warn"))
        self.query_one(Stepper).status(*parts)

    @on(Grid.Moved, "#groups")
    def _other_group(self) -> None:
        self._show_group()

    def _show_group(self, *, force: bool = False) -> None:
        line = self.groups.line
        why = self.query_one("#why", Words)
        report = self.session.report
        if report is None or line >= len(self._groups):
            self._shown = None
            why.say(("Every row fits what the module asks for.", "soft") if report and report.complete else "")
            self.cells.show(source=Lines())
            self._show_own()
            return
        group = self._groups[line]
        key = (group.code, group.api_name, group.column, group.count, group.first.line if group.scope == "file" else 0)
        if key == self._shown and not force:
            return
        self._shown = key
        words = explain_group(group, self.session.schema)
        mark = {"bad": "bad", "warn": "warn"}.get(_MARKS[group.severity], "strong")
        parts: list[str | tuple[str, str]] = [(words.title, mark), f"\n{words.cause}"]
        if words.remedy:
            parts += [("\nWhat to do  ", "accent"), words.remedy]
        follows = consequence(group.first, group.count)
        if follows:
            parts += [("\n" + follows, "soft")]
        why.say(*parts)
        headers = self.session.file.info.headers if self.session.file else ()
        self.cells.line = 0
        self.cells.show(source=FindingLines(report, group, headers))
        self.cells.scroll_to(y=0, animate=False)
        self._show_own()
        self.query_one("#right", Widget).border_subtitle = f"{group.count:,} × {group.code}".replace("[", "(")

    @on(Grid.Moved, "#cells")
    def _show_own(self) -> None:
        """What is to be said of the marked cell alone."""
        report, line = self.session.report, self.groups.line
        group = self._groups[line] if line < len(self._groups) else None
        found = report.findings(group, self.cells.line, 1) if report is not None and group is not None else []
        own = particular(found[0], group, self.session.schema) if group is not None and found else ""
        where = f"Line {found[0].line:,}: " if own and found[0].line is not None else ""
        self.query_one("#own", Words).say((where + own, "soft"))

    # -- actions

    @on(Grid.Chosen)
    def _chosen(self) -> None:
        self.action_go_to_cell()

    def action_go_to_cell(self) -> None:
        """To the cell in the preview (or the field that is concerned)."""
        self._to_mapping()

    def action_transforms(self) -> None:
        """There, and on to what is done to the values: the remedy for most findings."""
        screen = self._to_mapping()
        if screen is not None:
            screen.call_after_refresh(screen.action_transforms)  # it looks at what has the focus by then

    def _to_mapping(self) -> MappingScreen | None:
        """Leave for the place of the marked finding; None when there is none."""
        report = self.session.report
        line = self.groups.line
        if report is None or line >= len(self._groups):
            return None
        found = report.findings(self._groups[line], self.cells.line if self.cells.has_focus else 0, 1)
        if not found:
            return None
        from ztui.tui.screens.mapping import MappingScreen

        screen = next((s for s in self.app.screen_stack if isinstance(s, MappingScreen)), None)
        self.dismiss(None)
        if screen is not None:
            screen.go_to_finding(found[0])
        return screen

    def action_row_by_row(self) -> None:
        """A column that mostly fails is meant as it is: leave out its bad rows, not everything. Again takes it back."""
        from ztui.engine.preflight import is_misfit

        draft, line = self.session.draft, self.groups.line
        group = self._groups[line] if line < len(self._groups) else None
        mapped = draft.mapping.for_field(group.api_name) if draft and group and group.api_name else None
        if not draft or not group or not mapped or not (is_misfit(group.first) or mapped in draft.meant):
            self.notify("This is for a column that does not fit its field: mark that finding first.")
            return
        rows = "one by one: those that fail are left out" if draft.mean(mapped) else "as a column again"
        self.notify(f"{place_of(group, draft.schema, draft.mapping.headers)} is judged {rows}.")
        self.work(self._check(), "check")

    def action_toggle_refused(self) -> None:
        """Leave refused rows out, or send them anyway."""
        self.session.leave_out = not self.session.leave_out
        if self.session.report is not None:
            self._tell(self.session.report)

    def action_back(self) -> None:
        """To the mapping."""
        self.dismiss(None)

    def go_to_step(self, step: int) -> None:
        """On to sending, or where every screen leads."""
        if step == 4:
            self.action_send()
        else:
            super().go_to_step(step)


def _same(one: FindingGroup, other: FindingGroup) -> bool:
    place = (one.code, one.api_name, one.column) == (other.code, other.api_name, other.column)
    return place and (one.scope != "file" or one.first.line == other.first.line)
