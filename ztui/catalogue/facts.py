"""The shapes of Zoho's facts other than errors: limits, data centres, field types, scopes, modules, date formats.

The values are in the TOML files beside this module; `ztui.catalogue.loader` reads them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that Zoho sets, and the few that ztui sets for itself. Times in seconds, sizes in bytes."""

    # one file of a bulk write job
    rows_per_file: int
    zip_bytes: int
    zip_bytes_refused: int
    columns: int
    resources_per_job: int
    file_names_per_job: int
    csv_files_per_zip: int
    result_days: int
    result_columns: int
    # records API
    records_per_call: int
    deletes_per_call: int
    ids_per_get: int
    users_per_page: int
    search_per_page: int
    coql_rows: int
    # mass update
    mass_update_ids: int
    mass_update_view: int
    mass_update_fields: int
    mass_update_fields_by_module: Mapping[str, int]
    mass_update_automation: int
    # credits
    credits_create_job: int
    credits_call: int
    credits_per_records: int
    credits_view_read: int
    credits_header_from: float
    # tokens
    token_seconds: int
    token_refresh_before: int
    token_window: int
    tokens_per_window: int
    grant_code_seconds: int
    # retrying and polling
    retry_tries: int
    retry_first: float
    retry_longest: float
    retry_jitter: float
    poll_intervals: tuple[float, ...]
    poll_failures: int
    # connections
    connect_seconds: float
    read_seconds: float
    write_seconds: float
    answer_seconds: float
    upload_seconds: float
    download_seconds: float
    answer_bytes: int
    download_bytes: int
    unpacked_bytes: int
    unpack_ratio: int
    unpack_ratio_from: int
    archive_entries: int
    # editions: allowance a day and concurrent calls
    editions: Mapping[str, Edition]


@dataclass(frozen=True, slots=True)
class Edition:
    """API credits in 24 hours (`base` + `per_user` × users, at most `most`; 0: no cap) and concurrent calls."""

    name: str
    base: int
    per_user: int
    most: int
    concurrency: int


@dataclass(frozen=True, slots=True)
class DataCenter:
    """Hosts of one data centre (names only, without scheme). `sure` is false where no document names CRM's hosts."""

    key: str
    name: str
    accounts: str
    api: str
    upload: str
    upload_alternatives: tuple[str, ...]
    download: str
    console: str
    sure: bool = True


@dataclass(frozen=True, slots=True)
class FieldType:
    """What may be written into a field of one data type, and how.

    `check` names the kind of check its values need: text, email, phone, url, picklist, multi, boolean, integer,
    decimal, percent, date, datetime, lookup, user, layout or none. `length` is the default where metadata tells none,
    `digits` and `decimals` how many may stand before and after the point. `find_by`: the mapping may say which field of
    the looked-up module the value matches. `takes_format`: a date pattern is sent along. `writable`: bulk write may
    write it; when not, `why` says so in a sentence. `known` is false for a type the catalogue has no table for.
    """

    data_type: str
    label: str
    writable: bool
    check: str
    csv: str
    why: str = ""
    json_type: str = "string"
    length: int | None = None
    digits: int | None = None
    decimals: int | None = None
    find_by: bool = False
    takes_format: bool = False
    mass_update: bool = True
    known: bool = True


@dataclass(frozen=True, slots=True)
class Scope:
    """One need and the scopes that satisfy it: any of `any_of`."""

    need: str
    any_of: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scopes:
    """The scope line to ask for, and which scope each call needs."""

    recommended: tuple[str, ...]
    needs: Mapping[str, Scope]

    @property
    def line(self) -> str:
        """The recommended scopes as the API console takes them: comma-separated."""
        return ",".join(self.recommended)


@dataclass(frozen=True, slots=True)
class ModuleRules:
    """What bulk write makes of modules, by API name."""

    supported: frozenset[str]
    supported_v3: frozenset[str]
    unsupported: frozenset[str]
    generated_types: frozenset[str]
    generated_types_v3: frozenset[str]
    system_mandatory: Mapping[str, tuple[str, ...]]
    duplicate_check: Mapping[str, str]
    never_writable: frozenset[str]
    writable_despite_read_only: frozenset[str]
    not_mass_updatable: frozenset[str]

    def importable(self, api_name: str, generated_type: str, *, version: str) -> bool:
        """True when bulk write of this API version takes the module (metadata's own flags are checked elsewhere)."""
        if api_name in self.unsupported:
            return False
        late = version not in ("v2", "v2.1")
        if generated_type == "default":
            return api_name in self.supported or (late and api_name in self.supported_v3)
        return generated_type in self.generated_types or (late and generated_type in self.generated_types_v3)


@dataclass(frozen=True, slots=True)
class DateFormats:
    """Date patterns (Java letters). `sent_*` is what ztui rewrites to and declares."""

    sent_date: str
    sent_datetime: str
    iso_datetime: str
    default_date: str
    default_datetime: str
    dates: tuple[str, ...]
    datetimes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Versions:
    """API versions and how their requests differ."""

    all: tuple[str, ...]
    module_as_string: tuple[str, ...]
    with_file_names: tuple[str, ...]
    without_operation_type: tuple[str, ...]
    coql: tuple[str, ...]
