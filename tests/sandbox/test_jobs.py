"""A job's life: paces, endings, details by version, callbacks."""

from __future__ import annotations

import asyncio
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from tests.sandbox.driver import Driver, columns
from ztui.sandbox.state import Sandbox
from ztui.sandbox.switches import Switches


async def started(pace: str) -> tuple[Driver, str]:
    driver = Driver(Sandbox(pace=pace, switches=Switches(owner_required=False)))
    answer = await driver.create("n\nA\n\n,\nB\n", columns("Last_Name"))
    return driver, answer.json()["details"]["id"]


async def test_one_state_per_poll() -> None:
    zoho, job = await started("poll")
    found = [await zoho.details(job) for _ in range(4)]
    assert [f["status"] for f in found] == ["ADDED", "INPROGRESS", "COMPLETED", "COMPLETED"]
    for running in found[:2]:
        assert set(running["resource"][0]) == {"status", "type", "module", "field_mappings", "code"}
        assert not {"result", "character_encoding"} & set(running)
    await zoho.close()


async def test_nothing_moves_by_hand_until_told() -> None:
    zoho, job = await started("manual")
    assert [(await zoho.details(job))["status"] for _ in range(3)] == ["ADDED"] * 3
    await zoho.control("pace", {"advance": job})
    assert (await zoho.details(job))["status"] == "INPROGRESS"
    await zoho.control("pace", {"advance": "all"})
    assert (await zoho.details(job))["status"] == "COMPLETED"
    assert (await zoho.details("4150868000005392002"))["status"] == "INPROGRESS"
    await zoho.control("pace", {"advance": "4150868000005392002"})
    frozen = await zoho.details("4150868000005392002")
    assert frozen["resource"][0]["file"]["added_count"] == 5
    await zoho.close()


async def test_by_time_and_by_a_moved_clock() -> None:
    zoho, job = await started("real")
    assert (await zoho.details(job))["status"] == "ADDED"
    await zoho.control("clock", {"advance": 4})
    assert (await zoho.details(job))["status"] == "INPROGRESS"
    await zoho.control("clock", {"advance": 60})
    assert (await zoho.details(job))["status"] == "COMPLETED"
    await zoho.close()


async def test_fast_ends_by_itself() -> None:
    zoho, job = await started("fast")
    assert (await zoho.details(job))["status"] == "ADDED"
    async with asyncio.timeout(10):
        await zoho.box.jobs.settled()
    assert (await zoho.details(job))["status"] == "COMPLETED"
    await zoho.close()


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"kind": "failed_job", "code": "HEADER_LIMIT_EXCEEDED"}, "FAILED", "HEADER_LIMIT_EXCEEDED"),
        ({"kind": "skipped_job"}, "SKIPPED", "SKIPPED"),
        ({"kind": "stuck_job"}, "INPROGRESS", "INPROGRESS"),
    ],
)
async def test_other_endings(zoho: Driver, fault: dict[str, Any], status: str, code: str) -> None:
    await zoho.control("faults", fault)
    job = (await zoho.create("n\nA\n", columns("Last_Name"))).json()["details"]["id"]
    found = await zoho.details(job)
    assert (found["status"], found["resource"][0]["status"], found["resource"][0]["code"]) == (status, status, code)
    assert "result" not in found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("n\n" + "x\n" * 25_001, "LIMIT_EXCEEDED"),
        (",".join(f"c{n}" for n in range(201)) + "\n1\n", "HEADER_LIMIT_EXCEEDED"),
        ("", "INVALID_FILE_FORMAT"),
    ],
)
async def test_files_that_fail_the_job(zoho: Driver, text: str, code: str) -> None:
    created = await zoho.create(text, [{"api_name": "Last_Name", "index": 0}])
    found = await zoho.details(created.json()["details"]["id"])
    assert (found["status"], found["resource"][0]["code"]) == ("FAILED", code)


async def test_exactly_25_000_rows_are_taken(zoho: Driver) -> None:
    created = await zoho.create("n\n" + "x\n" * 25_000, columns("Last_Name"))
    found = await zoho.details(created.json()["details"]["id"])
    assert found["resource"][0]["file"]["added_count"] == 25_000


async def test_all_rows_refused_is_still_completed(zoho: Driver) -> None:
    created = await zoho.create("n,e\nA,bad\nB,bad\n", columns("Last_Name", "Email"))
    found = await zoho.details(created.json()["details"]["id"])
    assert found["status"] == "COMPLETED"
    assert found["resource"][0]["file"] == {
        "status": "COMPLETED",
        "name": "part.csv",
        "added_count": 0,
        "skipped_count": 2,
        "updated_count": 0,
        "total_count": 2,
    }


async def test_details_by_version_and_switch(zoho: Driver) -> None:
    job = "4150868000005392002"
    assert (await zoho.http.get(f"/crm/bulk/v2/write/{job}")).json()["resource"][0]["module"] == "Leads"
    new = (await zoho.http.get(f"/crm/bulk/v3/write/{job}")).json()["resource"][0]
    assert new["module"] == {"id": "4150868000000002175", "api_name": "Leads"}
    assert new["field_mappings"][0]["parent_column_index"] is None
    await zoho.control("switches", {"running_word": "IN PROGRESS", "job_not_found": "404"})
    assert (await zoho.details(job))["status"] == "IN PROGRESS"
    assert (await zoho.http.get("/crm/bulk/v7/write/1")).status_code == 404


async def test_a_status_no_one_knows(zoho: Driver) -> None:
    await zoho.control("faults", {"kind": "unknown_status", "word": "RESTING"})
    assert (await zoho.details("4150868000005350003"))["status"] == "RESTING"
    assert (await zoho.details("4150868000005350003"))["status"] == "COMPLETED"


async def test_a_loopback_callback_gets_the_details(zoho: Driver) -> None:
    got: list[tuple[str, str, Any]] = []
    arrived = Event()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((self.path, self.headers["Content-Type"], json.loads(body)))
            self.send_response(204)
            self.end_headers()
            arrived.set()

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/done?x=1"
        refused = await zoho.create("n\nA\n", columns("Last_Name"), callback={"url": url, "method": "post"})
        await zoho.control("switches", {"loopback_callback": True})
        created = await zoho.create("n\nA\n", columns("Last_Name"), callback={"url": url, "method": "post"})
        assert await asyncio.to_thread(arrived.wait, 10)
        server.shutdown()
        thread.join()
    assert refused.json()["code"] == "INVALID_CALLBACK_URL"
    path, content_type, body = got[0]
    assert (path, content_type) == ("/done?x=1", "application/json")
    assert (body["id"], body["status"]) == (created.json()["details"]["id"], "COMPLETED")


async def test_a_job_takes_effect_once(zoho: Driver) -> None:
    job = (await zoho.create("n\nA\n", columns("Last_Name"))).json()["details"]["id"]
    before = await zoho.control("state", method="GET")
    row = zoho.box.jobs.find(int(job))
    assert row is not None
    zoho.box.jobs.finish(int(job), json.loads(row["spec"]))
    assert (await zoho.control("state", method="GET"))["records"] == before["records"]


async def test_a_reset_drops_what_is_under_way() -> None:
    zoho, job = await started("manual")
    await zoho.control("pace", {"advance": job})
    row = zoho.box.jobs.find(int(job))
    assert row is not None
    old, spec = zoho.box.jobs, json.loads(row["spec"])
    await zoho.control("reset")
    fresh = await zoho.control("state", method="GET")
    old.finish(int(job), spec)
    assert (await zoho.control("state", method="GET"))["records"] == fresh["records"]
    assert (await zoho.details(job))["code"] == "RESOURCE_NOT_FOUND"
    await zoho.close()
