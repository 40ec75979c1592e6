"""What can be done with a run, wherever it is on screen: pause, go on, send no more, look at refused rows."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from ztui.tui.dialogs.message import Confirm
from ztui.tui.screens.base import ZtuiScreen


class RunActions(ZtuiScreen):
    """Mix-in: subclasses say which run is meant by `run`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause", show=True),
        Binding("r", "resume", "Go on", show=True),
        Binding("x", "cancel", "Send no more", show=True),
    ]

    def meant(self) -> str | None:
        """The run that actions are about; None unless the screen knows one."""
        return None

    def action_inspect(self) -> None:
        """Rows that were refused, and why."""
        if run := self.meant():
            self.ztui.inspect(run)

    def action_pause(self) -> None:
        """Send no further part for now."""
        if run := self.meant():
            self.work(self.session.ready.runs.pause(run), "wish")

    def action_resume(self) -> None:
        """Go on sending."""
        if run := self.meant():
            self.ztui.resume(run)

    def action_cancel(self) -> None:
        """Send nothing that has not been sent; jobs at Zoho run on."""
        run = self.meant()
        if run is None:
            return

        def agreed(yes: bool | None) -> None:
            if yes:
                self.work(self.session.ready.runs.cancel(run), "wish")

        text = "Parts that have not been sent stay unsent. Jobs that Zoho has already accepted run to their end."
        self.app.push_screen(Confirm("Send no more?", text, "send no more", "go on"), agreed)
