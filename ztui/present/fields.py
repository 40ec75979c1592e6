"""How a field of the CRM is named, described and refused on screen and in listings. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from ztui.model.counting import how_many

if TYPE_CHECKING:
    from ztui.model.crm import Field, ModuleSchema, Operation
    from ztui.model.mapping import FieldMapping


#: Zoho's words for data types, in words people use; others are shown as they are.
_TYPES = {
    "text": "text",
    "textarea": "long text",
    "email": "e-mail",
    "phone": "phone",
    "website": "web address",
    "picklist": "picklist",
    "multiselectpicklist": "multi-select",
    "integer": "whole number",
    "bigint": "long number",
    "double": "decimal",
    "currency": "currency",
    "percent": "percent",
    "date": "date",
    "datetime": "date and time",
    "boolean": "yes/no",
    "lookup": "lookup",
    "ownerlookup": "owner",
    "userlookup": "user",
    "autonumber": "auto number",
    "formula": "formula",
}
_SHORT = {
    "textarea": "long text",
    "website": "web",
    "multiselectpicklist": "multi",
    "integer": "integer",
    "bigint": "integer",
    "double": "decimal",
    "datetime": "date+time",
    "ownerlookup": "owner",
    "userlookup": "user",
    "autonumber": "auto no.",
}


def type_name(field: Field, *, short: bool = False) -> str:
    """The field's data type in words; `short` for narrow columns (≤ 9 cells for Zoho's own types)."""
    if short and field.data_type in _SHORT:
        return _SHORT[field.data_type]
    return _TYPES.get(field.data_type, field.data_type)


def full_name(field: Field) -> str:
    """The label, with the API name behind it where that is not simply the label spelt with underscores."""
    plain = "".join(c for c in field.label if c.isalnum()).casefold()
    if "".join(c for c in field.api_name if c.isalnum()).casefold() == plain:
        return field.label
    return f"{field.label} ({field.api_name})"


def type_details(field: Field) -> str:
    """The type with what limits its values: `text, up to 80 characters`, `picklist of 12`, `lookup to Accounts`."""
    name = type_name(field)
    extra = []
    if field.picklist:
        extra.append(how_many(sum(v.used for v in field.picklist), "value"))
    if field.lookup is not None:
        extra.append(f"to {field.lookup.module}")
    if field.length and field.data_type in ("text", "textarea", "email", "phone", "website"):
        extra.append(f"up to {field.length}")
    if field.decimal_place:
        extra.append(how_many(field.decimal_place, "decimal"))
    if field.unique:
        extra.append("unique")
    return ", ".join([name, *extra])


def why_not(field: Field, operation: Operation) -> str | None:
    """Why this operation cannot write the field, or None when it can."""
    from ztui.model.crm import Operation

    if field.writable(operation):
        return None
    if field.data_type in ("formula", "autonumber", "rollup_summary"):
        return f"{field.label} is worked out by Zoho ({type_name(field)}); it cannot be written."
    if field.writable(Operation.INSERT) or field.writable(Operation.UPDATE):
        return f"{field.label} cannot be written by an {operation.value}."
    return f"{field.label} is read-only for your user."


def ordered(fields: Iterable[Field]) -> list[Field]:
    """Mandatory fields first, then the org's own order."""
    return sorted(fields, key=lambda f: not f.mandatory)


def offered(schema: ModuleSchema, operation: Operation, *, all_fields: bool = False) -> list[Field]:
    """The fields a person can map, mandatory ones first; `all_fields` also those that cannot be written."""
    if all_fields:
        return ordered(f for f in schema.fields if f.visible)
    fields = list(schema.writable(operation))
    if operation.value != "insert":
        key = schema.field("id")
        if key is not None and key not in fields:
            fields.insert(0, key)
    return ordered(fields)


def fed_by(mapped: FieldMapping | None, headers: Sequence[str]) -> str:
    """What feeds a field: a column's name, several joined by ` + `, or the constant in quotes; "" for nothing."""
    if mapped is None:
        return ""
    if not mapped.columns:
        return f"= {mapped.default}" if mapped.default else ""
    return " + ".join(headers[c] if c < len(headers) else f"column {c + 1}" for c in mapped.columns)


def sureness(confidence: float) -> str:
    """A confidence in words: what a person should do with it."""
    if confidence >= 0.9:
        return "sure"
    if confidence >= 0.7:
        return "likely"
    return "please check"


def percent(confidence: float) -> str:
    """A confidence as `98%`."""
    return f"{round(confidence * 100)}%"


def matches(field: Field, text: str) -> bool:
    """True when the field's label, API name or type has all the words of `text`, in any order."""
    hay = f"{field.label} {field.api_name} {type_name(field)}".casefold()
    return all(word in hay for word in text.casefold().split())


def fuzzy(text: str, *names: str) -> float:
    """How well what was typed fits a name, 0 (not at all) to 1: exact, start, word start, within, letters in order."""
    typed = text.casefold().strip()
    if not typed:
        return 0.5
    best = 0.0
    for name in names:
        hay = name.casefold()
        if hay == typed:
            return 1.0
        if hay.startswith(typed):
            best = max(best, 0.95)
        elif any(word.startswith(typed) for word in hay.replace("_", " ").split()):
            best = max(best, 0.85)
        elif typed in hay:
            best = max(best, 0.7)
        else:
            best = max(best, _in_order(typed, hay))
    return best


def _in_order(typed: str, hay: str) -> float:
    place, gaps = -1, 0
    for letter in typed:
        if letter == " ":
            continue
        found = hay.find(letter, place + 1)
        if found < 0:
            return 0.0
        gaps += found - place - 1 if place >= 0 else 0
        place = found
    return max(0.1, 0.6 - 0.04 * gaps)
