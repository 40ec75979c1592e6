"""Zips and CSVs as bulk write knows them: opening an upload, reading its rows, writing the result archive."""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence

from ztui.model.cell_limit import lift_cell_limit

DELIMITERS = (",", ";", "|", ":")
MAX_ROWS = 25_000
MAX_COLUMNS = 200
MAX_UNZIPPED = 300_000_000
_CHUNK = 262_144
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    ValueError,
    KeyError,
    OSError,
    RuntimeError,
    EOFError,
)
_MARKS = {
    "utf-16": (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
    "utf-32": (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE),
}
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+-]{0,40}")
NOT_CHARSETS = frozenset({"idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"})


class BadFile(Exception):
    """The upload cannot be imported; `code` is what the job fails with."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_zip(data: bytes) -> bool:
    """Whether these bytes are a zip archive with a readable directory."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)):
            return True
    except BROKEN:
        return False


def csv_names(data: bytes) -> list[str]:
    """The CSV entries of an archive, folders and hidden files left out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [i.filename for i in archive.infolist() if not i.is_dir()]
    except BROKEN:
        return []
    plain = [n for n in names if not n.startswith("__MACOSX/") and not base_name(n).startswith(".")]
    return [n for n in plain if n.lower().endswith(".csv")]


def base_name(entry: str) -> str:
    """An entry's name without folders."""
    return entry.replace("\\", "/").rsplit("/", 1)[-1]


def read_entry(data: bytes, name: str, limit: int = MAX_UNZIPPED) -> bytes:
    """One entry's bytes; BadFile when it is damaged, encrypted or bigger than `limit` bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as entry:
            content = entry.read(limit + 1)
    except BROKEN as problem:
        raise BadFile("INVALID_FILE_FORMAT") from problem
    if len(content) > limit:
        raise BadFile("FILE_TOO_LARGE")
    return content


def head(data: bytes, name: str) -> bytes:
    """The entry's first 256 KiB, enough for its header line."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(name) as entry:
            return entry.read(262_144)
    except BROKEN as problem:
        raise BadFile("INVALID_FILE_FORMAT") from problem


def charset_of(content: bytes, declared: str | None, *, partial: bool = False) -> tuple[str, str]:
    """The codec to read with and the charset's name as job details tell it: the declared one, else what a byte-order
    mark or the bytes tell. `partial`: the content may stop in the middle of a character."""
    if declared:
        codec = codecs.lookup(declared).name
        for family, marks in _MARKS.items():
            if codec.startswith(family) and content.startswith(marks):
                return family, declared  # the mark tells the byte order, and is no part of the first cell
        return ("utf-8-sig" if codec == "utf-8" else declared), declared
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", "UTF-16"
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", not partial)
    except UnicodeDecodeError:
        return "cp1252", "windows-1252"
    return "utf-8-sig", "UTF-8"


def known_charset(name: str) -> bool:
    """Whether a declared `character_encoding` is a text charset at all."""
    if not _CHARSET.fullmatch(name):
        return False
    try:
        found = codecs.lookup(name)
    except (LookupError, ValueError):
        return False
    return bool(getattr(found, "_is_text_encoding", False)) and found.name.replace("-", "_") not in NOT_CHARSETS


def _lines(content: bytes, codec: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(content), codec, "replace", newline="")


def delimiter_of(content: bytes, codec: str) -> str:
    """Comma, semicolon, colon or pipe, whichever the header line holds most outside quotes (Zoho docs v7, bulk write).

    A header without any of them is one column, whatever the cells below it hold.
    """
    quoted, begun, counts = False, False, dict.fromkeys(DELIMITERS, 0)
    for char in _lines(content, codec).read(_CHUNK):
        if not quoted and char in "\r\n":
            if begun:
                break
            continue
        begun = begun or char not in " \ufeff"
        if char == '"':
            quoted = not quoted
        elif not quoted and char in counts:
            counts[char] += 1
    return max(DELIMITERS, key=lambda d: counts[d]) if any(counts.values()) else ","


def header_of(content: bytes, codec: str) -> list[str]:
    """The header cells, trimmed; empty when there is none."""
    for row in rows_of(content, codec):
        return [cell.strip() for cell in row]
    return []


def rows_of(content: bytes, codec: str) -> Iterator[list[str]]:
    """All records as they are read, the header first; wholly empty lines are passed over. BadFile when it is no CSV."""
    lift_cell_limit()
    try:
        first = True
        for row in csv.reader(_lines(content, codec), delimiter=delimiter_of(content, codec)):
            if row and (len(row) > 1 or row[0].strip()):
                if first:
                    row[0], first = row[0].removeprefix("\ufeff"), False
                yield row
    except (csv.Error, UnicodeError) as problem:
        raise BadFile("INVALID_FILE_FORMAT") from problem


def result_csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The result table as the archive holds it: UTF-8, comma, quoted where needed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8", "replace")


def zipped(entries: Iterable[tuple[str, bytes]]) -> bytes:
    """An archive of these entries; the same entries always give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name, (2021, 5, 11, 12, 38, 30)), content, zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()
