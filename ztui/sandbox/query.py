"""Finding records: search, COQL and count."""

from __future__ import annotations

import json
from typing import Any

from ztui.sandbox import coql as language
from ztui.sandbox import records as table
from ztui.sandbox import tokens
from ztui.sandbox.criteria import BadQuery, Sql, column_sql, condition, search_sql
from ztui.sandbox.metadata import number
from ztui.sandbox.org import ModuleDef
from ztui.sandbox.record_api import module_of, page_info
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, Refused, load, records, records_error

MAX_PAGE = 200
MAX_LIMIT = 2000


def by_id(where: str) -> str:
    """Order by id; with a condition so that SQLite looks for an index on that first."""
    return "id" if where == "1" else "+id"


def bad_query(problem: BadQuery) -> Refused:
    """The answer to a condition that cannot be understood."""
    details = {"reason": problem.reason}
    if problem.column:
        details["column_name"] = problem.column
    return records_error(400, "INVALID_QUERY", "invalid query formed", details)


def _wanted(box: Sandbox, call: Call, module: ModuleDef) -> Sql:
    try:
        if call.query.get("criteria"):
            return search_sql(box.org, module, call.query["criteria"])
        for word, kinds in (("email", ("email",)), ("phone", ("phone",)), ("word", ("text", "email", "phone"))):
            if call.query.get(word):
                names = [f.api_name for f in module.fields.values() if f.data_type in kinds and f.api_name != "Tag"]
                operator = "contains" if word == "word" else "="
                parts = [condition(box.org, module, n, operator, [call.query[word]]) for n in names]
                if not parts:
                    return "0", []
                return "(" + " OR ".join(p[0] for p in parts) + ")", [a for p in parts for a in p[1]]
    except BadQuery as problem:
        raise bad_query(problem) from problem
    details = {"param_name": "criteria", "param": "criteria"}
    raise records_error(400, "REQUIRED_PARAM_MISSING", "One of the expected parameter is missing", details)


async def search(box: Sandbox, call: Call) -> Answer:
    """`GET /{module}/search?criteria=…|email=…|phone=…|word=…`: 204 when nothing is found."""
    module = module_of(box, call)
    where, args = _wanted(box, call, module)
    page, per_page = number(call, "page", 1, 10_000), number(call, "per_page", MAX_PAGE, MAX_PAGE)
    sql = f"SELECT * FROM records WHERE module=? AND {where} ORDER BY {by_id(where)} LIMIT ? OFFSET ?"
    rows = box.store.rows(sql, (module.api_name, *args, per_page + 1, (page - 1) * per_page))
    if not rows:
        return records(204, None)
    names = [n for n in call.query.get("fields", "").split(",") if n] or None
    data = [table.shown(box.org, module, row, names) for row in rows[:per_page]]
    return records(200, {"data": data, "info": page_info(len(data), page, per_page, len(rows) > per_page)})


async def count(box: Sandbox, call: Call) -> Answer:
    """`GET /{module}/actions/count[?criteria=…]`."""
    module = module_of(box, call)
    where, args = _wanted(box, call, module) if set(call.query) & {"criteria", "email", "phone", "word"} else ("1", [])
    row = box.store.row(f"SELECT count(*) AS n FROM records WHERE module=? AND {where}", (module.api_name, *args))
    return records(200, {"count": row["n"] if row is not None else 0})


async def coql(box: Sandbox, call: Call) -> Answer:
    """`POST /coql` with `{"select_query": "…"}`: 204 when nothing is found."""
    try:
        body = load(call.body)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise records_error(400, "INVALID_DATA", "invalid data")
    text = body.get("select_query")
    if not isinstance(text, str):
        details = {"api_name": "select_query"}
        raise records_error(400, "MANDATORY_NOT_FOUND", "required field not found", details)
    try:
        query = language.parse(box.org, text)
    except BadQuery as problem:
        if problem.reason.startswith("error occurred"):
            raise records_error(400, "SYNTAX_ERROR", problem.reason, {"near": problem.column}) from problem
        raise bad_query(problem) from problem
    _may_read(box, call, query.module)
    if query.limit > MAX_LIMIT:
        raise records_error(400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_LIMIT})
    where, args = query.where
    if query.counting:
        row = box.store.row(
            f"SELECT count(*) AS n FROM records WHERE module=? AND {where}", (query.module.api_name, *args)
        )
        return records(
            200,
            {"data": [{"COUNT(id)": row["n"] if row is not None else 0}], "info": {"count": 1, "more_records": False}},
        )
    return _selected(box, query)


def _may_read(box: Sandbox, call: Call, module: ModuleDef) -> None:
    row = box.store.row("SELECT scopes FROM tokens WHERE token=?", (call.token,))
    if row is None or not tokens.covers(row["scopes"], (f"ZohoCRM.modules.{module.api_name}.READ",)):
        raise tokens.scope_refusal()


def _selected(box: Sandbox, query: language.Query) -> Answer:
    where, args = query.where
    dotted = [c for c in query.columns if "." in c]
    extra = "".join(f", {column_sql(box.org, query.module, c)[0]} AS x{n}" for n, c in enumerate(dotted))
    order = query.order or by_id(where)
    sql = f"SELECT *{extra} FROM records WHERE module=? AND {where} ORDER BY {order}, id LIMIT ? OFFSET ?"
    rows = box.store.rows(sql, (query.module.api_name, *args, query.limit + 1, query.offset))
    if not rows or not query.limit:
        return records(204, None)
    plain = [c for c in query.columns if "." not in c]
    data = []
    for row in rows[: query.limit]:
        out: dict[str, Any] = table.shown(box.org, query.module, row, plain)
        out |= {c: _plain(row[f"x{n}"]) for n, c in enumerate(dotted)}
        data.append(out)
    info = {"count": len(data), "more_records": len(rows) > query.limit}
    return records(200, {"data": data, "info": info})


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "[{":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
