"""The error inspector in words: groups of rows that ended alike, what a refusal means, what could mend it. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ztui import catalogue
from ztui.engine.diagnose import SEND_AGAIN, Diagnosis, Repair, said_before
from ztui.engine.repair_suggest import Suggestion
from ztui.model.counting import how_many
from ztui.model.crm import ModuleSchema
from ztui.model.finding import Finding
from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowResult
from ztui.model.run import RunState
from ztui.present.diagnosis import repair_text
from ztui.present.errors import text_for
from ztui.present.findings import explain
from ztui.present.outcomes import WORDS, suggestion_words
from ztui.present.runs import run_line

Parts = list[str | tuple[str, str]]

_MARKS = {
    RowResult.ADDED: "ok",
    RowResult.UPDATED: "ok",
    RowResult.SKIPPED: "bad",
    RowResult.UNPROCESSED: "bad",
    RowResult.NOT_SENT: "warn",
    RowResult.UNKNOWN: "bad",
}
_ABOUT = {
    RowResult.ADDED: "New records in the CRM. U takes the import back.",
    RowResult.UPDATED: "Records that were there and have been changed. U puts them back if their values were kept.",
    RowResult.SKIPPED: "Zoho refused these rows.",
    RowResult.UNPROCESSED: "Zoho did not come to these rows. They can be sent again as they are.",
    RowResult.NOT_SENT: "These rows never left. They can be sent as they are, or mended first.",
    RowResult.UNKNOWN: "It is not known whether these rows are in the CRM. c looks them up by their key; "
    "nothing is sent again by itself.",
}


def label(api_name: str, schema: ModuleSchema) -> str:
    """What people call a field."""
    field = schema.field(api_name)
    return field.label if field is not None else api_name


def group_title(group: OutcomeGroup, schema: ModuleSchema, problems: Collection[Finding] = ()) -> str:
    """What happened to a group of rows, with the field it is about.

    Zoho has one code for whatever does not fit a field; where ztui's own check of the group's cells (`problems`) always
    says the same, its words are more telling.
    """
    if not group.code:
        return WORDS[group.result].capitalize()
    fields = ", ".join(label(name, schema) for name in group.fields)
    said = {explain(problem, schema).title for problem in problems}
    if len(said) == 1:
        title = said.pop()
    else:
        own = said_before(group.result, group.code)
        level, code = ("local", own.code) if own is not None else (level_of(group.code), group.code)
        title = text_for(level, code, "", {"field": fields} if fields else None).title
    return title if not fields or fields in title else f"{fields}: {title[:1].lower()}{title[1:]}"


def distinct(titles: Sequence[str], groups: Sequence[OutcomeGroup | None]) -> list[str]:
    """The titles with those that several groups share told apart: by how the rows ended, else by the code.

    `groups` has the group of each title, None for what is no group of rows.
    """
    told = list(titles)
    for place, (title, group) in enumerate(zip(titles, groups, strict=True)):
        others = [g for t, g in zip(titles, groups, strict=True) if t == title and g not in (group, None)]
        if group is not None and others:
            own = all(other is not None and other.result is not group.result for other in others)
            word = WORDS[group.result].capitalize() if own else f"{WORDS[group.result].capitalize()}, {group.code}"
            told[place] = f"{word} · {title}"
    return told


def group_mark(group: OutcomeGroup) -> str:
    """How good the end of these rows is, as the mark of a cell."""
    return _MARKS[group.result]


def waiting_rows(group: OutcomeGroup, left: int) -> str:
    """How many rows a group has; of those that were sent again meanwhile, only the rest still waits."""
    return f"{group.count:,}" if left == group.count else f"{left:,} of {group.count:,}"


def level_of(code: str) -> str:
    """Where a row's code is explained: among Zoho's row codes, ztui's own, or those of whole jobs."""
    return next((level for level in ("row", "local", "job") if catalogue.lookup(level, code)), "row")


def group_about(group: OutcomeGroup) -> Parts:
    """What a group without a code is."""
    kind = {"ok": "good", "bad": "bad", "warn": "warn"}[_MARKS[group.result]]
    return [(f"{how_many(group.count, 'row')} {WORDS[group.result]}\n", kind), _ABOUT[group.result]]


def child_about(child: RunState) -> Parts:
    """A later run that sent mended rows of this one."""
    head, kind = run_line(child)
    return [
        (f"{how_many(child.total_rows, 'row')} sent again\n", "strong"),
        (head, kind or "soft"),
        "\nThese rows are in the hands of that run and are not sent a second time from here.",
        ("\nEnter  ", "key"),
        "opens it",
        (f"\n{child.run_id}", "soft"),
    ]


def problem_parts(problem: Finding, code: str, schema: ModuleSchema) -> Parts:
    """What ztui's own check says about a refused cell, under Zoho's code."""
    said = explain(problem, schema)
    parts: Parts = [(said.title, "bad")]
    if said.cause:
        parts.append(f"\n{said.cause}")
    if said.remedy:
        parts += [("\nWhat to do  ", "accent"), said.remedy]
    parts.append((f"\n{code}", "soft"))
    return parts


def diagnosis_parts(diagnosis: Diagnosis) -> Parts:
    """A diagnosis as styled text: title, cause, what to do, Zoho's own words, code."""
    parts: Parts = [(diagnosis.title, "bad")]
    if diagnosis.cause:
        parts.append(f"\n{diagnosis.cause}")
    if diagnosis.remedy:
        parts += [("\nWhat to do  ", "accent"), diagnosis.remedy]
    if diagnosis.message and diagnosis.message not in diagnosis.cause and diagnosis.message != diagnosis.code:
        parts.append((f"\nZoho says: {diagnosis.message}", "soft"))
    parts.append((f"\n{diagnosis.code}", "soft"))
    return parts


def repair_words(repair: Repair) -> str:
    """A repair of the whole job in words."""
    return "send it again as it is" if repair.kind == SEND_AGAIN else f"{repair_text(repair)}, and send it again"


def suggestion_cells(suggestion: Suggestion, schema: ModuleSchema) -> tuple[tuple[str, str, str], str]:
    """A suggested repair as (what, field, rows) and an example in a sentence."""
    field = label(suggestion.api_name or suggestion.key, schema)
    examples = "  ·  ".join(f"{before or '(blank)'} → {after or '(blank)'}" for before, after in suggestion.examples)
    return (suggestion_words(suggestion), field, f"{suggestion.count:,}"), examples


def summary(counts: OutcomeCounts, ready: int, edited: int, undone: int = 0) -> tuple[Parts, int]:
    """One line on the whole run and what is mended so far; and how many rows are still not in."""
    out = counts.total - counts.ok - counts.unknown
    parts: Parts = [
        (
            f"{counts.ok:,} of {how_many(counts.total, 'row')} are in the CRM",
            "good" if counts.ok == counts.total else "strong",
        )
    ]
    if undone:
        parts = [(f"{how_many(undone, 'record')} of this import taken back", "warn")]
    if out:
        parts.append((f" · {out:,} not", "warn"))
    if counts.unknown:
        parts.append((f" · {counts.unknown:,} not known", "bad"))
    if edited:
        parts.append((f" · {edited:,} mended", "accent"))
    if ready:
        parts.append((f" · r sends {ready:,} again", "accent"))
    return parts, out
