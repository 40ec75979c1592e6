"""What a check found, in groups, with every single finding at hand. Owns how compact hits become findings again."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from ztui.engine.checkers import more_facts
from ztui.engine.preflight_rows import HEADER_AGAIN, ROW, FieldRule, RowRules
from ztui.engine.preflight_segment import Hits, is_error
from ztui.engine.rules import RULE_PARAM, Violation, finding
from ztui.model.finding import Finding, Severity
from ztui.model.table import SourceRow


class Rows(Protocol):
    """The part of an open file that findings need."""

    def rows(self, start: int, count: int) -> list[SourceRow]:
        """Some records by number."""
        ...


@dataclass(frozen=True, slots=True)
class Chunk:
    """Hits of one range: `record` and `line` are what its numbers count from."""

    record: int
    line: int
    hits: Hits


class Stage(StrEnum):
    """What a check is at: the rows, keys that repeat (once all rows are read), what lookups and owners point at."""

    ROWS = "rows"
    REPEATS = "repeats"
    REFERENCES = "references"


ChunkTable = Mapping[tuple[int, str], Sequence[Chunk]]
"""Hits by (slot, rule), in the file's order."""


@dataclass(frozen=True, slots=True)
class FindingGroup:
    """Findings of one code on one field for one reason. `rule` names the reason (a local catalogue entry).

    `slot` and `chunks` are the report's own.
    """

    level: str
    code: str
    severity: Severity
    scope: str
    api_name: str | None
    column: int | None
    count: int
    first: Finding
    rule: str = ""
    slot: int = ROW
    chunks: tuple[Chunk, ...] = field(default=(), repr=False)


_ORDER = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """The state of a check. `rows_total` is exact once `complete`, an estimate before; `rows_refused` counts the rows
    that Zoho would refuse or that cannot be sent. Groups come errors first, then by count.

    When a check goes through the file for some fields only, since an earlier one knows the rest, `again` are their API
    names until it is complete, and `rows_checked` counts the rows that were read for them. `stage` says what the check
    is at that is not complete.
    """

    groups: tuple[FindingGroup, ...]
    rows_checked: int
    rows_total: int
    rows_refused: int
    complete: bool
    refused: array[int] = field(default_factory=lambda: array("q"), repr=False)
    rules: RowRules | None = field(default=None, repr=False)
    file: Rows | None = field(default=None, repr=False)
    again: tuple[str, ...] = ()
    stage: Stage = Stage.ROWS

    @property
    def blocking(self) -> bool:
        """True when something would have the whole job refused: an error in the file or the mapping."""
        return any(g.severity is Severity.ERROR and g.scope != "row" for g in self.groups)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(g.count for g in self.groups if g.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return sum(g.count for g in self.groups if g.severity is Severity.WARNING)

    def refused_records(self) -> Sequence[int]:
        """The numbers of the refused records, sorted; known once the check is complete."""
        return self.refused

    def headers_again(self) -> tuple[int, ...]:
        """The numbers of the records that are the header once more: Zoho might take them, but nobody means them."""
        again = [chunk for group in self.groups if group.rule == HEADER_AGAIN for chunk in group.chunks]
        return tuple(chunk.record + record for chunk in again for record in chunk.hits.records)

    def findings(self, group: FindingGroup, start: int = 0, count: int = 100) -> list[Finding]:
        """Some findings of a group, in the file's order; reads rows again where a value was too long to be kept."""
        if not group.chunks or self.rules is None:
            return [group.first] if start == 0 and count > 0 else []
        made: list[Finding] = []
        for chunk in group.chunks:
            size = len(chunk.hits)
            if start >= size:
                start -= size
                continue
            for at in range(start, min(size, start + count - len(made))):
                made.append(make_finding(self.rules, self.file, group.slot, group.rule, chunk, at))
            start = 0
            if len(made) >= count:
                break
        return made

    def all_findings(self) -> Iterator[Finding]:
        """Every finding, group by group."""
        for group in self.groups:
            start = 0
            while page := self.findings(group, start, 500):
                yield from page
                start += len(page)


def make_finding(rules: RowRules, file: Rows | None, slot: int, rule_name: str, chunk: Chunk, at: int) -> Finding:
    """One hit as a finding, with all its facts."""
    hits = chunk.hits
    record, line, value = chunk.record + hits.records[at], chunk.line + hits.lines[at], hits.value(at)
    joined = slot != ROW and len(rules.fields[slot].columns) > 1
    cells: tuple[str, ...] | None = None
    if file is not None and (not hits.whole[at] or slot == ROW or joined):
        found = file.rows(record, 1)
        if found:
            cells = found[0].cells
            value = rules.source(slot, cells) if slot != ROW else value
    params: tuple[tuple[str, str], ...] = ()
    if slot == ROW:
        if cells is not None:
            params = next((h.params for h in rules.judge(cells) if h.slot == ROW and h.rule == rule_name), ())
        return finding(
            rule_name, record=record, line=line, column=rules.column_of(slot, rule_name), value=value, params=params
        )
    field_rule = rules.fields[slot]
    if len(hits.extra):
        params = (("line", str(hits.extra[at])),)
    else:
        sent = rules.value(slot, cells) if cells is not None else field_rule.convert((value,))
        hit = next((h for h in rules.judge_value(slot, value, sent) if h.rule == rule_name), None)
        if hit is not None:
            params = (*hit.params, *more_facts(field_rule.field, Violation(rule_name, hit.params), sent))
    return finding(
        rule_name,
        record=record,
        line=line,
        column=field_rule.columns[0],
        api_name=field_rule.api_name,
        value=value,
        params=(("field", field_rule.field.label), *_points_at(field_rule, params), *params),
    )


def _points_at(rule: FieldRule, params: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """What the values of a lookup or owner point at and are matched by; nothing for other fields."""
    known = dict(params)
    facts = {"module": rule.field.lookup.module if rule.field.lookup else "", "find_by": rule.mapped.find_by or ""}
    return tuple((name, text) for name, text in facts.items() if text and name not in known)


def groups_of(
    rules: RowRules, file: Rows | None, chunks: ChunkTable, single: Sequence[Finding]
) -> tuple[FindingGroup, ...]:
    """The groups of a report: findings that stand alone (mapping and file) and those of the rows."""
    groups = [
        FindingGroup(f.level, f.code, f.severity, f.scope, f.api_name, f.column, 1, f, f.param(RULE_PARAM))
        for f in single
    ]
    for (slot, rule_name), parts in chunks.items():
        many = sum(len(c.hits) for c in parts)
        if not many:
            continue
        first = make_finding(rules, file, slot, rule_name, next(c for c in parts if len(c.hits)), 0)
        groups.append(
            FindingGroup(
                first.level,
                first.code,
                first.severity,
                first.scope,
                first.api_name,
                first.column,
                many,
                first,
                rule_name,
                slot,
                tuple(parts),
            )
        )
    groups.sort(key=lambda g: (_ORDER[g.severity], g.scope == "row", -g.count, g.rule, g.column or 0, g.slot))
    return tuple(groups)


def refused_marks(chunks: ChunkTable) -> bytearray:
    """A byte for each record up to the last that breaks a rule that is an error: 1 for those that do."""
    errors = [c for (_, rule_name), parts in chunks.items() if is_error(rule_name) for c in parts if len(c.hits)]
    marks = bytearray(max((c.record + max(c.hits.records) for c in errors), default=-1) + 1)
    for chunk in errors:
        first = chunk.record
        for record in chunk.hits.records:
            marks[first + record] = 1
    return marks


def refused_of(chunks: ChunkTable) -> array[int]:
    """The records that break a rule that is an error, sorted."""
    marks = refused_marks(chunks)
    refused = array("q")
    at = marks.find(1)
    while at >= 0:  # in small steps, for the interface may be waiting for the interpreter
        refused.append(at)
        at = marks.find(1, at + 1)
    return refused
