"""Repairs that can be proposed for refused rows: by the kind of field that is bad, with examples and a count.

Every proposal is checked before it is made: a value that the field would refuse again is not offered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ztui import catalogue
from ztui.engine.repair import RepairSession
from ztui.engine.transform import apply_steps, propose_steps
from ztui.engine.transform_dates import find_readings
from ztui.engine.transform_propose import propose_table
from ztui.engine.transform_steps import BLANKS, Refusal, split_name
from ztui.model.crm import Field, Operation
from ztui.model.mapping import Step

NEAREST = "nearest_picklist"
REREAD_DATE = "reread_date"
TRIM = "trim"
TRUNCATE = "truncate"
SPLIT_NAME = "split_name"
CLEAN_EMAIL = "clean_email"
CLEAR = "clear"
UPSERT = "upsert"
LOOKUP_KEY = "lookup_key"
_EXAMPLES = 3
_DOTS = re.compile(r"\.{2,}")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One repair on offer: what kind, for which field, how many rows it mends, and some (before, after) pairs.

    `cells` are the (record, field, value) triples to be set; `key` is the field for UPSERT and LOOKUP_KEY, which change
    the mapping instead.
    """

    kind: str
    api_name: str
    count: int
    examples: tuple[tuple[str, str], ...] = ()
    cells: tuple[tuple[int, str, str], ...] = ()
    key: str = ""
    detail: str = ""


def suggest_repairs(session: RepairSession) -> tuple[Suggestion, ...]:
    """What could be done about the rows that still are bad, most rows first; giving the value up comes last."""
    found: list[Suggestion] = []
    for api_name in session.fields:
        bad = [row.record for row in session.rows if session.cell(row.record, api_name).bad]
        if bad:
            found += _for_field(session, session.field(api_name), bad)
    found += _by_key(session)
    return tuple(sorted(found, key=lambda s: (s.kind == CLEAR, -s.count)))


def apply_suggestion(session: RepairSession, suggestion: Suggestion) -> int:
    """Do it, as one step of the session's history; returns how many rows it touched."""
    if suggestion.kind == UPSERT:
        session.use_key(suggestion.key)
        return suggestion.count
    if suggestion.kind == LOOKUP_KEY:
        session.find_lookup_by(suggestion.api_name, suggestion.key)
        return suggestion.count
    return session.set_many(suggestion.cells)


def _for_field(session: RepairSession, field: Field, bad: list[int]) -> Iterator[Suggestion]:
    values = [session.value(record, field.api_name) for record in bad]
    for kind, detail, change in _changes(field, values):
        yield from _offer(session, field, bad, kind, change, detail)
    yield from _names(session, field, bad)
    if not field.mandatory and field.api_name != session.mapping.find_by:
        yield from _offer(session, field, bad, CLEAR, lambda _text: "", "")
    if field.lookup is not None and session.mapping.for_field(field.api_name) is not None:
        yield from _lookups(session, field, bad)


def _changes(field: Field, values: list[str]) -> Iterator[tuple[str, str, Callable[[str], str]]]:
    check = catalogue.field_type(field.data_type).check
    yield TRIM, "", lambda text: " ".join(text.split())
    if field.picklist:
        table = dict(propose_table(field, values))
        yield NEAREST, "", lambda text: table.get(text.strip(BLANKS), text)
    if check in ("date", "datetime"):
        out = {"date": "yyyy-MM-dd"}.get(check, "")
        for reading in find_readings([v for v in values if v.strip()], times=check == "datetime"):
            step = Step.of(check, pattern=reading.pattern, **({"out": out} if out else {}))
            yield REREAD_DATE, reading.pattern, _stepped(step)
    if check == "email":
        yield CLEAN_EMAIL, "", _clean_email
    for proposal in propose_steps(field, [v for v in values if v.strip()]):
        if proposal.steps and check not in ("date", "datetime", "email") and not field.picklist:
            yield proposal.steps[-1].name, proposal.reason, _all_steps(proposal.steps)
    if field.length:
        longest = field.length
        yield TRUNCATE, str(longest), lambda text: text[:longest].rstrip(BLANKS)


def _stepped(step: Step) -> Callable[[str], str]:
    return _all_steps((step,))


def _all_steps(steps: tuple[Step, ...]) -> Callable[[str], str]:
    def change(text: str) -> str:
        made = apply_steps([text], steps)
        return text if isinstance(made, Refusal) else made

    return change


def _clean_email(text: str) -> str:
    """An address with the slips of typing taken out: blanks, a comma for a point, doubled points, a missing bracket."""
    bare = apply_steps([text], (Step.of("email"),))
    bare = re.sub(r"\s*\(at\)\s*|\s*\[at\]\s*", "@", str(bare), flags=re.IGNORECASE)
    bare = "".join(bare.split()).replace(",", ".").replace(";", "").strip(".'\"<>")
    return _DOTS.sub(".", bare.replace("@@", "@"))


def _offer(
    session: RepairSession, field: Field, bad: list[int], kind: str, change: Callable[[str], str], detail: str
) -> Iterator[Suggestion]:
    cells: list[tuple[int, str, str]] = []
    examples: dict[str, str] = {}
    for record in bad:
        old = session.value(record, field.api_name)
        if not old.strip():
            continue
        new = change(old)
        if new != old and session.check(field.api_name, new) is None:
            cells.append((record, field.api_name, new))
            examples.setdefault(old, new)
    if cells:
        some = tuple(examples.items())[:_EXAMPLES]
        yield Suggestion(kind, field.api_name, len(cells), some, tuple(cells), detail=detail)


def _names(session: RepairSession, field: Field, bad: list[int]) -> Iterator[Suggestion]:
    """A required last name that is empty while the first name holds both."""
    first = next((name for name in session.fields if name == "First_Name"), None)
    if field.api_name != "Last_Name" or first is None:
        return
    cells: list[tuple[int, str, str]] = []
    examples: dict[str, str] = {}
    rows = 0
    for record in bad:
        full = session.value(record, first)
        if session.value(record, field.api_name).strip() or not full.strip():
            continue
        given, family = split_name(full)
        if family and session.check(field.api_name, family) is None:
            rows += 1
            cells += [(record, field.api_name, family), (record, first, given)]
            examples.setdefault(full, f"{given} | {family}")
    if cells:
        yield Suggestion(SPLIT_NAME, field.api_name, rows, tuple(examples.items())[:_EXAMPLES], tuple(cells))


def _lookups(session: RepairSession, field: Field, bad: list[int]) -> Iterator[Suggestion]:
    mapped = session.mapping.for_field(field.api_name)
    current = mapped.find_by if mapped is not None else None
    values = [session.value(record, field.api_name) for record in bad]
    user = catalogue.field_type(field.data_type).check == "user"
    keys = []
    if all("@" in value for value in values):
        keys.append("email" if user else "Email")
    elif all(value.isdigit() for value in values):
        keys.append("id")
    elif not user and field.lookup is not None and field.lookup.display_field:
        keys.append(field.lookup.display_field)
    for key in keys:
        if key != current:
            yield Suggestion(LOOKUP_KEY, field.api_name, len(bad), key=key, detail=key)


def _by_key(session: RepairSession) -> Iterator[Suggestion]:
    """Insert → upsert, where records exist already."""
    if session.mapping.operation is not Operation.INSERT:
        return
    duplicates: dict[str, int] = {}
    for row in session.rows:
        for error in row.outcome.errors:
            entry = catalogue.lookup("row", error.code)
            if entry is not None and entry.kind == "duplicate":
                for name in error.fields:
                    duplicates[name] = duplicates.get(name, 0) + 1
    for name, count in duplicates.items():
        if name in session.fields:
            yield Suggestion(UPSERT, name, count, key=name, detail=name)
