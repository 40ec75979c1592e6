"""Opens whatever the user named: finds a plain file, its encoding, its dialect and its headers, and says why.

Reads the first 64 KB only, unless the source must be copied first (pipe, archive, spreadsheet, UTF-16, lone CRs, other
quoting). Nothing here knows of Zoho.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ztui.csvfile.copies import discard
from ztui.csvfile.encoding import LABELS, Encoding, canonical, detect_encoding
from ztui.csvfile.header import display_names
from ztui.csvfile.normalise import cut, end_of_text, needs_rewriting, needs_transcoding, rewrite, transcode
from ztui.csvfile.reader import LINE_LIMIT, physical_lines
from ztui.csvfile.sniff import Guess, sniff
from ztui.csvfile.sources import Source, acquire
from ztui.errors import SourceError
from ztui.model.counting import how_many
from ztui.model.table import AS_DETECTED, CsvInfo, Dialect, DialectOverrides

_HEAD = 1 << 16
_FORMATS = (
    (re.compile(r"\s*(?:<!doctype html|<html\b|<table\b|<head\b|<meta\b)", re.IGNORECASE), "an HTML page"),
    (re.compile(r"\s*<\?xml\b", re.IGNORECASE), "XML"),
    (re.compile(r'\s*(?:\[\s*)?\{\s*"(?:[^"\\]|\\.){0,200}"\s*:'), "JSON"),
)
_MAX_COLUMNS = 16_384  # what the widest spreadsheet programs hold; more means a wrong delimiter or no table


def detect(path: str, overrides: DialectOverrides = AS_DETECTED, *, workdir: Path | None = None) -> CsvInfo:
    """What `path` ("-": standard input) is and how it reads; copies, where needed, go to `workdir`.

    When the answer says `temporary`, its `data_path` belongs to the caller, who removes it. Raises SourceError with a
    code of `errors/local_file.toml`.
    """
    _check(overrides)
    copies: list[Path] = []
    source = acquire(path, workdir)
    if source.temporary:
        copies.append(source.data_path)
    try:
        info = _opened(source, overrides, workdir, copies)
    except BaseException:
        for copy in copies:
            discard(copy)
        raise
    for copy in copies:
        if copy != info.data_path:
            discard(copy)
    return info


def _check(overrides: DialectOverrides) -> None:
    if overrides.delimiter is not None and (len(overrides.delimiter) != 1 or overrides.delimiter in '"\r\n\\'):
        raise SourceError("DELIMITER_INVALID", details={"delimiter": overrides.delimiter})
    quote = overrides.quotechar
    if quote and (len(quote) != 1 or quote in "\r\n" or quote == overrides.delimiter):
        raise SourceError("QUOTE_INVALID", details={"quote": quote})
    if overrides.header_line is not None and overrides.header_line < 0:
        raise SourceError("HEADER_LINE_INVALID", details={"line": overrides.header_line})


def _opened(source: Source, overrides: DialectOverrides, workdir: Path | None, copies: list[Path]) -> CsvInfo:
    notes = [source.note] if source.note else []
    data = source.data_path
    if source.kind != "text":
        from ztui.csvfile.spreadsheet import to_csv

        data, note = to_csv(source, overrides.sheet, workdir)
        copies.append(data)
        notes.append(note)
        encoding = Encoding("utf-8", how="as written from the sheet")
    else:
        encoding = _encoding(source, data, overrides)
    label = LABELS.get(encoding.name, encoding.name)
    how = encoding.how
    source_encoding = ""
    if needs_transcoding(encoding.name):
        source_encoding = encoding.name
        data, replaced = transcode(data, encoding.name, encoding.bom_length, workdir)
        copies.append(data)
        if replaced:
            how += f"; {how_many(replaced, 'place')} did not decode"
        encoding = Encoding("utf-8")
    notes.append((f"Encoding {label}", how))
    end = end_of_text(data)
    if end is not None and end <= encoding.bom_length:
        raise SourceError("FILE_BLANK", details={"path": source.path})
    if end is not None:
        data = cut(data, end, workdir)
        copies.append(data)
        notes.append(("The end left out", "NULs or the end mark ^Z, which are no text"))

    guess = _guess(source, data, encoding, overrides)
    dialect = guess.dialect
    if len(guess.header.cells) > _MAX_COLUMNS:
        raise SourceError(
            "HEADER_TOO_WIDE",
            details={"path": source.path, "columns": len(guess.header.cells), "limit": _MAX_COLUMNS},
        )
    lone_cr = any(record.ending == "\r" for record in guess.sample.records)
    opened_with = DialectOverrides(
        encoding=source_encoding or encoding.name,
        delimiter=dialect.delimiter,
        quotechar=dialect.quotechar,
        header_line=dialect.header_line,
        escape_backslash=dialect.escape_backslash,
        sheet=overrides.sheet,
        first_line=None if dialect.header_line else dialect.first_line,
        skip_blanks=dialect.skip_blanks,
    )
    if needs_rewriting(dialect, lone_cr=lone_cr):
        data, dialect = rewrite(data, dialect, workdir)
        copies.append(data)
    return CsvInfo(
        path=source.path,
        data_path=data,
        size=source.size,
        modified_ns=source.modified_ns,
        dialect=dialect,
        headers=display_names(guess.header.cells),
        raw_headers=guess.header.cells,
        notes=(*notes, *guess.notes),
        source_encoding=source_encoding,
        data_start=offset_of_line(data, dialect, dialect.first_line),
        opened_with=opened_with,
    )


def _encoding(source: Source, data: Path, overrides: DialectOverrides) -> Encoding:
    with data.open("rb") as stream:
        head = stream.read(_HEAD)
        whole = not stream.read(1)
    if overrides.encoding is None:
        try:
            return detect_encoding(head, whole=whole)
        except SourceError as problem:
            problem.details["path"] = source.path
            raise
    name = canonical(overrides.encoding)
    if name in ("utf-16", "utf-32"):  # the mark, or else the zeros, tell which
        try:
            found = detect_encoding(head, whole=whole)
        except SourceError:
            found = Encoding("")
        if found.name.startswith(name):
            return replace(found, how="as you said")
        name += "-le"
    mark = "\ufeff".encode(name) if name.startswith("utf") and name != "utf-7" else b""
    return Encoding(name, len(mark) if mark and head.startswith(mark) else 0, "as you said")


def _guess(source: Source, data: Path, encoding: Encoding, overrides: DialectOverrides) -> Guess:
    """Sniff the head of the data; it is lengthened until it holds a few records or the file ends."""
    size = _HEAD
    while True:
        with data.open("rb") as stream:
            stream.seek(encoding.bom_length)
            head = stream.read(size)
            whole = not stream.read(1)
        raw = head.splitlines(keepends=True)
        if any(len(line) > LINE_LIMIT for line in raw):
            raise SourceError("LINE_TOO_LONG", details={"path": source.path, "limit": f"{LINE_LIMIT >> 20} MB"})
        if not whole and len(raw) < 4 and size < LINE_LIMIT:
            size *= 8  # too few to tell anything by
            continue
        if not whole and len(raw) > 1:
            raw.pop()  # cut in two, or ending in a CR whose LF is beyond
        lines = [line.decode(encoding.name, "surrogateescape") for line in raw]
        if not any(line.strip() for line in lines) and whole:
            raise SourceError("FILE_BLANK", details={"path": source.path})
        if overrides.delimiter is None and overrides.header_line is None:
            _check_format(source, lines)
        guess = sniff(lines, encoding.name, bool(encoding.bom_length), overrides, whole=whole)
        wanted = overrides.header_line or 0
        if whole and wanted and not guess.sample.records:
            raise SourceError("HEADER_LINE_INVALID", details={"path": source.path, "line": wanted})
        if whole or (len(guess.sample.records) > 2 and len(lines) > wanted) or guess.sample.unclosed:
            break
        if size >= LINE_LIMIT:
            if not guess.sample.records:
                raise SourceError("LINE_TOO_LONG", details={"path": source.path, "limit": f"{LINE_LIMIT >> 20} MB"})
            break
        size *= 8
    return guess


def _check_format(source: Source, lines: Sequence[str]) -> None:
    """Raise SourceError NOT_A_TABLE for text in a well-known other format; some programs call HTML ".xls" or ".csv"."""
    start = "".join(lines[:20])[:5000]
    for pattern, kind in _FORMATS:
        if pattern.match(start):
            raise SourceError("NOT_A_TABLE", details={"path": source.path, "kind": kind})


def in_encoding(info: CsvInfo, encoding: Encoding) -> CsvInfo:
    """The same bytes in another in-place encoding: what the whole file spoke for, or its beginning did not show."""
    dialect = info.dialect
    source = Source(info.path, info.data_path, info.size, info.modified_ns)
    insisted = DialectOverrides(
        delimiter=dialect.delimiter,
        quotechar='"',
        header_line=dialect.header_line,
        escape_backslash=False,
        first_line=None if dialect.header_line else dialect.first_line,
        skip_blanks=False,
    )
    guess = _guess(source, info.data_path, replace(encoding, bom_length=3 if dialect.bom else 0), insisted)
    label = LABELS.get(encoding.name, encoding.name)
    note = (f"Encoding {label}", f"{encoding.how}, over the whole file")
    return replace(
        info,
        dialect=replace(dialect, encoding=encoding.name),
        headers=display_names(guess.header.cells),
        raw_headers=guess.header.cells,
        notes=(note, *(n for n in info.notes if not n[0].startswith("Encoding "))),
        opened_with=replace(info.opened_with, encoding=encoding.name),
    )


def normalised(info: CsvInfo, workdir: Path | None) -> CsvInfo:
    """A file whose records turned out to end with lone CRs behind its beginning, as a private copy without them."""
    data, dialect = rewrite(info.data_path, info.dialect, workdir)
    return replace(
        info,
        data_path=data,
        dialect=dialect,
        notes=(*info.notes, ("Line ends mixed", "some records end with a lone CR")),
        data_start=offset_of_line(data, dialect, dialect.first_line),
    )


def offset_of_line(path: Path, dialect: Dialect, line: int) -> int:
    """Byte offset at which a physical line begins (the end of the file when it has fewer lines)."""
    offset = 3 if dialect.bom else 0
    with path.open("rb") as stream:
        stream.seek(offset)
        for number, raw in enumerate(physical_lines(stream, _HEAD), start=1):
            if number >= line:
                break
            offset += len(raw)
    return offset
