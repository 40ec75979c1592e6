"""Reads dates and times by pattern and finds out which pattern a column uses.

Patterns use the letters of Zoho's format list (Java style): yyyy yy MM MMM MMMM dd HH hh mm ss SSS a XXX, text in
single quotes. One or two digits are accepted for dd, MM, HH and hh. Month names are understood in several languages. A
day and a month are never swapped to make a value fit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

EXCEL_SERIAL = "excel"
"""The pattern name for day counts since 1899-12-30, as spreadsheets leak them."""

_MONTHS = (
    "january jan januar janvier janv enero ene gennaio gen janeiro januari styczeń leden",
    "february feb februar février févr fév febrero febbraio fevereiro fev februari",
    "march mar märz mär mrz mars marzo março maart mrt",
    "april apr avril avr abril abr aprile",
    "may mai mayo maggio mag maio mei maj",
    "june jun juni juin junio giugno giu junho",
    "july jul juli juillet juil julio luglio lug julho",
    "august aug août aou agosto ago augustus augusti",
    "september sep sept septembre septiembre settembre set setembro",
    "october oct oktober okt octobre octubre ottobre ott outubro out",
    "november nov novembre noviembre novembro",
    "december dec dezember dez décembre déc diciembre dic dicembre dezembro",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_TOKEN = re.compile(
    r"'((?:[^']|'')*)'|yyyy|yy|MMMM|MMM|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|SSS|XXX|XX|X|Z|z|a|E+|(.)", re.DOTALL
)
_GROUPS = {
    "yyyy": r"(?P<year>\d{4})",
    "yy": r"(?P<short>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "MMM": r"(?P<name>[^\W\d_]{3,12})\.?",
    "d": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "h": r"(?P<half>\d{1,2})",
    "m": r"(?P<minute>\d{2})",
    "s": r"(?P<second>\d{2})",
    "SSS": r"(?P<fraction>\d{1,9})",
    "a": r"(?P<ampm>[AaPp]\.?[Mm]\.?)",
    "X": r"(?P<offset>Z|z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})",
    "E": r"[^\W\d_]{2,12}\.?,?",
}
_ALIASES = {"MM": "M", "dd": "d", "HH": "H", "hh": "h", "mm": "m", "ss": "s", "MMMM": "MMM"}
_ALIASES |= {"XXX": "X", "XX": "X", "Z": "X", "z": "X"}


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, with a time when the pattern has one and an aware value when it has an offset."""

    value: datetime
    aware: bool


class BadPattern(ValueError):
    """The pattern cannot describe a date."""


@lru_cache(maxsize=512)
def pattern_regex(pattern: str, *, exact: bool = False) -> re.Pattern[str]:
    """The regular expression of a pattern; BadPattern when it lacks a year, month or day or repeats one.

    With `exact` two letters stand for two digits (of 0 to 9), and a blank for one blank.
    """
    parts: list[str] = []
    for found in _TOKEN.finditer(pattern):
        token, quoted, other = found.group(0), found.group(1), found.group(2)
        if quoted is not None:
            parts.append(re.escape(quoted.replace("''", "'") or "'"))
        elif other is not None:
            if other.isalpha():
                raise BadPattern(pattern)
            parts.append(r"\s+" if other == " " and not exact else re.escape(other))
        else:
            key = "E" if token.startswith("E") else _ALIASES.get(token, token)
            digits = _GROUPS[key].replace(r"\d{1,2}", r"\d{2}") if exact and len(token) == 2 else _GROUPS[key]
            parts.append(digits.replace(r"\d{", "[0-9]{") if exact else digits)
    try:
        compiled = re.compile(r"\s*" + "".join(parts) + r"\s*")
    except re.error as error:
        raise BadPattern(pattern) from error
    names = set(compiled.groupindex)
    if not (names & {"year", "short"} and names & {"month", "name"} and "day" in names):
        raise BadPattern(pattern)
    if "half" in names and "ampm" not in names:
        raise BadPattern("has hh, the hours up to 12, but no a for AM and PM: write HH for 24 hours")
    if "hour" in names and "ampm" in names:
        raise BadPattern("has HH, the hours up to 24, with AM and PM: write hh")
    return compiled


def reader(pattern: str, *, exact: bool = False) -> Callable[[str], Moment | None]:
    """A function from text to a Moment by this pattern, None when the text does not fit; raises BadPattern at once.

    With `exact` as a program that takes the pattern by the letter reads it (see `pattern_regex`).
    """
    if pattern == EXCEL_SERIAL:
        return _read_serial
    match = pattern_regex(pattern, exact=exact).fullmatch

    def read(text: str) -> Moment | None:
        found = match(text)
        return _moment(found.groupdict()) if found else None

    return read


def _moment(parts: dict[str, str | None]) -> Moment | None:
    year = int(parts.get("year") or 0)
    short = parts.get("short")
    if short is not None:
        # Two-digit years as POSIX reads them: 69..99 are 19xx, 00..68 are 20xx.
        year = int(short) + (1900 if int(short) >= 69 else 2000)
    name = parts.get("name")
    month = _MONTH.get(name.casefold(), 0) if name else int(parts.get("month") or 0)
    hour = int(parts.get("hour") or 0)
    half = parts.get("half")
    if half is not None:
        if not 1 <= int(half) <= 12:
            return None
        hour = int(half) % 12 + (12 if (parts.get("ampm") or "a")[0] in "pP" else 0)
    offset = parts.get("offset")
    zone = _zone(offset) if offset else None
    if year < 1000:
        return None
    try:
        value = datetime(
            year,
            month,
            int(parts.get("day") or 0),
            hour,
            int(parts.get("minute") or 0),
            int(parts.get("second") or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None
    return Moment(value, zone is not None)


def _zone(offset: str) -> timezone | None:
    if offset[0] not in "+-":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    if delta >= timedelta(hours=24):
        return None
    return timezone(delta if offset[0] == "+" else -delta)


def _read_serial(text: str) -> Moment | None:
    found = re.fullmatch(r"\s*(\d{4,5})(?:[.,](\d+))?\s*", text)
    if not found:
        return None
    days = int(found.group(1)) + float("0." + (found.group(2) or "0"))
    # Day 1 is 1900-01-01, but spreadsheets believe in 1900-02-29: counting from 1899-12-30 is right from March 1900 on.
    value = datetime(1899, 12, 30) + timedelta(days=days)
    return Moment(value.replace(microsecond=0), False)


_DATES = (
    "yyyy-MM-dd",
    *(p.replace("/", s) for s in "/.- " for p in ("dd/MM/yyyy", "MM/dd/yyyy", "dd/MM/yy", "MM/dd/yy", "yy/MM/dd")),
    *(f"yyyy{s}MM{s}dd" for s in "/. "),
    "yyyyMMdd",
    *(p.replace("/", s) for s in "/.- " for p in ("dd/MMM/yyyy", "MMM/dd/yyyy", "yyyy/MMM/dd", "dd/MMM/yy")),
    "dd. MMM yyyy",
    "MMM dd, yyyy",
    "MMM dd,yyyy",
    "EEE, dd MMM yyyy",
    "EEE MMM dd yyyy",
    "EEE, MMM dd, yyyy",
)
_TIMES = (
    "",
    *(join + time for join in ("'T'", " ", ", ") for time in ("HH:mm:ss", "HH:mm", "HH:mm:ss.SSS")),
    *(f"'T'{time}XXX" for time in ("HH:mm:ss", "HH:mm:ss.SSS", "HH:mm")),
    *(f" {time}{gap}XXX" for time in ("HH:mm:ss", "HH:mm") for gap in ("", " ")),
    *(f"{join}{time}{gap}a" for join in (" ", ", ") for time in ("hh:mm:ss", "hh:mm") for gap in (" ", "")),
)


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a column's dates: the pattern and the share (0..1) of its values that it can read."""

    pattern: str
    share: float


def _likely(pattern: str) -> Callable[[str], Moment | None]:
    """A reader that tells patterns apart: no year that dates in files hardly ever have."""
    read = reader(pattern)

    def read_likely(text: str) -> Moment | None:
        moment = read(text)
        return moment if moment and 1900 <= moment.value.year <= 2999 else None

    return read_likely


def _shape(text: str) -> str:
    """The text with digits as 9 (runs kept by length class) and letters as a, to sort out patterns that cannot fit."""
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d", "9", text.strip()))


def find_readings(values: Iterable[str], *, times: bool = False) -> tuple[Reading, ...]:
    """How the values (blank ones are skipped) can be read as dates, best first; () when no pattern reads half of them.

    Patterns that read the very same values equally are folded. When the first two share the same coverage they are
    rival readings (day first or month first): the caller has to ask. `times` prefers patterns with a time of day.
    """
    distinct = [v for v in dict.fromkeys(v.strip() for v in values) if v]
    if not distinct:
        return ()
    probe = _probe(distinct)
    fits: list[tuple[Reading, frozenset[str]]] = []
    for date in _DATES:
        starts = pattern_regex(date).match
        if not any(starts(v) for v in probe):
            continue
        for time in _TIMES:
            pattern = date + time
            read = _likely(pattern)
            if not any(read(v) for v in probe):
                continue
            fitting = frozenset(v for v in distinct if read(v))
            fits.append((Reading(pattern, len(fitting) / len(distinct)), fitting))
    if not fits and all(_read_serial(v) and 20_000 <= float(v.replace(",", ".")) <= 80_000 for v in distinct):
        return (Reading(EXCEL_SERIAL, 1.0),)
    fits.sort(key=lambda fit: (-fit[0].share, ("HH" in fit[0].pattern) != times, len(fit[0].pattern)))
    kept: list[tuple[Reading, frozenset[str]]] = []
    for reading, fitting in fits:
        read = reader(reading.pattern)
        twin = any(
            fitting <= others and all(_same(read(v), reader(other.pattern)(v)) for v in list(fitting)[:50])
            for other, others in kept
        )
        if not twin:
            kept.append((reading, fitting))
    return tuple(reading for reading, _ in kept if reading.share >= 0.5)


def _same(one: Moment | None, other: Moment | None) -> bool:
    return one is not None and other is not None and one.value == other.value


def _probe(distinct: list[str]) -> list[str]:
    """One value of each shape, so that patterns that cannot fit are ruled out without trying them on everything."""
    return list({_shape(v): v for v in distinct}.values())[:64]


def rivals(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    """The readings among which only a person can choose; () when the first one is clearly right.

    A rival reads the same values another way and loses at most 2 % of them.
    """
    if len(readings) < 2:
        return ()
    near = tuple(r for r in readings if r.share >= readings[0].share - 0.02 and r.share >= 0.5)
    if len(near) < 2 or (readings[0].share == 1.0 and all(r.share < 1.0 for r in readings[1:])):
        return ()
    return near
