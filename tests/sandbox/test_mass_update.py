"""Mass update: at once by ids, scheduled by view, and every refusal."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.driver import Driver, columns
from ztui.sandbox.org import USERS_OF_ORG

FREE = "738964000002131001"
OTHER = "738964000002130131"
PATH = "/Leads/actions/mass_update"
ALL_LEADS = "4150868000000017001"
INACTIVE = next(u.id for u in USERS_OF_ORG if not u.active)
PRIVATE = "4150868000000017005"
JUNK = "4150868000000017007"


async def entry(zoho: Driver, body: dict[str, Any], path: str = PATH) -> tuple[int, dict[str, Any]]:
    answer = await zoho.send("POST", path, body)
    found = answer.json()
    return answer.status_code, found["data"][0] if "data" in found else found


@pytest.mark.parametrize(
    ("field", "value", "stored"),
    [
        ("No_of_Employees", 7, 7),
        ("Lead_Status", "Contacted", "Contacted"),
        ("Date_3", "2024-02-29", "2024-02-29"),
        ("Email_Opt_Out", True, True),
        ("Company", None, None),
    ],
)
async def test_one_value_for_many_records(zoho: Driver, field: str, value: Any, stored: Any) -> None:
    answer = await zoho.send("POST", PATH, {"data": [{field: value}], "ids": [FREE, OTHER]})
    assert [e["code"] for e in answer.json()["data"]] == ["SUCCESS", "SUCCESS"]
    for number in (FREE, OTHER):
        assert (await zoho.record("Leads", number))[field] == stored


@pytest.mark.parametrize(("over_write", "held"), [(False, ["Cloud", "Mobile", "Chess"]), (True, ["Mobile", "Chess"])])
async def test_multi_selects_are_appended_or_replaced(zoho: Driver, over_write: bool, held: list[str]) -> None:
    await zoho.send("PUT", f"/Leads/{FREE}", {"data": [{"Interests": ["Cloud", "Mobile"]}]})
    body = {"data": [{"Interests": ["Mobile", "Chess"]}], "ids": [FREE], "over_write": over_write}
    assert (await entry(zoho, body))[1]["code"] == "SUCCESS"
    assert (await zoho.record("Leads", FREE))["Interests"] == held


@pytest.mark.parametrize(
    ("number", "code", "message"),
    [
        ("7", "INVALID_DATA", "the id given seems to be invalid"),
        ("abc", "INVALID_DATA", "the id given seems to be invalid"),
        ("1306462000000496025", "NOT_APPROVED", "cannot update record that is not approved yet"),
        ("475243000003269880", "RECORD_LOCKED", "cannot update record that is not approved yet"),
        (
            "4150868000005400001",
            "RECORD_LOCKED",
            "Sorry, you cannot perform this operation as the record is locked.",
        ),
        ("4150868000005400003", "CONVERTED_RECORD", "cannot update the converted record"),
        ("4150868000005400005", "CANNOT_PROCESS", "The record is in stop processing"),
        ("4150868000005400007", "RECORD_IN_BLUEPRINT", "The record is in blue print"),
        ("4150868000005400009", "CANNOT_PERFORM_ACTION", "no permission to perform an action on this record"),
    ],
)
async def test_per_record_refusals_leave_the_others_alone(zoho: Driver, number: str, code: str, message: str) -> None:
    for version, mixed, alone in (("v2", 200, 200), ("v7", 200, 400), ("v8", 207, 400)):
        zoho.version = version
        body = {"data": [{"No_of_Employees": 1}], "ids": [number, FREE]}
        answer = await zoho.send("POST", PATH, body)
        refused, good = answer.json()["data"]
        assert (refused["code"], refused["message"], refused["details"]["id"]) == (code, message, number)
        assert (good["code"], answer.status_code) == ("SUCCESS", mixed)
        assert (await zoho.send("POST", PATH, body | {"ids": [number]})).status_code == alone


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({}, "MANDATORY_NOT_FOUND", "required field not found"),
        ({"data": [{}]}, "INVALID_DATA", "No field found"),
        ({"data": []}, "INVALID_DATA", "No field found"),
        ({"data": "x"}, "INVALID_DATA", "invalid data"),
        ({"data": [{"No_of_Employees": 1}]}, "MANDATORY_NOT_FOUND", "required field not found"),
        ({"data": [{"Company": "x", "Rating": "Active"}]}, "INVALID_DATA", "Max field limit exceeded"),
        ({"data": [{"Last_Name": "x"}]}, "INVALID_DATA", "This field cannot be updated in the Mass Update"),
        ({"data": [{"Nope": "x"}]}, "INVALID_DATA", "This field cannot be updated in the Mass Update"),
        (
            {"data": [{"Region_Code": "x"}]},
            "INVALID_DATA",
            "Field cannot be updated as it is associated with a layout rule",
        ),
        (
            {"data": [{"Tax_Code": "x"}]},
            "INVALID_DATA",
            "Field cannot be updated as it is associated with a validation rule",
        ),
        ({"data": [{"Internal_Score": 1}]}, "INVALID_DATA", "Field is not visible"),
        ({"data": [{"No_of_Employees": "x"}], "ids": [FREE]}, "INVALID_DATA", "invalid data"),
        ({"data": [{"Company": "x" * 201}], "ids": [FREE]}, "INVALID_DATA", "invalid data"),
        ({"data": [{"Company": "x"}], "ids": [FREE] * 501}, "LIMIT_EXCEEDED", "Record count exceeded"),
        ({"data": [{"Company": "x"}], "cvid": "1"}, "INVALID_DATA", "the cvid given seems to be invalid"),
        ({"data": [{"Company": "x"}], "cvid": JUNK}, "NO_RECORDS_FOUND", "no record found to update"),
        (
            {"data": [{"Company": "x"}], "cvid": ALL_LEADS, "ids": [FREE]},
            "INVALID_DATA",
            "ids and cvid cannot be given together",
        ),
    ],
)
async def test_refusals_of_the_call(zoho: Driver, body: dict[str, Any], code: str, message: str) -> None:
    for version, status in (("v2", 200), ("v7", 400), ("v8", 400)):
        zoho.version = version
        found = await entry(zoho, body)
        assert (found[0], found[1]["code"], found[1]["message"]) == (status, code, message)
    assert "data" not in (await zoho.send("POST", PATH, body)).json()


async def test_a_view_of_someone_else_and_an_edition_without_it(zoho: Driver) -> None:
    zoho.version = "v7"
    status, found = await entry(zoho, {"data": [{"Company": "x"}], "cvid": PRIVATE})
    assert (status, found["message"]) == (403, "Customview not accessible")
    await zoho.control("switches", {"edition_cvid": False})
    status, found = await entry(zoho, {"data": [{"Company": "x"}], "cvid": ALL_LEADS})
    assert (status, found["code"]) == (403, "NO_PERMISSION")


async def test_a_field_that_this_user_may_not_edit(zoho: Driver) -> None:
    zoho.version = "v7"
    status, found = await entry(zoho, {"data": [{"Audit_Code": "x"}], "ids": [FREE]})
    assert (status, found["code"], found["message"]) == (403, "NO_PERMISSION", "Field Edit Permission not given")


@pytest.mark.parametrize(
    ("module", "field", "value", "message"),
    [
        ("Leads", "Industry", "Alchemy", "picklist not found in record layout"),
        ("Leads", "Interests", ["Alchemy"], "picklist not found in record layout"),
        ("Products", "Handler", {"id": INACTIVE}, "Non Subordinate User Found"),
        ("Products", "Handler", {"id": "1"}, "invalid data"),
    ],
)
async def test_values_that_v8_refuses_in_its_own_words(
    zoho: Driver, module: str, field: str, value: object, message: str
) -> None:
    await zoho.control("switches", {"strict_picklists": True})
    for version, said in (("v7", "invalid data"), ("v8", message)):
        zoho.version = version
        path = PATH.replace("Leads", module)
        body = (await zoho.send("POST", path, {"data": [{field: value}], "ids": [FREE]})).json()
        found = body["data"][0] if "data" in body else body
        assert (found["code"], found["message"]) == ("INVALID_DATA", said)


async def test_modules(zoho: Driver) -> None:
    status, found = await entry(zoho, {}, "/Nope/actions/mass_update")
    assert (status, found["code"]) == (400, "INVALID_MODULE")
    status, found = await entry(zoho, {}, "/Notes/actions/mass_update")
    assert (status, found["message"]) == (400, "the given module is not supported for this api")
    zoho.version = "v8"
    assert (await entry(zoho, {}, "/Notes/actions/mass_update"))[1]["code"] == "NOT_SUPPORTED"


async def test_deals_take_three_fields(zoho: Driver) -> None:
    rows = await zoho.run("n,s\nBig,Qualification\n", columns("Deal_Name", "Stage"), module="Deals")
    path, ids = "/Deals/actions/mass_update", [rows[0]["RECORD_ID"]]
    three = {"Stage": "Closed Won", "Amount": 5, "Pipeline": "Standard (Standard)"}
    assert (await entry(zoho, {"data": [three], "ids": ids}, path))[1]["code"] == "SUCCESS"
    four = three | {"Type": "New Business"}
    assert (await entry(zoho, {"data": [four], "ids": ids}, path))[1]["message"] == "Max field limit exceeded"
    wrong = three | {"Stage": "Dreaming"}
    assert (await entry(zoho, {"data": [wrong], "ids": ids}, path))[1]["code"] == "MAPPING_MISMATCH"


async def scheduled(zoho: Driver) -> str:
    _, found = await entry(zoho, {"data": [{"Rating": "Active"}], "cvid": ALL_LEADS})
    assert found["message"] == "mass update scheduled successfully"
    return str(found["details"]["job_id"])


async def test_a_scheduled_update_one_state_per_poll(zoho: Driver) -> None:
    await zoho.control("pace", {"pace": "poll"})
    job = await scheduled(zoho)
    again = await entry(zoho, {"data": [{"Rating": "Active"}], "cvid": ALL_LEADS})
    assert (again[0], again[1]["code"]) == (200, "ALREADY_SCHEDULED")
    zoho.version = "v7"
    assert (await entry(zoho, {"data": [{"Rating": "Active"}], "cvid": ALL_LEADS}))[0] == 202
    seen = [(await zoho.get(PATH, job_id=job)).json()["data"][0] for _ in range(3)]
    assert [s["Status"] for s in seen] == ["SCHEDULED", "RUNNING", "COMPLETED"]
    total = (await zoho.get("/Leads/actions/count")).json()["count"]
    assert seen[0] == {
        "Status": "SCHEDULED",
        "Failed_Count": 0,
        "Updated_Count": 0,
        "Not_Updated_Count": total,
        "Total_Count": total,
    }
    assert (seen[2]["Updated_Count"], seen[2]["Failed_Count"], seen[2]["Not_Updated_Count"]) == (total - 8, 8, 0)
    assert (await zoho.record("Leads", FREE))["Rating"] == "Active"
    assert (await entry(zoho, {"data": [{"Rating": None}], "cvid": ALL_LEADS}))[1]["code"] == "SUCCESS"


async def test_a_scheduled_update_by_the_clock(zoho: Driver) -> None:
    await zoho.control("pace", {"pace": "real"})
    job = await scheduled(zoho)
    for seconds, status in ((0, "SCHEDULED"), (5, "RUNNING"), (20, "COMPLETED")):
        await zoho.control("clock", {"advance": seconds})
        assert (await zoho.get(PATH, job_id=job)).json()["data"][0]["Status"] == status


async def test_unknown_scheduled_jobs(zoho: Driver) -> None:
    assert (await zoho.get(PATH)).json()["message"] == "mandatory param missing"
    old = await zoho.get(PATH, job_id="7")
    assert (old.status_code, old.content) == (404, b"")
    zoho.version = "v8"
    new = await zoho.get(PATH, job_id="7")
    assert (new.status_code, new.json()["message"]) == (400, "The jobid given seems to be invalid")
