"""Finds records in the CRM by the values of a field, in as few queries as COQL allows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from ztui import catalogue
from ztui.model.crm import Field, Record

KEYS_PER_QUERY = 50
"""How many values one `in (…)` takes (COQL documentation: at most 50)."""

_BARE = frozenset({"integer", "double", "boolean"})
_NEVER_COMPARED = frozenset({"textarea", "multiselectpicklist", "subform", "formula", "datetime"})


class Reader(Protocol):
    """What looks records up."""

    async def coql(self, query: str) -> list[Record]:
        """One page of a query's records."""
        ...


def quoted(value: str, field: Field | None) -> str:
    """The value as COQL writes it: numbers bare, everything else in single quotes."""
    kind = catalogue.field_type(field.data_type) if field is not None else None
    if kind is not None and getattr(kind, "json_type", "") in _BARE and value.replace(".", "", 1).isdigit():
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def comparable(field: Field | None) -> bool:
    """True when a stored value of this field can be compared with the text that was sent for it."""
    return field is None or (field.data_type not in _NEVER_COMPARED and field.lookup is None)


def text_of(value: object) -> str:
    """A value read back, as the text it would have been sent as."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return str(value.get("id") or value.get("name") or "")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ";".join(text_of(item) for item in value)
    return str(value)


def folded(value: object) -> str:
    """The text by which the CRM would find it: outer blanks and letter case do not count."""
    return text_of(value).strip().casefold()


def same_value(held: object, sent: str) -> bool:
    """True when a value read back is the one that was sent; numbers are compared as numbers."""
    if folded(held) == folded(sent):
        return True
    if isinstance(held, (int, float)) and not isinstance(held, bool):
        try:
            return float(sent) == float(held)
        except ValueError:
            return False
    return False


def chunks(values: Sequence[str], size: int = KEYS_PER_QUERY) -> Iterator[Sequence[str]]:
    """The values in windows of `size`."""
    for start in range(0, len(values), size):
        yield values[start : start + size]


async def find_by_values(
    crm: Reader,
    module: str,
    key: Field,
    values: Sequence[str],
    fields: Sequence[str] = (),
    *,
    since: str = "",
) -> dict[str, list[Record]]:
    """Records whose `key` has one of the values, by `folded` value; each with its times and the asked fields.

    `since` (ISO time) leaves out records that were not modified after it. One query for each 50 values, and one more
    for each further 200 records. Raises ZohoError.
    """
    columns = ", ".join(dict.fromkeys((key.api_name, *fields, "Created_Time", "Modified_Time")))
    wanted = list(dict.fromkeys(value for value in values if value.strip()))
    page = catalogue.limits().coql_rows
    found: dict[str, list[Record]] = {}
    seen: set[str] = set()
    for some in chunks(wanted):
        condition = f"{key.api_name} in ({', '.join(quoted(value, key) for value in some)})"
        if since:
            condition = f"({condition} and Modified_Time >= '{since}')"
        offset = 0
        while True:
            records = await crm.coql(
                f"select {columns} from {module} where {condition} order by id asc limit {offset}, {page}"
            )
            for record in records:
                if record.id not in seen:
                    seen.add(record.id)
                    value = record.id if key.api_name == "id" else record.values.get(key.api_name)
                    found.setdefault(folded(value), []).append(record)
            if len(records) < page:
                break
            offset += page
    return found
