"""What becomes of each row of a job."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest

from tests.sandbox.driver import Driver, Row, columns
from ztui.sandbox.org import USERS_OF_ORG

MARC = USERS_OF_ORG[1]
LEAD = columns("Last_Name", "Email", "Company")


def fates(rows: list[Row]) -> list[tuple[str, str]]:
    return [(row["STATUS"], row["ERRORS"]) for row in rows]


async def test_the_result_has_three_columns_and_three_of_its_own(zoho: Driver) -> None:
    mappings = [*columns("Last_Name", "Email", "Company"), {"api_name": "Phone", "index": 3}]
    rows = await zoho.run("Name,Mail,Firm,Tel\n Berg ,a@b.co,Acme,1\n,b@b.co,,2\n", mappings)
    assert list(rows[0]) == ["Name", "Mail", "Firm", "STATUS", "RECORD_ID", "ERRORS"]
    assert (rows[0]["Name"], rows[0]["STATUS"], rows[0]["ERRORS"]) == (" Berg ", "ADDED", "")
    assert (rows[1]["STATUS"], rows[1]["RECORD_ID"], rows[1]["ERRORS"]) == (
        "SKIPPED",
        "",
        "MANDATORY_NOT_FOUND-Last_Name",
    )
    assert (await zoho.record("Leads", rows[0]["RECORD_ID"]))["Phone"] == "1"


async def test_codes_are_joined_in_their_order(zoho: Driver) -> None:
    await zoho.run("Last_Name,Email\nA,a@b.co\n", columns("Last_Name", "Email"))
    mappings = columns("Last_Name", "Email", "Website", "Phone")
    rows = await zoho.run("l,e,w,p\n,A@B.co,no url,!!\n", mappings)
    assert rows[0]["ERRORS"] == "MANDATORY_NOT_FOUND-Last_Name:INVALID_DATA-Website,Phone:DUPLICATE_DATA-Email"


@pytest.mark.parametrize(
    ("field", "good", "bad"),
    [
        ("Last_Name", ["x" * 80, "Ω"], ["x" * 81]),
        (
            "Email",
            ["a@b.co", "o'hara+x@mail.example.org", "jörg@bücher.de"],
            ["a@b", "a b@c.de", "a..b@c.de", "a@b.co,c@d.de"],
        ),
        ("Phone", ["+49 (0)89 / 123-45", "1.2.3", "ext 5"], ["x" * 31, "----", "12😀"]),
        ("Website", ["zoho.com", "https://a.b/c?d=e"], ["zoho", "not a url.com", "http://"]),
        ("No_of_Employees", ["0", "-5", "123,344", "123456789"], ["1234567890", "1.5", "12,34", "abc", "１２"]),
        ("Wizard", ["1" * 18], ["1" * 19]),
        (
            "Annual_Revenue",
            ["1", ".5", "1,234.56", "1" * 16, "0.123456789"],
            ["1" * 17, "1.1234567891", "1.234,56", "€5"],
        ),
        ("Discount", ["99999", "12.5"], ["100000", "12 %"]),
        ("Email_Opt_Out", ["true", "FALSE"], ["yes", "1", "wahr"]),
        ("Interests", ["Analytics;Big data", "Analytics"], ["x" * 121]),
        ("Lead_Source", ["Trade Show"], ["x" * 121]),
        ("Date_3", ["2024-02-29", "02/29/2024"], ["2023-02-29", "29.02.2024", "soon"]),
        (
            "Last_Visited_Time",
            ["02/29/2024 13:05:59", "2024-02-29T13:05:59+01:00"],
            ["29/02/2024 13:05:59", "2024-02-29"],
        ),
        ("Owner", [MARC.id, MARC.email.upper()], ["Marc Weber", "tom.ellis@example.com", "1"]),
        ("Layout", ["Partner", "partner", "no such layout"], []),
        ("Tag", ["vip, new"], ["x" * 26]),
        ("Description", ["x" * 32000, "two\nlines"], ["x" * 32001]),
    ],
)
async def test_what_a_field_takes(zoho: Driver, field: str, good: list[str], bad: list[str]) -> None:
    mappings = columns(field) if field == "Last_Name" else columns(field, "Last_Name")
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerows([["v", "n"], *([value, f"n{n}"] for n, value in enumerate([*good, *bad]))])
    rows = await zoho.run(out.getvalue(), mappings)
    want = [("ADDED", "")] * len(good) + [("SKIPPED", f"INVALID_DATA-{field}")] * len(bad)
    assert fates(rows) == want


async def test_stored_values_have_the_types_of_the_records_api(zoho: Driver) -> None:
    mappings = [
        *columns("Last_Name", "No_of_Employees", "Annual_Revenue", "Email_Opt_Out", "Interests", "Owner"),
        {"api_name": "Date_3", "index": 6, "format": "dd.MM.yyyy"},
        {"api_name": "Layout", "default_value": {"value": "4150868000000015003"}},
    ]
    text = f"a,b,c,d,e,f,g\nX,1,2.50,true,Cloud;Mobile,{MARC.email},24.12.2024\n"
    (row,) = await zoho.run(text, mappings)
    record = await zoho.record("Leads", row["RECORD_ID"])
    assert record["No_of_Employees"] == 1
    assert record["Annual_Revenue"] == 2.5
    assert record["Email_Opt_Out"] is True
    assert record["Interests"] == ["Cloud", "Mobile"]
    assert record["Owner"]["id"] == MARC.id
    assert record["Date_3"] == "2024-12-24"
    assert record["Layout"]["name"] == "Partner"


async def test_unknown_picklist_values_are_added_or_refused(zoho: Driver) -> None:
    text = "n,s\nA,Fax blast\n"
    assert fates(await zoho.run(text, columns("Last_Name", "Lead_Source"))) == [("ADDED", "")]
    fields = (await zoho.get("/settings/fields", module="Leads")).json()["fields"]
    source = next(f for f in fields if f["api_name"] == "Lead_Source")
    assert source["pick_list_values"][-1]["display_value"] == "Fax blast"
    await zoho.control("switches", {"strict_picklists": True})
    assert fates(await zoho.run(text, columns("Last_Name", "Lead_Source"))) == [("ADDED", "")]
    other = await zoho.run("n,s,i\nA,Smoke,\nB,,Chess\n", columns("Last_Name", "Lead_Source", "Interests"))
    assert fates(other) == [("SKIPPED", "INVALID_DATA-Lead_Source"), ("SKIPPED", "INVALID_DATA-Interests")]


async def test_unique_within_the_file_and_in_the_store(zoho: Driver) -> None:
    rows = await zoho.run("n,e\nA,x@y.co\nB,X@y.co \nC,\nD,\n", columns("Last_Name", "Email"))
    assert [row["STATUS"] for row in rows] == ["ADDED", "SKIPPED", "ADDED", "ADDED"]
    assert rows[1]["ERRORS"] == "DUPLICATE_DATA-Email"


async def test_insert_with_find_by_skips_what_exists(zoho: Driver) -> None:
    mappings = columns("Account_Name")
    rows = await zoho.run("n\nGlobex\nNew one\nNew one\n", mappings, module="Accounts", find_by="Account_Name")
    skipped = ("SKIPPED", "DUPLICATE_DATA-Account_Name")
    assert fates(rows) == [skipped, ("ADDED", ""), skipped]


async def test_update_by_id(zoho: Driver) -> None:
    text = "id,c\n738964000002131001,New firm\n1,x\n,y\nabc,z\n"
    text += "1306462000000496025,w\n4150868000005400011,v\n475243000003269880,u\n"
    rows = await zoho.run(text, columns("id", "Company"), operation="update", find_by="id")
    assert fates(rows) == [
        ("UPDATED", ""),
        ("SKIPPED", "RESOURCE_NOT_FOUND-id"),
        ("SKIPPED", "MANDATORY_NOT_FOUND-id"),
        ("SKIPPED", "INVALID_DATA-id"),
        ("SKIPPED", "NOT_APPROVED-id"),
        ("SKIPPED", "BLOCKED_RECORD-id"),
        ("SKIPPED", "CANNOT_PROCESS-id"),
    ]
    record = await zoho.record("Leads", "738964000002131001")
    assert (record["Company"], record["Last_Name"]) == ("New firm", "Okafor")


async def test_upsert_adds_and_updates_also_within_one_file(zoho: Driver) -> None:
    text = "e,n,c\na@b.co,One,First\nA@b.co,One,Second\n,Three,\n"
    mappings = columns("Email", "Last_Name", "Company")
    rows = await zoho.run(text, mappings, operation="upsert", find_by="Email")
    assert fates(rows) == [("ADDED", ""), ("UPDATED", ""), ("SKIPPED", "MANDATORY_NOT_FOUND-Email")]
    assert rows[0]["RECORD_ID"] == rows[1]["RECORD_ID"]
    again = await zoho.run(text, mappings, operation="upsert", find_by="Email")
    assert [row["STATUS"] for row in again] == ["UPDATED", "UPDATED", "SKIPPED"]
    assert (await zoho.record("Leads", rows[0]["RECORD_ID"]))["Company"] == "Second"


@pytest.mark.parametrize(("ignore", "company"), [(True, "Okafor & Co"), (False, None), (None, None)])
async def test_blank_cells_leave_or_clear(zoho: Driver, ignore: bool | None, company: str | None) -> None:
    more = {} if ignore is None else {"ignore_empty": ignore}
    text = "id,c\n738964000002131001,\n"
    rows = await zoho.run(text, columns("id", "Company"), operation="update", find_by="id", **more)
    assert fates(rows) == [("UPDATED", "")]
    assert (await zoho.record("Leads", "738964000002131001"))["Company"] == company


async def test_a_blank_mandatory_cell_on_update(zoho: Driver) -> None:
    text = "id,n\n738964000002131001,\n"
    mappings = columns("id", "Last_Name")
    kept = await zoho.run(text, mappings, operation="update", find_by="id", ignore_empty=True)
    assert fates(kept) == [("UPDATED", "")]
    cleared = await zoho.run(text, mappings, operation="update", find_by="id", ignore_empty=False)
    assert fates(cleared) == [("SKIPPED", "MANDATORY_NOT_FOUND-Last_Name")]


async def test_defaults_fill_blank_cells_and_constants(zoho: Driver) -> None:
    mappings: list[dict[str, Any]] = [
        {"api_name": "Last_Name", "index": 0, "default_value": {"value": "Unknown"}},
        {"api_name": "Lead_Source", "default_value": {"value": "Trade Show"}},
        {"api_name": "Interests", "default_value": {"value": ["Cloud", "Mobile"]}},
        {"api_name": "Company", "index": 1},
    ]
    rows = await zoho.run("n,c\n,x\nBerg,y\n", mappings)
    first, second = [await zoho.record("Leads", row["RECORD_ID"]) for row in rows]
    assert (first["Last_Name"], second["Last_Name"]) == ("Unknown", "Berg")
    assert first["Lead_Source"] == "Trade Show"
    assert second["Interests"] == ["Cloud", "Mobile"]


@pytest.mark.parametrize(
    ("find_by", "cell", "fate"),
    [
        ("Account_Name", "globex", ("ADDED", "")),
        ("Account_Name", "Twin Peaks", ("SKIPPED", "INVALID_DATA-Account_Name")),
        ("Account_Name", "Nowhere", ("SKIPPED", "RESOURCE_NOT_FOUND-Account_Name")),
        ("id", "4150868000005410003", ("ADDED", "")),
        ("id", "7", ("SKIPPED", "RESOURCE_NOT_FOUND-Account_Name")),
        (None, "Globex", ("ADDED", "")),
        (None, "4150868000005410003", ("ADDED", "")),
    ],
)
async def test_lookups(zoho: Driver, find_by: str | None, cell: str, fate: tuple[str, str]) -> None:
    mappings = columns("Last_Name", "Account_Name")
    mappings[1]["find_by"] = find_by
    rows = await zoho.run(f"n,a\nX,{cell}\n", mappings, module="Contacts")
    assert fates(rows) == [fate]
    if fate[0] == "ADDED":
        assert (await zoho.record("Contacts", rows[0]["RECORD_ID"]))["Account_Name"]["name"] == "Globex"


async def test_a_user_found_by_name(zoho: Driver) -> None:
    mappings = [{"api_name": "Last_Name", "index": 0}, {"api_name": "Owner", "index": 1, "find_by": "full_name"}]
    rows = await zoho.run("n,o\nX,marc weber\nY,marc.weber@example.com\n", mappings)
    assert fates(rows) == [("ADDED", ""), ("SKIPPED", "INVALID_DATA-Owner")]


@pytest.mark.parametrize(
    ("content", "encoding", "told"),
    [
        ("n\nMüller\n".encode(), None, "UTF-8"),
        ("n\nMüller\n".encode("utf-8-sig"), None, "UTF-8"),
        ("n\nMüller\n".encode("utf-16"), None, "UTF-16"),
        ("n\nMüller\n".encode("cp1252"), None, "windows-1252"),
        ("n\nMüller\n".encode("cp850"), "cp850", "cp850"),
    ],
)
async def test_charsets(zoho: Driver, content: bytes, encoding: str | None, told: str) -> None:
    more = {"character_encoding": encoding} if encoding else {}
    created = await zoho.create(content, columns("Last_Name"), **more)
    job = created.json()["details"]["id"]
    assert (await zoho.details(job))["character_encoding"] == told
    assert [row["n"] for row in await zoho.result(job)] == ["Müller"]


@pytest.mark.parametrize("delimiter", [",", ";", ":", "|"])
async def test_delimiters_are_seen_in_the_header(zoho: Driver, delimiter: str) -> None:
    rows = await zoho.run(f'"a,b;c"{delimiter}e\nBerg{delimiter}a@b.co\n', columns("Last_Name", "Email"))
    assert fates(rows) == [("ADDED", "")]
    assert rows[0]["e"] == "a@b.co"


async def test_short_rows_and_blank_lines(zoho: Driver) -> None:
    rows = await zoho.run("n,e\r\nA\r\n\r\nB,b@c.de,more\r\n", columns("Last_Name", "Email"))
    assert fates(rows) == [("ADDED", ""), ("ADDED", "")]


async def test_a_quota_of_records(zoho: Driver) -> None:
    await zoho.control("switches", {"record_limit": 11 + 9})
    rows = await zoho.run("n\nA\nB\nC\n", columns("Last_Name"))
    assert fates(rows) == [
        ("ADDED", ""),
        ("SKIPPED", "LIMIT_EXCEEDED-Last_Name"),
        ("SKIPPED", "LIMIT_EXCEEDED-Last_Name"),
    ]


async def test_the_first_three_columns_by_the_mappings_order(zoho: Driver) -> None:
    await zoho.control("switches", {"result_order": "mapping", "result_status": "lower"})
    mappings = [{"api_name": n, "index": i} for n, i in (("Company", 2), ("Last_Name", 0))]
    (row,) = await zoho.run("n,x,c\nA,,B\n", mappings)
    assert list(row)[:2] == ["c", "n"]
    assert row["STATUS"] == "added"
