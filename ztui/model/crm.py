"""What a CRM org looks like to an importer: modules, fields, layouts, users, views. Names are Zoho's own."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Operation(StrEnum):
    """What a bulk write job does with each row."""

    INSERT = "insert"
    UPDATE = "update"
    UPSERT = "upsert"


@dataclass(frozen=True, slots=True)
class PickListValue:
    """One value of a picklist; `used` is false for values the layout has put aside."""

    display_value: str
    actual_value: str
    used: bool = True


@dataclass(frozen=True, slots=True)
class LookupTarget:
    """Where a lookup field points: the module's API name and, if known, the field shown for its records."""

    module: str
    display_field: str | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a module, as the org's own metadata describes it.

    `data_type` is Zoho's word (`text`, `picklist`, `ownerlookup`, ...). `required` is what the default layout demands;
    `system_mandatory` what Zoho demands everywhere. `can_create`/`can_update` already combine `operation_type`,
    `read_only` and the data type. Unknown data types stay verbatim.
    """

    api_name: str
    label: str
    data_type: str
    id: str = ""
    length: int | None = None
    decimal_place: int | None = None
    system_mandatory: bool = False
    required: bool = False
    can_create: bool = True
    can_update: bool = True
    visible: bool = True
    custom: bool = False
    unique: bool = False
    unique_case_sensitive: bool = False
    mass_update: bool = False
    picklist: tuple[PickListValue, ...] = ()
    lookup: LookupTarget | None = None
    external: bool = False

    @property
    def mandatory(self) -> bool:
        """True when an insert without a value for this field is refused."""
        return self.system_mandatory or self.required

    def writable(self, operation: Operation) -> bool:
        """True when this operation may write the field."""
        if operation is Operation.INSERT:
            return self.can_create
        if operation is Operation.UPDATE:
            return self.can_update
        return self.can_create or self.can_update


@dataclass(frozen=True, slots=True)
class Layout:
    """A page layout: which fields it shows, which it requires, and its own picklist values by field API name."""

    id: str
    name: str
    active: bool = True
    default: bool = False
    fields: tuple[str, ...] = ()
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """One module (Leads, Contacts, ...) and what the signed-in user may do with it."""

    api_name: str
    singular_label: str
    plural_label: str
    id: str = ""
    generated_type: str = "default"
    api_supported: bool = True
    creatable: bool = True
    editable: bool = True
    deletable: bool = True
    visible: bool = True


@dataclass(frozen=True, slots=True)
class ModuleSchema:
    """A module with its fields (default layout's requirements merged in) and layouts."""

    module: Module
    fields: tuple[Field, ...]
    layouts: tuple[Layout, ...] = ()

    def field(self, api_name: str) -> Field | None:
        """The field with this API name, or None."""
        return next((f for f in self.fields if f.api_name == api_name), None)

    def writable(self, operation: Operation) -> tuple[Field, ...]:
        """The visible fields this operation may write, in the org's order."""
        return tuple(f for f in self.fields if f.visible and f.writable(operation))

    def key_fields(self) -> tuple[Field, ...]:
        """Fields usable as `find_by`: `id` first, then unique and external-id fields."""
        return tuple(f for f in self.fields if f.api_name == "id" or f.unique or f.external)


@dataclass(frozen=True, slots=True)
class Org:
    """The organisation behind a token; `zgid` is what uploads send as X-CRM-ORG. `environment` is '' when not told."""

    id: str
    zgid: str
    company_name: str
    domain_name: str = ""
    environment: str = ""
    time_zone: str = ""
    currency: str = ""
    edition: str = ""


@dataclass(frozen=True, slots=True)
class User:
    """A user of the org."""

    id: str
    full_name: str
    email: str
    active: bool = True
    profile: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class CustomView:
    """A saved filter of a module, addressed by `id` (cvid)."""

    id: str
    name: str
    system_defined: bool = False
    category: str = ""


@dataclass(frozen=True, slots=True)
class Credits:
    """API credits as far as they are known; None where Zoho has not told."""

    spent: int = 0
    remaining: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """One record read back from the CRM; `values` are Zoho's JSON values by field API name."""

    id: str
    modified_time: str = ""
    values: dict[str, object] = field(default_factory=dict)
