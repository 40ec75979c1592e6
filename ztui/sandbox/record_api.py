"""Reading records by id, by page or by view, and what all record calls share."""

from __future__ import annotations

from typing import Any

from ztui.sandbox import records as table
from ztui.sandbox.criteria import search_sql
from ztui.sandbox.metadata import number
from ztui.sandbox.org import ModuleDef
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, record_number, records, records_error

MAX_PAGE = 200
MAX_IDS = 100


def module_of(box: Sandbox, call: Call) -> ModuleDef:
    """The module in the path; INVALID_MODULE when the org has none of that name."""
    module = box.org.modules.get(call.parts["module"])
    if module is None:
        details = {"resource_path_index": 0}
        raise records_error(400, "INVALID_MODULE", "the module name given seems to be invalid", details)
    return module


def page_info(count: int, page: int, per_page: int, more: bool) -> dict[str, Any]:
    """The `info` of a page."""
    return {"per_page": per_page, "count": count, "page": page, "more_records": more}


def _names(call: Call, *, needed: bool) -> list[str] | None:
    names = [n.strip() for n in call.query.get("fields", "").split(",") if n.strip()]
    if not names and needed and call.dialect.rank >= 30:
        details = {"param_name": "fields", "param": "fields"}
        raise records_error(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)
    if len(names) > 50 and call.dialect.rank >= 30:
        raise records_error(400, "LIMIT_EXCEEDED", "fields limit exceeded", {"param_name": "fields", "limit": 50})
    return names or None


async def get(box: Sandbox, call: Call) -> Answer:
    """`GET /{module}[/{id}]?ids=…&fields=…&cvid=…&page=…&per_page=…`: 204 when there is nothing.

    From v3 on `fields` is required unless a single record is asked for (Zoho docs v3, get records).
    """
    module = module_of(box, call)
    if "id" in call.parts:
        return _single(box, call, module)
    names = _names(call, needed=True)
    if "ids" in call.query:
        given = [t.strip() for t in call.query["ids"].split(",") if t.strip()]
        if len(given) > MAX_IDS:
            raise records_error(400, "LIMIT_EXCEEDED", "ids limit exceeded", {"param_name": "ids", "limit": MAX_IDS})
        wanted = list(dict.fromkeys(n for t in given if (n := record_number(t)) is not None))
        found = table.fetch(box.store, module.api_name, wanted)
        data = [table.shown(box.org, module, found[n], names) for n in wanted if n in found]
        if not data:
            return records(204, None)
        return records(200, {"data": data, "info": page_info(len(data), 1, MAX_PAGE, False)})
    return _page(box, call, module, names)


def _single(box: Sandbox, call: Call, module: ModuleDef) -> Answer:
    wanted = record_number(call.parts["id"])
    if wanted is None:
        details = {"resource_path_index": 1}
        raise records_error(400, "INVALID_DATA", "the id given seems to be invalid", details)
    found = table.fetch(box.store, module.api_name, [wanted])
    if wanted not in found:
        return records(204, None)
    return records(200, {"data": [table.shown(box.org, module, found[wanted], _names(call, needed=False))]})


def _page(box: Sandbox, call: Call, module: ModuleDef, names: list[str] | None) -> Answer:
    where, args = "1", list[object]()
    if "cvid" in call.query:
        view = next((v for v in module.views if v.id == call.query["cvid"]), None)
        if view is None:
            raise records_error(400, "INVALID_DATA", "the cvid given seems to be invalid", {"param_name": "cvid"})
        box.limits.charge(2)
        where, args = search_sql(box.org, module, view.criteria)
    page, per_page = number(call, "page", 1, 10_000), number(call, "per_page", MAX_PAGE, MAX_PAGE)
    sql = f"SELECT * FROM records WHERE module=? AND {where} ORDER BY id DESC LIMIT ? OFFSET ?"
    rows = box.store.rows(sql, (module.api_name, *args, per_page + 1, (page - 1) * per_page))
    if not rows:
        return records(204, None)
    data = [table.shown(box.org, module, row, names) for row in rows[:per_page]]
    return records(200, {"data": data, "info": page_info(len(data), page, per_page, len(rows) > per_page)})
