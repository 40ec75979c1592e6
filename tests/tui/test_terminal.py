"""The real program in a real pseudo-terminal: it starts, it ends on every kind of end, and it leaves nothing behind."""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pyte
import pytest

SIZE = (80, 24)


class Terminal:
    """A pseudo-terminal with the program in it and a pyte screen behind it."""

    def __init__(self, *args: str, env: dict[str, str] | None = None) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        self.before = termios.tcgetattr(self.master)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "ztui", *args],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            env={**os.environ, **(env or {})},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self.screen = pyte.Screen(*SIZE)
        self.stream = pyte.ByteStream(self.screen)
        self.seen = b""

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def read(self, seconds: float) -> bool:
        """Take in what comes within so many seconds; False when nothing came."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        self.seen += data
        # pyte takes the kitty protocol's `CSI > u` and `CSI < u` for a cursor restore; no harm is done by them.
        self.stream.feed(data)
        return bool(data)

    def until(self, text: str, limit: float = 30.0) -> None:
        end = time.monotonic() + limit
        while text not in self.text:
            assert time.monotonic() < end, f"{text!r} never came:\n{self.text}"
            self.read(0.2)

    def press(self, keys: bytes) -> None:
        os.write(self.master, keys)

    def ended(self, limit: float = 15.0) -> int:
        """The exit status, with everything read to the end."""
        end = time.monotonic() + limit
        while self.process.poll() is None:
            assert time.monotonic() < end, f"it goes on:\n{self.text}"
            self.read(0.05)
        while self.read(0.05):
            pass
        return self.process.returncode

    def modes_left(self) -> list[str]:
        """Private modes switched on and never off again."""
        left = []
        for mode in (b"1049", b"1000", b"1003", b"1006", b"2004"):
            on, off = self.seen.rfind(b"\x1b[?" + mode + b"h"), self.seen.rfind(b"\x1b[?" + mode + b"l")
            if on > off:
                left.append(mode.decode())
        if self.seen.rfind(b"\x1b[?25l") > self.seen.rfind(b"\x1b[?25h"):
            left.append("hidden cursor")
        return left

    def close(self) -> None:
        with contextlib.suppress(OSError):
            os.close(self.master)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


@pytest.fixture
def people_on_screen(people: Path) -> Iterator[Terminal]:
    terminal = Terminal(str(people))
    try:
        terminal.until("columns mapped")
        yield terminal
    finally:
        terminal.close()


def test_the_program_shows_the_file_and_quits(people_on_screen: Terminal) -> None:
    terminal = people_on_screen
    assert "Lovelace" in terminal.text
    terminal.press(b"\x1b[B\x1b[C")
    terminal.until("Surname → Last Name")
    terminal.press(b"\x11")
    assert terminal.ended() == 0
    assert terminal.modes_left() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_signals_end_it_with_the_terminal_restored(people_on_screen: Terminal, number: signal.Signals) -> None:
    terminal = people_on_screen
    terminal.process.send_signal(number)
    assert terminal.ended() == 128 + number
    assert terminal.modes_left() == []
    assert termios.tcgetattr(terminal.master)[3] == terminal.before[3]


def test_a_vanished_terminal_leaves_no_orphan(people: Path) -> None:
    terminal = Terminal(str(people))
    try:
        terminal.until("columns mapped")
        os.close(terminal.master)
        assert terminal.process.wait(10) in (128 + signal.SIGHUP, -signal.SIGHUP)
    finally:
        terminal.close()


def test_resizing_draws_the_screen_anew(people_on_screen: Terminal) -> None:
    terminal = people_on_screen
    fcntl.ioctl(terminal.master, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    terminal.screen.resize(30, 100)
    terminal.process.send_signal(signal.SIGWINCH)
    terminal.until("Check ▸")
    end = time.monotonic() + 15
    while "Hopper" not in terminal.text or "t Transforms" not in terminal.text:
        assert time.monotonic() < end, terminal.text
        terminal.read(0.2)


def test_a_terminal_that_cannot_position_is_refused(people: Path) -> None:
    terminal = Terminal(str(people), env={"TERM": "dumb"})
    try:
        assert terminal.ended() not in (0, 1)
        assert "cannot position" in terminal.text
        assert b"\x1b" not in terminal.seen
    finally:
        terminal.close()


def test_without_a_terminal_it_says_what_to_do(people: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ztui", str(people)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode not in (0, 1)
    assert "no terminal" in done.stderr
    assert done.stdout == ""


def test_it_can_be_left_while_a_pipe_nobody_writes_to_is_opened(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    terminal = Terminal(str(pipe))
    try:
        terminal.until("Reading …")
        terminal.press(b"\x11")
        assert terminal.ended() == 0
        assert terminal.modes_left() == []
    finally:
        terminal.close()


def test_a_pipe_that_falls_silent_is_left_without_a_trace(tmp_path: Path) -> None:
    pipe, temp = tmp_path / "pipe.csv", tmp_path / "temp"
    os.mkfifo(pipe)
    temp.mkdir()
    writing = os.open(pipe, os.O_RDWR)
    terminal = Terminal(str(pipe), env={"TMPDIR": str(temp)})
    try:
        terminal.until("Opening …")
        end = time.monotonic() + 30
        while not any(temp.iterdir()):
            assert time.monotonic() < end
            terminal.read(0.1)
        terminal.press(b"\x11")
        assert terminal.ended() == 0
        assert list(temp.iterdir()) == []
    finally:
        terminal.close()
        os.close(writing)
