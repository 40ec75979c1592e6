"""What became of rows, what an undo did, what repairs are on offer: as lines and as JSON. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ztui.model.counting import how_many
from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowOutcome, RowResult
from ztui.present.diagnosis import cell_text, diagnosis_data
from ztui.present.errors import text_for
from ztui.present.tables import table
from ztui.present.text import visible

if TYPE_CHECKING:
    from ztui.engine.diagnose import Diagnosis
    from ztui.engine.repair_suggest import Suggestion
    from ztui.engine.undo import UndoPreview, UndoReport

WORDS = {
    RowResult.ADDED: "added",
    RowResult.UPDATED: "updated",
    RowResult.SKIPPED: "refused",
    RowResult.UNPROCESSED: "not processed",
    RowResult.NOT_SENT: "not sent",
    RowResult.UNKNOWN: "not known",
}
"""How a row ended, in a word for people."""

_SUGGESTED = {
    "trim": "take blanks away",
    "nearest_picklist": "take the nearest value of the list",
    "reread_date": "read the date as {detail}",
    "truncate": "cut at {detail} characters",
    "split_name": "split the full name",
    "clean_email": "clean the address up",
    "clear": "leave the cell empty",
    "upsert": "update the existing records, found by {detail}",
    "lookup_key": "find the linked records by {detail}",
}


def group_cells(group: OutcomeGroup) -> tuple[str, ...]:
    """A group of rows that ended alike: count, how, code, title, fields."""
    from ztui.engine.diagnose import said_before

    title = ""
    if group.code:
        own = said_before(group.result, group.code)
        known = [] if own is None else [text_for("local", own.code)]
        known += [text_for(level, group.code) for level in ("row", "local", "job")]
        title = next((text.title for text in known if text.title != group.code), group.code)
    return (f"{group.count:,}", WORDS[group.result], visible(group.code), title, visible(", ".join(group.fields)))


def group_lines(groups: Sequence[OutcomeGroup]) -> list[str]:
    """The groups as a table."""
    return table(["Rows", "Ended", "Code", "What it means", "Fields"], [group_cells(g) for g in groups], right={0})


def outcome_line(outcome: RowOutcome, diagnoses: Sequence[Diagnosis]) -> list[str]:
    """One row: line, how it ended, record id, and each reason with its cell."""
    mark = " (not sure which row)" if outcome.joined == "ambiguous" else ""
    lines = [f"line {outcome.line}: {WORDS[outcome.result]}{mark} {visible(outcome.record_id)}".rstrip()]
    for diagnosis in diagnoses:
        cells = "; ".join(cell_text(field) for field in diagnosis.fields)
        lines.append(f"    {visible(diagnosis.title)} ({visible(diagnosis.code)}){': ' + cells if cells else ''}")
        if diagnosis.remedy:
            lines.append(f"    What to do: {visible(diagnosis.remedy)}")
    return lines


def outcome_data(outcome: RowOutcome, diagnoses: Sequence[Diagnosis]) -> dict[str, object]:
    """One row for JSON output; `row` counts from 1."""
    return {
        "row": outcome.record + 1,
        "line": outcome.line,
        "result": outcome.result,
        "record_id": outcome.record_id or None,
        "joined": outcome.joined,
        "errors": [diagnosis_data(diagnosis) for diagnosis in diagnoses],
    }


def total_line(counts: OutcomeCounts) -> str:
    """A run with all its repairs: how many rows of the file are in, and what the others are."""
    if counts.total and counts.ok == counts.total:
        return f"{how_many(counts.total, 'row')}, all in."
    rest = {
        "refused": counts.skipped + counts.unprocessed,
        "not sent": counts.not_sent,
        "not known": counts.unknown,
    }
    told = ", ".join(f"{count:,} {word}" for word, count in rest.items() if count)
    return f"{counts.ok:,} of {how_many(counts.total, 'row')} are in; {told}."


def undo_question(preview: UndoPreview) -> list[str]:
    """What an undo would do."""
    lines = []
    if preview.delete:
        lines.append(f"{how_many(preview.delete, 'record')} that this run created would be deleted.")
    if preview.restore:
        lines.append(f"{how_many(preview.restore, 'record')} that it changed would get their former values back.")
    if preview.without_image:
        lines.append(
            f"{how_many(preview.without_image, 'record')} that it changed stay: their former values were not kept."
        )
    if preview.done:
        lines.append(f"{how_many(preview.done, 'record')} were taken back before.")
    return lines


def undo_lines(report: UndoReport) -> list[str]:
    """What an undo did, and each record that was left with the reason."""
    lines = [
        f"{how_many(report.deleted, 'record')} deleted, {report.restored:,} put back, "
        f"{report.gone:,} were gone already, {len(report.left):,} left."
    ]
    for item in report.left:
        facts = {"record": item.record_id, "modified": item.modified}
        local = item.code == "RECORD_CHANGED_SINCE"
        told = text_for("local" if local else "api", item.code, item.message, facts)
        lines.append(f"    {visible(item.record_id)} (line {item.line}): {told.title}. {told.remedy}")
    return lines


def preview_data(preview: UndoPreview) -> dict[str, object]:
    """What an undo would do, for JSON output."""
    return {
        "run": preview.run_id,
        "delete": preview.delete,
        "restore": preview.restore,
        "without_image": preview.without_image,
        "done": preview.done,
    }


def undo_data(report: UndoReport) -> dict[str, object]:
    """What an undo did, for JSON output; `row` counts from 1, "" becomes null."""
    left = [
        {
            "record_id": item.record_id,
            "row": item.record + 1,
            "line": item.line,
            "code": item.code,
            "message": item.message or None,
            "modified": item.modified or None,
        }
        for item in report.left
    ]
    return {
        "run": report.run_id,
        "deleted": report.deleted,
        "restored": report.restored,
        "gone": report.gone,
        "left": left,
    }


def suggestion_words(suggestion: Suggestion) -> str:
    """What a repair on offer does, in a few words."""
    return _SUGGESTED.get(suggestion.kind, suggestion.kind.replace("_", " ")).format(detail=suggestion.detail)


def suggestion_text(suggestion: Suggestion) -> str:
    """A repair on offer, with its count and its first example."""
    text = f"{suggestion.api_name}: {suggestion_words(suggestion)} ({how_many(suggestion.count, 'row')})"
    if suggestion.examples:
        before, after = suggestion.examples[0]
        text += f", e.g. {before!r} → {after!r}"
    return visible(text)


def suggestion_data(suggestion: Suggestion) -> dict[str, object]:
    """A repair on offer for JSON output; `kind` is what `ztui retry --fix` takes."""
    return {
        "kind": suggestion.kind,
        "field": suggestion.api_name,
        "rows": suggestion.count,
        "examples": [{"before": before, "after": after} for before, after in suggestion.examples],
        "detail": suggestion.detail or None,
    }
