"""Results and refused rows as files."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running_world import World
from ztui.errors import SourceChanged, StoreError, UsageError
from ztui.model.crm import Operation
from ztui.model.plan import ImportPlan
from ztui.model.table import DialectOverrides


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def upsert(plan: ImportPlan, **changes: object) -> ImportPlan:
    mapping = replace(plan.mapping, operation=Operation.UPSERT, find_by="Email")
    return replace(plan, mapping=mapping, **changes)  # type: ignore[arg-type]


async def test_results_are_written_with_the_whole_source_row(world: World) -> None:
    world.write(5, bad={2})
    state = await world.runs.start(world.plan(exclude=(4,)))
    out = world.folder / "results.csv"

    report = await world.runs.export_results(state.run_id, out)

    assert report.rows == 5
    rows = list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"), newline="")))
    assert [row["ztui_result"] for row in rows] == ["added", "added", "skipped", "added", "not_sent"]
    assert rows[2]["Email"] == "nobody"
    assert rows[2]["ztui_line"] == "4"
    assert rows[2]["ztui_code"] == "INVALID_DATA"
    assert rows[2]["ztui_remedy"]
    assert rows[0]["ztui_record_id"] in world.zoho.records


async def test_refused_rows_are_written_as_they_were_read(world: World) -> None:
    text = '\ufeffE-Mail;Näme;Firma\r\na@x.org;Ä;"F;1"\r\nnobody;Ö;"zwei\r\nZeilen"\r\nnein;"sag ""ja""";\x92\r\n'
    world.path.write_bytes(text.replace("\ufeff", "").encode("latin-1"))
    world.rows = 3
    from ztui.engine.files import OpenFile

    with OpenFile.open(str(world.path), DialectOverrides(encoding="cp1252")) as file:
        info = file.info
    plan = replace(world.plan(), info=info, mapping=replace(world.plan().mapping, headers=info.headers))
    state = await world.runs.start(plan)
    out = world.folder / "again.csv"

    report = await world.runs.export_results(state.run_id, out, only_refused=True)

    assert (report.rows, report.encoding) == (2, "cp1252")
    lines = world.path.read_bytes().split(b"\r\n")
    assert out.read_bytes() == b"\r\n".join([lines[0], *lines[2:]])


async def test_exports_never_touch_the_source_or_half_write(world: World) -> None:
    world.write(5)
    state = await world.runs.start(world.plan())
    before = world.path.read_bytes()
    with pytest.raises(UsageError, match="EXPORT_OVER_SOURCE"):
        await world.runs.export_results(state.run_id, world.path)
    with pytest.raises(StoreError):
        await world.runs.export_results(state.run_id, world.folder / "no such folder" / "x.csv")
    assert world.path.read_bytes() == before
    other = world.another()
    world.write(6)
    with pytest.raises(SourceChanged):
        await other.export_results(state.run_id, world.folder / "x.csv")
