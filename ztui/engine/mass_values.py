"""What a person types as the new value of a mass update, read by the field's type into the JSON value that Zoho takes.

Also which fields a mass update may write at all, with the reason where it may not.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ztui import catalogue
from ztui.engine.transform_dates import find_readings, reader
from ztui.engine.transform_numbers import read_boolean, read_number
from ztui.errors import UsageError
from ztui.model.counting import how_many, plural
from ztui.model.crm import Field, ModuleSchema, User
from ztui.model.mass_update import JsonValue

_ID = re.compile(r"\d{15,20}")


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """A field and whether a mass update may write it; `why` says why not, "" when it may."""

    field: Field
    why: str = ""

    @property
    def allowed(self) -> bool:
        """True when it may be chosen."""
        return not self.why


@dataclass(frozen=True, slots=True)
class NewValue:
    """A value read: what is sent and how it is shown; `is_list` for multi-select lists, which may be appended to."""

    field: Field
    value: JsonValue
    shown: str
    is_list: bool = False


def choices(schema: ModuleSchema) -> tuple[FieldChoice, ...]:
    """All fields of a module in its order, each with the reason why a mass update cannot write it, if so."""
    return tuple(FieldChoice(f, why_not(f)) for f in schema.fields)


def why_not(field: Field) -> str:
    """Why Zoho does not mass update this field; "" when it does (field metadata `mass_update`, types, names)."""
    kind = catalogue.field_type(field.data_type)
    if field.api_name == "id":
        return "the record id cannot be changed"
    if not field.visible:
        return "you do not see this field"
    if not field.can_update:
        return kind.why or "it is read-only"
    if not kind.mass_update:
        return f"fields of the type {kind.label.lower()} cannot be mass updated"
    if field.api_name in catalogue.modules().not_mass_updatable:
        return "Zoho never mass updates this field"
    if not field.mass_update:
        return "Zoho does not allow a mass update of it in this module"
    return ""


def field_limit(module: str) -> int:
    """How many fields one mass update may write in this module."""
    limits = catalogue.limits()
    return limits.mass_update_fields_by_module.get(module, limits.mass_update_fields)


def find_field(schema: ModuleSchema, name: str) -> Field:
    """The field by API name or label, whatever the case. UsageError MASS_FIELD (with the nearest) when there is none,
    or when a mass update cannot write it."""
    folded = name.strip().casefold()
    found = schema.field(name) or next(
        (f for f in schema.fields if folded in (f.api_name.casefold(), f.label.casefold())), None
    )
    if found is None:
        names = [n for f in schema.fields for n in (f.api_name, f.label)]
        near = difflib.get_close_matches(name, names, n=1, cutoff=0.6)
        details = {"field": name, "reason": "the module has no such field", "near": near[0] if near else ""}
        raise UsageError("MASS_FIELD", details=details)
    why = why_not(found)
    if why:
        raise UsageError("MASS_FIELD", details={"field": found.label, "reason": why, "near": ""})
    return found


def read_value(field: Field, text: str, users: Sequence[User] = ()) -> NewValue:
    """The value a person typed for this field; blank text clears the field.

    Multi-select values are separated by `;` (or line ends); dates may be ISO or any form that reads only one way; users
    are told by e-mail, name or id. Raises UsageError MASS_VALUE with the reason, and `near` for a nearly listed value.
    """
    typed = text.strip()
    if not typed:
        if field.mandatory:
            raise _bad(field, text, "it is mandatory and cannot be cleared")
        return NewValue(field, None, "(cleared)")
    check = catalogue.field_type(field.data_type).check
    if check == "picklist":
        value = _listed(field, typed)
        return NewValue(field, value, value)
    if check == "multi":
        pieces = [p.strip() for p in re.split(r"[;\n]", typed) if p.strip()]
        values: list[JsonValue] = [_listed(field, p) for p in pieces]
        return NewValue(field, values, "; ".join(map(str, values)), is_list=True)
    if check == "boolean":
        word = read_boolean(typed)
        if word is None:
            raise _bad(field, text, "say yes or no")
        return NewValue(field, word == "true", "yes" if word == "true" else "no")
    if check in ("integer", "decimal", "percent"):
        return _number(field, typed, whole=check == "integer")
    if check in ("date", "datetime"):
        return _moment(field, typed, times=check == "datetime")
    if check == "user":
        return _user(field, typed, users)
    if field.length is not None and len(typed) > field.length:
        allowed = f"at most {field.length} {plural(field.length, 'is', 'are')} allowed"
        raise _bad(field, text, f"it has {how_many(len(typed), 'character')}; {allowed}")
    if "\n" in typed:
        raise _bad(field, text, "it has several lines")
    return NewValue(field, typed, typed)


def _bad(field: Field, text: str, reason: str, near: str = "") -> UsageError:
    details = {"field": field.label, "api_name": field.api_name, "value": text, "reason": reason, "near": near}
    return UsageError("MASS_VALUE", details=details)


def _listed(field: Field, typed: str) -> str:
    if not field.picklist:
        return typed
    known = {t.casefold(): v.actual_value for v in field.picklist if v.used for t in (v.actual_value, v.display_value)}
    found = known.get(typed.casefold())
    if found is None:
        close = difflib.get_close_matches(typed.casefold(), known, n=1, cutoff=0.5)
        raise _bad(field, typed, "it is not in the field's list", known[close[0]] if close else "")
    return found


def _number(field: Field, typed: str, *, whole: bool) -> NewValue:
    plain = typed if re.fullmatch(r"[+-]?\d+(?:\.\d+)?", typed) else None
    if plain is None:
        readings = {n for sign in ".," if (n := read_number(typed, sign)) is not None}
        if len(readings) > 1:
            raise _bad(field, typed, f"it reads as {' or '.join(sorted(readings))}; write it plainly")
        plain = next(iter(readings), None)
    if plain is None:
        raise _bad(field, typed, "it is not a number")
    fraction = plain.partition(".")[2].rstrip("0")
    if whole:
        if fraction:
            raise _bad(field, typed, "it must be a whole number")
        digits = catalogue.field_type(field.data_type).digits
        number = int(plain.partition(".")[0])
        if digits is not None and len(str(abs(number))) > digits:
            raise _bad(field, typed, f"at most {how_many(digits, 'digit is', 'digits are')} allowed")
        return NewValue(field, number, str(number))
    if field.decimal_place is not None and len(fraction) > field.decimal_place:
        raise _bad(field, typed, f"at most {field.decimal_place} decimals are allowed")
    return NewValue(field, float(plain), plain)


def _moment(field: Field, typed: str, *, times: bool) -> NewValue:
    """Zoho takes yyyy-MM-dd and yyyy-MM-ddTHH:mm:ss±HH:mm; a time without an offset is that of this machine."""
    moment: datetime | None = None
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        readings = find_readings([typed], times=times)
        dates = {m.value for r in readings if (m := reader(r.pattern)(typed)) is not None}
        if len({d.date() for d in dates}) > 1:
            days = " or ".join(sorted(f"{d:%Y-%m-%d}" for d in dates))
            raise _bad(field, typed, f"it reads as {days}; write it as yyyy-mm-dd") from None
        moment = next(iter(dates), None)
    if moment is None:
        form = "yyyy-mm-ddThh:mm:ss+hh:mm" if times else "yyyy-mm-dd"
        raise _bad(field, typed, f"it is not a date; write it as {form}")
    if not times:
        return NewValue(field, f"{moment:%Y-%m-%d}", f"{moment:%Y-%m-%d}")
    text = (moment if moment.tzinfo is not None else moment.astimezone()).isoformat(timespec="seconds")
    return NewValue(field, text, text)


def _user(field: Field, typed: str, users: Sequence[User]) -> NewValue:
    if _ID.fullmatch(typed):
        known = next((u for u in users if u.id == typed), None)
        return NewValue(field, {"id": typed}, known.full_name if known else typed)
    wanted = typed.casefold()
    found = [u for u in users if u.email.casefold() == wanted] or [u for u in users if u.full_name.casefold() == wanted]
    if len(found) == 1:
        return NewValue(field, {"id": found[0].id}, f"{found[0].full_name} ({found[0].email})")
    if found:
        raise _bad(field, typed, f"{how_many(len(found), 'user has', 'users have')} this name; give the e-mail address")
    names = {n.casefold(): n for u in users for n in (u.full_name, u.email)}
    close = difflib.get_close_matches(wanted, names, n=1, cutoff=0.6)
    raise _bad(field, typed, "there is no such user", names[close[0]] if close else "")
