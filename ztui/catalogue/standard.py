"""The stock modules and fields of Zoho CRM, for work without a connection. Live metadata always goes first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ztui.catalogue.knowledge import field_type
from ztui.model.crm import Field, LookupTarget, Module, ModuleSchema, PickListValue

_FILE = Path(__file__).with_name("standard_fields.json")


@cache
def _modules() -> Mapping[str, Any]:
    data: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
    modules: dict[str, Any] = data["modules"]
    return modules


def standard_modules() -> tuple[Module, ...]:
    """The modules whose stock fields are known."""
    return tuple(Module(name, values["singular_label"], values["plural_label"]) for name, values in _modules().items())


@cache
def standard_fields(module: str) -> tuple[Field, ...]:
    """The stock fields of a module in Zoho's order, the record id first; () for a module that is not stock."""
    values = _modules().get(module)
    if values is None:
        return ()
    return (record_id_field(), *(_field(f) for f in values["fields"] if f["api_name"] != "id"))


@cache
def standard_schema(module: str) -> ModuleSchema | None:
    """A stock module with its fields, or None. What a layout often requires is marked as required."""
    found = next((m for m in standard_modules() if m.api_name == module), None)
    return ModuleSchema(found, standard_fields(module)) if found else None


def display_field(module: str) -> str | None:
    """The field by which records of a stock module are known (what a lookup shows), or None."""
    found = _modules().get(module, {}).get("display_field")
    return found if isinstance(found, str) else None


def record_id_field() -> Field:
    """The record id as a field: a key for update and upsert, never a value that an insert could set."""
    return Field("id", "Record ID", "bigint", length=19, can_create=False, can_update=True)


def _field(values: Mapping[str, Any]) -> Field:
    known = field_type(values["data_type"])
    lookup = values.get("lookup")
    return Field(
        api_name=values["api_name"],
        label=values["label"],
        data_type=values["data_type"],
        length=values.get("length", known.length),
        decimal_place=values.get("decimal_place"),
        system_mandatory=values.get("system_mandatory", False),
        required=values.get("often_required", False),
        can_create=known.writable and values.get("can_create", True),
        can_update=known.writable and values.get("can_update", True),
        unique=values.get("unique", False),
        mass_update=values.get("mass_update", False),
        picklist=tuple(PickListValue(v, v) for v in values.get("picklist", ())),
        lookup=LookupTarget(lookup, display_field(lookup)) if lookup else None,
    )
