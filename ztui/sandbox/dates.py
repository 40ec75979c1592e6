"""Date and time patterns as Zoho writes them (letters as in Java's formatter), compiled to fast readers.

Accepted patterns: the day, month and year once each in any order with the separators / . - space and comma, month as
number, MMM or MMMM; for times hours, minutes, seconds, AM/PM and an offset (Zoho's list of allowed formats is known
only in part, so every well-formed pattern of these letters is taken).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache

from ztui.sandbox.clock import ORG_ZONE

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_SHORT = {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
_LONG = {name: number for number, name in enumerate(MONTHS, 1)}
_TOKEN = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|.", re.DOTALL)
_PIECES = {
    "yyyy": ("y", r"(?P<y>[0-9]{4})"), "yy": ("y", r"(?P<yy>[0-9]{2})"),
    "MMMM": ("m", r"(?P<mname>[A-Za-z]{3,9})"), "MMM": ("m", r"(?P<mname>[A-Za-z]{3,4})\.?"),
    "MM": ("m", r"(?P<m>[0-9]{2})"), "M": ("m", r"(?P<m>[0-9]{1,2})"),
    "dd": ("d", r"(?P<d>[0-9]{2})"), "d": ("d", r"(?P<d>[0-9]{1,2})"),
    "HH": ("h", r"(?P<H>[0-9]{2})"), "H": ("h", r"(?P<H>[0-9]{1,2})"),
    "hh": ("h", r"(?P<h>[0-9]{2})"), "h": ("h", r"(?P<h>[0-9]{1,2})"),
    "mm": ("i", r"(?P<i>[0-9]{2})"), "ss": ("s", r"(?P<s>[0-9]{2})"), "SSS": ("f", r"[0-9]{1,6}"),
    "a": ("a", r"(?P<a>[AaPp][Mm])"),
    "XXX": ("z", r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})"), "XX": ("z", r"(?P<z>Z|[+-][0-9]{4})"),
    "X": ("z", r"(?P<z>Z|[+-][0-9]{2}(?::?[0-9]{2})?)"), "Z": ("z", r"(?P<z>Z|[+-][0-9]{2}:?[0-9]{2})"),
    "z": ("z", r"(?P<z>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})"),
}  # fmt: skip
_LITERALS = frozenset("/.-: ,T")


@cache
def compile_pattern(pattern: str) -> tuple[re.Pattern[str], frozenset[str]] | None:
    """The pattern as an expression and the parts it holds; None when it is not an acceptable pattern."""
    out, seen = [], []
    for token in _TOKEN.finditer(pattern):
        text = token.group()
        if text.startswith("'") and len(text) > 1:
            out.append(re.escape(text[1:-1].replace("''", "'")))
        elif text in _PIECES:
            part, expression = _PIECES[text]
            seen.append(part)
            out.append(expression)
        elif text in _LITERALS:
            out.append(r"\s" if text == " " else re.escape(text))
        else:
            return None
    if len(seen) != len(set(seen)) or not {"y", "m", "d"} <= set(seen):
        return None
    return re.compile("".join(out)), frozenset(seen)


def is_date_pattern(pattern: str) -> bool:
    """Whether a date column may declare this `format`."""
    found = compile_pattern(pattern)
    return found is not None and found[1] == {"y", "m", "d"}


def is_datetime_pattern(pattern: str) -> bool:
    """Whether a date-time column may declare this `format`: date and at least the hour."""
    found = compile_pattern(pattern)
    return found is not None and "h" in found[1]


def date_reader(patterns: tuple[str, ...]) -> Callable[[str], str | None]:
    """A function from a cell to an ISO date, None when the cell fits none of the patterns."""
    compiled = [found[0] for p in patterns if (found := compile_pattern(p)) is not None]

    def read(text: str) -> str | None:
        for expression in compiled:
            match = expression.fullmatch(text)
            if match is not None and (day := _day(match)) is not None:
                return day.isoformat()
        return None

    return read


def datetime_reader(patterns: tuple[str, ...]) -> Callable[[str], str | None]:
    """A function from a cell to an ISO date-time in the org's zone, None when it fits no pattern.

    Without an offset in the cell the time is the org's own.
    """
    compiled = [found[0] for p in patterns if (found := compile_pattern(p)) is not None]

    def read(text: str) -> str | None:
        for expression in compiled:
            match = expression.fullmatch(text)
            if match is not None and (moment := _moment(match)) is not None:
                return moment
        return None

    return read


def iso_datetime(text: str) -> str | None:
    """An ISO date-time with an offset (or in the org's zone), normalised to the org's zone; None when it is not one."""
    if len(text) < 11:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=ORG_ZONE)
        return moment.astimezone(ORG_ZONE).replace(microsecond=0).isoformat()
    except (ValueError, OverflowError):
        return None


def _day(match: re.Match[str]) -> date | None:
    parts = match.groupdict()
    if parts.get("yy"):
        year = 2000 + int(parts["yy"])
        year -= 100 if year > datetime.now(UTC).year + 20 else 0
    else:
        year = int(parts["y"])
    name = (parts.get("mname") or "").lower()
    month = int(parts["m"]) if not name else _LONG.get(name) or _SHORT.get(name, 0)
    try:
        return date(year, month, int(parts["d"]))
    except ValueError:
        return None


def _moment(match: re.Match[str]) -> str | None:
    day = _day(match)
    parts = match.groupdict()
    if day is None:
        return None
    hour = int(parts.get("H") or parts.get("h") or 0)
    if parts.get("h"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if (parts.get("a") or "am").lower() == "pm" else 0)
    try:
        zone = _zone(parts.get("z"))
        moment = datetime(
            day.year, day.month, day.day, hour, int(parts.get("i") or 0), int(parts.get("s") or 0), tzinfo=zone
        )
        return moment.astimezone(ORG_ZONE).isoformat()
    except (ValueError, OverflowError):
        return None


def _zone(text: str | None) -> timezone:
    if not text:
        return ORG_ZONE
    if text in ("Z", "UTC", "GMT"):
        return timezone(timedelta(0))
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
