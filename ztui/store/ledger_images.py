"""Before-images in the ledger: what records held before a run changed them, and which were put back or removed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from ztui.model.crm import Record
from ztui.store.ledger_base import LedgerBase


class Images:
    """The images and undone tables."""

    def __init__(self, base: LedgerBase) -> None:
        self._base = base

    def put(self, run_id: str, records: Iterable[Record]) -> None:
        """Keep records as they are before the run; the first image of a record stays."""
        with self._base.write() as db:
            db.executemany(
                "INSERT OR IGNORE INTO images SELECT n, ?, ?, ? FROM runs WHERE id = ?",
                ((r.id, r.modified_time, json.dumps(r.values, ensure_ascii=False), run_id) for r in records),
            )

    def each(self, run_id: str) -> Iterator[Record]:
        """All images of the run, by id."""
        with self._base.read() as db:
            rows = db.execute(
                "SELECT i.id, i.modified, i.body FROM images i JOIN runs r ON r.n = i.run WHERE r.id = ? ORDER BY i.id",
                (run_id,),
            ).fetchall()
        for record_id, modified, body in rows:
            yield Record(record_id, modified, json.loads(body))

    def count(self, run_id: str) -> int:
        """How many images the run has."""
        with self._base.read() as db:
            row = db.execute(
                "SELECT count(*) FROM images i JOIN runs r ON r.n = i.run WHERE r.id = ?", (run_id,)
            ).fetchone()
        return int(row[0])

    def mark_undone(self, run_id: str, record_ids: Iterable[str], what: str) -> None:
        """Remember that these records were dealt with; `what` is "deleted", "restored", "left" or "gone"."""
        with self._base.write() as db:
            db.executemany(
                "INSERT OR REPLACE INTO undone SELECT n, ?, ? FROM runs WHERE id = ?",
                ((record_id, what, run_id) for record_id in record_ids),
            )

    def undone(self, run_id: str) -> dict[str, str]:
        """What was done to which record."""
        with self._base.read() as db:
            rows = db.execute(
                "SELECT u.id, u.what FROM undone u JOIN runs r ON r.n = u.run WHERE r.id = ?", (run_id,)
            ).fetchall()
        return {str(record_id): str(what) for record_id, what in rows}
