"""Fits a check of the whole file to a repair: only some records count, and some values are replaced."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ztui.engine.preflight_repeats import read_records
from ztui.engine.preflight_report import Chunk
from ztui.engine.preflight_rows import RowRules
from ztui.engine.preflight_segment import Hits, SegmentCheck
from ztui.model.plan import CellEdit

Chunks = dict[tuple[int, str], list[Chunk]]


def _filter(hits: Hits, keep: Callable[[int], bool]) -> Hits:
    """The hits whose record (counted from the chunk's first) is kept."""
    kept = Hits()
    for at, record in enumerate(hits.records):
        if keep(record):
            kept.add_from(hits, at, hits.extra[at] if len(hits.extra) else None)
    return kept


def limit_to(chunks: Chunks, records: Sequence[int]) -> Chunks:
    """The chunks with only the hits of these records."""
    wanted = frozenset(records)
    return {
        key: [Chunk(c.record, c.line, _filter(c.hits, lambda r, c=c: c.record + r in wanted)) for c in parts]  # type: ignore[misc]
        for key, parts in chunks.items()
    }


def apply_edits(
    chunks: Chunks,
    edits: Sequence[CellEdit],
    rules: RowRules,
    check: SegmentCheck,
    places: Sequence[tuple[int, int, int]],
    records: Sequence[int] | None,
) -> Chunks:
    """The chunks with edited fields judged by their new values. Repeated keys are not touched: they know the edits."""
    slots = {rule.api_name: slot for slot, rule in enumerate(rules.fields)}
    wanted = None if records is None else frozenset(records)
    edited = {
        (e.record, slots[e.api_name]): e.value
        for e in edits
        if e.api_name in slots and (wanted is None or e.record in wanted)
    }
    changed: Chunks = {}
    for (slot, name), parts in chunks.items():
        touched = any(s == slot for _, s in edited)
        changed[slot, name] = [
            Chunk(c.record, c.line, _filter(c.hits, lambda r, c=c, slot=slot: (c.record + r, slot) not in edited))  # type: ignore[misc]
            if touched and not len(c.hits.extra)
            else c
            for c in parts
        ]
    lines = {record: line for record, line, _ in read_records(check.job.info, places, sorted({r for r, _ in edited}))}
    fresh: dict[tuple[int, str], Hits] = {}
    for (record, slot), value in sorted(edited.items()):
        for hit in rules.judge_value(slot, value, value):
            fresh.setdefault((slot, hit.rule), Hits()).add(record, lines.get(record, 0), value)
    for key, hits in fresh.items():
        changed.setdefault(key, []).append(Chunk(0, 0, hits))
    return changed
