"""Packing looks for equal keys unless the check has seen that there are none, and the parts are the same either way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.checking import SCHEMA, mapping_of, opened, write
from tests.engine.test_planner import packed, plan_of, rows_of
from tests.engine.test_preflight import case
from ztui.engine.planner_families import Held
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
    assert (await planned(tmp_path, apart, mapping_of(HEADER))).repeats == ()
    assert (await planned(tmp_path, apart[:2], UPSERT)).repeats == ()
    assert (await plan_of(opened(tmp_path / "f.csv"), UPSERT)).repeats is None


async def test_a_key_that_comes_again_is_known(tmp_path: Path) -> None:
    rows = [
        ["A", "a@x.example", "1"],
        ["B\nB", "b@x.example", "2"],
        ["C", "A@x.example ", "3"],
        ["D", "d@x.example", ""],
    ]
    plan = await planned(tmp_path, rows, UPSERT)
    assert plan.repeats == ((5, 2),)
    (part,) = packed(plan, tmp_path / "out")
    assert rows_of(part)[0] == ["Email", "Code", "Last_Name"]
    assert [row[2] for row in rows_of(part)[1:]] == ["B\nB", "A", "C", "D"]
    assert part.lines == (3, 2, 5, 6)


async def test_a_refused_repeat_is_no_repeat_unless_it_is_sent(tmp_path: Path) -> None:
    rows = [["A", "a@x.example", "1"], ["B", "b@x.example", "2"], ["C", "c@x.example", "1"]]
    plan = await planned(tmp_path, rows, mapping_of(HEADER))
    assert (plan.exclude, plan.repeats) == ((2,), ())
    plan = await planned(tmp_path, rows, mapping_of(HEADER), exclude_refused=False)
    assert (plan.exclude, plan.repeats) == ((), None)


@pytest.mark.parametrize("more", [{"edits": (CellEdit(0, "Code", "2"),)}, {"records": (0, 1)}])
async def test_edits_and_chosen_records_are_compared_anew(more: dict[str, object], tmp_path: Path) -> None:
    rows = [["A", "a@x.example", "1"], ["B", "b@x.example", "2"]]
    plan = await planned(tmp_path, rows, mapping_of(HEADER), **more)
    assert plan.repeats is None


@pytest.mark.parametrize("batch", range(2))
async def test_the_parts_are_the_same_either_way(batch: int, tmp_path: Path) -> None:
    trusted = repeated = 0
    for seed in range(batch * 60, batch * 60 + 60):
        path, mapping, said = case(seed, tmp_path)
        with opened(path, **said) as file:
            report = await check(file, mapping, SCHEMA)
            try:
                plan = await plan_of(file, mapping, report=report)
            except PlanError:
                continue
            if plan.repeats is None:
                continue
            trusted += 1
            repeated += bool(plan.repeats)
            plan = replace(plan, rows_per_part=4)
            here = packed(plan, tmp_path / f"trusted-{seed}")
            there = packed(replace(plan, repeats=None), tmp_path / f"compared-{seed}")
            assert [p.path.read_bytes() for p in here] == [p.path.read_bytes() for p in there], f"seed {seed}"
    assert trusted > 3
    assert repeated


async def test_nothing_is_read_where_the_check_has_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = await planned(tmp_path, [["A", "a@x.example", "1"]], UPSERT)

    def never(*_: object) -> None:
        raise AssertionError("the keys were compared again")

    monkeypatch.setattr("ztui.engine.planner_families.KeyNumbers", never)
    assert packed(plan, tmp_path / "out")[0].records == (0,)
    with pytest.raises(AssertionError):
        packed(replace(plan, repeats=None), tmp_path / "again")


async def test_no_row_is_lost_when_one_of_its_family_is_left_out_later(tmp_path: Path) -> None:
    rows = [["A", "a@x.example", ""], ["B", "b@x.example", ""], ["C", "a@x.example", ""], ["D", "a@x.example", ""]]
    plan = await planned(tmp_path, rows, UPSERT)
    assert plan.repeats == ((4, 2), (5, 2))
    for left_out, sent in (((3,), (1, 0, 2)), ((0,), (1, 2, 3)), ((0, 2), (1, 3)), ((2, 3), (1, 0)), ((0, 2, 3), (1,))):
        for number, known in enumerate((plan, replace(plan, repeats=None))):
            folder = tmp_path / f"{left_out}{number}"
            (part,) = packed(replace(known, exclude=left_out), folder)
            assert sorted(part.records) == sorted(sent)
            assert [r for r in part.records if r != 1] == [r for r in sent if r != 1]


async def test_the_rows_that_go_first_are_the_first_of_the_file(tmp_path: Path) -> None:
    names = ["a", "b", "a", "c", "a", "d"]
    rows = [[str(at), f"{name}@x.example", ""] for at, name in enumerate(names)]
    for known in (await planned(tmp_path, rows, UPSERT, canary=2), await plan_of(opened(tmp_path / "f.csv"), UPSERT)):
        first, rest = packed(replace(known, canary=2), tmp_path / f"out{known.repeats is None}")
        assert (first.canary, first.records, rest.records) == (True, (0, 1), (3, 2, 4, 5))


async def test_a_plan_with_too_many_repeats_looks_for_them_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ztui.engine.planner_families._WORTH_KEEPING", 2)
    rows = [["A", "a@x.example", ""]] * 4
    plan = await planned(tmp_path, rows, UPSERT)
    assert plan.repeats is None
    assert packed(plan, tmp_path / "out")[0].records == (0, 1, 2, 3)


def test_rows_wait_in_order(tmp_path: Path) -> None:
    with (tmp_path / "spool").open("w+b") as spool:
        held = Held(spool)
        for family, row in ((7, b"one\n"), (3, b"two\n"), (7, b"three\n"), (7, b"four\n")):
            held.put(family, row, len(row), family)
        rows, records, lines = held.take(7)
        assert (rows, list(records), list(lines)) == ([b"one\n", b"three\n", b"four\n"], [4, 6, 5], [7, 7, 7])
        held.put(1, b"five\n", 0, 0)
        assert held.families() == [1, 3]
        assert held.take(3)[0] == [b"two\n"]
