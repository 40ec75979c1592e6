"""Standard error and exit statuses: narration, progress, and every error in words that say what to do.

0  done
1  rows were refused or left out
2  usage: the command, an option, a file, the configuration
3  sign-in or connection
4  the job failed (at Zoho, or because the disk refused)
5  not everything is known (a row's fate, a lost answer)
70 ztui itself broke (a crash file says where)
130 interrupted (128 + the signal's number)
141 nobody reads the output any more
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time
from collections.abc import Iterator
from enum import IntEnum
from types import TracebackType
from typing import TYPE_CHECKING

import click

from ztui import errors
from ztui.cli.output import OutputClosed
from ztui.present.text import clip, visible

if TYPE_CHECKING:
    from ztui.model.event import ErrorInfo
    from ztui.model.mass_run import MassState
    from ztui.model.run import RunState


class Exit(IntEnum):
    """What the process says to its caller."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    CONNECTION = 3
    FAILED = 4
    UNKNOWN = 5
    CRASH = 70
    INTERRUPTED = 130
    OUTPUT_CLOSED = 141


_DISK_IS_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Interrupted(Exception):
    """A signal asked the command to end; `number` is the signal's."""

    def __init__(self, number: int = signal.SIGINT) -> None:
        super().__init__(number)
        self.number = number


def say(text: str = "") -> None:
    """One cleaned line on standard error; line breaks in it start new lines."""
    _write("".join(f"{visible(part)}\n" for part in text.split("\n")))


def exit_for(error: BaseException) -> int:
    """The exit status for an error."""
    match error:
        case Interrupted():
            return 128 + error.number
        case KeyboardInterrupt() | click.Abort():
            return Exit.INTERRUPTED
        case OutputClosed():
            return Exit.OUTPUT_CLOSED
        case OSError() if error.errno in _DISK_IS_FULL:
            return Exit.FAILED
        case errors.SignInError() | errors.Unreachable() | errors.AnswerLost() | errors.Throttled():
            return Exit.CONNECTION
        case errors.ArchiveError():
            return Exit.FAILED
        case errors.ZohoError():
            # "local": it was not Zoho that answered, or nothing that can be read
            return Exit.CONNECTION if error.level in ("auth", "local") else Exit.FAILED
        case errors.StoreError() | errors.RunError():
            return Exit.FAILED
        case errors.ZtuiError() | click.ClickException():
            return Exit.USAGE
        case _:
            return Exit.CRASH


def exit_for_run(state: RunState) -> int:
    """The exit status for a run as it stands: unknown rows weigh most, then failures, then refused rows."""
    from ztui.model.run import Phase, Stage

    counts = state.outcome
    if state.phase is Phase.STOPPED:
        return _exit_for_info(state.error)
    if counts.unknown or any(p.stage is Stage.UNCERTAIN for p in state.parts):
        return Exit.UNKNOWN
    failed = [p for p in state.parts if p.stage in (Stage.FAILED, Stage.REFUSED)]
    if failed:
        return _exit_for_info(failed[0].error)
    if counts.skipped or counts.unprocessed or counts.not_sent:
        return Exit.REFUSED
    return Exit.DONE


def exit_for_mass(state: MassState) -> int:
    """The exit status for a mass update as it stands."""
    from ztui.model.mass_run import MassPhase

    if state.uncertain:
        return Exit.UNKNOWN
    failed = state.job is not None and state.job.state == "FAILED"
    if state.phase is MassPhase.STOPPED or failed:
        return Exit.FAILED
    return Exit.REFUSED if state.refused or state.unsent else Exit.DONE


def _exit_for_info(info: ErrorInfo | None) -> int:
    return Exit.CONNECTION if info is not None and info.level == "auth" else Exit.FAILED


def report(error: BaseException) -> int:
    """Say on standard error what went wrong and what to do; returns the exit status. Never shows a traceback."""
    match error:
        case errors.ZtuiError():
            from ztui.present.errors import error_text

            told = error_text(error)
            say(f"ztui: {told.title} ({told.code})")
            for text in told.lines()[1:]:
                say(f"  {text}")
        case click.UsageError():
            if error.ctx is not None:
                say(error.ctx.get_usage())
            say(f"ztui: {error.format_message()}")
            if error.ctx is not None:
                say(f"  Help: {error.ctx.command_path} --help")
        case click.ClickException():
            say(f"ztui: {error.format_message()}")
        case OutputClosed():
            _let_go_of_stdout()
        case OSError() if error.errno in _DISK_IS_FULL:
            # Files of ztui's own say so in a StoreError: what is left is what the shell redirected.
            report(errors.StoreError("OUTPUT_FULL", details={"reason": error.strerror or str(error)}))
            _let_go_of_stdout()
        case KeyboardInterrupt() | click.Abort() | Interrupted():
            say("ztui: interrupted. What is running at Zoho goes on.")
            say("  `ztui jobs` shows where it stands, `ztui resume` goes on with it.")
        case _:
            _report_crash(error)
    return exit_for(error)


def _report_crash(error: BaseException) -> None:
    say(f"ztui: an unexpected error ({type(error).__name__}). This is a fault of ztui.")
    from ztui.cli.crash import write_crash_note

    try:
        note = write_crash_note(error)
    except errors.ZtuiError as refused:
        say(f"  No note could be kept: {refused.details.get('reason', refused)}")
        return
    say(f"  Where it happened is in {note}; it holds no values of yours. Please attach it to a report.")
    say("  Runs are recorded step by step: `ztui jobs` shows where they stand.")


def _let_go_of_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush finds a reader."""
    with contextlib.suppress(OSError, ValueError):  # a stream without a descriptor needs no such care
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


class Guard:
    """`with Guard() as guard: guard.status = …`: whatever is raised inside is reported and becomes the status."""

    def __init__(self) -> None:
        self.status: int = Exit.DONE

    def __enter__(self) -> Guard:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if error is None:
            return False
        if isinstance(error, SystemExit):
            self.status = error.code if isinstance(error.code, int) else Exit.DONE
            return True
        self.status = report(error)
        return True


class Progress:
    """One line on standard error that is written over; silent when standard error is not a terminal."""

    def __init__(self, shown: bool) -> None:
        self._shown = shown
        self._last = ""
        self._at = 0.0

    def update(self, text: str, *, now: bool = False) -> None:
        """Show the text in place of the last one, at most ten times a second unless `now`."""
        moment = time.monotonic()
        if not self._shown or text == self._last or (not now and moment - self._at < 0.1):
            return
        self._last, self._at = text, moment
        columns = _columns()
        _write("\r\x1b[2K" + clip(visible(text), max(columns - 1, 10)))

    def clear(self) -> None:
        """Take the line away."""
        if self._shown and self._last:
            self._last = ""
            _write("\r\x1b[2K")


@contextlib.contextmanager
def progress() -> Iterator[Progress]:
    """A progress line for the time of the block; it is gone afterwards."""
    dumb = os.environ.get("TERM", "") in ("", "dumb")
    line = Progress(sys.stderr is not None and sys.stderr.isatty() and not dumb)
    try:
        yield line
    finally:
        line.clear()


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns
    except (OSError, ValueError):
        return 80


def _write(text: str) -> None:
    if sys.stderr is None:
        return
    # Nobody reads the narration: the command goes on all the same.
    with contextlib.suppress(BrokenPipeError):
        sys.stderr.write(text)
        sys.stderr.flush()
