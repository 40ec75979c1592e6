"""Files a person asks for are whole or not there."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ztui.engine.whole_file import write_table
from ztui.errors import StoreError, UsageError


async def test_rows_come_back_as_they_were(tmp_path: Path) -> None:
    rows = [("line", "value"), (2, 'a "b", c\nd'), (3, "Ünï")]
    target = tmp_path / "out.csv"
    assert await write_table(target, rows, "in.csv") == 3
    with target.open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [["line", "value"], ["2", 'a "b", c\nd'], ["3", "Ünï"]]
    assert target.stat().st_mode & 0o077 == 0


async def test_the_rows_own_file_is_never_written_over(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text("a\n1\n")
    link = tmp_path / "link.csv"
    link.symlink_to(source)
    with pytest.raises(UsageError):
        await write_table(link, [("x",)], str(source))
    assert source.read_text() == "a\n1\n"


def test_what_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[object, ...]]:
        yield ("line",)
        raise RuntimeError("the source went away")

    with pytest.raises(RuntimeError):
        asyncio.run(write_table(tmp_path / "out.csv", rows(), "in.csv"))
    assert list(tmp_path.iterdir()) == []


async def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        await write_table(tmp_path / "no" / "out.csv", [("x",)], "in.csv")
