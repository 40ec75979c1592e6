"""Modules, fields, layouts, views."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.driver import Driver


def named(items: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(i for i in items if i["api_name"] == name)


async def test_modules(zoho: Driver) -> None:
    modules = (await zoho.get("/settings/modules")).json()["modules"]
    assert named(modules, "Leads")["id"] == "4150868000000002175"
    assert named(modules, "Leads")["visible"] is True
    assert named(modules, "Events")["module_name"] == "Meetings"
    assert {"Accounts", "Contacts", "Deals", "Products", "Notes", "Attachments"} <= {m["api_name"] for m in modules}
    zoho.version = "v8"
    assert (await zoho.get("/settings/modules/Leads")).json()["modules"][0]["status"] == "visible"
    assert (await zoho.get("/settings/modules", status="user_hidden")).status_code == 204
    assert (await zoho.get("/settings/modules", status="visible,odd")).json()["details"]["index"] == 1


async def test_fields(zoho: Driver) -> None:
    zoho.version = "v7"
    fields = (await zoho.get("/settings/fields", module="Leads")).json()["fields"]
    last, owner, email = named(fields, "Last_Name"), named(fields, "Owner"), named(fields, "Email")
    assert (last["system_mandatory"], last["length"], last["data_type"]) == (True, 80, "text")
    assert (owner["field_read_only"], owner["operation_type"]["api_create"]) == (True, True)
    assert named(fields, "Created_Time")["operation_type"]["api_create"] is False
    assert email["unique"] == {"case_sensitive": False}
    assert named(fields, "Date_3")["custom_field"] is True
    assert named(fields, "No_of_Employees")["mass_update"] is True
    assert named(fields, "Lead_Source")["pick_list_values"][1]["display_value"] == "Advertisement"
    contacts = (await zoho.get("/settings/fields", module="Contacts")).json()["fields"]
    assert named(contacts, "Account_Name")["lookup"]["module"]["api_name"] == "Accounts"
    one = (await zoho.get(f"/settings/fields/{last['id']}", module="Leads")).json()["fields"]
    assert [f["api_name"] for f in one] == ["Last_Name"]
    zoho.version = "v2"
    old = (await zoho.get("/settings/fields", module="Contacts")).json()["fields"]
    assert "operation_type" not in named(old, "Email")
    assert named(old, "Account_Name")["lookup"]["module"] == "Accounts"


@pytest.mark.parametrize("kind", ["fields", "layouts", "custom_views"])
async def test_refusals(zoho: Driver, kind: str) -> None:
    missing = await zoho.get(f"/settings/{kind}")
    assert (missing.status_code, missing.json()["code"]) == (400, "REQUIRED_PARAM_MISSING")
    wrong = await zoho.get(f"/settings/{kind}", module="Nope")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "INVALID_MODULE")
    zoho.version = "v8"
    assert (await zoho.get(f"/settings/{kind}", module="Projects")).json()["code"] == "NOT_SUPPORTED"


async def test_layouts_tell_what_is_required(recorded: Driver) -> None:
    def required(layout: dict[str, Any]) -> set[str]:
        return {f["api_name"] for f in layout["sections"][0]["fields"] if f["required"]}

    standard, partner = (await recorded.get("/settings/layouts", module="Leads")).json()["layouts"]
    assert required(standard) == {"Owner", "Last_Name"}
    assert required(partner) == {"Company", "Last_Name"}
    await recorded.control("switches", {"owner_required": False, "company_required": True})
    standard = (await recorded.get(f"/settings/layouts/{standard['id']}", module="Leads")).json()["layouts"][0]
    assert required(standard) == {"Company", "Last_Name"}


async def test_views_and_pipeline(zoho: Driver) -> None:
    found = (await zoho.get("/settings/custom_views", module="Leads")).json()
    assert found["custom_views"][0]["name"] == "All Leads"
    assert found["info"]["default"] == found["custom_views"][0]["id"]
    assert (await zoho.get("/settings/pipeline")).json()["code"] == "REQUIRED_PARAM_MISSING"
    stages = (await zoho.get("/settings/pipeline", layout_id="1")).json()["pipeline"][0]["maps"]
    assert "Closed Won" in [s["display_value"] for s in stages]
    assert (await zoho.get("/settings/territories")).status_code == 204
