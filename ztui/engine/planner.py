"""Makes plans, and packs them: what is sent, in which columns, in which parts. A façade over the `planner_*` modules.

A plan is complete and frozen: the same plan always gives the same bytes.
"""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
import pickle
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from ztui.catalogue.knowledge import limits
from ztui.engine.check_worker import child_command, child_environment, frame, read_frame
from ztui.engine.misread import refuse_misread
from ztui.engine.planner_columns import sent_columns
from ztui.engine.planner_families import known_repeats
from ztui.engine.planner_pack import pack_parts
from ztui.engine.planner_source import verify_source
from ztui.engine.planner_worker import part_of
from ztui.engine.preflight_report import CheckReport
from ztui.errors import PlanError, StoreError
from ztui.model.crm import ModuleSchema
from ztui.model.finding import Finding
from ztui.model.mapping import Mapping
from ztui.model.part import Part
from ztui.model.plan import CellEdit, ImportPlan, SourceId
from ztui.model.profile import Profile
from ztui.model.table import CsvInfo

__all__ = ["make_plan", "pack", "plan_digest", "sent_columns"]

MODULE = "ztui.engine.planner_worker"
_SMALL = 1 << 20


class PlannedFile(Protocol):
    """The part of `engine.files.OpenFile` that a plan needs."""

    @property
    def info(self) -> CsvInfo:
        """How the file is read."""
        ...

    @property
    def doubts(self) -> Sequence[Finding]:
        """Why it is hardly read as it was meant; known once `index` is through."""
        ...

    async def index(self) -> int:
        """Read it through: the exact number of records, and what is broken."""
        ...

    async def digest(self) -> SourceId:
        """Which file this is."""
        ...


async def make_plan(
    file: PlannedFile,
    mapping: Mapping,
    schema: ModuleSchema,
    profile: Profile,
    *,
    report: CheckReport | None = None,
    exclude_refused: bool = True,
    canary: int = 0,
    before_image: bool = False,
    records: Sequence[int] | None = None,
    edits: Sequence[CellEdit] = (),
    parent_run: str | None = None,
    as_read: bool = False,
) -> ImportPlan:
    """The plan to send a file by a mapping.

    With a `report`, its refused records are left out, without `exclude_refused` only what is the header once more.
    `records` limits the plan to these records, `edits` replace values, `canary` rows go first as a job of their own.
    Raises PlanError: PLAN_BLOCKED when the report says that the whole job would be refused, NOTHING_TO_SEND when no row
    is left; SourceError, with FILE_MISREAD for a file that is hardly read as it was meant, unless a person insists that
    it is right `as_read`.
    """
    total = await file.index()
    if not as_read:
        refuse_misread(file.doubts)
    if report is not None and report.blocking:
        first = next(g for g in report.groups if g.scope != "row" and g.severity.value == "error")
        details = {"finding": first.code, "rule": first.rule, "field": first.api_name or "", "path": file.info.path}
        raise PlanError("PLAN_BLOCKED", details=details)
    wanted = None if records is None else tuple(sorted(set(records)))
    exclude: tuple[int, ...] = ()
    if report is not None:
        exclude = tuple(report.refused_records() if exclude_refused else report.headers_again())
        if wanted is not None:
            among = frozenset(wanted)
            exclude = tuple(r for r in exclude if r in among)
    if (total if wanted is None else len(wanted)) - len(exclude) <= 0:
        raise PlanError("NOTHING_TO_SEND", details={"path": file.info.path})
    # A record that is edited or refused but sent may have a key that the check did not compare.
    compared = report is not None and wanted is None and not edits and (exclude_refused or not report.rows_refused)
    return ImportPlan(
        source=await file.digest(),
        info=file.info,
        mapping=mapping,
        schema=schema,
        profile=profile.name,
        environment=profile.environment,
        api_version=profile.api_version,
        zgid=profile.zgid,
        total_rows=total,
        records=wanted,
        exclude=exclude,
        edits=tuple(edits),
        rows_per_part=limits().rows_per_file,
        bytes_per_part=limits().zip_bytes,
        canary=canary,
        before_image=before_image,
        parent_run=parent_run,
        repeats=known_repeats(report, mapping, schema, frozenset(exclude)) if compared and report is not None else None,
    )


def plan_digest(plan: ImportPlan) -> str:
    """A hex sha256 that equal plans share: of the plan as canonical JSON.

    Where the file's bytes lie at the moment (`info.data_path` may be a temporary copy) is no part of what is planned.
    """
    facts = _plain(plan)
    del facts["info"]["data_path"]
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, (tuple, list)):
        return [_plain(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, Path) else value


def pack(plan: ImportPlan, folder: Path) -> Iterator[Part]:
    """Write the plan's parts into the folder and yield each when it is complete. Blocking: call it in a thread.

    Big files are packed by a niced child process. Raises SourceChanged when the file is not the planned one any more,
    PlanError ROW_TOO_LARGE, SourceError, StoreError and OSError. Closing the generator ends the child.
    """
    if plan.info.data_path.exists() and plan.info.data_path.stat().st_size > _SMALL:
        yield from _in_child(plan, folder)
        return
    unchanged = verify_source(plan)
    parts: list[Part] = []
    pack_parts(plan, folder, lambda done: parts.append(part_of(done)))
    unchanged()
    yield from parts


def _in_child(plan: ImportPlan, folder: Path) -> Iterator[Part]:
    child = subprocess.Popen(
        child_command(MODULE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
        start_new_session=True,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    answers = cast(BinaryIO, child.stdout)
    try:
        try:
            child.stdin.write(frame((plan, str(folder))))
            child.stdin.close()
            while True:
                kind, value = read_frame(answers)
                if kind == "part":
                    yield value
                elif kind == "error":
                    raise value
                else:
                    return
        except (EOFError, BrokenPipeError, pickle.UnpicklingError) as problem:
            raise StoreError("PACKING_INTERRUPTED", details={"reason": type(problem).__name__}) from problem
    finally:
        child.kill()
        child.stdout.close()
        if not child.stdin.closed:
            child.stdin.close()
        child.wait()
