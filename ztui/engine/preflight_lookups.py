"""Looks up what lookups and owners of a file point at, in batches, and reports what is not there.

The distinct values of a column are few compared with its rows; each is asked for once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Protocol

from ztui.catalogue.knowledge import field_type
from ztui.engine.background import OnProgress, in_thread
from ztui.engine.checkers import checker
from ztui.engine.file_rows import reading
from ztui.engine.preflight_memory import CheckMemory
from ztui.engine.preflight_repeats import read_records
from ztui.engine.preflight_report import CheckReport, Chunk, Stage, groups_of, refused_of
from ztui.engine.preflight_rows import FieldRule, RowRules
from ztui.engine.preflight_run import CheckedFile
from ztui.engine.preflight_segment import Hits
from ztui.engine.rules import finding
from ztui.engine.transform_values import BLANKS, Refusal
from ztui.model.crm import Field, ModuleSchema
from ztui.model.mapping import Mapping
from ztui.model.plan import CellEdit

_EVERY = 64
"""Records between two reports of progress."""


class Directory(Protocol):
    """Answers which values exist at the other end. Implementations ask in batches and may raise ZohoError."""

    async def missing_records(self, module: str, find_by: str, values: Collection[str]) -> Collection[str]:
        """Those of the values that no record of `module` has in the field `find_by` ("id" included)."""
        ...

    async def missing_users(self, find_by: str, values: Collection[str]) -> Collection[str]:
        """Those of the values that no active user has as `find_by` ("id", "email" or "full_name")."""
        ...


async def resolve_references(
    report: CheckReport,
    file: CheckedFile,
    online: Directory,
    *,
    records: Sequence[int] | None = None,
    edits: Sequence[CellEdit] = (),
    memory: CheckMemory | None = None,
    on_report: Callable[[CheckReport], None] | None = None,
) -> CheckReport:
    """The report with the lookups and owners that do not resolve; blank and malformed values are left alone.

    Fields whose answers `memory` has are not asked for again. `on_report` hears how far the rows are read once more.
    Raises SourceError, and what `online` raises.
    """
    rules = report.rules
    if rules is None:
        return report
    slots = [s for s, rule in enumerate(rules.fields) if field_type(rule.field.data_type).check in ("lookup", "user")]
    if not slots:
        return report
    memory = memory if memory is not None else CheckMemory()
    found = {slot: memory.references(rules.fields[slot]) for slot in slots}
    unknown = [slot for slot, hits in found.items() if hits is None]
    if unknown:
        values = await _values(report, rules, file, unknown, records, edits, on_report)
        for slot in unknown:
            missing = found[slot] = await _unresolved(rules.fields[slot], values[slot], online)
            memory.keep_references(rules.fields[slot], missing)
    chunks = {(g.slot, g.rule): list(g.chunks) for g in report.groups if g.chunks}
    for slot, hits in found.items():
        if hits:
            user = field_type(rules.fields[slot].field.data_type).check == "user"
            chunks[slot, "NO_SUCH_USER" if user else "NO_SUCH_RECORD"] = [Chunk(0, 0, hits)]
    alone = [g.first for g in report.groups if not g.chunks]
    refused = refused_of(chunks)
    return replace(
        report,
        groups=groups_of(rules, file, chunks, alone),
        refused=refused,
        rows_refused=len(refused),
    )


async def _values(
    report: CheckReport,
    rules: RowRules,
    file: CheckedFile,
    slots: Sequence[int],
    records: Sequence[int] | None,
    edits: Sequence[CellEdit],
    on_report: Callable[[CheckReport], None] | None,
) -> dict[int, dict[str, Hits]]:
    """Where in the file each distinct value of these fields stands, by slot. Reads in a thread, past the open file."""
    wanted: Sequence[int] = range(report.rows_total) if records is None else sorted(set(records))
    edited = {(e.record, e.api_name): e.value for e in edits}
    begin = ((file.info.data_start, 0, file.info.dialect.first_line),)

    def work(progress: OnProgress) -> dict[int, dict[str, Hits]]:
        values: dict[int, dict[str, Hits]] = {slot: {} for slot in slots}
        with reading(file.info.path):
            for done, (record, line, cells) in enumerate(read_records(file.info, begin, wanted)):
                for slot in slots:
                    _collect(rules, slot, record, line, cells, edited, values[slot])
                if not done % _EVERY:
                    progress(done, done / len(wanted))
        return values

    def told(done: int, _fraction: float) -> None:
        if on_report is not None:
            on_report(replace(report, complete=False, stage=Stage.REFERENCES, rows_checked=done))

    told(0, 0.0)
    return await in_thread(work, told)


async def _unresolved(rule: FieldRule, asked: dict[str, Hits], online: Directory) -> Hits:
    """The records whose value is not there at the other end."""
    missing = await _missing(rule.field, rule.mapped.find_by, sorted(asked), online) if asked else ()
    hits = Hits()
    found = [(record, line, value) for value in missing for record, line, value in _each(asked[value])]
    for record, line, value in sorted(found):
        hits.add(record, line, value)
    return hits


async def resolve_constants(
    report: CheckReport, mapping: Mapping, schema: ModuleSchema, online: Directory, memory: CheckMemory | None = None
) -> CheckReport:
    """The report with the fixed values and defaults of lookups and owners that do not resolve; malformed ones are told
    already. Raises what `online` raises."""
    known = memory.constants if memory is not None else {}
    found = []
    for mapped in mapping.fields:
        field, value = schema.field(mapped.api_name), (mapped.default or "").strip(BLANKS)
        kind = field_type(field.data_type).check if field is not None else ""
        if (
            field is None
            or not value
            or kind not in ("lookup", "user")
            or checker(field, find_by=mapped.find_by)(value)
        ):
            continue
        asked = (field, mapped.find_by, value)
        if asked not in known:
            known[asked] = bool(await _missing(field, mapped.find_by, [value], online))
        if known[asked]:
            reason = "no active user has it" if kind == "user" else "no record has it"
            facts = (("field", field.label), ("reason", reason))
            found.append(finding("CONSTANT_WRONG", scope="mapping", api_name=field.api_name, value=value, params=facts))
    if not found or report.rules is None:
        return report
    return replace(report, groups=(*groups_of(report.rules, None, {}, found), *report.groups))


async def _missing(field: Field, find_by: str | None, values: Sequence[str], online: Directory) -> Collection[str]:
    """Those of the values that are not there at the other end."""
    if field_type(field.data_type).check == "user":
        return await _missing_users(online, find_by, values)
    if field.lookup is None:
        return ()
    return await online.missing_records(field.lookup.module, find_by or "id", values)


async def _missing_users(online: Directory, find_by: str | None, values: Sequence[str]) -> Collection[str]:
    if find_by:
        return await online.missing_users(find_by, values)
    # Without a matching field an owner may be given by id or by e-mail address.
    mails, ids = [v for v in values if "@" in v], [v for v in values if "@" not in v]
    missing: list[str] = []
    for by, some in (("email", mails), ("id", ids)):
        if some:
            missing.extend(await online.missing_users(by, some))
    return missing


def _collect(
    rules: RowRules,
    slot: int,
    record: int,
    line: int,
    cells: Sequence[str],
    edited: dict[tuple[int, str], str],
    values: dict[str, Hits],
) -> None:
    rule = rules.fields[slot]
    raw = rules.source(slot, cells)
    value = edited.get((record, rule.api_name))
    if value is None:
        value = rules.value(slot, cells)
    text = value.strip(BLANKS)
    if text and not isinstance(value, Refusal) and not rule.check(value):
        values.setdefault(text, Hits()).add(record, line, raw)


def _each(hits: Hits) -> list[tuple[int, int, str]]:
    return [(record, hits.lines[at], hits.value(at)) for at, record in enumerate(hits.records)]
