"""The length of a CSV cell does not depend on what was loaded or set before."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from ztui.csvfile.detect import detect
from ztui.csvfile.reader import csv_format
from ztui.model.cell_limit import CELL_LIMIT, lift_cell_limit
from ztui.model.table import Dialect

SOURCE = Path(__file__).parents[2] / "ztui"


@pytest.fixture(autouse=True)
def lowered() -> Iterator[None]:
    before = csv.field_size_limit(1000)
    yield
    csv.field_size_limit(before)


def test_a_lowered_limit_is_lifted_before_reading() -> None:
    with pytest.raises(csv.Error):
        next(csv.reader(["x" * 2000]))
    lift_cell_limit()
    assert csv.field_size_limit() == CELL_LIMIT
    csv.field_size_limit(1000)
    assert next(csv.reader(["x" * 2000], **csv_format(Dialect()))) == ["x" * 2000]


def test_a_file_with_a_long_cell_opens_whatever_the_limit_was(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("Name,Text\nAda," + "y" * 200_000 + "\n", encoding="utf-8")
    assert detect(str(path)).headers == ("Name", "Text")


def test_one_place_sets_it() -> None:
    places = [path.name for path in SOURCE.rglob("*.py") if "field_size_limit(" in path.read_text(encoding="utf-8")]
    assert places == ["cell_limit.py"]
