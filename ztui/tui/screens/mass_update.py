"""Mass update: which records, which field, what value; what it will do; and all mass updates with their results."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widget import Widget

from ztui.model.counting import how_many
from ztui.model.mass_run import MassPhase, MassState
from ztui.present.mass_update import mass_cells, mass_line
from ztui.tui.dialogs.base import Words
from ztui.tui.dialogs.prompt import Prompt
from ztui.tui.screens.mass_form import MassForm
from ztui.tui.widgets.grid import Grid
from ztui.tui.widgets.grid_model import Column, Line, Lines

if TYPE_CHECKING:
    pass


class MassUpdateScreen(MassForm):
    """A short form above the list of mass updates."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "start", "Update them", show=True),
        Binding("i", "results", "Results", show=True),
        Binding("r", "resume", "Go on", show=True),
        Binding("x", "cancel", "Stop", show=True),
        Binding("delete", "clear", "Clear", show=False),
        Binding("escape", "back", "Back", show=True, key_display="Esc"),
    ]
    DEFAULT_CSS = """
    MassUpdateScreen {
        & .pane { border: round $line; background: $surface; margin: 0 1; border-title-color: $ink-soft;
                  border-title-style: bold; }
        & .pane:focus-within { border: round $cursor; border-title-color: $cursor; }
        & #form { height: auto; max-height: 12; }
        & #form Grid { height: 5; }
        & #effect { height: 2; padding: 0 3; }
        & #runs { height: 1fr; }
        & #about { height: 2; padding: 0 3; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._states: list[MassState] = []

    def content(self) -> ComposeResult:
        """Form, effect, list."""
        with Vertical(id="form", classes="pane"):
            yield Grid(
                (Column("", width=14, mark="muted"), Column("", width=50, stretch=1)),
                cursor="line",
                header=0,
                id="fields",
            )
        yield Words("", id="effect")
        with Vertical(id="runs", classes="pane"):
            yield Grid(
                (
                    Column("Mass update", width=24, stretch=1),
                    Column("State", width=10),
                    Column("Records", width=8, right=True),
                    Column("Updated", width=8, right=True),
                    Column("Refused", width=8, right=True),
                    Column("Not sent", width=8, right=True),
                ),
                cursor="line",
                header=1,
                gap=1,
                id="list",
                empty="None yet.",
            )
        yield Words("", id="about")

    def on_mount(self) -> None:
        """An empty form, and what was done before."""
        self.query_one("#form", Widget).border_title = "Write one value to many records"
        self.query_one("#runs", Widget).border_title = "Mass updates"
        self.module = self.session.module or "Leads"
        self.form.focus()
        self.retitle()
        self.ztui.mass_changed.subscribe(self, self._changed)
        self.show_form()
        self.work(self._load(), "load")

    async def _load(self) -> None:
        await self.session.workspace()
        self.retitle()
        self._reload()
        if any(state.active for state in self._states):
            self.ztui.watch_mass_updates()

    # -- doing it

    def action_start(self) -> None:
        """Ask, then write the value."""
        self.work(self._prepare(), "prepare")

    async def _prepare(self) -> None:
        plan = await self.mass.prepare(
            self.module,
            {name: value.shown for name, value in self._values.items()},
            records=self.ids,
            view=self.view,
            over_write=self.over_write,
        )
        from ztui.tui.dialogs.message import Confirm

        profile = self.session.ready.profile_named(plan.profile)
        text = self.query_one("#effect", Words).text
        where = f"\n\nProfile {profile.name}, {'local sandbox' if profile.sandbox else profile.environment}."
        count = len(plan.ids)

        def start() -> None:
            self.ztui.carry_out(self.mass.start(plan, self.ztui.mass_changed.publish), f"mass update {plan.id}")

        if profile.environment == "production" and not profile.sandbox and plan.cvid is None:

            def wrong(typed: str) -> str | None:
                return None if typed.strip() == str(count) else f"That is not {count}."

            explain = f"{text}{where} Type the number of records, {count}, to do it."
            self.app.push_screen(Prompt("Update production?", explain, check=wrong), lambda v: start() if v else None)
            return
        self.app.push_screen(
            Confirm("Update these records?", text + where, "update", "not yet"), lambda v: start() if v else None
        )

    # -- the list

    def _changed(self, state: MassState) -> None:
        if not self.is_attached:
            return
        known = next((i for i, s in enumerate(self._states) if s.plan.id == state.plan.id), None)
        if known is None:
            self._states.insert(0, state)
        else:
            self._states[known] = state
        self._list()

    def _reload(self) -> None:
        self._states = self.mass.list()
        self._list()

    def _list(self) -> None:
        lines = []
        for state in self._states:
            cells, mark = mass_cells(state)
            lines.append(Line(cells, marks=((1, mark), (4, "bad"))))
        self.query_one("#list", Grid).show(source=Lines(lines))
        self._tell()

    @property
    def marked(self) -> MassState | None:
        """The mass update the cursor is on."""
        line = self.query_one("#list", Grid).line
        return self._states[line] if line < len(self._states) else None

    @on(Grid.Moved, "#list")
    def _tell(self) -> None:
        state = self.marked
        self.query_one("#about", Words).say((mass_line(state), "soft") if state is not None else "")
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what the marked one allows."""
        state = self.marked if self.is_mounted else None
        match action:
            case "start":
                return bool(self._values) and (self.ids is not None or self.view is not None)
            case "results":
                return state is not None and bool(state.results)
            case "resume":
                return state is not None and (state.halted or (bool(state.uncertain) and not state.active))
            case "cancel":
                return state is not None and state.phase is MassPhase.SENDING
            case _:
                return True

    @on(Grid.Chosen, "#list")
    def _open(self) -> None:
        if self.check_action("results", ()):
            self.action_results()

    def action_results(self) -> None:
        """What became of each record."""
        if self.marked is not None:
            from ztui.tui.screens.mass_results import MassResultsScreen

            self.app.push_screen(MassResultsScreen(self.mass.get(self.marked.plan.id)))

    def action_resume(self) -> None:
        """Send what was not sent; calls without an answer only where that cannot do harm, or a person says so."""
        state = self.marked
        if state is None:
            return
        name = state.plan.id

        def go_on(again: bool) -> None:
            going = self.mass.resume(name, self.ztui.mass_changed.publish, again=again)
            self.ztui.carry_out(going, f"mass update {name}")

        if state.halted:
            go_on(False)
            return
        from ztui.tui.dialogs.message import Confirm

        text = f"{how_many(state.uncertain, 'record')} got no answer and may have the value already: look at some of "
        text += "them first. Sent again, the value is appended once more to those that have it."
        ask = Confirm("Send it again?", text, "send again", "not yet")
        self.app.push_screen(ask, lambda yes: go_on(True) if yes else None)

    def action_cancel(self) -> None:
        """Send nothing more after the call that is under way."""
        if self.marked is not None:
            self.work(self.mass.cancel(self.marked.plan.id), "cancel")

    def action_back(self) -> None:
        """Back; what runs runs on."""
        self.dismiss(None)
