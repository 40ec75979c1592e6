"""Metadata: modules, fields, layouts, custom views and the pipeline, as each version shows them."""

from __future__ import annotations

from typing import Any

from ztui.sandbox.org import FieldDef, LayoutDef, ModuleDef, ViewDef
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, records, records_error

PROFILES = [{"name": "Administrator", "id": "4150868000000026011"}, {"name": "Standard", "id": "4150868000000026014"}]
_JSON_TYPES = {
    "boolean": "boolean",
    "integer": "integer",
    "double": "double",
    "currency": "double",
    "percent": "double",
    "multiselectpicklist": "jsonarray",
    "lookup": "jsonobject",
    "ownerlookup": "jsonobject",
    "userlookup": "jsonobject",
    "layout": "jsonobject",
}
_STATUSES = ("visible", "user_hidden", "system_hidden", "scheduled_for_deletion")


async def modules(box: Sandbox, call: Call) -> Answer:
    """`GET /settings/modules[?status=…]`."""
    wanted = [s for s in call.query.get("status", "visible").split(",") if s]
    wrong = next((i for i, s in enumerate(wanted) if s not in _STATUSES), None)
    if wrong is not None:
        details = {"param_name": "status", "index": wrong, "supported_values": list(_STATUSES)}
        raise records_error(400, "INVALID_DATA", "invalid status value", details)
    if "visible" not in wanted:
        return records(204, None)
    return records(200, {"modules": [_module(m, call) for m in box.org.modules.values()]})


async def module(box: Sandbox, call: Call) -> Answer:
    """`GET /settings/modules/{module}`."""
    found = box.org.modules.get(call.parts["module"])
    if found is None:
        details = {"resource_path_index": 2}
        raise records_error(400, "INVALID_MODULE", "the module name given seems to be invalid", details)
    return records(200, {"modules": [_module(found, call)]})


def _module(found: ModuleDef, call: Call) -> dict[str, Any]:
    out: dict[str, Any] = {
        "api_name": found.api_name,
        "module_name": "Meetings" if found.api_name == "Events" else found.api_name,
        "singular_label": found.singular,
        "plural_label": found.plural,
        "id": found.id,
        "generated_type": "default",
        "api_supported": True,
        "creatable": True,
        "editable": True,
        "viewable": True,
        "deletable": True,
        "visibility": 1,
        "show_as_tab": True,
        "quick_create": True,
        "parent_module": {},
        "profiles": PROFILES,
        "modified_time": None,
        "business_card_field_limit": 5,
        "sequence_number": int(found.id) % 1000,
    }
    if call.dialect.rank >= 50:
        out["status"] = "visible"
    elif call.dialect.rank == 21:
        out["visible"] = True
    return out


def _wanted(box: Sandbox, call: Call) -> ModuleDef:
    name = call.query.get("module")
    if not name:
        details = {"param_name": "module", "param": "module"}
        raise records_error(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)
    found = box.org.modules.get(name)
    if found is not None:
        return found
    if name in ("Documents", "Projects", "Services", "Appointments__s"):
        code = "NOT_SUPPORTED" if call.dialect.newest else "INVALID_MODULE"
        raise records_error(400, code, "the given module is not supported in api")
    raise records_error(400, "INVALID_MODULE", "the module name given seems to be invalid")


def _one(items: list[dict[str, Any]], call: Call) -> list[dict[str, Any]]:
    wanted = call.parts.get("id")
    if wanted is None:
        return items
    found = [i for i in items if i["id"] == wanted]
    if not found:
        raise records_error(400, "INVALID_DATA", "the id given seems to be invalid", {"resource_path_index": 2})
    return found


async def fields(box: Sandbox, call: Call) -> Answer:
    """`GET /settings/fields?module=…`: all fields, without layout requirements."""
    found = _wanted(box, call)
    kind = call.query.get("type", "all")
    if kind not in ("all", "used", "unused"):
        details = {"param_name": "type", "supported_values": ["all", "used", "unused"]}
        raise records_error(400, "PATTERN_NOT_MATCHED", "Please check whether the input values are correct", details)
    if kind == "unused":
        return records(204, None)
    shown = [_field(box, found, f, call, n) for n, f in enumerate(found.fields.values(), 1)]
    return records(200, {"fields": _one(shown, call)})


def _field(box: Sandbox, found: ModuleDef, field: FieldDef, call: Call, number: int) -> dict[str, Any]:
    old = call.dialect.rank < 30
    writable = field.can_create or field.can_update
    out: dict[str, Any] = {
        "api_name": field.api_name,
        "field_label": field.label,
        "display_label": field.label,
        "id": field.id,
        "data_type": field.data_type,
        "json_type": _JSON_TYPES.get(field.data_type, "jsonarray" if field.api_name == "Tag" else "string"),
        "length": field.length,
        "decimal_place": field.decimal_place,
        "system_mandatory": field.system_mandatory,
        "read_only": not writable,
        "field_read_only": not writable or field.api_name == "Owner",
        "virtual_field": field.api_name == "Full_Name",
        "visible": field.visible,
        "custom_field": field.custom,
        "created_source": "default",
        "pick_list_values": _picklist(box, found, field, old),
        "unique": {"case_sensitive": field.case_sensitive} if field.unique else {},
        "lookup": _lookup(box, field, old),
        "multiselectlookup": {},
        "external": None,
        "mass_update": field.mass_update,
        "type": "used",
        "sequence_number": number,
        "profiles": [{**p, "permission_type": "read_write" if field.visible else "hidden"} for p in PROFILES],
        "view_type": {
            "view": True,
            "edit": writable,
            "create": field.can_create,
            "quick_create": field.system_mandatory,
        },
        "layout_associations": [{"id": lay.id, "name": lay.name} for lay in found.layouts],
    }
    if old:
        out["mandatory"] = field.system_mandatory
        if field.unique:
            out["unique"] = {"casesensitive": str(field.case_sensitive).lower()}
    else:
        out["operation_type"] = {
            "web_create": field.can_create,
            "web_update": field.can_update,
            "api_create": field.can_create,
            "api_update": field.can_update,
        }
    if field.data_type == "textarea":
        out["textarea"] = {"type": "large" if (field.length or 0) > 2000 else "small"}
    return out


def _picklist(box: Sandbox, found: ModuleDef, field: FieldDef, old: bool) -> list[dict[str, Any]]:
    out = []
    for number, value in enumerate(box.org.picklist(found.api_name, field), 1):
        entry: dict[str, Any] = {"display_value": value, "sequence_number": number, "actual_value": value}
        if not old:
            entry |= {"reference_value": value, "id": str(int(field.id) * 10 + number), "colour_code": None}
        out.append(entry | {"type": "used"})
    return out


def _lookup(box: Sandbox, field: FieldDef, old: bool) -> dict[str, Any]:
    target = box.org.modules.get(field.lookup or "")
    if target is None:
        return {}
    module_shown: object = target.api_name if old else {"api_name": target.api_name, "id": target.id}
    return {"module": module_shown, "display_label": field.label, "api_name": field.api_name, "id": field.id}


async def layouts(box: Sandbox, call: Call) -> Answer:
    """`GET /settings/layouts?module=…`: full fields plus `required`, the layout's own demand."""
    found = _wanted(box, call)
    return records(200, {"layouts": _one([_layout(box, found, lay, call) for lay in found.layouts], call)})


def _layout(box: Sandbox, found: ModuleDef, layout: LayoutDef, call: Call) -> dict[str, Any]:
    shown = []
    for number, field in enumerate(found.fields.values(), 1):
        required = field.required or field.system_mandatory if layout.default else field.api_name in layout.required
        shown.append(_field(box, found, field, call, number) | {"required": required or field.system_mandatory})
    profiles = [{**p, "default": layout.default} for p in PROFILES]
    return {
        "id": layout.id,
        "name": layout.name,
        "api_name": layout.name,
        "display_label": layout.name,
        "status": "active" if call.dialect.rank >= 30 else 0,
        "visible": True,
        "source": "crm",
        "profiles": profiles,
        "convert_mapping": {},
        "sections": [
            {"name": f"{found.singular} Information", "api_name": "Information", "sequence_number": 1, "fields": shown}
        ],
    }


async def custom_views(box: Sandbox, call: Call) -> Answer:
    """`GET /settings/custom_views?module=…`."""
    found = _wanted(box, call)
    if not found.views:
        return records(204, None)
    listed = _one([_view(v, n) for n, v in enumerate(found.views)], call)
    info = {"per_page": 200, "count": len(listed), "page": 1, "more_records": False, "default": found.views[0].id}
    return records(200, {"custom_views": listed, "info": info})


def _view(view: ViewDef, number: int) -> dict[str, Any]:
    return {
        "id": view.id,
        "name": view.name,
        "display_value": view.name,
        "system_name": view.system_name,
        "system_defined": True,
        "category": "public_views" if view.accessible else "other_users_views",
        "default": number == 0,
        "favorite": None,
        "locked": False,
        "last_accessed_time": None,
    }


async def nothing(box: Sandbox, call: Call) -> Answer:
    """An org without such things: 204."""
    return records(204, None)


async def pipeline(box: Sandbox, call: Call) -> Answer:
    """`GET /settings/pipeline?layout_id=…`: the one standard pipeline."""
    if not call.query.get("layout_id"):
        details = {"param_name": "layout_id", "param": "layout_id"}
        raise records_error(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)
    stage = box.org.modules["Deals"].fields["Stage"]
    maps = [
        {"display_value": s, "actual_value": s, "sequence_number": n, "id": str(int(stage.id) * 10 + n)}
        for n, s in enumerate(box.org.picklist("Deals", stage), 1)
    ]
    name = "Standard (Standard)"
    entry = {"display_value": name, "actual_value": name, "default": True, "id": "4150868000000099001", "maps": maps}
    return records(200, {"pipeline": [entry]})


def number(call: Call, name: str, default: int, most: int) -> int:
    """A positive whole-number parameter; PATTERN_NOT_MATCHED when it is something else."""
    text = call.query.get(name)
    if text is None or text == "":
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        details = {"param_name": name}
        raise records_error(400, "PATTERN_NOT_MATCHED", "Please check whether the input values are correct", details)
    return min(int(text), most)
