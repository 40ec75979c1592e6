"""The organisation, users, views and costs, and answers that are empty."""

import httpx
import pytest

from tests.zoho.support import profile, reply, serving
from ztui.errors import ApiError
from ztui.model.crm import CustomView, User

MODULES = {
    "modules": [
        {
            "api_name": "Leads",
            "singular_label": "Lead",
            "plural_label": "Leads",
            "id": "1",
            "generated_type": "default",
        },
        {
            "api_name": "Cars",
            "module_name": "CustomModule1",
            "generated_type": "custom",
            "creatable": False,
            "status": "user_hidden",
        },
        {"singular_label": "no name"},
        "nonsense",
    ]
}
YES = {"web_create": True, "web_update": True, "api_create": True, "api_update": True}
NO = dict.fromkeys(YES, False)


async def test_an_empty_answer_gives_an_empty_list() -> None:
    async with serving(httpx.Response(204)).client() as client:
        assert await client.modules() == ()
        assert await client.users() == ()
        assert await client.custom_views("Leads") == ()
        assert [f.api_name for f in await client.fields("Leads")] == ["id"]
        assert await client.layouts("Leads") == ()


async def test_the_organisation() -> None:
    body = {
        "org": [
            {
                "id": 9,
                "zgid": "694902309",
                "company_name": "Acme",
                "domain_name": "org694902309",
                "type": "production",
                "time_zone": "Asia/Kolkata",
                "iso_code": "USD",
                "license_details": {"paid_type": "free", "users_license_purchased": 3},
            }
        ]
    }
    async with serving(reply(body)).client() as client:
        org = await client.org()
        assert client.credits.limit == 5000
    assert (org.id, org.zgid, org.company_name, org.environment, org.edition) == (
        "9",
        "694902309",
        "Acme",
        "production",
        "free",
    )


@pytest.mark.parametrize("answer", [httpx.Response(204), reply({}), reply({"org": []}), reply({"org": "x"})])
async def test_no_organisation_is_an_error(answer: httpx.Response) -> None:
    async with serving(answer).client() as client:
        with pytest.raises(ApiError, match="ANSWER_GARBLED"):
            await client.org()


async def test_users_come_page_after_page() -> None:
    pages = [
        reply(
            {
                "users": [
                    {
                        "id": "1",
                        "full_name": "Ada",
                        "email": "a@b.c",
                        "status": "active",
                        "role": {"name": "CEO"},
                        "profile": {"name": "Admin"},
                    }
                ],
                "info": {"more_records": True},
            }
        ),
        reply(
            {
                "users": [{"id": "2", "first_name": "Bob", "last_name": "B", "status": "inactive"}],
                "info": {"more_records": False},
            }
        ),
    ]
    server = serving(*pages)
    async with server.client() as client:
        users = await client.users("AllUsers")
    assert users == (User("1", "Ada", "a@b.c", True, "Admin", "CEO"), User("2", "Bob B", "", False))
    assert [dict(r.url.params) for r in server.requests] == [
        {"type": "AllUsers", "page": str(page), "per_page": "200"} for page in (1, 2)
    ]


async def test_custom_views() -> None:
    body = {
        "custom_views": [
            {"id": "5", "name": "all", "display_value": "All Leads", "system_defined": True, "category": "public_views"}
        ]
    }
    async with serving(reply(body)).client() as client:
        assert await client.custom_views("Leads") == (CustomView("5", "All Leads", True, "public_views"),)


async def test_what_calls_cost() -> None:
    body = {
        "__apis": [
            {
                "path": "/crm/bulk/v8/write",
                "operation_types": [{"method": "POST", "min_credits": 500, "max_credits": 500}],
            }
        ]
    }
    async with serving(reply(body)).client(profile(version="v8")) as client:
        (cost,) = await client.apis()
    assert (cost.path, cost.method, cost.least, cost.most) == ("/crm/bulk/v8/write", "POST", 500, 500)
