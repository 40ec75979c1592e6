"""Every transform step: its name, its arguments, what it does to a value and how it is told to a person.

A step is a pure function of one text. Blank texts pass through all steps but `default` unchanged. A text that a step
cannot handle comes back as a `Refusal` carrying the original text, and the steps after it leave it alone.

| step | arguments | does |
| --- | --- | --- |
| trim | | blanks and no-break spaces at the ends go |
| squeeze | | runs of blanks and line ends become one blank |
| case | to = upper, lower, title, sentence | title leaves words that mix cases alone |
| date | pattern, out | a date by this pattern, written as `out` (default: the pattern that is declared to Zoho) |
| datetime | pattern, out, offset | the same with a time; `offset` ("+02:00") is that of values without one |
| number | decimal = "." or ",", whole = yes, places = N | plain digits with a point |
| boolean | invert = yes, table | true or false |
| phone | country = "+49" | digits and separators only |
| email | | the bare address out of `Ada <ada@example.com>` or `mailto:` |
| map | table, other = keep, blank, refuse | replaces whole values, whatever their case and outer blanks |
| multi | separator, table | a list joined with the separator that Zoho takes |
| split_name | part = first, last | one part of a full name |
| part | separator, index | the index-th piece (0-based, negative from the end) |
| join | separator | several columns in one; only as the first step |
| replace | find, with | every occurrence |
| prefix, suffix | text | put before or after |
| default | text | put where the value is blank |
| truncate | length | at most so many characters |
| digits | | only the digits |
| excel_text | | `="00123"` and `'00123`, as spreadsheets keep zeros, become 00123 |
| no_invisible | | zero-width characters, soft hyphens and marks of direction go |
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal

from ztui.engine.disguise import excel_text, without_hidden
from ztui.engine.transform_moments import make_date, make_datetime
from ztui.engine.transform_names import split_name
from ztui.engine.transform_numbers import clean_phone, read_boolean, read_number
from ztui.engine.transform_values import (
    BLANKS,
    MULTI_SEPARATOR,
    Apply,
    BadStep,
    Refusal,
    fold,
    number_arg,
    table_of,
    text_arg,
)
from ztui.model.counting import how_many
from ztui.model.mapping import Step

__all__ = [
    "BLANKS",
    "KINDS",
    "MULTI_SEPARATOR",
    "Apply",
    "BadStep",
    "Kind",
    "Refusal",
    "fold",
    "split_name",
    "table_of",
]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of step: how to build its function, how to tell it, and whether clean values pass it unchanged."""

    make: Callable[[Step], Apply]
    describe: Callable[[Step], str]


def _trim(step: Step) -> Apply:
    return lambda text: text.strip(BLANKS)


def _squeeze(step: Step) -> Apply:
    return lambda text: " ".join(text.split())


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ELIDED = re.compile(r"(?i)([odl]|dell|all)(['’])(.{2,})")


def _titled(found: re.Match[str]) -> str:
    """A word with a capital; one that mixes cases already ("McDonald", "GmbH") knows how it is written."""
    word = found.group()
    elided = _ELIDED.fullmatch(word)
    tail = elided[3] if elided else word
    if not tail.islower() and not tail.isupper():
        return word
    return _capital(elided[1]) + elided[2] + _capital(tail) if elided else _capital(word)


def _capital(word: str) -> str:
    return word[:1].title() + word[1:].lower()


def _case(step: Step) -> Apply:
    to = text_arg(step, "to", "title")
    ways: dict[str, Apply] = {
        "upper": str.upper,
        "lower": str.lower,
        "sentence": lambda text: text[:1].upper() + text[1:].lower(),
        "title": lambda text: _WORD.sub(_titled, text),
    }
    if to not in ways:
        raise BadStep(f"case: {to} is none of {', '.join(ways)}")
    return ways[to]


def _numeric(step: Step) -> Apply:
    decimal = text_arg(step, "decimal", ".")
    if decimal not in (".", ","):
        raise BadStep("number: decimal must be . or ,")
    whole = bool(step.arg("whole", False))
    places = number_arg(step, "places", -1)

    def apply(text: str) -> str:
        number = read_number(text, decimal)
        if number is None:
            return Refusal.of(text, "NOT_A_NUMBER")
        head, _, fraction = number.partition(".")
        if whole:
            return head if not fraction.strip("0") else Refusal.of(text, "NOT_WHOLE")
        if places >= 0 and len(fraction) > places:
            # as precise as the number is long: the usual 28 digits are an error for a longer one
            exact = Context(prec=len(number) + 1, rounding=ROUND_HALF_UP)
            rounded = Decimal(number).quantize(Decimal(1).scaleb(-places), context=exact)
            return format(rounded if rounded else abs(rounded), "f")  # not -0.00
        return number

    return apply


def _boolean(step: Step) -> Apply:
    invert = bool(step.arg("invert", False))
    table = {fold(k): v for k, v in table_of(step)}

    def apply(text: str) -> str:
        said = table.get(fold(text)) or read_boolean(text)
        if said is None:
            return Refusal.of(text, "NOT_BOOLEAN")
        return {"true": "false", "false": "true"}.get(said, said) if invert else said

    return apply


def _phone(step: Step) -> Apply:
    country = text_arg(step, "country")
    return lambda text: clean_phone(text, country)


_ADDRESS = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")


def _email(step: Step) -> Apply:
    def apply(text: str) -> str:
        found = _ADDRESS.findall(text)
        if len(found) > 1:
            return text  # which of them is meant is not for a program to say
        address = found[0] if found else text.strip(BLANKS)
        if address[:7].casefold() == "mailto:":
            address = address[7:].partition("?")[0]
        return address.strip(BLANKS + "<>,;\"'").rstrip(".")

    return apply


def _map(step: Step) -> Apply:
    table = {fold(k): v for k, v in table_of(step)}
    other = text_arg(step, "other", "keep")
    if other not in ("keep", "blank", "refuse"):
        raise BadStep(f"map: other is {other}, not keep, blank or refuse")

    def apply(text: str) -> str:
        found = table.get(fold(text))
        if found is not None:
            return found
        if other == "keep":
            return text
        return "" if other == "blank" else Refusal.of(text, "NOT_IN_TABLE")

    return apply


def _multi(step: Step) -> Apply:
    separator = text_arg(step, "separator", MULTI_SEPARATOR)
    if not separator:
        raise BadStep("multi: the separator is empty")
    table = {fold(k): v for k, v in table_of(step)}

    def apply(text: str) -> str:
        pieces = [" ".join(piece.split()) for piece in text.split(separator)]
        return MULTI_SEPARATOR.join(dict.fromkeys(table.get(fold(p), p) for p in pieces if p))

    return apply


def _split_name(step: Step) -> Apply:
    part = text_arg(step, "part", "last")
    if part not in ("first", "last"):
        raise BadStep(f"split_name: part is {part}, not first or last")
    return lambda text: split_name(text)[part == "last"]


def _part(step: Step) -> Apply:
    separator, index = text_arg(step, "separator", ","), number_arg(step, "index", 0)
    if not separator:
        raise BadStep("part: the separator is empty")

    def apply(text: str) -> str:
        pieces = text.split(separator)
        return pieces[index].strip(BLANKS) if -len(pieces) <= index < len(pieces) else ""

    return apply


def _join(step: Step) -> Apply:
    return lambda text: text  # the joining itself is done by compile_steps, which has all columns


def _replace(step: Step) -> Apply:
    find, put = text_arg(step, "find"), text_arg(step, "with")
    if not find:
        raise BadStep("replace: nothing to find")
    return lambda text: text.replace(find, put)


def _truncate(step: Step) -> Apply:
    length = number_arg(step, "length", 0)
    if length < 1:
        raise BadStep("truncate: length must be at least 1")
    return lambda text: text[:length].rstrip(BLANKS)


def _digits(step: Step) -> Apply:
    return lambda text: "".join(c for c in text if c in "0123456789")


def _prefix(step: Step) -> Apply:
    put = text_arg(step, "text")
    return lambda text: put + text


def _suffix(step: Step) -> Apply:
    put = text_arg(step, "text")
    return lambda text: text + put


def _default(step: Step) -> Apply:
    put = text_arg(step, "text")
    return lambda text: text if text.strip(BLANKS) else put


def _replaced(step: Step) -> str:
    """What a table does: a value or two that become blank are named."""
    blanked = [word for word, value in table_of(step) if not value]
    if blanked and len(blanked) == len(table_of(step)):
        named = ", ".join(f"“{word}”" for word in blanked[:3])
        return f"blank for {named}" + (f" and {len(blanked) - 3} more" if len(blanked) > 3 else "")
    return f"replace {_entries(step)} by table"


def _entries(step: Step) -> str:
    count = len(table_of(step))
    return f"{count} value" + ("" if count == 1 else "s")


KINDS: dict[str, Kind] = {
    "trim": Kind(_trim, lambda s: "trim blanks at the ends"),
    "squeeze": Kind(_squeeze, lambda s: "single blanks, no line breaks"),
    "case": Kind(_case, lambda s: f"{text_arg(s, 'to', 'title')} case"),
    "date": Kind(make_date, lambda s: f"date written as {text_arg(s, 'pattern')}"),
    "datetime": Kind(make_datetime, lambda s: f"date and time written as {text_arg(s, 'pattern')}"),
    "number": Kind(_numeric, lambda s: f"number with decimal “{text_arg(s, 'decimal', '.')}”"),
    "boolean": Kind(_boolean, lambda s: "yes/no words" + (", turned round" if s.arg("invert", False) else "")),
    "phone": Kind(
        _phone, lambda s: "clean phone number" + (f", {text_arg(s, 'country')} for 0" if s.arg("country") else "")
    ),
    "email": Kind(_email, lambda s: "bare e-mail address"),
    "map": Kind(_map, _replaced),
    "multi": Kind(_multi, lambda s: f"list separated by “{text_arg(s, 'separator', MULTI_SEPARATOR)}”"),
    "split_name": Kind(_split_name, lambda s: f"{text_arg(s, 'part', 'last')} name out of a full name"),
    "part": Kind(_part, lambda s: f"piece {number_arg(s, 'index', 0) + 1} between “{text_arg(s, 'separator', ',')}”"),
    "join": Kind(_join, lambda s: f"columns joined with “{text_arg(s, 'separator', ' ')}”"),
    "replace": Kind(_replace, lambda s: f"“{text_arg(s, 'find')}” becomes “{text_arg(s, 'with')}”"),
    "prefix": Kind(_prefix, lambda s: f"“{text_arg(s, 'text')}” in front"),
    "suffix": Kind(_suffix, lambda s: f"“{text_arg(s, 'text')}” behind"),
    "default": Kind(_default, lambda s: f"“{text_arg(s, 'text')}” where blank"),
    "truncate": Kind(_truncate, lambda s: f"cut to {how_many(number_arg(s, 'length', 0), 'character')}"),
    "digits": Kind(_digits, lambda s: "digits only"),
    "excel_text": Kind(lambda s: excel_text, lambda s: 'text out of ="…" or \'…'),
    "no_invisible": Kind(lambda s: without_hidden, lambda s: "no invisible characters"),
}
"""All kinds of steps by name."""
