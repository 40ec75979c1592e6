from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.plans import HEADERS, plan_for, write_source
from ztui.engine.repair import RepairRow, RepairSession
from ztui.engine.repair_file import take_corrections
from ztui.errors import SourceError
from ztui.model.outcome import RowError, RowOutcome, RowResult
from ztui.model.table import SourceRow


def session(folder: Path) -> RepairSession:
    write_source(folder / "a.csv", 9)
    rows = [
        RepairRow(
            RowOutcome(n, n + 2, RowResult.SKIPPED, errors=(RowError("INVALID_DATA", ("Email",)),)),
            ("nobody", f"Name {n}", "Firm"),
        )
        for n in (2, 5)
    ]
    return RepairSession("r1", plan_for(folder / "a.csv", 9), rows)


def rows(*cells: tuple[str, ...]) -> list[SourceRow]:
    return [SourceRow(n, n + 2, row) for n, row in enumerate(cells)]


def test_rows_in_order_go_through_the_mapping(tmp_path: Path) -> None:
    found = session(tmp_path)
    changed = take_corrections(found, HEADERS, rows((" two@x.org ", "Name 2", "Firm"), ("nobody", "Name 5", "Acme")))
    assert changed == 2
    assert found.value(2, "Email") == "two@x.org"
    assert found.value(5, "Company") == "Acme"
    assert found.undo()
    assert found.edited == ()


def test_rows_are_told_by_their_line(tmp_path: Path) -> None:
    found = session(tmp_path)
    given = rows(("x@x.org", "99"), ("five@x.org", "7"), ("no line", ""))
    assert take_corrections(found, ("Email", "ztui_line"), given) == 1
    assert found.value(5, "Email") == "five@x.org"


def test_what_cannot_be_told_is_refused(tmp_path: Path) -> None:
    found = session(tmp_path)
    with pytest.raises(SourceError, match="CORRECTIONS_OTHER_ROWS"):
        take_corrections(found, HEADERS, rows(("a@x.org", "b", "c")))
    with pytest.raises(SourceError, match="CORRECTIONS_OTHER_COLUMNS"):
        take_corrections(found, ("Other",), rows(("a",), ("b",)))
    assert found.edited == ()
