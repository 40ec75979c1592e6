"""Finds keys that repeat: by number first, then by text. The work of a child process, after all ranges.

The numbers (8 bytes a record) lie in files the children wrote; they are gone through in passes when there are many, so
that memory stays bounded. Records whose numbers meet are read again and compared as text, those aside that are refused
for something else: a row that is refused takes no key, a later one with the same value gets in.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from pathlib import Path

from ztui.csvfile.reader import PassingReader
from ztui.engine.preflight_pattern import BLANK_KEY
from ztui.engine.preflight_rows import RowRules
from ztui.engine.preflight_segment import Hits, SegmentCheck
from ztui.model.plan import CellEdit
from ztui.model.table import CsvInfo

REPEATED = ("KEY_REPEATED", "VALUE_REPEATED")
"""The rules that a key and a unique field break when an earlier row has the same."""

_AT_ONCE = 3_000_000
"""Keys that are held in memory at a time."""
_DIGEST = 16
_BLANK = bytes(_DIGEST)


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The numbers of one range: native 64-bit integers, one for each record from `first` on."""

    path: Path
    first: int
    records: int


@dataclass(frozen=True, slots=True)
class KeysJob:
    """Which keys to read: a slot's, of these records (sorted); `places` (offset, record, line) are where reading can
    begin. `edits` replace values of the file.
    """

    slot: int
    records: Sequence[int]
    places: tuple[tuple[int, int, int], ...]
    edits: tuple[CellEdit, ...] = ()


@dataclass(slots=True)
class KeyTexts:
    """The keys of some records, in order: where they are and what the file has there (`hits`), the key itself (`texts`)
    and the text of the field that records are found by (`owners`; blank when it is the key).

    Texts are kept as 16-byte digests, one behind the other, zeros for a blank one: equal texts have equal digests.
    """

    hits: Hits = field(default_factory=Hits)
    texts: bytearray = field(default_factory=bytearray)
    owners: bytearray = field(default_factory=bytearray)

    def __len__(self) -> int:
        return len(self.hits)

    def and_these(self, more: KeyTexts) -> KeyTexts:
        """These and more, in order; no record is in both."""
        if not len(self) or not len(more):
            return self if len(self) else more
        if self.hits.records[-1] < more.hits.records[0]:
            behind = Hits()
            behind.add_all(self.hits)
            behind.add_all(more.hits)
            return KeyTexts(behind, self.texts + more.texts, self.owners + more.owners)
        both = KeyTexts()
        parts = (self, more)
        order = sorted((record, part, at) for part in (0, 1) for at, record in enumerate(parts[part].hits.records))
        for _, part, at in order:
            both._add(parts[part], at)
        return both

    def _add(self, other: KeyTexts, at: int) -> None:
        self.hits.add_from(other.hits, at)
        self.texts += other.texts[at * _DIGEST : (at + 1) * _DIGEST]
        self.owners += other.owners[at * _DIGEST : (at + 1) * _DIGEST]

    def repeats(self, counts: Callable[[int], bool]) -> Hits:
        """The records whose key an earlier one has, among those that count; `extra` is the line of the first with it.

        A unique value may come again for the same record: only another owner makes it a repeat.
        """
        hits = Hits()
        first: dict[bytes, tuple[int, bytes]] = {}
        for at, record in enumerate(self.hits.records):
            text = bytes(self.texts[at * _DIGEST : (at + 1) * _DIGEST])
            if text == _BLANK or not counts(record):
                continue
            owner = bytes(self.owners[at * _DIGEST : (at + 1) * _DIGEST])
            line = self.hits.lines[at]
            earlier, whose = first.setdefault(text, (line, owner))
            if earlier != line and (owner == _BLANK or owner != whose):
                hits.add_from(self.hits, at, earlier)
        return hits


def turns(total: int, children: int) -> int:
    """Into how many shares of `repeated_share` so many numbers are best divided among the children."""
    return _shares(total, _AT_ONCE, children)


def _shares(total: int, at_once: int, least: int) -> int:
    """Into how many shares to divide so many numbers, of about `at_once` each: no more than a byte can tell."""
    return min(max(least, -(-total // at_once)), 256)


def numbers_of(file: KeyFile) -> array[int]:
    """The numbers of a file."""
    numbers = array("q")
    with file.path.open("rb") as stream:
        numbers.fromfile(stream, file.records)
    return numbers


def repeated_share(files: Sequence[KeyFile], turn: int, turns: int) -> set[int]:
    """The numbers that occur more than once in the files, of those whose lowest byte leaves `turn` over `turns`."""
    return _repeated_once(map(numbers_of, files), turn, turns)


def repeated(read: Callable[[], Iterable[array[int]]], total: int, at_once: int = _AT_ONCE) -> set[int]:
    """The numbers that occur more than once in `total` ones, blank keys aside.

    `read` gives them, in any number of arrays; it is called about once for every `at_once` numbers, which bounds the
    memory.
    """
    passes = _shares(total, at_once, 1)
    twice: set[int] = set()
    for turn in range(passes):
        twice |= _repeated_once(read(), turn, passes)
    return twice


def _repeated_once(arrays: Iterable[array[int]], turn: int, turns: int) -> set[int]:
    """The numbers of one share that occur more than once, blank keys aside."""
    mine = bytes(byte % turns == turn for byte in range(256))
    lowest = 0 if sys.byteorder == "little" else array("q").itemsize - 1
    times: Counter[int] = Counter()
    for numbers in arrays:
        # a million numbers: they are picked and counted without a step of Python's for each
        times.update(compress(numbers, numbers.tobytes()[lowest :: numbers.itemsize].translate(mine)))
    del times[BLANK_KEY]
    return {number for number, often in times.items() if often > 1}


def read_records(
    info: CsvInfo, places: Sequence[tuple[int, int, int]], wanted: Iterable[int]
) -> Iterator[tuple[int, int, list[str]]]:
    """The wanted records (sorted) as (number, line, cells), read from the nearest place before each."""
    at = 0
    reader: PassingReader | None = None
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
                reader = PassingReader(stream, info.dialect, line=line, offset=offset)
            reader.pass_over(record - number)
            cells = next(reader, None)
            if cells is None:
                return
            number = record + 1
            yield record, reader.start_line, cells


def meeting(files: Sequence[KeyFile], twice: Collection[int]) -> array[int]:
    """The records, in order, that have one of these numbers."""
    found = array("q")
    if twice:
        for file in files:
            found.extend(compress(count(file.first), map(twice.__contains__, numbers_of(file))))
    return found


def key_numbers(check: SegmentCheck, job: KeysJob) -> set[int]:
    """The numbers of the keys of these records, blank ones aside."""
    edits = _edits(check, job, job.slot)
    numbers = set()
    for record, _, cells in read_records(check.job.info, job.places, job.records):
        value = edits.get(record)
        numbers.add(check.key_of(job.slot, check.rules.value(job.slot, cells) if value is None else value))
    numbers.discard(BLANK_KEY)
    return numbers


def read_keys(check: SegmentCheck, job: KeysJob) -> KeyTexts:
    """The keys of these records as they are."""
    owner = owner_of(check.rules, job.slot)
    edits = _edits(check, job, job.slot)
    whose = _edits(check, job, owner) if owner is not None else {}
    found = KeyTexts()
    for record, line, cells in read_records(check.job.info, job.places, job.records):
        value = edits.get(record)
        found.hits.add(record, line, check.rules.source(job.slot, cells) if value is None else value)
        found.texts += _digest(check, job.slot, cells, value)
        found.owners += _digest(check, owner, cells, whose.get(record)) if owner is not None else _BLANK
    return found


def owner_of(rules: RowRules, slot: int) -> int | None:
    """The slot of the field that tells whose a unique value is: the key that records are found by, if it is another."""
    return next((s for s, rule in enumerate(rules.fields) if rule.key and s != slot), None)


def _edits(check: SegmentCheck, job: KeysJob, slot: int) -> dict[int, str]:
    name = check.rules.fields[slot].api_name
    return {e.record: e.value for e in job.edits if e.api_name == name}


def _digest(check: SegmentCheck, slot: int, cells: Sequence[str], edited: str | None) -> bytes:
    """A record's value of a unique field, in the form in which values are compared."""
    text = check.rules.fields[slot].key_text(check.rules.value(slot, cells) if edited is None else edited)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST).digest() if text else _BLANK
