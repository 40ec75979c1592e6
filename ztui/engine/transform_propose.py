"""Proposes the steps a column needs so that its values fit a field: from the values themselves, never by guessing.

Where values allow two readings (day first or month first, a lone "1,234"), all readings come back with a question; a
person chooses.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile

from ztui.catalogue.knowledge import date_formats, field_type
from ztui.engine.suggest_lexicon import lexicon
from ztui.engine.transform_bare import bared
from ztui.engine.transform_compile import compile_one
from ztui.engine.transform_dates import Reading, find_readings, reader, rivals
from ztui.engine.transform_numbers import clean_phone, decimal_signs, read_boolean, read_number
from ztui.engine.transform_values import BLANKS, MULTI_SEPARATOR, fold
from ztui.model.counting import how_many
from ztui.model.crm import Field
from ztui.model.mapping import Step

_EXAMPLES = 5
_DISTINCT = 20_000
_LONG = 5  # letters of a word in which a slip is told from another word


@dataclass(frozen=True, slots=True)
class Proposal:
    """Steps that would make a column's values fit a field.

    `coverage` is the share (0..1) of the distinct values they can handle. `examples` are (before, after) pairs, those
    that change first. `question` is set on every proposal of a set among which only a person can choose, and `label`
    names this one's reading. `find_by` is the matching field for lookups and owners, when the values call for one.
    """

    steps: tuple[Step, ...]
    reason: str
    coverage: float = 1.0
    examples: tuple[tuple[str, str], ...] = ()
    question: str | None = None
    label: str = ""
    find_by: str | None = None


def propose_steps(field: Field, values: Sequence[str]) -> tuple[Proposal, ...]:
    """What the column's `values` need to fit `field`, best first; () when they fit or nothing is known to help.

    When the first proposal has a `question`, none may be taken without asking.
    """
    distinct = list(dict.fromkeys(v for v in values[: _DISTINCT * 10] if v.strip(BLANKS)))[:_DISTINCT]
    if not distinct:
        return ()
    first, reasons = bared(field, distinct)
    apply = compile_one(first)
    clean = list(dict.fromkeys(text for v in distinct if (text := str(apply(v)).strip(BLANKS))))
    kind = "id" if field.api_name == "id" else field_type(field.data_type).check
    if kind in _STRICT and (words := without_value(clean)):
        first = (*first, Step.of("map", table=tuple((word, "") for word in words)))
        reasons.append(f"{' and '.join(f'“{word}”' for word in words[:3])} for no value")
        clean = [v for v in clean if not without_value([v])]
    found = _BY_CHECK.get(kind, _plain)(field, clean) if clean else ()
    if not found and first:
        found = (Proposal((), "; ".join(reasons)),)
    return tuple(_finish(p, first, distinct) for p in found)


# Fields that take no words at all: there "n/a" is never a value.
_STRICT = frozenset(("date", "datetime", "integer", "decimal", "percent", "phone", "email", "url", "id"))


def without_value(values: Sequence[str]) -> list[str]:
    """Those of the values that people write where they have none, each once, however it is written."""
    known = lexicon().values["nothing"]
    return list({value.casefold(): value for value in reversed(values) if value.casefold() in known}.values())[::-1]


def _finish(proposal: Proposal, first: tuple[Step, ...], distinct: list[str]) -> Proposal:
    steps = (*first, *(s for s in proposal.steps))
    apply = compile_one(steps)
    pairs = [(v, str(apply(v))) for v in distinct[:500]]
    changed = [p for p in pairs if p[0] != p[1]]
    examples = (changed + [p for p in pairs if p[0] == p[1]])[:_EXAMPLES]
    return Proposal(
        steps,
        proposal.reason,
        proposal.coverage,
        tuple(examples),
        proposal.question,
        proposal.label,
        proposal.find_by,
    )


def _plain(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    return ()


def _dates(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    times = field_type(field.data_type).check == "datetime"
    sent = date_formats()
    readings = find_readings(values, times=times)
    if not readings:
        return ()
    choose = rivals(readings)
    question = None
    if choose:
        sample = next((v for v in values if _differs(v, choose)), values[0])
        question = f"Is {sample} read as {' or as '.join(r.pattern for r in choose)}?"
    name = "datetime" if times else "date"
    as_sent = sent.sent_datetime if times else sent.sent_date
    if not choose and readings[0].pattern == as_sent and all(map(reader(as_sent, exact=True), values)):
        return ()
    return tuple(
        Proposal(
            (Step.of(name, pattern=r.pattern),),
            f"{r.share:.0%} of the distinct values read as {r.pattern}",
            r.share,
            question=question,
            label=r.pattern,
        )
        for r in (choose or readings[:1])
    )


def _differs(value: str, readings: tuple[Reading, ...]) -> bool:
    seen = {m.value for r in readings if (m := reader(r.pattern)(value))}
    return len(seen) > 1


_PLAIN_INTEGER = re.compile(r"[+-]?\d+")
_PLAIN_DECIMAL = re.compile(r"[+-]?\d+(?:\.\d+)?")


def _numbers(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    whole = field_type(field.data_type).check == "integer"
    if whole and all(_PLAIN_INTEGER.fullmatch(v) for v in values):
        return ()
    signs = [s for s in decimal_signs(values) if s[1] >= 0.5]
    if not signs:
        return ()
    tied = len(signs) > 1 and signs[0][1] == signs[1][1]
    if not whole and not tied and all(_PLAIN_DECIMAL.fullmatch(v) for v in values):
        return ()  # "1.234" throughout is not among these: it may be a thousand and more

    def step(sign: str) -> Step:
        return Step.of("number", decimal=sign, whole=True) if whole else Step.of("number", decimal=sign)

    if tied:
        # A whole-number field: one sign leaves no fractions, the other does. "1.000" may be one or a thousand.
        behind = {sign: "".join((_as(v, sign) or "").partition(".")[2] for v in values) for sign in ".,"}
        for sign, other in (".,", ",."):
            if whole and not behind[sign] and behind[other].strip("0"):
                return (Proposal((step(sign),), "numbers with thousands separators", signs[0][1]),)
        sample = next((v for v in values if _as(v, ".") != _as(v, ",")), values[0])
        ways = [_as(sample, sign) or sample for sign in (".", ",")]
        if whole:
            ways = [way.rstrip("0").rstrip(".") if "." in way else way for way in ways]
        question = f"Is {sample} read as {ways[0]} or as {ways[1]}?"
        return tuple(
            Proposal((step(s),), "numbers with separators", share, question=question, label=f"decimal {s}")
            for s, share in signs
        )
    return (Proposal((step(signs[0][0]),), f"numbers with decimal “{signs[0][0]}”", signs[0][1], label=signs[0][0]),)


def _as(value: str, sign: str) -> str | None:
    return read_number(value, sign)


def _booleans(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    if all(v in ("true", "false") for v in values):
        return ()
    share = sum(read_boolean(v) is not None for v in values) / len(values)
    return (Proposal((Step.of("boolean"),), "yes/no words", share),) if share >= 0.5 else ()


def _phones(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    changed = [v for v in values if clean_phone(v) != v]
    return (Proposal((Step.of("phone"),), how_many(len(changed), "number") + " with decoration"),) if changed else ()


def _emails(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    decorated = [v for v in values if re.search(r"<[^<>]+@[^<>]+>|^(?i:mailto:)|@.*[,;.]$", v)]
    reason = how_many(len(decorated), "address", "addresses") + " with a name or mailto:"
    return (Proposal((Step.of("email"),), reason),) if decorated else ()


def propose_table(field: Field, values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """(value, list value) pairs for the values that are not exactly in the field's pick list but near one of it.

    Near means equal without case, blanks and punctuation, or mistyped by one letter: "Inactive" is no misspelt
    "Active", nor "Phase 3" a "Phase 2". The pairs are meant to be edited.
    """
    known = {p.actual_value for p in field.picklist} | {p.display_value for p in field.picklist}
    exact: dict[str, set[str]] = {}
    for listed in field.picklist:
        for text in (listed.display_value, listed.actual_value):
            exact.setdefault(_loose(text), set()).add(listed.display_value)
    words = [(_words(p.display_value), p.display_value) for p in field.picklist]
    pairs = []
    for value in dict.fromkeys(v.strip(BLANKS) for v in values):
        if not value or value in known:
            continue
        own = _words(value)
        close = exact.get(_loose(value)) or {shown for listed, shown in words if _mistyped(own, listed)}
        if len(close) == 1:
            pairs.append((value, next(iter(close))))
    return tuple(pairs)


def _loose(text: str) -> str:
    """Without blanks and punctuation, but for what tells "1-5" from "15" and "A+" from "A"."""
    return re.sub(r"[^\w+#\x00]|_", "", re.sub(r"(?<=\d)[\W_]+(?=\d)", "\0", text.casefold()))


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.casefold()))


def _mistyped(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two texts have the same words, apart from slips of the finger."""
    if len(one) != len(other):
        return False
    return all(a == b or _slip(a, b, company=len(one) > 1) for a, b in zip(one, other, strict=True))


def _slip(one: str, other: str, *, company: bool) -> bool:
    """One letter too many, missing, wrong or swapped with the next, or doubled; never at the beginning.

    In a short word only a letter within that is missing or too many counts, and only in the company of other words.
    """
    if one[:2] != other[:2] or not (one + other).isalpha():
        return False
    if min(len(one), len(other)) < _LONG and (not company or len(one) == len(other) or one[-1] != other[-1]):
        return False
    one, other = (re.sub(r"(.)\1+", r"\1", word) for word in (one, other))
    same = _shared(one, other)
    one, other = one[same:][::-1], other[same:][::-1]
    same = _shared(one, other)
    one, other = one[same:], other[same:]
    return max(len(one), len(other)) <= 1 or (len(one) == 2 and one == other[::-1])


def _shared(one: str, other: str) -> int:
    """With how many characters both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _choices(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    if not field.picklist:
        return ()
    table = propose_table(field, values[:2_000])
    if not table:
        return ()
    reason = how_many(len(table), "value is", "values are") + " nearly in the list"
    return (Proposal((Step.of("map", table=table),), reason),)


def _lists(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    known = {fold(p.display_value) for p in field.picklist} | {fold(p.actual_value) for p in field.picklist}

    def members(separator: str) -> int:
        return sum(fold(piece) in known for v in values[:2_000] for piece in v.split(separator))

    separator = max((MULTI_SEPARATOR, ",", "|", "/", "\n"), key=members)
    if not members(separator):
        if any(MULTI_SEPARATOR in v for v in values) or not any("," in v for v in values):
            return ()
        separator = ","
    pieces = [piece for v in values[:2_000] for piece in v.split(separator)]
    table = propose_table(field, pieces)
    tidy = all(v == MULTI_SEPARATOR.join(p.strip() for p in v.split(MULTI_SEPARATOR)) for v in values)
    if separator == MULTI_SEPARATOR and not table and tidy:
        return ()
    step = Step.of("multi", separator=separator, table=table) if table else Step.of("multi", separator=separator)
    named = "line break" if separator == "\n" else separator
    return (Proposal((step,), f"lists separated by “{named}”", label=named),)


_ID = re.compile(r"(?:zcrm_)?\d{15,20}")


def _ids(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    if any(v.startswith("zcrm_") for v in values):
        return (Proposal((Step.of("replace", find="zcrm_", **{"with": ""}),), "record ids of a Zoho export"),)
    return ()


def _references(field: Field, values: list[str]) -> tuple[Proposal, ...]:
    user = field_type(field.data_type).check == "user"
    ids, addresses, most = sum(bool(_ID.fullmatch(v)) for v in values), sum("@" in v for v in values), 0.9 * len(values)
    # an owner that is matched by nothing in particular may be given by either
    if ids >= most or (user and ids and addresses < most <= ids + addresses):
        return _ids(field, values)
    if addresses >= most:
        by = "email" if user else "Email"
        return (Proposal((), "e-mail addresses", find_by=by, label="by e-mail"),)
    by = "full_name" if user else (field.lookup.display_field if field.lookup else None) or "Name"
    return (Proposal((), "names", find_by=by, label="by name"),)


_BY_CHECK = {
    "date": _dates,
    "datetime": _dates,
    "integer": _numbers,
    "decimal": _numbers,
    "percent": _numbers,
    "boolean": _booleans,
    "phone": _phones,
    "email": _emails,
    "picklist": _choices,
    "multi": _lists,
    "lookup": _references,
    "user": _references,
    "id": _ids,
}
