"""Field values as JSON in the records and mass-update APIs: the same rules as for cells, with JSON's own types."""

from __future__ import annotations

from typing import Any

from ztui.sandbox import records
from ztui.sandbox.dates import iso_datetime
from ztui.sandbox.org import USERS, FieldDef, ModuleDef
from ztui.sandbox.state import Sandbox
from ztui.sandbox.values import INVALID, layout_reader, reader_for, user_reader
from ztui.sandbox.wire import record_number

TEXTS = frozenset({"text", "textarea", "email", "phone", "website", "picklist", "date", "datetime"})
INTEGERS = frozenset({"integer", "bigint"})
NUMBERS = frozenset({"double", "currency", "percent"})


def expected_type(field: FieldDef) -> str:
    """The JSON type Zoho names in `details.expected_data_type`."""
    kind = field.data_type
    if field.api_name == "Tag" or kind == "multiselectpicklist":
        return "jsonarray"
    if kind in records.NAMED:
        return "jsonobject"
    if kind in INTEGERS:
        return "integer"
    if kind in NUMBERS:
        return "double"
    return kind if kind in ("boolean", "date", "datetime", "email", "phone", "website") else "string"


def stored(box: Sandbox, module: ModuleDef, field: FieldDef, value: Any, additions: set[tuple[str, str, str]]) -> Any:
    """The value to store, or a Refusal. None and "" mean clearing and must be handled before."""
    kind = field.data_type
    if field.api_name == "Tag":
        names = [t.get("name") if isinstance(t, dict) else t for t in value] if isinstance(value, list) else [None]
        return [{"name": n} for n in names] if all(isinstance(n, str) and n for n in names) else INVALID
    if kind == "multiselectpicklist":
        if not isinstance(value, list) or not all(isinstance(v, str) and ";" not in v for v in value):
            return INVALID
        return reader_for(field, module, box.org, box.switches, additions)(";".join(value))
    if kind in records.NAMED:
        return _named(box, module, field, value)
    if kind == "boolean":
        return value if isinstance(value, bool) else INVALID
    if kind in INTEGERS and isinstance(value, int) and not isinstance(value, bool):
        return (
            reader_for(field, module, box.org, box.switches, additions)(str(value)) if abs(value) < 10**19 else INVALID
        )
    if kind in NUMBERS and isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= 10**17:
            return INVALID
        return reader_for(field, module, box.org, box.switches, additions)(f"{value:.9f}".rstrip("0").rstrip("."))
    if kind in INTEGERS | NUMBERS or not isinstance(value, str):
        return INVALID
    if kind == "datetime":
        return iso_datetime(value) or INVALID
    pattern = "yyyy-MM-dd" if kind == "date" else None
    return reader_for(field, module, box.org, box.switches, additions, pattern)(value)


def _named(box: Sandbox, module: ModuleDef, field: FieldDef, value: Any) -> Any:
    given = value.get("id") if isinstance(value, dict) else value
    if isinstance(value, dict) and given is None and field.data_type in USERS:
        given = value.get("email")
    text = str(given) if isinstance(given, (str, int)) and not isinstance(given, bool) else ""
    if not text:
        return INVALID
    if field.data_type in USERS:
        return user_reader(box.org, None)(text)
    if field.data_type == "layout":
        known = any(text in (lay.id, lay.name) for lay in module.layouts)
        return layout_reader(module)(text) if known else INVALID
    number = record_number(text)
    target = box.org.modules.get(field.lookup or "")
    if number is None or target is None:
        return INVALID
    row = records.fetch(box.store, target.api_name, [number]).get(number)
    if row is None:
        return INVALID
    name = records.shown(box.org, target, row, [target.display_field]).get(target.display_field)
    return {"id": text, "name": name or ""}
