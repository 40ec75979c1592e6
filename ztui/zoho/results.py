"""The result archive of a job: is it safe and whole, and what became of each row. Synchronous; call it in a thread.

Facts (download-result page, v2 to v8): one CSV per resource; the first three mapped columns, then STATUS, RECORD_ID and
ERRORS, whose order and names vary in the documents: they are found by name, from the right. Letter case, encoding mark
and delimiter are taken as they come.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ztui import catalogue
from ztui.errors import ArchiveError
from ztui.model.cell_limit import lift_cell_limit
from ztui.model.counting import how_many
from ztui.model.outcome import RowError, RowResult

_NEXT_CODE = re.compile(r":(?=[A-Z][A-Z_]+(?:-|:|$))")
_CODE = re.compile(r"([A-Z][A-Z_]+)(?:-(.*))?", re.DOTALL)
_STATUS, _IDS, _ERRORS = ("STATUS",), ("RECORDID", "ID"), ("ERRORS", "ERROR")
_LINE = 2_000_000
_SPOILT = (zipfile.BadZipFile, zlib.error, EOFError, csv.Error, NotImplementedError, RuntimeError, OSError)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One row of a result: the returned columns, and what became of it. `raw_status` keeps an unknown status word."""

    columns: tuple[str, ...]
    result: RowResult
    record_id: str = ""
    errors: tuple[RowError, ...] = ()
    raw_errors: str = ""
    raw_status: str = ""


def parse_errors(text: str) -> tuple[RowError, ...]:
    """The ERRORS cell: `CODE-column,column:CODE-column`. A text of another form is kept whole as the code."""
    text = text.strip()
    if not text:
        return ()
    found = []
    for part in _NEXT_CODE.split(text):
        match = _CODE.fullmatch(part.strip())
        if match is None:
            return (RowError(text),)
        fields = tuple(name.strip() for name in (match[2] or "").split(",") if name.strip())
        found.append(RowError(match[1], fields))
    return tuple(found)


def row_result(word: str) -> RowResult:
    """What a STATUS cell says; UNKNOWN for a word of no known meaning."""
    try:
        found = RowResult(word.strip().lower())
    except ValueError:
        return RowResult.UNKNOWN
    return found if found is not RowResult.NOT_SENT else RowResult.UNKNOWN


def check_archive(path: Path) -> list[str]:
    """The names of the CSVs in a downloaded archive, after checking it without unpacking.

    Raises ArchiveError: ARCHIVE_DAMAGED when it is no whole zip, ARCHIVE_UNSAFE for names, sizes or a compression that
    no job result has, ARCHIVE_UNEXPECTED when it holds no CSV.
    """
    numbers = catalogue.limits()
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    except _SPOILT as error:
        raise _damaged(path, error) from error
    if len(entries) > numbers.archive_entries:
        raise _unsafe(path, f"it holds {how_many(len(entries), 'file')}")
    for entry in entries:
        parts = entry.filename.replace("\\", "/").split("/")
        if entry.filename.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in entry.filename:
            raise _unsafe(path, "a file name in it leads out of the archive")
        if entry.flag_bits & 1:
            raise _unsafe(path, "it is encrypted")
        packed = max(entry.compress_size, 1)
        if entry.file_size > numbers.unpack_ratio_from and entry.file_size / packed > numbers.unpack_ratio:
            raise _unsafe(path, f"it would unpack to {entry.file_size // packed} times its size")
    if sum(entry.file_size for entry in entries) > numbers.unpacked_bytes:
        raise _unsafe(path, "it would unpack to more than a job can hold")
    names = [entry.filename for entry in entries if entry.filename.lower().endswith(".csv")]
    if not names:
        raise ArchiveError("ARCHIVE_UNEXPECTED", details={"path": str(path), "reason": "it holds no CSV file"})
    return names


def check_contents(path: Path) -> None:
    """Read a checked archive through once, so that flipped bytes are found now. Raises ArchiveError ARCHIVE_DAMAGED."""
    try:
        with zipfile.ZipFile(path) as archive:
            spoilt = archive.testzip()
    except _SPOILT as error:
        raise _damaged(path, error) from error
    if spoilt is not None:
        raise _damaged(path, zipfile.BadZipFile("the checksum of a file in it is wrong"))


def read_results(path: Path) -> Iterator[ResultRow]:
    """The rows of every CSV in the archive, in order, read as they are asked for. Raises ArchiveError."""
    names = check_archive(path)
    try:
        with zipfile.ZipFile(path) as archive:
            for name in names:
                # zipfile gives no more bytes than the archive's directory tells, which was checked above.
                with archive.open(name) as raw:
                    yield from _rows(path, io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline=""))
    except _SPOILT as error:
        raise _damaged(path, error) from error


def _rows(path: Path, lines: io.TextIOWrapper) -> Iterator[ResultRow]:
    lift_cell_limit()
    first = lines.readline(_LINE)
    delimiter = max(",;|\t", key=first.count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    status, record_id, errors = (_place(header, names) for names in (_STATUS, _IDS, _ERRORS))
    if status is None:
        reason = f"its columns are {', '.join(header)[:200]}"
        raise ArchiveError("ARCHIVE_UNEXPECTED", details={"path": str(path), "reason": reason})
    own = {place for place in (status, record_id, errors) if place is not None}
    kept = [place for place in range(len(header)) if place not in own]
    # Bounded lines: a file without line breaks must not fill the memory.
    for row in csv.reader(iter(lambda: lines.readline(_LINE), ""), delimiter=delimiter):
        if not row:
            continue
        word = _cell(row, status)
        result = row_result(word)
        raw = _cell(row, errors)
        yield ResultRow(
            columns=tuple(_cell(row, place) for place in kept),
            result=result,
            record_id=_cell(row, record_id).strip(),
            errors=parse_errors(raw),
            raw_errors=raw,
            raw_status=word if result is RowResult.UNKNOWN else "",
        )


def _place(header: Sequence[str], names: Sequence[str]) -> int | None:
    """The column of one of these names, from the right: a mapped column may be called the same."""
    plain = ["".join(c for c in name.upper() if c.isalnum()) for name in header]
    for name in names:
        found = [place for place, given in enumerate(plain) if given == name]
        if found:
            return found[-1]
    return None


def _cell(row: Sequence[str], place: int | None) -> str:
    return row[place] if place is not None and place < len(row) else ""


def _damaged(path: Path, error: Exception) -> ArchiveError:
    return ArchiveError("ARCHIVE_DAMAGED", details={"path": str(path), "reason": str(error) or type(error).__name__})


def _unsafe(path: Path, reason: str) -> ArchiveError:
    return ArchiveError("ARCHIVE_UNSAFE", details={"path": str(path), "reason": reason})
