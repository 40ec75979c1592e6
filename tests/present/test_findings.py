"""Findings in words: what is said of a group holds for all of it, what is said of a row for that row."""

from __future__ import annotations

from ztui.engine.preflight import FindingGroup
from ztui.engine.rules import finding
from ztui.model.finding import Finding, Severity
from ztui.present.findings import consequence, explain, explain_group, particular, verdict


def repeated(line: int, earlier: int) -> Finding:
    params = (("field", "Email"), ("line", str(earlier)))
    return finding("VALUE_REPEATED", record=line - 2, line=line, column=0, api_name="Email", value="a@b", params=params)


def group(count: int, first: Finding) -> FindingGroup:
    return FindingGroup(
        first.level, first.code, first.severity, first.scope, first.api_name, first.column, count, first
    )


def test_a_group_says_nothing_of_its_first_row() -> None:
    several = group(3, repeated(9, 2))
    assert "line" not in explain_group(several).cause
    assert particular(repeated(9, 2), several) == "It stands in line 2, too."
    assert particular(repeated(17, 4), several) == "It stands in line 4, too."


def test_a_group_of_one_says_all() -> None:
    only = group(1, repeated(9, 2))
    assert explain_group(only) == explain(repeated(9, 2))
    assert "It stands in line 2, too." in explain_group(only).cause
    assert particular(repeated(9, 2), only) == ""


def test_a_length_is_said_of_the_row_that_has_it() -> None:
    params = (("field", "Fax"), ("max", "30"), ("actual", "31"))
    found = finding("VALUE_TOO_LONG", record=0, line=2, column=0, api_name="Fax", value="x" * 31, params=params)
    several = group(2, found)
    assert explain_group(several).cause == "Fax takes 30 characters."
    assert particular(found, several) == "Fax takes 30 characters; this value has 31."


def test_a_single_row_is_not_called_all() -> None:
    def said(total: int) -> str:
        return verdict(blocking=False, refused=0, total=total, checked=total, complete=True, leave_out=True)[0]

    assert said(1) == "The one row can be sent."
    assert said(12) == "All 12 rows can be sent."


def test_the_header_once_more_is_never_sent() -> None:
    again = Finding("local", "HEADER_REPEATED", Severity.ERROR, line=7, params=(("rule", "HEADER_REPEATED"),))
    assert consequence(again) == "It is no row of yours and is never sent."
    assert consequence(again, 2).endswith("are never sent.")
