"""Search, count, COQL and reading by id."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import Driver, columns

TEXT = (
    "n,e,s,c,d,i,x\n"
    "Adams,a@x.co,Trade Show,10,2024-01-31,Cloud;Mobile,true\n"
    "Baker (old),b@x.co,Chat,20,2024-02-29,Cloud,false\n"
    '"Clark, Jr",c@x.co,,30,,,\n'
    "100%,d@x.co,Chat,,,,\n"
)
FIELDS = ("Last_Name", "Email", "Lead_Source", "No_of_Employees", "Date_3", "Interests", "Email_Opt_Out")


@pytest.fixture
async def filled(zoho: Driver) -> Driver:
    await zoho.run(TEXT, columns(*FIELDS))
    return zoho


@pytest.mark.parametrize(
    ("criteria", "names"),
    [
        ("(Email:equals:A@X.CO)", ["Adams"]),
        ("Email:equals:a@x.co", ["Adams"]),
        ("((Lead_Source:equals:Chat)and(No_of_Employees:greater_than:5))", ["Baker (old)"]),
        ("((Email:equals:a@x.co)or(Email:equals:c@x.co))", ["Adams", "Clark, Jr"]),
        ("(Email:in:a@x.co,d@x.co)", ["Adams", "100%"]),
        (r"(Last_Name:equals:Baker \(old\))", ["Baker (old)"]),
        (r"(Last_Name:in:Clark\, Jr,Adams)", ["Adams", "Clark, Jr"]),
        ("(Last_Name:starts_with:1)", ["100%"]),
        ("(Last_Name:starts_with:_)", []),
        ("(No_of_Employees:between:15,30)", ["Baker (old)", "Clark, Jr"]),
        ("(Date_3:less_equal:2024-01-31)", ["Adams"]),
        ("(Interests:equals:Mobile)", ["Adams"]),
        ("(Email_Opt_Out:equals:true)", ["Adams"]),
        ("((Lead_Source:equals:${EMPTY})and(Last_Name:starts_with:C))", ["Clark, Jr"]),
    ],
)
async def test_search(filled: Driver, criteria: str, names: list[str]) -> None:
    answer = await filled.get("/Leads/search", criteria=criteria, fields="Last_Name")
    found = [] if answer.status_code == 204 else [r["Last_Name"] for r in answer.json()["data"]]
    assert found == names
    count = (await filled.get("/Leads/actions/count", criteria=criteria)).json()
    assert count == {"count": len(names)}


@pytest.mark.parametrize(
    "criteria",
    ["(", "(Nope:equals:x)", "(Email:like:x)", "(Email)", "((Email:equals:x)", "(No_of_Employees:equals:x)", "()()"],
)
async def test_criteria_that_make_no_sense(filled: Driver, criteria: str) -> None:
    answer = await filled.get("/Leads/search", criteria=criteria)
    assert (answer.status_code, answer.json()["code"]) == (400, "INVALID_QUERY")


async def test_search_by_email_and_word(filled: Driver) -> None:
    assert (await filled.get("/Leads/search", email="b@x.co")).json()["data"][0]["Last_Name"] == "Baker (old)"
    assert len((await filled.get("/Leads/search", word="x.co")).json()["data"]) == 4
    assert (await filled.get("/Leads/search")).json()["code"] == "REQUIRED_PARAM_MISSING"
    assert (await filled.get("/Nope/search", email="x")).json()["code"] == "INVALID_MODULE"


@pytest.mark.parametrize(
    ("where", "names"),
    [
        ("Email = 'a@x.co'", ["Adams"]),
        ("Email in ('a@x.co', 'b@x.co') and No_of_Employees >= 20", ["Baker (old)"]),
        (
            "(Last_Name like '%a%' and (No_of_Employees < 15 or Date_3 is null)) and Email like '%x.co'",
            ["Adams", "Clark, Jr"],
        ),
        ("Email not in ('a@x.co') and Email is not null", ["Baker (old)", "Clark, Jr", "100%"]),
        ("No_of_Employees between 10 and 20", ["Adams", "Baker (old)"]),
        ("Date_3 != '2024-01-31' and Date_3 is not null", ["Baker (old)"]),
        ("Last_Name = '100%'", ["100%"]),
        ("Email = 'it''s'", []),
        ("Owner = '4150868000000225013' and Email is not null limit 1, 2", ["Baker (old)", "Clark, Jr"]),
        ("Email is not null order by No_of_Employees desc limit 1 offset 1", ["Baker (old)"]),
    ],
)
async def test_coql(filled: Driver, where: str, names: list[str]) -> None:
    answer = await filled.send("POST", "/coql", {"select_query": f"select Last_Name from Leads where {where}"})
    found = [] if answer.status_code == 204 else [r["Last_Name"] for r in answer.json()["data"]]
    assert found == names


async def test_coql_through_lookups_and_counts(zoho: Driver) -> None:
    columns = "Last_Name, Account_Name.Account_Name, Account_Name.id"
    query = f"select {columns} from Contacts where Account_Name.Account_Name = 'Globex'"
    (row,) = (await zoho.send("POST", "/coql", {"select_query": query})).json()["data"]
    assert (row["Last_Name"], row["Account_Name.Account_Name"]) == ("Ferrer", "Globex")
    counted = await zoho.send("POST", "/coql", {"select_query": "select COUNT(id) from Contacts where id is not null"})
    assert counted.json()["data"] == [{"COUNT(id)": 4}]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("select", "SYNTAX_ERROR"),
        ("select Last_Name from Leads where", "SYNTAX_ERROR"),
        ("select Last_Name from Leads; drop table records", "SYNTAX_ERROR"),
        ("select Nope from Leads", "INVALID_QUERY"),
        ("select id from Nope", "INVALID_QUERY"),
        ("select id from Leads limit 99999", "LIMIT_EXCEEDED"),
        ("select id from Leads where " + "(" * 99, "INVALID_QUERY"),
        (5, "MANDATORY_NOT_FOUND"),
    ],
)
async def test_coql_that_makes_no_sense(zoho: Driver, query: object, code: str) -> None:
    answer = await zoho.send("POST", "/coql", {"select_query": query})
    assert (answer.status_code, answer.json()["code"]) == (400, code)


async def test_reading_by_ids_and_pages(filled: Driver) -> None:
    ids = "738964000002130131,7,738964000002131001,abc"
    found = (await filled.get("/Leads", ids=ids, fields="Last_Name,Owner")).json()["data"]
    assert [r["Last_Name"] for r in found] == ["Lindqvist", "Okafor"]
    assert set(found[0]) == {"id", "Last_Name", "Owner"}
    page = (await filled.get("/Leads", per_page="3", page="2")).json()
    assert page["info"] == {"per_page": 3, "count": 3, "page": 2, "more_records": True}
    view = await filled.get("/Leads", cvid="4150868000000017007")
    assert view.status_code == 204
    assert (await filled.get("/Leads", cvid="1")).json()["code"] == "INVALID_DATA"
    assert (await filled.get("/Leads/7")).status_code == 204
    assert (await filled.get("/Leads/abc")).json()["code"] == "INVALID_DATA"
    filled.version = "v7"
    assert (await filled.get("/Leads")).json()["code"] == "REQUIRED_PARAM_MISSING"
    assert (await filled.get("/Leads", ids=",".join("1" * 101), fields="id")).json()["code"] == "LIMIT_EXCEEDED"
