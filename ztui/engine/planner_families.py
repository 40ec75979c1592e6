"""Which records a plan sends, and which of them belong together because their keys are equal."""

from __future__ import annotations

import os
from array import array
from bisect import bisect_left
from collections.abc import Container, Iterator
from dataclasses import replace
from typing import IO

from ztui.engine.planner_keys import KeyNumbers
from ztui.engine.preflight_repeats import REPEATED, repeated
from ztui.engine.preflight_report import CheckReport
from ztui.engine.preflight_rows import RowRules
from ztui.model.crm import ModuleSchema
from ztui.model.finding import Severity
from ztui.model.mapping import FieldMapping, Mapping
from ztui.model.plan import ImportPlan

_SLICE = 1 << 15
_KEYS_AT_ONCE = 1 << 17
"""Keys held in memory at a time: packing is to stay small."""
_WORTH_KEEPING = 200_000
"""Repeats that a plan keeps; where there are more they are looked for again, and the plan stays handy."""


class Families:
    """The records that share a key with another one: they are sent together, in order, where the last of them stands.

    `places` are where they stand, sorted: lines when `by_line`, else record numbers. `first` has for each the place of
    the first record with its key, `last` whether it is the last.
    """

    def __init__(self, plan: ImportPlan) -> None:
        self.by_line = plan.repeats is not None
        self.places = array("q")
        self.first = array("q")
        self.last = bytearray()
        if plan.repeats is not None:
            self._arrange({**dict(plan.repeats), **{first: first for _, first in plan.repeats}})
            return
        key = key_field(plan.mapping, plan.schema)
        if key is None:
            return
        rules = RowRules(replace(plan.mapping, fields=(key,)), plan.schema, len(plan.info.headers))
        if not rules.fields:
            return
        keys = KeyNumbers(plan.info, rules)
        for edit in plan.edits:
            if edit.api_name == key.api_name and edit.record < len(keys.numbers):
                keys.numbers[edit.record] = keys.number_of(edit.value)
        self._arrange(_meeting(plan, keys.numbers))

    def _arrange(self, first: dict[int, int]) -> None:
        """Take the members, each with the place of the first of its family."""
        self.places = array("q", sorted(first))
        self.first = array("q", (first[place] for place in self.places))
        self.last = bytearray(len(first))
        for place in {family: at for at, family in enumerate(self.first)}.values():
            self.last[place] = 1


class Held:
    """Rows that wait for the last one with their key. Much of it waits on disk."""

    def __init__(self, spool: IO[bytes]) -> None:
        self._spool = spool
        self._waiting: dict[int, array[int]] = {}

    def put(self, family: int, row: bytes, record: int, line: int) -> None:
        """Keep a row of a family."""
        start = self._spool.seek(0, os.SEEK_END)
        self._spool.write(row)
        self._waiting.setdefault(family, array("q")).extend((record, line, start, len(row)))

    def take(self, family: int) -> tuple[list[bytes], array[int], array[int]]:
        """All rows of a family that wait, in order, with their records and lines."""
        waiting = self._waiting.pop(family)
        rows = []
        for start, size in zip(waiting[2::4], waiting[3::4], strict=True):
            self._spool.seek(start)
            rows.append(self._spool.read(size))
        return rows, waiting[0::4], waiting[1::4]

    def families(self) -> list[int]:
        """The families that wait, in order."""
        return sorted(self._waiting)


def _meeting(plan: ImportPlan, numbers: array[int]) -> dict[int, int]:
    """The sent records whose key others have, each with the first of them."""
    included = Included(plan)
    twice = repeated(lambda: _slices(numbers), len(numbers), _KEYS_AT_ONCE)
    found: dict[int, int] = {}
    first: dict[int, int] = {}
    for record in [at for at, number in enumerate(numbers) if number in twice]:
        if included.has(record):
            found[record] = first.setdefault(numbers[record], record)
    alone = set(found.values()) - {family for record, family in found.items() if family != record}
    return {record: family for record, family in found.items() if family not in alone}


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


def known_repeats(
    report: CheckReport, mapping: Mapping, schema: ModuleSchema, refused: Container[int]
) -> tuple[tuple[int, int], ...] | None:
    """What a complete check of all records says about equal keys, see `ImportPlan.repeats`; `refused` are not sent."""
    key = key_field(mapping, schema)
    if key is None or not report.complete:
        return None
    again = [g for g in report.groups if g.rule in REPEATED and g.api_name == key.api_name]
    if sum(g.count for g in again if g.severity is not Severity.ERROR) > _WORTH_KEEPING:
        return None
    return tuple(
        (chunk.line + chunk.hits.lines[at], first)
        for group in again
        for chunk in group.chunks
        for at, first in enumerate(chunk.hits.extra)
        if chunk.record + chunk.hits.records[at] not in refused
    )


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
