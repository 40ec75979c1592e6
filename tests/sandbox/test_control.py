"""The control plane."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import Driver, columns


async def test_reset_gives_a_fresh_org(zoho: Driver) -> None:
    fresh = await zoho.control("state", method="GET")
    await zoho.run("n,s\nA,Odd\n", columns("Last_Name", "Lead_Source"))
    await zoho.control("clock", {"advance": 1e6})
    await zoho.control("faults", "500@org:times=0")
    assert (await zoho.control("state", method="GET"))["records"]["Leads"] == fresh["records"]["Leads"] + 1
    await zoho.control("reset")
    state = await zoho.control("state", method="GET")
    for key in ("records", "clock_offset", "faults", "pace", "switches"):
        assert state[key] == fresh[key]
    fields = (await zoho.get("/settings/fields", module="Leads")).json()["fields"]
    source = next(f for f in fields if f["api_name"] == "Lead_Source")
    assert "Odd" not in [v["actual_value"] for v in source["pick_list_values"]]
    assert (await zoho.run("n\nA\n", columns("Last_Name")))[0]["STATUS"] == "ADDED"


async def test_the_clock_can_be_set(zoho: Driver) -> None:
    answer = await zoho.control("clock", {"set": "2030-01-01T00:00:00+05:30"})
    assert answer["time"].startswith("2030-01-01T00:00:0")


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("clock", {}),
        ("clock", {"advance": "x"}),
        ("clock", {"advance": "nan"}),
        ("clock", {"set": "soon"}),
        ("clock", []),
        ("pace", {"pace": "x"}),
        ("pace", {"advance": "7"}),
        ("faults", {"kind": "x"}),
        ("faults", [5]),
        ("switches", {"nope": 1}),
        ("switches", {"credits": "many"}),
        ("switches", {"owner_required": "maybe"}),
        ("switches", {"upload_errors": "300"}),
    ],
)
async def test_requests_that_make_no_sense(zoho: Driver, what: str, body: object) -> None:
    answer = await zoho.http.post(f"/_sandbox/{what}", json=body)
    assert answer.status_code == 400
    assert answer.json()["error"]


async def test_an_unknown_control_lists_the_known(zoho: Driver) -> None:
    answer = await zoho.http.get("/_sandbox/nope")
    assert answer.status_code == 404
    assert "POST /_sandbox/reset" in answer.json()["known"]
