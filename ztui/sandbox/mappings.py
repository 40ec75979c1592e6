"""The field mappings of a create-job body: names, indexes, formats, lookups, and the errors they lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ztui.sandbox import dates
from ztui.sandbox.dialect import Dialect
from ztui.sandbox.org import LOOKUPS, SYSTEM_TYPES, FieldDef, ModuleDef, Org
from ztui.sandbox.store import Store
from ztui.sandbox.switches import Switches
from ztui.sandbox.wire import Refused, bulk_error

UNMAPPABLE = SYSTEM_TYPES | {"consent_lookup", "territories", "subform", "multiselectlookup"}
MAPPING_KEYS = ("format", "find_by", "module", "default_value")


@dataclass(frozen=True, slots=True)
class Checks:
    """What the checks need to know. `allowed(module)` raises when the token's scopes do not cover the module."""

    store: Store
    org: Org
    switches: Switches
    dialect: Dialect
    allowed: Callable[[str], None]


def invalid() -> Refused:
    """A body of the wrong shape, to be raised."""
    return bulk_error("INVALID_DATA", "Invalid data")


def missing(key: str, checks: Checks, path: str) -> Refused:
    """A required key is absent, to be raised."""
    details = {"json_path": path} if checks.dialect.newest else {}
    return bulk_error("MISSING_REQUIRED_KEY", f"required key {key} is not found in request body.", details)


def bad_name(name: object, checks: Checks) -> Refused:
    """No field of that name can be written, to be raised."""
    return bulk_error(checks.switches.unknown_field, f"invalid mapping. invalid api_name {name}.")


def mappable(field: FieldDef, operation: str, find_by: object) -> bool:
    """Whether a bulk job may write the field at all (its id may be named only to find records)."""
    if field.data_type in UNMAPPABLE or not field.visible:
        return False
    if field.api_name == "id":
        return operation != "insert" or find_by == "id"
    return field.can_update if operation == "update" else field.can_create or field.can_update


def mapping(
    given: object, place: int, number: int, module: ModuleDef, operation: str, find_by: object, checks: Checks
) -> dict[str, Any]:
    """One field mapping, checked, with all its keys; raises Refused for the first thing that is wrong with it."""
    at = f"$.resource[{place}].field_mappings[{number}]"
    if not isinstance(given, dict):
        raise invalid()
    name = given.get("api_name")
    if name is None:
        raise missing("api_name", checks, f"{at}.api_name")
    field = module.fields.get(name) if isinstance(name, str) else None
    if field is None or not mappable(field, operation, find_by):
        raise bad_name(name, checks)
    default = given.get("default_value")
    if default is not None and not isinstance(default, dict):
        raise invalid()
    index = _index(given.get("index"), name, default, at, checks)
    spec: dict[str, Any] = {"api_name": name, "index": index}
    for key in MAPPING_KEYS:
        spec[key] = given.get(key)
        if key in ("format", "find_by") and not isinstance(spec[key], str | None):
            raise invalid()
    _format(field, spec["format"])
    if checks.dialect.several_files:
        spec["parent_column_index"] = _parent(given.get("parent_column_index"), spec, at, checks)
    if field.data_type in LOOKUPS and index is not None:
        _lookup(field, spec, checks)
    return spec


def _index(given: object, name: str, default: object, at: str, checks: Checks) -> int | None:
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) < 6:
        given = int(given)
    if given is None:
        if default is None:
            raise missing(f"index for field {name}", checks, f"{at}.index")
        return None
    if isinstance(given, bool) or not isinstance(given, int):
        raise invalid()
    if given < 0:
        raise bulk_error("COLUMN_INDEX_NOT_FOUND", f"column index {given} is not found.")
    return given


def _format(field: FieldDef, pattern: str | None) -> None:
    if pattern is None:
        return
    if field.data_type == "date" and dates.is_date_pattern(pattern):
        return
    if field.data_type == "datetime" and (dates.is_datetime_pattern(pattern) or dates.is_date_pattern(pattern)):
        return
    if field.data_type in ("integer", "bigint", "double", "currency", "percent") and set(pattern) <= set("#0.,- "):
        return
    raise bulk_error("INVALID_FORMAT", f"invalid format {pattern} for field {field.api_name}.")


def _parent(given: object, spec: Mapping[str, Any], at: str, checks: Checks) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, int):
        raise invalid()
    if spec["find_by"] is not None:
        details = {"api_name": "find_by", "json_path": f"{at}.find_by"}
        raise bulk_error("COEXISTENCE_NOT_ALLOWED", "find_by and parent_column_index cannot be given together", details)
    if given < 0:
        raise bulk_error("COLUMN_INDEX_NOT_FOUND", f"column index {given} is not found.")
    return given


def _lookup(field: FieldDef, spec: dict[str, Any], checks: Checks) -> None:
    if spec["find_by"] is None:
        if checks.dialect.several_files and spec.get("parent_column_index") is None:
            raise bulk_error("MANDATORY_NOT_FOUND", "Required key find_by is not available")
        return
    target = checks.org.modules.get(field.lookup or "")
    if target is not None and spec["find_by"] not in target.fields:
        raise bad_name(spec["find_by"], checks)
