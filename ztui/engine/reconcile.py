"""Finds out what became of rows whose result cannot be had, by reading the records back.

Used where a create was accepted but its job id is lost, and where a result archive lacks rows or is gone. A row counts
as written only when a record shows it: same key, same other values, and created (or, for update and upsert, modified)
since the part was uploaded, by the CRM's own clock. Everything else stays unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ztui import catalogue
from ztui.engine.lookup import Reader, comparable, find_by_values, folded
from ztui.engine.outcomes import FATE_UNKNOWN
from ztui.model.crm import Field, Operation, Record
from ztui.model.job import Counts
from ztui.model.outcome import RowError, RowOutcome, RowResult
from ztui.model.plan import ImportPlan

_COMPARED = 6
"""How many further values are compared with what was sent."""

_SKEW = timedelta(minutes=10)
"""How far this machine's clock may be ahead, where only its own time is known."""


@dataclass(frozen=True, slots=True)
class SentRow:
    """A row as sent: source record, line, and values by field API name."""

    record: int
    line: int
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class ReadKey:
    """By which field rows are looked up, and which others are compared."""

    field: Field
    compared: tuple[str, ...]


def read_key(plan: ImportPlan, columns: Sequence[str]) -> ReadKey | None:
    """How rows of this plan can be found again, or None when nothing sent tells them apart.

    `find_by` for update and upsert; for an insert a unique field, the module's duplicate-check field, an e-mail field,
    else the first text column. `columns` are the API names of what was sent.
    """
    schema, mapping = plan.schema, plan.mapping
    fields = {name: schema.field(name) or Field(name, name, "text") for name in columns}
    usable = [field for field in fields.values() if comparable(field)]
    wanted: list[Field] = []
    if mapping.find_by and mapping.find_by in fields:
        wanted.append(fields[mapping.find_by])
    if not wanted or mapping.operation is Operation.INSERT:
        duplicate_check = catalogue.modules().duplicate_check.get(mapping.module, "")
        wanted += [field for field in usable if field.unique]
        wanted += [field for field in usable if field.api_name == duplicate_check]
        wanted += [field for field in usable if field.data_type == "email"]
        wanted += [field for field in usable if field.data_type == "text"]
    if not wanted:
        return None
    key = wanted[0]
    if mapping.operation is not Operation.INSERT:
        return ReadKey(key, ())
    others = (field.api_name for field in usable if field is not key and field.data_type in ("text", "email", "phone"))
    return ReadKey(key, tuple(others)[:_COMPARED])


def earliest(uploaded_time: str, attempted_at: str) -> str:
    """From when on a record can be the run's: the CRM's time of the upload, else our own less a margin."""
    if uploaded_time:
        return uploaded_time
    if not attempted_at:
        return ""
    return (datetime.fromisoformat(attempted_at) - _SKEW).isoformat(timespec="seconds")


async def read_back(
    crm: Reader, plan: ImportPlan, rows: Sequence[SentRow], since: str, taken: Container[str] = ()
) -> list[RowOutcome]:
    """One outcome for each row, in the same order: ADDED or UPDATED where a record shows it, else UNKNOWN.

    Rows of which fewer records are there than were sent alike are marked ambiguous. `taken` are ids of records that an
    insert of other rows is known to have made. Raises ZohoError.
    """
    columns = list(dict.fromkeys(name for row in rows[:1] for name in row.values))
    key = read_key(plan, columns)
    if key is None:
        return [unknown(row) for row in rows]
    name = key.field.api_name
    found = await find_by_values(
        crm, plan.mapping.module, key.field, [row.values.get(name, "") for row in rows], key.compared, since=since
    )
    alike: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        alike[tuple(folded(row.values.get(column, "")) for column in (name, *key.compared))].append(place)
    outcomes: list[RowOutcome] = [unknown(row) for row in rows]
    insert = plan.mapping.operation is Operation.INSERT
    for cells, places in alike.items():
        candidates = [r for r in found.get(cells[0], []) if _shows(r, key, cells, since, insert)] if cells[0] else []
        if insert:
            candidates = [record for record in candidates if record.id not in taken]
        if not insert and len(places) > 1:  # several rows wrote to one record: each of them may have
            candidates = candidates[:1] * len(places)
        joined = "ambiguous" if len(places) > 1 and (len(candidates) != len(places) or insert) else "record"
        for place, record in zip(places, candidates, strict=False):
            created = not since or _time(record.values.get("Created_Time")) >= datetime.fromisoformat(since)
            result = (
                RowResult.ADDED if created and plan.mapping.operation is not Operation.UPDATE else RowResult.UPDATED
            )
            outcomes[place] = RowOutcome(rows[place].record, rows[place].line, result, record.id, (), joined)
    return outcomes


def settle(outcomes: Sequence[RowOutcome], counts: Counts | None) -> list[RowOutcome]:
    """With a finished job's own counts: rows not found were skipped, if all that it wrote was found."""
    if counts is None or counts.total is None:
        return list(outcomes)
    added = sum(o.result is RowResult.ADDED for o in outcomes)
    updated = sum(o.result is RowResult.UPDATED for o in outcomes)
    if (added, updated, len(outcomes)) != (counts.added, counts.updated, counts.total):
        return list(outcomes)
    return [
        RowOutcome(o.record, o.line, RowResult.SKIPPED, joined="record") if o.result is RowResult.UNKNOWN else o
        for o in outcomes
    ]


def unknown(row: SentRow) -> RowOutcome:
    """The outcome of a row of which no trace was found."""
    return RowOutcome(row.record, row.line, RowResult.UNKNOWN, errors=(RowError(FATE_UNKNOWN),), joined="record")


def _shows(record: Record, key: ReadKey, cells: tuple[str, ...], since: str, insert: bool) -> bool:
    if since:
        written = record.values.get("Created_Time") if insert else record.modified_time
        if _time(written) < datetime.fromisoformat(since):
            return False
    return all(
        not wanted or folded(record.values.get(name)) == wanted
        for name, wanted in zip(key.compared, cells[1:], strict=True)
    )


def _time(value: object) -> datetime:
    text = str(value or "")
    return datetime.fromisoformat(text) if text else datetime.fromisoformat("1970-01-01T00:00:00+00:00")
