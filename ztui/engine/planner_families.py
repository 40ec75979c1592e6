"""Which records a plan sends, and which of them belong together because their keys are equal."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import BinaryIO

from ztui.engine.planner_columns import RowMaker
from ztui.engine.planner_keys import KeyNumbers
from ztui.engine.preflight_repeats import REPEATED, read_records, repeated
from ztui.engine.preflight_report import CheckReport
from ztui.engine.preflight_rows import RowRules
from ztui.model.crm import ModuleSchema
from ztui.model.finding import Severity
from ztui.model.mapping import FieldMapping, Mapping
from ztui.model.plan import ImportPlan
from ztui.model.table import CsvInfo

_SLICE = 1 << 15
_KEYS_AT_ONCE = 1 << 17
"""Keys held in memory at a time: packing is to stay small."""


class Families:
    """The records that share a key with an earlier one, and their rows, ready to be sent behind that one."""

    def __init__(self, plan: ImportPlan, maker: RowMaker, spool: BinaryIO) -> None:
        self.followers: dict[int, array[int]] = {}
        """By the first record of a key: the other records with it, in order."""
        self.special = array("q")
        """Firsts and followers, sorted."""
        self._rows = array("q")
        self._ends = array("q")
        self._lines = array("q")
        self._spool = spool
        key = None if plan.keys_distinct else key_field(plan.mapping, plan.schema)
        if key is None:
            return
        rules = RowRules(replace(plan.mapping, fields=(key,)), plan.schema, len(plan.info.headers))
        if not rules.fields:
            return
        keys = KeyNumbers(plan.info, rules)
        for edit in plan.edits:
            if edit.api_name == key.api_name and edit.record < len(keys.numbers):
                keys.numbers[edit.record] = keys.number_of(edit.value)
        self._find(plan, keys.numbers)
        if self.special:
            self._read(plan.info, keys.places, maker)

    def _find(self, plan: ImportPlan, numbers: array[int]) -> None:
        included = Included(plan)
        twice = repeated(lambda: _slices(numbers), len(numbers), _KEYS_AT_ONCE)
        if not twice:
            return
        first: dict[int, int] = {}
        for record in [at for at, number in enumerate(numbers) if number in twice]:
            if included.has(record):
                leader = first.setdefault(numbers[record], record)
                if leader != record:
                    self.followers.setdefault(leader, array("q")).append(record)
        self.special = array("q", sorted({*self.followers, *(r for f in self.followers.values() for r in f)}))

    def _read(self, info: CsvInfo, places: Sequence[tuple[int, int, int]], maker: RowMaker) -> None:
        self._rows = array("q", (r for r in self.special if r not in self.followers))
        end = 0
        for record, line, cells in read_records(info, places, self._rows):
            end += self._spool.write(maker.row(record, cells))
            self._ends.append(end)
            self._lines.append(line)

    def row(self, record: int) -> tuple[bytes, int]:
        """A follower's row and line."""
        at = bisect_left(self._rows, record)
        start = self._ends[at - 1] if at else 0
        self._spool.seek(start)
        return self._spool.read(self._ends[at] - start), self._lines[at]


def _slices(numbers: array[int]) -> Iterator[array[int]]:
    """The numbers in handy pieces."""
    return (numbers[at : at + _SLICE] for at in range(0, len(numbers), _SLICE))


def key_field(mapping: Mapping, schema: ModuleSchema) -> FieldMapping | None:
    """The mapped field whose equal values belong together: the key, else a unique field."""
    mapped = mapping.for_field(mapping.find_by) if mapping.find_by else None
    if mapped is not None:
        return mapped if mapped.columns else None
    for candidate in mapping.fields:
        field = schema.field(candidate.api_name)
        if candidate.columns and field is not None and field.unique:
            return candidate
    return None


def keys_distinct(report: CheckReport, mapping: Mapping, schema: ModuleSchema) -> bool:
    """True when a complete check of all records says that those it does not refuse have no key in common."""
    key = key_field(mapping, schema)
    if key is None or not report.complete:
        return False
    again = (g for g in report.groups if g.rule in REPEATED and g.api_name == key.api_name)
    return all(g.severity is Severity.ERROR for g in again)


class Included:
    """Which records a plan sends."""

    def __init__(self, plan: ImportPlan) -> None:
        self._records = sorted(plan.records) if plan.records is not None else None
        self._exclude = sorted(plan.exclude)
        self._wanted = frozenset(plan.records) if plan.records is not None else None
        self._unwanted = frozenset(plan.exclude)

    def has(self, record: int) -> bool:
        """True when this record is sent."""
        return record not in self._unwanted and (self._wanted is None or record in self._wanted)

    def among(self, start: int, count: int) -> list[int] | None:
        """The sent ones of `count` records from `start` on; None for all of them."""
        if self._records is not None:
            low, high = bisect_left(self._records, start), bisect_left(self._records, start + count)
            return [r for r in self._records[low:high] if r not in self._unwanted]
        low, high = bisect_left(self._exclude, start), bisect_left(self._exclude, start + count)
        if low == high:
            return None
        out = frozenset(self._exclude[low:high])
        return [r for r in range(start, start + count) if r not in out]
