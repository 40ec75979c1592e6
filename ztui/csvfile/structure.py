"""The exact pass over a file: how many records, where they begin, and where their structure is broken.

Agrees with `csv.reader` record for record, but touches cells only where quotes make it necessary: a line without quotes
is counted by its delimiters, a line of well-formed cells is recognised by one regular expression, and everything else
is read by `RecordReader`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ztui.csvfile.encoding import Encoding, Utf8Tally, lines_with_bad_bytes
from ztui.csvfile.index import SPACING
from ztui.csvfile.reader import LINE_LIMIT, RecordReader
from ztui.csvfile.scan import any_but
from ztui.errors import SourceError
from ztui.model.table import Dialect

EXAMPLES = 100
"""How many places of each trouble are kept; all are counted."""


@dataclass(slots=True)
class Trouble:
    """One kind of broken structure: how often, and the first places as (record, line, amount)."""

    count: int = 0
    total: int = 0
    places: list[tuple[int, int, int]] = field(default_factory=list)

    def add(self, record: int, line: int, amount: int = 1) -> None:
        """One more place; `amount` is the cells, lines or bytes it is about."""
        self.count += 1
        self.total += amount
        if len(self.places) < EXAMPLES:
            self.places.append((record, line, amount))


@dataclass(slots=True)
class Structure:
    """What the exact pass found. `checkpoints` are (offset, number, line) triples of record starts.

    Amounts: `short` and `long` cells of the record; `unclosed` physical lines swallowed; `bad_bytes` and `nuls` bytes
    in the line; `blank` 1. `lone_cr` says that a record ended with a CR alone, so the file must be normalised.
    `verdict` is the encoding the whole file speaks for.
    """

    count: int = 0
    checkpoints: list[tuple[int, int, int]] = field(default_factory=list)
    short: Trouble = field(default_factory=Trouble)
    long: Trouble = field(default_factory=Trouble)
    unclosed: Trouble = field(default_factory=Trouble)
    after_quote: Trouble = field(default_factory=Trouble)
    bad_bytes: Trouble = field(default_factory=Trouble)
    nuls: Trouble = field(default_factory=Trouble)
    blank: Trouble = field(default_factory=Trouble)
    oversized: Trouble = field(default_factory=Trouble)
    lone_cr: bool = False
    verdict: Encoding | None = None


def record_pattern(delimiter: str, width: int, *, stray: bool = True) -> re.Pattern[bytes]:
    """Matches one whole line that holds exactly `width` cells, each plain or properly quoted.

    With `stray` a plain cell may hold quotes behind its first character.
    """
    d = re.escape(delimiter.encode())
    text = any_but(rb'"\r\n') + b"*+"
    plain = any_but(rb'"\r\n' + d) + any_but((rb"\r\n" if stray else rb'"\r\n') + d) + b"*+"
    # cells with doubled quotes apart: a repeated group costs the others half as much again
    cell = b'(?:"' + text + b'"|' + plain + b'|"' + text + b'(?:""' + text + b')++"|)'
    return re.compile(cell + b"(?:" + d + cell + rb"){%d}(?:\r?\n|\r)?" % (width - 1))


def _after_quote_pattern(delimiter: str) -> re.Pattern[bytes]:
    """Finds a cell that begins with a quote and goes on behind the closing one."""
    d = re.escape(delimiter.encode())
    cell = rb'(?:"[^"]*+(?:""[^"]*+)*+"(?!")|[^"' + d + rb"\r\n][^" + d + rb"\r\n]*+|)"
    return re.compile(cell + rb"(?:" + d + cell + rb')*(?<=")[^' + d + rb"\r\n]")


class StructureScan:
    """One exact pass; `run` does it. `on_block` hears (records so far, fraction) and may raise to end the pass."""

    def __init__(
        self,
        path: Path,
        dialect: Dialect,
        width: int,
        start: int,
        *,
        on_block: Callable[[int, float], None] | None = None,
    ) -> None:
        self.found = Structure()
        self._path = path
        self._dialect = dialect
        self._width = width
        self._start = start
        self._on_block = on_block
        self._delimiter = dialect.delimiter.encode()
        self._pattern = record_pattern(dialect.delimiter, width)
        self._tidy = record_pattern(dialect.delimiter, width, stray=False)
        self._after_quote = _after_quote_pattern(dialect.delimiter)
        self._tally = Utf8Tally()
        self._pending: list[bytes] = []  # the lines of the block at hand, and how many of them are taken
        self._at = 0
        self._offset = start
        self._line = dialect.first_line
        self._size = 1
        self._read = start
        self._read_line = dialect.first_line  # physical line at which the next block starts
        self._lone_cr_block = False
        self._lone_cr_seen = False  # in any block whose lines may be queued
        self._coming: Iterator[bytes] = iter(())

    def run(self) -> Structure:
        """Scan the whole file. Raises SourceError LINE_TOO_LONG, OSError, and what `on_block` raises."""
        found = self.found
        self._size = max(self._path.stat().st_size, 1)
        found.checkpoints.append((self._offset, 0, self._line))
        with self._path.open("rb") as stream:
            self._tally.add(stream.read(self._start))  # the header has a say in the encoding
            self._coming = self._blocks(stream)
            for block in self._coming:
                self._lone_cr_seen = self._lone_cr_block
                if self._offset - found.checkpoints[-1][0] >= SPACING:
                    found.checkpoints.append((self._offset, found.count, self._line))
                if b'"' not in block and not self._lone_cr_block and self._plain(block):
                    pass
                else:
                    self._pending, self._at = block.splitlines(keepends=True), 0
                    self._lines()
                if self._on_block is not None:
                    self._on_block(found.count, self._read / self._size)
        found.verdict = self._tally.verdict()
        return found

    def _blocks(self, stream: BinaryIO) -> Iterator[bytes]:
        """The file in blocks cut behind line ends; their bytes are checked as they come."""
        rest = b""
        while chunk := stream.read(SPACING):
            block = rest + chunk if rest else chunk
            cut = block.rfind(b"\n") + 1
            if not cut and len(block) > SPACING:
                cut = block.rfind(b"\r", 0, len(block) - 1) + 1
            if not cut:
                if len(block) > LINE_LIMIT:
                    raise SourceError(
                        "LINE_TOO_LONG", details={"path": str(self._path), "limit": f"{LINE_LIMIT >> 20} MB"}
                    )
                rest = block
                continue
            rest = block[cut:]
            block = block[:cut]
            self._begin(block)
            yield block
        if rest:
            self._begin(rest)
            yield rest

    def _begin(self, block: bytes) -> None:
        """Look at a block's bytes as such: encoding, NULs, lone CRs."""
        self._read += len(block)
        odd = self._tally.add(block)
        if self._dialect.encoding != "utf-8":
            try:
                block.decode(self._dialect.encoding)
                odd = False
            except UnicodeDecodeError:
                odd = True
        if odd:
            for at, bad, _ in lines_with_bad_bytes(block, self._dialect.encoding):
                self.found.bad_bytes.add(-1, self._read_line + at, bad)
        if b"\0" in block:
            for at, raw in enumerate(block.splitlines()):
                if b"\0" in raw:
                    self.found.nuls.add(-1, self._read_line + at, raw.count(b"\0"))
        lone = 0
        if b"\r" in block:
            # far quicker than to count CRs and CRLFs
            bare = block.replace(b"\r\n", b"\n")
            lone = len(bare) - len(bare.replace(b"\r", b""))
        self._lone_cr_block = lone > 0
        self._read_line += lone + len(block) - len(block.replace(b"\n", b""))

    def _plain(self, block: bytes) -> bool:
        """Count a block without quotes at once if all its lines have the header's width; False if one has not."""
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        want = self._width - 1
        delimiter = self._delimiter
        if want == 0 or [line.count(delimiter) for line in lines].count(want) != len(lines):
            return False
        self.found.count += len(lines)
        self._line += len(lines)
        self._offset += len(block)
        return True

    def _lines(self) -> None:
        """Take the pending lines, and those of later blocks that their records reach into."""
        while self._at < len(self._pending):
            lines = self._pending
            for index in self._remarkable(lines):
                if index >= self._at:
                    self._pass_over(lines[self._at : index])
                    self._line_by_itself(lines[index])
                    if self._pending is not lines:
                        break
            else:
                self._pass_over(lines[self._at :])

    def _remarkable(self, lines: list[bytes]) -> Sequence[int]:
        """The lines that may be something else than a record of the header's width, if one begins there."""
        want, delimiter, whole = self._width - 1, self._delimiter, self._pattern.fullmatch
        if self._lone_cr_seen or not want:  # a blank line of a single column has as many delimiters as any other
            return range(len(lines))
        return [
            index
            for index, raw in enumerate(lines)
            if (whole(raw) is None if b'"' in raw else raw.count(delimiter) != want)
        ]

    def _pass_over(self, plain: list[bytes]) -> None:
        """Count lines that are records of the header's width."""
        self._at += len(plain)
        self.found.count += len(plain)
        self._line += len(plain)
        self._offset += sum(map(len, plain))

    def _line_by_itself(self, raw: bytes) -> None:
        """Take one line that holds quotes, has another width or may be blank."""
        found = self.found
        self._at += 1
        if b'"' in raw:
            if self._pattern.fullmatch(raw) is None:
                self._record(raw)
                return
        elif not raw.strip(b"\r\n"):
            found.blank.add(found.count, self._line)
            found.count -= 1
        else:
            self._ragged(raw.count(self._delimiter) + 1, self._line)
        if raw.endswith(b"\r"):
            found.lone_cr = True
        found.count += 1
        self._line += 1
        self._offset += len(raw)

    def _ragged(self, width: int, line: int) -> None:
        if width < self._width:
            self.found.short.add(self.found.count, line, width)
        elif width > self._width:
            self.found.long.add(self.found.count, line, width)

    def _record(self, first: bytes) -> None:
        """One record that needs csv.reader; it may take lines of the blocks that follow."""
        found = self.found
        taken: list[bytes] = []
        reader = RecordReader(self._feed(first, taken), self._dialect, line=self._line, offset=self._offset)
        next(reader)
        self._line, self._offset = reader.line, reader.offset
        if taken[-1].endswith(b"\r") and not reader.unclosed:
            found.lone_cr = True
        if reader.dropped:
            found.oversized.add(found.count, reader.start_line, reader.offset - reader.start_offset)
        text_behind = not reader.dropped and self._after_quote.match(b"".join(taken)) is not None
        broken = text_behind or reader.dropped or reader.width != self._width
        if reader.unclosed or (reader.lines > 1 and broken and self._swallows(taken)):
            found.unclosed.add(found.count, reader.start_line, reader.lines - 1)
        elif text_behind:
            found.after_quote.add(found.count, reader.start_line)
        self._ragged(reader.width, reader.start_line)
        found.count += 1
        if self._offset - found.checkpoints[-1][0] >= SPACING:
            found.checkpoints.append((self._offset, found.count, self._line))

    def _feed(self, first: bytes, taken: list[bytes]) -> Iterator[bytes]:
        taken.append(first)
        yield first
        while True:
            while self._at < len(self._pending):
                raw = self._pending[self._at]
                self._at += 1
                if len(taken) < 1000:
                    taken.append(raw)
                else:
                    taken[-1] = raw
                yield raw
            block = next(self._coming, None)
            if block is None:
                return
            self._lone_cr_seen |= self._lone_cr_block
            if self._on_block is not None:
                self._on_block(self.found.count, self._read / self._size)
            self._pending, self._at = block.splitlines(keepends=True), 0

    def _swallows(self, taken: list[bytes]) -> bool:
        """True when a line within the record is a whole record by itself: the quote was hardly meant to span it."""
        if self._width < 2:
            return False
        return any(self._tidy.fullmatch(raw) for raw in taken[1:])
