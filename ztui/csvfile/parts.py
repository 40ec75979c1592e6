"""Cuts a stream of rows into zipped CSV files of bounded rows and bytes. Rows are ready bytes here."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ztui.csvfile.zipping import Zipped, ZipWriter, zip_overhead

PIECE = 1 << 18


class RowTooLarge(ValueError):
    """One row alone is larger than a part may be; the argument is its record number."""


@dataclass(slots=True)
class OpenPart:
    """A part that is being filled; `records` and `lines` are those of its rows in sent order."""

    number: int
    path: Path
    csv_name: str
    canary: bool
    writer: ZipWriter
    records: array[int] = field(default_factory=lambda: array("q"))
    lines: array[int] = field(default_factory=lambda: array("q"))
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class DonePart:
    """A finished part and its zip."""

    number: int
    path: Path
    csv_name: str
    canary: bool
    records: array[int]
    lines: array[int]
    zipped: Zipped


class PartCutter:
    """Takes rows in order and gives finished parts.

    `add` a run of rows that may be cut anywhere, or with `together` a group that should stay in one part. A part holds
    at most `most_rows` rows; neither its CSV nor its zip exceeds `most_bytes`. The first part holds `canary` rows when
    that is not 0. Files are called `stem`-0001.csv in `part`-0001.zip and so on.
    """

    def __init__(
        self, folder: Path, stem: str, header: bytes, *, most_rows: int, most_bytes: int, canary: int = 0
    ) -> None:
        self._folder = folder
        self._stem = stem
        self._header = header
        self._most_rows = most_rows
        self._most_bytes = most_bytes - zip_overhead(most_bytes)
        self._canary = canary
        self._number = 0
        self._part: OpenPart | None = None
        self._piece: list[bytes] = []
        self._piece_bytes = 0
        self._closing: deque[OpenPart] = deque()

    def add(
        self, rows: Sequence[bytes], records: Sequence[int], lines: Sequence[int], *, together: bool = False
    ) -> Iterator[DonePart]:
        """Add rows (each with its line end). Yields parts that got finished. Raises RowTooLarge and OSError."""
        size = sum(map(len, rows))
        if together and self._part is not None and self._part.records and not self._fits(len(rows), size):
            yield from self._close()
        start = 0
        while start < len(rows):
            part = self._part or self._open()
            most = self._canary if part.canary else self._most_rows
            upto = min(len(rows), start + most - len(part.records))
            if start or upto < len(rows) or part.bytes + size > self._most_bytes:
                room = self._most_bytes - part.bytes
                for at in range(start, upto):
                    room -= len(rows[at])
                    if room < 0:
                        upto = at
                        break
            if upto == start:
                if not part.records:
                    raise RowTooLarge(records[start])
                yield from self._close()
                continue
            self._put(part, rows[start:upto], records[start:upto], lines[start:upto])
            start = upto
            if len(part.records) >= most:
                yield from self._close()

    def finish(self) -> Iterator[DonePart]:
        """The parts that are still open."""
        if self._part is not None:
            yield from self._close()
        while self._closing:
            yield self._finished()

    def discard(self) -> None:
        """Give up: end the threads and delete what is not finished."""
        for part in (*self._closing, *([self._part] if self._part else [])):
            part.writer.discard()
        self._closing.clear()
        self._part = None

    def _fits(self, rows: int, size: int) -> bool:
        part = self._part
        most = self._canary if part is not None and part.canary else self._most_rows
        return part is not None and len(part.records) + rows <= most and part.bytes + size <= self._most_bytes

    def _open(self) -> OpenPart:
        self._number += 1
        number = self._number
        path = self._folder / f"part-{number:04d}.zip"
        csv_name = f"{self._stem}-{number:04d}.csv"
        canary = self._canary > 0 and number == 1
        part = OpenPart(number, path, csv_name, canary, ZipWriter(path, csv_name), bytes=len(self._header))
        self._part, self._piece, self._piece_bytes = part, [self._header], len(self._header)
        return part

    def _put(self, part: OpenPart, rows: Sequence[bytes], records: Sequence[int], lines: Sequence[int]) -> None:
        joined = b"".join(rows)
        part.records.extend(records)
        part.lines.extend(lines)
        part.bytes += len(joined)
        self._piece.append(joined)
        self._piece_bytes += len(joined)
        if self._piece_bytes >= PIECE:
            self._flush(part)

    def _flush(self, part: OpenPart) -> None:
        if self._piece:
            part.writer.write(b"".join(self._piece))
            self._piece, self._piece_bytes = [], 0

    def _close(self) -> Iterator[DonePart]:
        part = self._part
        assert part is not None
        self._flush(part)
        part.writer.finish()
        self._part = None
        self._closing.append(part)
        # The next part is being filled while this one is still compressed; never more than two wait.
        while len(self._closing) > 1:
            yield self._finished()

    def _finished(self) -> DonePart:
        part = self._closing[0]
        zipped = part.writer.close()
        self._closing.popleft()
        return DonePart(part.number, part.path, part.csv_name, part.canary, part.records, part.lines, zipped)
