"""Writing records one call at a time: insert, update, upsert, delete and mass delete, with per-record answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ztui.sandbox import records as table
from ztui.sandbox.criteria import search_sql
from ztui.sandbox.jsonvalues import expected_type, stored
from ztui.sandbox.org import CURRENT_USER, ModuleDef
from ztui.sandbox.record_api import MAX_IDS, module_of
from ztui.sandbox.state import Sandbox
from ztui.sandbox.values import Refusal
from ztui.sandbox.wire import Answer, Call, envelope, load, record_number, records, records_error

MAX_RECORDS = 100
MAX_MASS_DELETE = 500
Entry = dict[str, Any]


def _body(call: Call) -> dict[str, Any]:
    try:
        body = load(call.body) if not call.too_large else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise records_error(400, "INVALID_DATA", "invalid data", {"expected_data_type": "jsonobject"})
    return body


def _given(box: Sandbox, call: Call, body: Mapping[str, Any]) -> list[Any]:
    data = body.get("data")
    if data is None:
        raise records_error(400, "MANDATORY_NOT_FOUND", "required field not found", {"api_name": "data"})
    if not isinstance(data, list) or not data:
        raise records_error(
            400, "INVALID_DATA", "invalid data", {"api_name": "data", "expected_data_type": "jsonarray"}
        )
    if len(data) > MAX_RECORDS:
        raise records_error(
            400, "INVALID_DATA", "more than 100 records are not allowed", {"maximum_length": MAX_RECORDS}
        )
    box.limits.charge(max(0, -(-len(data) // 10) - 1))
    return data


def _answer(entries: Sequence[Entry], good: int) -> Answer:
    failures = sum(1 for e in entries if e["status"] == "error")
    status = good if not failures else 207 if failures < len(entries) else 202
    return records(status, {"data": list(entries)}, error=failures == len(entries))


def _refused(code: str, message: str, details: object) -> Entry:
    return dict(envelope(code, message, details))


class _Writer:
    """Checks and writes the records of one call, one after the other, so that later ones see earlier ones."""

    def __init__(self, box: Sandbox, module: ModuleDef) -> None:
        self.box, self.module = box, module
        self.additions: set[tuple[str, str, str]] = set()
        self.now = box.clock.now()

    def values(self, given: Mapping[str, Any], place: int, *, creating: bool) -> tuple[dict[str, Any], Entry | None]:
        out: dict[str, Any] = {}
        for name, value in given.items():
            field = self.module.fields.get(name)
            if field is None or name == "id" or name.startswith("$"):
                continue
            if not (field.can_create if creating else field.can_update):
                continue
            if value is None or value == "" or value == []:
                out[name] = None
                continue
            found = stored(self.box, self.module, field, value, self.additions)
            if isinstance(found, Refusal):
                path = f"$.data[{place}].{name}"
                details: dict[str, object] = {"expected_data_type": expected_type(field), "api_name": name}
                if isinstance(value, str) and field.length and len(value) > field.length:
                    details = {"maximum_length": field.length, "api_name": name}
                return out, _refused("INVALID_DATA", "invalid data", details | {"json_path": path})
            out[name] = found
        return out, None

    def trouble(self, data: Mapping[str, Any], place: int, target: int | None) -> Entry | None:
        for field in self.module.mandatory():
            name = field.api_name
            if (target is None and data.get(name) is None and name != "Owner") or (name in data and data[name] is None):
                details = {"api_name": name, "json_path": f"$.data[{place}].{name}"}
                return _refused("MANDATORY_NOT_FOUND", "required field not found", details)
        for field in self.module.fields.values():
            value = data.get(field.api_name)
            if field.unique and value is not None:
                holder = next(
                    (h for h in table.holders(self.box.store, self.module, field, value) if h != target), None
                )
                if holder is not None:
                    details = {
                        "api_name": field.api_name,
                        "id": str(holder),
                        "json_path": f"$.data[{place}].{field.api_name}",
                    }
                    return _refused("DUPLICATE_DATA", "duplicate data", details)
        if target is not None:
            mark = table.fetch(self.box.store, self.module.api_name, [target])[target]["flags"]
            if mark:
                return marked(mark, target)
        return None

    def add(self, data: dict[str, Any]) -> Entry:
        number = self.box.store.new_ids()
        data = {k: v for k, v in data.items() if v is not None}
        data.setdefault("Owner", {"id": CURRENT_USER.id, "name": CURRENT_USER.full_name, "email": CURRENT_USER.email})
        with self.box.store.transaction() as db:
            table.insert(db, self.module.api_name, [(number, data)], self.now)
        return self._success(number, "record added")

    def change(self, number: int, data: Mapping[str, Any]) -> Entry:
        with self.box.store.transaction() as db:
            table.update(db, [(number, data)], self.now)
        return self._success(number, "record updated")

    def _success(self, number: int, message: str) -> Entry:
        row = table.fetch(self.box.store, self.module.api_name, [number])[number]
        return dict(envelope("SUCCESS", message, table.stamps(self.box.org, row), "success"))


def marked(mark: str, number: int) -> Entry:
    """What a record that waits for approval, is locked, converted or otherwise closed to changes answers."""
    shown = str(number)
    if mark == table.FLAG_APPROVAL:
        return _refused("NOT_APPROVED", "cannot update record that is not approved yet", {"id": shown})
    if mark.startswith(table.FLAG_LOCKED):
        action = mark.removeprefix(table.FLAG_LOCKED)
        text = "Sorry, you cannot perform this operation as the record is locked."
        if action == "zia_vision_processing":
            text = "cannot update record that is not approved yet"
        return _refused("RECORD_LOCKED", text, {"action": action, "id": shown})
    if mark == table.FLAG_CONVERTED:
        return _refused("CONVERTED_RECORD", "cannot update the converted record", {"id": shown})
    if mark == table.FLAG_BLUEPRINT:
        return _refused("RECORD_IN_BLUEPRINT", "The record is in blue print", {"id": shown})
    if mark == table.FLAG_DENIED:
        text = "no permission to perform an action on this record"
        return _refused("CANNOT_PERFORM_ACTION", text, {"id": shown})
    if mark == table.FLAG_BLOCKED:
        return _refused("BLOCKED_RECORD", "the record is blocked", {"id": shown})
    return _refused("CANNOT_PROCESS", "The record is in stop processing", {"id": shown})


async def insert(box: Sandbox, call: Call) -> Answer:
    """`POST /{module}`: 201, or 207 and 202 when some or all were refused."""
    module = module_of(box, call)
    writer = _Writer(box, module)
    entries = []
    for place, given in enumerate(_given(box, call, _body(call))):
        entries.append(_one(writer, given, place, None))
    box.org.add_picklist_values(writer.additions)
    return _answer(entries, 201)


def _one(writer: _Writer, given: Any, place: int, target: int | None) -> Entry:
    if not isinstance(given, dict):
        return _refused(
            "INVALID_DATA", "invalid data", {"expected_data_type": "jsonobject", "json_path": f"$.data[{place}]"}
        )
    data, problem = writer.values(given, place, creating=target is None)
    problem = problem or writer.trouble(data, place, target)
    if problem is not None:
        return problem
    return writer.add(data) if target is None else writer.change(target, data)


async def update(box: Sandbox, call: Call) -> Answer:
    """`PUT /{module}` with an id in each record, or `PUT /{module}/{id}`."""
    module = module_of(box, call)
    writer = _Writer(box, module)
    entries = []
    for place, given in enumerate(_given(box, call, _body(call))):
        wanted = call.parts.get("id") or (given.get("id") if isinstance(given, dict) else None)
        number = record_number(wanted)
        if wanted is None:
            details: Entry = {"api_name": "id", "json_path": f"$.data[{place}].id"}
            entries.append(_refused("MANDATORY_NOT_FOUND", "required field not found", details))
        elif number is None or not table.fetch(box.store, module.api_name, [number]):
            details = (
                {"id": str(wanted)}
                if call.dialect.rank < 30
                else {"api_name": "id", "json_path": f"$.data[{place}].id"}
            )
            entries.append(_refused("INVALID_DATA", "the id given seems to be invalid", details))
        else:
            entries.append(_one(writer, given, place, number))
    box.org.add_picklist_values(writer.additions)
    return _answer(entries, 200)


async def upsert(box: Sandbox, call: Call) -> Answer:
    """`POST /{module}/upsert` with `duplicate_check_fields`: by default the unique fields, then the duplicate-check
    field. Each answer tells its `action` and `duplicate_field`."""
    module = module_of(box, call)
    body = _body(call)
    checked = body.get("duplicate_check_fields")
    if isinstance(checked, str):
        checked = checked.split(",")
    if not isinstance(checked, list):
        checked = [f.api_name for f in module.fields.values() if f.unique or f.duplicate_check]
    names = [n for n in checked if isinstance(n, str) and n in module.fields]
    writer = _Writer(box, module)
    entries = []
    for place, given in enumerate(_given(box, call, body)):
        target, matched = _match(box, module, given, names)
        entry = _one(writer, given, place, target)
        if entry["status"] == "success":
            action = "insert" if target is None else "update"
            entry = {"code": entry["code"], "duplicate_field": matched, "action": action} | entry
        entries.append(entry)
    box.org.add_picklist_values(writer.additions)
    return _answer(entries, 200)


def _match(box: Sandbox, module: ModuleDef, given: Any, names: Sequence[str]) -> tuple[int | None, str | None]:
    if not isinstance(given, dict):
        return None, None
    number = record_number(given.get("id"))
    if number is not None and table.fetch(box.store, module.api_name, [number]):
        return number, "id"
    for name in names:
        value = given.get(name)
        if isinstance(value, (str, int, float)) and value != "":
            found = table.holders(box.store, module, module.fields[name], value)
            if found:
                return found[0], name
    return None, None


def _delete(box: Sandbox, module: ModuleDef, wanted: Sequence[Any]) -> list[Entry]:
    numbers = [record_number(w) for w in wanted]
    found = table.fetch(box.store, module.api_name, [n for n in numbers if n is not None])
    box.store.many("DELETE FROM records WHERE id=?", [(n,) for n in found])
    entries: list[Entry] = []
    for given, number in zip(wanted, numbers, strict=True):
        if number in found:
            found.pop(number)
            entries.append(dict(envelope("SUCCESS", "record deleted", {"id": str(number)}, "success")))
        else:
            entries.append(_refused("INVALID_DATA", "record not deleted", {"id": str(given)}))
    return entries


async def delete(box: Sandbox, call: Call) -> Answer:
    """`DELETE /{module}?ids=…` (at most 100) or `DELETE /{module}/{id}`."""
    module = module_of(box, call)
    wanted = (
        [call.parts["id"]]
        if "id" in call.parts
        else [i.strip() for i in call.query.get("ids", "").split(",") if i.strip()]
    )
    if not wanted:
        details = {"param_name": "ids", "param": "ids"}
        raise records_error(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)
    if len(wanted) > MAX_IDS:
        raise records_error(400, "LIMIT_EXCEEDED", "ids limit exceeded", {"param_name": "ids", "limit": MAX_IDS})
    entries = _delete(box, module, wanted)
    failures = sum(1 for e in entries if e["status"] == "error")
    status = 200 if not failures else 207 if failures < len(entries) else 400
    return records(status, {"data": entries}, error=failures == len(entries))


async def mass_delete(box: Sandbox, call: Call) -> Answer:
    """`POST /{module}/actions/mass_delete` with `ids` (at most 500) or `cvid`."""
    module = module_of(box, call)
    body = _body(call)
    ids, cvid = body.get("ids"), body.get("cvid")
    if isinstance(ids, list) and ids:
        if len(ids) > MAX_MASS_DELETE:
            raise records_error(400, "LIMIT_EXCEEDED", "Record count exceeded", {"limit": MAX_MASS_DELETE})
        return records(200, {"data": _delete(box, module, ids)})
    view = next((v for v in module.views if v.id == str(cvid) and v.accessible), None)
    if cvid is None or view is None:
        code = "MANDATORY_NOT_FOUND" if cvid is None else "INVALID_DATA"
        message = "required field not found" if cvid is None else "the cvid given seems to be invalid"
        raise records_error(400, code, message, {"api_name": "ids" if cvid is None else "cvid"})
    where, args = search_sql(box.org, module, view.criteria)
    rows = box.store.rows(f"SELECT id FROM records WHERE module=? AND {where}", (module.api_name, *args))
    job = box.store.new_ids()
    _delete(box, module, [str(r["id"]) for r in rows])
    entry = envelope("SCHEDULED", "mass delete scheduled successfully", {"job_id": str(job)}, "success")
    return records(202, {"data": [entry]})
