from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.store.plans import MAPPING, SCHEMA, plan_for, write_source
from ztui.engine.diagnose import Repair, diagnose_error, diagnose_row, likely_field, mend_plan
from ztui.errors import PlanError
from ztui.model.event import ErrorInfo
from ztui.model.mapping import FieldMapping
from ztui.model.outcome import RowError, RowOutcome, RowResult

MISSPELT = replace(MAPPING, fields=(FieldMapping("Email", (0,)), FieldMapping("Last Name", (1,))))
RECORDED = ErrorInfo("job", "INVALID_FIELD_NAME", "invalid mapping. invalid api_name Last Name.")


def test_an_unknown_field_name_is_named_and_its_meaning_found() -> None:
    diagnosis = diagnose_error(RECORDED, MISSPELT, SCHEMA)

    assert diagnosis.fields[0].api_name == "Last Name"
    assert diagnosis.fields[0].header == "Name"
    assert diagnosis.repairs[0] == Repair("remap", "Last Name", "Last_Name")
    assert Repair("drop_field", "Last Name") in diagnosis.repairs
    assert "Last_Name" in diagnosis.remedy
    assert diagnosis.message == RECORDED.message


@pytest.mark.parametrize(
    ("written", "meant"),
    [("last_name", "Last_Name"), ("Lastname", "Last_Name"), ("Lead Owner", "Owner"), ("zzz", None), ("Email", None)],
)
def test_likely_fields_are_free_ones(written: str, meant: str | None) -> None:
    mapping = replace(MAPPING, fields=(FieldMapping("Email", (0,)),))
    found = likely_field(written, SCHEMA, mapping)
    assert (found.api_name if found else None) == meant


def test_missing_mandatory_fields_are_named() -> None:
    error = ErrorInfo(
        "job", "MANDATORY_FIELDS_NOT_MAPPED", "All mandatory fields are not mapped for the layout [Owner]"
    )
    diagnosis = diagnose_error(error, MAPPING, SCHEMA)
    assert [f.label for f in diagnosis.fields] == ["Lead Owner"]
    assert "map_field" in [repair.kind for repair in diagnosis.repairs]
    assert not any(repair.automatic for repair in diagnosis.repairs)


def test_an_unknown_code_is_shown_raw() -> None:
    diagnosis = diagnose_error(ErrorInfo("job", "BRAND_NEW", "words of the day"), MAPPING, SCHEMA)
    assert (diagnosis.title, diagnosis.cause, diagnosis.known) == ("BRAND_NEW", "words of the day", False)


def test_every_code_of_a_row_is_explained_with_its_cells() -> None:
    errors = (RowError("MANDATORY_NOT_FOUND", ("Last_Name",)), RowError("DUPLICATE_DATA", ("Email",)))
    outcome = RowOutcome(4, 6, RowResult.SKIPPED, "", errors, raw_errors="raw")

    missing, duplicate = diagnose_row(outcome, MAPPING, SCHEMA, {"Email": "a@x.org", "Last_Name": ""})

    assert (missing.fields[0].label, missing.fields[0].header) == ("Last Name", "Name")
    assert "a@x.org" in duplicate.cause
    assert duplicate.repairs[0].kind == "upsert"


def test_codes_of_rows_that_were_not_sent_are_found_too() -> None:
    for code in ("ROW_LEFT_OUT", "ROW_CANCELLED", "ROW_FATE_UNKNOWN", "FILE_NOT_SUPPORTED"):
        outcome = RowOutcome(0, 2, RowResult.NOT_SENT, errors=(RowError(code),), joined="local")
        [diagnosis] = diagnose_row(outcome, MAPPING, SCHEMA)
        assert diagnosis.known, code
        assert diagnosis.title != code


def test_rows_without_an_error_need_no_diagnosis() -> None:
    assert diagnose_row(RowOutcome(0, 2, RowResult.ADDED, "1"), MAPPING, SCHEMA) == ()


def test_a_mended_plan_sends_only_the_named_records(tmp_path: Path) -> None:
    write_source(tmp_path / "a.csv", 9)
    plan = plan_for(tmp_path / "a.csv", 9, mapping=MISSPELT, exclude=(1,), canary=3)

    mended = mend_plan(plan, Repair("remap", "Last Name", "Last_Name"), parent_run="r1", records=[2, 3])

    assert [f.api_name for f in mended.mapping.fields] == ["Email", "Last_Name"]
    assert (mended.records, mended.exclude, mended.total_rows, mended.canary) == ((2, 3), (), 2, 0)
    assert mended.parent_run == "r1"
    assert mend_plan(plan, Repair("drop_field", "Last Name"), parent_run="r1", records=[2]).mapping.fields == (
        FieldMapping("Email", (0,)),
    )
    with pytest.raises(PlanError):
        mend_plan(plan, Repair("remap", "Last Name"), parent_run="r1", records=[2])


def test_a_repeat_that_was_never_sent_is_told_in_the_words_of_the_check() -> None:
    errors = (RowError("DUPLICATE_DATA", ("Email",)), RowError("INVALID_DATA", ("Email",)))
    kept = RowOutcome(3, 5, RowResult.NOT_SENT, errors=errors, joined="local")

    repeat, invalid = diagnose_row(kept, MAPPING, SCHEMA)
    assert repeat.title == "The same Email as in an earlier row"
    assert "line 5" not in repeat.cause
    assert repeat.code == "DUPLICATE_DATA"
    assert repeat.repairs
    refused = replace(kept, result=RowResult.SKIPPED, joined="position")
    assert diagnose_row(refused, MAPPING, SCHEMA)[0].title == "There is already such a record"
    assert invalid.title == diagnose_row(refused, MAPPING, SCHEMA)[1].title
