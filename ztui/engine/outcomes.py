"""Outcomes made without a result archive: rows left out, parts refused, jobs that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ztui.model.event import ErrorInfo
from ztui.model.finding import Finding, Severity
from ztui.model.outcome import OutcomeCounts, RowError, RowOutcome, RowResult
from ztui.model.part import Part
from ztui.model.plan import ImportPlan

LEFT_OUT = "ROW_LEFT_OUT"
CANCELLED = "ROW_CANCELLED"
FATE_UNKNOWN = "ROW_FATE_UNKNOWN"


def scope_of(plan: ImportPlan) -> Sequence[int]:
    """The records the plan is about: those named, else all of the file. Each of them ends with an outcome."""
    return plan.records if plan.records is not None else range(plan.total_rows)


def same_end(part: Part, result: RowResult, errors: tuple[RowError, ...], joined: str = "local") -> list[RowOutcome]:
    """One outcome for every row of the part, all alike."""
    return [
        RowOutcome(record, line, result, errors=errors, joined=joined)
        for record, line in zip(part.records, part.lines, strict=True)
    ]


def refused_part(part: Part, error: ErrorInfo) -> list[RowOutcome]:
    """The rows of a part that Zoho did not accept as a job: none was written."""
    return same_end(part, RowResult.NOT_SENT, (RowError(error.code),))


def left_out(findings: Iterable[Finding], records: Iterable[tuple[int, int]]) -> list[RowOutcome]:
    """Outcomes of rows left out before sending; `records` are (record, line), `findings` what the check said of them.

    Rows for which the check had nothing to say get the code for "left out on request".
    """
    said: dict[int, list[RowError]] = {}
    for finding in findings:
        if finding.record is not None and finding.severity is Severity.ERROR:
            error = RowError(finding.code, (finding.api_name,) if finding.api_name else ())
            errors = said.setdefault(finding.record, [])
            if error not in errors:
                errors.append(error)
    return [
        RowOutcome(
            record, line, RowResult.NOT_SENT, errors=tuple(said.get(record, (RowError(LEFT_OUT),))), joined="local"
        )
        for record, line in records
    ]


def count(outcomes: Iterable[RowOutcome]) -> OutcomeCounts:
    """How many of them ended how."""
    found = dict.fromkeys(RowResult, 0)
    for outcome in outcomes:
        found[outcome.result] += 1
    return OutcomeCounts(**{result.value: number for result, number in found.items()})
