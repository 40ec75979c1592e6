from __future__ import annotations

from ztui.engine.diagnose import Diagnosis, NamedField, Repair
from ztui.engine.repair_suggest import Suggestion
from ztui.engine.undo import LeftRecord, UndoPreview, UndoReport
from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowOutcome, RowResult
from ztui.present.diagnosis import diagnosis_data, repair_text
from ztui.present.outcomes import (
    group_lines,
    outcome_data,
    outcome_line,
    suggestion_data,
    suggestion_text,
    total_line,
    undo_lines,
    undo_question,
)

DIAGNOSIS = Diagnosis(
    "row",
    "INVALID_DATA",
    "A value does not fit its field",
    "Email does not take it.",
    "Correct the cell.",
    (NamedField("Email", "Email", "E-Mail", "no\x1bbody"),),
    (Repair("remap", "Last Name", "Last_Name"), Repair("brand_new_kind")),
    "raw words",
)


def test_a_diagnosis_as_data_and_its_repairs_in_words() -> None:
    data = diagnosis_data(DIAGNOSIS)
    assert data["repairs"] == [
        {"kind": "remap", "field": "Last Name", "target": "Last_Name"},
        {"kind": "brand_new_kind", "field": None, "target": None},
    ]
    words = [repair_text(repair) for repair in (*DIAGNOSIS.repairs, Repair("send_again"))]
    assert words == ["map it to Last_Name instead", "brand new kind", "send it again"]


def test_a_row_in_lines_and_as_data() -> None:
    outcome = RowOutcome(4, 6, RowResult.SKIPPED, joined="ambiguous")
    lines = outcome_line(outcome, [DIAGNOSIS])
    assert lines[0] == "line 6: refused (not sure which row)"
    assert outcome_data(outcome, [DIAGNOSIS])["row"] == 5


def test_groups_have_the_catalogues_title() -> None:
    lines = group_lines([OutcomeGroup(RowResult.SKIPPED, "DUPLICATE_DATA", ("Email",), 1234)])
    assert "1,234" in lines[1]
    assert "There is already such a record" in lines[1]
    lines = group_lines([OutcomeGroup(RowResult.NOT_SENT, "DUPLICATE_DATA", ("Email",), 2)])
    assert "as in an earlier row" in lines[1]


def test_totals() -> None:
    assert total_line(OutcomeCounts(added=3, updated=1)) == "4 rows, all in."
    assert total_line(OutcomeCounts(added=3, skipped=1, unprocessed=1, unknown=1)) == (
        "3 of 6 rows are in; 2 refused, 1 not known."
    )


def test_an_undo_before_and_after() -> None:
    asked = "\n".join(undo_question(UndoPreview("r1", 5, 2, 3, 1)))
    assert all(words in asked for words in ("5 records", "2 records", "3 records", "1 record"))
    left = LeftRecord("77", 4, 6, "RECORD_CHANGED_SINCE", modified="2026-01-01")
    lines = undo_lines(UndoReport("r1", 4, 1, 1, (left,)))
    assert lines[0] == "4 records deleted, 1 put back, 1 were gone already, 1 left."
    assert "77 (line 6)" in lines[1]
    assert "--force" in lines[1]


def test_suggestions() -> None:
    made = Suggestion("truncate", "Last_Name", 2, (("abc", "ab"),), detail="2")
    assert suggestion_text(made) == "Last_Name: cut at 2 characters (2 rows), e.g. 'abc' → 'ab'"
    assert suggestion_data(made)["examples"] == [{"before": "abc", "after": "ab"}]
