"""Every recorded exchange: the client sends what was sent, and makes of the answer what it means."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.zoho.support import profile, reply, serving
from ztui import catalogue
from ztui.errors import ApiError, SignInError, ZohoError
from ztui.model.crm import Operation
from ztui.model.job import Counts, JobState
from ztui.model.mass_update import MassUpdateAnswer, MassUpdateRequest
from ztui.model.part import SentColumn
from ztui.zoho.bulk_write import BulkWrite
from ztui.zoho.client import ZohoClient

CASES: list[dict[str, Any]] = json.loads((Path(__file__).parent.parent / "data" / "seed_cases.json").read_text())[
    "cases"
]
BY_ID = {case["id"]: case for case in CASES}


def answer(case: dict[str, Any]) -> httpx.Response:
    return reply(case["expected_body"], case["expected_status"])


def version(case: dict[str, Any]) -> str:
    return "v2.1" if "/v2.1/" in case["path"] else "v2"


def job_of(body: dict[str, Any]) -> BulkWrite:
    resource = body["resource"][0]
    module = resource.get("module", "Leads")
    return BulkWrite(
        operation=Operation(body.get("operation", "insert")),
        module=module if isinstance(module, str) else module["api_name"],
        file_id=resource.get("file_id", ""),
        columns=tuple(SentColumn(m["api_name"], m.get("format")) for m in resource["field_mappings"]),
        ignore_empty=body["ignore_empty"],
        callback_url=body.get("callback", {}).get("url"),
        character_encoding=None,
    )


def mass_update_of(body: dict[str, Any]) -> MassUpdateRequest:
    ids = tuple(body.get("ids", ()))
    return MassUpdateRequest("Leads", tuple(body["data"][0].items()), ids, over_write=body["over_write"])


async def ask(client: ZohoClient, case: dict[str, Any]) -> object:
    kind = case["id"].split("-")[0]
    if kind == "create":
        return await client.create_job(job_of(case["request_body"]))
    if kind == "details":
        return await client.job(case["path"].rsplit("/", 1)[1])
    return await client.mass_update(mass_update_of(case["request_body"]))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
async def test_a_recorded_answer_gives_the_right_result_or_error(case: dict[str, Any]) -> None:
    server = serving(answer(case))
    body = case["expected_body"]
    refused = body["data"][0] if isinstance(body.get("data"), list) else body
    async with server.client(profile(version=version(case))) as client:
        if refused.get("status") != "error":
            assert await ask(client, case) is not None
            return
        try:
            result = await ask(client, case)
        except ZohoError as error:
            code, level, message, details = error.code, error.level, error.message, error.details
            status = error.http_status
        else:
            assert isinstance(result, MassUpdateAnswer)
            (only,) = result.results
            assert not only.ok
            code, level, message, details = only.code, "mass_update", only.message, dict(only.details)
            status = case["expected_status"]
    assert status == case["expected_status"]
    assert code == refused["code"]
    assert message == refused["message"]
    assert refused["details"].items() <= details.items()
    entry = catalogue.lookup(level, code)
    assert entry is not None
    assert entry.explain(details, message).remedy
    assert len(server.requests) == 1


def makeable(case: dict[str, Any]) -> bool:
    """False for requests that the client never makes: those without a key that it always sends."""
    body = case["request_body"]
    keys = set(body) | set(body.get("resource", [{}])[0])
    return {"operation", "resource", "module", "file_id"} <= keys


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["id"].startswith("create") and makeable(c)], ids=lambda c: c["id"]
)
async def test_a_job_is_sent_as_recorded(case: dict[str, Any]) -> None:
    body = json.loads(json.dumps(case["request_body"]))
    server = serving(answer(BY_ID["create-v2/SUCCESS RESPONSE"]))
    async with server.client(profile(version=version(case))) as client:
        await client.create_job(job_of(body))
    module = body["resource"][0]["module"]
    if isinstance(module, dict):
        module.pop("id")
    assert server.sent() == body
    request = server.requests[0]
    assert (request.method, request.url.path) == (case["method"], case["path"])
    assert request.headers["authorization"] == "Zoho-oauthtoken 1000.aa.plain"
    assert request.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("case", "kind"),
    [
        ("details-v2.1/AUTHENTICATION_FAILURE", SignInError),
        ("details-v2.1/OAUTH_SCOPE_MISMATCH", SignInError),
        ("details-v2/INVALID_URL_PATTERN", ApiError),
        ("create-v2.1/INVALID_FIELD_NAME", ApiError),
        ("details-v2/RESOURCE_NOT_FOUND", ApiError),
    ],
)
async def test_the_class_of_an_error_says_whether_credentials_are_to_blame(case: str, kind: type[ZohoError]) -> None:
    async with serving(answer(BY_ID[case])).client() as client:
        with pytest.raises(kind) as caught:
            await ask(client, BY_ID[case])
    assert type(caught.value) is kind


async def test_a_missing_scope_is_named() -> None:
    case = BY_ID["details-v2.1/OAUTH_SCOPE_MISMATCH"]
    async with serving(answer(case)).client() as client:
        with pytest.raises(SignInError) as caught:
            await ask(client, case)
    assert caught.value.details["scope"] == "ZohoCRM.bulk.ALL"


async def test_the_recorded_running_job() -> None:
    case = BY_ID["details-v2/SUCCESS RESPONSE"]
    async with serving(answer(case)).client(profile(version="v2")) as client:
        job = await client.job("4150868000005392002")
    assert (job.state, job.raw_state, job.code) == (JobState.INPROGRESS, "INPROGRESS", "INPROGRESS")
    assert job.counts == Counts()
    assert job.download_url is None
    assert (job.module, job.operation, job.job_id) == ("Leads", "insert", "4150868000005392002")


async def test_the_recorded_finished_job() -> None:
    case = BY_ID["details-v2.1/SUCCESS RESPONSE"]
    async with serving(answer(case)).client() as client:
        job = await client.job("4150868000005350003")
    assert job.state is JobState.COMPLETED
    assert job.counts == Counts(9, 0, 2, 11)
    assert job.file_name == "Fil2.csv"
    assert job.download_url is not None
    assert job.download_url.startswith("https://download-accl.zoho.com/v2/crm/694902309/bulk-write/")
    assert job.module == "Leads"


async def test_the_recorded_mass_update() -> None:
    case = BY_ID["mass-update-v2/SUCCESS RESPONSE"]
    server = serving(answer(case))
    async with server.client(profile(version="v2")) as client:
        result = await client.mass_update(mass_update_of(case["request_body"]))
    assert result.job_id is None
    assert all(r.ok and r.code == "SUCCESS" and r.message == "record updated" for r in result.results)
    assert [r.record_id for r in result.results] == [d["details"]["id"] for d in case["expected_body"]["data"]]
    assert server.sent() == case["request_body"]


async def test_the_recorded_lock_keeps_its_action() -> None:
    case = BY_ID["mass-update-v2/RECORD_LOCKED"]
    async with serving(answer(case)).client(profile(version="v2")) as client:
        result = await client.mass_update(mass_update_of(case["request_body"]))
    (locked,) = result.results
    assert dict(locked.details)["action"] == "zia_vision_processing"
    assert locked.record_id == "475243000003269880"
