"""Makes sure that the file is still the one a plan was made for."""

from __future__ import annotations

import hashlib

from ztui.errors import SourceChanged
from ztui.model.plan import ImportPlan


def verify_source(plan: ImportPlan) -> None:
    """Read the bytes that records come from and compare; SourceChanged says what is different."""
    path = plan.info.data_path
    details: dict[str, object] = {"path": plan.info.path}
    digest, size = hashlib.sha256(), 0
    try:
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
