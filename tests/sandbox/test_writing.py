"""Inserting, updating, upserting and deleting records one call at a time."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.driver import Driver


async def test_insert_answers_per_record(zoho: Driver) -> None:
    data = [
        {"Last_Name": "A", "Email": "a@b.co", "No_of_Employees": 5, "Interests": ["Cloud"]},
        {"Email": "c@b.co"},
        {"Last_Name": "D", "Email": "A@b.co"},
        {"Last_Name": "E", "No_of_Employees": "5"},
        "nonsense",
    ]
    answer = await zoho.send("POST", "/Leads", {"data": data})
    entries = answer.json()["data"]
    assert answer.status_code == 207
    assert [e["code"] for e in entries] == [
        "SUCCESS",
        "MANDATORY_NOT_FOUND",
        "DUPLICATE_DATA",
        "INVALID_DATA",
        "INVALID_DATA",
    ]
    assert entries[0]["message"] == "record added"
    assert entries[1]["details"]["api_name"] == "Last_Name"
    assert entries[2]["details"]["id"] == entries[0]["details"]["id"]
    assert entries[3]["details"]["expected_data_type"] == "integer"
    record = await zoho.record("Leads", entries[0]["details"]["id"])
    assert (record["No_of_Employees"], record["Interests"]) == (5, ["Cloud"])
    good = await zoho.send("POST", "/Leads", {"data": [{"Last_Name": "A"}]})
    assert good.status_code == 201


@pytest.mark.parametrize(
    ("name", "value", "stored"),
    [
        ("Annual_Revenue", 12.5, 12.5),
        ("Email_Opt_Out", True, True),
        ("Date_3", "2024-02-29", "2024-02-29"),
        ("Last_Visited_Time", "2024-02-29T10:00:00+00:00", "2024-02-29T15:30:00+05:30"),
        ("Owner", {"id": "4150868000000231021"}, "4150868000000231021"),
        ("Owner", {"email": "marc.weber@example.com"}, "4150868000000231021"),
        ("Tag", [{"name": "vip"}], [{"name": "vip"}]),
        ("Layout", {"id": "4150868000000015003"}, "4150868000000015003"),
        ("Company", None, None),
    ],
)
async def test_json_values(zoho: Driver, name: str, value: Any, stored: Any) -> None:
    answer = await zoho.send("POST", "/Leads", {"data": [{"Last_Name": "A", name: value}]})
    record = await zoho.record("Leads", answer.json()["data"][0]["details"]["id"])
    held = record[name]["id"] if isinstance(record[name], dict) else record[name]
    assert held == stored


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Annual_Revenue", "12"), ("Annual_Revenue", 1e300), ("Email_Opt_Out", "true"), ("Date_3", "02/29/2024"),
        ("Owner", {"id": "7"}), ("Owner", [1]), ("Tag", "vip"), ("Layout", {"id": "1"}), ("Interests", "Cloud"),
        ("Company", 5), ("Email", "no"), ("No_of_Employees", 10**30), ("No_of_Employees", True), ("Company", "x" * 201),
    ],
)  # fmt: skip
async def test_json_values_that_are_refused(zoho: Driver, name: str, value: Any) -> None:
    answer = await zoho.send("POST", "/Leads", {"data": [{"Last_Name": "A", name: value}]})
    (entry,) = answer.json()["data"]
    assert (entry["code"], entry["details"]["api_name"]) == ("INVALID_DATA", name)


async def test_update(zoho: Driver) -> None:
    data = [
        {"id": 738964000002131001, "Company": "New"},
        {"id": "7", "Company": "x"},
        {"Company": "x"},
        {"id": "1306462000000496025", "Company": "x"},
        {"id": "4150868000005400001", "Company": "x"},
        {"id": "4150868000005400003", "Company": "x"},
        {"id": "738964000002130131", "Last_Name": None},
    ]
    answer = await zoho.send("PUT", "/Leads", {"data": data})
    codes = [e["code"] for e in answer.json()["data"]]
    assert codes == [
        "SUCCESS",
        "INVALID_DATA",
        "MANDATORY_NOT_FOUND",
        "NOT_APPROVED",
        "RECORD_LOCKED",
        "CONVERTED_RECORD",
        "MANDATORY_NOT_FOUND",
    ]
    single = await zoho.send("PUT", "/Leads/738964000002131001", {"data": [{"Company": None}]})
    assert single.status_code == 200
    assert (await zoho.record("Leads", "738964000002131001"))["Company"] is None


async def test_upsert_tells_what_it_did(zoho: Driver) -> None:
    request = {"data": [{"Last_Name": "A", "Email": "a@b.co"}], "duplicate_check_fields": ["Email"]}
    first = (await zoho.send("POST", "/Leads/upsert", request)).json()["data"][0]
    second = (await zoho.send("POST", "/Leads/upsert", request)).json()["data"][0]
    assert (first["action"], second["action"], second["duplicate_field"]) == ("insert", "update", "Email")
    assert first["details"]["id"] == second["details"]["id"]


async def test_delete(zoho: Driver) -> None:
    answer = await zoho.http.delete("/crm/v2/Leads", params={"ids": "738964000002131001,7"})
    assert answer.status_code == 207
    assert [e["status"] for e in answer.json()["data"]] == ["success", "error"]
    assert (await zoho.get("/Leads/738964000002131001")).status_code == 204
    assert (await zoho.http.delete("/crm/v2/Leads/738964000002130131")).status_code == 200
    assert (await zoho.http.delete("/crm/v2/Leads")).json()["code"] == "REQUIRED_PARAM_MISSING"


async def test_mass_delete(zoho: Driver) -> None:
    zoho.version = "v7"
    by_id = await zoho.send(
        "POST", "/Contacts/actions/mass_delete", {"ids": ["4150868000005420001", "4150868000005420001"]}
    )
    assert [e["status"] for e in by_id.json()["data"]] == ["success", "error"]
    view = (await zoho.get("/settings/custom_views", module="Contacts")).json()["custom_views"][0]["id"]
    scheduled = await zoho.send("POST", "/Contacts/actions/mass_delete", {"cvid": view})
    assert (scheduled.status_code, scheduled.json()["data"][0]["code"]) == (202, "SCHEDULED")
    assert (await zoho.get("/Contacts/actions/count")).json() == {"count": 0}
    assert (await zoho.send("POST", "/Contacts/actions/mass_delete", {})).json()["code"] == "MANDATORY_NOT_FOUND"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("{", "INVALID_DATA"),
        ("{}", "MANDATORY_NOT_FOUND"),
        ('{"data":[]}', "INVALID_DATA"),
        ('{"data":{}}', "INVALID_DATA"),
    ],
)
async def test_bodies_that_make_no_sense(zoho: Driver, content: str, code: str) -> None:
    answer = await zoho.http.post("/crm/v2/Leads", content=content)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_at_most_100_records_a_call(zoho: Driver) -> None:
    answer = await zoho.send("POST", "/Leads", {"data": [{"Last_Name": "A"}] * 101})
    assert answer.json()["details"] == {"maximum_length": 100}
