"""Private copies of files that cannot be read where they are: other byte widths, lone CRs, other ways of quoting.

A copy has the same records on the same physical lines, in an encoding whose line ends, quotes and delimiters are ASCII
bytes; records end with LF and quotes are doubled. So everything behind it knows one kind of file only.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from ztui.csvfile.copies import private_copy
from ztui.csvfile.encoding import in_place
from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.csvfile.sources import copy_into
from ztui.model.table import Dialect

_BLOCK = 1 << 19
_UNREADABLE = "\udcff"  # the byte FF, which is no UTF-8 wherever it stands
_LONE = re.compile("[\ud800-\udfff]")
_HALVES = (b"\n", b"\r", b"\0", b"\x1a")  # half a character at the end, which a program that knew only bytes added
_MARK = "ztui-unreadable"
_END = 1 << 16


def _mark(problem: UnicodeError) -> tuple[str, int]:
    if not isinstance(problem, UnicodeDecodeError):
        raise problem
    return _UNREADABLE, problem.end


codecs.register_error(_MARK, _mark)


def end_of_text(path: Path) -> int | None:
    """Where a file ends before what is no text: the end mark of old systems (^Z), or the NULs of a broken copy.

    None when there is nothing of the kind. NULs belong to the last cell unless they begin a line.
    """
    end = path.stat().st_size
    found: int | None = None
    behind = b""
    with path.open("rb") as stream:  # from the end, in pieces: a broken copy may have gigabytes of NULs
        while end:
            start = max(0, end - _END)
            stream.seek(start)
            piece = stream.read(end - start)
            text = piece.rstrip(b"\0\x1a\r\n")
            rest = piece[len(text) :] + behind
            places = [rest.find(b"\x1a"), rest.find(b"\n\0") + 1 or -1, rest.find(b"\r\0") + 1 or -1]
            if not start and not text and rest.startswith(b"\0"):
                places.append(0)
            found = min((start + len(text) + at for at in places if at >= 0), default=found)
            if text:
                break
            behind, end = rest[:1], start
    return found


def cut(source: Path, size: int, workdir: Path | None) -> Path:
    """A copy of the first `size` bytes."""

    def blocks(stream: BinaryIO) -> Iterator[bytes]:
        left = size
        while left and (raw := stream.read(min(_BLOCK, left))):
            left -= len(raw)
            yield raw

    with source.open("rb") as stream, private_copy(workdir) as (path, out):
        copy_into(blocks(stream), out, path.parent)
    return path


def needs_transcoding(encoding: str) -> bool:
    """True when the bytes of this encoding cannot be searched for line ends."""
    return not in_place(encoding)


def needs_rewriting(dialect: Dialect, *, lone_cr: bool) -> bool:
    """True when records cannot be found by LF and doubled double quotes alone."""
    odd = dialect.escape_backslash or dialect.skip_blanks or dialect.quotechar != '"'
    return lone_cr or odd or not dialect.delimiter.isascii()


def transcode(source: Path, encoding: str, bom_length: int, workdir: Path | None) -> tuple[Path, int]:
    """Copy to UTF-8; returns the copy and how many places did not decode.

    Each of those becomes a byte that is no UTF-8, so that whoever reads the copy finds it and does not send it.
    """
    replaced = 0

    def blocks(stream: BinaryIO) -> Iterator[bytes]:
        nonlocal replaced
        decoder = codecs.getincrementaldecoder(encoding)(_MARK)
        stream.seek(bom_length)
        while True:
            raw = stream.read(_BLOCK)
            if not raw and decoder.getstate()[0] in _HALVES:
                return
            text = _LONE.sub(_UNREADABLE, decoder.decode(raw, final=not raw))
            replaced += text.count(_UNREADABLE)
            yield text.encode("utf-8", "surrogateescape")
            if not raw:
                return

    with source.open("rb") as stream, private_copy(workdir) as (path, out):
        copy_into(blocks(stream), out, path.parent)
    return path, replaced


def rewrite(source: Path, dialect: Dialect, workdir: Path | None) -> tuple[Path, Dialect]:
    """Copy record by record; returns the copy and the dialect it is in. The encoding stays what it was."""
    delimiter = dialect.delimiter if dialect.delimiter.isascii() else ","
    special = f'{delimiter}"\r\n'

    def cell(text: str) -> str:
        if any(c in text for c in special):
            return '"' + text.replace('"', '""') + '"'
        return text

    def blocks(stream: BinaryIO) -> Iterator[bytes]:
        stream.seek(3 if dialect.bom else 0)
        # title lines need not be records; they become blank lines
        first = dialect.header_line or dialect.first_line
        reader = RecordReader(islice(physical_lines(stream), first - 1, None), dialect, line=first)
        line = 1
        for cells in reader:
            written = delimiter.join(map(cell, cells)) if cells != [""] else '""'
            if reader.unclosed and written.endswith('"'):
                written = written[:-1]  # still never closed, so that it is reported
            gap = "\n" * (reader.start_line - line)
            ending = "" if reader.unclosed else "\n"
            line = reader.line
            # a record whose text was cut short has fewer line ends than it should: the gap makes up for them
            shortfall = "\n" * reader.lost_lines if not reader.unclosed else ""
            yield (gap + written + ending + shortfall).encode(dialect.encoding, "surrogateescape")

    with source.open("rb") as stream, private_copy(workdir) as (path, out):
        copy_into(blocks(stream), out, path.parent)
    plain = replace(dialect, delimiter=delimiter, quotechar='"', newline="\n", bom=False)
    return path, replace(plain, escape_backslash=False, skip_blanks=False)
