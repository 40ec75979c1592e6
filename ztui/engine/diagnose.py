"""What went wrong and what to do, for one refused row or for a whole job: catalogue text plus the facts at hand.

Knows the mapping and the schema, so it can name the field by its label, the column by its header and the value that was
sent; and it turns an unknown field's name into the one that was most likely meant.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping as Facts
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from ztui import catalogue
from ztui.catalogue.entry import Entry
from ztui.errors import PlanError
from ztui.model.crm import Field, ModuleSchema
from ztui.model.event import ErrorInfo
from ztui.model.mapping import Mapping
from ztui.model.outcome import RowError, RowOutcome, RowResult
from ztui.model.plan import ImportPlan

REMAP = "remap"
DROP_FIELD = "drop_field"
DROP_CALLBACK = "drop_callback"
SEND_AGAIN = "send_again"
_CLOSE = 0.6


@dataclass(frozen=True, slots=True)
class Repair:
    """Something that could mend it. `kind` is the catalogue's word; for a remap, `api_name` is replaced by `target`."""

    kind: str
    api_name: str = ""
    target: str = ""

    @property
    def automatic(self) -> bool:
        """True when `mend_plan` can do it without asking anything more."""
        return self.kind in (DROP_CALLBACK, SEND_AGAIN, DROP_FIELD) or (self.kind == REMAP and bool(self.target))


@dataclass(frozen=True, slots=True)
class NamedField:
    """A field that the error names: API name, label, the header of the column that feeds it ("" for none), the value
    that was sent (None when it is not known)."""

    api_name: str
    label: str
    header: str = ""
    value: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An error in words, with the fields it names and what could mend it (best first). `known` is false for a code that
    no catalogue entry speaks of: then the words are Zoho's own."""

    level: str
    code: str
    title: str
    cause: str
    remedy: str
    fields: tuple[NamedField, ...] = ()
    repairs: tuple[Repair, ...] = ()
    message: str = ""
    known: bool = True


def diagnose_row(
    outcome: RowOutcome, mapping: Mapping, schema: ModuleSchema, values: Facts[str, str] | None = None
) -> tuple[Diagnosis, ...]:
    """One diagnosis for each code of a refused row; `values` are what was sent for it, by field API name."""
    errors = outcome.errors or ((RowError(outcome.raw_errors),) if outcome.raw_errors else ())
    return tuple(_diagnose_row_error(error, outcome, mapping, schema, values or {}) for error in errors)


def _diagnose_row_error(
    error: RowError, outcome: RowOutcome, mapping: Mapping, schema: ModuleSchema, values: Facts[str, str]
) -> Diagnosis:
    fields = tuple(_named(name, mapping, schema, values) for name in error.fields)
    facts: dict[str, object] = {"record_id": outcome.record_id, "line": outcome.line}
    if fields:
        facts["field"] = ", ".join(field.label for field in fields)
        facts["api_name"] = ", ".join(field.api_name for field in fields)
        facts["column"] = ", ".join(field.header for field in fields if field.header)
        known = [field.value for field in fields if field.value]
        if len(known) == 1:
            facts["value"] = known[0]
    level = "row" if catalogue.lookup("row", error.code) is not None else "local"
    if catalogue.lookup(level, error.code) is None:
        level = "job"  # a row that was not sent because its job was refused carries the job's code
    found = _explained(level, error.code, outcome.raw_errors, facts, fields, ())
    own = said_before(outcome.result, error.code) if outcome.joined == "local" else None
    if own is None:
        return found
    del facts["line"]  # its own; a check's words speak of an earlier row's
    words = own.explain(facts)
    return replace(found, title=words.title, cause=words.cause, remedy=words.remedy)


@cache
def said_before(result: RowResult, code: str) -> Entry | None:
    """What the check said of rows that it kept from being sent with this code of Zoho's, if it can be one thing only.

    Zoho never saw such a row: that "there is already such a record" is not what happened.
    """
    if result is not RowResult.NOT_SENT:
        return None
    rules = [entry for entry in catalogue.entries("local").values() if f"row:{code}" in entry.predicts]
    return rules[0] if len(rules) == 1 else None


def diagnose_error(error: ErrorInfo, mapping: Mapping, schema: ModuleSchema) -> Diagnosis:
    """What a refusal of the whole job (or any other error kept with a run) means for this mapping."""
    entry = catalogue.resolve(error.level, error.code)
    named = entry.names(error.message) if entry is not None else {}
    facts: dict[str, object] = dict(error.details)
    fields: tuple[NamedField, ...] = ()
    repairs: list[Repair] = []
    if "field" in named:
        names = [name.strip() for name in named["field"].split(",")]
        fields = tuple(_named(name, mapping, schema, {}) for name in names)
        for name in names:
            if mapping.for_field(name) is None or schema.field(name) is not None:
                continue
            meant = likely_field(name, schema, mapping)
            if meant is not None:
                repairs.append(Repair(REMAP, name, meant.api_name))
                facts.setdefault("meant", meant.api_name)
            repairs.append(Repair(DROP_FIELD, name))
    return _explained(error.level, error.code, error.message, facts, fields, tuple(repairs))


def _explained(
    level: str,
    code: str,
    message: str,
    facts: dict[str, object],
    fields: tuple[NamedField, ...],
    repairs: tuple[Repair, ...],
) -> Diagnosis:
    entry = catalogue.resolve(level, code)
    if entry is None:
        return Diagnosis(level, code, code, message or code, "", fields, repairs, message, known=False)
    said = entry.explain(facts, message)
    cause, remedy = said.cause, said.remedy
    meant = next((repair for repair in repairs if repair.kind == REMAP and repair.target), None)
    if meant is not None:
        remedy = f"Most likely {meant.target} is meant: map to it and send again."
    mended = {repair.kind for repair in repairs}
    rest = tuple(Repair(kind) for kind in said.repairs if kind not in mended)
    return Diagnosis(entry.level, code, said.title, cause, remedy, fields, (*repairs, *rest), message)


def _named(name: str, mapping: Mapping, schema: ModuleSchema, values: Facts[str, str]) -> NamedField:
    field = schema.field(name)
    mapped = mapping.for_field(name)
    headers = [mapping.headers[c] for c in mapped.columns if c < len(mapping.headers)] if mapped else []
    return NamedField(name, field.label if field else name, " + ".join(headers), values.get(name))


def likely_field(name: str, schema: ModuleSchema, mapping: Mapping) -> Field | None:
    """The field that somebody who wrote `name` most likely meant: by API name or label, leaving out mapped ones."""

    def folded(text: str) -> str:
        return "".join(c for c in text.casefold() if c.isalnum())

    wanted = folded(name)
    free = [f for f in schema.writable(mapping.operation) if mapping.for_field(f.api_name) is None]
    for field in free:
        if wanted and wanted in (folded(field.api_name), folded(field.label)):
            return field
    spellings = {folded(text): field for field in free for text in (field.label, field.api_name)}
    close = difflib.get_close_matches(wanted, list(spellings), n=1, cutoff=_CLOSE)
    return spellings[close[0]] if close else None


def mend_plan(plan: ImportPlan, repair: Repair, *, parent_run: str, records: Sequence[int]) -> ImportPlan:
    """A plan that does the same for these records with one thing mended. PlanError when it needs a person's word."""
    mapping = plan.mapping
    if repair.kind == REMAP and repair.target:
        fields = tuple(
            replace(mapped, api_name=repair.target) if mapped.api_name == repair.api_name else mapped
            for mapped in mapping.fields
            if mapped.api_name != repair.target
        )
        mapping = replace(mapping, fields=fields)
    elif repair.kind == DROP_FIELD:
        mapping = mapping.without_field(repair.api_name)
    elif repair.kind == DROP_CALLBACK:
        mapping = replace(mapping, callback_url=None)
    elif repair.kind != SEND_AGAIN:
        raise PlanError("REPAIR_NEEDS_A_WORD", details={"repair": repair.kind})
    edits = tuple(edit for edit in plan.edits if edit.record in set(records))
    return replace(
        plan,
        mapping=mapping,
        records=tuple(records),
        exclude=(),
        edits=edits,
        total_rows=len(records),
        canary=0,
        parent_run=parent_run,
    )
