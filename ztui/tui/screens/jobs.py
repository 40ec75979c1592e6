"""Every run and its parts, polled live, above the files opened lately: where ztui begins without a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from ztui.tui.bridge import fresher
from ztui.tui.dialogs.base import Words
from ztui.tui.screens.run_actions import RunActions
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines
from ztui.tui.widgets.run_list import RunList

if TYPE_CHECKING:  # what only the content needs is imported with it: the frame is painted before
    from ztui.engine.workspace import RecentFile
    from ztui.model.mass_run import MassState
    from ztui.model.run import RunState


class JobsScreen(RunActions):
    """Runs and recent files."""

    STEP = 1
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("o,ctrl+o", "open_file", "Open a file", show=True, key_display="o"),
        Binding("space", "parts", "Parts", show=True),
        Binding("P", "app.profiles", "Profiles", show=True),
        Binding("U", "app.mass_update", "Mass update", show=True),
        Binding("F", "prune", "Forget old runs", show=False),
        Binding("R", "resume_all", "Go on with everything unfinished", show=False),
        Binding("escape", "back", "Back", show=False, key_display="Esc"),
        Binding("q", "app.quit", "Quit", show=True),
    ]
    DEFAULT_CSS = """
    JobsScreen {
        & .pane { border: round $line; background: $surface; margin: 0 1;
                  border-title-color: $ink-soft; border-title-style: bold; border-subtitle-color: $ink-faint; }
        & .pane:focus-within { border: round $cursor; border-title-color: $cursor; }
        & #runs { height: 2fr; }
        & #files { height: 1fr; min-height: 5; }
        & #about { height: 2; padding: 0 3; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._recent: list[RecentFile] = []
        self._revision: tuple[int, int] | None = None

    def content(self) -> ComposeResult:
        """Runs, a line on the marked one, files."""
        with Vertical(id="runs", classes="pane"):
            yield RunList(id="list")
        yield Words("", id="about")
        with Vertical(id="files", classes="pane"):
            yield Grid(
                (
                    Column("File", width=20, stretch=2),
                    Column("Where", width=16, stretch=2, mark="muted"),
                    Column("Size", width=9, right=True, mark="muted"),
                    Column("Opened", width=16, mark="muted"),
                ),
                cursor="line",
                header=1,
                id="recent",
                empty="No files yet. Press o to open one, or drop one on this window.",
            )

    @property
    def list(self) -> RunList:
        """The runs."""
        return self.query_one(RunList)

    def on_mount(self) -> None:
        """Fill in what is known, and go on watching what was left behind."""
        self.query_one("#runs", Widget).border_title = "Runs"
        self.query_one("#files", Widget).border_title = "Recent files"
        self.list.focus()
        self.retitle()
        self.ztui.run_changed.subscribe(self, self._changed)
        self.ztui.mass_changed.subscribe(self, self._mass_changed)
        self._tick = self.set_interval(1, self._on_tick)
        self.work(self._load(), "load")

    async def _load(self) -> None:
        await self.painted()
        workspace = await self.session.workspace()
        from ztui.present.paths import shorten
        from ztui.present.recent import recent_cells

        self._recent = workspace.recent_files()
        lines = [
            Line((name, shorten(folder, 48), size, when))
            for name, folder, size, when in map(recent_cells, self._recent)
        ]
        self.query_one("#recent", Grid).show(source=Lines(lines))
        self._reload()
        if not len(self.list.lines(0, 1)) and self._recent:
            self.query_one("#recent", Grid).focus()
        self.retitle()
        self.ztui.watch_runs()
        if any(state.active for state in self.session.ready.mass_updates.list()):
            self.ztui.watch_mass_updates()

    def _reload(self) -> None:
        runs = self.session.ready.runs
        self._revision = runs.revision()
        live = self.ztui.live
        mass = self.session.ready.mass_updates.list()
        self.list.load([fresher(state, live.get(state.run_id)) for state in runs.list()], mass)
        self._tell()

    def _changed(self, state: RunState) -> None:
        self.list.change(state)
        self._tell()

    def _mass_changed(self, state: MassState) -> None:
        if self.is_attached:
            self.list.change_mass(state)
            self._tell()

    def _on_tick(self) -> None:
        """Times go on, and another ztui may have moved a run; nothing is drawn when nothing changed."""
        if self.session.opened is None or self.app.screen is not self:
            return
        if self.session.opened.runs.revision() != self._revision:
            self._reload()
        elif self.list.any_active:
            self.list.freshen()

    def on_screen_resume(self) -> None:
        """Another file may have been opened, another run started."""
        super().on_screen_resume()
        if self._revision is not None:
            self.work(self._load(), "load")

    def _tell(self) -> None:
        self.refresh_bindings()
        state = self.list.state
        about = self.query_one("#about", Words)
        if self.list.mass is not None:
            from ztui.present.mass_update import mass_line

            about.say((mass_line(self.list.mass), "soft"))
            return
        if state is None:
            about.say(("A run is one import: what was sent, what Zoho did with it, and what it refused.", "soft"))
            return
        from ztui.present.runs import run_line, run_status
        from ztui.present.text import width

        head, kind = run_line(state)
        said = [run_status(state), f"profile {state.profile}", state.run_id]
        room = about.content_size.width or self.size.width
        while len(said) > 1 and width(" · ".join(said)) > room:  # a separator with nothing behind it looks broken
            said.pop()
        about.say((head, kind), "\n", (" · ".join(said), "soft"))

    @on(Grid.Moved, "#list")
    def _other_run(self) -> None:
        self._tell()

    @on(Grid.Chosen, "#list")
    def _open_run(self) -> None:
        if self.list.mass is not None:
            from ztui.tui.screens.mass_results import MassResultsScreen

            self.app.push_screen(MassResultsScreen(self.list.mass))
        elif self.list.marked is not None:
            from ztui.tui.screens.run import RunScreen

            self.app.push_screen(RunScreen(self.list.marked))

    @on(Grid.Chosen, "#recent")
    def _open_recent(self, event: Grid.Chosen) -> None:
        if 0 <= event.line < len(self._recent):
            self.open(self._recent[event.line].path)

    # -- the run the cursor is on

    def meant(self) -> RunState | None:
        """The run that actions are about."""
        return self.list.state

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No parts without a run."""
        if not self.is_mounted:  # the bar below asks as soon as it is there, the list may come later
            return True
        if action == "parts":
            return self.list.state is not None
        if self.list.mass is not None and action in ("resume", "cancel"):
            return self.list.mass.halted if action == "resume" else self.list.mass.active
        return super().check_action(action, parameters)

    def action_parts(self) -> None:
        """Show or hide the parts of the marked run."""
        if self.list.state is not None:
            self.list.toggle(self.list.state.run_id)

    def action_resume(self) -> None:
        """Go on with the marked import or mass update."""
        if (mass := self.list.mass) is None:
            super().action_resume()
            return
        going = self.session.ready.mass_updates.resume(mass.plan.id, self.ztui.mass_changed.publish)
        self.ztui.carry_out(going, f"mass update {mass.plan.id}")

    def action_cancel(self) -> None:
        """Send no more of the marked import or mass update."""
        if self.list.mass is None:
            super().action_cancel()
        else:
            self.work(self.session.ready.mass_updates.cancel(self.list.mass.plan.id), "wish")

    def action_resume_all(self) -> None:
        """Go on with everything that is unfinished, what was paused or stopped too."""
        self.ztui.watch_runs(halted=True)
        self.ztui.watch_mass_updates(halted=True)

    def action_prune(self) -> None:
        """Forget runs that ended long ago, with their files."""
        from ztui.tui.dialogs.prompt import Prompt

        def wrong(text: str) -> str | None:
            return None if text.strip().isdecimal() else "A number of days."

        def typed(text: str | None) -> None:
            if text is not None:
                self.work(self._prune(int(text)), "prune")

        explain = "Runs that ended more than so many days ago are forgotten here with all that was kept of them: they "
        explain += "cannot be mended or taken back any more. Nothing changes in the CRM."
        self.app.push_screen(Prompt("Forget runs older than how many days?", explain, "90", check=wrong), typed)

    async def _prune(self, days: int) -> None:
        report = await self.session.ready.runs.prune(days)
        freed = f", {report.bytes / 1_000_000:,.1f} MB freed" if report.bytes else ""
        from ztui.model.counting import how_many

        self.notify(f"{how_many(report.runs, 'run')} forgotten{freed}.")
        self._reload()

    # -- files

    def open(self, path: str) -> None:
        """To the mapping screen with this file."""
        from ztui.tui.screens.mapping import MappingScreen

        self.session.leave_file()
        self.session.path = path
        self.app.push_screen(MappingScreen())

    def action_open_file(self) -> None:
        """Name a file."""
        from ztui.tui.dialogs.open_file import OpenFileDialog

        def chosen(path: str | None) -> None:
            if path:
                self.open(path)

        self.app.push_screen(OpenFileDialog(), chosen)

    def on_paste(self, event: events.Paste) -> None:
        """A file dropped on the terminal arrives as its path."""
        from ztui.present.paths import no_such_file, pasted_path

        path = pasted_path(event.text)
        if path is not None:
            self.open(path)
        elif event.text.strip():
            self.notify(no_such_file(event.text), severity="warning", timeout=5)

    def go_to_step(self, step: int) -> None:
        """A file, or the import that is open."""
        if step == self.STEP:
            self.action_open_file()
        else:
            super().go_to_step(step)

    def action_back(self) -> None:
        """To the import that is open, if there is one."""
        if len(self.app.screen_stack) > 1:
            self.dismiss(None)
        elif self.session.file is not None:
            self.to_mapping()
