"""What each column could be: offers of fields with a confidence and a reason, from name, meaning and values.

Whether an offer is taken is decided by `ztui.engine.suggest`, over all columns together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ztui.catalogue import modules
from ztui.engine.suggest_context import Read
from ztui.engine.suggest_fit import address_sources, fit, part_of
from ztui.engine.suggest_lexicon import lexicon
from ztui.engine.suggest_meaning import ADDRESS, Meaning, is_flag, read_header
from ztui.engine.suggest_tokens import words_of
from ztui.engine.value_evidence import Evidence, emails, own_ids, single_words, so_many
from ztui.engine.value_verdict import judge
from ztui.model.crm import Field, Operation

#: Below this a column stays open.
SURE_ENOUGH = 0.65
#: Types that say how a record is shown; an export names them, but they are no values of the record.
_NOT_VALUES = frozenset(("layout",))
_NAMELESS = re.compile(
    r"(?:column|columns|col|field|feld|spalte|colonne|columna|campo|kolom|unnamed|var|f|c)?\d*|[a-z]"
)

#: An API name in brackets at the end of a header.
_NOTED = re.compile(r"\S\s*[(\[{]\s*(\w+)\s*[)\]}]\W*$")


@dataclass(slots=True)
class Column:
    """A column while it is thought about: what it could be (field -> confidence, reason), and why it stays open."""

    header: str
    read: Read
    seen: Evidence
    offers: dict[str, tuple[float, str]] = field(default_factory=dict)
    hints: dict[str, float] = field(default_factory=dict)
    why: str = ""


class Target:
    """A field with its readings."""

    __slots__ = ("api_words", "field", "label_words", "meanings")

    def __init__(self, of: Field, module: str) -> None:
        self.field = of
        self.label_words = words_of(of.label).all
        self.api_words = words_of(of.api_name).all
        self.meanings = read_header(of.label, module).meanings or read_header(of.api_name, module).meanings

    def named(self, words: tuple[str, ...]) -> tuple[float, str] | None:
        """Whether these words are the field's own name."""
        if words and words == self.label_words:
            return 1.0, f"the header is the field's label {self.field.label!r}"
        if words and words == self.api_words:
            return 0.99, f"the header is the field's API name {self.field.api_name!r}"
        return None


def _why_unwritable(of: Field, operation: Operation) -> str:
    if of.api_name == "id":
        return "the record id is a key for update and upsert, not a value to insert"
    if of.data_type in _NOT_VALUES:
        return f"{of.label} says how a record is shown; it is no value of the record"
    if of.writable(Operation.INSERT) or of.writable(Operation.UPDATE):
        return f"{of.label} cannot be written by {operation.value}"
    return f"{of.label} is set by the CRM and cannot be written"


def _can_write(of: Field, operation: Operation) -> bool:
    if of.api_name == "id" or of.data_type in _NOT_VALUES:
        return False
    return of.writable(operation) and of.api_name not in modules().never_writable


def by_name(column: Column, targets: Sequence[Target], operation: Operation) -> None:
    """Fields that the header names outright."""
    words = words_of(column.header).all
    unsure = column.read.hint != "" or (column.read.meaning is not None and column.read.meaning.concept == "salutation")
    for target in targets:
        named = target.named(words)
        if named is None or (unsure and not target.field.custom and column.read.hint != "last_name"):
            continue
        if not _can_write(target.field, operation):
            column.why = column.why or _why_unwritable(target.field, operation)
            continue
        concept = column.read.meaning.concept if column.read.meaning else ""
        _offer(column, target.field, concept, *named)
    if column.offers:
        column.why = ""


def by_noted_name(columns: Sequence[Column], targets: Sequence[Target], operation: Operation) -> None:
    """Fields whose API name stands in brackets after the header: "State of lead (Lead_Status)".

    A single word there may mean something else ("Assistant (Phone)"), unless half of the file is written that way.
    """
    by_api = {t.field.api_name: t.field for t in targets if _can_write(t.field, operation)}
    noted = {i: by_api[m[1]] for i, c in enumerate(columns) if (m := _NOTED.search(c.header[-200:])) and m[1] in by_api}
    for i, of in noted.items():
        if "_" in of.api_name or len(noted) * 2 >= len(columns) > 2:
            _offer(columns[i], of, "", 0.99, f"the header gives the field's API name {of.api_name!r} in brackets")


def _offer(column: Column, of: Field, concept: str, sure: float, reason: str, *, confirmed: bool = False) -> None:
    """Note a possible field, weighed with the values; a better offer for the same field stays."""
    verdict = judge(of, concept, column.seen)
    if verdict.refused:
        column.why = column.why or f"{reason}, but {verdict.words}"
        column.hints.setdefault(of.api_name, 0.3)
        return
    if confirmed and verdict.weight <= 0:
        column.hints.setdefault(of.api_name, 0.4)
        return
    total = max(0.0, min(1.0, sure + verdict.weight))
    if verdict.words:
        reason = f"{reason}; {verdict.words}"
    if total > column.offers.get(of.api_name, (0.0, ""))[0]:
        column.offers[of.api_name] = (total, reason)


def by_meaning(columns: Sequence[Column], targets: Sequence[Target], operation: Operation, module: str) -> None:
    """Fields whose name means what the header means."""
    settings = lexicon().modules.get(module, {})
    company = "self" if "company" in settings.get("self", ()) else "part" if settings.get("company_is_part") else ""
    writable = [t for t in targets if _can_write(t.field, operation)]
    by_concept: dict[str, list[Target]] = {}
    for target in writable:
        for own in target.meanings:
            by_concept.setdefault(own.concept, []).append(target)
    places = {i: m for i, c in enumerate(columns) if (m := c.read.meaning) is not None and m.concept in ADDRESS}
    parts = [own for t in writable for own in t.meanings if own.concept in ADDRESS]
    sources = address_sources(places, parts, company != "")
    for i, column in enumerate(columns):
        meaning = column.read.meaning
        for target in by_concept.get(column.read.hint, ()):
            column.hints.setdefault(target.field.api_name, 0.5)
        if meaning is None:
            if not column.offers:
                _by_words(column, writable)
            continue
        if any(sure >= 0.99 for sure, _ in column.offers.values()):
            continue
        for target in writable:
            best = max((_fit(i, meaning, own, sources, company) for own in target.meanings), default=0.0)
            if best > 0:
                if meaning.mends:
                    best -= 0.08
                elif meaning.phrase.words & set(target.label_words):
                    best += 0.01  # of two names the one nearer to the field's own
                if target.field.custom:
                    best -= 0.02  # of two fields of one meaning the CRM's own is meant
                reason = _reason(meaning, target.field)
                _offer(column, target.field, meaning.concept, best, reason, confirmed=column.read.values_only)
        if not column.offers and not column.why:
            column.why = _left_out(meaning)


def _fit(
    index: int,
    meaning: Meaning,
    own: Meaning,
    sources: Mapping[tuple[int, frozenset[str]], float],
    company: str,
) -> float:
    """How well a column fits a field's reading; parts of addresses by the group of columns they belong to."""
    if meaning.concept not in ADDRESS:
        return fit(meaning, own, company)
    if own.concept not in (meaning.concept, part_of(meaning.concept)):
        return 0.0  # the name of a region is no "Region Code"
    return sources.get((index, own.kinds), 0.0)


def _reason(meaning: Meaning, of: Field) -> str:
    if meaning.number == 2 and meaning.concept == "email" and not meaning.kinds:
        return f"a second {meaning.phrase.text!r} goes to {of.label!r}"
    kind = f" ({', '.join(sorted(meaning.kinds))})" if meaning.kinds else ""
    mended = "".join(f"; read {a!r} as {b!r}" for a, b in meaning.mends)
    return f"{meaning.phrase.text!r}{kind} is another name for {of.label!r}{mended}"


def _left_out(meaning: Meaning) -> str:
    kind = ", ".join(sorted(meaning.kinds))
    if further := [k for k in meaning.kinds if k[-1].isdigit()]:
        return f"{meaning.phrase.text!r} of {further[0]!r}, not of the record"
    if meaning.number > 1:
        return f"{meaning.phrase.text!r} number {meaning.number}: the module has no field for it"
    if kind:
        return f"the module has no {meaning.phrase.text!r} of this kind ({kind})"
    return f"the module has no writable field for {meaning.phrase.text!r}"


def _by_words(column: Column, writable: Sequence[Target]) -> None:
    """Fields (custom ones mostly) with the same words in another order."""
    noise = lexicon().noise
    words = sorted(w for w in words_of(column.header).all if w not in noise)
    if not words or column.read.hint or is_flag(column.header):
        return
    for target in writable:
        for name in (target.label_words, target.api_words):
            if words == sorted(w for w in name if w not in noise):
                _offer(column, target.field, "", 0.9, f"the words of {target.field.label!r} in another order")


def by_single_names(columns: Sequence[Column], targets: Sequence[Target], operation: Operation) -> None:
    """A "Name" of single words beside a first name is the last name, if no other column is."""
    first, last = (
        [t.field for t in targets if any(m.concept == concept and not m.kinds for m in t.meanings)]
        for concept in ("first_name", "last_name")
    )
    offered = {api for c in columns for api, (sure, _) in c.offers.items() if sure >= SURE_ENOUGH}
    unsure = [c for c in columns if c.read.hint == "last_name" and not c.offers and single_words(c.seen)]
    if len(unsure) != 1 or offered.isdisjoint(f.api_name for f in first):
        return
    for of in last:
        if _can_write(of, operation) and of.api_name not in offered:
            _offer(unsure[0], of, "last_name", 0.85, "single words, and the first name has a column of its own")


def by_values(columns: Sequence[Column], targets: Sequence[Target], operation: Operation) -> None:
    """A nameless column of e-mail addresses, if it is the only one, is the e-mail address."""
    if any(
        api for c in columns for api, (sure, _) in c.offers.items() if sure >= SURE_ENOUGH and _is_email(api, targets)
    ):
        return
    nameless = [c for c in columns if _NAMELESS.fullmatch("".join(words_of(c.header).all)) and not c.offers]
    telling = [c for c in nameless if emails(c.seen)]
    fields = [t.field for t in targets if _is_email(t.field.api_name, targets) and _can_write(t.field, operation)]
    if len(telling) == 1 and fields:
        count = telling[0].seen.kinds["email"]
        reason = "no telling header, but " + so_many(count, telling[0].seen, "e-mail addresses")
        telling[0].offers[fields[0].api_name] = (0.85, reason)


def _is_email(api_name: str, targets: Sequence[Target]) -> bool:
    return any(
        m.concept == "email" and not m.kinds for t in targets if t.field.api_name == api_name for m in t.meanings
    )


def by_record_id(columns: Sequence[Column], targets: Sequence[Target]) -> None:
    """The CRM's own id as the key, in a file that the CRM wrote: told by its values, else by the other headers."""
    key = next((t for t in targets if t.field.api_name == "id"), None)
    if key is None:
        return
    own = sum(1 for c in columns if any(sure >= 0.99 for sure, _ in c.offers.values()))
    for column in columns:
        named = key.named(words_of(column.header).all) or (
            (0.95, "the header names the record id")
            if column.read.meaning is not None and column.read.meaning.concept == "record_id"
            else None
        )
        if named is None:
            continue
        from_crm = own_ids(column.seen) if column.seen.filled else own * 2 >= len(columns)
        if from_crm:
            column.offers["id"] = (named[0], f"{named[1]}, and the file comes from the CRM")
        else:
            column.why = "an id of another system; it cannot name records of the CRM"
