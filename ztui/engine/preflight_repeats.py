"""Finds keys that repeat: by number first, then by text. The work of a child process, after all ranges.

The numbers (8 bytes a record) lie in files the children wrote; they are gone through in passes when there are many, so
that memory stays bounded. Records whose numbers meet are read again and compared as text.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.engine.preflight_pattern import BLANK_KEY
from ztui.engine.preflight_segment import Hits, SegmentCheck, key_text
from ztui.model.plan import CellEdit
from ztui.model.table import CsvInfo

REPEATED = ("KEY_REPEATED", "VALUE_REPEATED")
"""The rules that a key and a unique field break when an earlier row has the same."""

_AT_ONCE = 3_000_000
"""Keys that are held in memory at a time."""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The numbers of one range: native 64-bit integers, one for each record from `first` on."""

    path: Path
    first: int
    records: int


@dataclass(frozen=True, slots=True)
class RepeatsJob:
    """What to look through: one key's files in order, the places (offset, record, line) where reading can begin.

    `only` limits the search to these records (sorted), `edits` replace the key's value, `twice` are the numbers that
    occur more than once (None: not known yet).
    """

    slot: int
    files: tuple[KeyFile, ...]
    places: tuple[tuple[int, int, int], ...]
    only: tuple[int, ...] | None = None
    edits: tuple[CellEdit, ...] = ()
    twice: frozenset[int] | None = None


def turns(total: int, children: int) -> int:
    """Into how many shares of `repeated_share` so many numbers are best divided among the children."""
    return max(children, -(-total // _AT_ONCE))


def numbers_of(file: KeyFile) -> array[int]:
    """The numbers of a file."""
    numbers = array("q")
    with file.path.open("rb") as stream:
        numbers.fromfile(stream, file.records)
    return numbers


def repeated_share(files: Sequence[KeyFile], turn: int, turns: int) -> set[int]:
    """The numbers that occur more than once in the files, of those that leave `turn` when divided by `turns`."""
    return _repeated_once(map(numbers_of, files), turn, turns)


def repeated(read: Callable[[], Iterable[array[int]]], total: int, at_once: int = _AT_ONCE) -> set[int]:
    """The numbers that occur more than once in `total` ones, blank keys aside.

    `read` gives them, in any number of arrays; it is called once for every `at_once` numbers, which bounds the memory.
    """
    passes = max(1, -(-total // at_once))
    twice: set[int] = set()
    for turn in range(passes):
        twice |= _repeated_once(read(), turn, passes)
    return twice


def _repeated_once(arrays: Iterable[array[int]], turn: int, turns: int) -> set[int]:
    """The numbers of one share that occur more than once, blank keys aside."""
    twice: set[int] = set()
    seen: set[int] = set()
    for numbers in arrays:
        mine: Sequence[int] = numbers if turns == 1 else [n for n in numbers if n % turns == turn]
        distinct = set(mine)
        if len(distinct) < len(mine):
            once: set[int] = set()
            twice.update(n for n in mine if n in once or once.add(n))  # type: ignore[func-returns-value]
        if not seen.isdisjoint(distinct):
            twice |= seen & distinct
        seen |= distinct
    twice.discard(BLANK_KEY)
    return twice


def read_records(
    info: CsvInfo, places: Sequence[tuple[int, int, int]], wanted: Iterable[int]
) -> Iterator[tuple[int, int, list[str]]]:
    """The wanted records (sorted) as (number, line, cells), read from the nearest place before each."""
    at = 0
    reader: RecordReader | None = None
    number = -1
    with info.data_path.open("rb", buffering=0) as stream:
        for record in wanted:
            moved = False
            while at + 1 < len(places) and places[at + 1][1] <= record:
                at += 1
                moved = True
            if reader is None or (moved and places[at][1] > number):
                offset, number, line = places[at]
                stream.seek(offset)
                reader = RecordReader(physical_lines(stream, 1 << 16), info.dialect, line=line, offset=offset)
            cells: list[str] | None = None
            while number <= record:
                cells = next(reader, None)
                if cells is None:
                    return
                number += 1
            assert cells is not None
            yield record, reader.start_line, cells


def find_repeats(check: SegmentCheck, job: RepeatsJob) -> Hits:
    """The records whose key an earlier record has, in order; `extra` is the line of the first record with that key."""
    rule = check.rules.fields[job.slot]
    edits = {e.record: e.value for e in job.edits if e.api_name == rule.api_name}
    twice = set(job.twice) if job.twice is not None else _all_repeated(job.files)
    # an edited record can meet any other, by its new key or because it is refused no more
    touched = sorted({e.record for e in job.edits})
    for record, _, cells in read_records(check.job.info, job.places, touched):
        value = edits.get(record)
        twice.add(check.key_of(job.slot, check.rules.value(job.slot, cells) if value is None else value))
    twice.discard(BLANK_KEY)
    only = set(job.only) if job.only is not None else None
    candidates: list[int] = []
    if twice:
        for file in job.files:
            numbers = numbers_of(file)
            candidates.extend(file.first + at for at, n in enumerate(numbers) if n in twice)
    candidates = sorted({*candidates, *touched})
    if only is not None:
        candidates = [c for c in candidates if c in only]
    hits = Hits()
    first: dict[str, tuple[int, str]] = {}
    # A unique value may come again for the same record: only another key makes it a duplicate.
    key = next((s for s, r in enumerate(check.rules.fields) if r.key and s != job.slot), None)
    for record, line, cells in read_records(check.job.info, job.places, candidates):
        text = _text(check, job.slot, cells, edits.get(record))
        if not text:
            continue
        whose = _text(check, key, cells, _edit(job, record, check, key)) if key is not None else ""
        at, owner = first.setdefault(text, (line, whose))
        if at != line and not (whose and whose == owner):
            value = edits.get(record)
            hits.add(record, line, check.rules.source(job.slot, cells) if value is None else value, at)
    return hits


def _all_repeated(files: Sequence[KeyFile]) -> set[int]:
    return repeated(lambda: map(numbers_of, files), sum(f.records for f in files))


def _text(check: SegmentCheck, slot: int, cells: Sequence[str], edited: str | None) -> str:
    """A record's value of a unique field, in the form in which values are compared."""
    sensitive = check.rules.fields[slot].field.unique_case_sensitive
    return key_text(check.rules.value(slot, cells) if edited is None else edited, case_sensitive=sensitive)


def _edit(job: RepeatsJob, record: int, check: SegmentCheck, slot: int) -> str | None:
    name = check.rules.fields[slot].api_name
    return next((e.value for e in job.edits if e.record == record and e.api_name == name), None)
