"""Judges columns by the first rows: one that mostly fails is the wrong column, or lacks a step."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from ztui.catalogue.knowledge import date_formats, field_type
from ztui.engine.preflight_report import Chunk, make_finding
from ztui.engine.preflight_rows import FieldRule, RowRules
from ztui.engine.preflight_segment import Hits, is_error
from ztui.engine.rules import RULE_PARAM, explain, finding
from ztui.engine.transform_dates import Reading, find_readings, rivals
from ztui.model.finding import Finding
from ztui.model.mapping import FieldMapping

SHARE = 0.2
"""The share of failing rows above which a column is called out."""

_LEAST = 50
_LOOKED_AT = 2_000


@dataclass(frozen=True, slots=True)
class Head:
    """What the first rows show, by slot: the hits by rule (in the order in which the rules were first broken), and how
    many rows have a value."""

    hits: Mapping[int, Mapping[str, Hits]]
    filled: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class CalledOut:
    """The columns called out: their slots, and one finding of scope "mapping" for each."""

    slots: frozenset[int]
    findings: tuple[Finding, ...]


_MISFIT = "COLUMN_MISFIT"


def is_misfit(found: Finding) -> bool:
    """True when this says of a whole column that it does not fit its field."""
    return found.param(RULE_PARAM) == _MISFIT


def call_out(rules: RowRules, head: Head, meant: Collection[FieldMapping] = ()) -> CalledOut:
    """The columns of which more than a fifth of the filled first rows (and at least some dozens) fail.

    Those that are `meant` fail for what their values are: only a date whose pattern is not known is called out there.
    """
    slots: set[int] = set()
    findings: list[Finding] = []
    for slot, rule in enumerate(rules.fields):
        failed, filled = _failed(head.hits.get(slot, {})), head.filled.get(slot, 0)
        if failed < _LEAST or failed <= SHARE * filled:
            continue
        found = _finding(rules, rule, slot, head.hits[slot], failed, filled)
        if rule.mapped in meant and is_misfit(found):
            continue
        slots.add(slot)
        findings.append(found)
    return CalledOut(frozenset(slots), tuple(findings))


def _failed(hits: Mapping[str, Hits]) -> int:
    """How many records break a rule that is an error, blank cells aside; 0 when they are few anyway."""
    errors = [some for rule_name, some in hits.items() if is_error(rule_name)]
    if sum(map(len, errors)) < _LEAST:
        return 0
    return len({record for some in errors for at, record in enumerate(some.records) if some.value(at).strip()})


def _finding(
    rules: RowRules, rule: FieldRule, slot: int, found: Mapping[str, Hits], failed: int, filled: int
) -> Finding:
    worst = max((name for name in found if is_error(name)), key=lambda name: len(found[name]))
    hits = found[worst]
    value = next((v for at in range(len(hits)) if (v := hits.value(at)).strip()), "")
    facts = [("field", rule.field.label), ("count", str(failed)), ("rows", str(filled))]
    name = _MISFIT
    known = field_type(rule.field.data_type)
    if known.takes_format and not any(s.name in ("date", "datetime") for s in rule.mapped.steps):
        name, patterns = _dates(hits, known.check == "datetime")
        if patterns:
            facts.append(("pattern", " or as ".join(patterns)))
    else:
        example = explain(make_finding(rules, None, slot, worst, Chunk(0, 0, hits), 0))
        if example is not None:
            facts.append(("reason", example.title[:1].lower() + example.title[1:]))
    return finding(
        name,
        scope="mapping",
        column=rule.columns[0],
        api_name=rule.api_name,
        value=value,
        params=tuple(facts),
    )


def _dates(hits: Hits, times: bool) -> tuple[str, list[str]]:
    """Which rule a date column without a step breaks, and the patterns its values can be read by."""
    values = [hits.value(at) for at in range(min(len(hits), _LOOKED_AT))]
    readings: tuple[Reading, ...] = find_readings(values, times=times)
    choose = rivals(readings)
    if choose:
        return "DATE_AMBIGUOUS", [r.pattern for r in choose]
    sent = date_formats()
    patterns = [r.pattern for r in readings[:1] if r.pattern not in (sent.sent_date, sent.sent_datetime)]
    return ("DATE_PATTERN_NEEDED", patterns) if patterns else (_MISFIT, [])
