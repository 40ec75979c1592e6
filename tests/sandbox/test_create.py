"""Create job: what is refused, with which words, and in which order."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.driver import Driver, columns, zip_of

UNKNOWN_FILE = "415086800000599999"


def body(
    zoho: Driver, changes: dict[str, Any], resource: dict[str, Any], file_id: str = UNKNOWN_FILE
) -> dict[str, Any]:
    given = zoho.resource(file_id, "Leads", columns("Last_Name", "Email")) | resource
    out = {"operation": "insert", "resource": [{k: v for k, v in given.items() if v != "-"}]} | changes
    return {k: v for k, v in out.items() if v != "-"}


def one(**mapping: Any) -> dict[str, Any]:
    return {"field_mappings": [{"api_name": "Last_Name", "index": 0}, mapping]}


@pytest.mark.parametrize(
    ("changes", "resource", "code", "message"),
    [
        ({"operation": "-"}, {}, "INVALID_DATA", "Invalid data"),
        ({"operation": "delete"}, {}, "INVALID_DATA", "Invalid data"),
        ({"resource": "-"}, {}, "MISSING_REQUIRED_KEY", "required key resource is not found in request body."),
        ({"resource": []}, {}, "INVALID_DATA", "Invalid data"),
        ({"ignore_empty": "yes"}, {}, "INVALID_DATA", "Invalid data"),
        ({"character_encoding": "no such"}, {}, "INVALID_DATA", "Invalid data"),
        ({}, {"module": "-"}, "MISSING_REQUIRED_KEY", "required key module is not found in request body."),
        ({}, {"file_id": "-"}, "MISSING_REQUIRED_KEY", "required key fileid is not found in request body."),
        ({}, {"type": "-"}, "MISSING_REQUIRED_KEY", "required key type is not found in request body."),
        ({}, {"module": {"api_name": "asdf"}}, "MODULE_NOT_AVAILABLE", "Requested module 'asdf' is not available."),
        ({}, {"module": {"api_name": "Calls"}}, "MODULE_NOT_AVAILABLE", "Requested module 'Calls' is not available."),
        ({}, {"module": "Leads"}, "INVALID_DATA", "Invalid data"),
        ({}, {"file_id": "abc"}, "INVALID_FILE_ID", "improper file id"),
        ({}, {}, "FILE_NOT_SUPPORTED", "File not supported for bulk write"),
        ({}, one(api_name="Shoe", index=1), "INVALID_FIELD_NAME", "invalid mapping. invalid api_name Shoe."),
        (
            {},
            one(api_name="Created_Time", index=1),
            "INVALID_FIELD_NAME",
            "invalid mapping. invalid api_name Created_Time.",
        ),
        ({}, one(api_name="id", index=1), "INVALID_FIELD_NAME", "invalid mapping. invalid api_name id."),
        ({}, one(index=1), "MISSING_REQUIRED_KEY", "required key api_name is not found in request body."),
        (
            {},
            one(api_name="Company"),
            "MISSING_REQUIRED_KEY",
            "required key index for field Company is not found in request body.",
        ),
        ({}, one(api_name="Company", index=-1), "COLUMN_INDEX_NOT_FOUND", "column index -1 is not found."),
        ({}, one(api_name="Company", index=True), "INVALID_DATA", "Invalid data"),
        (
            {},
            one(api_name="Date_3", index=1, format="yyyy-QQ"),
            "INVALID_FORMAT",
            "invalid format yyyy-QQ for field Date_3.",
        ),
        (
            {},
            one(api_name="Company", index=1, format="yyyy-MM-dd"),
            "INVALID_FORMAT",
            "invalid format yyyy-MM-dd for field Company.",
        ),
        ({"operation": "update"}, {}, "MANDATORY_NOT_FOUND", "Required key find_by is not available"),
        ({"operation": "upsert"}, {"find_by": "Company"}, "INVALID_FIELD", "invalid find_by field Company."),
        ({"operation": "upsert"}, {"find_by": "Nope"}, "INVALID_FIELD_NAME", "invalid mapping. invalid api_name Nope."),
        ({"operation": "update"}, {"find_by": "id"}, "MANDATORY_NOT_FOUND", "Required key id is not available"),
        (
            {},
            {"field_mappings": columns("Email")},
            "MANDATORY_FIELDS_NOT_MAPPED",
            "All mandatory fields are not mapped for the layout [Last_Name]",
        ),
        (
            {"callback": {"url": "https://a.example.com/x", "method": "get"}},
            {},
            "INVALID_CALLBACK_METHOD",
            "Invalid method 'get' for callback.",
        ),
        (
            {"callback": {"method": "post"}},
            {},
            "MISSING_REQUIRED_KEY",
            "required key url is not found in request body.",
        ),
    ],
)
async def test_what_is_refused(
    zoho: Driver, changes: dict[str, Any], resource: dict[str, Any], code: str, message: str
) -> None:
    answer = await zoho.post_job(body(zoho, changes, resource))
    assert (answer.status_code, answer.json()["code"], answer.json()["message"]) == (400, code, message)
    assert list(answer.json()) == ["status", "code", "message", "details"]


async def test_more_than_200_mappings(zoho: Driver) -> None:
    mappings = [{"api_name": "Last_Name", "index": n} for n in range(201)]
    answer = await zoho.post_job(body(zoho, {}, {"field_mappings": mappings}))
    assert answer.json()["code"] == "HEADER_LIMIT_EXCEEDED"


async def test_several_mandatory_fields(recorded: Driver) -> None:
    answer = await recorded.post_job(body(recorded, {}, {"field_mappings": columns("Email")}))
    assert answer.json()["message"].endswith("[Owner, Last_Name]")
    update = await recorded.create("id\n1\n", columns("id"), operation="update", find_by="id")
    assert update.status_code == 201


async def test_v8_has_codes_and_details_of_its_own(zoho: Driver) -> None:
    zoho.version = "v8"
    missing = (await zoho.post_job(body(zoho, {}, {"file_id": "-"}))).json()
    assert missing["details"] == {"json_path": "$.resource[0].file_id"}
    assert (await zoho.post_job(body(zoho, {}, {}))).json()["code"] == "FILE_NOT_FOUND"
    assert (await zoho.http.post("/crm/bulk/v8/write", content="{")).json()["code"] == "INVALID_REQUEST"
    method = {"callback": {"url": "https://a.example.com/x", "method": "put"}}
    assert (await zoho.post_job(body(zoho, method, {}))).json()["details"] == {"supported_callback_methods": ["post"]}
    multipart = await zoho.http.post("/crm/bulk/v8/write", json={}, headers={"Content-Type": "multipart/form-data"})
    assert multipart.json()["code"] == "REQUEST_BODY_NOT_SUPPORTED"


async def test_lookups_need_find_by_from_v3_on(zoho: Driver) -> None:
    zoho.version = "v3"
    mappings = columns("Last_Name", "Account_Name")
    resource = zoho.resource(UNKNOWN_FILE, "Contacts", mappings)
    answer = await zoho.post_job({"operation": "insert", "resource": [resource]})
    assert answer.json()["message"] == "Required key find_by is not available"
    mappings[1] |= {"find_by": "id", "parent_column_index": 0}
    both = await zoho.post_job({"operation": "insert", "resource": [zoho.resource(UNKNOWN_FILE, "Contacts", mappings)]})
    assert both.json()["code"] == "COEXISTENCE_NOT_ALLOWED"
    mappings[1] |= {"find_by": "Nope", "parent_column_index": None}
    bad = await zoho.post_job({"operation": "insert", "resource": [zoho.resource(UNKNOWN_FILE, "Contacts", mappings)]})
    assert bad.json()["code"] == "INVALID_FIELD_NAME"


async def test_a_column_outside_the_file(zoho: Driver) -> None:
    answer = await zoho.create("a,b\n1,2\n", [{"api_name": "Last_Name", "index": 2}])
    assert (answer.status_code, answer.json()["code"]) == (400, "COLUMN_INDEX_NOT_FOUND")


@pytest.mark.parametrize("switch", ["FILE_NOT_SUPPORTED", "ALREADY_USED"])
async def test_a_file_works_once(zoho: Driver, switch: str) -> None:
    await zoho.control("switches", {"used_file": switch})
    resource = zoho.resource(await zoho.upload("n\nA\n"), "Leads", columns("Last_Name"))
    request = {"operation": "insert", "resource": [resource]}
    refused = await zoho.post_job(request | {"operation": "nonsense"})
    assert refused.status_code == 400
    assert (await zoho.post_job(request)).status_code == 201
    assert (await zoho.post_job(request)).json()["code"] == switch


async def test_switches_choose_the_code(zoho: Driver) -> None:
    await zoho.control("switches", {"missing_operation": "MISSING_REQUIRED_KEY", "unknown_field": "INVALID_FIELD"})
    assert (await zoho.post_job(body(zoho, {"operation": "-"}, {}))).json()["code"] == "MISSING_REQUIRED_KEY"
    wrong = await zoho.post_job(body(zoho, {}, one(api_name="Shoe", index=1)))
    assert wrong.json()["code"] == "INVALID_FIELD"


@pytest.mark.parametrize(
    ("version", "code"), [("v2", "FILE_NOT_SUPPORTED"), ("v2.1", "FILE_NOT_SUPPORTED"), ("v3", None)]
)
async def test_several_csvs_in_a_zip(zoho: Driver, version: str, code: str | None) -> None:
    zoho.version = version
    data = zip_of({"a.csv": "n\nA\n", "folder/b.csv": "n\nB\nC\n", "__MACOSX/a.csv": "", "readme.txt": "hi"})
    file_id = (await zoho.post_file(data)).json()["details"]["file_id"]
    more = {"file_names": ["b.csv"]} if version == "v3" else {}
    resource = zoho.resource(file_id, "Leads", columns("Last_Name"), **more)
    answer = await zoho.post_job({"operation": "insert", "resource": [resource]})
    assert answer.json()["code"] == (code or "SUCCESS")
    if code is None:
        assert len(await zoho.result(answer.json()["details"]["id"])) == 2


async def test_a_zip_without_a_csv(zoho: Driver) -> None:
    file_id = (await zoho.post_file(zip_of({"a.txt": "n\nA\n"}))).json()["details"]["file_id"]
    request = {"operation": "insert", "resource": [zoho.resource(file_id, "Leads", columns("Last_Name"))]}
    assert (await zoho.post_job(request)).json()["code"] == "FILE_NOT_SUPPORTED"


async def test_parent_and_child_in_one_job(zoho: Driver) -> None:
    zoho.version = "v7"
    data = zip_of({"acc.csv": "key,name\nK1,Parent One\nK2,Parent Two\n", "con.csv": "acc,n\nK2,Child\nK9,Orphan\n"})
    file_id = (await zoho.post_file(data)).json()["details"]["file_id"]
    child = [
        {"api_name": "Account_Name", "index": 0, "parent_column_index": 0},
        {"api_name": "Last_Name", "index": 1},
    ]
    resources = [
        zoho.resource(file_id, "Accounts", [{"api_name": "Account_Name", "index": 1}], file_names=["acc.csv"]),
        zoho.resource(file_id, "Contacts", child, file_names=["con.csv"]),
    ]
    created = await zoho.post_job({"operation": "insert", "resource": resources})
    found = await zoho.details(created.json()["details"]["id"])
    assert [r["file"]["added_count"] for r in found["resource"]] == [2, 1]
    contact = (await zoho.get("/Contacts/search", criteria="(Last_Name:equals:Child)")).json()["data"][0]
    account = await zoho.record("Accounts", contact["Account_Name"]["id"])
    assert account["Account_Name"] == "Parent Two"


async def test_headers_map_themselves_without_mappings(zoho: Driver) -> None:
    rows = await zoho.run("Last_Name,Account_Name.Account_Name\nX,Globex\n", None, module="Contacts")
    assert rows[0]["STATUS"] == "ADDED"
    bad = await zoho.create("Last_Name,Surname\nX,Y\n", None)
    assert bad.json()["message"] == "invalid mapping. invalid api_name Surname."
    short = await zoho.create("Email\na@b.co\n", None)
    assert short.json()["code"] == "MANDATORY_FIELDS_NOT_MAPPED"


@pytest.mark.parametrize("place", ["root", "resource"])
async def test_ignore_empty_in_both_places_and_numeric_ids(zoho: Driver, place: str) -> None:
    resource = zoho.resource(await zoho.upload("n\nA\n"), "Leads", columns("Last_Name"))
    resource["file_id"] = int(resource["file_id"])
    resource["module"] = {"api_name": "Leads", "id": 4150868000000002175}
    request: dict[str, Any] = {"operation": "insert", "resource": [resource]}
    (request if place == "root" else resource)["ignore_empty"] = True
    answer = await zoho.post_job(request)
    assert answer.status_code == 201
    assert (await zoho.details(answer.json()["details"]["id"]))["ignore_empty"] is True


async def test_a_token_needs_the_modules_scope_too(zoho: Driver) -> None:
    scope = "ZohoCRM.bulk.ALL,ZohoCRM.modules.contacts.ALL,ZohoFiles.files.ALL"
    code = (await zoho.control("grant", {"scope": scope}))["code"]
    from ztui.sandbox.tokens import CLIENT_ID, CLIENT_SECRET

    fields = {"grant_type": "authorization_code", "code": code, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    token = (await zoho.http.post("/oauth/v2/token", data=fields)).json()["access_token"]
    zoho.http.headers["Authorization"] = f"Bearer {token}"
    leads = await zoho.create("n\nA\n", columns("Last_Name"))
    assert (leads.status_code, leads.json()["code"]) == (401, "OAUTH_SCOPE_MISMATCH")
    assert (await zoho.create("n\nA\n", columns("Last_Name"), module="Contacts")).status_code == 201
