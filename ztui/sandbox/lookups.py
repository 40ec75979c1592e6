"""How a cell finds the record it names: in another module, or among the parent rows of the same job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ztui.sandbox import records
from ztui.sandbox.org import FieldDef, ModuleDef
from ztui.sandbox.store import Store
from ztui.sandbox.values import INVALID, NOT_FOUND, Reader


def lookup_reader(store: Store, target: ModuleDef, find_by: str | None) -> Reader:
    """A lookup's reader: by the named field of the other module, or by id and else by display field when none is named.

    Nothing found: NOT_FOUND; several found: INVALID.
    """
    display = target.fields[target.display_field]
    names = _shown_names(store, target, display)
    by = target.fields.get(find_by or "id")
    if by is None:
        return lambda cell: NOT_FOUND
    first = records.index(store, target, by)
    second = records.index(store, target, display) if find_by is None else {}

    def read(cell: str) -> Any:
        wanted = records.norm(cell)
        ids = first.get(wanted) or second.get(wanted)
        if not ids:
            return NOT_FOUND
        if len(ids) > 1:
            return INVALID
        return {"id": str(ids[0]), "name": names.get(ids[0], "")}

    return read


def _shown_names(store: Store, target: ModuleDef, display: FieldDef) -> dict[int, str]:
    sql = f"SELECT id, {records.field_sql(display)} AS shown FROM records WHERE module=?"
    return {r["id"]: str(r["shown"] or "") for r in store.rows(sql, (target.api_name,))}


def parent_reader(rows: Sequence[Sequence[str]], numbers: Sequence[int], column: int) -> Reader:
    """A child's reference to its parent's row: by the cell that the parent CSV holds in `column`;
    `numbers` are the record ids of the parent's rows, 0 for a refused one."""
    found: dict[str, list[int]] = {}
    for row, number in zip(rows, numbers, strict=True):
        if number and column < len(row) and row[column].strip():
            found.setdefault(records.norm(row[column]), []).append(number)
    return _reading(found)


def _reading(found: Mapping[str, Sequence[int]]) -> Callable[[str], Any]:
    def read(cell: str) -> Any:
        ids = found.get(records.norm(cell))
        if not ids:
            return NOT_FOUND
        return {"id": str(ids[0]), "name": ""} if len(set(ids)) == 1 else INVALID

    return read
