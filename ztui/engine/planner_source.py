"""Makes sure that the file is the one a plan was made for, and stays so while it is read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from ztui.errors import SourceChanged
from ztui.model.plan import ImportPlan


def verify_source(plan: ImportPlan) -> Callable[[], None]:
    """Read the bytes that records come from and compare; SourceChanged says what is different.

    Whoever reads them once more then calls what this returns before anything is made of them: it raises SourceChanged
    when the file was written or put in another's place since it was compared.
    """
    path = plan.info.data_path
    details: dict[str, object] = {"path": plan.info.path}
    digest, size = hashlib.sha256(), 0
    try:
        compared = _state(path)
        with path.open("rb", buffering=0) as stream:
            while block := stream.read(1 << 20):
                digest.update(block)
                size += len(block)
    except FileNotFoundError as problem:
        raise SourceChanged("FILE_GONE", details=details) from problem
    if digest.hexdigest() != plan.source.sha256:
        details |= {"size_before": plan.source.size, "size_now": size, "changed": "its bytes"}
        raise SourceChanged("FILE_CHANGED", details=details)
    before, now = plan.mapping.headers, plan.info.headers
    mapped = sorted({c for m in plan.mapping.fields for c in m.columns}) if before else []
    moved = [
        f"{before[c] if c < len(before) else '?'} → {now[c] if c < len(now) else 'nothing'}"
        for c in mapped
        if before[c : c + 1] != now[c : c + 1]
    ]
    if moved:
        raise SourceChanged("HEADERS_CHANGED", details={**details, "changed": ", ".join(moved)})

    def unchanged() -> None:
        try:
            now = _state(path)
        except FileNotFoundError as problem:
            raise SourceChanged("FILE_GONE", details=details) from problem
        if now != compared:
            facts = {"size_before": plan.source.size, "size_now": now[0], "changed": "it was written while it was read"}
            raise SourceChanged("FILE_CHANGED", details=details | facts)

    return unchanged


def _state(path: Path) -> tuple[int, ...]:
    """The size and what else tells one state of a file from another."""
    status: os.stat_result = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino, status.st_dev
