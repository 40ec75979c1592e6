"""Mass update: refusals of single records and of the whole call, scheduled jobs, and every version's statuses."""

import httpx
import pytest

from tests.zoho.support import profile, refusal, reply, serving
from ztui.errors import ApiError, SignInError, Throttled
from ztui.model.mass_update import MassJobState, MassUpdateRequest
from ztui.zoho import wire

DONE = {"code": "SUCCESS", "details": {"id": "1"}, "message": "record updated", "status": "success"}
LOCKED = {
    "code": "RECORD_LOCKED",
    "details": {"id": "2", "action": "record_locking"},
    "message": "locked",
    "status": "error",
}
BY_IDS = MassUpdateRequest("Leads", (("Company", "Acme"),), ("1", "2"), over_write=True)
BY_VIEW = MassUpdateRequest("Leads", (("Company", "Acme"),), cvid="554")


async def test_records_are_named_and_the_body_is_zohos() -> None:
    server = serving(reply({"data": [DONE, LOCKED]}, 207))
    async with server.client(profile(version="v8")) as client:
        answer = await client.mass_update(BY_IDS)
    assert [(r.record_id, r.ok, r.code) for r in answer.results] == [
        ("1", True, "SUCCESS"),
        ("2", False, "RECORD_LOCKED"),
    ]
    assert dict(answer.results[1].details)["action"] == "record_locking"
    assert server.sent() == {"data": [{"Company": "Acme"}], "over_write": True, "ids": ["1", "2"]}
    assert server.paths == ["/crm/v8/Leads/actions/mass_update"]


@pytest.mark.parametrize("status", [200, 400])
async def test_all_records_may_be_refused(status: int) -> None:
    async with serving(reply({"data": [{**LOCKED, "details": {}}] * 2}, status)).client() as client:
        answer = await client.mass_update(BY_IDS)
    assert [(r.record_id, r.ok) for r in answer.results] == [("1", False), ("2", False)]


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("status", [200, 202, 400])
@pytest.mark.parametrize(
    ("code", "message"),
    [("INVALID_DATA", "No field found"), ("ALREADY_SCHEDULED", "Already running"), ("NO_RECORDS_FOUND", "none")],
)
async def test_the_whole_call_may_be_refused_in_any_envelope(
    wrapped: bool, status: int, code: str, message: str
) -> None:
    one = {"code": code, "details": {"api_name": "X"}, "message": message, "status": "error"}
    async with serving(reply({"data": [one]} if wrapped else one, status)).client() as client:
        (result,) = (await client.mass_update(BY_VIEW)).results
    assert (result.record_id, result.ok, result.code, result.message) == ("", False, code, message)
    assert dict(result.details)["api_name"] == "X"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal("NO_PERMISSION", 403), ApiError),
        (refusal("OAUTH_SCOPE_MISMATCH", 401), SignInError),
        (refusal("TOO_MANY_REQUESTS", 429), Throttled),
        (refusal("BRAND_NEW", 400), ApiError),
        (reply(b"", 404), ApiError),
    ],
)
async def test_what_is_not_mass_updates_own_is_raised(answer: httpx.Response, kind: type[Exception]) -> None:
    async with serving(answer).client() as client:
        with pytest.raises(kind):
            await client.mass_update(BY_IDS)


async def test_a_view_is_scheduled() -> None:
    one = {
        "code": "SUCCESS",
        "details": {"job_id": "77"},
        "message": "mass update scheduled successfully",
        "status": "success",
    }
    server = serving(reply({"data": [one]}))
    async with server.client() as client:
        answer = await client.mass_update(BY_VIEW)
    assert answer.job_id == "77"
    assert answer.results[0].ok
    assert server.sent() == {"data": [{"Company": "Acme"}], "over_write": False, "cvid": "554"}


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("SCHEDULED", MassJobState.SCHEDULED),
        ("running", MassJobState.RUNNING),
        ("SUSPENDED", MassJobState.SUSPENDED),
        ("ODD", MassJobState.UNKNOWN),
        (None, MassJobState.UNKNOWN),
    ],
)
async def test_the_status_of_a_scheduled_one(word: str | None, state: MassJobState) -> None:
    one = {"Status": word, "Failed_Count": 1, "Updated_Count": "2", "Not_Updated_Count": 47, "Total_Count": 50}
    server = serving(reply({"data": [one]}))
    async with server.client() as client:
        status = await client.mass_update_status("Leads", "77")
    assert (status.job_id, status.state, status.raw_state) == ("77", state, word or "")
    assert (status.failed, status.updated, status.not_updated, status.total) == (1, 2, 47, 50)
    assert server.requests[0].url.params["job_id"] == "77"


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(404),
        httpx.Response(204),
        reply({}),
        refusal("INVALID_DATA", 400, "The jobid given seems to be invalid", {"param_name": "job_id"}),
    ],
)
async def test_an_unknown_scheduled_one_is_told_in_every_version(answer: httpx.Response) -> None:
    async with serving(answer).client() as client:
        with pytest.raises(ApiError) as caught:
            await client.mass_update_status("Leads", "77")
    assert (caught.value.level, wire.kind_of(caught.value)) == ("mass_update", "not_found")
