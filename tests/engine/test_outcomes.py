from __future__ import annotations

from pathlib import Path

from tests.store.plans import plan_for, write_source
from ztui.engine.outcomes import LEFT_OUT, count, left_out, refused_part, scope_of
from ztui.model.event import ErrorInfo
from ztui.model.finding import Finding, Severity
from ztui.model.outcome import OutcomeCounts, RowError, RowOutcome, RowResult
from ztui.model.part import Part


def test_rows_left_out_carry_each_reason_once() -> None:
    findings = [
        Finding("row", "INVALID_DATA", Severity.ERROR, record=1, line=3, api_name="Email"),
        Finding("row", "INVALID_DATA", Severity.ERROR, record=1, line=3, api_name="Email"),
        Finding("row", "MANDATORY_NOT_FOUND", Severity.ERROR, record=1, line=3),
        Finding("local", "ODD", Severity.WARNING, record=2, line=4),
    ]

    one, two = left_out(findings, [(1, 3), (2, 4)])

    assert one.errors == (RowError("INVALID_DATA", ("Email",)), RowError("MANDATORY_NOT_FOUND"))
    assert two.errors == (RowError(LEFT_OUT),)
    assert {one.result, two.result} == {RowResult.NOT_SENT}


def test_a_refused_part_leaves_all_its_rows_unsent() -> None:
    part = Part(1, Path("x"), "x.csv", (5, 3), (7, 5), 1, 1, "")
    outcomes = refused_part(part, ErrorInfo("job", "SOME_CODE"))
    assert [(o.record, o.line, o.result) for o in outcomes] == [(5, 7, RowResult.NOT_SENT), (3, 5, RowResult.NOT_SENT)]
    assert outcomes[0].errors == (RowError("SOME_CODE"),)


def test_the_scope_of_a_plan_and_counting(tmp_path: Path) -> None:
    write_source(tmp_path / "a.csv", 5)
    assert list(scope_of(plan_for(tmp_path / "a.csv", 5))) == [0, 1, 2, 3, 4]
    assert scope_of(plan_for(tmp_path / "a.csv", 5, records=(1, 3))) == (1, 3)
    assert count([RowOutcome(0, 2, RowResult.ADDED), RowOutcome(1, 3, RowResult.UNKNOWN)]) == OutcomeCounts(
        added=1, unknown=1
    )
