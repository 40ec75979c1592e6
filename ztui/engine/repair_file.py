"""Repairs out of a corrected copy of the refused rows: the file that was exported, edited elsewhere, read back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ztui.engine.repair import RepairSession
from ztui.engine.results_export import COLUMNS
from ztui.engine.transform import compile_mapping
from ztui.errors import SourceError
from ztui.model.table import SourceRow

_LINE = COLUMNS[0]


def take_corrections(session: RepairSession, headers: Sequence[str], rows: Iterable[SourceRow], path: str = "") -> int:
    """Put the values of a corrected file into the session, as one step; returns how many cells changed.

    The file has the source's columns by name (more or fewer do no harm). Rows are told by their `ztui_line` column
    where there is one; else they must be exactly the session's rows in their order. They go through the mapping like
    any row. SourceError when rows cannot be told, or no mapped column is there.
    """
    places = {name: number for number, name in enumerate(headers)}
    mapping = session.plan.mapping
    source = mapping.headers
    makers = [
        (mapped.api_name, compile_mapping(mapped), [places[source[c]] for c in mapped.columns])
        for mapped in mapping.fields
        if mapped.columns and all(c < len(source) and source[c] in places for c in mapped.columns)
    ]
    if not makers:
        raise SourceError("CORRECTIONS_OTHER_COLUMNS", details={"path": path})
    changes: list[tuple[int, str, str]] = []
    for record, cells in _told(session, places.get(_LINE), rows, path):
        for api_name, make, columns in makers:
            value = str(make([cells[c] if c < len(cells) else "" for c in columns]))
            changes.append((record, api_name, value))
    return session.set_many(changes)


def _told(
    session: RepairSession, line_column: int | None, rows: Iterable[SourceRow], path: str
) -> Iterator[tuple[int, tuple[str, ...]]]:
    if line_column is not None:
        by_line = {row.outcome.line: row.record for row in session.rows}
        for row in rows:
            text = row.cells[line_column] if line_column < len(row.cells) else ""
            if text.isdecimal() and int(text) in by_line:
                yield by_line[int(text)], row.cells
        return
    given = list(rows)
    if len(given) != len(session.rows):
        facts = {"path": path, "rows": str(len(given)), "expected": str(len(session.rows))}
        raise SourceError("CORRECTIONS_OTHER_ROWS", details=facts)
    for known, row in zip(session.rows, given, strict=True):
        yield known.record, row.cells
