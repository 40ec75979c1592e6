"""Packing looks for equal keys unless the check has seen that there are none, and the parts are the same either way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.checking import SCHEMA, mapping_of, opened, write
from tests.engine.test_planner import packed, plan_of, rows_of
from tests.engine.test_preflight import case
from ztui.engine.planner_families import key_field
from ztui.engine.preflight import check
from ztui.errors import PlanError
from ztui.model.crm import Operation
from ztui.model.mapping import Mapping
from ztui.model.plan import CellEdit, ImportPlan

HEADER = ("Last_Name", "Email", "Code")
UPSERT = replace(mapping_of(HEADER), operation=Operation.UPSERT, find_by="Email")


async def planned(folder: Path, rows: list[list[str]], mapping: Mapping, **more: object) -> ImportPlan:
    file = opened(write(folder / "f.csv", HEADER, rows))
    return await plan_of(file, mapping, report=await check(file, mapping, SCHEMA), **more)


async def test_what_the_check_compared_need_not_be_compared_again(tmp_path: Path) -> None:
    apart = [["A", "a@x.example", "1"], ["B", "b@x.example", "2"], ["C", "", ""], ["D", "", ""]]
    assert (await planned(tmp_path, apart, mapping_of(HEADER))).keys_distinct
    assert (await planned(tmp_path, apart[:2], UPSERT)).keys_distinct
    assert not (await plan_of(opened(tmp_path / "f.csv"), UPSERT)).keys_distinct


async def test_a_key_that_comes_again_is_looked_for(tmp_path: Path) -> None:
    rows = [["A", "a@x.example", "1"], ["B", "b@x.example", "2"], ["C", "A@x.example ", "3"]]
    plan = await planned(tmp_path, rows, UPSERT)
    assert not plan.keys_distinct
    (part,) = packed(plan, tmp_path / "out")
    assert rows_of(part)[0] == ["Email", "Code", "Last_Name"]
    assert [row[2] for row in rows_of(part)[1:]] == ["A", "C", "B"]


async def test_a_refused_repeat_is_no_repeat_unless_it_is_sent(tmp_path: Path) -> None:
    rows = [["A", "a@x.example", "1"], ["B", "b@x.example", "2"], ["C", "c@x.example", "1"]]
    plan = await planned(tmp_path, rows, mapping_of(HEADER))
    assert (plan.exclude, plan.keys_distinct) == ((2,), True)
    plan = await planned(tmp_path, rows, mapping_of(HEADER), exclude_refused=False)
    assert (plan.exclude, plan.keys_distinct) == ((), False)


@pytest.mark.parametrize("more", [{"edits": (CellEdit(0, "Code", "2"),)}, {"records": (0, 1)}])
async def test_edits_and_chosen_records_are_compared_anew(more: dict[str, object], tmp_path: Path) -> None:
    rows = [["A", "a@x.example", "1"], ["B", "b@x.example", "2"]]
    plan = await planned(tmp_path, rows, mapping_of(HEADER), **more)
    assert not plan.keys_distinct


@pytest.mark.parametrize("batch", range(2))
async def test_the_parts_are_the_same_either_way(batch: int, tmp_path: Path) -> None:
    trusted = 0
    for seed in range(batch * 60, batch * 60 + 60):
        path, mapping, said = case(seed, tmp_path)
        with opened(path, **said) as file:
            report = await check(file, mapping, SCHEMA)
            try:
                plan = await plan_of(file, mapping, report=report)
            except PlanError:
                continue
            if not plan.keys_distinct:
                continue
            trusted += 1
            assert key_field(plan.mapping, plan.schema) is not None
            here = packed(plan, tmp_path / f"trusted-{seed}")
            there = packed(replace(plan, keys_distinct=False), tmp_path / f"compared-{seed}")
            assert [p.path.read_bytes() for p in here] == [p.path.read_bytes() for p in there], f"seed {seed}"
    assert trusted > 3


async def test_nothing_is_read_where_the_check_has_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = await planned(tmp_path, [["A", "a@x.example", "1"]], UPSERT)

    def never(*_: object) -> None:
        raise AssertionError("the keys were compared again")

    monkeypatch.setattr("ztui.engine.planner_families.KeyNumbers", never)
    assert packed(plan, tmp_path / "out")[0].records == (0,)
    with pytest.raises(AssertionError):
        packed(replace(plan, keys_distinct=False), tmp_path / "again")
