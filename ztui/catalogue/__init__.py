"""The one place of Zoho knowledge, as data: codes, limits, data centres, field types, scopes.

Ask with `lookup`, `resolve`, `find`, `of_kind` for errors and `limits`, `data_centers`, `field_type`, … for facts.
"""

from ztui.catalogue.entry import KINDS, LEVELS, RETRIES, Case, Entry, Explanation, fill
from ztui.catalogue.facts import (
    DataCenter,
    DateFormats,
    Edition,
    FieldType,
    Limits,
    ModuleRules,
    Scope,
    Scopes,
    Versions,
)
from ztui.catalogue.knowledge import (
    data_center_of,
    data_centers,
    date_formats,
    domains,
    environments,
    field_type,
    field_types,
    is_zoho_host,
    limits,
    modules,
    scopes,
    versions,
)
from ztui.catalogue.loader import all_entries, code_of, entries, find, lookup, of_kind, resolve, similar
from ztui.catalogue.standard import display_field, record_id_field, standard_fields, standard_modules, standard_schema

__all__ = [
    "KINDS",
    "LEVELS",
    "RETRIES",
    "Case",
    "DataCenter",
    "DateFormats",
    "Edition",
    "Entry",
    "Explanation",
    "FieldType",
    "Limits",
    "ModuleRules",
    "Scope",
    "Scopes",
    "Versions",
    "all_entries",
    "code_of",
    "data_center_of",
    "data_centers",
    "date_formats",
    "display_field",
    "domains",
    "entries",
    "environments",
    "field_type",
    "field_types",
    "fill",
    "find",
    "is_zoho_host",
    "limits",
    "lookup",
    "modules",
    "of_kind",
    "record_id_field",
    "resolve",
    "scopes",
    "similar",
    "standard_fields",
    "standard_modules",
    "standard_schema",
    "versions",
]
