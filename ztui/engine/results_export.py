"""Writes what became of a run's rows: all of them with their outcome, or the refused ones as a file to load again."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from ztui.engine.diagnose import Diagnosis, diagnose_row
from ztui.engine.ports import Source
from ztui.engine.whole_file import refuse_source, whole_file
from ztui.model.outcome import REFUSED, RowOutcome
from ztui.model.plan import ImportPlan
from ztui.model.table import CsvInfo, Dialect
from ztui.store.ledger import Ledger

COLUMNS = (
    "ztui_line",
    "ztui_result",
    "ztui_record_id",
    "ztui_code",
    "ztui_fields",
    "ztui_explanation",
    "ztui_remedy",
)
_WINDOW = 2000


@dataclass(frozen=True, slots=True)
class ExportReport:
    """What was written where."""

    path: Path
    rows: int
    encoding: str


async def export_results(
    ledger: Ledger,
    run_id: str,
    plan: ImportPlan,
    source: Source,
    path: Path,
    *,
    only_refused: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> ExportReport:
    """Write the file (UTF-8 with outcome columns; or, for the refused, exactly the source's own form). Whole or not.

    `source` must be unchanged since the run. Raises UsageError when `path` is the source itself, StoreError when the
    disk refuses, SourceError.
    """
    await asyncio.to_thread(refuse_source, path, plan.info.path)
    await source.index()
    work = _write_refused if only_refused else _write_results
    return await asyncio.to_thread(work, ledger, run_id, plan, source, path, on_progress)


def _write_results(
    ledger: Ledger, run_id: str, plan: ImportPlan, source: Source, path: Path, told: Callable[[int], None] | None
) -> ExportReport:
    explained: dict[tuple[object, ...], tuple[Diagnosis, ...]] = {}
    with whole_file(path, "utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([*source.info.raw_headers, *COLUMNS])
        count = 0
        width = len(source.info.raw_headers)
        for outcome, cells in _with_rows(source, ledger.outcomes.each(run_id)):
            key = (outcome.errors, outcome.raw_errors)
            if key not in explained:
                explained[key] = diagnose_row(outcome, plan.mapping, plan.schema)
            said = explained[key]
            padded = [*map(_clean, cells[:width]), *[""] * (width - len(cells))]
            writer.writerow(
                [
                    *padded,
                    outcome.line,
                    outcome.result.value,
                    outcome.record_id,
                    " ".join(d.code for d in said),
                    ", ".join(dict.fromkeys(f.label for d in said for f in d.fields)),
                    " ".join(d.cause for d in said),
                    " ".join(dict.fromkeys(d.remedy for d in said)),
                ]
            )
            count += 1
            if told is not None and count % _WINDOW == 0:
                told(count)
    return ExportReport(path, count, "utf-8")


def _write_refused(
    ledger: Ledger, run_id: str, plan: ImportPlan, source: Source, path: Path, told: Callable[[int], None] | None
) -> ExportReport:
    info = source.info
    encoding = info.source_encoding or info.dialect.encoding
    with whole_file(path, encoding, bom=info.dialect.bom) as file:
        writer = _source_writer(file, info)
        if info.dialect.header_line:
            writer.writerow(info.raw_headers)
        count = 0
        for _outcome, cells in _with_rows(source, ledger.outcomes.each(run_id, results=REFUSED)):
            writer.writerow(cells)
            count += 1
            if told is not None and count % _WINDOW == 0:
                told(count)
    return ExportReport(path, count, encoding)


def _source_writer(file: TextIO, info: CsvInfo) -> Any:
    dialect: Dialect = info.dialect
    newline = dialect.newline if dialect.newline in ("\n", "\r\n", "\r") else "\n"
    if not dialect.quotechar:
        return csv.writer(
            file, delimiter=dialect.delimiter, quoting=csv.QUOTE_NONE, quotechar=None, lineterminator=newline
        )
    return csv.writer(
        file,
        delimiter=dialect.delimiter,
        quotechar=dialect.quotechar,
        escapechar="\\" if dialect.escape_backslash else None,
        doublequote=not dialect.escape_backslash,
        lineterminator=newline,
    )


def _clean(cell: str) -> str:
    """A cell as UTF-8 can hold it: bytes that the source's encoding did not know become a mark."""
    return cell.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _with_rows(source: Source, outcomes: Iterator[RowOutcome]) -> Iterator[tuple[RowOutcome, tuple[str, ...]]]:
    """Outcomes (in source order) with the cells of their rows."""
    window: dict[int, tuple[str, ...]] = {}
    start = -_WINDOW
    for outcome in outcomes:
        if not start <= outcome.record < start + _WINDOW:
            start = outcome.record
            window = {row.number: row.cells for row in source.rows(start, _WINDOW)}
        yield outcome, window.get(outcome.record, ())
