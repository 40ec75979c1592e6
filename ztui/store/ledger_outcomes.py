"""Outcomes in the ledger: one compact row per source record, found by result and by code.

The error text of a row repeats thousands of times, so each distinct one is kept once (`causes`); record ids are kept
as integers where they are plain decimal numbers, which halves them.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator

from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowError, RowOutcome, RowResult
from ztui.store.ledger_base import LedgerBase

_RESULTS = tuple(RowResult)
_RESULT_NUMBER = {result: number for number, result in enumerate(_RESULTS)}
_JOINED = ("position", "key", "record", "local", "ambiguous")
_SELECT = (
    "SELECT o.record, o.line, o.result, o.id, o.joined, coalesce(c.raw, ''), coalesce(c.errors, '')"
    " FROM outcomes o LEFT JOIN causes c ON c.n = o.cause"
)


def _id_to_keep(record_id: str) -> str | int:
    if record_id.isascii() and record_id.isdecimal() and record_id[0] != "0" and len(record_id) < 19:
        return int(record_id)
    return record_id


class Outcomes:
    """The outcomes table."""

    def __init__(self, base: LedgerBase) -> None:
        self._base = base

    def put(self, db: sqlite3.Connection, run: int, part: int, outcomes: Iterable[RowOutcome]) -> None:
        """Add or replace outcomes inside an open transaction; `part` is 0 for rows that belong to no part."""
        known: dict[tuple[str, tuple[RowError, ...]], int] = {}

        def cause(outcome: RowOutcome) -> int:
            if not outcome.errors and not outcome.raw_errors:
                return 0
            key = (outcome.raw_errors, outcome.errors)
            if key not in known:
                errors = json.dumps([[e.code, *e.fields] for e in outcome.errors], separators=(",", ":"))
                db.execute(
                    "INSERT OR IGNORE INTO causes (run, raw, errors) VALUES (?, ?, ?)",
                    (run, outcome.raw_errors, errors),
                )
                row = db.execute(
                    "SELECT n FROM causes WHERE run = ? AND raw = ? AND errors = ?", (run, outcome.raw_errors, errors)
                ).fetchone()
                known[key] = int(row[0])
            return known[key]

        db.executemany(
            "INSERT OR REPLACE INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    run,
                    o.record,
                    part,
                    o.line,
                    _RESULT_NUMBER[o.result],
                    cause(o),
                    _JOINED.index(o.joined),
                    _id_to_keep(o.record_id),
                )
                for o in outcomes
            ),
        )

    def counts(self, run_id: str, part: int | None = None) -> OutcomeCounts:
        """Rows of the run (or of one part) by how they ended."""
        with self._base.read() as db:
            return self.counts_in(db, self._number(db, run_id), part)

    def counts_in(self, db: sqlite3.Connection, run: int, part: int | None = None) -> OutcomeCounts:
        """The same inside an open transaction, which also sees what was just put."""
        where, values = ("AND part = ?", (run, part)) if part is not None else ("", (run,))
        rows = db.execute(f"SELECT result, count(*) FROM outcomes WHERE run = ? {where} GROUP BY result", values)
        return OutcomeCounts(**{_RESULTS[number].value: count for number, count in rows})

    def get(self, run_id: str, record: int) -> RowOutcome | None:
        """What became of one record, or None while it is open."""
        with self._base.read() as db:
            run = self._number(db, run_id)
            row = db.execute(f"{_SELECT} WHERE o.run = ? AND o.record = ?", (run, record)).fetchone()
        return _outcome(row) if row else None

    def page(
        self,
        run_id: str,
        *,
        results: Collection[RowResult] | None = None,
        code: str | None = None,
        fields: Collection[str] | None = None,
        start: int = 0,
        count: int = 100,
    ) -> list[RowOutcome]:
        """Outcomes in source order: those of these results, with this code (on these fields), a window of them."""
        with self._base.read() as db:
            run = self._number(db, run_id)
            where, values = self._filter(db, run, results, code, fields)
            rows = db.execute(
                f"{_SELECT} WHERE {where} ORDER BY o.record LIMIT ? OFFSET ?", (*values, count, start)
            ).fetchall()
        return [_outcome(row) for row in rows]

    def each(
        self, run_id: str, *, results: Collection[RowResult] | None = None, part: int | None = None, size: int = 5000
    ) -> Iterator[RowOutcome]:
        """All outcomes in source order, read in windows of `size`, so that a million rows need little memory."""
        after = -1
        while True:
            with self._base.read() as db:
                run = self._number(db, run_id)
                where, values = self._filter(db, run, results, None, None)
                if part is not None:
                    where, values = f"{where} AND o.part = ?", (*values, part)
                rows = db.execute(
                    f"{_SELECT} WHERE {where} AND o.record > ? ORDER BY o.record LIMIT ?", (*values, after, size)
                ).fetchall()
            yield from map(_outcome, rows)
            if len(rows) < size:
                return
            after = rows[-1][0]

    def groups(self, run_id: str) -> list[OutcomeGroup]:
        """How many rows ended how, by result, code and fields; errors first, then by count."""
        with self._base.read() as db:
            run = self._number(db, run_id)
            rows = db.execute(
                "SELECT o.result, coalesce(c.errors, ''), count(*) FROM outcomes o"
                " LEFT JOIN causes c ON c.n = o.cause WHERE o.run = ? GROUP BY o.result, o.cause",
                (run,),
            ).fetchall()
        counted: dict[tuple[RowResult, str, tuple[str, ...]], int] = {}
        for number, errors, count in rows:
            for error in _errors(errors) or (RowError(""),):
                key = (_RESULTS[number], error.code, error.fields)
                counted[key] = counted.get(key, 0) + count
        groups = [OutcomeGroup(*key, count) for key, count in counted.items()]
        return sorted(groups, key=lambda g: (not g.code, g.result.ok, -g.count, g.code, g.fields))

    @staticmethod
    def _number(db: sqlite3.Connection, run_id: str) -> int:
        row = db.execute("SELECT n FROM runs WHERE id = ?", (run_id,)).fetchone()
        return int(row[0]) if row else -1

    @staticmethod
    def _filter(
        db: sqlite3.Connection,
        run: int,
        results: Collection[RowResult] | None,
        code: str | None,
        fields: Collection[str] | None,
    ) -> tuple[str, tuple[int, ...]]:
        where = "o.run = ?"
        values: tuple[int, ...] = (run,)
        if results is not None:
            numbers = tuple(_RESULT_NUMBER[result] for result in results)
            where += f" AND o.result IN ({','.join('?' * len(numbers))})"
            values += numbers
        if code is not None:
            causes = tuple(
                int(n)
                for n, errors in db.execute("SELECT n, errors FROM causes WHERE run = ?", (run,))
                if any(e.code == code and (fields is None or tuple(fields) == e.fields) for e in _errors(errors))
            )
            if not code:
                causes += (0,)
            where += f" AND o.cause IN ({','.join(map(str, causes))})"
        return where, values


def _errors(text: str) -> tuple[RowError, ...]:
    return tuple(RowError(item[0], tuple(item[1:])) for item in json.loads(text)) if text else ()


def _outcome(row: tuple[int, int, int, str | int, int, str, str]) -> RowOutcome:
    record, line, result, record_id, joined, raw, errors = row
    return RowOutcome(record, line, _RESULTS[result], str(record_id), _errors(errors), _JOINED[joined], raw)
