"""What can be done with a run, wherever it is on screen: pause, go on, send no more, look at refused rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from ztui.errors import ConfigError
from ztui.tui.screens.base import ZtuiScreen
from ztui.tui.widgets.chrome import TitleBar

if TYPE_CHECKING:
    from ztui.model.run import RunState


def entitle(screen: ZtuiScreen, state: RunState) -> None:
    """Name the run's own file, module and profile in the title bar, whatever else is open."""
    opened = screen.session.opened
    try:
        local = opened is not None and opened.profile_named(state.profile).sandbox
    except ConfigError:  # the profile was deleted since: the run still tells where it went
        local = False
    name = state.source.rsplit("/", 1)[-1] if state.source != "-" else "standard input"
    environment = "sandbox" if local else state.environment
    screen.query_one(TitleBar).show(name, f"{state.module} · {state.operation}", state.profile, environment)


class RunActions(ZtuiScreen):
    """Mix-in: subclasses say which run is meant. Only actions that make sense for its state are offered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("i", "inspect", "Refused rows", show=True),
        Binding("p", "pause", "Pause", show=True),
        Binding("r", "resume", "Go on", show=True),
        Binding("x", "cancel", "Send no more", show=True),
    ]

    def meant(self) -> RunState | None:
        """The run that actions are about; None unless the screen knows one."""
        return None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Hide what would do nothing."""
        if action not in ("inspect", "pause", "resume", "cancel"):
            return True
        state = self.meant()
        if state is None:
            return False
        from ztui.model.run import Phase

        match action:
            case "pause":
                return state.phase in (Phase.PACKING, Phase.SENDING)
            case "resume":
                return state.phase in (Phase.PAUSED, Phase.STOPPED)
            case "cancel":
                return not state.ended_at and state.phase is not Phase.CANCELLED
            case _:
                errors = [state.error, *(part.error for part in state.parts)]
                return state.outcome.total > 0 or any(error is not None for error in errors)

    def action_inspect(self) -> None:
        """Rows that were refused, and why."""
        if state := self.meant():
            self.ztui.inspect(state.run_id)

    def action_pause(self) -> None:
        """Send no further part for now."""
        if state := self.meant():
            self.work(self.session.ready.runs.pause(state.run_id), "wish")

    def action_resume(self) -> None:
        """Go on sending."""
        if state := self.meant():
            self.ztui.resume(state.run_id)

    def action_cancel(self) -> None:
        """Send nothing that has not been sent; jobs at Zoho run on."""
        state = self.meant()
        if state is None:
            return

        def agreed(yes: bool | None) -> None:
            if yes:
                self.work(self.session.ready.runs.cancel(state.run_id), "wish")

        from ztui.tui.dialogs.message import Confirm

        text = "Parts that have not been sent stay unsent. Jobs that Zoho has already accepted run to their end."
        self.app.push_screen(Confirm("Send no more?", text, "send no more", "go on"), agreed)
