"""Checking all rules over a large file: against csv.reader merely reading it; memory; the interface's tick.

And again after an edit of the mapping, with what the check before found out.
"""

from __future__ import annotations

import asyncio
import csv
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks.harness import Bench, Target, process, processor_time, timed
from tests.benchmarks.leads import HEADERS, MAPPING, SCHEMA, make
from ztui.engine.files import OpenFile
from ztui.engine.preflight import CheckMemory, check
from ztui.model.mapping import FieldMapping, Step

ROWS = 1_000_000
_MEMORY = """
import asyncio, sys
from tests.benchmarks.bench_check import checked
asyncio.run(checked(sys.argv[1]))
"""


async def checked(path: str) -> int:
    """Check the file; returns how many findings there are."""
    with OpenFile.open(path) as file:
        report = await check(file, MAPPING, SCHEMA)
        return report.errors + report.warnings


def _read(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as stream:
        for _ in csv.reader(stream):
            pass


_EDITED = MAPPING.with_field(FieldMapping("Phone", (HEADERS.index("Phone"),), (Step.of("phone"),)))
_SMALLER = _EDITED.without_field("Website")


async def _edited(path: str) -> dict[str, float]:
    """Check the file, then once more after one of twelve columns was changed, and again after one was taken out."""
    memory = CheckMemory()
    took: dict[str, float] = {}
    with OpenFile.open(path) as file:
        await check(file, MAPPING, SCHEMA, memory=memory)
        for name, mapping in (("", _EDITED), ("out_", _SMALLER)):
            busy, begun = processor_time(), time.perf_counter()
            await check(file, mapping, SCHEMA, memory=memory)
            took |= {f"{name}s": time.perf_counter() - begun, f"{name}cpu": processor_time() - busy}
    return took


async def _ticking(path: str) -> list[float]:
    late: list[float] = []

    async def tick() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.01)
            late.append((time.perf_counter() - begun - 0.01) * 1e3)

    ticker = asyncio.create_task(tick())
    await checked(path)
    ticker.cancel()
    return sorted(late)


def check_bench(rows: int = ROWS) -> Bench:
    """Time and memory of the check, and how late a 10 ms ticker comes while it runs."""
    folder = Path(tempfile.mkdtemp(prefix="ztui-bench-"))
    path = folder / "leads.csv"

    def setup() -> Callable[[], None]:
        make(path, rows)
        _read(path)
        return lambda: shutil.rmtree(folder)

    def tick() -> Mapping[str, float]:
        late = asyncio.run(_ticking(str(path)))
        return {"p95_ms": late[int(len(late) * 0.95)], "max_ms": late[-1]}

    def memory() -> Mapping[str, float]:
        # the largest of the parent and of the children it waited for
        before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        told = process([sys.executable, "-c", _MEMORY, str(path)])
        after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        children = after * (1 if sys.platform == "darwin" else 1024) / 1e6 if after > before else told["mb"]
        return {"s": told["s"], "parent_mb": told["mb"], "mb": max(children, told["mb"])}

    return Bench(
        f"check, {rows:,} rows × 12 of 20 columns",
        {
            "csv.reader": timed(lambda: _read(path)),
            "check": timed(lambda: asyncio.run(checked(str(path)))),
            "edited": lambda: asyncio.run(_edited(str(path))),
            "own process": memory,
            "ticker": tick,
        },
        (
            Target("check all rules vs csv.reader reading", ("check", "s"), 1.2, ("csv.reader", "s")),
            Target("the same, processor time of all cores", ("check", "cpu"), 2.4, ("csv.reader", "cpu")),
            Target("one of 12 columns edited vs the whole check", ("edited", "s"), 0.6, ("check", "s")),
            Target("the same, processor time of all cores", ("edited", "cpu"), 0.6, ("check", "cpu")),
            Target("one of 12 columns taken out vs the whole check", ("edited", "out_s"), 0.1, ("check", "s")),
            Target("memory of the largest process", ("own process", "mb"), 150, unit="MB"),
            Target("tick comes late by, p95", ("ticker", "p95_ms"), 10, unit="ms"),
        ),
        setup,
    )


def benches() -> list[Bench]:
    """All of this module's benchmarks."""
    return [check_bench()]
