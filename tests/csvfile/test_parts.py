"""Rows are cut into parts by number and size; groups stay together."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import pytest

from ztui.csvfile.parts import DonePart, PartCutter, RowTooLarge


def cutter(folder: Path, **more: int) -> PartCutter:
    given = {"most_rows": 10, "most_bytes": 100_000, **more}
    return PartCutter(folder, "Leads", b"A\n", **given)


def content(part: DonePart) -> bytes:
    with zipfile.ZipFile(part.path) as archive:
        return archive.read(part.csv_name)


def test_rows_are_counted(tmp_path: Path) -> None:
    cut = cutter(tmp_path)
    done = list(cut.add([b"%d\n" % n for n in range(25)], range(25), range(2, 27)))
    done += cut.finish()
    assert [(p.number, len(p.records)) for p in done] == [(1, 10), (2, 10), (3, 5)]
    assert content(done[2]) == b"A\n20\n21\n22\n23\n24\n"
    assert list(done[2].records) == [20, 21, 22, 23, 24]
    assert list(done[2].lines) == [22, 23, 24, 25, 26]
    assert done[0].path.name == "part-0001.zip"
    assert done[0].csv_name == "Leads-0001.csv"


def test_bytes_are_counted(tmp_path: Path) -> None:
    cut = cutter(tmp_path, most_rows=1000, most_bytes=1500)
    done = list(cut.add([b"x" * 99 + b"\n"] * 30, range(30), range(30)))
    done += cut.finish()
    assert sum(len(p.records) for p in done) == 30
    assert all(p.zipped.content_bytes <= 1500 and p.zipped.zip_bytes <= 1500 for p in done)
    assert len(done) == 4


def test_incompressible_rows_keep_the_zip_small_enough(tmp_path: Path) -> None:
    draw = random.Random(1)
    cut = cutter(tmp_path, most_rows=10_000, most_bytes=50_000)
    rows = [bytes(draw.choices(range(256), k=200)) for _ in range(1000)]
    done = [*cut.add(rows, range(1000), range(1000)), *cut.finish()]
    assert all(p.zipped.zip_bytes <= 50_000 for p in done)


def test_a_row_beyond_the_limit_is_named(tmp_path: Path) -> None:
    cut = cutter(tmp_path, most_bytes=2_000)
    with pytest.raises(RowTooLarge, match="7"):
        list(cut.add([b"x" * 3_000], [7], [9]))
    cut.discard()


def test_the_canary_comes_first(tmp_path: Path) -> None:
    cut = cutter(tmp_path, canary=3)
    done = [*cut.add([b"x\n"] * 15, range(15), range(15)), *cut.finish()]
    assert [(len(p.records), p.canary) for p in done] == [(3, True), (10, False), (2, False)]


def test_groups_stay_together(tmp_path: Path) -> None:
    cut = cutter(tmp_path)
    done = list(cut.add([b"x\n"] * 8, range(8), range(8)))
    done += cut.add([b"y\n"] * 4, [8, 20, 30, 40], [8, 20, 30, 40], together=True)
    done += cut.finish()
    assert [list(p.records) for p in done] == [list(range(8)), [8, 20, 30, 40]]


def test_a_group_beyond_a_part_goes_on_in_the_next(tmp_path: Path) -> None:
    cut = cutter(tmp_path)
    done = [*cut.add([b"y\n"] * 25, range(25), range(25), together=True), *cut.finish()]
    assert [len(p.records) for p in done] == [10, 10, 5]


def test_nothing_to_cut_gives_no_part(tmp_path: Path) -> None:
    assert list(cutter(tmp_path).finish()) == []
    assert list(tmp_path.iterdir()) == []


def test_discarding_deletes_unfinished_parts(tmp_path: Path) -> None:
    cut = cutter(tmp_path)
    list(cut.add([b"x\n"] * 3, range(3), range(3)))
    cut.discard()
    assert list(tmp_path.iterdir()) == []
