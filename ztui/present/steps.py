"""An import told step by step, as lines: the mapping with its reasons, what the check found, what is sent, how it ends.

The headless front door prints these; the interface has screens for the same facts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ztui.model import event as ev
from ztui.model.counting import how_many
from ztui.model.finding import Finding, Severity
from ztui.model.mapping import Mapping
from ztui.model.outcome import OutcomeCounts
from ztui.model.run import RunState, Stage
from ztui.model.table import CsvInfo
from ztui.present.drift import drift_lines
from ztui.present.errors import at_work, info_text
from ztui.present.findings import explain_group, particular
from ztui.present.runs import stage_words
from ztui.present.tables import table
from ztui.present.text import clip, visible

if TYPE_CHECKING:
    from ztui.engine.diagnose import Diagnosis
    from ztui.engine.forecast import Forecast
    from ztui.engine.imports import Mapped
    from ztui.engine.preflight import CheckReport, FindingGroup
    from ztui.model.crm import ModuleSchema
    from ztui.model.outcome import OutcomeGroup, RowOutcome

_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "·"}
SHOWN = 5
"""Examples shown of each kind of trouble."""


def file_lines(info: CsvInfo, rows: int) -> list[str]:
    """What file it is and how it is read."""
    how = ", ".join(f"{what} ({found})" if found else what for what, found in info.notes)
    return [f"{info.path}: {how_many(rows, 'row')}, {how_many(len(info.headers), 'column')}", *([how] if how else [])]


def mapping_lines(mapped: Mapped, headers: Sequence[str]) -> list[str]:
    """Which column feeds which field, through which steps, how sure and why; then what is left out and what is open."""
    from ztui.engine.transform import describe_step

    mapping = mapped.mapping
    reasons = {made.index: made for made in mapped.suggestions}
    rows = []
    for fed in mapping.fields:
        made = reasons.get(fed.columns[0]) if len(fed.columns) == 1 else None
        named = " + ".join(headers[c] if c < len(headers) else f"column {c + 1}" for c in fed.columns)
        rows.append(
            [
                named or f"always {fed.default!r}",
                "→",
                fed.api_name,
                f"{made.confidence:.0%}" if made is not None else "",
                "; ".join([*(describe_step(step) for step in fed.steps), *([made.reason] if made else [])]),
            ]
        )
    lines = table(["Column", "", "Field", "Sure", "Why and how"], rows, right={3}, widest=90)
    left = [name for index, name in enumerate(headers) if not mapping.for_column(index)]
    if left:
        lines.append(f"Left out: {', '.join(visible(name) for name in left)}")
    lines.append(operation_line(mapping))
    lines += [f"Changed since the mapping was made: {line}" for line in drift_lines(mapped.drift)]
    lines += [f"Open: {visible(doubt)}" for doubt in mapped.doubts]
    return lines


def operation_line(mapping: Mapping) -> str:
    """What the job does with each row, in one sentence."""
    key = f" by {mapping.find_by}" if mapping.find_by else ""
    blanks = "blank cells leave fields alone" if mapping.ignore_empty else "blank cells clear fields"
    return f"Operation: {mapping.operation.value}{key} into {visible(mapping.module)}; {blanks}."


def check_progress(report: CheckReport) -> str:
    """What a check is at, while it goes on."""
    rows = how_many(report.rows_total, "row")
    if report.complete:
        return f"checked: {rows}"
    match report.stage.value:
        case "repeats":
            return f"checking: looking for values that repeat in {rows}"
        case "references":
            return f"checking: what {report.rows_checked:,} of {rows} point at"
        case _:
            return f"checking: {report.rows_checked:,} of about {rows}"


def check_lines(report: CheckReport, headers: Sequence[str], schema: ModuleSchema) -> list[str]:
    """What the check found, group by group: what, how often, the first places, why and what to do."""
    lines = [_check_head(report)]
    for group in report.groups:
        lines += _group_lines(report, group, headers, schema, _how_often(group.scope, group.count))
    return lines


def left_out_lines(
    report: CheckReport, headers: Sequence[str], schema: ModuleSchema, excluded: Collection[int]
) -> list[str]:
    """The rows that were not sent because of what the check found, told like other outcomes."""
    lines = []
    for group in report.groups:
        if group.scope == "row" and group.severity is Severity.ERROR and group.first.record in excluded:
            lines += _group_lines(report, group, headers, schema, f"{how_many(group.count, 'row')} not sent")
    return lines


def _group_lines(
    report: CheckReport, group: FindingGroup, headers: Sequence[str], schema: ModuleSchema, how_often: str
) -> list[str]:
    told = explain_group(group, schema)
    lines = [f"{_MARKS[group.severity]} {told.title} ({visible(group.code)}): {how_often}"]
    if group.scope == "row":
        for found in report.findings(group, 0, SHOWN):
            own = particular(found, group, schema)
            lines.append(f"    {place_line(found, headers)}" + (f"  ({own.removesuffix('.')})" if own else ""))
        if group.count > SHOWN:
            lines.append(f"    … and {group.count - SHOWN:,} more")
    lines += [f"    Why: {told.cause}", f"    What to do: {told.remedy}"]
    return lines


def _check_head(report: CheckReport) -> str:
    head = f"Checked {how_many(report.rows_checked, 'row')}: "
    if report.blocking:
        return head + "the job as a whole would be refused."
    if report.rows_refused:
        return head + f"{report.rows_refused:,} with errors are left out."
    return head + "no errors."


def _how_often(scope: str, count: int) -> str:
    return how_many(count, "row") if scope == "row" else "the whole job"


def place_line(found: Finding, headers: Sequence[str]) -> str:
    """Where a finding is: source line, column and the cell, as far as it has them."""
    column = headers[found.column] if found.column is not None and found.column < len(headers) else found.api_name or ""
    cell = clip(visible(found.value), 60) or "(blank)" if found.value is not None else ""
    return f"line {found.line or '?'}: {' = '.join(filter(None, (visible(column), cell)))}"


def event_line(state: RunState, event: ev.ImportEvent) -> str:
    """What just happened, in one line; "" for what is not worth a line."""
    match event:
        case ev.RunStarted():
            return f"Run {event.run_id}: {how_many(event.total_rows, 'row')} to {visible(event.profile)}"
        case ev.PartPacked():
            return f"Part {event.part}: {how_many(event.rows, 'row')} packed, {event.zip_bytes / 1000:,.1f} kB zipped"
        case ev.PartUploaded():
            return f"Part {event.part}: uploaded, file id {visible(event.file_id)}"
        case ev.JobCreated():
            return f"Part {event.part}: job {visible(event.job_id)} created ({how_many(event.credits, 'credit')})"
        case ev.JobPolled():
            counts = event.status.counts
            done = counts.added + counts.updated + counts.skipped
            of = f", {done:,} of {how_many(counts.total, 'row')}" if counts.total is not None else ""
            return f"Part {event.part}: {visible(event.status.raw_state or event.status.state)}{of}"
        case ev.ResultFetched():
            return f"Part {event.part}: result fetched"
        case ev.OutcomesJoined():
            return f"Part {event.part}: every row has its outcome ({event.how})"
        case ev.JobCreateRefused() | ev.JobCreateLost() | ev.PartFailed():
            told = info_text(event.error)
            return f"Part {event.part}: {told.title} ({told.code}). {told.remedy}"
        case ev.PartWaiting():
            title = info_text(event.error).title
            if not at_work(event.error):
                return f"Part {event.part}: waiting {event.seconds:.0f} s: {title}"
            soon = f", in {event.seconds:g} s" if event.seconds else ""
            return f"Part {event.part}: {title[:1].lower()}{title[1:]}{soon}"
        case ev.RunPaused(reason="canary"):
            return "The first rows are through; the rest waits."
        case ev.RunStopped():
            told = info_text(event.error)
            return f"Stopped: {told.title} ({told.code}). {told.remedy}"
        case _:
            return ""


def progress_line(state: RunState) -> str:
    """The run while it goes, short enough for one line of a terminal."""
    if not state.parts:
        return f"packing {how_many(state.total_rows, 'row')} …"
    over = sum(part.stage.over for part in state.parts)
    counts = state.outcome
    active = next((p for p in state.parts if not p.stage.over), None)
    words = f"{over} of {how_many(len(state.parts), 'part')}, {counts.added:,} added, {counts.updated:,} updated"
    if active is not None:
        word = active.job.raw_state if active.stage is Stage.RUNNING and active.job is not None else active.stage.value
        word = stage_words(active) if active.waiting is not None else word
        words += f" · part {active.number} {visible(word)}"
    return words


def outcome_lines(
    group: OutcomeGroup, rows: Sequence[tuple[RowOutcome, str, Sequence[Diagnosis]]], total: int
) -> list[str]:
    """The rows that ended one way: `rows` are examples with their offending cell in words and what the codes mean."""
    if not rows:
        return []
    _, _, diagnoses = rows[0]
    lines = []
    title = "; ".join(d.title for d in diagnoses) or "No reason was given"
    code = f" ({group.code})" if group.code else ""
    lines.append(f"✗ {visible(title)}{visible(code)}: {how_many(total, 'row')} {group.result.value.replace('_', ' ')}")
    lines += [f"    line {outcome.line}{': ' + cell if cell else ''}" for outcome, cell, _ in rows]
    if total > len(rows):
        lines.append(f"    … and {total - len(rows):,} more")
    for diagnosis in diagnoses:
        if diagnosis.cause:
            lines.append(f"    Why: {visible(diagnosis.cause)}")
        if diagnosis.remedy:
            lines.append(f"    What to do: {visible(diagnosis.remedy)}")
    return lines


def summary_line(counts: OutcomeCounts, rows: int = 0) -> str:
    """The closing line: how every row ended. Rows that Zoho did not get to count as skipped; `rows` is how many there
    are in all, so that those whose end is still open are told too."""
    still = rows - counts.total
    unknown = f", {counts.unknown} unknown" if counts.unknown else ""
    waiting = f", {still} open" if still > 0 else ""
    return (
        f"{counts.added} added, {counts.updated} updated, {counts.skipped + counts.unprocessed} skipped, "
        f"{counts.not_sent} not sent{unknown}{waiting} of {max(rows, counts.total)} rows"
    )


def part_lines(state: RunState) -> list[str]:
    """The parts of a run: rows, where they stand, job id."""
    rows = [
        [str(part.number), f"{part.rows:,}", visible(part.stage.value), part.job_id or "none"] for part in state.parts
    ]
    return table(["Part", "Rows", "Stage", "Job"], rows, right={0, 1})


def forecast_lines(found: Forecast) -> list[str]:
    """What an update or upsert would do, as the CRM is now."""
    facts = [
        (found.created, "would be created"),
        (found.updated, "would be updated"),
        (found.not_found, "have no record to update"),
        (found.ambiguous, "match more than one record"),
        (found.repeated, "repeat the key of an earlier row"),
        (found.blank_keys, "have no key"),
    ]
    lines = [f"{how_many(count, 'row')} {words}" for count, words in facts if count]
    lines += [
        f"{how_many(count, 'value')} of {visible(name)} would be cleared by blanks" for name, count in found.wiped
    ]
    return lines


def run_data(state: RunState, counts: OutcomeCounts) -> dict[str, object]:
    """A run for JSON output; the shape is in the README."""
    return {
        "run": state.run_id,
        "phase": state.phase,
        "profile": state.profile,
        "environment": state.environment,
        "module": state.module,
        "operation": state.operation,
        "source": state.source,
        "rows": state.total_rows,
        "counts": counts,
        "parts": [
            {
                "number": part.number,
                "rows": part.rows,
                "stage": part.stage,
                "job_id": part.job_id or None,
                "counts": part.counts,
                "error": part.error and {"level": part.error.level, "code": part.error.code},
            }
            for part in state.parts
        ],
    }
