"""One line on what each option of an import will do, with the file and module at hand. Pure."""

from __future__ import annotations

from urllib.parse import urlsplit

from ztui.model.crm import ModuleSchema, Operation
from ztui.model.mapping import Mapping


def operation_effect(mapping: Mapping, schema: ModuleSchema) -> str:
    """What insert, update or upsert will do."""
    what = schema.module.plural_label or schema.module.api_name
    if mapping.operation is Operation.INSERT:
        return (
            f"Every row becomes a new record in {what}. Rows that exist already are added again, unless a unique "
            "field stops them."
        )
    key = schema.field(mapping.find_by) if mapping.find_by else None
    name = key.label if key else "key field"
    if mapping.operation is Operation.UPDATE:
        return f"Rows change the record in {what} with the same {name}; rows without one are refused. Nothing is added."
    return f"Rows change the record in {what} with the same {name}; the others are added as new records."


def key_effect(mapping: Mapping, schema: ModuleSchema) -> str:
    """What the key field is for, and whether it is fed."""
    if mapping.find_by is None:
        return "Records are found by this field. Choose one that a column feeds."
    key = schema.field(mapping.find_by)
    name = key.label if key else mapping.find_by
    if mapping.for_field(mapping.find_by) is None:
        return f"Records are found by {name}, but no column feeds it yet: map one."
    return f"Records are found by {name}. A blank or repeated key makes a row be refused."


def blanks_effect(mapping: Mapping) -> str:
    """What a blank cell does (ignore_empty)."""
    if mapping.operation is Operation.INSERT:
        return "Blank cells leave the field empty on a new record either way."
    if mapping.ignore_empty:
        return "Where a cell is blank, the record keeps what it has."
    return "Where a cell is blank, what the record has is erased."


def layout_effect(mapping: Mapping, schema: ModuleSchema) -> str:
    """Which layout the records get."""
    chosen = next((x for x in schema.layouts if x.id == mapping.layout_id), None)
    if chosen is None:
        return "The module's default layout decides which fields are required and which picklist values exist."
    return f"Every record is put on the layout {chosen.name}; its own required fields and picklist values count."


def callback_effect(mapping: Mapping) -> str:
    """What the call-back address is for."""
    if mapping.callback_url:
        return "Zoho posts to this address when a job has ended. ztui does not need it: it asks for the state itself."
    return (
        "None needed: ztui asks for the state of a job itself. For other systems, Zoho can post to an address of yours."
    )


def address_trouble(text: str) -> str | None:
    """Why this cannot be a call-back address, or None; empty means none."""
    if not text.strip():
        return None
    parts = urlsplit(text.strip())
    if parts.scheme != "https" or not parts.netloc:
        return "An https:// address, please."
    return None
