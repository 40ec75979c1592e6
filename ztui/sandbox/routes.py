"""The table of URLs, and the gateway in front of them: path, method, version, host, token, scope, limits, faults."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from ztui.sandbox import bulk, control, mass_update, metadata, oauth, people, query, record_api, tokens, writing
from ztui.sandbox.dialect import VERSIONS
from ztui.sandbox.faults import Fault
from ztui.sandbox.limits import throttled
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, Refused, Service, dump, envelope, gateway_error

LOG = logging.getLogger("ztui.sandbox")
Handler = Callable[[Sandbox, Call], Awaitable[Answer]]
_VERSION = r"/(?P<v>v[0-9]{1,2}(?:\.[0-9])?)"
_MODULE = r"/(?P<module>[A-Za-z][A-Za-z0-9_]{0,99})"
_ID = r"/(?P<id>[^/]{1,200})"
_LOOPBACK = re.compile(r"(?:127\.[0-9]+\.[0-9]+\.[0-9]+|localhost|\[::1\]|[A-Za-z0-9-]+)(?::[0-9]{1,5})?")
_ZOHO = re.compile(
    r"(?:[a-z0-9-]+\.)*(?:zohoapis|zoho|zohocloud)\.(?:com|eu|in|jp|sa|uk|ae|ca|com\.au|com\.cn)(?::[0-9]+)?"
)


@dataclass(frozen=True, slots=True)
class Method:
    """One verb of a URL: its handler and the scopes of which the token needs one (`{module}` filled in)."""

    handler: Handler
    scopes: tuple[str, ...] = ()
    credits: int = 1


@dataclass(frozen=True, slots=True)
class Route:
    """One URL pattern; `open` ones need no token."""

    name: str
    pattern: re.Pattern[str]
    methods: dict[str, Method]
    open: bool = False


@dataclass(slots=True)
class Reply:
    """An answer with what the connection is to suffer: `reset` before a byte, or `cut` in the middle of the body."""

    answer: Answer | None
    call: Call
    reset: bool = False
    cut: bool = False
    faults: list[Fault] = field(default_factory=list)


def _route(name: str, path: str, methods: dict[str, Method], *, is_open: bool = False) -> Route:
    return Route(name, re.compile(path), methods, is_open)


_SETTINGS = "ZohoCRM.settings."
_READ = ("ZohoCRM.modules.{module}.READ",)
_WRITE = ("ZohoCRM.modules.{module}.WRITE",)
_CREATE = ("ZohoCRM.modules.{module}.CREATE", *_WRITE)
_UPDATE = ("ZohoCRM.modules.{module}.UPDATE", *_WRITE)
_DELETE = ("ZohoCRM.modules.{module}.DELETE", *_WRITE)
_BULK = ("ZohoCRM.bulk.CREATE", "ZohoCRM.bulk.READ")


def _meta(kind: str, handler: Handler) -> dict[str, Method]:
    return {"GET": Method(handler, (f"{_SETTINGS}{kind}.READ",))}


ROUTES: tuple[Route, ...] = (
    _route("details", rf"/crm/bulk{_VERSION}/write{_ID}", {"GET": Method(bulk.job_details, _BULK)}),
    _route("create", rf"/crm/bulk{_VERSION}/write", {"POST": Method(bulk.create_job, ("ZohoCRM.bulk.CREATE",))}),
    _route("upload", rf"/crm{_VERSION}/upload", {"POST": Method(bulk.upload, ("ZohoFiles.files.CREATE",), 0)}),
    _route(
        "download",
        r"/v[0-9.]+/crm/(?P<zgid>[a-z0-9]+)/bulk-write/(?P<id>[0-9]+)/(?P<again>[0-9]+)\.zip",
        {"GET": Method(bulk.download, (), 0)},
    ),
    _route("token", r"/oauth/v2/token", {"POST": Method(oauth.token), "GET": Method(oauth.token)}, is_open=True),
    _route("token", r"/oauth/v2/token/revoke", {"POST": Method(oauth.revoke)}, is_open=True),
    _route("org", rf"/crm{_VERSION}/org", {"GET": Method(people.org, ("ZohoCRM.org.READ",))}),
    _route("users", rf"/crm{_VERSION}/users", {"GET": Method(people.users, ("ZohoCRM.users.READ",))}),
    _route("users", rf"/crm{_VERSION}/users{_ID}", {"GET": Method(people.user, ("ZohoCRM.users.READ",))}),
    _route("metadata", rf"/crm{_VERSION}/__apis", {"GET": Method(people.apis, ("ZohoCRM.apis.READ",))}),
    _route("metadata", rf"/crm{_VERSION}/settings/modules", _meta("modules", metadata.modules)),
    _route("metadata", rf"/crm{_VERSION}/settings/modules{_MODULE}", _meta("modules", metadata.module)),
    _route("metadata", rf"/crm{_VERSION}/settings/fields", _meta("fields", metadata.fields)),
    _route("metadata", rf"/crm{_VERSION}/settings/fields{_ID}", _meta("fields", metadata.fields)),
    _route("metadata", rf"/crm{_VERSION}/settings/layouts", _meta("layouts", metadata.layouts)),
    _route("metadata", rf"/crm{_VERSION}/settings/layouts{_ID}", _meta("layouts", metadata.layouts)),
    _route("metadata", rf"/crm{_VERSION}/settings/custom_views", _meta("custom_views", metadata.custom_views)),
    _route("metadata", rf"/crm{_VERSION}/settings/custom_views{_ID}", _meta("custom_views", metadata.custom_views)),
    _route("metadata", rf"/crm{_VERSION}/settings/territories", _meta("territories", metadata.nothing)),
    _route("metadata", rf"/crm{_VERSION}/settings/pipeline", _meta("pipeline", metadata.pipeline)),
    _route("coql", rf"/crm{_VERSION}/coql", {"POST": Method(query.coql, ("ZohoCRM.coql.READ",))}),
    _route(
        "mass_update",
        rf"/crm{_VERSION}{_MODULE}/actions/mass_update",
        {
            "POST": Method(mass_update.start, ("ZohoCRM.mass_update.{module}.UPDATE", "ZohoCRM.mass_update.UPDATE")),
            "GET": Method(mass_update.status, ("ZohoCRM.mass_update.{module}.READ", "ZohoCRM.mass_update.READ")),
        },
    ),
    _route("records", rf"/crm{_VERSION}{_MODULE}/actions/count", {"GET": Method(query.count, _READ)}),
    _route(
        "records",
        rf"/crm{_VERSION}{_MODULE}/actions/mass_delete",
        {
            "POST": Method(
                writing.mass_delete, ("ZohoCRM.mass_delete.{module}.DELETE", "ZohoCRM.mass_delete.DELETE", *_DELETE)
            )
        },
    ),
    _route("records", rf"/crm{_VERSION}{_MODULE}/search", {"GET": Method(query.search, _READ)}),
    _route("records", rf"/crm{_VERSION}{_MODULE}/upsert", {"POST": Method(writing.upsert, _CREATE)}),
    _route(
        "records",
        rf"/crm{_VERSION}{_MODULE}",
        {
            "GET": Method(record_api.get, _READ),
            "POST": Method(writing.insert, _CREATE),
            "PUT": Method(writing.update, _UPDATE),
            "DELETE": Method(writing.delete, _DELETE),
        },
    ),
    _route(
        "records",
        rf"/crm{_VERSION}{_MODULE}{_ID}",
        {
            "GET": Method(record_api.get, _READ),
            "PUT": Method(writing.update, _UPDATE),
            "DELETE": Method(writing.delete, _DELETE),
        },
    ),
    _route(
        "control",
        r"/_sandbox/(?P<what>[a-z]+)",
        dict.fromkeys(("GET", "POST", "DELETE"), Method(control.serve, (), 0)),
        is_open=True,
    ),
)


def find(path: str) -> tuple[Route, dict[str, str]] | None:
    """The route of a path and the parts it names."""
    for route in ROUTES:
        match = route.pattern.fullmatch(path)
        if match is not None:
            return route, match.groupdict()
    return None


async def serve(box: Sandbox, call: Call) -> Reply:
    """Answer a request. Nothing a client sends makes this raise: a defect of ours is logged and answered with 500."""
    reply = Reply(None, call)
    try:
        mass_update.settle(box)
        reply.answer = await _serve(box, call, reply)
    except Refused as refused:
        reply.answer = refused.answer
    except Exception:
        LOG.exception("%s %s went wrong in the sandbox itself", call.method, call.path)
        reply.answer = internal_error()
    if reply.answer is not None and reply.faults:
        reply.answer = _spoilt(box, call, reply.answer, reply)
    if reply.answer is not None and call.route not in ("control", "token"):
        reply.answer = reply.answer.with_headers(*box.limits.header())
    return reply


def internal_error() -> Answer:
    """500 as Zoho writes it."""
    return Answer(500, dump(envelope("INTERNAL_ERROR", "Internal Server Error")) + b"\n", Service.GATEWAY, error=True)


async def _serve(box: Sandbox, call: Call, reply: Reply) -> Answer | None:
    found = find(call.path)
    if found is None or (found[1].get("v") or "v2") not in VERSIONS:
        raise gateway_error(404, "INVALID_URL_PATTERN", "Please check if the URL trying to access is a correct one")
    route, call.parts = found
    call.route = route.name
    call.dialect = VERSIONS[call.parts.get("v") or "v2"]
    method = route.methods.get(call.method)
    if method is None:
        raise gateway_error(400, "INVALID_REQUEST_METHOD", "The http request method type is not a valid one")
    _host(call)
    if route.name == "control":
        return await method.handler(box, call)
    with box.limits.call():
        reply.faults = box.faults.strike(route.name)
        early = await _before(box, call, reply.faults, reply)
        if early is not None or reply.reset:
            return early
        if not route.open:
            _permit(box, call, route, method)
            box.limits.charge(method.credits)
        return await method.handler(box, call)


def _host(call: Call) -> None:
    host = call.headers.get("host", "localhost")  # HTTP/1.0 may name none
    if call.dialect.strict_host and not _LOOPBACK.fullmatch(host) and not _ZOHO.fullmatch(host.lower()):
        raise gateway_error(400, "INVALID_HOST", "The host in the request URL is invalid")


def _permit(box: Sandbox, call: Call, route: Route, method: Method) -> None:
    presented = bool(call.headers.get("authorization", "").strip())
    if route.name == "download" and not box.switches.download_token and not presented:
        return
    try:
        row = box.tokens.accept(call)
    except Refused as refused:
        if route.name == "upload" and box.switches.gateway == "file":
            raise Refused(bulk.gateway_refusal(401)) from refused
        raise
    wanted = tuple(s.format(module=call.parts.get("module", "")) for s in method.scopes)
    if wanted and not tokens.covers(row["scopes"], wanted):
        raise tokens.scope_refusal()


async def _before(box: Sandbox, call: Call, struck: list[Fault], reply: Reply) -> Answer | None:
    answer: Answer | None = None
    for fault in struck:
        match fault.kind:
            case "latency":
                await asyncio.sleep(fault.number("seconds", 0, 600))
            case "reset_before":
                reply.reset = True
                return None
            case "429":
                answer = throttled(int(fault.number("retry_after", 0, 3600)), box.limits.credits, 60).answer
            case "500":
                answer = internal_error()
            case "502" | "503":
                answer = _proxy(fault)
            case "error":
                answer = _named_error(fault, call)
            case "expired_token":
                box.tokens.expire(call.headers.get("authorization", "").partition(" ")[2].strip())
            case "upload_gateway":
                answer = bulk.gateway_refusal(int(fault.number("status", 400, 499)))
            case "unknown_status":
                _permit(box, call, Route("details", re.compile(""), {}), Method(bulk.job_details, _BULK))
                answer = bulk.with_status_word(box, call, fault.params["word"])
            case _:
                continue
    return answer


def _proxy(fault: Fault) -> Answer:
    title = "502 Bad Gateway" if fault.kind == "502" else "503 Service Temporarily Unavailable"
    page = f"<html><head><title>{title}</title></head>\r\n<body><center><h1>{title}</h1></center></body></html>"
    answer = Answer(int(fault.kind), page.encode(), Service.CONTROL, "text/html", error=True)
    if fault.kind == "503":
        answer = answer.with_headers(("Retry-After", str(int(fault.number("retry_after", 0, 3600)))))
    return answer


def _named_error(fault: Fault, call: Call) -> Answer:
    code, message = fault.params["code"], fault.params["message"] or fault.params["code"].lower().replace("_", " ")
    status = int(fault.number("status", 200, 599))
    body = envelope(code, message)
    if call.route in ("create", "details"):
        ordered = {"status": "error", "code": code, "message": message, "details": {}}
        return Answer(status, dump(ordered), Service.BULK, "application/json", error=True)
    if call.route == "mass_update":
        return Answer(status, dump({"data": [body]}), Service.RECORDS, error=True)
    if call.route == "token":
        return Answer(status, dump({"error": code}), Service.ACCOUNTS, error=True)
    return Answer(status, dump(body), Service.RECORDS, error=True)


def _spoilt(box: Sandbox, call: Call, answer: Answer, reply: Reply) -> Answer:
    """What the faults do to an answer, a refusal among them."""
    kinds = {f.kind for f in reply.faults}
    reply.reset = "reset_after" in kinds
    reply.cut = "cut" in kinds
    if call.route == "download":
        answer = bulk.disturbed(answer, reply.faults, box.faults.random)
    if "half_json" in kinds:
        answer = replace(answer, body=answer.body[: len(answer.body) // 2])
    return answer
