"""The recorded exchanges, and the wire around them."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.driver import Driver
from ztui.sandbox.server import ConnectionBroken
from ztui.sandbox.tokens import scopeless_token

CASES = sorted(
    json.loads((Path(__file__).parents[1] / "data" / "seed_cases.json").read_text("utf-8"))["cases"],
    key=lambda case: case["recorded_at"],
)
FORMS = {
    r"details\.id|.*created_by\.id|.*_By\.id": r"\d{10,}",
    r".*created_by\.name|.*_By\.name": r".*\S.*",
    r"created_time|.*_Time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d",
    r"result\.download_url": r"https?://[^/]+/.*?4150868000005350003\.zip",
}
SAME_HEADERS = ("Server", "Content-Type", "X-Frame-Options", "X-Download-Options", "Referrer-Policy", "Cache-Control")


def differences(want: Any, got: Any, path: str = "") -> list[str]:
    for name, form in FORMS.items():
        if re.fullmatch(name, path):
            return [] if re.fullmatch(form, str(got)) else [f"{path}: {got!r}"]
    if isinstance(want, dict) and isinstance(got, dict):
        if list(want) != list(got):
            return [f"{path}: keys {list(got)}, recorded {list(want)}"]
        return [d for k in want for d in differences(want[k], got[k], f"{path}.{k}".strip("."))]
    if isinstance(want, list) and isinstance(got, list):
        if len(want) != len(got):
            return [f"{path}: {len(got)} entries"]
        return [d for w, g in zip(want, got, strict=True) for d in differences(w, g, path)]
    return [] if want == got and type(want) is type(got) else [f"{path}: {got!r}, recorded {want!r}"]


def authorization(kind: str, scheme: str) -> dict[str, str]:
    tokens = {"valid": "seed-token", "wrong-scope": scopeless_token()}
    return {"Authorization": f"{scheme} {tokens[kind]}"} if kind in tokens else {"Authorization": ""}


async def replay(zoho: Driver, case: dict[str, Any], scheme: str) -> httpx.Response:
    text = json.dumps(case["request_body"])
    for old, new in case["substitute"].items():
        text = text.replace(old, new)
    content = None if case["request_body"] is None else text
    headers = authorization(case["token"], scheme)
    return await zoho.http.request(case["method"], case["path"], content=content, headers=headers)


@pytest.mark.parametrize("scheme", ["Bearer", "Zoho-oauthtoken"])
async def test_every_recorded_exchange_in_order(recorded: Driver, scheme: str) -> None:
    assert len(CASES) == 30
    for case in CASES:
        answer = await replay(recorded, case, scheme)
        assert answer.status_code == case["expected_status"], case["id"]
        assert differences(case["expected_body"], answer.json()) == [], case["id"]
        wanted = case["expected_headers"]
        for name in SAME_HEADERS:
            assert answer.headers.get(name) == wanted.get(name), (case["id"], name)
        for name in ("X-ACCESSTOKEN-RESET", "Content-Length"):
            assert (name in answer.headers) == (name in wanted), (case["id"], name)


@pytest.mark.parametrize(
    ("path", "length"),
    [("/crm/bulk/v2/writ/1", 131), ("/crm/bulk/v2/write/1", 98)],
)
async def test_gateway_errors_end_with_a_newline(recorded: Driver, path: str, length: int) -> None:
    answer = await recorded.http.get(path, headers={"Authorization": ""})
    assert answer.content.endswith(b"}\n")
    assert len(answer.content) == int(answer.headers["Content-Length"]) == length


async def test_the_bulk_service_zips_when_the_client_takes_it(recorded: Driver) -> None:
    request = recorded.http.build_request("GET", "/crm/bulk/v2/write/4150868000005350003")
    request.headers["Accept-Encoding"] = "gzip"
    async with recorded.http.stream("GET", request.url, headers=request.headers) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers["Content-Encoding"] == "gzip"
    assert json.loads(gzip.decompress(raw))["status"] == "COMPLETED"
    plain = await recorded.http.get("/crm/bulk/v2/write/4150868000005350003", headers={"Accept-Encoding": "identity"})
    assert "Content-Encoding" not in plain.headers


async def test_a_foreign_host_is_refused_from_v2_1_on(recorded: Driver) -> None:
    for version, status in (("v2", 200), ("v2.1", 400), ("v8", 400)):
        answer = await recorded.http.get(f"/crm/{version}/org", headers={"Host": "crm.example.com"})
        assert answer.status_code == status
    assert answer.json()["code"] == "INVALID_HOST"
    good = await recorded.http.get("/crm/v8/org", headers={"Host": "www.zohoapis.com.au"})
    assert good.status_code == 200


async def test_an_unknown_version_is_a_wrong_url(recorded: Driver) -> None:
    answer = await recorded.http.get("/crm/v9/org")
    assert (answer.status_code, answer.json()["code"]) == (404, "INVALID_URL_PATTERN")


async def test_a_reset_breaks_the_call(recorded: Driver) -> None:
    await recorded.control("faults", {"kind": "reset_before", "route": "org"})
    with pytest.raises(ConnectionBroken):
        await recorded.get("/org")
    assert (await recorded.get("/org")).status_code == 200
