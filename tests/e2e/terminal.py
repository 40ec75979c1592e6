"""The real program in a pseudo-terminal: keys in, the screen as a person sees it out. It waits for events, not time."""

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
import threading
from collections.abc import Callable, Sequence
from types import TracebackType

import pyte

KEYS = {"enter": "\r", "escape": "\x1b", "down": "\x1b[B", "up": "\x1b[A", "tab": "\t", "ctrl+q": "\x11"}


class Terminal:
    """A context manager around `python -m ztui …` (or another module) in a terminal of this size."""

    def __init__(self, arguments: Sequence[str], columns: int = 120, lines: int = 40, *, module: str = "ztui") -> None:
        self._screen = pyte.Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)
        self._changed = threading.Condition()
        self._ended = False
        self.raw = bytearray()
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
        )
        os.close(theirs)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join()
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            try:
                piece = os.read(self._ours, 65536)
            except OSError:  # Linux says so when the program has closed its end
                piece = b""
            with self._changed:
                if not piece:
                    self._ended = True
                self.raw += piece
                with contextlib.suppress(TypeError):  # pyte does not know every private sequence
                    self._stream.feed(piece)
                self._changed.notify_all()
            if not piece:
                return

    def text(self) -> str:
        """What is on the screen."""
        with self._changed:
            return "\n".join(self._screen.display)

    def wait_for(self, *words: str, timeout: float = 60) -> str:
        """The screen once it holds all these words; fails with the screen when it does not come to that."""
        return self.wait_until(lambda text: all(word in text for word in words), f"{words}", timeout)

    def wait_until(self, good: Callable[[str], bool], what: str, timeout: float = 60) -> str:
        """The screen once `good` holds for it."""
        with self._changed:
            came = self._changed.wait_for(lambda: good("\n".join(self._screen.display)) or self._ended, timeout)
            text = "\n".join(self._screen.display)
        assert came, f"{what} did not come up in time:\n{text}"
        assert good(text), f"the program ended before {what} came up:\n{text}"
        return text

    def keys(self, *keys: str) -> None:
        """Type these keys: names of KEYS, or the text itself."""
        for key in keys:
            os.write(self._ours, KEYS.get(key, key).encode())

    def click(self, column: int, line: int) -> None:
        """Press and release the left button on a cell (0-based)."""
        for final in "Mm":
            os.write(self._ours, f"\x1b[<0;{column + 1};{line + 1}{final}".encode())

    def find(self, word: str) -> tuple[int, int]:
        """Column and line (0-based) of the first place where the word stands."""
        for number, line in enumerate(self.text().splitlines()):
            if word in line:
                return line.index(word), number
        raise AssertionError(f"{word!r} is not on the screen:\n{self.text()}")

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program."""
        self.process.send_signal(number)

    def end(self, timeout: float = 30) -> int:
        """The exit status, once the program has ended by itself."""
        status = self.process.wait(timeout)
        self._reader.join(timeout)
        return status

    def left_as_found(self) -> bool:
        """True when the program has undone what it did to the terminal: screen, mouse, paste mode, cursor."""
        tail = bytes(self.raw)
        for mode in (b"1049", b"1000", b"1003", b"1006", b"2004"):
            on, off = tail.rfind(b"\x1b[?" + mode + b"h"), tail.rfind(b"\x1b[?" + mode + b"l")
            if on > off:
                return False
        return tail.rfind(b"\x1b[?25h") >= tail.rfind(b"\x1b[?25l")


def gone(pid: int, timeout: float = 30) -> bool:
    """True once a process that is not a child has ended (Linux)."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], timeout)[0])
    finally:
        os.close(handle)
