"""The org: its modules with fields and layouts, its users and views. Everything a rule of the sandbox asks about.

The stock fields come from the catalogue; what this org added of its own (custom fields, requirements, unique fields)
is in `CUSTOM_FIELDS` and the switches. Picklists grow: values that imports brought along are kept in the store.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any

from ztui.sandbox.store import Store
from ztui.sandbox.switches import Switches

ID_BASE = 4150868000000000000
ZGID = "694902309"
ORG_ID = "4150868000000000013"
SYSTEM_TYPES = frozenset({"formula", "rollup_summary", "autonumber", "fileupload", "imageupload", "profileimage"})
LOOKUPS = frozenset({"lookup"})
USERS = frozenset({"ownerlookup", "userlookup"})


@dataclass(frozen=True, slots=True)
class FieldDef:
    """One field. `required` is the default layout's demand; `rule` is "layout" or "validation" when such a rule hangs
    on the field, "permission" when this user may not edit it: mass update refuses it then. `lookup` names the module
    that a lookup points to."""

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
    mass_update: bool = False
    unique: bool = False
    case_sensitive: bool = False
    duplicate_check: bool = False
    lookup: str | None = None
    picklist: tuple[str, ...] = ()
    custom: bool = False
    visible: bool = True
    rule: str = ""

    @property
    def mandatory(self) -> bool:
        """Whether an inserted record must have a value for it."""
        return self.system_mandatory or self.required

    @property
    def key(self) -> bool:
        """Whether `find_by` may name it: the id, unique fields and the module's duplicate-check field."""
        return self.api_name == "id" or self.unique or self.duplicate_check


@dataclass(frozen=True, slots=True)
class LayoutDef:
    """A layout; `required` are the fields it demands beyond the system-mandatory ones."""

    id: str
    name: str
    default: bool
    required: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ViewDef:
    """A custom view; `criteria` in the search syntax ("" for all records), `accessible` for the token's user."""

    id: str
    name: str
    system_name: str
    criteria: str = ""
    accessible: bool = True


@dataclass(frozen=True, slots=True)
class UserDef:
    """A user of the org."""

    id: str
    full_name: str
    email: str
    active: bool = True
    profile: str = "Administrator"


@dataclass(slots=True)
class ModuleDef:
    """A module; `bulk` says whether bulk write takes it, `mass` whether mass update does."""

    api_name: str
    singular: str
    plural: str
    display_field: str
    id: str
    fields: dict[str, FieldDef] = field(default_factory=dict)
    layouts: tuple[LayoutDef, ...] = ()
    views: tuple[ViewDef, ...] = ()
    bulk: bool = True
    mass: bool = True
    inventory: bool = False

    @property
    def default_layout(self) -> LayoutDef:
        """The layout new records get."""
        return self.layouts[0]

    def mandatory(self) -> list[FieldDef]:
        """Fields an insert needs, in the module's order."""
        return [f for f in self.fields.values() if f.mandatory]


USERS_OF_ORG = (
    UserDef("4150868000000225013", "Patricia Boyle", "patricia.boyle@example.com"),
    UserDef("4150868000000231021", "Marc Weber", "marc.weber@example.com", profile="Standard"),
    UserDef("4150868000000231047", "Asha Nair", "asha.nair@example.com", profile="Standard"),
    UserDef("4150868000000231088", "Tom Ellis", "tom.ellis@example.com", active=False, profile="Standard"),
)
CURRENT_USER = USERS_OF_ORG[0]

CUSTOM_FIELDS: dict[str, tuple[FieldDef, ...]] = {
    "Leads": (
        FieldDef("Date_3", "Date 3", "date", length=20, mass_update=True),
        FieldDef(
            "Interests",
            "Interests",
            "multiselectpicklist",
            length=1000,
            mass_update=True,
            picklist=("Analytics", "Big data", "Cloud", "Mobile", "Security"),
        ),
        FieldDef("Discount", "Discount", "percent", length=5, decimal_place=2, mass_update=True),
        FieldDef("Region_Code", "Region Code", "text", length=20, mass_update=True, rule="layout"),
        FieldDef("Tax_Code", "Tax Code", "text", length=20, mass_update=True, rule="validation"),
        FieldDef("Audit_Code", "Audit Code", "text", length=20, mass_update=True, rule="permission"),
        FieldDef("Internal_Score", "Internal Score", "integer", length=9, mass_update=True, visible=False),
    ),
}
UNIQUE = {"Leads": ("Email",), "Contacts": ("Email",), "Products": ("Product_Code",)}
META_ONLY = (
    ("Events", "Meeting", "Meetings"),
    ("Calls", "Call", "Calls"),
    ("Notes", "Note", "Notes"),
    ("Attachments", "Attachment", "Attachments"),
)
MODULE_IDS = {"Leads": 2175, "Accounts": 2177, "Contacts": 2179, "Deals": 2181, "Tasks": 2183, "Campaigns": 2195}


def _field(module: str, raw: Mapping[str, Any]) -> FieldDef:
    known = {k: raw[k] for k in raw if k in FieldDef.__slots__}
    if "picklist" in known:
        known["picklist"] = tuple(known["picklist"])
    return FieldDef(**known, unique=raw["api_name"] in UNIQUE.get(module, ()))


def custom_field(raw: Mapping[str, Any]) -> tuple[str, FieldDef]:
    """A field from a scenario's `[[field]]` table: its module and definition; ValueError when a key is unknown."""
    given = dict(raw)
    module = str(given.pop("module", "Leads"))
    unknown = set(given) - set(FieldDef.__slots__)
    if unknown or "api_name" not in given:
        raise ValueError(f"[[field]] needs api_name and knows no {', '.join(sorted(unknown)) or 'nameless field'}")
    name = str(given["api_name"])
    given.setdefault("label", name.replace("_", " "))
    given.setdefault("data_type", "text")
    if "picklist" in given:
        given["picklist"] = tuple(str(v) for v in given["picklist"])
    return module, replace(FieldDef(**given), custom=True)


class Org:
    """The org under these switches. Build it anew when the switches change; picklist additions stay in the store."""

    def __init__(self, store: Store, switches: Switches, extra: Iterable[tuple[str, FieldDef]] = ()) -> None:
        self._store = store
        self.users = USERS_OF_ORG
        self.modules: dict[str, ModuleDef] = {}
        raw = json.loads((files("ztui.catalogue") / "standard_fields.json").read_text("utf-8"))["modules"]
        added: dict[str, list[FieldDef]] = {name: list(fields) for name, fields in CUSTOM_FIELDS.items()}
        for module, definition in extra:
            if module not in raw:
                raise ValueError(f"[[field]] names the unknown module {module!r}")
            added.setdefault(module, []).append(definition)
        for number, (name, data) in enumerate(raw.items()):
            self.modules[name] = self._module(number, name, data, added.get(name, []), switches)
        for offset, (name, singular, plural) in enumerate(META_ONLY):
            self.modules[name] = self._meta_only(offset, name, singular, plural)
        self._added: dict[tuple[str, str], list[str]] = {}
        for row in store.rows("SELECT module, field, value FROM picklist_values ORDER BY rowid"):
            self._added.setdefault((row["module"], row["field"]), []).append(row["value"])

    def _module(
        self, number: int, name: str, data: Mapping[str, Any], added: list[FieldDef], switches: Switches
    ) -> ModuleDef:
        demanded = set()
        if name == "Leads":
            demanded = {
                n for n, on in (("Owner", switches.owner_required), ("Company", switches.company_required)) if on
            }
        module = ModuleDef(
            name,
            data["singular_label"],
            data["plural_label"],
            data["display_field"],
            str(ID_BASE + MODULE_IDS.get(name, 2201 + 2 * number)),
        )
        base = ID_BASE + 10_000 * (number + 1)
        every = [_field(name, f) for f in data["fields"]] + [replace(f, custom=True) for f in added]
        for place, definition in enumerate(every):
            required = definition.required or definition.api_name in demanded
            module.fields[definition.api_name] = replace(definition, id=str(base + 1 + 2 * place), required=required)
        layouts = [LayoutDef(str(base + 5001), "Standard", True, tuple(sorted(demanded)))]
        if name == "Leads":
            layouts.append(LayoutDef(str(base + 5003), "Partner", False, ("Company",)))
        module.layouts = tuple(layouts)
        module.views = self._views(name, module, base + 7001)
        return module

    def _views(self, name: str, module: ModuleDef, base: int) -> tuple[ViewDef, ...]:
        mine = f"(Owner:equals:{CURRENT_USER.id})"
        views = [
            ViewDef(str(base), f"All {module.plural}", "ALLVIEWS", ""),
            ViewDef(str(base + 2), f"My {module.plural}", "MYVIEWS", mine),
            ViewDef(str(base + 4), f"Private {module.plural}", "OTHERVIEWS", "", accessible=False),
        ]
        if name == "Leads":
            views.append(ViewDef(str(base + 6), "Junk Leads", "JUNKLEADS", "(Lead_Status:equals:Junk Lead)"))
        return tuple(views)

    def _meta_only(self, offset: int, name: str, singular: str, plural: str) -> ModuleDef:
        base = ID_BASE + 900_000 + 10_000 * offset
        subject = FieldDef("Subject", "Subject", "text", id=str(base + 1), length=255, system_mandatory=True)
        record = FieldDef("id", "Record Id", "bigint", id=str(base + 3), length=18, can_create=False, can_update=False)
        return ModuleDef(
            name,
            singular,
            plural,
            "Subject",
            str(ID_BASE + 2251 + 2 * offset),
            {"Subject": subject, "id": record},
            (LayoutDef(str(base + 5001), "Standard", True),),
            (),
            bulk=False,
            mass=name in ("Events", "Calls"),
        )

    def picklist(self, module: str, definition: FieldDef) -> list[str]:
        """The field's values: stock ones, then those that imports added."""
        return [*definition.picklist, *self._added.get((module, definition.api_name), ())]

    def add_picklist_values(self, additions: Iterable[tuple[str, str, str]]) -> None:
        """Keep new picklist values as (module, field, value)."""
        new = [a for a in dict.fromkeys(additions) if a[2] not in self._added.get((a[0], a[1]), ())]
        if new:
            self._store.many("INSERT OR IGNORE INTO picklist_values VALUES (?, ?, ?)", new)
            for module, name, value in new:
                self._added.setdefault((module, name), []).append(value)

    def user(self, text: str) -> UserDef | None:
        """The active user with this id or e-mail address."""
        wanted = text.strip().casefold()
        return next((u for u in self.users if u.active and wanted in (u.id, u.email)), None)
