import io
import signal
import sys
from pathlib import Path

import click
import pytest

from ztui import errors
from ztui.cli import diagnostics
from ztui.cli.diagnostics import Exit, Guard, Interrupted, exit_for, exit_for_run
from ztui.cli.output import OutputClosed
from ztui.model import event as ev
from ztui.model import run as fold
from ztui.model.event import ErrorInfo
from ztui.model.outcome import OutcomeCounts
from ztui.model.run import RunState


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UsageError("X"), 2),
        (errors.ConfigError("X"), 2),
        (errors.SourceError("X"), 2),
        (errors.PlanError("X"), 2),
        (click.UsageError("X"), 2),
        (errors.SignInError("X"), 3),
        (errors.Unreachable("X"), 3),
        (errors.Throttled("X"), 3),
        (errors.ApiError("X", level="auth"), 3),
        (errors.ZohoError("REDIRECT_REFUSED", level="local"), 3),
        (errors.ArchiveError("X"), 4),
        (errors.ApiError("X"), 4),
        (errors.StoreError("X"), 4),
        (KeyboardInterrupt(), 130),
        (Interrupted(signal.SIGTERM), 143),
        (OutputClosed(), 141),
        (ValueError(), 70),
    ],
)
def test_one_table_of_exit_statuses(error: BaseException, status: int) -> None:
    assert exit_for(error) == status


def test_an_error_says_what_why_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    with Guard() as guard:
        raise errors.StoreError("STORE_FULL", details={"path": "/x/\x1b[2J", "reason": "No space left on device"})
    assert guard.status == Exit.FAILED
    told = capsys.readouterr()
    assert told.out == ""
    assert "The disk is full (STORE_FULL)" in told.err
    assert "/x/␛[2J: No space left on device." in told.err
    assert "What to do: Free some space" in told.err


def test_an_unknown_code_is_shown_raw_with_its_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert diagnostics.report(errors.ApiError("BRAND_NEW_CODE", "something happened")) == Exit.FAILED
    told = capsys.readouterr().err
    assert "BRAND_NEW_CODE" in told
    assert "something happened" in told


def test_a_crash_leaves_a_note_without_values(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    with Guard() as guard:
        secret = "1000.deadbeef"
        raise ZeroDivisionError(secret)
    assert guard.status == Exit.CRASH
    told = capsys.readouterr().err
    assert "Traceback" not in told
    (note,) = (tmp_path / "ztui" / "crashes").iterdir()
    assert str(note) in told
    text = note.read_text()
    assert "ZeroDivisionError" in text
    assert "test_diagnostics.py" in text
    assert "deadbeef" not in text + told


def _run(*events: ev.ImportEvent) -> RunState:
    state = fold.start(ev.RunStarted("t", "run", "d", "f.csv", "Leads", "insert", "p", "production", 3))
    for event in (ev.PartPacked("t", 1, 3, 9, 9, "s", "a"), ev.PackingFinished("t", 1, 0), *events):
        state = fold.apply(state, event)
    return state


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((ev.RunEnded("t", OutcomeCounts(added=3)),), 0),
        ((ev.RunEnded("t", OutcomeCounts(added=2, skipped=1)),), 1),
        ((ev.RunEnded("t", OutcomeCounts(added=2, not_sent=1)),), 1),
        ((ev.RunEnded("t", OutcomeCounts(added=2, unknown=1)),), 5),
        ((ev.JobCreateLost("t", 1, ErrorInfo("local", "ANSWER_LOST")),), 5),
        ((ev.PartFailed("t", 1, ErrorInfo("job", "X")), ev.RunEnded("t", OutcomeCounts(unprocessed=3))), 4),
        ((ev.RunStopped("t", ErrorInfo("auth", "INVALID_TOKEN")),), 3),
        ((ev.RunStopped("t", ErrorInfo("local", "STORE_FULL")),), 4),
    ],
)
def test_the_status_of_a_run(events: tuple[ev.ImportEvent, ...], status: int) -> None:
    assert exit_for_run(_run(*events)) == status


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_only_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    for stream, shown in ((io.StringIO(), ""), (_Terminal(), "\r\x1b[2K5 of 9 rows\r\x1b[2K")):
        monkeypatch.setattr(sys, "stderr", stream)
        monkeypatch.setenv("TERM", "xterm")
        with diagnostics.progress() as line:
            line.update("5 of 9 rows", now=True)
            line.update("5 of 9 rows", now=True)
        assert stream.getvalue() == shown
