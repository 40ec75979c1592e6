"""Parts in the ledger: where their archives lie and which source records and lines they hold, in sent order."""

from __future__ import annotations

import sqlite3
import sys
import zlib
from array import array
from collections.abc import Sequence
from pathlib import Path

from ztui.errors import RunError
from ztui.model.part import Part
from ztui.store.ledger_base import LedgerBase


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """Whole numbers as their zlib-compressed differences (8 bytes each, little-endian): runs of rows take few bytes."""
    differences = array("q")
    previous = 0
    for number in numbers:
        differences.append(number - previous)
        previous = number
    if sys.byteorder == "big":
        differences.byteswap()
    return zlib.compress(differences.tobytes(), 6)


def unpack_numbers(blob: bytes) -> tuple[int, ...]:
    """The numbers that `pack_numbers` packed."""
    differences = array("q")
    differences.frombytes(zlib.decompress(blob))
    if sys.byteorder == "big":
        differences.byteswap()
    total = 0
    numbers: list[int] = []
    for difference in differences:
        total += difference
        numbers.append(total)
    return tuple(numbers)


class Parts:
    """The parts table."""

    def __init__(self, base: LedgerBase) -> None:
        self._base = base

    def put(self, db: sqlite3.Connection, run: int, part: Part) -> None:
        """Add a part inside an open transaction; `part.path` lies in the run's folder, and only its name is kept."""
        db.execute(
            "INSERT INTO parts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                run,
                part.number,
                part.path.name,
                part.csv_name,
                part.sha256,
                part.csv_bytes,
                part.zip_bytes,
                part.canary,
                min(part.records, default=0),
                max(part.records, default=0),
                pack_numbers(part.records),
                pack_numbers(part.lines),
            ),
        )

    def all(self, run_id: str) -> list[Part]:
        """The run's parts in order."""
        return self._load(run_id, "", ())

    def get(self, run_id: str, number: int) -> Part:
        """One part; RunError when the run has none of this number."""
        found = self._load(run_id, "AND p.number = ?", (number,))
        if not found:
            raise RunError("PART_UNKNOWN", details={"run": run_id, "part": str(number)})
        return found[0]

    def holding(self, run_id: str, record: int) -> list[Part]:
        """The parts whose range of records spans this one."""
        return self._load(run_id, "AND p.first <= ? AND p.last >= ?", (record, record))

    def _load(self, run_id: str, where: str, values: tuple[int, ...]) -> list[Part]:
        folder = self._base.folder / "runs" / run_id
        with self._base.read() as db:
            rows = db.execute(
                "SELECT p.number, p.archive, p.csv, p.sha256, p.csv_bytes, p.zip_bytes, p.canary, p.records, p.lines"
                f" FROM parts p JOIN runs r ON r.n = p.run WHERE r.id = ? {where} ORDER BY p.number",
                (run_id, *values),
            ).fetchall()
        return [
            Part(
                number=row[0],
                path=Path(folder / row[1]),
                csv_name=row[2],
                records=unpack_numbers(row[7]),
                lines=unpack_numbers(row[8]),
                csv_bytes=row[4],
                zip_bytes=row[5],
                sha256=row[3],
                canary=bool(row[6]),
            )
            for row in rows
        ]
