"""Zoho's metadata as it comes in, read leniently: a missing, null or oddly typed key never spoils the rest.

Only what ztui uses is named. `metadata` turns these into the model's values.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError


def _text(value: object) -> str:
    if value is None or isinstance(value, dict | list):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if isinstance(value, int):
        return value != 0
    return None


def _count(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) < 10 else None


def _objects(value: object) -> list[Any]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool | None, BeforeValidator(_flag)]
Count = Annotated[int | None, BeforeValidator(_count)]
Table = Annotated[dict[str, Any], BeforeValidator(_object)]


class Lenient(BaseModel):
    """Unknown keys are ignored, a known key of the wrong type becomes its empty value."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class PickValueIn(Lenient):
    """One value of a picklist (fields page; v2 has display and actual value only)."""

    display_value: Text = ""
    actual_value: Text = ""
    type: Text = ""


class FieldIn(Lenient):
    """One field (fields page v7; SDK models v2, v2.1)."""

    api_name: Text = ""
    field_label: Text = ""
    display_label: Text = ""
    id: Text = ""
    data_type: Text = ""
    length: Count = None
    decimal_place: Count = None
    system_mandatory: Flag = None
    mandatory: Flag = None
    required: Flag = None
    read_only: Flag = None
    field_read_only: Flag = None
    virtual_field: Flag = None
    visible: Flag = None
    custom_field: Flag = None
    mass_update: Flag = None
    operation_type: Table = {}
    unique: Table = {}
    lookup: Table = {}
    external: Table = {}
    pick_list_values: Annotated[list[PickValueIn], BeforeValidator(_objects)] = Field(default_factory=list)


class SectionIn(Lenient):
    """A section of a layout; its fields carry `required`."""

    fields: Annotated[list[FieldIn], BeforeValidator(_objects)] = Field(default_factory=list)


class LayoutIn(Lenient):
    """One layout (layouts page v7; `status` is an integer in v2 and v2.1)."""

    id: Text = ""
    name: Text = ""
    status: Text = ""
    visible: Flag = None
    profiles: Annotated[list[dict[str, Any]], BeforeValidator(_objects)] = Field(default_factory=list)
    sections: Annotated[list[SectionIn], BeforeValidator(_objects)] = Field(default_factory=list)


class ModuleIn(Lenient):
    """One module (modules page v7)."""

    api_name: Text = ""
    module_name: Text = ""
    singular_label: Text = ""
    plural_label: Text = ""
    id: Text = ""
    generated_type: Text = "default"
    api_supported: Flag = None
    creatable: Flag = None
    editable: Flag = None
    deletable: Flag = None
    visible: Flag = None
    status: Text = ""
    visibility: Count = None


class OrgIn(Lenient):
    """The organisation (org page v7)."""

    id: Text = ""
    zgid: Text = ""
    company_name: Text = ""
    domain_name: Text = ""
    type: Text = ""
    time_zone: Text = ""
    currency: Text = ""
    iso_code: Text = ""
    license_details: Table = {}


class UserIn(Lenient):
    """A user (users page v7)."""

    id: Text = ""
    full_name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    email: Text = ""
    status: Text = ""
    role: Table = {}
    profile: Table = {}


class ViewIn(Lenient):
    """A custom view (custom-views page v7)."""

    id: Text = ""
    name: Text = ""
    display_value: Text = ""
    system_defined: Flag = None
    category: Text = ""


M = TypeVar("M", bound=Lenient)


def read_all(kind: type[M], items: list[dict[str, object]]) -> list[M]:
    """The items as this model; one that cannot be read at all is left out."""
    found = []
    for item in items:
        try:
            found.append(kind.model_validate(item))
        except ValidationError:
            continue
    return found
