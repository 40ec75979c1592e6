"""Bytes to records, with `csv.reader`'s reading and exact line numbers. Every other way of reading must agree with it.

A physical line ends with LF, CRLF or a lone CR. Blank lines are no records. A quote that is never closed makes one long
record of the rest of the file: beyond `RECORD_LIMIT` its text is dropped, so that memory stays bounded, but its cells
and lines are still counted.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from ztui.errors import SourceError
from ztui.model.cell_limit import lift_cell_limit
from ztui.model.table import Dialect, SourceRow

RECORD_LIMIT = 1 << 20
"""Bytes of a record spanning lines that are kept as cells."""

LINE_LIMIT = 16 << 20
"""Bytes of one physical line beyond which a file is refused."""

BLOCK = 1 << 18


def csv_format(dialect: Dialect) -> dict[str, Any]:
    """The keyword arguments that make `csv.reader` read this dialect, cells of any length included."""
    lift_cell_limit()
    options: dict[str, Any] = {"delimiter": dialect.delimiter, "strict": False}
    if dialect.skip_blanks:
        options["skipinitialspace"] = True
    if dialect.quotechar:
        options["quotechar"] = dialect.quotechar
    else:
        options["quoting"] = csv.QUOTE_NONE
    if dialect.escape_backslash:
        options["escapechar"] = "\\"
    return options


class Readable(Protocol):
    """What lines are read from: an open file, or a window on one."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""
        ...


def physical_lines(stream: Readable, block: int = BLOCK) -> Iterator[bytes]:
    """The lines of a stream with their ends, read in blocks.

    Raises SourceError LINE_TOO_LONG when a line passes `LINE_LIMIT`: such a file is no table.
    """
    waiting: list[bytes] = []  # pieces of an unfinished line, joined only once it ends
    size = 0
    while chunk := stream.read(block):
        if waiting and b"\n" not in chunk and b"\r" not in chunk and not waiting[-1].endswith(b"\r"):
            waiting.append(chunk)
            size += len(chunk)
        else:
            text = b"".join((*waiting, chunk)) if waiting else chunk
            lines = text.splitlines(keepends=True)  # bytes split at LF, CRLF and CR only
            # an unfinished line waits for more; so does one ending in CR, whose LF may come next
            waiting = [] if lines[-1].endswith(b"\n") else [lines.pop()]
            size = len(waiting[0]) if waiting else 0
            yield from lines
        if size > LINE_LIMIT:
            raise SourceError("LINE_TOO_LONG", details={"limit": f"{LINE_LIMIT >> 20} MB"})
    if waiting:
        yield from b"".join(waiting).splitlines(keepends=True)


class _Overlong(Exception):
    """The record being read has passed `RECORD_LIMIT`."""


class RecordReader:
    """Iterates the non-blank records of `lines` as lists of cells.

    After each record: `start_line` and `start_offset` say where it began, `line` and `offset` where the next one may;
    `lines` how many physical lines it took, `unclosed` whether the input ended inside its quotes, `dropped` how many
    bytes (and `lost_lines` how many line ends) were left out of its cells and `width` how many cells it has (more than
    given when some were dropped). Without `patient` reading ends at a record beyond `RECORD_LIMIT`, whose true end may
    be gigabytes away: it is given as far as it was read, and `cut` says so.
    """

    def __init__(
        self, lines: Iterable[bytes], dialect: Dialect, *, line: int = 1, offset: int = 0, patient: bool = True
    ) -> None:
        self.line = line
        self.offset = offset
        self.start_line = line
        self.start_offset = offset
        self.unclosed = False
        self.dropped = 0
        self.width = 0
        self.lost_lines = 0
        self.cut = False
        self._patient = patient
        self._lines = iter(lines)
        self._encoding = dialect.encoding
        self._quote = dialect.quotechar
        self._options = csv_format(dialect)
        self._texts: list[str] = []
        self._size = 0
        self._exhausted = False
        self._reader = csv.reader(self._feed(), **self._options)

    @property
    def lines(self) -> int:
        """Physical lines of the record just read."""
        return self.line - self.start_line

    def _feed(self, prefix: str = "") -> Iterator[str]:
        encoding, texts = self._encoding, self._texts
        for raw in self._lines:
            text = prefix + raw.decode(encoding, "surrogateescape")
            prefix = ""
            self.line += 1
            self.offset += len(raw)
            self._size += len(raw)
            texts.append(text)
            yield text
            # asked again without a new record having begun: the record goes on
            if texts and self._size > RECORD_LIMIT:
                raise _Overlong
        self._exhausted = True

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        if self.cut:
            raise StopIteration
        while True:
            self.start_line, self.start_offset = self.line, self.offset
            self.dropped = self.lost_lines = self._size = 0
            self._texts.clear()
            try:
                cells = next(self._reader)
            except _Overlong:
                return self._overlong()
            if cells:
                self.width = len(cells)
                self.unclosed = self._exhausted
                return cells

    def _overlong(self) -> list[str]:
        """Cells of what was read so far, then the way to the record's true end with the text thrown away."""
        kept, kept_lines = self._size, self.lines
        cells = next(csv.reader(["".join(self._texts) + self._quote], **self._options))
        if not self._patient:
            self.cut = True
            self.width = len(cells)
            return cells
        width = len(cells)
        while True:
            self._texts.clear()
            self._size = 0
            # the record stopped inside quotes, so the rest reads the same behind an opening quote
            self._reader = csv.reader(self._feed(self._quote), **self._options)
            try:
                width += max(len(next(self._reader, [""])) - 1, 0)
            except _Overlong:
                width += len(next(csv.reader(["".join(self._texts) + self._quote], **self._options))) - 1
                continue
            break
        self.width = width
        self.unclosed = self._exhausted
        self.dropped = self.offset - self.start_offset - kept
        self.lost_lines = self.lines - kept_lines
        return cells


class PassingReader(RecordReader):
    """A reader that passes over records without making cells of them, where that is possible."""

    def __init__(self, stream: Readable, dialect: Dialect, *, line: int, offset: int, patient: bool = True) -> None:
        self._raw = physical_lines(stream, 1 << 16)  # small reads: most windows end within the first
        self._held: list[bytes] = []
        self._skippable = dialect.quotechar == '"' and not dialect.escape_backslash
        super().__init__(self._from_held(), dialect, line=line, offset=offset, patient=patient)

    def pass_over(self, count: int) -> bool:
        """Leave out so many records; False when there are fewer."""
        while count:
            raw = None if self.cut else next(self._raw, None)
            if raw is None:
                return False
            if self._skippable and b'"' not in raw:  # a record by itself, or a blank line
                self.line += 1
                self.offset += len(raw)
                count -= raw not in _BLANK
                continue
            self._held.append(raw)
            count -= next(self, None) is not None
        return True

    def _from_held(self) -> Iterator[bytes]:
        """The lines, but first what was taken from them and held back; asked anew after each record."""
        while True:
            if self._held:
                yield self._held.pop()
            elif (raw := next(self._raw, None)) is not None:
                yield raw
            else:
                return


_BLANK = (b"\n", b"\r\n", b"\r")


def read_rows(
    path: Path, dialect: Dialect, offset: int, line: int, number: int, skip: int, count: int
) -> list[SourceRow]:
    """`count` records after passing over `skip`, from the record `number` that starts at `offset` and `line`.

    Fewer at the end of the file, or when one is too long to read on behind it.
    """
    first = number + skip
    with path.open("rb", buffering=0) as stream:
        stream.seek(offset)
        reader = PassingReader(stream, dialect, line=line, offset=offset, patient=False)
        reader.pass_over(skip)
        return [SourceRow(first + i, reader.start_line, tuple(cells)) for i, cells in enumerate(islice(reader, count))]
