"""A packer of a few lines, so that what follows the packing is tested for itself."""

from __future__ import annotations

import csv
import hashlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ztui.engine.sources import open_again
from ztui.model.part import Part, SentColumn
from ztui.model.plan import ImportPlan
from ztui.model.table import SourceRow


class OwnPacker:
    """Behind the same three functions as the planner; no transforms."""

    @staticmethod
    def plan_digest(plan: ImportPlan) -> str:
        return hashlib.sha256(repr(plan).encode()).hexdigest()

    @staticmethod
    def sent_columns(plan: ImportPlan) -> tuple[SentColumn, ...]:
        return tuple(SentColumn(f.api_name) for f in plan.mapping.fields if f.columns)

    @classmethod
    def pack(cls, plan: ImportPlan, folder: Path) -> Iterator[Part]:
        edits = {(e.record, e.api_name): e.value for e in plan.edits}
        with open_again(plan.info) as source:
            rows = source.rows(0, 1_000_000)
        excluded = set(plan.exclude)
        wanted = set(plan.records) if plan.records is not None else None
        chosen = [r for r in rows if r.number not in excluded and (wanted is None or r.number in wanted)]
        pieces: list[tuple[bool, list[SourceRow]]] = []
        if plan.canary:
            pieces.append((True, chosen[: plan.canary]))
            chosen = chosen[plan.canary :]
        pieces += [(False, chosen[n : n + plan.rows_per_part]) for n in range(0, len(chosen), plan.rows_per_part)]
        for number, (canary, piece) in enumerate(pieces, 1):
            text = io.StringIO()
            writer = csv.writer(text)
            fields = [f for f in plan.mapping.fields if f.columns]
            writer.writerow([f.api_name for f in fields])
            for row in piece:
                writer.writerow([edits.get((row.number, f.api_name), row.cells[f.columns[0]].strip()) for f in fields])
            path = folder / f"part-{number:03}.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr(zipfile.ZipInfo("part.csv", (2026, 1, 1, 0, 0, 0)), text.getvalue())
            data = path.read_bytes()
            yield Part(
                number,
                path,
                "part.csv",
                tuple(r.number for r in piece),
                tuple(r.line for r in piece),
                len(text.getvalue()),
                len(data),
                hashlib.sha256(data).hexdigest(),
                canary,
            )
