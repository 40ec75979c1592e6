"""Create job: the body's checks in Zoho's order, ending in a job specification that the row engine can run.

The order reproduces every capture: operation, callback, required keys, module, mapping, mandatory fields, and the
file last (a request with a used file is still refused for anything else first).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ztui.sandbox import archive, callback, dates
from ztui.sandbox.dialect import Dialect
from ztui.sandbox.org import LOOKUPS, SYSTEM_TYPES, FieldDef, ModuleDef, Org
from ztui.sandbox.store import Store
from ztui.sandbox.switches import Switches
from ztui.sandbox.wire import Refused, bulk_error, record_number

MAX_RESOURCES = 100
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


def check(body: object, checks: Checks) -> dict[str, Any]:
    """The job specification of an acceptable body; raises Refused as Zoho would answer.

    The specification is plain JSON: operation, character_encoding, ignore_empty, callback, version, and resources
    with module, file_id, csv (entry in the zip), find_by and mappings.
    """
    if not isinstance(body, dict):
        raise _invalid()
    operation = body.get("operation")
    if operation is None and checks.switches.missing_operation == "MISSING_REQUIRED_KEY":
        raise _missing("operation", checks, "$.operation")
    if operation not in ("insert", "update", "upsert"):
        raise _invalid()
    given_callback = _callback(body.get("callback"), checks)
    charset = body.get("character_encoding")
    if charset is not None and not (isinstance(charset, str) and archive.known_charset(charset)):
        raise _invalid()
    resources = body.get("resource")
    if resources is None:
        raise _missing("resource", checks, "$.resource")
    if not isinstance(resources, list) or not 0 < len(resources) <= MAX_RESOURCES:
        raise _invalid()
    if len(resources) > 1 and not checks.dialect.several_files:
        raise _invalid()
    for place, resource in enumerate(resources):
        _required_keys(resource, place, checks)
    parsed = [_resource(r, i, operation, checks) for i, r in enumerate(resources)]
    ignore = body.get("ignore_empty")
    if ignore is None:
        ignore = next((r["ignore_empty"] for r in resources if r.get("ignore_empty") is not None), None)
    if ignore is not None and not isinstance(ignore, bool):
        raise _invalid()
    for place, (resource, spec) in enumerate(zip(resources, parsed, strict=True)):
        _file(resource, spec, parsed[:place], operation, checks, charset)
    return {
        "operation": operation,
        "character_encoding": charset,
        "ignore_empty": ignore,
        "callback": given_callback,
        "version": checks.dialect.name,
        "resources": parsed,
    }


def _invalid() -> Refused:
    return bulk_error("INVALID_DATA", "Invalid data")


def _missing(key: str, checks: Checks, path: str) -> Refused:
    details = {"json_path": path} if checks.dialect.newest else {}
    return bulk_error("MISSING_REQUIRED_KEY", f"required key {key} is not found in request body.", details)


def _bad_name(name: object, checks: Checks) -> Refused:
    return bulk_error(checks.switches.unknown_field, f"invalid mapping. invalid api_name {name}.")


def _callback(given: object, checks: Checks) -> dict[str, str] | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise _invalid()
    url, method = given.get("url"), given.get("method")
    if url is None:
        raise _missing("url", checks, "$.callback.url")
    if method is None:
        raise _missing("method", checks, "$.callback.method")
    if method != "post":
        supported = {"supported_callback_methods": ["post"]} if checks.dialect.newest else {}
        raise bulk_error("INVALID_CALLBACK_METHOD", f"Invalid method '{method}' for callback.", supported)
    if not isinstance(url, str) or callback.refused(url, loopback_allowed=checks.switches.loopback_callback):
        raise bulk_error(
            "INVALID_CALLBACK_URL", f"Invalid URL '{url}' for callback.", {"reason": "possible ssrf attempt"}
        )
    return {"url": url, "method": "post"}


def _required_keys(resource: object, place: int, checks: Checks) -> None:
    if not isinstance(resource, dict):
        raise _invalid()
    for key, word in (("type", "type"), ("module", "module"), ("file_id", "fileid")):
        if resource.get(key) is None:
            raise _missing(word, checks, f"$.resource[{place}].{key}")
    if resource["type"] != "data":
        raise _invalid()


def _module(given: object, checks: Checks) -> ModuleDef:
    org = checks.org
    if isinstance(given, dict) and not checks.dialect.module_as_text:
        name, number = given.get("api_name"), given.get("id")
        if name is None and number is None:
            raise _missing("api_name", checks, "$.resource[0].module.api_name")
        if name is None:
            name = next((m.api_name for m in org.modules.values() if m.id == str(number)), number)
    elif isinstance(given, str) and checks.dialect.module_as_text:
        name = given
    else:
        raise _invalid()
    module = org.modules.get(name) if isinstance(name, str) else None
    if module is None or not module.bulk:
        raise bulk_error("MODULE_NOT_AVAILABLE", f"Requested module '{name}' is not available.")
    checks.allowed(module.api_name)
    return module


def _resource(given: dict[str, Any], place: int, operation: str, checks: Checks) -> dict[str, Any]:
    module = _module(given["module"], checks)
    mappings = given.get("field_mappings")
    if mappings is not None and not isinstance(mappings, list):
        raise _invalid()
    if mappings and len(mappings) > archive.MAX_COLUMNS:
        raise bulk_error("HEADER_LIMIT_EXCEEDED", "Header limit exceeded.", {"limit": archive.MAX_COLUMNS})
    find_by = given.get("find_by")
    spec: dict[str, Any] = {"module": module.api_name, "find_by": find_by}
    spec["mappings"] = [_mapping(m, place, n, module, operation, find_by, checks) for n, m in enumerate(mappings or ())]
    if operation != "insert" and find_by is None:
        raise bulk_error("MANDATORY_NOT_FOUND", "Required key find_by is not available")
    if find_by is not None:
        field = module.fields.get(find_by) if isinstance(find_by, str) else None
        if field is None:
            raise _bad_name(find_by, checks)
        if not field.key:
            raise bulk_error("INVALID_FIELD", f"invalid find_by field {find_by}.")
        if spec["mappings"] and find_by not in {m["api_name"] for m in spec["mappings"]}:
            raise bulk_error("MANDATORY_NOT_FOUND", f"Required key {find_by} is not available")
    if spec["mappings"]:
        _mandatory(spec, module, operation)
    return spec


def _mandatory(spec: Mapping[str, Any], module: ModuleDef, operation: str) -> None:
    if operation == "update":
        return
    mapped = {m["api_name"] for m in spec["mappings"]}
    missing = [f.api_name for f in module.mandatory() if f.api_name not in mapped]
    if missing:
        names = ", ".join(missing)
        raise bulk_error("MANDATORY_FIELDS_NOT_MAPPED", f"All mandatory fields are not mapped for the layout [{names}]")


def mappable(field: FieldDef, operation: str, find_by: object) -> bool:
    """Whether a bulk job may write the field at all (its id may be named only to find records)."""
    if field.data_type in UNMAPPABLE or not field.visible:
        return False
    if field.api_name == "id":
        return operation != "insert" or find_by == "id"
    return field.can_update if operation == "update" else field.can_create or field.can_update


def _mapping(
    given: object, place: int, number: int, module: ModuleDef, operation: str, find_by: object, checks: Checks
) -> dict[str, Any]:
    at = f"$.resource[{place}].field_mappings[{number}]"
    if not isinstance(given, dict):
        raise _invalid()
    name = given.get("api_name")
    if name is None:
        raise _missing("api_name", checks, f"{at}.api_name")
    field = module.fields.get(name) if isinstance(name, str) else None
    if field is None or not mappable(field, operation, find_by):
        raise _bad_name(name, checks)
    default = given.get("default_value")
    if default is not None and not isinstance(default, dict):
        raise _invalid()
    index = _index(given.get("index"), name, default, at, checks)
    spec: dict[str, Any] = {"api_name": name, "index": index}
    for key in MAPPING_KEYS:
        spec[key] = given.get(key)
        if key in ("format", "find_by") and not isinstance(spec[key], str | None):
            raise _invalid()
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
            raise _missing(f"index for field {name}", checks, f"{at}.index")
        return None
    if isinstance(given, bool) or not isinstance(given, int):
        raise _invalid()
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
        raise _invalid()
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
        raise _bad_name(spec["find_by"], checks)


def _file(
    given: Mapping[str, Any],
    spec: dict[str, Any],
    earlier: list[dict[str, Any]],
    operation: str,
    checks: Checks,
    charset: str | None,
) -> None:
    number = record_number(given["file_id"])
    if number is None:
        raise bulk_error("INVALID_FILE_ID", "improper file id")
    unsuitable = bulk_error("FILE_NOT_SUPPORTED", "File not supported for bulk write")
    row = checks.store.row("SELECT name, data, used_by FROM files WHERE id=?", (number,))
    if row is None:
        raise bulk_error("FILE_NOT_FOUND", "File not found") if checks.dialect.newest else unsuitable
    if row["used_by"] is not None:
        raise bulk_error(checks.switches.used_file, "File not supported for bulk write")
    names = archive.csv_names(row["data"])
    if not names or (len(names) > 1 and not checks.dialect.several_files):
        raise unsuitable
    wanted = given.get("file_names")
    if checks.dialect.several_files and isinstance(wanted, list) and wanted:
        chosen = next((n for n in names if archive.base_name(n) == str(wanted[0]) or n == str(wanted[0])), None)
    else:
        taken = {s["csv"] for s in earlier if s["file_id"] == number}
        chosen = next((n for n in names if n not in taken), None)
    if chosen is None:
        raise unsuitable
    spec.update(file_id=number, csv=chosen)
    try:
        text, _ = archive.decode(archive.head(row["data"], chosen), charset, partial=True)
        header = archive.header_of(text)
    except archive.BadFile as problem:
        raise unsuitable from problem
    if not spec["mappings"]:
        spec["mappings"] = _auto(header, operation, spec["find_by"], checks.org.modules[spec["module"]], checks)
        _mandatory(spec, checks.org.modules[spec["module"]], operation)
    for mapping in spec["mappings"]:
        if header and mapping["index"] is not None and mapping["index"] >= len(header):
            raise bulk_error("COLUMN_INDEX_NOT_FOUND", f"column index {mapping['index']} is not found.")


def _auto(
    header: list[str], operation: str, find_by: str | None, module: ModuleDef, checks: Checks
) -> list[dict[str, Any]]:
    """Mappings from headers that are field API names, `Field.find_by` for lookups (Zoho docs v7, auto-mapping)."""
    if len(header) > archive.MAX_COLUMNS:
        raise bulk_error("HEADER_LIMIT_EXCEEDED", "Header limit exceeded.", {"limit": archive.MAX_COLUMNS})
    found = []
    for index, cell in enumerate(header):
        name, _, by = cell.partition(".")
        field = module.fields.get(name)
        if field is None or not mappable(field, operation, find_by):
            raise _bad_name(cell, checks)
        found.append(
            {"api_name": name, "index": index, "format": None, "find_by": by or None, "module": None}
            | {"default_value": None}
        )
    return found


def consume(db: sqlite3.Connection, spec: Mapping[str, Any], job: int) -> None:
    """Mark the job's files as used; each works for one job only (captured)."""
    for resource in spec["resources"]:
        db.execute("UPDATE files SET used_by=? WHERE id=?", (job, resource["file_id"]))
