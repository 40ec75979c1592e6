"""The real program, driven in a pseudo-terminal as a person drives it."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.terminal import Terminal
from ztui.engine import demo_file
from ztui.engine.sandboxed import Sandbox

HOSTS = ("--api-domain", "--accounts-domain", "--upload-domain")


@pytest.mark.parametrize(("columns", "lines"), [(80, 24), (120, 40)])
def test_the_demo_by_keyboard_to_an_explained_refusal(columns: int, lines: int) -> None:
    with Terminal(["demo"], columns, lines) as terminal:
        terminal.wait_for("sample-leads.csv", "17 of 18 columns mapped")
        terminal.keys("c")
        terminal.wait_for("582 rows will be sent")
        terminal.keys("s")
        terminal.wait_for("Send this import?")
        terminal.keys("enter")
        terminal.wait_for("575 of 600 rows are in")
        terminal.keys("i")
        shown = terminal.wait_for("What it means", "There is already such a record", "What to do")
        assert "Line 14" in shown
        terminal.keys("ctrl+q")
        assert terminal.end() == 0
        assert terminal.left_as_found()


def test_it_says_at_once_what_it_opens(tmp_path: Path) -> None:
    file = tmp_path / "two\x1b]0;bad\x07.csv"
    file.write_text("Last Name,Email\nLovelace,ada@example.com\n", encoding="utf-8")
    with Terminal(["--sandbox", str(file)]) as terminal:
        terminal.wait_for("Lovelace", "2 of 2 columns mapped")
        raw = terminal.raw
        assert 0 < raw.index(b"opening two") < raw.index(b"Lovelace")
        assert b"\x1b]0;bad" not in raw
        terminal.keys("ctrl+q")
        assert terminal.end() == 0
        assert terminal.left_as_found()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(number: signal.Signals) -> None:
    with Terminal(["demo"]) as terminal:
        terminal.wait_for("17 of 18 columns mapped")
        terminal.send(number)
        assert terminal.end() == 128 + number
        assert terminal.left_as_found()
        assert "Traceback" not in terminal.raw.decode("utf-8", "replace")


def test_a_small_window_says_so() -> None:
    with Terminal(["demo"], 60, 20) as terminal:
        terminal.wait_for("80")
        terminal.keys("ctrl+q")
        assert terminal.end() == 0


@pytest.fixture
def slow_sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace="real") as running:
        yield running


def test_a_killed_import_is_taken_up_again_by_the_next_start(slow_sandbox: Sandbox, tmp_path: Path) -> None:
    def ztui(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "ztui", *arguments]
        return subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
        )

    hosts = [part for option in HOSTS for part in (option, slow_sandbox.base_url)]
    secrets = ["--environment", "sandbox", "--access-token", slow_sandbox.token]
    assert ztui("profiles", "add", "box", *hosts, *secrets).returncode == 0
    leads = demo_file.write(tmp_path / "leads.csv")
    with Terminal([str(leads), "--module", "Leads"]) as terminal:
        terminal.wait_for("17 of 18 columns mapped")
        terminal.keys("c")
        terminal.wait_for("582 rows will be sent")
        terminal.keys("s")
        terminal.wait_for("Send this import?")
        terminal.keys("enter")
        terminal.wait_for("INPROGRESS")
        terminal.process.kill()
    (before,) = json.loads(ztui("jobs", "--json").stdout)
    assert before["phase"] == "sending"
    with Terminal([]) as terminal:
        terminal.wait_for("leads.csv", "part in", timeout=110)
        terminal.keys("ctrl+q")
        assert terminal.end() == 0
    (after,) = json.loads(ztui("jobs", "--json").stdout)
    assert (after["run"], after["phase"]) == (before["run"], "ended")


def test_the_demo_by_mouse_to_an_explained_refusal() -> None:
    with Terminal(["demo"]) as terminal:
        terminal.wait_for("17 of 18 columns mapped", "Check ▸")
        terminal.click(*terminal.find("Check ▸"))
        terminal.wait_for("582 rows will be sent", "Send ▸")
        terminal.click(*terminal.find("Send ▸"))
        terminal.wait_for("Send this import?", "Enter send")
        terminal.click(*terminal.find("Enter send"))
        terminal.wait_for("575 of 600 rows are in", "Refused rows")
        terminal.click(*terminal.find("Refused rows"))
        terminal.wait_for("What it means", "There is already such a record", "What to do")
        terminal.keys("ctrl+q")
        assert terminal.end() == 0
