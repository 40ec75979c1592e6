"""Where records begin: a sparse index of checkpoints, first provisional (fast), then exact.

The provisional pass counts the line ends at even quote parity, block by block. A
stray quote (`12" pipe`) turns parity over, and blank lines count as records, so its numbers serve scrolling only until
an exact scan's checkpoints take their place (`adopt`). 16 bytes per checkpoint, one for each 64 KB of file.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

SPACING = 1 << 16
"""Bytes between checkpoints."""

_DENSE = 600  # a pair of quotes in fewer bytes than this: looking each one up would be slower than translate()
_DROPPED = bytes(b for b in range(256) if b not in b'\n"')


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A record's start: byte `offset`, its 0-based `number` among the data records, its 1-based physical `line`."""

    offset: int
    number: int
    line: int


class RowIndex:
    """Checkpoints in file order. One thread may append while others look up."""

    def __init__(self, first: Checkpoint) -> None:
        self._offsets = array("Q", [first.offset])
        self._lines = array("I", [first.line])
        self._numbers = array("I", [first.number])
        self.count = first.number
        """Records known to be reachable by number so far."""
        self.complete = False
        """True when the whole file has been seen."""
        self.exact = False
        """True when the numbers come from csv.reader's reading, not from quote parity."""

    @classmethod
    def of(cls, checkpoints: Iterable[tuple[int, int, int]], count: int) -> RowIndex:
        """A complete, exact index from (offset, number, line) triples, the first being the first data record."""
        rows = iter(checkpoints)
        index = cls(Checkpoint(*next(rows)))
        for offset, number, line in rows:
            index.add(offset, number, line)
        index.count, index.complete, index.exact = count, True, True
        return index

    def add(self, offset: int, number: int, line: int) -> None:
        """Append a checkpoint behind the last one."""
        if line >= 1 << 32 and self._lines.typecode == "I":
            self._lines, self._numbers = array("Q", self._lines), array("Q", self._numbers)
        self._offsets.append(offset)
        self._lines.append(line)
        self._numbers.append(number)  # last: it is what lookups go by

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def memory(self) -> int:
        """Bytes the checkpoints take."""
        return sum(a.buffer_info()[1] * a.itemsize for a in (self._offsets, self._lines, self._numbers))

    def before(self, number: int) -> Checkpoint:
        """The last checkpoint at or before a record."""
        at = max(bisect_right(self._numbers, number) - 1, 0)
        return Checkpoint(self._offsets[at], self._numbers[at], self._lines[at])

    def before_line(self, line: int) -> Checkpoint:
        """The last checkpoint at or before a physical line."""
        at = max(bisect_right(self._lines, line, hi=len(self._numbers)) - 1, 0)
        return Checkpoint(self._offsets[at], self._numbers[at], self._lines[at])

    def checkpoints(self) -> list[tuple[int, int, int]]:
        """All checkpoints as (offset, number, line)."""
        return list(zip(self._offsets, self._numbers, self._lines, strict=False))


def _first_outside(block: bytes, inside: bool) -> int:
    """Offset behind the first line end that is not within quotes; -1 when there is none."""
    position = 0
    while True:
        if inside:
            quote = block.find(b'"', position)
            if quote < 0:
                return -1
            position, inside = quote + 1, False
        end = block.find(b"\n", position)
        if end < 0:
            return -1
        quote = block.find(b'"', position, end)
        if quote < 0:
            return end + 1
        position, inside = quote + 1, True


def _outside(block: bytes, inside: bool) -> tuple[int, int, bool]:
    """(line ends outside quotes, all line ends, whether the block ends inside quotes), by quote parity."""
    # replace() skips from hit to hit with memchr, which is several times faster than count()
    lines = len(block) - len(block.replace(b"\n", b""))
    find, count = block.find, block.count
    begin = 0 if inside else find(b'"') + 1
    if not begin and not inside:
        return lines, lines, False
    within = 0
    for _ in range(len(block) // _DENSE):
        end = find(b'"', begin)
        if end < 0:
            return lines - within - count(b"\n", begin), lines, True
        if find(b"\n", begin, end) >= 0:
            within += count(b"\n", begin, end)
        begin = find(b'"', end + 1) + 1
        if not begin:
            return lines - within, lines, False
    # so many quotes that translate() is faster; between adjacent quotes only those few remain that enclose a line end
    pieces = block.translate(None, _DROPPED).replace(b'""', b"").split(b'"')
    outside = sum(map(len, pieces[1::2] if inside else pieces[0::2]))
    return outside, lines, inside ^ (not len(pieces) & 1)


def scan_provisional(
    path: Path, index: RowIndex, size: int, on_block: Callable[[int, float], None] | None = None
) -> None:
    """Fill `index` from its first checkpoint on, block by block; `on_block` hears (records so far, fraction done).

    What `on_block` raises ends the scan and goes to the caller.
    """
    start = index.before(0)
    offset, records, lines = start.offset, start.number, start.line
    inside, ended = False, True
    with path.open("rb", buffering=0) as stream:
        stream.seek(offset)
        while block := stream.read(2 * SPACING):  # a coarser grid will do until the exact one is there
            if offset > start.offset and (at := _first_outside(block, inside)) >= 0:
                index.add(offset + at, records + 1, lines + block.count(b"\n", 0, at))
            outside, every, inside = _outside(block, inside)
            records += outside
            lines += every
            offset += len(block)
            ended = block.endswith(b"\n")
            index.count = records
            if on_block is not None:
                on_block(records, offset / size if size else 1.0)
    if not ended or inside:
        index.count = records + 1  # the last record has no line end of its own
    index.complete = True
