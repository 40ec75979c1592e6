"""Key numbers are what reading every record plainly gives, on mangled files as well."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.checking import SCHEMA, opened, write
from tests.engine.test_preflight import case
from ztui.csvfile import scan
from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.engine.planner_keys import KeyNumbers
from ztui.engine.preflight_rows import RowRules
from ztui.engine.preflight_segment import is_error
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.model.table import CsvInfo


def plain(info: CsvInfo, rules: RowRules) -> list[int]:
    """Every key by the record reader and the rules."""
    rule = rules.fields[0]
    numbers = []
    with info.data_path.open("rb") as stream:
        stream.seek(info.data_start)
        for cells in RecordReader(physical_lines(stream), info.dialect):
            value = rules.value(0, cells)
            text = rule.key_text(value)
            bad = any(is_error(hit.rule) for hit in rules.judge_value(0, "", value))
            numbers.append(0 if bad or not text else hash(text))
    return numbers


@pytest.mark.parametrize("batch", range(4))
def test_mangled_files(batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0
    for seed in range(batch * 40, batch * 40 + 40):
        path, mapping, said = case(seed, tmp_path)
        pick = random.Random(seed)
        monkeypatch.setattr(scan, "BLOCK", pick.choice([16, 64, 300, 3000, 1 << 18]))
        monkeypatch.setattr(scan, "WINDOW", pick.choice([8, 100, 1000, 1 << 16]))
        with opened(path, **said) as file:
            for mapped in mapping.fields:
                rules = RowRules(replace(mapping, fields=(mapped,)), SCHEMA, len(file.info.headers))
                if rules.fields:
                    numbers = plain(file.info, rules)
                    assert list(KeyNumbers(file.info, rules).numbers) == numbers, f"seed {seed} {mapped.api_name}"
                    seen += len(numbers)
    assert seen > 1000


def test_a_key_of_two_columns_and_one_with_steps(tmp_path: Path) -> None:
    rows = [["Ada", "Lovelace", " A1"], ["Ada", "", "a1"], ["", "Lovelace, A.", "b\n2"], ["Ada", "Lovelace", ""]]
    file = opened(write(tmp_path / "f.csv", ["First", "Last", "Code"], rows))
    for mapped in (
        FieldMapping("Last_Name", (1, 0), (Step.of("join", separator=" "),)),
        FieldMapping("Code", (2,), (Step.of("trim"), Step.of("case", to="upper"))),
        FieldMapping("Code", (2,)),
    ):
        rules = RowRules(Mapping("Leads", fields=(mapped,)), SCHEMA, 3)
        keys = KeyNumbers(file.info, rules)
        assert list(keys.numbers) == plain(file.info, rules)
    assert keys.numbers[0] == keys.numbers[1] != 0
    assert keys.numbers[3] == 0


@pytest.mark.parametrize("steps", [(), (Step.of("trim"),)])
def test_a_blank_key_is_sent_as_its_default(tmp_path: Path, steps: tuple[Step, ...]) -> None:
    file = opened(write(tmp_path / "f.csv", ["Code", "Notes"], [["A1", "x"], ["", "x"], ["z9", "x"], [" ", "x"]]))
    rules = RowRules(Mapping("Leads", fields=(FieldMapping("Code", (0,), steps, default="Z9"),)), SCHEMA, 2)
    numbers = KeyNumbers(file.info, rules).numbers
    assert numbers[1] == numbers[2] == numbers[3] not in (0, numbers[0])
