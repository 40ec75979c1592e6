"""Checks one range of a file: the work of a child process. Owns how hits are kept while a range is walked.

Hits are kept in arrays, one set per (field, rule), so that millions of them stay small and travel fast. Record and line
numbers count from the start of the range, since nobody knows yet how many came before it.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

from ztui.csvfile.reader import RecordReader
from ztui.csvfile.scan import RangeWalk, patterns_work
from ztui.engine.preflight_pattern import BLANK_KEY, Skimmer
from ztui.engine.preflight_rows import CUT_OFF, ROW, Hit, RowRules
from ztui.engine.rules import rule
from ztui.model.crm import ModuleSchema
from ztui.model.finding import Severity
from ztui.model.mapping import Mapping
from ztui.model.table import CsvInfo

VALUE_KEPT = 256
"""Characters of an offending value that are kept; longer ones are read again when someone looks."""


@dataclass(slots=True)
class Hits:
    """The hits of one rule on one field: record and line numbers, and the values one behind the other in `text`.

    `ends` are the ends of the values in `text` (bytes); `whole` is false where a value was cut; `extra` a number per
    hit where a rule has one (the line that it repeats, the number of cells there are), else empty.
    """

    records: array[int] = field(default_factory=lambda: array("q"))
    lines: array[int] = field(default_factory=lambda: array("q"))
    ends: array[int] = field(default_factory=lambda: array("q"))
    whole: bytearray = field(default_factory=bytearray)
    text: bytearray = field(default_factory=bytearray)
    extra: array[int] = field(default_factory=lambda: array("q"))

    def add(self, record: int, line: int, value: str, extra: int | None = None) -> None:
        """One more hit."""
        self.records.append(record)
        self.lines.append(line)
        self.whole.append(len(value) <= VALUE_KEPT)
        self.text += value[:VALUE_KEPT].encode("utf-8", "surrogatepass")
        self.ends.append(len(self.text))
        if extra is not None:
            self.extra.append(extra)

    def add_from(self, other: Hits, at: int, extra: int | None = None) -> None:
        """One more hit, the one at `at` of another's."""
        self.add(other.records[at], other.lines[at], other.value(at), extra)
        self.whole[-1] = other.whole[at]

    def add_all(self, other: Hits) -> None:
        """All hits of another behind these."""
        self.records += other.records
        self.lines += other.lines
        self.ends.extend(len(self.text) + end for end in other.ends)
        self.whole += other.whole
        self.text += other.text
        self.extra += other.extra

    def __len__(self) -> int:
        return len(self.records)

    def value(self, at: int) -> str:
        """The kept value of a hit."""
        start = self.ends[at - 1] if at else 0
        return self.text[start : self.ends[at]].decode("utf-8", "surrogatepass")


HitTable = dict[tuple[int, str], Hits]
"""Hits by (slot, rule)."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a child needs to know to check ranges of a file. `skip` are the slots that are not judged: known already, or
    called out. `watched` are those whose keys are numbered, none of them skipped."""

    info: CsvInfo
    mapping: Mapping
    schema: ModuleSchema
    watched: tuple[int, ...] = ()
    skip: frozenset[int] = frozenset()
    exact: bool = False


@dataclass(slots=True)
class SegmentResult:
    """What was found in a range: where it ended, its size, the hits, key numbers and (offset, record, line) places."""

    start: int
    end: int
    records: int
    lines: int
    hits: HitTable
    keys: dict[int, array[int]]
    checkpoints: list[tuple[int, int, int]]
    filled: dict[int, int]
    """By slot, the records with a value; counted in exact ranges only."""
    exact: int
    """How many records were read cell by cell."""
    refused: array[int] = field(default_factory=lambda: array("q"))
    """The records that break a rule that is an error."""


class SegmentCheck:
    """Checks ranges one after another; compiled once per child. The exact and the skimmed way find the same."""

    def __init__(self, job: Job) -> None:
        self.job = job
        info = job.info
        self.rules = RowRules(job.mapping, job.schema, len(info.headers), header=info.raw_headers, skip=job.skip)
        self._columns = [(slot, frozenset(rule.columns)) for slot, rule in enumerate(self.rules.fields)]
        self._skimmer = Skimmer(self.rules, job.info.dialect, skip=job.skip, watched=job.watched, key_of=self.key_of)
        self.hits: HitTable = {}
        self._filled: dict[int, int] = {}
        self._exact = 0
        self._refused = array("q")
        self._walk: RangeWalk | None = None
        self._counting = False

    def key_of(self, slot: int, value: str) -> int:
        """The number of a key: equal keys have equal numbers (Python's keyed hash; all children share its seed)."""
        text = self.rules.fields[slot].key_text(value)
        return (hash(text) or 1) if text else BLANK_KEY

    def run(self, start: int, end: int | None, *, most: int | None = None, exact: bool = False) -> SegmentResult:
        """Check the records that begin in the range. Raises OSError and SourceError."""
        self.hits, self._filled = {}, {}
        self._exact = 0
        self._refused = array("q")
        self._counting = exact
        keys = self._skimmer.keys = {slot: array("q") for slot in self._skimmer.keys}
        walk = self._walk = RangeWalk(self.job.info.data_path, self.job.info.dialect, start, end, most=most)
        skim = self._skimmer.usable and not exact and not self.job.exact and patterns_work()
        walk.run(self, skim=skim)
        return SegmentResult(
            start,
            walk.offset,
            walk.records,
            walk.lines,
            self.hits,
            keys,
            walk.checkpoints,
            self._filled,
            self._exact,
            self._refused,
        )

    def skim(self, data: bytes, start: int, end: int) -> tuple[int, int, int]:
        """See `csvfile.scan.Sink`."""
        assert self._walk is not None
        taken = self._skimmer.skim(data, start, end)
        record, line = self._walk.records, self._walk.lines
        for at, behind, hits in taken.faults:
            self._keep(hits, record + at, line + behind)
        self._skimmer.collect(taken)
        return taken.stop, taken.count, taken.lines

    def record(self, cells: list[str], line: int, reader: RecordReader) -> None:
        """See `csvfile.scan.Sink`: judge the record cell by cell."""
        assert self._walk is not None
        number = self._walk.records
        self._exact += 1
        found = self.rules.judge(cells)
        if reader.dropped:
            found = [Hit(ROW, CUT_OFF, cells[0][:VALUE_KEPT], (("actual", str(reader.lines)),)), *found]
        if found:
            self._keep(found, number, line)
        if self._counting:
            filled = {column for column, cell in enumerate(cells) if cell}
            for slot, columns in self._columns:
                if not columns.isdisjoint(filled):
                    self._filled[slot] = self._filled.get(slot, 0) + 1
        for slot, numbers in self._skimmer.keys.items():
            numbers.append(self.key_of(slot, self.rules.value(slot, cells)))

    def _keep(self, found: Sequence[Hit], number: int, line: int) -> None:
        """Keep the hits of a record."""
        refused = False
        for hit in found:
            if hit.slot in self.job.skip:
                continue
            hits = self.hits.get((hit.slot, hit.rule))
            if hits is None:
                hits = self.hits[hit.slot, hit.rule] = Hits()
            hits.add(number, line, hit.value, hit.cells)
            refused = refused or is_error(hit.rule)
        if refused:
            self._refused.append(number)


def is_error(rule_name: str) -> bool:
    """True when the rule's findings are errors."""
    return rule(rule_name).severity is Severity.ERROR
