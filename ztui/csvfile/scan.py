"""Walks the records of a byte range of a file, fast where a pattern vouches for whole rows, exactly everywhere else.

Owns how a file is cut into ranges and walked; knows nothing of what makes a row good. Whatever no pattern matches is
read by `RecordReader`, which alone decides what a record is. Ranges are cut where records seem to begin (`resync`), and
whoever puts them together must check that each range ended exactly where the next one began.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Protocol

from ztui.csvfile.reader import LINE_LIMIT, RecordReader, physical_lines
from ztui.errors import SourceError
from ztui.model.table import Dialect

BLOCK = 1 << 18
WINDOW = 1 << 16
"""Bytes of a block that a row pattern is let loose on at a time."""

_PROOF = 20
_TRIES = 200
_STUBBORN = 2_000

SINGLE_BYTE = re.compile(r"ascii|iso8859-\d+|cp125\d|koi8-[ru]")
"""Names, as `codecs.lookup` gives them, of the encodings with one byte a character and ASCII in the lower half."""


def patterns_work() -> bool:
    """False on the early Python 3.11 releases whose possessive groups lose matches (gh-106052)."""
    found = re.match(r"(?:ab?c)++", "acabc")
    return found is not None and found.end() == 5


@cache
def any_but(excluded: bytes) -> bytes:
    """A class of all bytes but these; `excluded` is the inside of a class, as in `[^…]`.

    It names what it holds: Python's engine looks a byte up in such a class in one step, in a negated one in three.
    """
    inside = re.compile(rb"[" + excluded + rb"]")
    held = [byte for byte in range(256) if not inside.match(bytes((byte,)))]
    if len(held) == 255:
        return rb"[^" + excluded + rb"]"  # but a single byte to keep out is the fastest of all
    runs: list[list[int]] = []
    for byte in held:
        if runs and runs[-1][1] == byte - 1:
            runs[-1][1] = byte
        else:
            runs.append([byte, byte])
    return rb"[" + b"".join(rb"\x%02x-\x%02x" % (first, last) for first, last in runs) + rb"]"


def resync(path: Path, dialect: Dialect, width: int, at: int) -> int | None:
    """Where the first record at or behind byte `at` begins, judged by the `width`-cell records there; None if unclear.

    A guess that can be wrong within quotes: compare it with where the range before it ends.
    """
    if width < 3:
        return None
    with path.open("rb", buffering=0) as file:
        file.seek(max(at - 1, 0))
        window = file.read(1 << 20)
    position = window.find(b"\n") + 1 if at else 0
    if at and not position:
        return None
    for _ in range(_TRIES):
        stream = io.BytesIO(window)
        stream.seek(position)
        lines = physical_lines(stream, WINDOW)
        reader = RecordReader(lines, dialect, offset=max(at - 1, 0) + position)
        starts, good = [], 0
        for cells in islice(reader, _PROOF):
            starts.append(reader.start_offset)
            if len(cells) != width or reader.dropped or reader.unclosed:
                break
            good += 1
        if starts and good == len(starts) and (good == _PROOF or len(window) < 1 << 20):
            return starts[0]
        position = window.find(b"\n", position) + 1
        if not position:
            return None
    return None


class Sink(Protocol):
    """Who is told of the rows of a range."""

    def skim(self, data: bytes, start: int, end: int) -> tuple[int, int, int]:
        """Take as many whole rows as it can vouch for from `start` on, at most up to `end` (behind a line end).

        Returns (position behind them, how many they are, how many physical lines they take).
        """
        ...

    def record(self, cells: list[str], line: int, reader: RecordReader) -> None:
        """One record read exactly; `line` counts from the range's first line, which is 0."""
        ...


class RangeWalk:
    """Walks the records that begin in `start` up to `end` (exclusive; None: the end of the file).

    Afterwards `offset` is where the first record behind the range begins (or the end of the file), `records` and
    `lines` how many there were, blank lines included. `checkpoints` are (offset, record, line) from time to time.
    """

    def __init__(self, path: Path, dialect: Dialect, start: int, end: int | None, *, most: int | None = None) -> None:
        self.offset = start
        self.records = 0
        self.lines = 0
        self.checkpoints: list[tuple[int, int, int]] = []
        self._path = path
        self._dialect = dialect
        self._end = end
        self._most = most
        self._data = b""
        self._base = start
        self._stream: BinaryIO | None = None

    def run(self, sink: Sink, *, skim: bool = True) -> None:
        """Walk. Raises OSError and SourceError LINE_TOO_LONG."""
        with self._path.open("rb", buffering=0) as stream:
            stream.seek(self.offset)
            self._stream = stream
            slow = 0
            reader: RecordReader | None = None
            while self._most is None or self.records < self._most:
                self._mark()
                if skim and slow < _STUBBORN:
                    slow = 0 if self._skim(sink) else slow + 1
                    reader = None
                if self._end is not None and self.offset >= self._end:
                    return
                if reader is None:
                    reader = RecordReader(self._feed(), self._dialect, line=self.lines, offset=self.offset)
                if not self._record(reader, sink):
                    return

    def _mark(self) -> None:
        """Note a place to begin reading at, unless there is one near."""
        if not self.checkpoints or self.offset - self.checkpoints[-1][0] >= WINDOW:
            self.checkpoints.append((self.offset, self.records, self.lines))

    def _skim(self, sink: Sink) -> bool:
        """Let the sink take good rows, window by window; True when it took any."""
        took = False
        while (self._end is None or self.offset < self._end) and self._ready():
            position = self.offset - self._base
            limit = self._limit(position)
            if limit <= position:
                return took
            stop, rows, lines = sink.skim(self._data, position, limit)
            if not rows:
                return took
            took = True
            self._mark()
            self.records += rows
            self.lines += lines
            self.offset = self._base + stop
            if stop < limit:
                return took
        return took

    def _ready(self) -> bool:
        """Have at least one whole line at the present position; False at the end of the file."""
        position = self.offset - self._base
        if position < len(self._data) and self._data.find(b"\n", position) >= 0:
            return True
        return self._fill(position) and self._data.find(b"\n") >= 0

    def _fill(self, position: int) -> bool:
        """Read on, dropping what lies before `position`; False when the file has no more."""
        assert self._stream is not None
        more = self._stream.read(BLOCK)
        if more:
            self._data = self._data[position:] + more
            self._base += position
        return bool(more)

    def _limit(self, position: int) -> int:
        """Behind the last line end that may be skimmed now: in the window, and no row beginning at the range's end."""
        data = self._data
        upto = min(position + WINDOW, len(data))
        if self._end is not None:
            upto = min(upto, max(self._end - self._base, position))
            # the row that begins before the range's end belongs to it as a whole
            if upto == self._end - self._base and upto > position:
                behind = data.find(b"\n", upto - 1) + 1
                if behind and behind - position <= WINDOW:
                    return behind
        limit = data.rfind(b"\n", position, upto) + 1
        return limit or data.find(b"\n", position) + 1

    def _record(self, reader: RecordReader, sink: Sink) -> bool:
        """Read one record exactly and tell the sink; False at the end of the file or of the range."""
        cells = next(reader, None)
        if cells is None or (self._end is not None and reader.start_offset >= self._end):
            # what lies between are blank lines; they belong to this range
            self.lines = reader.start_line if cells is not None else reader.line
            self.offset = reader.start_offset if cells is not None else reader.offset
            return False
        sink.record(cells, reader.start_line, reader)
        self.records += 1
        self.lines = reader.line
        self.offset = reader.offset
        return True

    def _feed(self) -> Iterator[bytes]:
        """The lines from the present position on; data that was passed over is let go."""
        position = self.offset - self._base
        while True:
            behind = self._data.find(b"\n", position) + 1
            if not behind:
                if len(self._data) - position > LINE_LIMIT:
                    raise SourceError(
                        "LINE_TOO_LONG", details={"path": str(self._path), "limit": f"{LINE_LIMIT >> 20} MB"}
                    )
                if self._fill(position):
                    position = 0
                    continue
                if position < len(self._data):
                    yield from self._data[position:].splitlines(keepends=True)
                return
            yield from self._data[position:behind].splitlines(keepends=True)
            position = behind
