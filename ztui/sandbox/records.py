"""The org's records in SQL: how fields are addressed, read, written, indexed, and shown by the records API."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ztui.sandbox.clock import iso
from ztui.sandbox.org import CURRENT_USER, FieldDef, ModuleDef, Org
from ztui.sandbox.store import Row, Store
from ztui.sandbox.wire import dump

NAMED = frozenset({"lookup", "ownerlookup", "userlookup", "layout"})
_COLUMNS = {
    "id": "id",
    "Created_Time": "created",
    "Modified_Time": "modified",
    "Last_Activity_Time": "modified",
    "Created_By": "created_by",
    "Modified_By": "modified_by",
}
_FULL_NAME = "trim(coalesce(json_extract(data,'$.First_Name'),'')||' '||coalesce(json_extract(data,'$.Last_Name'),''))"
FLAG_APPROVAL = "approval"
FLAG_CONVERTED = "converted"
FLAG_STOPPED = "stopped"
FLAG_BLUEPRINT = "blueprint"
FLAG_DENIED = "denied"
FLAG_BLOCKED = "blocked"
FLAG_LOCKED = "locked:"


def field_sql(field: FieldDef, part: str = "") -> str:
    """The SQL expression for a field; of a lookup its id, or the named part (`name`, `id`).

    Field names are identifiers from the org's metadata, never text from a request.
    """
    if field.api_name in _COLUMNS:
        return _COLUMNS[field.api_name]
    if field.api_name == "Full_Name":
        return _FULL_NAME
    path = f"$.{field.api_name}"
    if field.data_type in NAMED:
        path += f".{part or 'id'}"
    return f"json_extract(data,'{path}')"


def norm(value: Any, case_sensitive: bool = False) -> str:
    """How two values are compared for uniqueness and lookups: as text, without outer blanks and case."""
    if isinstance(value, dict):
        value = value.get("id", "")
    text = str(value).strip()
    return text if case_sensitive else text.casefold()


def insert(db: sqlite3.Connection, module: str, rows: Iterable[tuple[int, Mapping[str, Any]]], now: float) -> None:
    """Store new records given as (id, data)."""
    moment = int(now)
    user = CURRENT_USER.id
    db.executemany(
        "INSERT INTO records (id, module, data, created, modified, created_by, modified_by) VALUES (?,?,?,?,?,?,?)",
        ((number, module, _text(data), moment, moment, user, user) for number, data in rows),
    )


def update(db: sqlite3.Connection, rows: Iterable[tuple[int, Mapping[str, Any]]], now: float) -> None:
    """Merge changes given as (id, changes) into records; a value of None clears the field."""
    moment = int(now)
    db.executemany(
        "UPDATE records SET data=json_patch(data,?), modified=?, modified_by=? WHERE id=?",
        ((_text(changes), moment, CURRENT_USER.id, number) for number, changes in rows),
    )


def _text(data: Mapping[str, Any]) -> str:
    return dump(data).decode("utf-8")


def index(store: Store, module: ModuleDef, field: FieldDef, part: str = "") -> dict[str, list[int]]:
    """Normalised value -> ids of the module's records that hold it; blanks are left out."""
    sql = f"SELECT id, {field_sql(field, part)} AS value FROM records WHERE module=? ORDER BY id"
    found: dict[str, list[int]] = {}
    for row in store.rows(sql, (module.api_name,)):
        if row["value"] not in (None, ""):
            found.setdefault(norm(row["value"], field.case_sensitive), []).append(row["id"])
    return found


def holders(store: Store, module: ModuleDef, field: FieldDef, value: Any) -> list[int]:
    """Ids of the module's records whose field equals this value (case-insensitively unless the field says else)."""
    if isinstance(value, dict):
        value = value.get("id", "")
    column = field_sql(field)
    if not isinstance(value, str):
        column = f"CAST({column} AS TEXT)"
    collate = "" if field.case_sensitive else " COLLATE NOCASE"
    sql = f"SELECT id FROM records WHERE module=? AND {column}{collate}=? ORDER BY id LIMIT 5"
    return [row["id"] for row in store.rows(sql, (module.api_name, str(value).strip()))]


def flags(store: Store, module: str) -> dict[int, str]:
    """The marked records of a module: id -> its mark (waiting for approval, locked, ...)."""
    rows = store.rows("SELECT id, flags FROM records WHERE module=? AND flags<>''", (module,))
    return {row["id"]: row["flags"] for row in rows}


def fetch(store: Store, module: str, ids: Sequence[int]) -> dict[int, Row]:
    """The module's records among these ids."""
    found: dict[int, Row] = {}
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        marks = ",".join("?" * len(chunk))
        for row in store.rows(f"SELECT * FROM records WHERE module=? AND id IN ({marks})", (module, *chunk)):
            found[row["id"]] = row
    return found


def count(store: Store, module: str) -> int:
    """How many records the module holds."""
    row = store.row("SELECT count(*) AS n FROM records WHERE module=?", (module,))
    return int(row["n"]) if row is not None else 0


def user_shown(org: Org, user_id: str, *, email: bool = True) -> dict[str, str]:
    """A user as records show them."""
    user = next((u for u in org.users if u.id == user_id), CURRENT_USER)
    shown = {"name": user.full_name, "id": user.id}
    return shown | {"email": user.email} if email else shown


def shown(org: Org, module: ModuleDef, row: Row, fields: Sequence[str] | None = None) -> dict[str, Any]:
    """A record as the records API gives it: all fields, or `id` and the named ones; null where nothing is stored."""
    data = json.loads(row["data"])
    out: dict[str, Any] = {"id": str(row["id"])}
    for name in fields if fields is not None else module.fields:
        if name not in module.fields or name == "id":
            continue
        out[name] = _value(org, row, data, name)
    return out


def _value(org: Org, row: Row, data: Mapping[str, Any], name: str) -> Any:
    if name in ("Created_Time", "Modified_Time", "Last_Activity_Time"):
        return iso(row[_COLUMNS[name]])
    if name in ("Created_By", "Modified_By"):
        return user_shown(org, row[_COLUMNS[name]])
    if name == "Full_Name":
        return " ".join(str(data[n]) for n in ("First_Name", "Last_Name") if data.get(n)) or None
    if name == "Owner":
        return data.get(name) or user_shown(org, CURRENT_USER.id)
    return data.get(name)


def stamps(org: Org, row: Row) -> dict[str, Any]:
    """The details of a record-level success, in the captured key order."""
    return {
        "Modified_Time": iso(row["modified"]),
        "Modified_By": user_shown(org, row["modified_by"], email=False),
        "Created_Time": iso(row["created"]),
        "id": str(row["id"]),
        "Created_By": user_shown(org, row["created_by"], email=False),
    }
