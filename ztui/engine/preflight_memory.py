"""What finished checks of a file know, so that the next one reads only what an edit of the mapping has changed.

Facts are kept for each field as it was fed. What depends on several fields (repeated keys, refused records, columns
called out) is not kept: it is worked out anew from the facts.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from ztui.engine.preflight_head import Head, call_out
from ztui.engine.preflight_repeats import KeyTexts, owner_of
from ztui.engine.preflight_report import Chunk
from ztui.engine.preflight_rows import CELL_MISSING, FieldRule, RowRules
from ztui.engine.preflight_segment import Hits
from ztui.model.crm import Field
from ztui.model.mapping import FieldMapping, Step
from ztui.model.table import CsvInfo

_SPARE = 64 << 20
"""Bytes of facts that are kept about fields as they are not fed any more, for an edit that is taken back."""
_MOST_KEYS = 1_000_000
"""Keys whose texts are kept, of all fields together: some 80 bytes each."""
_MOST_MEETING = 4_000_000
"""Records with a key that meets another, of one field: with more of them its keys are looked at anew each time."""
_A_HIT = 34
"""Bytes a hit takes at most, its text aside."""


@dataclass(frozen=True, slots=True)
class Source:
    """Which bytes were checked, and how they were read."""

    info: CsvInfo
    file: tuple[int, int, int]

    @staticmethod
    def of(info: CsvInfo) -> Source:
        """The file as it is on disk now. Raises OSError."""
        status = info.data_path.stat()
        return Source(info, (status.st_ino, status.st_size, status.st_mtime_ns))


@dataclass(frozen=True, slots=True)
class Judged:
    """All that a field's hits and keys depend on, what becomes of blanks aside; `key` is what a blank key counts as."""

    field: Field
    columns: tuple[int, ...]
    steps: tuple[Step, ...]
    find_by: str | None
    strict: bool
    key: str | None

    @staticmethod
    def of(rule: FieldRule) -> Judged:
        """How this field is judged."""
        key = rule.mapped.default if watched(rule) else None
        return Judged(rule.field, rule.columns, rule.mapped.steps, rule.mapped.find_by, rule.strict, key)


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """What is known about one field.

    `hits` are those of the whole file by rule, `head` those of the first rows (in the order in which the rules were
    first broken), of which `filled` have a value. `whole` is false for a column that was called out: only its first
    rows were judged. `meeting` are the records whose key meets that of another one by its number, whether refused or
    not; None when keys were not looked at.
    """

    blank_rule: str | None
    hits: Mapping[str, tuple[Chunk, ...]]
    head: Mapping[str, Hits]
    filled: int
    whole: bool = True
    meeting: array[int] | None = None

    def under(self, blank_rule: str | None) -> FieldFacts | None:
        """The same where blanks break this rule; None when it takes another look at the file to know."""
        known = self.blank_rule
        if known == blank_rule:
            return self
        if known is None:
            return None

        names = {name: blank_rule if name == known else name for name in (*self.hits, *self.head)}
        hits = {new: some for name, some in self.hits.items() if (new := names[name]) is not None}
        head = {new: some for name, some in self.head.items() if (new := names[name]) is not None}
        return replace(self, blank_rule=blank_rule, hits=hits, head=head)

    def and_earlier(self, earlier: FieldFacts | None) -> FieldFacts:
        """These with what only the earlier ones know."""
        if earlier is None or not earlier.whole:
            return self
        if not self.whole:
            return earlier
        richer = self if self.blank_rule is not None else earlier
        return replace(richer, meeting=earlier.meeting if self.meeting is None else self.meeting)

    @property
    def size(self) -> int:
        """Roughly the bytes this takes."""
        return _size(c.hits for parts in self.hits.values() for c in parts) + 8 * len(self.meeting or ())


@dataclass(frozen=True, slots=True)
class RowFacts:
    """The hits of whole rows, by rule, when a row needs `needed` cells for all that is mapped."""

    needed: int
    hits: Mapping[str, tuple[Chunk, ...]]

    def under(self, needed: int) -> RowFacts | None:
        """The same for rows that need so many cells; None when it takes another look at the file to know."""
        if needed >= self.needed:
            return self if needed == self.needed else None
        hits = dict(self.hits)
        short = tuple(Chunk(c.record, c.line, _shorter(c.hits, needed)) for c in hits.pop(CELL_MISSING, ()))
        return RowFacts(needed, {**hits, CELL_MISSING: short})


@dataclass(frozen=True, slots=True)
class Walked:
    """What any way through the file finds: how many records, and places (offset, record, line) to begin reading at."""

    rows: int
    places: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What a check need not find out any more: facts by slot, and of whole rows (see `RowFacts.under`)."""

    fields: Mapping[int, FieldFacts]
    rows: RowFacts | None = None
    walked: Walked | None = None

    @property
    def head(self) -> Head:
        """What the first rows show of the fields that are known."""
        return Head({s: f.head for s, f in self.fields.items()}, {s: f.filled for s, f in self.fields.items()})


class CheckMemory:
    """What the checks of one open file have found out. Belongs to whoever holds the file open.

    Hand it to every `check` of that file; it is all in memory and bounded, and forgets by itself when the file or the
    way it is read has changed. What the org said about lookups is kept as well: `forget` when it may have changed.
    """

    def __init__(self) -> None:
        self._source: Source | None = None
        self._fields: OrderedDict[Judged, FieldFacts] = OrderedDict()
        self._rows: RowFacts | None = None
        self._walked: Walked | None = None
        self._keys: OrderedDict[tuple[Judged, Judged | None], KeyTexts] = OrderedDict()
        self._references: OrderedDict[Judged, Hits] = OrderedDict()
        self.constants: dict[tuple[Field, str | None, str], bool] = {}
        """Whether the fixed value of a lookup or owner (its field, what it is matched by, the text) leads nowhere."""

    def forget(self) -> None:
        """Know nothing: the next check reads everything."""
        self._source = self._rows = self._walked = None
        self._fields.clear()
        self._keys.clear()
        self._references.clear()
        self.constants.clear()

    def recall(self, source: Source, rules: RowRules, *, collapse: bool, meant: Collection[FieldMapping] = ()) -> Known:
        """What is known for these rules. With `collapse`, a column that is called out (see `call_out`) needs no more
        than its head."""
        if source != self._source:
            self.forget()
            return Known({})
        facts: dict[int, FieldFacts] = {}
        for slot, rule in enumerate(rules.fields):
            known = self._fields.get(Judged.of(rule))
            if known is not None and (fitting := known.under(rule.blank_rule)) is not None:
                facts[slot] = fitting
        out = call_out(rules, Known(facts).head, meant).slots if collapse else frozenset()
        enough = {
            slot: known
            for slot, known in facts.items()
            if slot in out or (known.whole and not (watched(rules.fields[slot]) and known.meeting is None))
        }
        self._trim(rules)
        return Known(enough, self._rows, self._walked)

    def keep(
        self, source: Source, rules: RowRules, fresh: Mapping[int, FieldFacts], rows: RowFacts, over: Walked
    ) -> None:
        """Keep what a check found out about these slots and about whole rows."""
        if source != self._source:
            self.forget()
            self._source = source
        for slot, facts in fresh.items():
            judged = Judged.of(rules.fields[slot])
            if len(facts.meeting or ()) > _MOST_MEETING:
                facts = replace(facts, meeting=None)
            self._fields[judged] = facts.and_earlier(self._fields.get(judged))
        if self._rows is None or rows.needed > self._rows.needed:
            self._rows = rows
        self._walked = over
        self._trim(rules)

    def _trim(self, rules: RowRules) -> None:
        """Let the oldest facts go that these rules do not need, when there are too many."""
        needed = {Judged.of(rule) for rule in rules.fields}
        for judged in needed & self._fields.keys():
            self._fields.move_to_end(judged)
        spare = [judged for judged in self._fields if judged not in needed]
        size = sum(self._fields[judged].size for judged in spare)
        for judged in spare:
            if size <= _SPARE:
                break
            size -= self._fields.pop(judged).size

    def keys(self, rules: RowRules, slot: int) -> KeyTexts:
        """The keys of a slot that were read already."""
        return self._keys.get(_pair(rules, slot)) or KeyTexts()

    def keep_keys(self, rules: RowRules, slot: int, keys: KeyTexts) -> None:
        """Keep the keys of a slot."""
        self._keys[_pair(rules, slot)] = keys
        self._keys.move_to_end(_pair(rules, slot))
        while sum(map(len, self._keys.values())) > _MOST_KEYS:
            self._keys.popitem(last=False)

    def references(self, rule: FieldRule) -> Hits | None:
        """The records whose lookup or owner is known not to resolve; None when they have not been asked for."""
        return self._references.get(Judged.of(rule))

    def keep_references(self, rule: FieldRule, hits: Hits) -> None:
        """Keep what the org said about a lookup or owner."""
        self._references[Judged.of(rule)] = hits
        self._references.move_to_end(Judged.of(rule))
        while len(self._references) > 1 and _size(self._references.values()) > _SPARE:
            self._references.popitem(last=False)


def watched(rule: FieldRule) -> bool:
    """True for a field whose values may not repeat."""
    return rule.key or rule.unique


def cells_needed(rules: RowRules) -> int:
    """How many cells a row needs for all that is mapped."""
    return rules.columns[-1] + 1 if rules.columns else 0


def _pair(rules: RowRules, slot: int) -> tuple[Judged, Judged | None]:
    """What the keys of a slot depend on: how it is judged, and how the field is that tells whose they are."""
    owner = owner_of(rules, slot)
    return Judged.of(rules.fields[slot]), Judged.of(rules.fields[owner]) if owner is not None else None


def _size(several: Iterable[Hits]) -> int:
    return sum(len(hits) * _A_HIT + len(hits.text) for hits in several)


def _shorter(hits: Hits, needed: int) -> Hits:
    """The hits of rows with fewer cells than are needed."""
    kept = Hits()
    for at, cells in enumerate(hits.extra):
        if cells < needed:
            kept.add_from(hits, at, cells)
    return kept
