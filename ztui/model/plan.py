"""A complete, frozen description of one run: given it, nothing needs to be asked of a screen."""

from __future__ import annotations

from dataclasses import dataclass

from ztui.model.crm import ModuleSchema
from ztui.model.mapping import Mapping
from ztui.model.table import CsvInfo


@dataclass(frozen=True, slots=True)
class SourceId:
    """The file as it was when the plan was made; `sha256` is the hex digest of the bytes records are read from."""

    path: str
    size: int
    modified_ns: int
    sha256: str


@dataclass(frozen=True, slots=True)
class CellEdit:
    """A value put in place of what the mapping would send for one record and one field (a repair)."""

    record: int
    api_name: str
    value: str


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything a run needs. `records` are the 0-based data records to send (None: all), less `exclude`.

    `canary` > 0 sends that many rows first as a job of their own and waits for a word before the rest. `before_image`
    reads the records first so that an update can be undone. `parent_run` links a repair to the run it mends.
    `bytes_per_part` bounds both the CSV and the zip, in bytes. `repeats` are the records whose key an earlier sent
    one has, as (line, line of the first with it); None: the check cannot tell, and packing has to look for them.
    """

    source: SourceId
    info: CsvInfo
    mapping: Mapping
    schema: ModuleSchema
    profile: str
    environment: str
    api_version: str
    zgid: str
    total_rows: int
    records: tuple[int, ...] | None = None
    exclude: tuple[int, ...] = ()
    edits: tuple[CellEdit, ...] = ()
    rows_per_part: int = 25_000
    bytes_per_part: int = 25_000_000
    canary: int = 0
    before_image: bool = False
    parent_run: str | None = None
    repeats: tuple[tuple[int, int], ...] | None = None
