"""Mass update: one value for many records, at once by ids or scheduled by custom view, and the status of the latter.

Refusals of a whole call are wrapped in `data` and come with HTTP 200 in v2 and v2.1 (captured), with the documented
statuses from v3 on, and unwrapped in v8.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ztui.sandbox import records as table
from ztui.sandbox.criteria import search_sql
from ztui.sandbox.jsonvalues import expected_type, stored
from ztui.sandbox.org import USERS, FieldDef, ModuleDef, ViewDef
from ztui.sandbox.record_api import module_of
from ztui.sandbox.state import Sandbox
from ztui.sandbox.values import Refusal
from ztui.sandbox.wire import Answer, Call, Refused, Service, envelope, load, record_number, records, records_error
from ztui.sandbox.writing import marked

PICKLISTS = frozenset({"picklist", "multiselectpicklist"})
MAX_IDS = 500
MAX_VIEW = 50_000
SCHEDULED, RUNNING, COMPLETED, FAILED = "SCHEDULED", "RUNNING", "COMPLETED", "FAILED"
TIMES: dict[str, tuple[float, float]] = {"fast": (0.3, 0.4), "real": (4.0, 10.0)}


def _refusal(call: Call, code: str, message: str, details: object = None, status: int = 400) -> Refused:
    entry = envelope(code, message, details)
    if call.dialect.newest:
        return Refused(records(status, entry, error=True))
    return Refused(records(status if call.dialect.real_statuses else 200, {"data": [entry]}, error=True))


async def start(box: Sandbox, call: Call) -> Answer:
    """`POST /{module}/actions/mass_update`."""
    module = module_of(box, call)
    if not module.mass:
        code = "NOT_SUPPORTED" if call.dialect.newest else "INVALID_MODULE"
        text = "the given module is not supported for this api"
        raise records_error(400, code, text, {"resource_path_index": 0} if call.dialect.newest else {})
    try:
        body = load(call.body) if not call.too_large else None
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise _refusal(call, "INVALID_DATA", "invalid data")
    changes, lists = _changes(box, call, module, body.get("data"))
    ids, cvid = body.get("ids"), body.get("cvid")
    if ids in (None, []) and cvid in (None, ""):
        raise _refusal(call, "MANDATORY_NOT_FOUND", "required field not found")
    if ids not in (None, []) and cvid not in (None, ""):
        raise _refusal(call, "INVALID_DATA", "ids and cvid cannot be given together", {"api_name": "cvid"})
    replace_lists = body.get("over_write") is True
    if cvid not in (None, ""):
        return _schedule(box, call, module, cvid, changes, [] if replace_lists else lists)
    if not isinstance(ids, list):
        raise _refusal(call, "INVALID_DATA", "invalid data", {"api_name": "ids", "expected_data_type": "jsonarray"})
    if len(ids) > MAX_IDS:
        raise _refusal(call, "LIMIT_EXCEEDED", "Record count exceeded", {"limit": MAX_IDS})
    return _at_once(box, call, module, ids, changes, [] if replace_lists else lists)


def _changes(box: Sandbox, call: Call, module: ModuleDef, data: Any) -> tuple[dict[str, Any], list[str]]:
    """The values to write, and the names of those that are lists."""
    if data is None:
        raise _refusal(call, "MANDATORY_NOT_FOUND", "required field not found")
    first = data[0] if isinstance(data, list) and data else {}
    if not isinstance(data, list) or len(data) > 1 or not isinstance(first, dict):
        raise _refusal(call, "INVALID_DATA", "invalid data", {"api_name": "data"})
    if not first:
        raise _refusal(call, "INVALID_DATA", "No field found")
    if len(first) > (3 if module.api_name == "Deals" else 1):
        raise _refusal(call, "INVALID_DATA", "Max field limit exceeded")
    additions: set[tuple[str, str, str]] = set()
    changes: dict[str, Any] = {}
    for name, value in first.items():
        field = module.fields.get(name)
        if field is None or not field.mass_update:
            text = "This field cannot be updated in the Mass Update"
            raise _refusal(call, "INVALID_DATA", text, {"api_name": name})
        _rules(call, field)
        changes[name] = _value(box, call, module, field, value, additions)
    if module.api_name == "Deals":
        _pipeline(call, module, changes)
    box.org.add_picklist_values(additions)
    return changes, [n for n in changes if module.fields[n].data_type == "multiselectpicklist"]


def _rules(call: Call, field: FieldDef) -> None:
    if not field.visible:
        raise _refusal(call, "INVALID_DATA", "Field is not visible", {"api_name": field.api_name})
    if field.rule == "permission":
        raise _refusal(call, "NO_PERMISSION", "Field Edit Permission not given", {"api_name": field.api_name}, 403)
    if field.rule:
        text = f"Field cannot be updated as it is associated with a {field.rule} rule"
        raise _refusal(call, "INVALID_DATA", text, {"api_name": field.api_name})


def _pipeline(call: Call, module: ModuleDef, changes: dict[str, Any]) -> None:
    if changes.get("Pipeline") and changes.get("Stage") and changes["Stage"] not in module.fields["Stage"].picklist:
        path = "$.data[0].Stage"
        details = {"mapped_field": {"api_name": "Pipeline"}, "api_name": "Stage", "json_path": path}
        raise _refusal(call, "MAPPING_MISMATCH", "the value is not mapped to the pipeline", details)


def _value(
    box: Sandbox, call: Call, module: ModuleDef, field: FieldDef, value: Any, additions: set[tuple[str, str, str]]
) -> Any:
    name = field.api_name
    if value is None or value == "" or value == []:
        if field.mandatory:
            raise _refusal(call, "MANDATORY_NOT_FOUND", "required field not found", {"api_name": name})
        return None
    found = stored(box, module, field, value, additions)
    if not isinstance(found, Refusal):
        return found
    if call.dialect.newest:
        _newest_refusals(box, call, module, field, value)
    details: dict[str, object] = {"api_name": name}
    if isinstance(value, str) and field.length and len(value) > field.length:
        details["maximum_length"] = field.length
    else:
        details["expected_data_type"] = expected_type(field)
    if call.dialect.newest:
        details["json_path"] = f"$.data[0].{name}"
    raise _refusal(call, "INVALID_DATA", "invalid data", details)


def _newest_refusals(box: Sandbox, call: Call, module: ModuleDef, field: FieldDef, value: Any) -> None:
    """The two refusals of a value that only v8 words (Zoho OpenAPI files v8): a picklist's and a user's."""
    if field.data_type in PICKLISTS and box.switches.strict_picklists and isinstance(value, (str, list)):
        details = {"api_name": field.api_name, "id": module.default_layout.id}
        raise _refusal(call, "INVALID_DATA", "picklist not found in record layout", details)
    given = value.get("id") if isinstance(value, dict) else value
    if field.data_type in USERS and any(user.id == str(given) for user in box.org.users):
        details = {"api_name": "id", "json_path": f"$.data[0].{field.api_name}.id"}
        raise _refusal(call, "INVALID_DATA", "Non Subordinate User Found", details)


def _at_once(
    box: Sandbox, call: Call, module: ModuleDef, ids: Sequence[Any], changes: dict[str, Any], lists: Sequence[str]
) -> Answer:
    numbers = [record_number(i) for i in ids]
    found = table.fetch(box.store, module.api_name, list({n for n in numbers if n is not None}))
    good = [n for n in dict.fromkeys(numbers) if n in found and not found[n]["flags"]]
    _write(box, [(n, found[n]["data"]) for n in good if n is not None], changes, lists)
    after = table.fetch(box.store, module.api_name, [n for n in good if n is not None])
    entries: list[dict[str, Any]] = []
    for given, number in zip(ids, numbers, strict=True):
        if number is None or number not in found:
            entries.append(envelope("INVALID_DATA", "the id given seems to be invalid", {"id": str(given)}))
        elif found[number]["flags"]:
            entries.append(marked(found[number]["flags"], number))
        else:
            stamps = table.stamps(box.org, after[number])
            entries.append(envelope("SUCCESS", "record updated", stamps, "success"))
    failures = sum(1 for e in entries if e["status"] == "error")
    status = 200
    if call.dialect.real_statuses and failures == len(entries):
        status = 400
    elif call.dialect.newest and failures:
        status = 207
    return records(status, {"data": entries}, error=failures == len(entries))


def _write(box: Sandbox, rows: Sequence[tuple[int, str]], changes: dict[str, Any], lists: Sequence[str]) -> None:
    def merged(text: str) -> dict[str, Any]:
        if not lists:
            return changes
        held = json.loads(text)
        out = dict(changes)
        for name in lists:
            out[name] = list(dict.fromkeys([*(held.get(name) or ()), *(changes[name] or ())]))
        return out

    with box.store.transaction() as db:
        table.update(db, ((number, merged(text)) for number, text in rows), box.clock.now())


def _schedule(
    box: Sandbox, call: Call, module: ModuleDef, cvid: object, changes: dict[str, Any], lists: Sequence[str]
) -> Answer:
    view = next((v for v in module.views if v.id == str(cvid)), None)
    if not box.switches.edition_cvid:
        raise _refusal(call, "NO_PERMISSION", "permission denied", {"permissions": ["Crm_Implied_Mass_Update"]}, 403)
    if view is None:
        details = {"api_name": "cvid", "json_path": "$.cvid"} if call.dialect.newest else {"api_name": "cvid"}
        raise _refusal(call, "INVALID_DATA", "the cvid given seems to be invalid", details)
    if not view.accessible:
        raise _refusal(call, "NO_PERMISSION", "Customview not accessible", {}, 403)
    running = box.store.row("SELECT id FROM mass_jobs WHERE cvid=? AND state IN (?,?)", (view.id, SCHEDULED, RUNNING))
    if running is not None:
        status = 400 if call.dialect.newest else 202
        details = {"api_name": "cvid"} if call.dialect.newest else {}
        text = "Already a Mass Action scheduler is running for the given cvid"
        raise _refusal(call, "ALREADY_SCHEDULED", text, details, status)
    ids = _ids_of(box, module, view)
    if not ids:
        raise _refusal(call, "NO_RECORDS_FOUND", "no record found to update")
    if len(ids) > MAX_VIEW:
        raise _refusal(call, "LIMIT_EXCEEDED", "Record count exceeded")
    number, now = box.store.new_ids(), box.clock.now()
    spec = json.dumps({"ids": ids, "changes": changes, "lists": list(lists)})
    with box.store.transaction() as db:
        db.execute(
            "INSERT INTO mass_jobs (id, module, cvid, spec, state, total, created, changed) VALUES (?,?,?,?,?,?,?,?)",
            (number, module.api_name, view.id, spec, SCHEDULED, len(ids), now, now),
        )
    box.mass_open = True
    entry = envelope("SUCCESS", "mass update scheduled successfully", {"job_id": str(number)}, "success")
    return records(200, {"data": [entry]})


def _ids_of(box: Sandbox, module: ModuleDef, view: ViewDef) -> list[int]:
    where, args = search_sql(box.org, module, view.criteria)
    sql = f"SELECT id FROM records WHERE module=? AND {where} ORDER BY id LIMIT ?"
    return [r["id"] for r in box.store.rows(sql, (module.api_name, *args, MAX_VIEW + 1))]


def settle(box: Sandbox) -> None:
    """Bring scheduled jobs to where the clock says they are; asked before every request, cheap when none is open."""
    if not box.mass_open:
        return
    rows = box.store.rows("SELECT id, state, created FROM mass_jobs WHERE state IN (?,?)", (SCHEDULED, RUNNING))
    box.mass_open = bool(rows)
    times = (0.0, 0.0) if box.pace == "once" else TIMES.get(box.pace)
    if times is None:
        return
    for row in rows:
        age = box.clock.now() - row["created"]
        if row["state"] == SCHEDULED and age >= times[0]:
            step(box, row["id"])
        if age >= sum(times):
            step(box, row["id"])


def step(box: Sandbox, number: int) -> None:
    """Take a scheduled job one state on: SCHEDULED, RUNNING, then written and COMPLETED."""
    row = box.store.row("SELECT * FROM mass_jobs WHERE id=?", (number,))
    if row is None or row["state"] not in (SCHEDULED, RUNNING):
        return
    with box.store.transaction() as db:
        if row["state"] == SCHEDULED:
            db.execute("UPDATE mass_jobs SET state=?, changed=? WHERE id=?", (RUNNING, box.clock.now(), number))
            return
        spec = json.loads(row["spec"])
        found = table.fetch(box.store, row["module"], spec["ids"])
        good = [(n, r["data"]) for n, r in found.items() if not r["flags"]]
        _write(box, good, spec["changes"], spec["lists"])
        failed = row["total"] - len(good)
        state = FAILED if not good else COMPLETED
        db.execute(
            "UPDATE mass_jobs SET state=?, updated=?, failed=?, changed=? WHERE id=?",
            (state, len(good), failed, box.clock.now(), number),
        )


async def status(box: Sandbox, call: Call) -> Answer:
    """`GET /{module}/actions/mass_update?job_id=…`: counts with capitalised keys."""
    module = module_of(box, call)
    given = call.query.get("job_id")
    if not given:
        raise records_error(400, "MANDATORY_NOT_FOUND", "mandatory param missing", {"param_name": "job_id"})
    number = record_number(given)
    row = None
    if number is not None:
        row = box.store.row("SELECT * FROM mass_jobs WHERE id=? AND module=?", (number, module.api_name))
    if row is None:
        if call.dialect.newest:
            raise records_error(400, "INVALID_DATA", "The jobid given seems to be invalid", {"param_name": "job_id"})
        return Answer(404, b"", Service.RECORDS, error=True)
    done = row["updated"] + row["failed"]
    shown = {
        "Status": row["state"],
        "Failed_Count": row["failed"],
        "Updated_Count": row["updated"],
        "Not_Updated_Count": row["total"] - done,
        "Total_Count": row["total"],
    }
    if box.pace == "poll":
        step(box, row["id"])
    return records(200, {"data": [shown]})
