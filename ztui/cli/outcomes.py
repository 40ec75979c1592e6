"""How an import ended, printed: every kind of refusal with rows, cells, reason and remedy; or as one JSON document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ztui.cli import output
from ztui.model.outcome import OutcomeGroup, RowOutcome, RowResult
from ztui.model.run import RunState
from ztui.present.text import clip, visible

if TYPE_CHECKING:
    from ztui.engine.diagnose import Diagnosis
    from ztui.engine.imports import Mapped
    from ztui.engine.preflight import CheckReport
    from ztui.engine.runs import Runs

Told = tuple[RowOutcome, str, Sequence["Diagnosis"]]


def show_outcomes(runs: Runs, state: RunState, report: CheckReport | None = None) -> None:
    """Print what became of the rows that are not in the CRM, then the line that accounts for all of them.

    With the `report` of the check, rows that were left out are explained by the rule that found them.
    """
    from ztui.present.steps import SHOWN, left_out_lines, outcome_lines, part_lines, summary_line

    output.lines(["", "Outcome", *part_lines(state)])
    plan = runs.plan(state.run_id)
    for group in runs.groups(state.run_id):
        if report is not None and group.result is RowResult.NOT_SENT and group.code:
            continue
        if group.code or not group.result.ok:
            output.lines(outcome_lines(group, _examples(runs, state, group, SHOWN), group.count))
    if report is not None:
        output.lines(left_out_lines(report, plan.info.headers, plan.schema, set(plan.exclude)))
    output.line("")
    output.line(summary_line(runs.counts(state.run_id), state.total_rows))


def _examples(runs: Runs, state: RunState, group: OutcomeGroup, count: int) -> list[Told]:
    """Some rows of a group, each with the cells its error names and what that error means."""
    from ztui.engine.diagnose import diagnose_row
    from ztui.errors import ZtuiError

    plan = runs.plan(state.run_id)
    rows = runs.outcomes(state.run_id, results={group.result}, code=group.code, fields=group.fields, count=count)
    told: list[Told] = []
    for outcome in rows:
        values = runs.sent_values(state.run_id, outcome.record)
        if not values:
            # It was not sent: the source row has what it would have been made from.
            try:
                cells = [cell for row in runs.rows(state.run_id, [outcome.record]) for cell in row.cells]
            except ZtuiError:
                cells = []  # the file is gone; line and reason are kept all the same
            values = {
                fed.api_name: " ".join(cells[c] for c in fed.columns if c < len(cells)) for fed in plan.mapping.fields
            }
        diagnoses = [
            d
            for d in diagnose_row(outcome, plan.mapping, plan.schema, values)
            if not group.code or d.code == group.code
        ]
        named = [f for d in diagnoses for f in d.fields]
        cell = ", ".join(f"{f.header or f.label} = {clip(visible(f.value or ''), 60) or '(blank)'}" for f in named)
        told.append((outcome, cell, diagnoses))
    return told


def outcome_data(runs: Runs, state: RunState, mapped: Mapped, report: CheckReport) -> dict[str, object]:
    """The whole import for `--json`: the shape is in the README."""
    from ztui.present.findings import explain_group
    from ztui.present.jobs import job_data
    from ztui.present.steps import summary_line

    reasons = {made.index: made for made in mapped.suggestions}
    mapping = []
    for fed in mapped.mapping.fields:
        made = reasons.get(fed.columns[0]) if len(fed.columns) == 1 else None
        mapping.append(
            {
                "api_name": fed.api_name,
                "columns": list(fed.columns),
                "steps": [step.name for step in fed.steps],
                "default": fed.default,
                "confidence": made.confidence if made is not None else None,
                "reason": made.reason if made is not None else None,
            }
        )
    findings = []
    for group in report.groups:
        words = explain_group(group, mapped.schema)
        findings.append(
            {
                "level": group.level,
                "code": group.code,
                "severity": group.severity,
                "scope": group.scope,
                "api_name": group.api_name,
                "column": group.column,
                "count": group.count,
                "title": words.title,
                "remedy": words.remedy,
            }
        )
    counts = runs.counts(state.run_id)
    return {
        **job_data(state),
        "mapping": mapping,
        "findings": findings,
        "not_sent": counts.not_sent,
        "summary": summary_line(counts, state.total_rows),
    }
