"""What an update or upsert would do, by looking its keys up first; and the before-images that make it undoable."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from ztui import catalogue
from ztui.csvfile.copies import private_folder
from ztui.engine.lookup import find_by_values, folded
from ztui.engine.ports import Crm, Packer
from ztui.engine.reconcile import SentRow
from ztui.engine.recovery import rows_of
from ztui.errors import PlanError
from ztui.model.crm import Field, Operation, Record
from ztui.model.plan import ImportPlan

_FIELDS_A_CALL = 45
"""Fields asked for in one call; Zoho gives at most 50 (get records, v7)."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many rows would end how, as the CRM is now.

    `created` rows have no record yet (an update refuses them: `not_found`), `updated` have exactly one, `ambiguous`
    match several records, `repeated` have a key that an earlier row of the file has too, `blank_keys` have none.
    `wiped` are (field API name, count) of existing values that blanks would clear; empty when they leave fields alone.
    """

    rows: int
    created: int
    updated: int
    not_found: int
    ambiguous: int
    repeated: int
    blank_keys: int
    wiped: tuple[tuple[str, int], ...] = ()


async def make_forecast(
    crm: Crm, plan: ImportPlan, packer: Packer, on_progress: Callable[[int, int], None] | None = None
) -> Forecast:
    """Look the keys of all rows up. Costs one credit for each 50 keys; changes nothing.

    PlanError for an insert, which has no key. Raises ZohoError, SourceError.
    """
    if plan.mapping.operation is Operation.INSERT or not plan.mapping.find_by:
        raise PlanError("FORECAST_NEEDS_KEY")
    with private_folder() as folder:
        rows = await asyncio.to_thread(lambda: [row for part in packer.pack(plan, folder) for row in rows_of(part)])
    key = plan.mapping.find_by
    values = [row.values.get(key, "") for row in rows]
    found = await _by_key(crm, plan, key, values, on_progress)
    tally: Counter[str] = Counter()
    seen: set[str] = set()
    matched: list[tuple[SentRow, Record]] = []
    for row, value in zip(rows, values, strict=True):
        cell = folded(value)
        records = found.get(cell, [])
        if not cell:
            tally["blank"] += 1
            continue
        if cell in seen:
            tally["repeated"] += 1
        seen.add(cell)
        if len(records) > 1:
            tally["ambiguous"] += 1
        elif records:
            tally["updated"] += 1
            matched.append((row, records[0]))
        else:
            tally["missing"] += 1
    update = plan.mapping.operation is Operation.UPDATE
    wiped = () if plan.mapping.ignore_empty else await _wiped(crm, plan, matched)
    return Forecast(
        rows=len(rows),
        created=0 if update else tally["missing"],
        updated=tally["updated"],
        not_found=tally["missing"] if update else 0,
        ambiguous=tally["ambiguous"],
        repeated=tally["repeated"],
        blank_keys=tally["blank"],
        wiped=wiped,
    )


async def _by_key(
    crm: Crm,
    plan: ImportPlan,
    key: str,
    values: Sequence[str],
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, list[Record]]:
    module = plan.mapping.module
    wanted = list(dict.fromkeys(value.strip() for value in values if value.strip()))
    found: dict[str, list[Record]] = {}
    size = catalogue.limits().ids_per_get
    for start in range(0, len(wanted), size):
        some = wanted[start : start + size]
        if key == "id":
            found |= {record.id: [record] for record in await crm.get(module, some, ("Modified_Time",))}
        else:
            field = plan.schema.field(key) or Field(key, key, "text")
            found |= await find_by_values(crm, module, field, some)
        if on_progress is not None:
            on_progress(min(start + size, len(wanted)), len(wanted))
    return found


async def _wiped(crm: Crm, plan: ImportPlan, matched: Iterable[tuple[SentRow, Record]]) -> tuple[tuple[str, int], ...]:
    defaults = {m.api_name for m in plan.mapping.fields if m.default}
    blanks = {
        record.id: [name for name, value in row.values.items() if not value.strip() and name not in defaults]
        for row, record in matched
    }
    blanks = {record_id: names for record_id, names in blanks.items() if names}
    lost: Counter[str] = Counter()
    for record in await read_records(crm, plan, list(blanks)):
        lost.update(name for name in blanks[record.id] if record.values.get(name) not in (None, "", [], {}))
    return tuple(lost.most_common())


async def read_records(crm: Crm, plan: ImportPlan, ids: Sequence[str]) -> list[Record]:
    """Records by id with the fields that the plan writes, whatever their number. Raises ZohoError."""
    fields = [m.api_name for m in plan.mapping.fields if m.api_name != "id"]
    size = catalogue.limits().ids_per_get
    records: dict[str, Record] = {}
    for start in range(0, len(ids), size):
        for first in range(0, max(len(fields), 1), _FIELDS_A_CALL):
            some = fields[first : first + _FIELDS_A_CALL]
            for record in await crm.get(plan.mapping.module, ids[start : start + size], some):
                known = records.get(record.id)
                values = {**known.values, **record.values} if known is not None else record.values
                records[record.id] = Record(record.id, record.modified_time, values)
    return list(records.values())


async def before_images(crm: Crm, plan: ImportPlan, rows: Sequence[SentRow]) -> list[Record]:
    """The records that these rows of an update or upsert would change, as they are now. Raises ZohoError."""
    key = plan.mapping.find_by
    if not key or plan.mapping.operation is Operation.INSERT:
        return []
    found = await _by_key(crm, plan, key, [row.values.get(key, "") for row in rows])
    return await read_records(crm, plan, [record.id for records in found.values() for record in records])
