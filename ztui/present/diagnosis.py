"""A diagnosis as JSON, and in words what ztui could do about it and which cell it names. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ztui.present.text import visible

if TYPE_CHECKING:
    from ztui.engine.diagnose import Diagnosis, NamedField, Repair

_REPAIRS = {
    "remap": "map it to {target} instead",
    "drop_field": "leave {api_name} out",
    "drop_callback": "leave the callback out",
    "send_again": "send it again",
    "upload_again": "upload and send it again",
    "reconcile": "look the rows up in the CRM",
    "map_field": "map a column to it",
    "set_default": "give it a value for blank cells",
    "split_name": "split the full name",
    "fill": "fill the cell",
    "fix_cell": "correct the cell",
    "nearest_picklist": "take the nearest value of the list",
    "reread_date": "read the date in another format",
    "truncate": "cut it to the longest length",
    "trim": "take blanks away",
    "clean_email": "clean the address up",
    "clear": "leave the cell empty",
    "upsert": "update the existing records instead",
    "lookup_key": "find the linked records by {target}",
    "drop_rows": "leave the rows out",
    "change_key": "choose the key",
    "change_module": "choose another module",
    "refresh_metadata": "read the fields from the org again",
    "split_file": "send smaller parts",
    "wait": "wait and send again",
    "resend": "send the rows again",
    "ask_admin": "ask the CRM's administrator",
    "check_profile": "look at the profile",
}


def repair_text(repair: Repair) -> str:
    """What a repair would do, in a few words."""
    words = _REPAIRS.get(repair.kind, repair.kind.replace("_", " "))
    return visible(words.format(target=repair.target or "another field", api_name=repair.api_name or "the field"))


def cell_text(field: NamedField) -> str:
    """The cell an error names: column header, field and the value that was sent."""
    name = field.label if not field.header or field.header == field.label else f"{field.header} → {field.label}"
    if field.value is None:
        return visible(name)
    return f"{visible(name)} = {visible(field.value) or '(blank)'}"


def diagnosis_data(diagnosis: Diagnosis) -> dict[str, object]:
    """The diagnosis for JSON output."""
    return {
        "level": diagnosis.level,
        "code": diagnosis.code,
        "title": diagnosis.title,
        "cause": diagnosis.cause,
        "remedy": diagnosis.remedy,
        "message": diagnosis.message or None,
        "fields": [
            {"api_name": f.api_name, "label": f.label, "column": f.header or None, "value": f.value}
            for f in diagnosis.fields
        ],
        "repairs": [
            {"kind": r.kind, "field": r.api_name or None, "target": r.target or None} for r in diagnosis.repairs
        ],
    }
