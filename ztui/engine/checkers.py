"""What each kind of field accepts, cell by cell. Owns the exact rules; every faster way of checking must agree with it.

Sources: Zoho docs v7 (create job, field metadata), the bulk-write limitations page, the recorded conventions for values
in the CSV (types and lengths in the catalogue's field_types.toml). Blank values never reach a checker.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches

from ztui.catalogue.facts import FieldType
from ztui.catalogue.knowledge import date_formats, field_type
from ztui.engine.disguise import bare, excel_text, hidden_in, is_shortened
from ztui.engine.rules import Params, Violation
from ztui.engine.transform_dates import reader
from ztui.engine.transform_values import MULTI_SEPARATOR, fold
from ztui.model.crm import Field

Checker = Callable[[str], tuple[Violation, ...]]
"""All rules a value breaks, errors first; () when it is fine."""

CHOICE_LENGTH = 120
NO_CHOICE = "-None-"
"""What Zoho's own exports and screens show for a pick list without a value."""
_EMAIL = re.compile(r"[^\s@,;:<>()\[\]\\\"]+@[^\s@.,;<>()]+(?:\.[^\s@.,;<>()]+)+")
_TLD = re.compile(r"[^\W\d_]{2,22}")
_PHONE = re.compile(r"\+?[0-9A-Za-z .()/,;#*:_+-]+")
_URL = re.compile(r"(?:(?:https?|ftps?)://)?[^\s/?#@.]+(?:\.[^\s/?#@.]+)+(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.([0-9]*))?")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_FORMULA = re.compile(r"[=@]|[+-](?![\s\d.,(]|$)|\t[=+@-]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def is_email(text: str) -> bool:
    """One address: a local part, an @, a domain of at least two labels that ends in letters."""
    if ".." in text or text.startswith(".") or ".@" in text or not _EMAIL.fullmatch(text):
        return False
    return _TLD.fullmatch(text.rpartition(".")[2]) is not None


def is_phone(text: str) -> bool:
    """Digits, letters, + and phone separators, with at least one letter or digit."""
    return _PHONE.fullmatch(text) is not None and any(c.isalnum() for c in text)


def checker(field: Field, *, find_by: str | None = None, declared: str | None = None, key: bool = False) -> Checker:
    """The checker of a field's values, as they will be sent. Facts that take long to find are left to `more_facts`.

    `find_by` is the field that lookups and owners are matched by, `declared` the date pattern that is sent along with
    the column (the catalogue's when not given). `key` for a field that records are told apart by.
    """
    known = field_type(field.data_type)
    own = _OWN.get(kind_of(field))
    special = own(field, known, declared if known.takes_format else find_by) if own else None
    limit = _limit(field, known)
    free = ("phone", "integer", "decimal", "percent", "date", "datetime", "boolean")
    starts = "" if known.check in free else "=@+-\t'"
    unmask = _unmasking(field, special, key=key or field.unique)

    def check(text: str) -> tuple[Violation, ...]:
        odd = not text.isprintable()
        if odd and _SURROGATE.search(text):
            return (Violation("UNREADABLE_BYTES"),)
        found = special(text) if special is not None else ()
        if limit is not None and len(text) > limit and not any(v.error for v in found):
            found = (Violation("VALUE_TOO_LONG", (("max", str(limit)), ("actual", str(len(text))))), *found)
        if text[:1] in starts and starts and text != NO_CHOICE:
            if (within := excel_text(text)) != text:
                found = (*found, Violation("EXCEL_PROTECTED", (("within", within or "nothing"),)))
            elif _FORMULA.match(text):
                found = (*found, Violation("FORMULA_LIKE", (("start", text.lstrip("\t")[:1]),)))
        control = _CONTROL.search(text) if odd else None
        if control:
            found = (*found, Violation("CONTROL_CHARACTERS", (("actual", f"U+{ord(control.group()):04X}"),)))
        return found if unmask is None else unmask(text, found)

    return check


_LOOSE = ("text", "none", "layout")
_LONG = 255
"""Characters beyond which a field holds prose."""


def shows_all(field: Field, *, key: bool) -> bool:
    """True when an invisible character does harm: where values are compared, dialled or followed, not in prose."""
    return key or kind_of(field) not in _LOOSE


def shortened_matters(field: Field, *, key: bool) -> bool:
    """True where a number that Excel has shortened can be none: in texts, but not in prose."""
    kind = kind_of(field)
    if kind == "text":
        return key or (field.length or field_type(field.data_type).length or 0) <= _LONG
    return key or kind in ("phone", "id", "integer", "lookup", "user")


def _unmasking(
    field: Field, special: Checker | None, *, key: bool
) -> Callable[[str, tuple[Violation, ...]], tuple[Violation, ...]] | None:
    """Adds to what was found why a value that looks right is wrong; None where nothing is to be added."""
    kind = kind_of(field)
    all_shown, shortened = shows_all(field, key=key), shortened_matters(field, key=key)
    certain = kind in ("email", "url")
    if not all_shown and not shortened:
        return None

    def unmask(text: str, found: tuple[Violation, ...]) -> tuple[Violation, ...]:
        refused = bool(found) and any(v.error for v in found)
        if shortened and "E+" in text and is_shortened(text.strip()):
            lost = Violation("DIGITS_LOST" if refused or key else "NUMBER_SHORTENED")
            return (lost, *(v for v in found if not v.error))
        if not all_shown:
            return found
        hidden = "" if text.isprintable() else hidden_in(text)
        rest = tuple(v for v in found if not v.error)
        if refused and special is not None and (within := bare(text)) != text.strip():
            if not any(v.error for v in special(within)):
                told = (("actual", hidden),) if hidden else (("within", within or "nothing"),)
                return (Violation("INVISIBLE_REFUSED" if hidden else "EXCEL_REFUSED", told), *rest)
        elif hidden and certain and not refused:
            return (Violation("INVISIBLE_REFUSED", (("actual", hidden),)), *rest)
        elif hidden and not refused and (found or kind not in ("picklist", "multi")):
            return (*found, Violation("INVISIBLE_CHARACTERS", (("actual", hidden),)))
        return found

    return unmask


def kind_of(field: Field) -> str:
    """The kind of check a field needs (see the catalogue's FieldType); record ids are longer than numbers."""
    return "id" if field.api_name == "id" else field_type(field.data_type).check


def _limit(field: Field, known: FieldType) -> int | None:
    """The most characters, for the kinds of fields whose length counts characters."""
    if known.check in ("text", "email", "phone", "url", "picklist", "multi", "none"):
        return field.length or known.length
    return None


def _email(field: Field, known: FieldType, find_by: str | None) -> Checker:
    return lambda text: () if is_email(text.strip()) else (Violation("NOT_AN_EMAIL"),)


def _phone(field: Field, known: FieldType, find_by: str | None) -> Checker:
    broken = (Violation("NOT_A_PHONE", (("max", str(field.length or known.length or 30)),)),)
    return lambda text: () if is_phone(text.strip()) else broken


def _url(field: Field, known: FieldType, find_by: str | None) -> Checker:
    return lambda text: () if _URL.fullmatch(text.strip()) else (Violation("NOT_A_URL"),)


def _integer(field: Field, known: FieldType, find_by: str | None) -> Checker:
    most = min(known.digits or 18, field.length or 99)

    def check(text: str) -> tuple[Violation, ...]:
        bare = text.strip()
        if not _INTEGER.fullmatch(bare):
            return (Violation("NOT_WHOLE"),)
        digits = len(bare.replace(",", "").lstrip("+-").lstrip("0"))
        if digits > most:
            return (Violation("TOO_MANY_DIGITS", (("max", str(most)), ("actual", str(digits)))),)
        return ()

    return check


def _decimal(field: Field, known: FieldType, find_by: str | None) -> Checker:
    most, places = known.digits or 16, known.decimals if known.check == "decimal" else None
    kept = field.decimal_place if field.decimal_place is not None else known.decimals

    def check(text: str) -> tuple[Violation, ...]:
        bare = text.strip()
        found = _DECIMAL.fullmatch(bare)
        if not found or not any(c.isdigit() for c in bare):
            return (Violation("NOT_A_NUMBER"),)
        digits = len(bare.replace(",", "").lstrip("+-").partition(".")[0].lstrip("0"))
        if digits > most:
            return (Violation("TOO_MANY_DIGITS", (("max", str(most)), ("actual", str(digits)))),)
        behind = len(found.group(1) or "")
        if places is not None and behind > places:
            return (Violation("TOO_MANY_DECIMALS", (("max", str(places)), ("actual", str(behind)))),)
        if kept is not None and len((found.group(1) or "").rstrip("0")) > kept:
            return (Violation("DECIMALS_CUT", (("max", str(kept)), ("actual", str(behind)))),)
        return ()

    return check


def _boolean(field: Field, known: FieldType, find_by: str | None) -> Checker:
    return lambda text: () if text.strip().lower() in ("true", "false") else (Violation("NOT_BOOLEAN"),)


def is_iso_date(text: str) -> bool:
    """A real calendar date of the form yyyy-MM-dd."""
    if not _ISO_DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _date(field: Field, known: FieldType, declared: str | None) -> Checker:
    pattern = declared or date_formats().sent_date
    broken = (Violation("NOT_A_DATE", (("pattern", pattern),)),)
    if pattern == date_formats().sent_date:
        return lambda text: () if is_iso_date(text.strip()) else broken
    read = reader(pattern, exact=True)
    return lambda text: () if read(text) else broken


def _datetime(field: Field, known: FieldType, declared: str | None) -> Checker:
    pattern = declared or date_formats().sent_datetime
    read = reader(pattern, exact=True)
    broken = (Violation("NOT_A_DATETIME", (("pattern", pattern),)),)
    return lambda text: () if read(text) else broken


def _picklist(field: Field, known: FieldType, find_by: str | None) -> Checker:
    members = {p.display_value for p in field.picklist} | {p.actual_value for p in field.picklist}

    def check(text: str) -> tuple[Violation, ...]:
        bare = text.strip()
        if not members or bare in members or bare == NO_CHOICE:
            return ()
        return (Violation("NEW_CHOICE"),)

    return check


def _layout(field: Field, known: FieldType, find_by: str | None) -> Checker:
    names = {text.casefold() for p in field.picklist for text in (p.display_value, p.actual_value)}
    broken = (Violation("NO_SUCH_LAYOUT"),)
    return lambda text: () if not names or text.strip().casefold() in names else broken


def more_facts(field: Field, violation: Violation, text: str) -> Params:
    """Facts about a broken rule that are only worth finding for values someone looks at: the nearest list value."""
    if violation.rule not in ("NEW_CHOICE", "NO_SUCH_LAYOUT"):
        return ()
    text = dict(violation.params).get("new", text).partition(";")[0].strip()
    folded = {fold(p.display_value): p.display_value for p in field.picklist}
    close = get_close_matches(fold(text[:CHOICE_LENGTH]), folded, n=1, cutoff=0.6)
    return (("nearest", folded[close[0]]),) if close else ()


def _multi(field: Field, known: FieldType, find_by: str | None) -> Checker:
    members = {p.display_value for p in field.picklist} | {p.actual_value for p in field.picklist}

    def check(text: str) -> tuple[Violation, ...]:
        pieces = [p for piece in text.split(MULTI_SEPARATOR) if (p := piece.strip())]
        longest = max((len(p) for p in pieces), default=0)
        if longest > CHOICE_LENGTH:
            return (Violation("VALUE_TOO_LONG", (("max", str(CHOICE_LENGTH)), ("actual", str(longest)))),)
        new = [p for p in pieces if members and p not in members]
        return (Violation("NEW_CHOICE", (("new", "; ".join(new)),)),) if new else ()

    return check


_RECORD_ID = re.compile(r"[0-9]{1,20}")


def _reference(field: Field, known: FieldType, find_by: str | None) -> Checker | None:
    by = find_by or (None if known.check == "user" else "id")
    if by == "id":
        return lambda text: () if _RECORD_ID.fullmatch(text.strip()) else (Violation("NOT_AN_ID", (("max", "20"),)),)
    if by is None:
        # An owner without a matching field: Zoho takes the id, and e-mail addresses are seen to work.
        def check(text: str) -> tuple[Violation, ...]:
            bare = text.strip()
            return () if _RECORD_ID.fullmatch(bare) or is_email(bare) else (Violation("NOT_AN_ID", (("max", "20"),)),)

        return check
    if by.casefold() == "email":
        return lambda text: () if is_email(text.strip()) else (Violation("NOT_AN_EMAIL"),)
    return None


_OWN: dict[str, Callable[[Field, FieldType, str | None], Checker | None]] = {
    "email": _email,
    "phone": _phone,
    "url": _url,
    "integer": _integer,
    "id": _reference,
    "decimal": _decimal,
    "percent": _decimal,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "picklist": _picklist,
    "multi": _multi,
    "layout": _layout,
    "lookup": _reference,
    "user": _reference,
}
