"""Private copies of files that cannot be read where they are: other byte widths, lone CRs, other ways of quoting.

A copy has the same records on the same physical lines, in an encoding whose line ends, quotes and delimiters are ASCII
bytes; records end with LF and quotes are doubled. So everything behind it knows one kind of file only.
"""

from __future__ import annotations

import codecs
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


def needs_transcoding(encoding: str) -> bool:
    """True when the bytes of this encoding cannot be searched for line ends."""
    return not in_place(encoding)


def needs_rewriting(dialect: Dialect, *, lone_cr: bool) -> bool:
    """True when records cannot be found by LF and doubled double quotes alone."""
    odd = dialect.escape_backslash or dialect.skip_blanks or dialect.quotechar != '"'
    return lone_cr or odd or not dialect.delimiter.isascii()


def transcode(source: Path, encoding: str, bom_length: int, workdir: Path | None) -> tuple[Path, int]:
    """Copy to UTF-8; returns the copy and how many places did not decode (they became U+FFFD)."""
    replaced = 0

    def blocks(stream: BinaryIO) -> Iterator[bytes]:
        nonlocal replaced
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        stream.seek(bom_length)
        while True:
            raw = stream.read(_BLOCK)
            text = decoder.decode(raw, final=not raw)
            replaced += text.count("\ufffd")
            yield text.encode("utf-8", "surrogatepass")
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
