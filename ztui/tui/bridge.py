"""From engine call-backs to messages: each carries the whole state, so an older one that still waits can be dropped."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message
from textual.message_pump import MessagePump

if TYPE_CHECKING:
    from ztui.engine.preflight import CheckReport
    from ztui.model.event import ImportEvent
    from ztui.model.run import RunState


class CheckProgressed(Message):
    """The check knows more."""

    def __init__(self, report: CheckReport) -> None:
        super().__init__()
        self.report = report

    def can_replace(self, message: Message) -> bool:
        """The newer report has all that the older one had."""
        return isinstance(message, CheckProgressed)


class RunProgressed(Message):
    """A run went a step further."""

    def __init__(self, state: RunState) -> None:
        super().__init__()
        self.state = state

    def can_replace(self, message: Message) -> bool:
        """The newer state of the same run makes the older one needless."""
        return isinstance(message, RunProgressed) and message.state.run_id == self.state.run_id


def fresher(kept: RunState, live: RunState | None) -> RunState:
    """The newer of what is kept and what was told last: only the latter knows an upload's progress, while only the
    former knows what another process, or a wish on a run at rest, has changed."""
    if live is None or kept.ended_at or kept.phase is not live.phase or len(kept.parts) > len(live.parts):
        return kept
    latest = [max((part.changed_at for part in state.parts), default="") for state in (kept, live)]
    return kept if latest[0] > latest[1] else live


def report_to(pump: MessagePump) -> Callable[[CheckReport], None]:
    """A call-back for `check` that posts to this screen or widget. For the event loop's thread."""

    def told(report: CheckReport) -> None:
        pump.post_message(CheckProgressed(report))

    return told


def run_to(pump: MessagePump) -> Callable[[RunState, ImportEvent], None]:
    """A call-back for runs that posts to this screen or widget. For the event loop's thread."""

    def told(state: RunState, _event: ImportEvent) -> None:
        pump.post_message(RunProgressed(state))

    return told
