"""What an update or upsert would do, told before it is done."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.errors import PlanError
from ztui.model.crm import Operation, Record
from ztui.model.mapping import FieldMapping
from ztui.model.plan import ImportPlan


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def upsert(plan: ImportPlan, **changes: object) -> ImportPlan:
    mapping = replace(plan.mapping, operation=Operation.UPSERT, find_by="Email")
    return replace(plan, mapping=mapping, **changes)  # type: ignore[arg-type]


async def test_a_forecast_tells_what_would_happen(world: World) -> None:
    old = "2026-01-01T00:00:00+00:00"
    people = {"0": "p0@example.org", "1": "p1@example.org", "1b": "P1@example.org", "2": "p2@example.org"}
    for record_id, email in people.items():
        world.zoho.records[record_id] = Record(record_id, old, {"Email": email, "Company": "Old"})
    world.path.write_text(
        "Email,Name,Firm\np0@example.org,A,\np1@example.org,B,F\np2@example.org,C,F\np2@example.org,C,F\n,D,F\nnew@x.org,E,F\n",
        encoding="utf-8",
    )
    world.rows = 6
    plan = upsert(world.plan())
    fields = tuple(FieldMapping(f.api_name, f.columns) for f in plan.mapping.fields)
    plan = replace(plan, mapping=replace(plan.mapping, ignore_empty=False, fields=fields))

    forecast = await world.runs.forecast(plan)

    assert (forecast.rows, forecast.created, forecast.updated) == (6, 1, 3)
    assert (forecast.ambiguous, forecast.repeated, forecast.blank_keys) == (1, 1, 1)
    assert forecast.wiped == (("Company", 1),)
    assert "create" not in world.zoho.requests
    with pytest.raises(PlanError, match="FORECAST_NEEDS_KEY"):
        await world.runs.forecast(world.plan())
