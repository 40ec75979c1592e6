"""Seeded nonsense against every route: never a 500 of the sandbox's own, never silence, always a proper answer."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import httpx
import pytest

from tests.sandbox.driver import Driver, zip_of
from ztui.sandbox.org import ZGID

SEEDS = range(6)
REQUESTS = 300
PATHS = [
    "/crm/bulk/{v}/write", "/crm/bulk/{v}/write/{id}", "/crm/{v}/upload", "/crm/{v}/{m}", "/crm/{v}/{m}/{id}",
    "/crm/{v}/{m}/search", "/crm/{v}/{m}/upsert", "/crm/{v}/{m}/actions/count", "/crm/{v}/{m}/actions/mass_update",
    "/crm/{v}/{m}/actions/mass_delete", "/crm/{v}/coql", "/crm/{v}/settings/modules", "/crm/{v}/settings/fields",
    "/crm/{v}/settings/layouts", "/crm/{v}/settings/custom_views", "/crm/{v}/settings/pipeline", "/crm/{v}/users",
    "/crm/{v}/users/{id}", "/crm/{v}/org", "/crm/{v}/__apis", "/oauth/v2/token", "/oauth/v2/token/revoke",
    "/v2/crm/694902309/bulk-write/{id}/{id}.zip", "/_sandbox/faults", "/_sandbox/clock", "/_sandbox/pace", "/{junk}",
]  # fmt: skip
METHODS = ["GET", "GET", "POST", "POST", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "COPY"]
VERSIONS = ["v2", "v2.1", "v3", "v7", "v8", "v9", "v0.1", "vv"]
MODULES = ["Leads", "Leads", "Contacts", "Deals", "Events", "Nope", "leads", "Le%20ads", "_x"]
IDS = ["4150868000005350003", "4150868000005392002", "738964000002131001", "0", "-1", "9" * 40, "abc", "%00", "1e5"]
FIELDS = [
    "Last_Name",
    "Email",
    "Owner",
    "Layout",
    "Date_3",
    "Interests",
    "id",
    "No_of_Employees",
    "Tag",
    "Nope",
    "",
    "$x",
]


def junk_text(chance: random.Random) -> str:
    pool = ["", "x", "Ωmega", "\x00", "a\nb", "'", '"', "(", ")", "%", "../..", "\u202e", "null", "9" * 400, "1e999"]
    return "".join(chance.choice(pool) for _ in range(chance.randrange(1, 4)))


def junk(chance: random.Random, depth: int = 0) -> Any:
    kind = chance.randrange(9 if depth < 3 else 6)
    if kind == 0:
        return chance.choice([None, True, False])
    if kind == 1:
        return chance.choice([0, -1, 1, 10**30, 2.5, -(2**63), 1e308])
    if kind in (2, 3):
        return junk_text(chance)
    if kind == 4:
        return chance.choice(IDS)
    if kind == 5:
        return chance.choice(FIELDS)
    if kind == 6:
        return [junk(chance, depth + 1) for _ in range(chance.randrange(4))]
    return {
        chance.choice([*FIELDS, "id", "value", "name"]): junk(chance, depth + 1) for _ in range(chance.randrange(4))
    }


def damaged(chance: random.Random, value: Any) -> Any:
    """The value with something in it replaced by junk or left out."""
    if chance.random() < 0.25 or not isinstance(value, (dict, list)) or not value:
        return junk(chance)
    if isinstance(value, dict):
        key = chance.choice(list(value))
        if chance.random() < 0.2:
            return {k: v for k, v in value.items() if k != key}
        return {k: damaged(chance, v) if k == key else v for k, v in value.items()}
    place = chance.randrange(len(value))
    return [damaged(chance, v) if n == place else v for n, v in enumerate(value)]


def sound_body(chance: random.Random, file_id: str) -> Any:
    return chance.choice(
        [
            {
                "operation": chance.choice(["insert", "update", "upsert"]),
                "ignore_empty": True,
                "character_encoding": chance.choice(["UTF-8", "utf-16", "punycode", "no such"]),
                "callback": {"url": "https://www.zoho.com/", "method": "post"},
                "resource": [
                    {
                        "type": "data",
                        "module": chance.choice(["Leads", {"api_name": "Leads", "id": 4150868000000002175}]),
                        "file_id": file_id,
                        "find_by": chance.choice(["Email", "id", None]),
                        "file_names": ["part.csv"],
                        "field_mappings": [
                            {"api_name": "Last_Name", "index": 0},
                            {"api_name": "Email", "index": 1, "default_value": {"value": "a@b.co"}},
                            {"api_name": "Date_3", "index": 2, "format": "yyyy-MM-dd"},
                        ],
                    }
                ],
            },
            {"data": [{"Last_Name": "X", "Email": "q@r.st", "id": IDS[2]}], "duplicate_check_fields": ["Email"]},
            {"data": [{"No_of_Employees": 5}], "ids": ["738964000002131001"], "over_write": True},
            {"data": [{"Interests": ["a"]}], "cvid": "4150868000000017001"},
            {"select_query": "select Last_Name, Owner.id from Leads where (Email = 'x' and id is not null) limit 5"},
            {"advance": 5}, {"pace": "poll"}, {"kind": "latency", "seconds": 0},
        ]
    )  # fmt: skip


def request_of(chance: random.Random, file_id: str) -> dict[str, Any]:
    path = chance.choice(PATHS).format(
        v=chance.choice(VERSIONS),
        m=chance.choice(MODULES),
        id=chance.choice(IDS),
        junk=chance.choice(["", "crm", "%2e%2e"]),
    )
    body = sound_body(chance, file_id)
    if chance.random() < 0.8:
        body = damaged(chance, body)
    content = json.dumps(body).encode()
    if chance.random() < 0.1:
        content = chance.choice(
            [b"", b"{", b"[" * 5000, b"\xff\xfe", b'{"a":"\\ud800"}', b"NaN", b"null", content[: len(content) // 2]]
        )
    words = [
        "criteria",
        "fields",
        "ids",
        "page",
        "per_page",
        "module",
        "type",
        "cvid",
        "email",
        "word",
        "job_id",
        "status",
    ]
    texts = [junk_text(chance), "Leads", "((Last_Name:equals:x)and(Email:in:a,b))", "(" * 200, "5", "Last_Name"]
    params = {chance.choice(words): chance.choice(texts) for _ in range(chance.randrange(3))}
    headers = {"X-CRM-ORG": ZGID, "feature": "bulk-write"} if chance.random() < 0.8 else {}
    headers["Accept-Encoding"] = chance.choice(["gzip", "identity"])
    if chance.random() < 0.1:
        headers["Authorization"] = chance.choice(["", "Bearer", "Bearer x", "Basic eDp5", "bearer seed-token"])
    if chance.random() < 0.3:
        headers["Content-Type"] = chance.choice(
            ["text/plain", "multipart/form-data", "multipart/form-data; boundary=x", "x"]
        )
    return {"method": chance.choice(METHODS), "url": path, "content": content, "params": params, "headers": headers}


def proper(answer: httpx.Response) -> None:
    """Zoho-like: JSON wherever there is a body, an error word in every refusal."""
    if answer.status_code in (204, 404) and not answer.content:
        return
    if answer.request.method == "HEAD" or answer.headers["content-type"].startswith("application/octet-stream"):
        return
    body = answer.json()
    if answer.status_code >= 400:
        entry = body["data"][0] if "data" in body else body
        assert {"code", "error", "ERROR_CODE", "http_status"} & set(entry), body


@pytest.mark.parametrize("seed", SEEDS)
async def test_nonsense_is_answered_properly(zoho: Driver, seed: int) -> None:
    chance = random.Random(seed)
    file_id = await zoho.upload("Last_Name,Email,Date_3\na,b@c.de,2024-01-01\n")
    for number in range(REQUESTS):
        request = request_of(chance, file_id)
        async with asyncio.timeout(5):
            answer = await zoho.http.request(**request)
        assert answer.status_code not in (500, 502), (number, request, answer.text)
        proper(answer)
        if number % 25 == 0:
            await zoho.control("pace", {"pace": chance.choice(["once", "poll"])})
            file_id = await zoho.upload("Last_Name,Email,Date_3\na,b@c.de,2024-01-01\n")


@pytest.mark.parametrize("seed", SEEDS)
async def test_any_bytes_as_csv_end_the_job(zoho: Driver, seed: int) -> None:
    chance = random.Random(1000 + seed)
    pieces = [
        b",",
        b";",
        b"\n",
        b"\r",
        b'"',
        b"\x00",
        b"abc",
        b"\xff\xfe",
        "é€😀".encode(),
        b"2024-01-01",
        b"a@b.co",
        b"9" * 50,
    ]
    kinds = [
        "Last_Name",
        "Email",
        "Owner",
        "Date_3",
        "Interests",
        "No_of_Employees",
        "Website",
        "Phone",
        "Tag",
        "Layout",
    ]
    for _ in range(25):
        content = b"".join(chance.choice(pieces) for _ in range(chance.randrange(1, 200)))
        data = zip_of({"part.csv": b"a,b,c\n" + content})
        if chance.random() < 0.2:
            data = data[: chance.randrange(1, len(data))]
        answer = (await zoho.post_file(data)).json()
        if answer["status"] == "error":
            assert answer["code"] == "INVALID_FILE_FORMAT"
            continue
        names = ["Last_Name", *chance.sample(kinds[1:], 2)]
        mappings = [{"api_name": n, "index": i} for i, n in enumerate(names)]
        resource = zoho.resource(answer["details"]["file_id"], "Leads", mappings)
        body = {"operation": "insert", "resource": [resource]}
        if chance.random() < 0.3:
            body["character_encoding"] = chance.choice(["utf-16", "ascii", "cp037", "shift_jis", "utf-7"])
        created = await zoho.post_job(body)
        assert created.status_code in (201, 400), created.text
        if created.status_code == 201:
            status = await zoho.details(created.json()["details"]["id"])
            assert status["status"] in ("COMPLETED", "FAILED"), status
