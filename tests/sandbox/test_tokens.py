"""OAuth: grants, refresh, errors with HTTP 200, throttle, expiry, scopes."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import BASE, Driver
from ztui.sandbox.tokens import CLIENT_ID, CLIENT_SECRET, GRANT_CODE, REFRESH_TOKEN, covers, scopeless_token

CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
REFRESH = {"grant_type": "refresh_token", "refresh_token": REFRESH_TOKEN, **CLIENT}


@pytest.mark.parametrize("how", ["form", "query", "json"])
async def test_a_refresh_gives_a_working_token(zoho: Driver, how: str) -> None:
    given = {"form": {"data": REFRESH}, "query": {"params": REFRESH}, "json": {"json": REFRESH}}[how]
    answer = await zoho.http.post("/oauth/v2/token", headers={"Authorization": ""}, **given)  # type: ignore[arg-type]
    body = answer.json()
    assert list(body) == ["access_token", "scope", "api_domain", "token_type", "expires_in"]
    assert (body["api_domain"], body["token_type"], body["expires_in"]) == (BASE, "Bearer", 3600)
    zoho.http.headers["Authorization"] = f"zoho-OAUTHTOKEN {body['access_token']}"
    assert (await zoho.get("/org")).status_code == 200
    await zoho.control("clock", {"advance": 3601})
    late = await zoho.get("/org")
    assert (late.status_code, late.json()["code"]) == (401, "INVALID_TOKEN")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"refresh_token": "1000.x.y"}, "invalid_code"),
        ({"client_id": "1000.NO"}, "invalid_client"),
        ({"client_secret": "no"}, "invalid_client_secret"),
        ({"grant_type": "authorization_code", "code": "1000.x.y"}, "invalid_code"),
        ({"grant_type": ""}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_errors_come_with_200(zoho: Driver, change: dict[str, str], error: str) -> None:
    answer = await zoho.http.post("/oauth/v2/token", data=REFRESH | change)
    assert (answer.status_code, answer.json()) == (200, {"error": error})


async def test_a_grant_code_works_once(zoho: Driver) -> None:
    code = (await zoho.control("grant", {}))["code"]
    fields = {"grant_type": "authorization_code", "code": code, **CLIENT}
    first = (await zoho.http.post("/oauth/v2/token", data=fields)).json()
    assert {"access_token", "refresh_token"} <= set(first)
    assert (await zoho.http.post("/oauth/v2/token", data=fields)).json() == {"error": "invalid_code"}
    late = (await zoho.control("grant", {}))["code"]
    await zoho.control("clock", {"advance": 200})
    assert (await zoho.http.post("/oauth/v2/token", data=fields | {"code": late})).json() == {"error": "invalid_code"}
    again = REFRESH | {"refresh_token": first["refresh_token"]}
    assert "access_token" in (await zoho.http.post("/oauth/v2/token", data=again)).json()


async def test_the_standing_grant_code_is_there_once(zoho: Driver) -> None:
    fields = {"grant_type": "authorization_code", "code": GRANT_CODE, **CLIENT}
    assert "refresh_token" in (await zoho.http.post("/oauth/v2/token", data=fields)).json()
    assert (await zoho.http.post("/oauth/v2/token", data=fields)).json() == {"error": "invalid_code"}


async def test_ten_tokens_in_ten_minutes(zoho: Driver) -> None:
    for _ in range(10):
        assert "access_token" in (await zoho.http.post("/oauth/v2/token", data=REFRESH)).json()
    refused = await zoho.http.post("/oauth/v2/token", data=REFRESH)
    assert (refused.status_code, refused.json()["error"]) == (400, "Access Denied")
    await zoho.control("clock", {"advance": 601})
    assert "access_token" in (await zoho.http.post("/oauth/v2/token", data=REFRESH)).json()


async def test_a_revoked_refresh_token_takes_its_tokens_along(zoho: Driver) -> None:
    token = (await zoho.http.post("/oauth/v2/token", data=REFRESH)).json()["access_token"]
    revoked = await zoho.http.post("/oauth/v2/token/revoke", params={"token": REFRESH_TOKEN})
    assert revoked.json() == {"status": "success"}
    assert (await zoho.get("/org")).status_code == 200
    zoho.http.headers["Authorization"] = f"Bearer {token}"
    assert (await zoho.get("/org")).json()["code"] == "INVALID_TOKEN"
    nothing = await zoho.http.post("/oauth/v2/token/revoke")
    assert (nothing.status_code, nothing.json()) == (400, {"error": "invalid_code"})


@pytest.mark.parametrize("header", ["", "Bearer", "Basic eDp5", "seed-token", "Zoho-oauthtoken "])
async def test_unusable_headers(zoho: Driver, header: str) -> None:
    answer = await zoho.http.get("/crm/v2/org", headers={"Authorization": header})
    assert (answer.status_code, answer.json()["code"]) == (401, "AUTHENTICATION_FAILURE")


async def test_the_token_without_the_bulk_scope(zoho: Driver) -> None:
    zoho.http.headers["Authorization"] = f"Bearer {scopeless_token()}"
    assert (await zoho.get("/org")).status_code == 200
    assert (await zoho.details("4150868000005350003"))["code"] == "OAUTH_SCOPE_MISMATCH"


@pytest.mark.parametrize(
    ("held", "wanted", "answer"),
    [
        ("ZohoCRM.modules.ALL", "ZohoCRM.modules.Leads.CREATE", True),
        ("zohocrm.modules.leads.all", "ZohoCRM.modules.Leads.CREATE", True),
        ("ZohoCRM.modules.contacts.ALL", "ZohoCRM.modules.Leads.CREATE", False),
        ("ZohoCRM.modules.leads.READ", "ZohoCRM.modules.Leads.CREATE", False),
        ("ZohoFiles.files.ALL ZohoCRM.bulk.READ", "ZohoCRM.bulk.READ", True),
        ("", "ZohoCRM.bulk.READ", False),
    ],
)
def test_covers(held: str, wanted: str, answer: bool) -> None:
    assert covers(held, (wanted,)) is answer
