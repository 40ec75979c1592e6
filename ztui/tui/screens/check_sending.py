"""From the check screen to sending: what must be true first, what is asked, and where the answers lead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ztui.tui.screens.base import ZtuiScreen

if TYPE_CHECKING:
    from ztui.model.finding import Finding


class Sending(ZtuiScreen):
    """The action that sends what was checked."""

    def action_send(self) -> None:
        """Ask, then start the run."""
        report = self.session.report
        if report is None:
            return
        if report.blocking:
            self.notify("Red findings about the whole job come first: nothing can be sent yet.", severity="warning")
            return
        if not self.session.report_is_current:
            self.notify("The check is not through yet; it will not take long.", severity="warning")
            return
        if self.session.profile is None:
            self.notify("Choose or set up a profile first: it says which org to send to.", severity="warning")
            self.run_action_if("profiles")
            return
        self.work(self._send(), "send")

    async def _send(self) -> None:
        from ztui.tui.dialogs.send import SendDialog
        from ztui.tui.sending import Offer, prepare, start

        doubts = await self.session.doubts()
        if doubts:
            self._ask_about(doubts)
            return

        offer = await prepare(self.session)

        def agreed(answer: Offer | None) -> None:
            if answer is not None:
                start(self.ztui, answer)

        self.app.push_screen(SendDialog(offer, self.session), agreed)

    def _ask_about(self, doubts: Sequence[Finding]) -> None:
        """A file that is hardly read as it was meant: mend how it is read, or have it said that it is right."""
        from ztui.tui.dialogs.misread import Answer, MisreadDialog
        from ztui.tui.screens.mapping import MappingScreen

        def answered(answer: Answer | None) -> None:
            if answer == "send":
                self.session.as_read = True
                self.action_send()
            elif answer == "read":
                below = next((s for s in self.app.screen_stack if isinstance(s, MappingScreen)), None)
                self.dismiss(None)
                if below is not None:
                    below.go_to_finding(doubts[0])
                    below.action_dialect()

        self.app.push_screen(MisreadDialog(doubts), answered)
