"""Which columns are sent, in which order, and how a record becomes one row of the sent CSV."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ztui.catalogue.knowledge import field_type, limits, modules
from ztui.engine.preflight_rows import declared_format
from ztui.engine.transform import compile_mapping
from ztui.model.crm import Field, ModuleSchema
from ztui.model.mapping import FieldMapping, Mapping
from ztui.model.part import SentColumn
from ztui.model.plan import ImportPlan

_SURROGATE = re.compile("[\ud800-\udfff]")


def sent_columns(plan: ImportPlan) -> tuple[SentColumn, ...]:
    """The columns of the sent CSV in order, then the constants, which have no column.

    The key comes first and the columns that tell rows apart best follow: result archives repeat only the first three.
    A constant that some rows replace by an edit becomes a column of its own.
    """
    columns, constants = ordered(plan)
    return tuple(_sent(plan.schema, m, constant=not at < len(columns)) for at, m in enumerate((*columns, *constants)))


def ordered(plan: ImportPlan) -> tuple[tuple[FieldMapping, ...], tuple[FieldMapping, ...]]:
    """The mappings that become columns, in sent order, and those that are constants."""
    edited = {e.api_name for e in plan.edits}
    fed = [m for m in plan.mapping.fields if m.columns or m.default is not None]
    known = {m.api_name for m in fed}
    fed.extend(FieldMapping(name) for name in sorted(edited - known))
    columns = [m for m in fed if m.columns or m.api_name in edited]
    constants = tuple(m for m in fed if not (m.columns or m.api_name in edited))
    ranked = sorted(enumerate(columns), key=lambda pair: (_rank(plan.mapping, plan.schema, pair[1]), pair[0]))
    first = [m for _, m in ranked[: limits().result_columns]]
    return (*first, *(m for m in columns if m not in first)), constants


def _rank(mapping: Mapping, schema: ModuleSchema, mapped: FieldMapping) -> int:
    """How well a field tells records apart; smaller is better."""
    field = schema.field(mapped.api_name)
    if mapped.api_name == mapping.find_by:
        return 0
    if field is None or not mapped.columns:
        return 9
    if mapped.api_name == "id" or field.unique or field.external:
        return 1
    known = field_type(field.data_type)
    if mapped.api_name == modules().duplicate_check.get(schema.module.api_name):
        return 2
    if known.check == "email":
        return 3
    if field.system_mandatory and known.check == "text":
        return 4
    return {"phone": 5, "text": 6, "url": 6}.get(known.check, 7)


def _sent(schema: ModuleSchema, mapped: FieldMapping, *, constant: bool) -> SentColumn:
    field = schema.field(mapped.api_name)
    find_by = mapped.find_by
    if field is not None and find_by is None and field_type(field.data_type).check == "lookup":
        find_by = "id"
    # A constant that became a column is filled in row by row; a default beside it would make it a constant again.
    default = mapped.default if mapped.columns or constant else None
    return SentColumn(mapped.api_name, _format(mapped, field), find_by, default)


def _format(mapped: FieldMapping, field: Field | None) -> str | None:
    return declared_format(mapped, field) if field is not None else None


def quote(value: str) -> str:
    """A value as a cell of the sent CSV: quoted where it must be."""
    if "," in value or '"' in value or "\n" in value or "\r" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


class RowMaker:
    """Turns a record's cells into the row that is sent, as bytes with the line end."""

    def __init__(self, plan: ImportPlan) -> None:
        columns, _ = ordered(plan)
        self.mapped = columns
        self.places = {m.api_name: at for at, m in enumerate(columns)}
        self._made = [compile_mapping(m) for m in columns]
        self.header = (",".join(m.api_name for m in columns) + "\n").encode()
        self._edits: dict[int, list[tuple[int, str]]] = {}
        for edit in plan.edits:
            self._edits.setdefault(edit.record, []).append((self.places[edit.api_name], edit.value))
        self.edited = frozenset(self._edits)

    def values(self, record: int, cells: Sequence[str]) -> list[str]:
        """What is sent for a record, column by column."""
        count = len(cells)
        values = [
            str(make([cells[c] if c < count else "" for c in m.columns]))
            for make, m in zip(self._made, self.mapped, strict=True)
        ]
        for place, value in self.edits_of(record):
            values[place] = value
        return values

    def edits_of(self, record: int) -> Sequence[tuple[int, str]]:
        """The (column, value) pairs that replace what the mapping makes of a record."""
        return self._edits.get(record, ())

    def row(self, record: int, cells: Sequence[str]) -> bytes:
        """The row for a record. Bytes that are no text in the file's encoding become U+FFFD."""
        text = ",".join(map(quote, self.values(record, cells))) or '""'
        return _SURROGATE.sub("\ufffd", text + "\n").encode()
