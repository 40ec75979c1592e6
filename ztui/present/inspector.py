"""The error inspector in words: groups of rows that ended alike, what a refusal means, what could mend it. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ztui.engine.diagnose import DROP_CALLBACK, DROP_FIELD, REMAP, SEND_AGAIN, Diagnosis, Repair
from ztui.engine.repair_suggest import (
    CLEAN_EMAIL,
    CLEAR,
    LOOKUP_KEY,
    NEAREST,
    REREAD_DATE,
    SPLIT_NAME,
    TRIM,
    TRUNCATE,
    UPSERT,
    Suggestion,
)
from ztui.model.crm import ModuleSchema
from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowResult
from ztui.present.errors import text_for
from ztui.present.findings import how_many

Parts = list[str | tuple[str, str]]

_RESULTS = {
    RowResult.ADDED: ("added", "ok"),
    RowResult.UPDATED: ("updated", "ok"),
    RowResult.SKIPPED: ("refused by Zoho", "bad"),
    RowResult.UNPROCESSED: ("not processed by Zoho", "bad"),
    RowResult.NOT_SENT: ("not sent", "warn"),
    RowResult.UNKNOWN: ("fate unknown", "bad"),
}
_FIXES = {
    NEAREST: "take the nearest picklist value",
    REREAD_DATE: "read the date another way",
    TRIM: "trim blanks",
    TRUNCATE: "cut to the longest allowed",
    SPLIT_NAME: "take the name apart",
    CLEAN_EMAIL: "clean the e-mail address",
    CLEAR: "leave the field empty",
    UPSERT: "update the record that is there (upsert)",
    LOOKUP_KEY: "find the record by another field",
}


def label(api_name: str, schema: ModuleSchema) -> str:
    """What people call a field."""
    field = schema.field(api_name)
    return field.label if field is not None else api_name


def group_cells(group: OutcomeGroup, schema: ModuleSchema) -> tuple[tuple[str, str, str], str]:
    """A group as (what, fields, rows) and its mark."""
    word, mark = _RESULTS[group.result]
    if not group.code:
        return (word.capitalize(), "", f"{group.count:,}"), mark
    fields = ", ".join(label(name, schema) for name in group.fields)
    title = text_for(level_of(group.code), group.code, "", {"field": fields} if fields else None).title
    return (title, fields, f"{group.count:,}"), mark


def level_of(code: str) -> str:
    """Where a row's code is explained: among Zoho's row codes, ztui's own, or those of whole jobs."""
    from ztui import catalogue

    return next((level for level in ("row", "local", "job") if catalogue.lookup(level, code)), "row")


def group_about(group: OutcomeGroup) -> str:
    """What a group without a code is."""
    word, _ = _RESULTS[group.result]
    return f"{how_many(group.count, 'row')}: {word}."


def diagnosis_parts(diagnosis: Diagnosis) -> Parts:
    """A diagnosis as styled text: title, cause, what to do, Zoho's own words, code."""
    parts: Parts = [(diagnosis.title, "bad")]
    if diagnosis.cause:
        parts.append(f"\n{diagnosis.cause}")
    if diagnosis.remedy:
        parts += [("\nWhat to do  ", "accent"), diagnosis.remedy]
    if diagnosis.message and diagnosis.message not in diagnosis.cause:
        parts.append((f"\nZoho says: {diagnosis.message}", "soft"))
    parts.append((f"\n{diagnosis.code}", "soft"))
    return parts


def repair_words(repair: Repair, schema: ModuleSchema) -> str:
    """A repair of the whole job in words."""
    match repair.kind:
        case kind if kind == REMAP and repair.target:
            return f"map to {label(repair.target, schema)} ({repair.target}) and send again"
        case kind if kind == DROP_FIELD:
            return f"leave {repair.api_name} out and send again"
        case kind if kind == DROP_CALLBACK:
            return "send again without the call-back"
        case kind if kind == SEND_AGAIN:
            return "send again as it is"
        case _:
            return repair.kind.replace("_", " ")


def suggestion_cells(suggestion: Suggestion, schema: ModuleSchema) -> tuple[tuple[str, str, str], str]:
    """A suggested repair as (what, field, rows) and an example in a sentence."""
    what = _FIXES.get(suggestion.kind, suggestion.kind.replace("_", " "))
    if suggestion.detail:
        what = f"{what}: {suggestion.detail}"
    field = label(suggestion.api_name or suggestion.key, schema)
    examples = "  ·  ".join(f"{before or '(blank)'} → {after or '(blank)'}" for before, after in suggestion.examples)
    return (what, field, f"{suggestion.count:,}"), examples


def summary(counts: OutcomeCounts, ready: int, edited: int) -> tuple[Parts, int]:
    """One line on the whole run and what is mended so far; and how many rows are still not in."""
    out = counts.total - counts.ok
    parts: Parts = [
        (f"{counts.ok:,} of {how_many(counts.total, 'row')} are in the CRM", "good" if not out else "strong")
    ]
    if out:
        parts.append((f" · {out:,} not", "warn"))
    if edited:
        parts.append((f" · {edited:,} mended", "accent"))
    if ready:
        parts.append((f" · r sends {ready:,} again", "accent"))
    return parts, out


def tree_line(names: Sequence[str]) -> str:
    """The runs that belong together, oldest first."""
    return " ↳ ".join(names)
