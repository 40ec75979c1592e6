"""Findings of a check in words: one line each, and the explanation of a group. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ztui import catalogue
from ztui.engine.rules import RULE_PARAM
from ztui.model.counting import how_many, plural
from ztui.model.crm import Field, ModuleSchema
from ztui.model.finding import Finding, Severity
from ztui.present.errors import ErrorText, text_for

if TYPE_CHECKING:
    from ztui.engine.preflight import FindingGroup

_SENTENCE_END = re.compile(r"(?<=[.!?]) (?=\S)")
SIGNS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.NOTE: "i"}


def unfit(field: Field, filled: int, refused: int, first: Finding) -> str:
    """What to say when a column is put on a field that takes few of its values."""
    values = plural(filled, "value")
    share = (
        f"None of the first {filled} {values} will do"
        if refused == filled
        else f"{refused} of the first {filled} {values} will not do"
    )
    return f"{share} for {field.label}. {explain(first).cause}"


def explain(finding: Finding, schema: ModuleSchema | None = None) -> ErrorText:
    """Title, cause and remedy of a finding from the catalogue, filled with its facts."""
    facts: dict[str, object] = dict(finding.params)
    if finding.api_name is not None:
        facts.setdefault("api_name", finding.api_name)
        field = schema.field(finding.api_name) if schema is not None else None
        facts.setdefault("field", field.label if field is not None else finding.api_name)
    if finding.value is not None:
        facts.setdefault("value", finding.value)
    if finding.line is not None:
        facts.setdefault("line", finding.line)
    # The rule that found it says more than Zoho's code for it ("not an e-mail address" instead of "invalid data").
    rule = finding.param(RULE_PARAM)
    if rule and catalogue.lookup("local", rule) is not None:
        return replace(text_for("local", rule, "", facts), level=finding.level, code=finding.code)
    return text_for(finding.level, finding.code, "", facts)


#: What each row of a group has of its own, as far as templates speak of it.
_OWN = ("line", "actual", "nearest", "start", "within")


def explain_group(group: FindingGroup, schema: ModuleSchema | None = None) -> ErrorText:
    """The words for all findings of a group: what is said of a row holds for each of them.

    What a single row has of its own (the line of its double, how long its value is) is told by `particular`.
    """
    if group.count == 1:
        return explain(group.first, schema)
    params = tuple((name, text) for name, text in group.first.params if name not in _OWN)
    own_value = group.first.value if group.scope != "row" else None
    return explain(replace(group.first, params=params, value=own_value, line=None), schema)


def particular(finding: Finding, group: FindingGroup, schema: ModuleSchema | None = None) -> str:
    """What is to be said of one finding beyond the words for its group; "" when those say it all."""
    general = _sentences(explain_group(group, schema).cause)
    return " ".join(said for said in _sentences(explain(finding, schema).cause) if said not in general)


def _sentences(text: str) -> list[str]:
    return _SENTENCE_END.split(text) if text else []


def finding_line(finding: Finding, schema: ModuleSchema | None = None) -> str:
    """A finding in one line: what is wrong, and what to do."""
    words = explain(finding, schema)
    return f"{words.title}. {words.remedy}" if words.remedy else words.title


def consequence(finding: Finding, count: int = 1) -> str:
    """What a finding that concerns so many rows means for the import."""
    from ztui.engine.preflight_rows import HEADER_AGAIN

    one = count == 1
    if finding.severity is Severity.ERROR:
        if finding.scope == "row":
            if finding.param(RULE_PARAM) == HEADER_AGAIN:
                return (
                    "It is no row of yours and is never sent."
                    if one
                    else "They are no rows of yours and are never sent."
                )
            if not _refused_by_zoho(finding):
                return f"{'This row is' if one else 'These rows are'} left out unless you say otherwise."
            rows, left = ("this row", "it is") if one else ("these rows", "they are")
            return f"Zoho would refuse {rows}; {left} left out unless you say otherwise."
        if finding.scope == "file":
            return "Before anything is sent you are asked whether the file is right as it is read."
        return "Zoho would refuse the whole job; nothing can be sent before this is mended."
    if finding.severity is Severity.WARNING:
        if finding.scope == "file":
            return ""  # an oddity of the file: what becomes of which rows is said by the findings about those
        if finding.scope != "row":
            return "The rows would be sent as they are."
        return "This row would be sent as it is." if one else "These rows would be sent as they are."
    return "Nothing needs to be done."


def _refused_by_zoho(finding: Finding) -> bool:
    """Whether Zoho has an answer to this; if not, the row is one that ztui itself would rather not send."""
    entry = catalogue.lookup(finding.level, finding.code)
    return finding.level != "local" or bool(entry is not None and entry.predicts)


def verdict(
    *,
    blocking: bool,
    refused: int,
    total: int | None,
    checked: int,
    complete: bool,
    leave_out: bool,
    again: Sequence[str] = (),
    stage: str = "rows",
    doubtful: bool = False,
) -> tuple[str, str]:
    """What the check says as a whole, and how good that is ("good", "warn", "bad", "" while it runs).

    `again` are the labels of the fields it looks at when the rest is known from an earlier check; `stage` is what it is
    at (see `CheckReport`); `doubtful` when a person has yet to say that the file is read as it was meant.
    """
    if blocking:
        return "Nothing can be sent yet: something concerns the whole job.", "bad"
    rows = total if total is not None else checked
    if not complete:
        so_far = f"{how_many(refused, 'row')} with errors so far." if refused else "Nothing wrong so far."
        what = f" {' and '.join(again) if len(again) < 3 else how_many(len(again), 'field')}" if again else ""
        if stage == "repeats":
            return f"Looking for values that repeat in {how_many(rows, 'row')} … {so_far}", ""
        if stage == "references":
            return f"Looking up what the rows point at … {checked:,} of {how_many(rows, 'row')}. {so_far}", ""
        return f"Checking{what} … {checked:,} of {how_many(rows, 'row')}. {so_far}", ""
    if not rows:
        return "There are no rows to send.", "warn"
    if doubtful:
        return "The file may be read wrongly: sending asks whether it is right.", "bad"
    if not refused:
        return "The one row can be sent." if rows == 1 else f"All {how_many(rows, 'row')} can be sent.", "good"
    if leave_out:
        left = rows - refused
        if not left:
            every = "the one row" if rows == 1 else f"every one of the {how_many(rows, 'row')}"
            return f"Nothing can be sent: there are errors in {every}.", "bad"
        out = f"{how_many(refused, 'row')} left out for {plural(refused, 'its', 'their')} errors"
        return f"{how_many(left, 'row')} will be sent; {out}.", "warn"
    return f"All {how_many(rows, 'row')} will be sent, the {refused:,} with errors too.", "warn"
