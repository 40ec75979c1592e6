"""Reading and writing single records."""

import httpx
import pytest

from tests.zoho.support import refusal, reply, serving
from ztui.errors import AnswerLost, ApiError
from ztui.model.crm import Record
from ztui.zoho.records import RecordAnswer

DONE = {"code": "SUCCESS", "details": {"id": "1"}, "message": "record updated", "status": "success"}
BAD = {
    "code": "INVALID_DATA",
    "details": {"api_name": "Email", "expected_data_type": "email"},
    "message": "invalid data",
    "status": "error",
}


def rows(*ids: int) -> httpx.Response:
    return reply(
        {"data": [{"id": str(n), "Modified_Time": "2026-01-01T00:00:00+05:30", "Last_Name": f"N{n}"} for n in ids]}
    )


async def test_records_are_read_by_id_in_calls_of_a_hundred() -> None:
    server = serving(rows(1, 2), httpx.Response(204), rows(3))
    async with server.client() as client:
        found = await client.get("Leads", [str(n) for n in range(250)], ["Last_Name", "Email"])
    assert [record.id for record in found] == ["1", "2", "3"]
    assert found[0].values["Last_Name"] == "N1"
    assert found[0].modified_time == "2026-01-01T00:00:00+05:30"
    assert [len(r.url.params["ids"].split(",")) for r in server.requests] == [100, 100, 50]
    assert server.requests[0].url.params["fields"] == "Last_Name,Email"
    assert server.paths[0] == "/crm/v2.1/Leads"


async def test_no_ids_need_no_call() -> None:
    server = serving(rows(1))
    async with server.client() as client:
        assert await client.get("Leads", []) == []
    assert server.requests == []


async def test_search_goes_on_while_there_is_more() -> None:
    more = reply({"data": [{"id": "1"}], "info": {"more_records": True}})
    server = serving(more, reply({"data": [{"id": "2"}], "info": {"more_records": False}}))
    async with server.client() as client:
        found = await client.search("Leads", "(Email:equals:a@b.c)", ["Email"])
    assert [record.id for record in found] == ["1", "2"]
    assert server.requests[1].url.params["page"] == "2"
    assert server.requests[0].url.params["criteria"] == "(Email:equals:a@b.c)"


async def test_search_stops_at_its_limit() -> None:
    server = serving(reply({"data": [{"id": "1"}, {"id": "2"}], "info": {"more_records": True}}))
    async with server.client() as client:
        assert len(await client.search("Leads", "x", limit=3)) == 3
    assert len(server.requests) == 2


async def test_a_query_is_reading_and_is_repeated() -> None:
    server = serving(refusal("INTERNAL_ERROR", 500), rows(1))
    async with server.client() as client:
        (record,) = await client.coql("select id from Leads where id = 1")
    assert record.id == "1"
    assert server.sent() == {"select_query": "select id from Leads where id = 1"}
    assert server.paths == ["/crm/v2.1/coql"] * 2


async def test_an_empty_query_answer() -> None:
    async with serving(httpx.Response(204)).client() as client:
        assert await client.coql("select id from Leads where id = 1") == []


@pytest.mark.parametrize(("body", "count"), [({"count": 7}, 7), ({"count": "7"}, 7), ({}, 0)])
async def test_counting(body: object, count: int) -> None:
    server = serving(reply(body))
    async with server.client() as client:
        assert await client.count("Leads", "(a:equals:b)") == count
    assert server.paths == ["/crm/v2.1/Leads/actions/count"]


async def test_deleting_answers_for_each_id() -> None:
    server = serving(
        reply(
            {
                "data": [
                    {**DONE, "message": "record deleted"},
                    {"code": "INVALID_DATA", "status": "error", "message": "m"},
                ]
            },
            207,
        )
    )
    async with server.client() as client:
        first, second = await client.delete("Leads", ["1", "2"])
    assert first == RecordAnswer("1", True, "SUCCESS", "record deleted", (("id", "1"),))
    assert second == RecordAnswer("2", False, "INVALID_DATA", "m")
    (request,) = server.requests
    assert (request.method, request.url.params["ids"]) == ("DELETE", "1,2")


async def test_updating_sends_values_and_ids() -> None:
    server = serving(reply({"data": [DONE, BAD]}))
    async with server.client() as client:
        answers = await client.update(
            "Leads", [Record("1", values={"Company": "A", "id": "other"}), Record("2", values={"Email": "x"})]
        )
    assert server.sent() == {"data": [{"Company": "A", "id": "1"}, {"Email": "x", "id": "2"}]}
    assert [(a.id, a.ok, a.code) for a in answers] == [("1", True, "SUCCESS"), ("2", False, "INVALID_DATA")]
    assert dict(answers[1].details)["api_name"] == "Email"
    assert client.credits.spent == 1


@pytest.mark.parametrize("status", [200, 202, 207, 400])
async def test_a_single_refused_record_is_an_answer_whatever_the_status(status: int) -> None:
    async with serving(reply({"data": [BAD]}, status)).client() as client:
        (answer,) = await client.insert("Leads", [{"Email": "x"}])
    assert (answer.ok, answer.code, answer.id) == (False, "INVALID_DATA", "")


async def test_upserting_tells_what_it_did() -> None:
    server = serving(reply({"data": [{**DONE, "action": "update"}, {**DONE, "action": "insert"}]}))
    async with server.client() as client:
        answers = await client.upsert("Leads", [{"Email": "a"}, {"Email": "b"}], ["Email"])
    assert [a.action for a in answers] == ["update", "insert"]
    assert server.sent() == {"data": [{"Email": "a"}, {"Email": "b"}], "duplicate_check_fields": ["Email"]}
    assert server.paths == ["/crm/v2.1/Leads/upsert"]


async def test_a_refusal_of_the_whole_call_is_an_error() -> None:
    async with serving(refusal("INVALID_MODULE", 400)).client() as client:
        with pytest.raises(ApiError, match="INVALID_MODULE"):
            await client.update("Nonsense", [Record("1")])


async def test_a_lost_answer_leaves_it_open() -> None:
    async with serving(httpx.ReadTimeout("")).client() as client:
        with pytest.raises(AnswerLost):
            await client.insert("Leads", [{"Last_Name": "A"}])


@pytest.mark.parametrize("count", [0, 101])
async def test_a_call_takes_one_to_a_hundred(count: int) -> None:
    async with serving(rows()).client() as client:
        with pytest.raises(ValueError, match=f"1 to 100 records a call, not {count}"):
            await client.delete("Leads", ["1"] * count)
        with pytest.raises(ValueError, match="not"):
            await client.insert("Leads", [{}] * count)


async def test_credits_go_by_tens() -> None:
    async with serving(reply({"data": [DONE] * 95})).client() as client:
        await client.insert("Leads", [{}] * 95)
        assert client.credits.spent == 10


async def test_a_module_name_cannot_lead_to_another_path() -> None:
    server = serving(rows())
    async with server.client() as client:
        await client.get("../../oauth", ["1"])
    assert server.requests[0].url.raw_path.decode().startswith("/crm/v2.1/.._.._oauth?")
