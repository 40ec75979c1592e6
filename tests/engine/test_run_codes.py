"""Every code that runs raise or keep is one the catalogue can put into words."""

from __future__ import annotations

import re
from pathlib import Path

import ztui
from ztui import catalogue
from ztui.engine import outcomes, running, sending

ROOT = Path(ztui.__file__).parent
ENGINE = ROOT / "engine"
RAISED = re.compile(
    r'(?:RunError|PlanError|StoreError|SourceError|SourceChanged|UsageError)\(\s*"([A-Z_]+)"|ErrorInfo\(\s*"local",\s*"([A-Z_]+)"'
)


def test_every_code_has_an_entry() -> None:
    engine = (*ENGINE.glob("run*.py"), *ENGINE.glob("re*.py"), *ENGINE.glob("[d-ps-u]*.py"))
    files = [*(ROOT / "store").glob("ledger*.py"), *engine, *(ROOT / "cli").glob("re*.py"), ROOT / "cli" / "undo.py"]
    raised = {code for path in files for found in RAISED.findall(path.read_text()) for code in found if code}
    raised |= {outcomes.LEFT_OUT, outcomes.CANCELLED, outcomes.FATE_UNKNOWN}
    assert len(raised) > 20
    assert {code for code in raised if catalogue.lookup("local", code) is None} == set()


def test_the_kinds_that_decide_are_in_the_catalogue() -> None:
    assert all(catalogue.of_kind("job", kind) for kind in sending.FILE_SPENT)
    assert catalogue.of_kind("auth", running.SCOPE)
    assert any(entry.kind == "duplicate" for entry in catalogue.entries("row").values())
