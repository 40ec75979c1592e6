"""Byte patterns of cells that are certainly fine: what the fast check may let pass without looking closer.

A pattern may be stricter than the checkers, never looser: whatever it does not match is judged cell by cell. All
quantifiers are possessive, so that a hostile cell costs no more than its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ztui.catalogue.knowledge import date_formats, field_type
from ztui.engine.checkers import NO_CHOICE, kind_of, shortened_matters, shows_all
from ztui.engine.preflight_charset import Charset, within
from ztui.engine.preflight_rows import FieldRule, declared_format
from ztui.engine.transform_values import fold, table_of
from ztui.model.mapping import Step


def field_pattern(rule: FieldRule, chars: Charset) -> bytes | None:
    """The pattern of cells that this field takes as they are, transforms included; None when there is none."""
    known = field_type(rule.field.data_type)
    steps = rule.mapped.steps
    length = rule.field.length or known.length
    blank = rule.blank_rule is None
    kind = kind_of(rule.field)
    by = (rule.mapped.find_by or "").casefold()
    key = rule.key or rule.unique
    hidden, shortened = shows_all(rule.field, key=key), shortened_matters(rule.field, key=key)
    if kind in ("lookup", "user"):
        kind = "id" if by in ("", "id") else "email" if by == "email" else "text"
        length = None
    if kind == "layout":
        if rule.field.picklist:
            return None
        kind, length = "text", None
    steps = tuple(s for s in steps if not _aside(s, kind))
    names = {s.name for s in steps}
    if kind in ("date", "datetime"):
        return _dates(rule, steps, chars, blank)
    if not names <= _HARMLESS.get(kind, frozenset()) or any(s.args and not _plain_number(s, kind) for s in steps):
        return None
    if kind in ("text", "none"):
        if "no_invisible" in names and not hidden:
            return None
        return _text(chars, length, blank, hidden=hidden, shortened=shortened)
    if kind == "id":
        return chars.cell(rb"[0-9]{1,20}+", rb"[0-9]{1,20}+", blank=blank)
    if kind in ("picklist", "multi"):
        return _choices(rule, chars, length, blank, many=kind == "multi", shortened=shortened)
    if kind == "phone":
        most = max((length or 30) - 3, 1)
        digits = [_digits(chars, quoted, most) for quoted in (False, True)]
        return chars.cell(digits[0], digits[1], blank=blank)
    inner = _inner(kind, rule)
    if inner is None or (chars.delimiter == ":" and kind == "url"):
        return None
    plain, quoted = (
        within(inner, length if kind in ("email", "url") else None, chars.excluded(q)) for q in (False, True)
    )
    return chars.cell(plain, quoted, blank=blank)


# Steps that leave what the patterns below match as it is, or turn it into something that is fine as well.
_HARMLESS = {
    "text": frozenset(("no_invisible", "excel_text", "trim", "squeeze")),
    "none": frozenset(("no_invisible", "excel_text", "trim", "squeeze")),
    "picklist": frozenset(("no_invisible", "excel_text", "trim")),
    "multi": frozenset(("no_invisible", "excel_text", "trim")),
    "email": frozenset(("no_invisible", "excel_text", "trim", "email")),
    "url": frozenset(("no_invisible", "excel_text", "trim")),
    "phone": frozenset(("no_invisible", "excel_text", "trim", "phone")),
    "integer": frozenset(("no_invisible", "excel_text", "trim", "number")),
    "decimal": frozenset(("no_invisible", "excel_text", "trim", "number")),
    "percent": frozenset(("no_invisible", "excel_text", "trim", "number")),
    "boolean": frozenset(("no_invisible", "excel_text", "trim", "boolean")),
    "id": frozenset(("no_invisible", "excel_text", "trim")),
}


# What every value that the patterns below match has in it, and a table for other values has not.
_MARKS = {"email": "@", "url": "."} | dict.fromkeys(
    ("phone", "integer", "decimal", "percent", "id", "date", "datetime"), "0123456789"
)


def _aside(step: Step, kind: str) -> bool:
    """True for a table that has nothing to do with the values that the pattern matches: "n/a" is no address."""
    if step.name != "map" or step.arg("other", "keep") != "keep" or kind not in _MARKS:
        return False
    words = [fold(word) for word, _ in table_of(step)]
    return all(words) and not any(mark in word for word in words for mark in _MARKS[kind])


def _plain_number(step: Step, kind: str) -> bool:
    if step.name != "number" or (step.arg("whole", False) and kind != "integer"):
        return False
    return step.arg("decimal", ".") == "." and step.arg("places", -1) == -1


def _text(chars: Charset, length: int | None, blank: bool, *, hidden: bool = False, shortened: bool = False) -> bytes:
    times = b"*+" if length is None else rb"{0,%d}+" % max(length - 2, 0)
    # a number that Excel has shortened needs a closer look
    begin = rb"(?![0-9][.,0-9]*+E\+)" if shortened else b""
    plain, quoted = (
        begin + chars.first(q, hidden=hidden) + chars.rest(q, hidden=hidden) + times for q in (False, True)
    )
    if chars.quote:
        q = re.escape(chars.quote.encode())
        # Doubled quotes are rarer and slower to match: tried last, and counted double. Only cells that have some match
        # here: were there two ways to read a cell, a bad one behind n others would be tried 2**n times.
        rest = chars.rest(True, hidden=hidden)
        some = rb"(?=" + rest + rb"*+" + q + q + rb")"
        doubled = begin + chars.first(True, hidden=hidden) + some + rb"(?:" + rest + rb"|" + q + q + rb")" + times
        return chars.cell(plain, quoted, blank=blank, or_quoted=doubled)
    return chars.cell(plain, quoted, blank=blank)


def _digits(chars: Charset, quoted: bool, most: int) -> bytes:
    allowed = b"".join(
        re.escape(c.encode()) for c in "0123456789 ()./-" if quoted or c != chars.delimiter
    )  # fmt: skip
    return rb"\+?+\(?+[0-9][" + allowed + rb"]{0,%d}+" % most


def _inner(kind: str, rule: FieldRule) -> bytes | None:
    # Alternatives one within another instead of repeated groups, which cost several times as much: up to three dots
    # in an address, up to four labels in a host name; what has more is looked at cell by cell. That a domain goes on
    # behind what may be its end is seen by what stands behind every cell.
    if kind == "email":
        atom, label, top = rb"[A-Za-z0-9_%+-]++", rb"[A-Za-z0-9-]++", rb"[A-Za-z]{2,22}+"
        local = rb"[A-Za-z0-9][A-Za-z0-9_%+-]*+" + _upto(rb"\." + atom, 3)
        domain = label + rb"\.(?:" + top + rb"|" + label + rb"\.(?:" + top + rb"|" + label + rb"\." + top + rb"))"
        return local + rb"@" + domain
    if kind == "url":
        labels = rb"[A-Za-z0-9][A-Za-z0-9-]*+\.[A-Za-z0-9-]++" + _upto(rb"\.[A-Za-z0-9-]++", 2)
        return rb"(?:https?://|)" + labels + rb"(?:/[A-Za-z0-9._~/%-]*+|)"
    known = field_type(rule.field.data_type)
    if kind == "integer":
        return rb"-?+[0-9]{1,%d}+" % min(known.digits or 18, rule.field.length or 99)
    if kind in ("decimal", "percent"):
        kept = known.decimals or 0
        if rule.field.decimal_place is not None:
            kept = min(kept, rule.field.decimal_place) if kind == "decimal" else rule.field.decimal_place
        return rb"-?+[0-9]{1,%d}+(?:\.[0-9]{0,%d}+)?+" % (known.digits or 16, kept)
    return rb"(?:true|false)" if kind == "boolean" else None


def _upto(piece: bytes, times: int) -> bytes:
    """The piece, at most so many times."""
    return rb"(?:" + piece + (_upto(piece, times - 1) if times > 1 else b"") + rb"|)"


def trie(words: Iterable[bytes]) -> bytes:
    """A pattern that matches exactly the words, longest first, sharing their beginnings."""
    root: dict[int, object] = {}
    for word in words:
        node = root
        for byte in word:
            node = node.setdefault(byte, {})  # type: ignore[assignment]
        node[-1] = True
    return _branch(root)


def _branch(node: dict[int, object]) -> bytes:
    ways = [
        re.escape(bytes((byte,))) + _branch(child)
        for byte, child in sorted(node.items())
        if byte >= 0 and isinstance(child, dict)
    ]
    if not ways:
        return b""
    body = ways[0] if len(ways) == 1 and -1 not in node else rb"(?:" + rb"|".join(ways) + rb")"
    return body + rb"?+" if -1 in node else body


def _choices(
    rule: FieldRule, chars: Charset, length: int | None, blank: bool, *, many: bool, shortened: bool
) -> bytes | None:
    members = {p.display_value for p in rule.field.picklist} | {p.actual_value for p in rule.field.picklist}
    if not members:
        return _text(chars, length, blank, hidden=True, shortened=shortened) if not many else None
    if not many:
        members.add(NO_CHOICE)
    if length is not None:
        members = {m for m in members if len(m) <= length}
    plain, quoted = [], []
    special = {";" if many else "", "\\" if chars.escapes else "", chars.quote} - {""}
    for member in members:
        if not member.strip() or member != member.strip() or not member.isprintable():
            continue
        if member[0] in "=@+-'" and (many or member != NO_CHOICE):
            continue
        if shortened and "E+" in member:
            continue
        if any(mark in member for mark in special):
            continue
        try:
            raw = member.encode(chars.codec)
        except UnicodeEncodeError:
            continue
        quoted.append(raw)
        if chars.delimiter not in member:
            plain.append(raw)
    if not plain:
        return None
    one, two = trie(plain), trie(quoted)
    if many:
        if chars.delimiter != ";":
            one = one + rb"(?:;(?:" + one + rb"))*+"
        two = two + rb"(?:;(?:" + two + rb"))*+"
        return chars.cell(
            within(one, length, chars.excluded(False)), within(two, length, chars.excluded(True)), blank=blank
        )
    return chars.cell(one, two, blank=blank)


_PIECES = {
    "yyyy": rb"(?:19|20)[0-9]{2}",
    "HH": rb"(?:[01][0-9]|2[0-3])",
    "mm": rb"[0-5][0-9]",
    "ss": rb"[0-5][0-9]",
    "XXX": rb"(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])",
}
# The days of a month and the months that have them; 29 February is left to the calendar.
_DAYS = (
    (rb"(?:0[1-9]|1[0-9]|2[0-8])", rb"(?:0[1-9]|1[0-2])"),
    (rb"(?:29|30)", rb"(?:0[13-9]|1[0-2])"),
    (rb"31", rb"(?:0[13578]|1[02])"),
)


def date_pattern(pattern: str) -> bytes | None:
    """The dates of a numeric pattern with full digits, by the calendar; None for patterns with names or short years."""
    tokens = [found.group() for found in re.finditer(r"'[^']*'|([A-Za-z])\1*|.", pattern)]
    ways = []
    for days, months in _DAYS:
        out = b""
        for token in tokens:
            if token == "dd":
                out += days
            elif token == "MM":
                out += months
            elif token in _PIECES:
                out += _PIECES[token]
            elif token[0].isalpha():
                return None
            else:
                out += re.escape(token.strip("'").encode())
        ways.append(out)
    return rb"(?:" + rb"|".join(ways) + rb")"


def _dates(rule: FieldRule, all_steps: Sequence[Step], chars: Charset, blank: bool) -> bytes | None:
    steps = [s for s in all_steps if s.name != "trim"]
    if not steps:
        pattern = declared_format(rule.mapped, rule.field) or date_formats().sent_date
    elif len(steps) == 1 and steps[0].name in ("date", "datetime"):
        pattern = str(steps[0].arg("pattern"))
        if "X" in str(steps[0].arg("out", "")) and "X" not in pattern and not steps[0].arg("offset", ""):
            return None  # an offset is asked for that no value has
    else:
        return None
    inner = date_pattern(pattern)
    if inner is None:
        return None
    if chars.delimiter in pattern or (chars.delimiter in ":-+" and "X" in pattern):
        return None
    return chars.cell(inner, inner, blank=blank)
