"""Where records begin: a sparse index of checkpoints, first provisional (fast), then exact.

The provisional pass keeps only line ends and quotes of each block and counts the line ends at even quote parity. A
stray quote (`12" pipe`) turns parity over, and blank lines count as records, so its numbers serve scrolling only until
an exact scan's checkpoints take their place (`adopt`). 24 bytes per checkpoint, one for each 128 KB of file.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ztui.csvfile.encoding import Encoding, Utf8Tally

SPACING = 1 << 17
"""Bytes between checkpoints."""

_BLOCK = 1 << 18
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
        self._lines = array("Q", [first.line])
        self._numbers = array("Q", [first.number])
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


def scan_provisional(
    path: Path,
    index: RowIndex,
    size: int,
    on_block: Callable[[int, float], None] | None = None,
    tally: Utf8Tally | None = None,
) -> Encoding | None:
    """Fill `index` from its first checkpoint on, block by block; `on_block` hears (records so far, fraction done).

    What `on_block` raises ends the scan and goes to the caller. With a `tally` the blocks are also judged for their
    encoding, and the verdict on the whole file is returned.
    """
    start = index.before(0)
    offset, records, lines = start.offset, start.number, start.line
    inside = False
    rest = b""  # an unfinished character at the end of the last block
    ended = True
    with path.open("rb", buffering=0) as stream:
        stream.seek(offset)
        while block := stream.read(_BLOCK):
            if tally is not None and not (block.isascii() and not rest):
                whole = rest + block
                cut = _character_cut(whole)
                tally.add(whole[:cut])
                rest = whole[cut:]
            kept = block.translate(None, _DROPPED)
            if offset > start.offset and (at := _first_outside(block, inside)) >= 0:
                index.add(offset + at, records + 1, lines + block.count(b"\n", 0, at))
            left = kept.replace(b'""', b"")
            if b'"' in left:
                pieces = left.split(b'"')
                records += sum(map(len, pieces[1::2] if inside else pieces[0::2]))
                inside ^= not len(pieces) & 1
            elif not inside:
                records += len(left)
            lines += kept.count(b"\n")
            offset += len(block)
            index.count = records
            ended = block.endswith(b"\n")
            if on_block is not None:
                on_block(records, offset / size if size else 1.0)
    if not ended or inside:
        records += 1  # the last record has no line end of its own
    index.count = records
    index.complete = True
    if tally is None:
        return None
    if rest:
        tally.add(rest)
    return tally.verdict()


def _character_cut(block: bytes) -> int:
    """Length of the block without a UTF-8 character that may be cut in two at its end."""
    cut = len(block)
    back = 0
    while cut and back < 3 and 0x80 <= block[cut - 1] < 0xC0:
        cut -= 1
        back += 1
    if cut and block[cut - 1] >= 0xC0:
        return cut - 1
    return len(block)
