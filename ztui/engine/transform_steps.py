"""Every transform step: its name, its arguments, what it does to a value and how it is told to a person.

A step is a pure function of one text. Blank texts pass through all steps but `default` unchanged. A text that a step
cannot handle comes back as a `Refusal` carrying the original text, and the steps after it leave it alone.

| step | arguments | does |
| --- | --- | --- |
| trim | | blanks and no-break spaces at the ends go |
| squeeze | | runs of blanks and line ends become one blank |
| case | to = upper, lower, title, sentence | |
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
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from ztui.catalogue.knowledge import date_formats
from ztui.engine.transform_dates import BadPattern, reader
from ztui.engine.transform_numbers import clean_phone, read_boolean, read_number
from ztui.model.mapping import ArgValue, Step

Apply = Callable[[str], str]
BLANKS = " \t\r\n\f\v\u00a0\u2007\u202f\u3000\ufeff"
"""What trimming takes away: blanks, line ends and the no-break and ideographic spaces of office programs."""
MULTI_SEPARATOR = ";"


class Refusal(str):
    """A text that a step could not handle: the text itself, with the local rule it broke and that rule's facts."""

    __slots__ = ("params", "rule")
    rule: str
    params: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, text: str, rule: str, **params: str) -> Refusal:
        """The refusal of this text for breaking this rule."""
        made = cls(text)
        made.rule = rule
        made.params = tuple(params.items())
        return made


class BadStep(ValueError):
    """A step with an unknown name or impossible arguments; the message says which and why."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of step: how to build its function, how to tell it, and whether clean values pass it unchanged."""

    make: Callable[[Step], Apply]
    describe: Callable[[Step], str]


def _text(step: Step, key: str, default: str = "") -> str:
    value = step.arg(key, default)
    return value if isinstance(value, str) else str(value)


def _number(step: Step, key: str, default: int) -> int:
    value = step.arg(key, default)
    try:
        return int(value) if isinstance(value, (int, str)) else default
    except ValueError as error:
        raise BadStep(f"{step.name}: {key} must be a number") from error


def table_of(step: Step) -> tuple[tuple[str, str], ...]:
    """The step's table of (from, to) pairs."""
    table: ArgValue = step.arg("table", ())
    return table if isinstance(table, tuple) else ()


def fold(text: str) -> str:
    """How values are compared in tables: without case and with single blanks."""
    return " ".join(text.split()).casefold()


def _trim(step: Step) -> Apply:
    return lambda text: text.strip(BLANKS)


def _squeeze(step: Step) -> Apply:
    return lambda text: " ".join(text.split())


def _case(step: Step) -> Apply:
    to = _text(step, "to", "title")
    ways: dict[str, Apply] = {
        "upper": str.upper,
        "lower": str.lower,
        "sentence": lambda text: text[:1].upper() + text[1:].lower(),
        # str.title() would write "O'Neill'S" and touch names that are already mixed.
        "title": lambda text: re.sub(
            r"[^\W\d_]+(?:['’][^\W\d_]+)*", lambda m: m.group()[:1].upper() + m.group()[1:].lower(), text
        ),
    }
    if to not in ways:
        raise BadStep(f"case: {to} is none of {', '.join(ways)}")
    return ways[to]


def _reader(step: Step) -> Callable[[str], object]:
    try:
        return reader(_text(step, "pattern"))
    except BadPattern as error:
        raise BadStep(f"{step.name}: “{_text(step, 'pattern')}” is no date pattern") from error


def strftime_of(pattern: str) -> str:
    """The `strftime` form of an output pattern made of yyyy MM dd HH mm ss XXX and quoted text."""
    parts = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S", "XXX": "%z"}
    return re.sub(
        r"'([^']*)'|yyyy|MM|dd|HH|mm|ss|XXX|%",
        lambda m: m.group(1) if m.group(1) is not None else parts.get(m.group(), "%%"),
        pattern,
    )


def _date(step: Step) -> Apply:
    _reader(step)
    read = reader(_text(step, "pattern"))
    out = strftime_of(_text(step, "out") or date_formats().sent_date)
    pattern = _text(step, "pattern")

    def apply(text: str) -> str:
        moment = read(text)
        return moment.value.strftime(out) if moment else Refusal.of(text, "NOT_A_DATE", pattern=pattern)

    return apply


def _datetime(step: Step) -> Apply:
    _reader(step)
    pattern = _text(step, "pattern")
    read = reader(pattern)
    out = _text(step, "out") or (
        date_formats().iso_datetime if "X" in pattern or step.arg("offset") else date_formats().sent_datetime
    )
    aware = "X" in out
    form = strftime_of(out)
    offset = _text(step, "offset")
    zone = None
    if offset:
        assumed = reader("yyyy-MM-ddXXX")("2000-01-01" + offset)
        if assumed is None:
            raise BadStep(f"datetime: {offset} is no offset")
        zone = assumed.value.tzinfo

    def apply(text: str) -> str:
        moment = read(text)
        if moment is None:
            return Refusal.of(text, "NOT_A_DATETIME", pattern=pattern)
        value = moment.value if moment.aware or zone is None else moment.value.replace(tzinfo=zone)
        if aware:
            if value.tzinfo is None:
                return Refusal.of(text, "NO_OFFSET", pattern=pattern)
            written = value.strftime(form)
            return written[:-2] + ":" + written[-2:] if form.endswith("%z") else written
        return value.strftime(form)

    return apply


def _numeric(step: Step) -> Apply:
    decimal = _text(step, "decimal", ".")
    if decimal not in (".", ","):
        raise BadStep("number: decimal must be . or ,")
    whole = bool(step.arg("whole", False))
    places = _number(step, "places", -1)

    def apply(text: str) -> str:
        number = read_number(text, decimal)
        if number is None:
            return Refusal.of(text, "NOT_A_NUMBER")
        head, _, fraction = number.partition(".")
        if whole:
            return head if not fraction.strip("0") else Refusal.of(text, "NOT_WHOLE")
        if places >= 0 and len(fraction) > places:
            return str(Decimal(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))
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
    country = _text(step, "country")
    return lambda text: clean_phone(text, country)


_ADDRESS = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")


def _email(step: Step) -> Apply:
    def apply(text: str) -> str:
        found = _ADDRESS.search(text)
        address = found.group(1) if found else text.strip(BLANKS)
        if address[:7].casefold() == "mailto:":
            address = address[7:]
        return address.strip(BLANKS + "<>,;\"'").rstrip(".")

    return apply


def _map(step: Step) -> Apply:
    table = {fold(k): v for k, v in table_of(step)}
    other = _text(step, "other", "keep")
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
    separator = _text(step, "separator", MULTI_SEPARATOR)
    if not separator:
        raise BadStep("multi: the separator is empty")
    table = {fold(k): v for k, v in table_of(step)}

    def apply(text: str) -> str:
        pieces = [" ".join(piece.split()) for piece in text.split(separator)]
        return MULTI_SEPARATOR.join(dict.fromkeys(table.get(fold(p), p) for p in pieces if p))

    return apply


# Particles that belong to the family name that follows them, and letters after a name.
_PARTICLE_WORDS = "van von der den de del della di da dos du la le ten ter zu zum zur af av bin ibn al el st."
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_SUFFIX_WORDS = "jr jr. sr sr. ii iii iv phd ph.d. md m.d. esq esq. mba"
_SUFFIXES = frozenset(_SUFFIX_WORDS.split())


def split_name(text: str) -> tuple[str, str]:
    """A full name as (first, last): "Last, First" and family-name particles are understood; one word is a last name."""
    if "," in text:
        last, _, first = (part.strip() for part in text.partition(","))
        if first and first.casefold() not in _SUFFIXES:
            return first, last
        text = last
    words = text.split()
    end = len(words)
    while end > 1 and words[end - 1].casefold() in _SUFFIXES:
        end -= 1
    start = end - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])


def _split_name(step: Step) -> Apply:
    part = _text(step, "part", "last")
    if part not in ("first", "last"):
        raise BadStep(f"split_name: part is {part}, not first or last")
    return lambda text: split_name(text)[part == "last"]


def _part(step: Step) -> Apply:
    separator, index = _text(step, "separator", ","), _number(step, "index", 0)
    if not separator:
        raise BadStep("part: the separator is empty")

    def apply(text: str) -> str:
        pieces = text.split(separator)
        return pieces[index].strip(BLANKS) if -len(pieces) <= index < len(pieces) else ""

    return apply


def _join(step: Step) -> Apply:
    return lambda text: text  # the joining itself is done by compile_steps, which has all columns


def _replace(step: Step) -> Apply:
    find, put = _text(step, "find"), _text(step, "with")
    if not find:
        raise BadStep("replace: nothing to find")
    return lambda text: text.replace(find, put)


def _truncate(step: Step) -> Apply:
    length = _number(step, "length", 0)
    if length < 1:
        raise BadStep("truncate: length must be at least 1")
    return lambda text: text[:length].rstrip(BLANKS)


def _digits(step: Step) -> Apply:
    return lambda text: "".join(c for c in text if c in "0123456789")


def _prefix(step: Step) -> Apply:
    put = _text(step, "text")
    return lambda text: put + text


def _suffix(step: Step) -> Apply:
    put = _text(step, "text")
    return lambda text: text + put


def _default(step: Step) -> Apply:
    put = _text(step, "text")
    return lambda text: text if text.strip(BLANKS) else put


def _entries(step: Step) -> str:
    count = len(table_of(step))
    return f"{count} value" + ("" if count == 1 else "s")


KINDS: dict[str, Kind] = {
    "trim": Kind(_trim, lambda s: "trim blanks at the ends"),
    "squeeze": Kind(_squeeze, lambda s: "single blanks, no line breaks"),
    "case": Kind(_case, lambda s: f"{_text(s, 'to', 'title')} case"),
    "date": Kind(_date, lambda s: f"date written as {_text(s, 'pattern')}"),
    "datetime": Kind(_datetime, lambda s: f"date and time written as {_text(s, 'pattern')}"),
    "number": Kind(_numeric, lambda s: f"number with decimal “{_text(s, 'decimal', '.')}”"),
    "boolean": Kind(_boolean, lambda s: "yes/no words" + (", turned round" if s.arg("invert", False) else "")),
    "phone": Kind(
        _phone, lambda s: "clean phone number" + (f", {_text(s, 'country')} for 0" if s.arg("country") else "")
    ),
    "email": Kind(_email, lambda s: "bare e-mail address"),
    "map": Kind(_map, lambda s: f"replace {_entries(s)} by table"),
    "multi": Kind(_multi, lambda s: f"list separated by “{_text(s, 'separator', MULTI_SEPARATOR)}”"),
    "split_name": Kind(_split_name, lambda s: f"{_text(s, 'part', 'last')} name out of a full name"),
    "part": Kind(_part, lambda s: f"piece {_number(s, 'index', 0) + 1} between “{_text(s, 'separator', ',')}”"),
    "join": Kind(_join, lambda s: f"columns joined with “{_text(s, 'separator', ' ')}”"),
    "replace": Kind(_replace, lambda s: f"“{_text(s, 'find')}” becomes “{_text(s, 'with')}”"),
    "prefix": Kind(_prefix, lambda s: f"“{_text(s, 'text')}” in front"),
    "suffix": Kind(_suffix, lambda s: f"“{_text(s, 'text')}” behind"),
    "default": Kind(_default, lambda s: f"“{_text(s, 'text')}” where blank"),
    "truncate": Kind(_truncate, lambda s: f"cut to {_number(s, 'length', 0)} characters"),
    "digits": Kind(_digits, lambda s: "digits only"),
}
"""All kinds of steps by name."""
