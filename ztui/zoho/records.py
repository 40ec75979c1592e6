"""Records read back and written one by one: what reconciling, forecasting and undoing need."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ztui.model.crm import Record
from ztui.model.mass_update import JsonValue
from ztui.zoho import wire
from ztui.zoho.wire import Answer


@dataclass(frozen=True, slots=True)
class RecordAnswer:
    """What became of one record of a call. `action` tells insert or update after an upsert; `id` "" when not told."""

    id: str
    ok: bool
    code: str
    message: str = ""
    details: tuple[tuple[str, str], ...] = ()
    action: str = ""


def records_in(answer: Answer) -> list[Record]:
    """The records of an answer (`data`), each with all its values; [] for an empty answer (204)."""
    return [
        Record(wire.text(item.get("id")), wire.text(item.get("Modified_Time")), dict(item))
        for item in answer.items("data")
    ]


def answers_in(answer: Answer, ids: Sequence[str] = ()) -> list[RecordAnswer]:
    """One answer for each record of a write, in order; `ids` name those that the answer leaves unnamed."""
    items = answer.items("data")
    known = list(ids) if len(ids) == len(items) else [""] * len(items)
    found = []
    for item, given in zip(items, known, strict=True):
        details = item.get("details")
        named = wire.text(details.get("id")) if isinstance(details, dict) else ""
        found.append(
            RecordAnswer(
                id=named or given,
                ok=not wire.failed(item),
                code=wire.text(item.get("code")),
                message=wire.text(item.get("message")),
                details=wire.pairs(details),
                action=wire.text(item.get("action")),
            )
        )
    return found


def update_body(records: Sequence[Record]) -> dict[str, object]:
    """The body of an update by ids: only what stands in `values`, never Zoho's own `id` inside it."""
    return {"data": [{**record.values, "id": record.id} for record in records]}


def write_body(rows: Sequence[Mapping[str, JsonValue]], duplicate_check: Sequence[str] = ()) -> dict[str, object]:
    """The body of an insert or an upsert (with the fields that find duplicates)."""
    body: dict[str, object] = {"data": [dict(row) for row in rows]}
    if duplicate_check:
        body["duplicate_check_fields"] = list(duplicate_check)
    return body
