"""Zoho's metadata as the model's values: modules, fields and layouts merged into a schema, org, users, views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from ztui import catalogue
from ztui.model.crm import (
    CustomView,
    Field,
    Layout,
    LookupTarget,
    Module,
    ModuleSchema,
    Org,
    PickListValue,
    User,
)
from ztui.zoho.models import FieldIn, LayoutIn, ModuleIn, OrgIn, UserIn, ViewIn, read_all
from ztui.zoho.wire import Answer

_ID = "id"
_STANDARD = "standard"


def modules_in(answer: Answer) -> tuple[Module, ...]:
    """The modules of `settings/modules`, in Zoho's order."""
    return tuple(
        Module(
            api_name=m.api_name,
            singular_label=m.singular_label or m.api_name,
            plural_label=m.plural_label or m.api_name,
            id=m.id,
            generated_type=m.generated_type or "default",
            api_supported=m.api_supported is not False,
            creatable=m.creatable is not False,
            editable=m.editable is not False,
            deletable=m.deletable is not False,
            visible=m.visible is not False and m.status in ("", "visible") and m.visibility in (None, 1),
        )
        for m in read_all(ModuleIn, answer.items("modules"))
        if m.api_name
    )


def fields_in(answer: Answer) -> tuple[FieldIn, ...]:
    """The fields of `settings/fields` as they came."""
    return tuple(f for f in read_all(FieldIn, answer.items("fields")) if f.api_name)


def layouts_in(answer: Answer) -> tuple[LayoutIn, ...]:
    """The layouts of `settings/layouts` as they came."""
    return tuple(read_all(LayoutIn, answer.items("layouts")))


def schema_of(module: Module, fields: Sequence[FieldIn], layouts: Sequence[LayoutIn]) -> ModuleSchema:
    """Fields with the default layout's requirements and picklists merged in; the record id first.

    The list of the field Layout are the layouts.
    """
    default = default_layout(layouts)
    in_layout = {f.api_name: f for section in default.sections for f in section.fields} if default else {}
    names = tuple(PickListValue(layout.name, layout.id) for layout in layouts if _active(layout))
    merged = [_field(f, in_layout.get(f.api_name), module.api_name) for f in fields if f.api_name != _ID]
    merged = [replace(f, picklist=names) if catalogue.field_type(f.data_type).check == "layout" else f for f in merged]
    return ModuleSchema(
        module=module,
        fields=(catalogue.record_id_field(), *merged),
        layouts=tuple(_layout(layout, layout is default) for layout in layouts),
    )


def default_layout(layouts: Iterable[LayoutIn]) -> LayoutIn | None:
    """The layout whose requirements Zoho checks: the one called Standard, else the user's default, else the first.

    Inferred: only the standard layout's required fields are enforced on bulk insert (create-job v7 against a capture).
    """
    active = [layout for layout in layouts if _active(layout)]
    standard = next((layout for layout in active if layout.name.strip().lower() == _STANDARD), None)
    marked = next((layout for layout in active if any(p.get("default") is True for p in layout.profiles)), None)
    return standard or marked or next(iter(active), None)


def _active(layout: LayoutIn) -> bool:
    return layout.visible is not False and layout.status.lower() not in ("inactive", "-1", "-2")


def _layout(layout: LayoutIn, default: bool) -> Layout:
    fields = [f for section in layout.sections for f in section.fields]
    return Layout(
        id=layout.id,
        name=layout.name,
        active=_active(layout),
        default=default,
        fields=tuple(f.api_name for f in fields),
        required=tuple(f.api_name for f in fields if f.required),
    )


def _field(field: FieldIn, in_layout: FieldIn | None, module: str) -> Field:
    rules = catalogue.modules()
    kind = catalogue.field_type(field.data_type)
    create, update = writable(field)
    picklist = (in_layout.pick_list_values if in_layout else None) or field.pick_list_values
    mandatory = bool(field.system_mandatory) or field.api_name in rules.system_mandatory.get(module, ())
    mass = field.mass_update
    if mass is None:
        mass = kind.mass_update and update and field.api_name not in rules.not_mass_updatable
    return Field(
        api_name=field.api_name,
        label=field.field_label or field.display_label or field.api_name,
        data_type=field.data_type,
        id=field.id,
        length=field.length,
        decimal_place=field.decimal_place,
        system_mandatory=mandatory,
        required=bool(in_layout.required) if in_layout else bool(field.mandatory),
        can_create=create,
        can_update=update,
        visible=field.visible is not False,
        custom=bool(field.custom_field),
        unique=bool(field.unique),
        unique_case_sensitive=_case_sensitive(field),
        mass_update=mass,
        picklist=tuple(
            PickListValue(v.display_value or v.actual_value, v.actual_value or v.display_value, v.type != "unused")
            for v in picklist
        ),
        lookup=_lookup(field),
        external=bool(field.external),
    )


def writable(field: FieldIn) -> tuple[bool, bool]:
    """(may be created with, may be updated) by an import.

    `operation_type` is trusted first: Owner is `field_read_only` and yet writable. v2 and v2.1 do not tell it, so the
    other marks count there, less the fields known to be marked wrongly; some types and fields are never written by bulk
    write.
    """
    rules = catalogue.modules()
    if field.api_name == _ID:
        return False, True
    if not catalogue.field_type(field.data_type).writable or field.api_name in rules.never_writable:
        return False, False
    told = field.operation_type
    if isinstance(told.get("api_create"), bool) or isinstance(told.get("api_update"), bool):
        return told.get("api_create") is True, told.get("api_update") is True
    if field.api_name in rules.writable_despite_read_only:
        return True, True
    free = not (field.read_only or field.field_read_only or field.virtual_field)
    return free, free


def _case_sensitive(field: FieldIn) -> bool:
    return field.unique.get("case_sensitive", field.unique.get("casesensitive")) in (True, "true")


def _lookup(field: FieldIn) -> LookupTarget | None:
    told = field.lookup.get("module")
    name = told.get("api_name") if isinstance(told, dict) else told
    if not isinstance(name, str) or not name:
        return None
    return LookupTarget(name, catalogue.display_field(name))


def org_in(answer: Answer) -> Org | None:
    """The organisation of `/org`, or None when the answer holds none."""
    found = read_all(OrgIn, answer.items("org"))
    if not found:
        return None
    org = found[0]
    return Org(
        id=org.id,
        zgid=org.zgid,
        company_name=org.company_name,
        domain_name=org.domain_name,
        environment=org.type,
        time_zone=org.time_zone,
        currency=org.iso_code or org.currency,
        edition=str(org.license_details.get("paid_type") or ""),
    )


def credit_limit(answer: Answer) -> int | None:
    """API credits in 24 hours by edition and number of users, None when the answer does not tell them."""
    found = read_all(OrgIn, answer.items("org"))
    told = found[0].license_details if found else {}
    edition = catalogue.limits().editions.get(str(told.get("paid_type", "")).lower())
    users = told.get("users_license_purchased")
    if edition is None or not isinstance(users, int) or isinstance(users, bool):
        return None
    allowed = edition.base + edition.per_user * users
    return min(allowed, edition.most) if edition.most else allowed


def users_in(answer: Answer) -> tuple[User, ...]:
    """The users of one page of `/users`."""
    return tuple(
        User(
            id=u.id,
            full_name=u.full_name or f"{u.first_name} {u.last_name}".strip(),
            email=u.email,
            active=u.status.lower() != "inactive",
            profile=str(u.profile.get("name") or ""),
            role=str(u.role.get("name") or ""),
        )
        for u in read_all(UserIn, answer.items("users"))
        if u.id
    )


def views_in(answer: Answer) -> tuple[CustomView, ...]:
    """The custom views of `settings/custom_views`."""
    return tuple(
        CustomView(v.id, v.display_value or v.name, bool(v.system_defined), v.category)
        for v in read_all(ViewIn, answer.items("custom_views"))
        if v.id
    )


def plain_fields(fields: Iterable[FieldIn], module: str) -> tuple[Field, ...]:
    """Fields without any layout's say, in Zoho's order, the record id first."""
    return (catalogue.record_id_field(), *(_field(f, None, module) for f in fields if f.api_name != _ID))
