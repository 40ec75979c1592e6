"""Credits and calls at once."""

from __future__ import annotations

import asyncio

from tests.sandbox.driver import Driver, columns

CREATE = 500


async def test_a_create_costs_500_and_the_rest_is_told_past_half(zoho: Driver) -> None:
    await zoho.control("switches", {"credits": 1300})
    assert "X-API-CREDITS-REMAINING" not in (await zoho.get("/org")).headers
    await zoho.create("n\nA\n", columns("Last_Name"))
    used = (await zoho.control("state", method="GET"))["credits"]["used"]
    assert used == 1 + CREATE
    second = await zoho.create("n\nA\n", columns("Last_Name"))
    assert second.headers["X-API-CREDITS-REMAINING"] == str(1300 - 1 - 2 * CREATE)
    third = await zoho.create("n\nA\n", columns("Last_Name"))
    assert (third.status_code, third.json()["code"]) == (429, "TOO_MANY_REQUESTS")
    assert third.json()["details"]["limit"] == 1300
    await zoho.control("clock", {"advance": 25 * 3600})
    assert (await zoho.create("n\nA\n", columns("Last_Name"))).status_code == 201


async def test_records_cost_one_per_ten(zoho: Driver) -> None:
    await zoho.send("POST", "/Leads", {"data": [{"Last_Name": "A"}] * 21})
    assert (await zoho.control("state", method="GET"))["credits"]["used"] == 3


async def test_too_many_calls_at_once(zoho: Driver) -> None:
    await zoho.control("switches", {"concurrency": 2})
    await zoho.control("pace", {"pace": "poll"})
    jobs = [await zoho.create("n\nA\n", columns("Last_Name")) for _ in range(4)]
    ids = [j.json()["details"]["id"] for j in jobs]
    for number in ids:
        await zoho.details(number)
    answers = await asyncio.gather(*(zoho.http.get(f"/crm/bulk/v2/write/{n}") for n in ids))
    statuses = [a.status_code for a in answers]
    assert statuses.count(200) >= 2
    assert 429 in statuses
    assert (await zoho.get("/org")).status_code == 200


async def test_slow_calls_are_in_flight_all_the_while(zoho: Driver) -> None:
    await zoho.control("switches", {"concurrency": 3})
    await zoho.control("faults", {"kind": "latency", "route": "org", "seconds": 0.05, "times": 0})
    answers = await asyncio.gather(*(zoho.get("/org") for _ in range(8)))
    assert sorted(a.status_code for a in answers) == [200] * 3 + [429] * 5
    assert (await zoho.get("/users")).status_code == 200
