"""The org, its users, the list of APIs."""

from __future__ import annotations

from tests.sandbox.driver import Driver
from ztui.sandbox.org import ZGID


async def test_org(zoho: Driver) -> None:
    (org,) = (await zoho.get("/org")).json()["org"]
    assert (org["zgid"], org["domain_name"]) == (ZGID, f"org{ZGID}")
    assert "type" not in org
    zoho.version = "v7"
    assert (await zoho.get("/org")).json()["org"][0]["type"] == "sandbox"


async def test_users(zoho: Driver) -> None:
    every = (await zoho.get("/users")).json()
    assert {u["status"] for u in every["users"]} == {"active", "inactive"}
    active = (await zoho.get("/users", type="ActiveUsers", per_page="2", page="2")).json()
    assert [u["full_name"] for u in active["users"]] == ["Asha Nair"]
    assert active["info"] == {"per_page": 2, "count": 1, "page": 2, "more_records": False}
    assert (await zoho.get("/users", page="9")).status_code == 204
    assert (await zoho.get("/users", page="x")).json()["code"] == "PATTERN_NOT_MATCHED"
    (me,) = (await zoho.get("/users", type="CurrentUser")).json()["users"]
    assert (await zoho.get(f"/users/{me['id']}")).json()["users"] == [me]
    assert (await zoho.get("/users/1")).status_code == 204


async def test_apis_tell_their_cost(zoho: Driver) -> None:
    listed = (await zoho.get("/__apis")).json()["__apis"]
    (create,) = [a for a in listed if a["path"] == "/crm/bulk/v2.1/write"]
    assert create["operation_types"][0]["max_credits"] == 500
