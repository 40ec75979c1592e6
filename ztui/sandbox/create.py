"""Create job: the body's checks in Zoho's order, ending in a job specification that the row engine can run.

The order reproduces every capture: operation, callback, required keys, module, mapping, mandatory fields, and the
file last (a request with a used file is still refused for anything else first).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any

from ztui.sandbox import archive, callback
from ztui.sandbox.mappings import Checks, bad_name, invalid, mappable, mapping, missing
from ztui.sandbox.org import ModuleDef
from ztui.sandbox.wire import bulk_error, record_number

MAX_RESOURCES = 100


def check(body: object, checks: Checks) -> dict[str, Any]:
    """The job specification of an acceptable body; raises Refused as Zoho would answer.

    The specification is plain JSON: operation, character_encoding, ignore_empty, callback, version, and resources
    with module, file_id, csv (entry in the zip), find_by and mappings.
    """
    if not isinstance(body, dict):
        raise invalid()
    operation = body.get("operation")
    if operation is None and checks.switches.missing_operation == "MISSING_REQUIRED_KEY":
        raise missing("operation", checks, "$.operation")
    if operation not in ("insert", "update", "upsert"):
        raise invalid()
    given_callback = _callback(body.get("callback"), checks)
    charset = body.get("character_encoding")
    if charset is not None and not (isinstance(charset, str) and archive.known_charset(charset)):
        raise invalid()
    resources = body.get("resource")
    if resources is None:
        raise missing("resource", checks, "$.resource")
    if not isinstance(resources, list) or not 0 < len(resources) <= MAX_RESOURCES:
        raise invalid()
    if len(resources) > 1 and not checks.dialect.several_files:
        raise invalid()
    for place, resource in enumerate(resources):
        _required_keys(resource, place, checks)
    parsed = [_resource(r, i, operation, checks) for i, r in enumerate(resources)]
    ignore = body.get("ignore_empty")
    if ignore is None:
        ignore = next((r["ignore_empty"] for r in resources if r.get("ignore_empty") is not None), None)
    if ignore is not None and not isinstance(ignore, bool):
        raise invalid()
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


def _callback(given: object, checks: Checks) -> dict[str, str] | None:
    if given is None:
        return None
    if not isinstance(given, dict):
        raise invalid()
    url, method = given.get("url"), given.get("method")
    if url is None:
        raise missing("url", checks, "$.callback.url")
    if method is None:
        raise missing("method", checks, "$.callback.method")
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
        raise invalid()
    for key, word in (("type", "type"), ("module", "module"), ("file_id", "fileid")):
        if resource.get(key) is None:
            raise missing(word, checks, f"$.resource[{place}].{key}")
    if resource["type"] != "data":
        raise invalid()


def _module(given: object, checks: Checks) -> ModuleDef:
    org = checks.org
    if isinstance(given, dict) and not checks.dialect.module_as_text:
        name, number = given.get("api_name"), given.get("id")
        if name is None and number is None:
            raise missing("api_name", checks, "$.resource[0].module.api_name")
        if name is None:
            name = next((m.api_name for m in org.modules.values() if m.id == str(number)), number)
    elif isinstance(given, str) and checks.dialect.module_as_text:
        name = given
    else:
        raise invalid()
    module = org.modules.get(name) if isinstance(name, str) else None
    if module is None or not module.bulk:
        raise bulk_error("MODULE_NOT_AVAILABLE", f"Requested module '{name}' is not available.")
    checks.allowed(module.api_name)
    return module


def _resource(given: dict[str, Any], place: int, operation: str, checks: Checks) -> dict[str, Any]:
    module = _module(given["module"], checks)
    mappings = given.get("field_mappings")
    if mappings is not None and not isinstance(mappings, list):
        raise invalid()
    if mappings and len(mappings) > archive.MAX_COLUMNS:
        raise bulk_error("HEADER_LIMIT_EXCEEDED", "Header limit exceeded.", {"limit": archive.MAX_COLUMNS})
    find_by = given.get("find_by")
    spec: dict[str, Any] = {"module": module.api_name, "find_by": find_by}
    spec["mappings"] = [mapping(m, place, n, module, operation, find_by, checks) for n, m in enumerate(mappings or ())]
    if operation != "insert" and find_by is None:
        raise bulk_error("MANDATORY_NOT_FOUND", "Required key find_by is not available")
    if find_by is not None:
        field = module.fields.get(find_by) if isinstance(find_by, str) else None
        if field is None:
            raise bad_name(find_by, checks)
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
    unmapped = [f.api_name for f in module.mandatory() if f.api_name not in mapped]
    if unmapped:
        names = ", ".join(unmapped)
        raise bulk_error("MANDATORY_FIELDS_NOT_MAPPED", f"All mandatory fields are not mapped for the layout [{names}]")


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
        head = archive.head(row["data"], chosen)
        header = archive.header_of(head, archive.charset_of(head, charset, partial=True)[0])
    except archive.BadFile as problem:
        raise unsuitable from problem
    if not spec["mappings"]:
        spec["mappings"] = _auto(header, operation, spec["find_by"], checks.org.modules[spec["module"]], checks)
        _mandatory(spec, checks.org.modules[spec["module"]], operation)
    for index in (m["index"] for m in spec["mappings"]):
        if header and index is not None and index >= len(header):
            raise bulk_error("COLUMN_INDEX_NOT_FOUND", f"column index {index} is not found.")


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
            raise bad_name(cell, checks)
        found.append(
            {"api_name": name, "index": index, "format": None, "find_by": by or None, "module": None}
            | {"default_value": None}
        )
    return found


def consume(db: sqlite3.Connection, spec: Mapping[str, Any], job: int) -> None:
    """Mark the job's files as used; each works for one job only (captured)."""
    for resource in spec["resources"]:
        db.execute("UPDATE files SET used_by=? WHERE id=?", (job, resource["file_id"]))
