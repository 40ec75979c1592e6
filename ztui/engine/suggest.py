"""Proposes which column feeds which field, from headers and values, each with a confidence and a reason to check.

A header is read word by word (`suggest_meaning`) in the company of the others (`suggest_context`), fields are read the
same way from their label and API name, meanings are compared (`suggest_fit`), values confirm or forbid
(`value_verdict`), and the best pairing overall is taken (`assignment`). A header with a word that nothing explains
gets no field: a wrong field written costs more than one left out.
"""

from __future__ import annotations

from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import replace

from ztui.catalogue import modules
from ztui.engine.assignment import assign
from ztui.engine.suggest_context import read_file
from ztui.engine.suggest_offers import (
    SURE_ENOUGH,
    Column,
    Target,
    by_meaning,
    by_name,
    by_noted_name,
    by_record_id,
    by_single_names,
    by_values,
)
from ztui.engine.transform import propose_steps
from ztui.engine.value_evidence import gather
from ztui.model.crm import Field, ModuleSchema, Operation
from ztui.model.mapping import FieldMapping, Mapping, Suggestion

WHOLE_NAME = "It holds whole names: split them into first and last name, or take them as last names?"
"""The question about a column that holds whole names and feeds nothing yet."""


def suggest(
    headers: Sequence[str],
    samples: Sequence[Sequence[str]],
    schema: ModuleSchema,
    operation: Operation = Operation.INSERT,
) -> tuple[Suggestion, ...]:
    """One proposal per header, in order. `samples` are records (cells in column order, ragged allowed), perhaps none.

    A field is proposed for one column at most. Only fields that `operation` can write are proposed; the record id only
    as a key of update and upsert, and only when the file comes from the CRM itself.
    """
    module = schema.module.api_name
    reads = read_file(headers, module)
    values = _columns(samples, len(headers))
    columns = [Column(h, r, gather(v)) for h, r, v in zip(headers, reads, values, strict=True)]
    targets = [Target(f, module) for f in schema.fields if f.visible]
    for column in columns:
        by_name(column, targets, operation)
    by_noted_name(columns, targets, operation)
    by_meaning(columns, targets, operation, module)
    by_single_names(columns, targets, operation)
    by_values(columns, targets, operation)
    if operation is not Operation.INSERT:
        by_record_id(columns, targets)
    pairs = assign(
        {
            (i, api): sure + (0.002 * c.seen.filled / 60)
            for i, c in enumerate(columns)
            for api, (sure, _) in c.offers.items()
            if sure >= SURE_ENOUGH
        }
    )
    fed = {api: i for i, api in pairs.items()}
    return tuple(_proposal(i, c, pairs.get(i), fed, columns, schema, values[i]) for i, c in enumerate(columns))


def mapping_from(
    suggestions: Sequence[Suggestion],
    headers: Sequence[str],
    schema: ModuleSchema,
    operation: Operation = Operation.INSERT,
) -> Mapping:
    """A mapping of everything proposed, with the steps the values call for, in the fields' order.

    For update and upsert the key is the record id when it is mapped, else the first mapped field that is unique, else
    the module's own duplicate check field.
    """
    by_field = {s.api_name: s for s in suggestions if s.api_name}
    mapped = tuple(
        FieldMapping(f.api_name, (s.index,), s.steps, find_by=s.find_by)
        for f in schema.fields
        if (s := by_field.get(f.api_name)) is not None
    )
    key = None if operation is Operation.INSERT else _key(schema, by_field)
    return Mapping(schema.module.api_name, operation, find_by=key, headers=tuple(headers), fields=mapped)


def _key(schema: ModuleSchema, mapped: Table[str, object]) -> str | None:
    for candidate in schema.key_fields():
        if candidate.api_name in mapped:
            return candidate.api_name
    checked = modules().duplicate_check.get(schema.module.api_name)
    return checked if checked in mapped else None


def _columns(samples: Sequence[Sequence[str]], count: int) -> list[list[str]]:
    return [[row[i] for row in samples if i < len(row)] for i in range(count)]


def _proposal(
    index: int,
    column: Column,
    chosen: str | None,
    fed: Table[str, int],
    columns: Sequence[Column],
    schema: ModuleSchema,
    values: Sequence[str],
) -> Suggestion:
    others = {api: sure for api, (sure, _) in column.offers.items() if api != chosen}
    others |= {api: sure for api, sure in column.hints.items() if api != chosen and api not in others}
    ranked = tuple(sorted(others.items(), key=lambda o: (-o[1], o[0])))[:3]
    alternatives = tuple((api, round(sure, 2)) for api, sure in ranked)
    if chosen is None:
        open_name = column.read.hint == "last_name" and column.hints and not any(api in fed for api in column.hints)
        question = WHOLE_NAME if open_name else None
        reason = _why_open(column, fed, columns)
        return Suggestion(index, column.header, None, 0.0, reason, (), alternatives, question=question)
    sure, reason = column.offers[chosen]
    made = Suggestion(index, column.header, chosen, round(min(sure, 1.0), 2), reason, (), alternatives)
    of = schema.field(chosen)
    return _with_steps(made, of, values) if of is not None and column.seen.filled else made


def _with_steps(made: Suggestion, of: Field, values: Sequence[str]) -> Suggestion:
    """The proposal with the steps that make the values fit; where readings rival, with the question instead."""
    proposals = propose_steps(of, values)
    if not proposals:
        return made
    first = proposals[0]
    if first.question is not None:
        return replace(made, question=first.question)
    return replace(made, steps=first.steps, find_by=first.find_by)


def _why_open(column: Column, fed: Table[str, int], columns: Sequence[Column]) -> str:
    taken = [api for api in column.offers if api in fed]
    if taken:
        return f"{taken[0]} is fed by column {columns[fed[taken[0]]].header!r}"
    if column.why:
        return column.why
    if column.offers:
        api, (_, reason) = max(column.offers.items(), key=lambda o: o[1][0])
        return f"perhaps {api} ({reason}), but not surely enough"
    return column.read.reason or "nothing in the header or the values points to a field"
