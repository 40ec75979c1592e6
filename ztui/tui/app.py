"""The interface's outermost shell: one app, its theme, its way in and its ways out. Screens do the rest."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.signal import Signal
from textual.worker import Worker, WorkerState

from ztui.errors import ZtuiError
from ztui.tui import lifecycle, theme
from ztui.tui.bridge import RunProgressed
from ztui.tui.frugal_app import FrugalApp
from ztui.tui.session import Session

if TYPE_CHECKING:
    from threading import Timer

    from textual.notifications import SeverityLevel

    from ztui.engine.workspace import Workspace
    from ztui.model.mass_run import MassState
    from ztui.model.run import RunState


class ZtuiApp(FrugalApp):
    """The program. It owns the session, hands out screens, and shows what went wrong."""

    TITLE = "ztui"
    ENABLE_COMMAND_PALETTE = False  # ours is built on the first ctrl+p, not at start
    COMMAND_PALETTE_BINDING = "ctrl+backslash"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("question_mark", "help", "Help", key_display="?", show=True),
        Binding("f1", "help", "Help", show=False),
        Binding("ctrl+p", "palette", "All actions", key_display="^p", show=True, priority=True),
        Binding("ctrl+l", "redraw", "Redraw the screen", show=False),
        Binding("ctrl+c", "offer_quit", "Quit", show=False, priority=False),
        Binding("f12", "next_theme", "Other colours", show=False),
    ]
    CSS = """
    Toast { background: $panel; color: $ink; padding: 0 1; margin-bottom: 0; }
    ToastRack { margin-bottom: 4; overflow-y: hidden; }
    """

    def __init__(
        self,
        workspace: Workspace | Callable[[], Workspace],
        path: str | None = None,
        module: str | None = None,
        *,
        colours: str = "",
        watch: bool = False,
    ) -> None:
        os.environ.setdefault("TEXTUAL_ANIMATIONS", "none")
        super().__init__()
        self.animation_level = "none"
        self.session = Session(workspace, path, module)
        self._watch = watch
        #: The latest state of every run this process works on; `run_changed` tells of each step.
        self.live: dict[str, RunState] = {}
        self._watching = False
        self.last_resort: Timer | None = None
        self.run_changed: Signal[RunState] = Signal(self, "run_changed")
        self.mass_changed: Signal[MassState] = Signal(self, "mass_changed")
        for known in theme.THEMES:
            self.register_theme(known)
        self.theme = colours or os.environ.get("ZTUI_THEME", "") or theme.DARK.name

    # -- look

    def get_css_variables(self) -> dict[str, str]:
        """Textual's variables and ours; those of ours that a theme does not know fall back to a related one."""
        self.theme_variables = theme.completed(super().get_css_variables())
        return self.theme_variables

    def get_default_screen(self) -> Screen[Any]:
        """The mapping screen when a file was named, else home: no blank screen in between."""
        screen: Screen[Any]
        self._greet()
        if self.session.path is not None:
            from ztui.tui.screens.mapping import MappingScreen

            screen = MappingScreen()
        else:
            from ztui.tui.screens.jobs import JobsScreen

            screen = JobsScreen()
        # Textual gives the first screen no result callback, and then fails when it is switched.
        screen._push_result_callback(self, None)
        return screen

    def _greet(self) -> None:
        """Say at once that the program is there, and what it is opening, which may take a while from a slow disk."""
        from rich.text import Text

        from ztui.present.text import visible

        path = self.session.path
        text = Text(" ztui ", "bold reverse", no_wrap=True)
        text.append(f"  opening {visible(path.rpartition('/')[2])} …" if path else "", "not reverse")
        self.write_first_line(text)

    def on_resize(self) -> None:
        """Once the new size is known, see whether it is enough."""
        self.call_later(self._fit)

    def _fit(self) -> None:
        """Say so when the window is too small."""
        from ztui.tui.terminal import MIN_COLUMNS, MIN_LINES

        if self.size.width < MIN_COLUMNS or self.size.height < MIN_LINES:
            from ztui.tui.dialogs.too_small import TooSmall

            if not isinstance(self.screen, TooSmall):
                self.push_screen(TooSmall())

    # -- life

    def on_mount(self) -> None:
        """Watch for the ways a terminal program ends."""
        if self._watch:
            lifecycle.on_signals(self.leave)
            lifecycle.watch_terminal(self.leave)

    def leave(self, code: int) -> None:
        """End with this status; what runs at Zoho runs on, and is in the ledger."""
        self.exit(return_code=code)

    async def on_unmount(self) -> None:
        """Let what is at work come to rest, for it writes down where it stands; then close what the session holds."""
        self.workers.cancel_all()
        await lifecycle.at_rest(self.workers)
        await self.session.aclose()
        if self._watch:
            self.last_resort = lifecycle.end_in_time(self.return_code or 0)

    def _fatal_error(self) -> None:
        """A crash: its traceback as plain text, without the values it happened on."""
        import sys

        from rich.text import Text

        error = sys.exc_info()[1] or self._exception
        if error is not None:
            self.panic(Text(lifecycle.crash_report(error)))
        else:
            self._close_messages_no_wait()

    # -- telling

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A passing note as plain text: `markup` is never honoured, for messages carry values from outside.

        What is said again takes the place of what was said: keys that are held do not pile up notes.
        """
        from ztui.present.text import visible

        text = "\n".join(visible(line) for line in message.splitlines())
        for same in [note for note in self._notifications if note.message == text]:
            self._unnotify(same, refresh=False)
        super().notify(text, title=visible(title), severity=severity, timeout=timeout, markup=False)

    def show_error(self, error: BaseException) -> None:
        """Say what went wrong, why, and what to do. Errors that are not ours end the program as a crash."""
        if not isinstance(error, ZtuiError):
            raise error
        from ztui.tui.dialogs.message import ErrorDialog

        self.push_screen(ErrorDialog(error))

    async def go_home(self, error: BaseException | None = None) -> None:
        """To the runs and recent files, from a screen that has nothing to show; and say why."""
        from ztui.tui.screens.jobs import JobsScreen

        if any(isinstance(screen, JobsScreen) for screen in self.screen_stack[:-1]):
            await self.pop_screen()
        else:
            await self.switch_screen(JobsScreen())
        if error is not None:
            self.show_error(error)

    # -- runs

    def carry_out(self, job: Coroutine[Any, Any, Any], group: str) -> None:
        """Work on a run for as long as the program lives, whatever screen is up."""
        self.run_worker(job, group=group, exclusive=True, exit_on_error=False)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A run that could not be carried out says why."""
        if event.state is WorkerState.ERROR and event.worker.error is not None and event.worker.node is self:
            self.show_error(event.worker.error)

    def on_run_progressed(self, event: RunProgressed) -> None:
        """A run went on: tell every screen that follows it."""
        self.live[event.state.run_id] = event.state
        self.run_changed.publish(event.state)

    def resume(self, run: str) -> None:
        """Go on with a run that waits, or poll one that was left behind."""
        from ztui.tui.bridge import run_to

        self.carry_out(self.session.ready.runs.resume(run, run_to(self)), f"run {run}")

    def watch_runs(self, *, halted: bool = False) -> None:
        """Go on with every run that was left behind: send what is not sent, poll what is at Zoho. Once is enough."""
        if self._watching and not halted:
            return
        self._watching = True
        from ztui.tui.bridge import run_to

        # Not instead of one that is under way: what that works on is busy for this one, and goes on undisturbed.
        self._beside(self.session.ready.runs.resume_all(run_to(self), halted=halted))

    def watch_mass_updates(self, *, halted: bool = False) -> None:
        """Go on with every mass update that was left behind, beside those that are worked on already."""
        self._beside(self.session.ready.mass_updates.resume_all(self.mass_changed.publish, halted=halted))

    def _beside(self, job: Coroutine[Any, Any, Any]) -> None:
        self.run_worker(job, group="left behind", exit_on_error=False)

    def inspect(self, run: str) -> None:
        """Show what was refused in a run, and why."""
        from ztui.tui.screens.inspector import InspectorScreen

        self.push_screen(InspectorScreen(run))

    def action_jobs(self) -> None:
        """Every run; back to the list when one came from there."""
        from ztui.tui.screens.jobs import JobsScreen

        if isinstance(self.screen, JobsScreen):
            return
        if len(self.screen_stack) > 1 and isinstance(self.screen_stack[-2], JobsScreen):
            self.pop_screen()
        else:
            self.push_screen(JobsScreen())

    def action_profiles(self) -> None:
        """The orgs to talk to."""
        from ztui.tui.screens.profiles import ProfilesScreen

        self.push_screen(ProfilesScreen())

    def action_mass_update(self) -> None:
        """One value for many records."""
        from ztui.tui.screens.mass_update import MassUpdateScreen

        self.push_screen(MassUpdateScreen())

    # -- actions

    def action_help(self) -> None:
        """Keys and purpose of what is on screen."""
        from ztui.tui.dialogs.help import HelpDialog

        if not isinstance(self.screen, HelpDialog):
            self.push_screen(HelpDialog.about(self.screen))

    def action_palette(self) -> None:
        """Every action by name."""
        from ztui.tui.palette import Palette, open_palette

        if not isinstance(self.screen, Palette):
            open_palette(self)

    def action_next_theme(self) -> None:
        """Dark, light, the terminal's own."""
        names = [known.name for known in theme.THEMES]
        here = names.index(self.theme) if self.theme in names else -1
        self.theme = names[(here + 1) % len(names)]

    def action_colours(self, name: str) -> None:
        """One of the themes by name."""
        self.theme = name

    def action_offer_quit(self) -> None:
        """Ctrl+C does not end the program by accident."""
        self.notify("Press ctrl+q to quit.", timeout=3)

    async def action_quit(self) -> None:
        """End; with unsaved work the screen may ask first."""
        self.exit(return_code=0)


def run_tui(
    workspace: Workspace | Callable[[], Workspace],
    path: str | None = None,
    module: str | None = None,
    *,
    colours: str = "",
    mouse: bool = True,
) -> int:
    """Run the interface until the user leaves, and return the process's exit status (128+n after signal n, 1 a crash).

    `workspace` may be a function that opens it: it is then called after the first paint. `path` opens that file on the
    mapping screen, with `module` chosen when given; without a path the home screen comes up. Call `check_terminal` of
    `ztui.tui.terminal` first.
    """
    app = ZtuiApp(workspace, path, module, colours=colours, watch=True)
    # What has been imported stays; looking through it for garbage would take a quarter of the time to the first paint.
    gc.freeze()
    gc.enable()
    app.run(mouse=mouse)
    if app.last_resort is not None:
        app.last_resort.cancel()
    return app.return_code or 0
