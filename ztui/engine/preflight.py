"""The check before sending: every rule that can be known beforehand, on every row and every mapped column.

A façade over the `preflight_*` modules: `check_mapping` answers at once, `check` reads the whole file in child
processes, `check_value` judges one value while it is typed. Codes are the catalogue's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace

from ztui.engine.checkers import more_facts
from ztui.engine.file_rows import reading
from ztui.engine.preflight_head import SHARE, is_misfit
from ztui.engine.preflight_lookups import Directory, resolve_constants, resolve_references
from ztui.engine.preflight_mapping import callback_problem, check_mapping
from ztui.engine.preflight_memory import CheckMemory
from ztui.engine.preflight_report import CheckReport, FindingGroup, Stage
from ztui.engine.preflight_rows import check_text
from ztui.engine.preflight_run import CheckedFile, CheckRun
from ztui.engine.preflight_segment import Job
from ztui.engine.rules import explain, finding
from ztui.engine.transform import check_steps, compile_mapping
from ztui.model.crm import Field, ModuleSchema
from ztui.model.finding import Finding, Severity
from ztui.model.mapping import FieldMapping, Mapping
from ztui.model.plan import CellEdit
from ztui.model.table import SourceRow

__all__ = [
    "SHARE",
    "CheckMemory",
    "CheckReport",
    "Directory",
    "FindingGroup",
    "Stage",
    "callback_problem",
    "check",
    "check_mapping",
    "check_value",
    "explain",
    "is_misfit",
    "try_out",
]


async def check(
    file: CheckedFile,
    mapping: Mapping,
    schema: ModuleSchema,
    *,
    edits: Sequence[CellEdit] = (),
    records: Sequence[int] | None = None,
    online: Directory | None = None,
    on_report: Callable[[CheckReport], None] | None = None,
    version: str = "v2.1",
    collapse: bool = True,
    meant: Collection[FieldMapping] = (),
    exact: bool = False,
    memory: CheckMemory | None = None,
) -> CheckReport:
    """Check a file against a mapping and a module; returns the complete report.

    `on_report` hears the first 5,000 rows at once, then every advance, last the complete report. `edits` replace what
    the mapping would send; `records` limits the check to these records (0-based). With `online` lookups and owners are
    looked up. A column of which more than 20 % of the first rows fail gets one finding of scope "mapping" and, with
    `collapse`, none for its rows; unless it is among those that are `meant` as they are: there each row is judged for
    itself. `exact` checks cell by cell throughout (slow; for tests). Raises SourceError, StoreError and OSError;
    cancelling the task ends everything at once.

    With a `memory` that went along with earlier checks of the file, only those fields are judged whose part of the
    mapping has changed; the report is the same as without. A check that is cancelled or fails before the file is read
    leaves no trace in it. With `edits` or `records` the memory is not used.
    """
    if edits or records is not None:
        memory = None
    alone = check_mapping(mapping, schema, file.info.headers, version=version)
    sound = replace(mapping, fields=tuple(f for f in mapping.fields if not check_steps(f.steps)))
    job = Job(file.info, sound, schema, exact=exact)
    run = CheckRun(
        file,
        job,
        alone,
        edits=edits,
        records=records,
        on_report=on_report,
        collapse=collapse,
        meant=meant,
        memory=memory,
    )
    with reading(file.info.path):
        report = await run.run()
    if online is not None:
        report = await resolve_references(
            report, file, online, records=records, edits=edits, memory=memory, on_report=on_report
        )
        report = await resolve_constants(report, sound, schema, online, memory)
        if on_report is not None:
            on_report(report)
    return report


def try_out(field: Field, mapped: FieldMapping, rows: Iterable[SourceRow]) -> tuple[int, int, Finding | None]:
    """How a field fares with some rows: how many have a value for it, how many of those Zoho would refuse, the first.

    Where more than `SHARE` of them are refused, the columns are likely to be meant for another field.
    """
    convert = compile_mapping(mapped)
    filled = refused = 0
    first: Finding | None = None
    for row in rows:
        values = [row.cells[c] if c < len(row.cells) else "" for c in mapped.columns]
        if not any(value.strip() for value in values):
            continue
        filled += 1
        found = check_value(field, str(convert(values)))
        if found is not None and found.severity is Severity.ERROR:
            refused += 1
            first = first or found
    return filled, refused, first


def check_value(field: Field, text: str) -> Finding | None:
    """The worst thing wrong with a value put into a field as it is, or None; errors come before warnings."""
    found = check_text(field, text)
    if found is None:
        return None
    params = (("field", field.label), *found.params, *more_facts(field, found, text))
    return finding(found.rule, api_name=field.api_name, value=text, params=params)
