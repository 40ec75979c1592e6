"""From a cell of a CSV, or a JSON value, to the value that is stored; one reader per field, compiled once per job.

A reader gives the stored value or a `Refusal`; it never raises. Blank cells do not reach it. What is accepted per type:
Zoho docs v7 (create job, field metadata) and the bulk write limitations page; see `dates` for dates.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from ztui.sandbox import dates
from ztui.sandbox.org import USERS, FieldDef, LayoutDef, ModuleDef, Org
from ztui.sandbox.switches import Switches

Reader = Callable[[str], Any]


class Refusal:
    """A value that says a cell was refused; `code` is the row error it leads to."""

    __slots__ = ("code",)

    def __init__(self, code: str) -> None:
        self.code = code

    def __repr__(self) -> str:
        return self.code


INVALID: Final = Refusal("INVALID_DATA")
NOT_FOUND: Final = Refusal("RESOURCE_NOT_FOUND")
_EMAIL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*\.[A-Za-z]{2,22}")
_EMAIL_WIDE = re.compile(r"[^\s@,;<>()\[\]\\\"]+@[^\s@.,;<>()]+(?:\.[^\s@.,;<>()]+)*\.[^\W\d_]{2,22}")
_PHONE = re.compile(r"\+?[0-9A-Za-z .()/,;#*:_+-]+")
_URL = re.compile(r"(?:(?:https?|ftps?)://)?[^\s/?#@.]+(?:\.[^\s/?#@.]+)+(?::[0-9]{1,5})?(?:[/?#]\S*)?", re.IGNORECASE)
_ID = re.compile(r"[0-9]{1,19}")
_INTEGER = re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)")
_NUMBER = re.compile(r"[+-]?(?:[0-9]*|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.([0-9]*))?")
_TEXT_LIMITS = {"text": 255, "textarea": 32000, "email": 100, "phone": 30, "website": 255, "picklist": 120}


def _text(limit: int) -> Reader:
    return lambda cell: cell if len(cell) <= limit else INVALID


def _pattern(expression: re.Pattern[str], limit: int) -> Reader:
    def read(cell: str) -> Any:
        cell = cell.strip()
        return cell if len(cell) <= limit and expression.fullmatch(cell) else INVALID

    return read


def _email(limit: int) -> Reader:
    def read(cell: str) -> Any:
        cell = cell.strip()
        if len(cell) > limit or ".." in cell or cell.startswith(".") or ".@" in cell:
            return INVALID
        return cell if _EMAIL.fullmatch(cell) or _EMAIL_WIDE.fullmatch(cell) else INVALID

    return read


def _phone(limit: int) -> Reader:
    def read(cell: str) -> Any:
        cell = cell.strip()
        good = len(cell) <= limit and _PHONE.fullmatch(cell) and any(c.isalnum() for c in cell)
        return cell if good else INVALID

    return read


def _boolean(cell: str) -> Any:
    word = cell.strip().lower()
    return word == "true" if word in ("true", "false") else INVALID


def _integer(digits: int) -> Reader:
    def read(cell: str) -> Any:
        cell = cell.strip()
        if not _INTEGER.fullmatch(cell) or not cell.isascii():
            return INVALID
        bare = cell.replace(",", "")
        return int(bare) if len(bare.lstrip("+-").lstrip("0")) <= digits else INVALID

    return read


def _number(whole: int, decimals: int | None) -> Reader:
    def read(cell: str) -> Any:
        cell = cell.strip()
        match = _NUMBER.fullmatch(cell)
        if match is None or not any(c.isdigit() for c in cell) or not cell.isascii():
            return INVALID
        bare = cell.replace(",", "")
        if len(bare.lstrip("+-").partition(".")[0].lstrip("0")) > whole:
            return INVALID
        if decimals is not None and len(match[1] or "") > decimals:
            return INVALID
        return plain_number(bare)

    return read


def plain_number(text: str) -> Any:
    """A decimal text as the JSON number Zoho would show: an int when nothing is behind the point."""
    try:
        exact = Decimal(text)
    except InvalidOperation:
        return INVALID
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _multi(field: FieldDef, org: Org, module: str, strict: bool, additions: set[tuple[str, str, str]]) -> Reader:
    known = set(org.picklist(module, field))
    limit = field.length or 1000

    def read(cell: str) -> Any:
        values = list(dict.fromkeys(v.strip() for v in cell.split(";") if v.strip()))
        if len(cell) > limit or any(len(v) > 120 for v in values):
            return INVALID
        new = [v for v in values if v not in known]
        if new and strict:
            return INVALID
        additions.update((module, field.api_name, v) for v in new)
        return values

    return read


def _picklist(field: FieldDef, org: Org, module: str, strict: bool, additions: set[tuple[str, str, str]]) -> Reader:
    known = set(org.picklist(module, field))
    limit = field.length or 120

    def read(cell: str) -> Any:
        cell = cell.strip()
        if cell in known:
            return cell
        if strict or len(cell) > limit:
            return INVALID
        additions.add((module, field.api_name, cell))
        return cell

    return read


def user_reader(org: Org, find_by: str | None) -> Reader:
    """Owners and users: by id or e-mail, or by what `find_by` says (id, email, full_name)."""
    table: dict[str, dict[str, str]] = {}
    for user in org.users:
        if not user.active:
            continue
        shown = {"id": user.id, "name": user.full_name, "email": user.email}
        by = (find_by or "").lower()
        if by in ("", "id"):
            table[user.id] = shown
        if by in ("", "email"):
            table[user.email] = shown
        if by in ("full_name", "name"):
            table[user.full_name.casefold()] = shown
    return lambda cell: table.get(cell.strip().casefold(), INVALID)


def layout_reader(module: ModuleDef) -> Reader:
    """A layout by name or id; a wrong one means the default layout (Zoho's bulk write limitations page)."""

    def shown(layout: LayoutDef) -> dict[str, str]:
        return {"id": layout.id, "name": layout.name}

    table = {key: shown(layout) for layout in module.layouts for key in (layout.id, layout.name.casefold())}
    default = shown(module.default_layout)
    return lambda cell: table.get(cell.strip().casefold(), default)


def _tags(cell: str) -> Any:
    names = [t.strip() for t in re.split(r"[;,]", cell) if t.strip()]
    return [{"name": n} for n in names] if all(len(n) <= 25 for n in names) else INVALID


def _dates(pattern: str | None, switches: Switches) -> Reader:
    defaults = ("MM/dd/yyyy", "yyyy-MM-dd") if switches.default_date == "both" else (switches.default_date,)
    read = dates.date_reader((pattern,) if pattern else defaults)

    def reader(cell: str) -> Any:
        found = read(cell.strip())
        return INVALID if found is None else found

    return reader


def _datetimes(pattern: str | None) -> Reader:
    read = dates.datetime_reader((pattern,) if pattern else ("MM/dd/yyyy HH:mm:ss",))

    def reader(cell: str) -> Any:
        cell = cell.strip()
        found = read(cell)
        if found is None and not pattern:
            found = dates.iso_datetime(cell)
        return INVALID if found is None else found

    return reader


def reader_for(
    field: FieldDef,
    module: ModuleDef,
    org: Org,
    switches: Switches,
    additions: set[tuple[str, str, str]],
    pattern: str | None = None,
    find_by: str | None = None,
) -> Reader:
    """The reader of a field; `additions` collects new picklist values as (module, field, value). Lookups to other
    modules are not read here: they need the store (see `rows`)."""
    kind = field.data_type
    limit = field.length or _TEXT_LIMITS.get(kind, 255)
    if field.api_name == "Tag":
        return _tags
    if field.api_name == "id":
        return _pattern(_ID, 19)
    if kind in USERS:
        return user_reader(org, find_by)
    match kind:
        case "email":
            return _email(limit)
        case "phone":
            return _phone(limit)
        case "website":
            return _pattern(_URL, limit)
        case "picklist":
            return _picklist(field, org, module.api_name, switches.strict_picklists, additions)
        case "multiselectpicklist":
            return _multi(field, org, module.api_name, switches.strict_picklists, additions)
        case "boolean":
            return _boolean
        case "integer":
            return _integer(min(limit, 9))
        case "bigint":
            return _integer(min(limit, 18))
        case "double" | "currency":
            return _number(16, 9)
        case "percent":
            return _number(5, None)  # no source bounds its decimals
        case "date":
            return _dates(pattern, switches)
        case "datetime":
            return _datetimes(pattern)
        case "layout":
            return layout_reader(module)
        case _:
            return _text(limit)
