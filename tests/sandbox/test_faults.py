"""Faults on purpose: what they do to answers, and that the same seed does the same."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import httpx
import pytest

from tests.sandbox.driver import Driver, columns, result_rows
from ztui.sandbox.archive import BROKEN
from ztui.sandbox.faults import KINDS, Faults, from_table, parse
from ztui.sandbox.server import ConnectionBroken
from ztui.sandbox.tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN

DONE = "/crm/bulk/v2.1/write/4150868000005350003"
ZIP = "/v2/crm/694902309/bulk-write/4150868000005350003/4150868000005350003.zip"


async def struck(zoho: Driver, fault: dict[str, Any], path: str) -> httpx.Response:
    await zoho.control("faults", fault)
    return await zoho.http.get(path)


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ({"kind": "429", "retry_after": 7}, 429, '"retry_after":7'),
        ({"kind": "500"}, 500, "INTERNAL_ERROR"),
        ({"kind": "502"}, 502, "Bad Gateway"),
        ({"kind": "503", "retry_after": 3}, 503, "Unavailable"),
        (
            {"kind": "error", "code": "NO_PERMISSION", "status": 403, "message": "permission denied"},
            403,
            "permission denied",
        ),
        ({"kind": "latency", "seconds": 0}, 200, "COMPLETED"),
        ({"kind": "unknown_status", "word": "RESTING"}, 200, "RESTING"),
    ],
)
async def test_answers_gone_wrong_once(zoho: Driver, fault: dict[str, Any], status: int, word: str) -> None:
    answer = await struck(zoho, fault, DONE)
    assert answer.status_code == status
    assert word in answer.text
    assert (await zoho.http.get(DONE)).json()["status"] == "COMPLETED"


async def test_half_json(zoho: Driver) -> None:
    answer = await struck(zoho, {"kind": "half_json", "route": "details"}, DONE)
    with pytest.raises(json.JSONDecodeError):
        answer.json()


async def test_a_reset_after_the_effect(zoho: Driver) -> None:
    await zoho.control("faults", "reset_after@create")
    resource = zoho.resource(await zoho.upload("n\nA\n"), "Leads", columns("Last_Name"))
    with pytest.raises(ConnectionBroken):
        await zoho.post_job({"operation": "insert", "resource": [resource]})
    again = await zoho.post_job({"operation": "insert", "resource": [resource]})
    assert again.json()["code"] == "FILE_NOT_SUPPORTED"
    assert len((await zoho.control("state", method="GET"))["jobs"]) == 3


async def test_a_reset_before_it_and_a_cut_answer(zoho: Driver) -> None:
    await zoho.control("faults", [{"kind": "reset_before", "route": "create"}, "cut@details"])
    resource = zoho.resource(await zoho.upload("n\nA\n"), "Leads", columns("Last_Name"))
    with pytest.raises(ConnectionBroken):
        await zoho.post_job({"operation": "insert", "resource": [resource]})
    assert (await zoho.post_job({"operation": "insert", "resource": [resource]})).status_code == 201
    with pytest.raises(ConnectionBroken):
        await zoho.http.get(DONE)


async def test_a_token_expires_mid_run(zoho: Driver) -> None:
    fields = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN}
    fields |= {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    token = (await zoho.http.post("/oauth/v2/token", data=fields)).json()["access_token"]
    zoho.http.headers["Authorization"] = f"Zoho-oauthtoken {token}"
    answer = await struck(zoho, {"kind": "expired_token", "route": "details"}, DONE)
    assert (answer.status_code, answer.json()["code"]) == (401, "INVALID_TOKEN")
    fresh = (await zoho.http.post("/oauth/v2/token", data=fields)).json()["access_token"]
    zoho.http.headers["Authorization"] = f"Zoho-oauthtoken {fresh}"
    assert (await zoho.http.get(DONE)).status_code == 200


async def test_downloads(zoho: Driver) -> None:
    sound = (await zoho.http.get(ZIP)).content
    rows = result_rows(sound)
    shuffled = result_rows((await struck(zoho, {"kind": "shuffled_results"}, ZIP)).content)
    assert shuffled != rows
    assert sorted(map(str, shuffled)) == sorted(map(str, rows))
    doubled = result_rows((await struck(zoho, {"kind": "duplicated_results"}, ZIP)).content)
    assert len(doubled) > len(rows)
    assert {str(r) for r in doubled} == {str(r) for r in rows}
    half = (await struck(zoho, {"kind": "truncated_download"}, ZIP)).content
    assert sound.startswith(half)
    assert len(half) < len(sound)
    broken = (await struck(zoho, {"kind": "corrupted_download"}, ZIP)).content
    assert len(broken) == len(sound)
    assert broken != sound
    with pytest.raises((*BROKEN, AssertionError)):
        assert zipfile.ZipFile(io.BytesIO(broken)).testzip() is None
    gone = await struck(zoho, {"kind": "expired_link"}, ZIP)
    assert (gone.status_code, gone.json()["x-info"]) == (403, "Link not valid")


@pytest.mark.parametrize("status", [400, 401])
async def test_the_file_gateways_refusal(zoho: Driver, status: int) -> None:
    await zoho.control("faults", {"kind": "upload_gateway", "status": status})
    assert (await zoho.post_file(b"x")).json()["ERROR_CODE"] == status


async def test_times_after_and_routes(zoho: Driver) -> None:
    await zoho.control("faults", {"kind": "500", "route": "details", "times": 2, "after": 1})
    statuses = [(await zoho.http.get(DONE)).status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]
    assert (await zoho.get("/org")).status_code == 200
    listed = (await zoho.control("faults", method="GET"))["faults"]
    assert (listed[0]["seen"], listed[0]["struck"]) == (4, 2)
    await zoho.control("faults", method="DELETE")
    assert (await zoho.control("faults", method="GET"))["faults"] == []


def test_the_same_seed_strikes_the_same_requests() -> None:
    def pattern(seed: int) -> list[int]:
        faults = Faults(seed, (parse("500@details:times=0,p=0.4"),))
        return [len(faults.strike("details")) for _ in range(60)]

    assert pattern(3) == pattern(3)
    assert pattern(3) != pattern(4)
    assert 5 < sum(pattern(3)) < 50


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_short_form(kind: str) -> None:
    fault = parse(f"{kind}:times=3,after=2,p=0.5")
    assert (fault.kind, fault.times, fault.after, fault.p) == (kind, 3, 2, 0.5)
    shown = {k: v for k, v in fault.shown().items() if k not in ("seen", "struck")}
    assert from_table(shown) == fault


@pytest.mark.parametrize(
    "text", ["nope", "500@nowhere", "500:p=2", "500:times=x", "500:code=5", "latency:seconds", "latency:seconds=-1"]
)
def test_faults_that_make_no_sense(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse(text)


@pytest.mark.parametrize(
    ("fault", "broken"), [("reset_after@details", True), ("cut@details", True), ("half_json@details", False)]
)
async def test_refusals_suffer_like_other_answers(zoho: Driver, fault: str, broken: bool) -> None:
    await zoho.control("faults", fault)
    path = "/crm/bulk/v2.1/write/12345"
    if broken:
        with pytest.raises(ConnectionBroken):
            await zoho.http.get(path)
    else:
        with pytest.raises(json.JSONDecodeError):
            (await zoho.http.get(path)).json()
    assert (await zoho.http.get(path)).json()["code"] == "RESOURCE_NOT_FOUND"
