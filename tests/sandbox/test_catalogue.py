"""Every code that the catalogue calls provokable is provoked, and looked up by what came over the wire."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import httpx
import pytest

from tests.sandbox.driver import Driver, columns, zip_of
from ztui import catalogue
from ztui.sandbox.org import ZGID
from ztui.sandbox.tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, scopeless_token

Recipe = Callable[[Driver], Awaitable[str]]
PROVOKABLE = [(e.level, e.code) for e in catalogue.all_entries() if e.sandbox]
LEAD = "738964000002131001"
REFRESH = {
    "grant_type": "refresh_token",
    "refresh_token": REFRESH_TOKEN,
    "client_id": CLIENT_ID,
    "client_secret": CLIENT_SECRET,
}
NAMELESS = {404: "NOT_FOUND", 502: "BAD_GATEWAY", 503: "SERVICE_UNAVAILABLE"}


def code_of(answer: httpx.Response) -> str:
    """The code in whichever envelope it came; a bodiless or proxy answer is known by its status."""
    if not answer.content or answer.headers["content-type"].startswith("text/html"):
        return NAMELESS[answer.status_code]
    body = answer.json()
    entry = body["data"][0] if "data" in body else body
    return str(entry.get("code") or entry["error"])


def call(method: str, path: str, body: object = None, *, version: str = "v7", faults: object = None) -> Recipe:
    async def recipe(zoho: Driver) -> str:
        zoho.version = version
        if faults is not None:
            await zoho.control("faults", faults)
        return code_of(await zoho.send(method, path, body))

    return recipe


def authorized(header: str, path: str = "/crm/v2/org") -> Recipe:
    async def recipe(zoho: Driver) -> str:
        return code_of(await zoho.http.get(path, headers={"Authorization": header}))

    return recipe


def token(change: Mapping[str, str], *, times: int = 1, faults: object = None) -> Recipe:
    async def recipe(zoho: Driver) -> str:
        if faults is not None:
            await zoho.control("faults", faults)
        for _ in range(times - 1):
            await zoho.http.post("/oauth/v2/token", data={**REFRESH, **change})
        return code_of(await zoho.http.post("/oauth/v2/token", data={**REFRESH, **change}))

    return recipe


def upload(headers: Mapping[str, str], data: bytes = b"") -> Recipe:
    async def recipe(zoho: Driver) -> str:
        return code_of(await zoho.post_file(data or zip_of({"a.csv": "n\n"}), headers))

    return recipe


def job(change: Mapping[str, Any], resource: Mapping[str, Any], text: str = "n\nA\n", *, twice: bool = False) -> Recipe:
    async def recipe(zoho: Driver) -> str:
        given = zoho.resource(await zoho.upload(text), "Leads", columns("Last_Name")) | dict(resource)
        request = {"operation": "insert", "resource": [{k: v for k, v in given.items() if v is not None}], **change}
        if twice:
            await zoho.post_job(request)
        return code_of(await zoho.post_job(request))

    return recipe


def failed(text: bytes) -> Recipe:
    async def recipe(zoho: Driver) -> str:
        created = await zoho.create(text, columns("Last_Name"))
        return str((await zoho.details(created.json()["details"]["id"]))["resource"][0]["code"])

    return recipe


def row(text: str, names: tuple[str, ...], *, switches: object = None, **more: Any) -> Recipe:
    async def recipe(zoho: Driver) -> str:
        if switches is not None:
            await zoho.control("switches", switches)
        rows = await zoho.run(text, columns(*names), **more)
        return rows[-1]["ERRORS"].partition("-")[0]

    return recipe


def mass(body: object, module: str = "Leads", *, times: int = 1) -> Recipe:
    async def recipe(zoho: Driver) -> str:
        await zoho.control("pace", {"pace": "manual"})
        for _ in range(times - 1):
            await zoho.send("POST", f"/{module}/actions/mass_update", body)
        return code_of(await zoho.send("POST", f"/{module}/actions/mass_update", body))

    return recipe


def on(record: str) -> Recipe:
    return mass({"data": [{"No_of_Employees": 1}], "ids": [record]})


def mapping(**given: object) -> dict[str, Any]:
    return {"field_mappings": [*columns("Last_Name"), given]}


GOOD = {"feature": "bulk-write", "X-CRM-ORG": ZGID}
VIEW = {"data": [{"Rating": "Active"}], "cvid": "4150868000000017001"}
BY_ID = {"operation": "update", "find_by": "id"}
DETAILS = "/crm/bulk/v2/write/4150868000005350003"
RIGHT = {"kind": "error", "code": "AUTHORIZATION_FAILED", "status": 400, "route": "org"}
RECIPES: dict[tuple[str, str], Recipe] = {
    ("auth", "invalid_code"): token({"refresh_token": "1000.x.y"}),
    ("auth", "invalid_client"): token({"client_id": "x"}),
    ("auth", "invalid_client_secret"): token({"client_secret": "x"}),
    ("auth", "general_error"): token({}, faults={"kind": "error", "code": "general_error", "route": "token"}),
    ("auth", "Access Denied"): token({}, times=11),
    ("auth", "AUTHENTICATION_FAILURE"): authorized(""),
    ("auth", "INVALID_TOKEN"): authorized("Bearer 1000.x.y"),
    ("auth", "OAUTH_SCOPE_MISMATCH"): authorized(f"Bearer {scopeless_token()}", DETAILS),
    ("auth", "NO_PERMISSION"): mass({"data": [{"Rating": "Active"}], "cvid": "4150868000000017005"}),
    ("auth", "AUTHORIZATION_FAILED"): call("GET", "/org", faults=RIGHT),
    ("api", "INVALID_URL_PATTERN"): call("GET", "/nope/nope/nope"),
    ("api", "INVALID_REQUEST_METHOD"): call("PATCH", "/org"),
    ("api", "INTERNAL_ERROR"): call("GET", "/org", faults="500@org"),
    ("api", "BAD_GATEWAY"): call("GET", "/org", faults="502@org"),
    ("api", "SERVICE_UNAVAILABLE"): call("GET", "/org", faults="503@org"),
    ("api", "TOO_MANY_REQUESTS"): call("GET", "/org", faults="429@org"),
    ("api", "REQUIRED_PARAM_MISSING"): call("GET", "/settings/fields"),
    ("api", "INVALID_MODULE"): call("GET", "/settings/fields?module=Nope"),
    ("api", "INVALID_DATA"): call("POST", "/Leads", {"data": [{"Last_Name": 5}]}),
    ("api", "MANDATORY_NOT_FOUND"): call("POST", "/Leads", {"data": [{"Company": "x"}]}),
    ("api", "DUPLICATE_DATA"): call(
        "POST", "/Contacts", {"data": [{"Last_Name": "x", "Email": "ada.berg@example.com"}]}
    ),
    ("api", "LIMIT_EXCEEDED"): call("DELETE", f"/Leads?ids={','.join('1' * 101)}"),
    ("api", "INVALID_QUERY"): call("GET", "/Leads/search?criteria=(Nope:equals:x)"),
    ("api", "NOT_FOUND"): call("GET", "/Leads/actions/mass_update?job_id=7"),
    ("upload", "INVALID_FILE_FORMAT"): upload(GOOD, b"no zip"),
    ("upload", "NOT_SUPPORTED_FEATURE"): upload(GOOD | {"feature": "x"}),
    ("upload", "MANDATORY_NOT_FOUND"): upload({"feature": "bulk-write"}),
    ("upload", "INVALID_DATA"): upload(GOOD | {"X-CRM-ORG": "1"}),
    ("upload", "FILE_TOO_LARGE"): upload(GOOD, bytes(25 * 1024 * 1024 + 1)),
    ("job", "MANDATORY_FIELDS_NOT_MAPPED"): job({}, {"field_mappings": columns("Company")}),
    ("job", "INVALID_CALLBACK_URL"): job({"callback": {"url": "http://a.example.com", "method": "post"}}, {}),
    ("job", "INVALID_CALLBACK_METHOD"): job({"callback": {"url": "http://a.example.com/x", "method": "get"}}, {}),
    ("job", "FILE_NOT_SUPPORTED"): job({}, {}, twice=True),
    ("job", "INVALID_FILE_ID"): job({}, {"file_id": "x"}),
    ("job", "INVALID_FILE_FORMAT"): failed(b""),
    ("job", "INVALID_FIELD_NAME"): job({}, mapping(api_name="Last Name", index=0)),
    ("job", "INVALID_DATA"): job({"operation": None}, {}),
    ("job", "MISSING_REQUIRED_KEY"): job({}, {"module": None}),
    ("job", "MANDATORY_NOT_FOUND"): job({"operation": "upsert"}, {}),
    ("job", "INVALID_FORMAT"): job({}, mapping(api_name="Date_3", index=0, format="QQ")),
    ("job", "HEADER_LIMIT_EXCEEDED"): job({}, {"field_mappings": columns("Last_Name") * 201}),
    ("job", "COLUMN_INDEX_NOT_FOUND"): job({}, mapping(api_name="Company", index=1)),
    ("job", "MODULE_NOT_AVAILABLE"): job({}, {"module": {"api_name": "Notes"}}),
    ("job", "RESOURCE_NOT_FOUND"): authorized("Bearer seed-token", "/crm/bulk/v2/write/7"),
    ("row", "MANDATORY_NOT_FOUND"): row("n,c\n,x\n", ("Last_Name", "Company")),
    ("row", "INVALID_DATA"): row("n,e\nA,x\n", ("Last_Name", "Email")),
    ("row", "DUPLICATE_DATA"): row("n,e\nA,a@b.co\nB,a@b.co\n", ("Last_Name", "Email")),
    ("row", "NOT_APPROVED"): row("i,c\n1306462000000496025,x\n", ("id", "Company"), **BY_ID),
    ("row", "BLOCKED_RECORD"): row("i,c\n4150868000005400011,x\n", ("id", "Company"), **BY_ID),
    ("row", "CANNOT_PROCESS"): row("i,c\n4150868000005400005,x\n", ("id", "Company"), **BY_ID),
    ("row", "LIMIT_EXCEEDED"): row("n\nA\n", ("Last_Name",), switches={"record_limit": 1}),
    ("row", "RESOURCE_NOT_FOUND"): row("i,c\n7,x\n", ("id", "Company"), **BY_ID),
    ("mass_update", "INVALID_DATA"): mass({"data": [{"Nope": 1}], "ids": [LEAD]}),
    ("mass_update", "MANDATORY_NOT_FOUND"): mass({"data": [{"Rating": "Active"}]}),
    ("mass_update", "NOT_APPROVED"): on("1306462000000496025"),
    ("mass_update", "RECORD_LOCKED"): on("4150868000005400001"),
    ("mass_update", "MAPPING_MISMATCH"): mass(
        {"data": [{"Pipeline": "Standard (Standard)", "Stage": "Dreaming"}], "ids": ["1"]}, "Deals"
    ),
    ("mass_update", "CONVERTED_RECORD"): on("4150868000005400003"),
    ("mass_update", "CANNOT_PROCESS"): on("4150868000005400005"),
    ("mass_update", "RECORD_IN_BLUEPRINT"): on("4150868000005400007"),
    ("mass_update", "CANNOT_PERFORM_ACTION"): on("4150868000005400009"),
    ("mass_update", "ALREADY_SCHEDULED"): mass(VIEW, times=2),
    ("mass_update", "LIMIT_EXCEEDED"): mass({"data": [{"Rating": "Active"}], "ids": [LEAD] * 501}),
    ("mass_update", "NO_RECORDS_FOUND"): mass(VIEW | {"cvid": "4150868000000017007"}),
    ("mass_update", "INVALID_MODULE"): mass(VIEW, "Notes"),
    ("mass_update", "NOT_FOUND"): call("GET", "/Leads/actions/mass_update?job_id=7"),
}


@pytest.mark.parametrize(("level", "code"), PROVOKABLE)
async def test_what_the_catalogue_calls_provokable_is(zoho: Driver, level: str, code: str) -> None:
    assert await RECIPES[level, code](zoho) == code
    entry = catalogue.lookup(level, code)
    assert entry is not None
    assert (entry.level, entry.code) == (level, code)
