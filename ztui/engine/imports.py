"""The way from a file to a mapping without a screen: which mapping is used, where it came from, and what is doubtful.

A mapping that nobody looked at must be sure: whatever only a person can decide is a doubt, and doubts stop the import.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from ztui.engine.files import OpenFile
from ztui.engine.suggest import mapping_from, suggest
from ztui.engine.workspace import Workspace
from ztui.errors import UsageError
from ztui.model.crm import ModuleSchema, Operation
from ztui.model.mapping import Mapping, Suggestion

if TYPE_CHECKING:
    from ztui.engine.mappings import Drift

SURE = 0.85
"""Below this confidence a proposed column is not written without a person's word."""
SAMPLE = 200


class Origin(StrEnum):
    """Where a mapping came from."""

    FILE = "file"
    REMEMBERED = "remembered"
    PROPOSAL = "proposal"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for; None and "" leave it to the mapping file, the remembered mapping or the proposal.

    `adapt` follows mapped columns that moved or were renamed since the mapping file was made.
    """

    module: str = ""
    operation: Operation | None = None
    find_by: str | None = None
    mapping_file: Path | None = None
    ignore_empty: bool | None = None
    adapt: bool = False


@dataclass(frozen=True, slots=True)
class Mapped:
    """A mapping for a file with its schema. `suggestions` are the reasons, () unless it is a proposal; `doubts` are
    sentences, () when the mapping may be used unseen; `drift` is how the file differs from the mapping file's."""

    schema: ModuleSchema
    mapping: Mapping
    origin: Origin
    suggestions: tuple[Suggestion, ...] = ()
    doubts: tuple[str, ...] = ()
    drift: tuple[Drift, ...] = ()


async def map_file(workspace: Workspace, file: OpenFile, wanted: Wanted) -> Mapped:
    """The mapping for an open file: the mapping file's, else the one remembered for these headers, else a proposal.

    Raises ConfigError for a mapping file that cannot be used, UsageError MODULE_MISSING when no module is named
    anywhere and MAPPING_DRIFTED when mapped columns are not where the mapping file says, and ZohoError when the org
    cannot be asked for its fields.
    """
    if wanted.mapping_file is not None:
        given = await asyncio.to_thread(workspace.mappings.load, wanted.mapping_file)
        schema = await workspace.schema(wanted.module or given.module)
        drift = workspace.mappings.drift(given, file.info.headers)
        lost = [d for d in drift if d.fields and (d.kind == "missing" or not wanted.adapt)]
        if lost:
            facts = {"columns": ", ".join(map(_drifted, lost)), "path": str(wanted.mapping_file)}
            raise UsageError("MAPPING_DRIFTED", details=facts)
        mapping = workspace.mappings.adapt(given, file.info.headers, renamed=wanted.adapt)
        return Mapped(schema, _as_wanted(mapping, wanted), Origin.FILE, drift=drift)
    remembered = await asyncio.to_thread(_remembered, workspace, file, wanted.module)
    module = wanted.module or (remembered[0].module if len(remembered) == 1 else "")
    if not module:
        known = ", ".join(m.api_name for m in await workspace.modules() if workspace.metadata.importable(m))
        raise UsageError("MODULE_MISSING", details={"known": known, "reason": _no_module(remembered)})
    schema = await workspace.schema(module)
    if remembered:
        return Mapped(schema, _as_wanted(remembered[0], wanted), Origin.REMEMBERED)
    operation = wanted.operation or Operation.INSERT
    samples = [row.cells for row in await asyncio.to_thread(file.sample, SAMPLE)]
    suggestions = await asyncio.to_thread(suggest, file.info.headers, samples, schema, operation)
    mapping = _as_wanted(mapping_from(suggestions, file.info.headers, schema, operation), wanted)
    return Mapped(schema, mapping, Origin.PROPOSAL, suggestions, _doubts(mapping, schema, suggestions))


def _drifted(drift: Drift) -> str:
    return f"{drift.header} ({drift.kind}{f' to {drift.new_header}?' if drift.new_header else ''})"


def _remembered(workspace: Workspace, file: OpenFile, module: str) -> tuple[Mapping, ...]:
    """What is remembered for these headers: of one module at most one mapping, of every module for ""."""
    if not module:
        return workspace.mappings.recall_any(file.info.headers)
    found = workspace.mappings.recall(file.info.headers, module)
    return (found,) if found is not None else ()


def _no_module(remembered: tuple[Mapping, ...]) -> str:
    """Why the module cannot be told from what is remembered."""
    if not remembered:
        return "Neither --module nor a mapping file names one, and no file with these columns was imported before"
    names = " and ".join(m.module for m in remembered)
    return f"Files with these columns were imported into {names} before"


def _as_wanted(mapping: Mapping, wanted: Wanted) -> Mapping:
    """The mapping with what was asked for on the command line put over it."""
    if wanted.module:
        mapping = replace(mapping, module=wanted.module)
    if wanted.operation is not None:
        mapping = replace(mapping, operation=wanted.operation)
    if wanted.find_by is not None:
        mapping = replace(mapping, find_by=wanted.find_by)
    if wanted.ignore_empty is not None:
        mapping = replace(mapping, ignore_empty=wanted.ignore_empty)
    return mapping


def _doubts(mapping: Mapping, schema: ModuleSchema, suggestions: tuple[Suggestion, ...]) -> tuple[str, ...]:
    doubts = []
    for made in suggestions:
        if made.question:
            doubts.append(f"{made.header}: {made.question}")
        elif made.api_name is not None and made.confidence < SURE:
            doubts.append(f"{made.header} → {made.api_name} is only {made.confidence:.0%} sure: {made.reason}")
    if mapping.operation is not Operation.UPDATE:
        missing = [f.label for f in schema.fields if f.mandatory and mapping.for_field(f.api_name) is None]
        if missing:
            doubts.append(f"nothing feeds {', '.join(missing)}, which {schema.module.api_name} must have")
    if mapping.operation is not Operation.INSERT and not mapping.find_by:
        doubts.append("no column is the key by which records are found (--find-by)")
    return tuple(doubts)
