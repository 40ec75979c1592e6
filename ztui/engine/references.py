"""What the values of a lookup or owner column can be matched by: ids, e-mail addresses, names, unique fields."""

from __future__ import annotations

from ztui.catalogue.knowledge import field_type
from ztui.model.crm import Field, ModuleSchema

#: What the check can look users up by; `email` is the one that Zoho's own sample has (Zoho docs v7, bulk write).
_OF_USERS = (("id", "user id"), ("email", "e-mail"), ("full_name", "full name"))


def reference_keys(field: Field, target: ModuleSchema | None = None) -> tuple[tuple[str, str], ...]:
    """(find_by, label) pairs that the field's values can be matched by; () for fields that point nowhere.

    `target` is the module a lookup points to, when its fields are known: its unique fields and e-mail come in then.
    """
    kind = field_type(field.data_type).check
    if kind == "user":
        return _OF_USERS
    if kind != "lookup":
        return ()
    keys = {"id": "record id"}
    if field.lookup is not None and field.lookup.display_field:
        keys[field.lookup.display_field] = "name"
    for other in target.fields if target is not None else ():
        if other.api_name in keys:
            keys[other.api_name] = other.label if other.api_name != "id" else "record id"
        elif other.visible and (other.unique or other.external or field_type(other.data_type).check == "email"):
            keys[other.api_name] = other.label
    return tuple(keys.items())
