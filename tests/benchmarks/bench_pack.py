"""Packing a large file: against pigz -6 -p2 of the source; memory of the packing process; the interface's tick."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.benchmarks.harness import Bench, Target, process, timed
from tests.benchmarks.leads import MAPPING, SCHEMA, make
from ztui.engine.check_worker import frame
from ztui.engine.files import OpenFile
from ztui.engine.planner import MODULE, make_plan, pack
from ztui.engine.preflight import check
from ztui.model.plan import ImportPlan
from ztui.model.profile import Domains, Profile

ROWS = 1_000_000
_BLOCK = 1 << 17


def _pigz(path: Path) -> None:
    """pigz -6 -p2 of the file; where it is not installed, what it does: blocks of 128 KB deflated by two threads."""
    if shutil.which("pigz"):
        subprocess.run(["pigz", "-6", "-p2", "-c", str(path)], stdout=subprocess.DEVNULL, check=True)
        return

    def deflate(block: bytes) -> int:
        packer = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
        return len(packer.compress(block)) + len(packer.flush(zlib.Z_SYNC_FLUSH))

    with path.open("rb", buffering=0) as stream, ThreadPoolExecutor(2) as threads:
        blocks = iter(lambda: stream.read(_BLOCK), b"")
        waiting = []
        for block in blocks:
            waiting.append(threads.submit(deflate, block))
            if len(waiting) > 32:
                waiting.pop(0).result()
        for future in waiting:
            future.result()


async def _plan(path: Path) -> ImportPlan:
    """The plan after a check, as every import makes it: without the refused rows, the keys compared."""
    with OpenFile.open(str(path)) as file:
        report = await check(file, MAPPING, SCHEMA)
        return await make_plan(file, MAPPING, SCHEMA, Profile("bench", Domains("", "", "")), report=report)


def pack_bench(rows: int = ROWS) -> Bench:
    """Time and memory of packing, and how late a 10 ms ticker comes while it runs."""
    folder = Path(tempfile.mkdtemp(prefix="ztui-bench-"))
    path, out = folder / "leads.csv", folder / "out"
    plans: list[ImportPlan] = []
    compared = "pigz -6 -p2" if shutil.which("pigz") else "two threads of zlib -6 (no pigz here)"

    def setup() -> Callable[[], None]:
        make(path, rows)
        out.mkdir()
        plans.append(asyncio.run(_plan(path)))
        return lambda: shutil.rmtree(folder)

    def packed() -> int:
        return sum(part.rows for part in pack(plans[0], out))

    def memory() -> Mapping[str, float]:
        told = process([sys.executable, "-m", MODULE], feed=frame((plans[0], str(out))))
        return {"s": told["s"], "mb": told["mb"]}

    async def ticking() -> list[float]:
        late: list[float] = []

        async def tick() -> None:
            while True:
                begun = time.perf_counter()
                await asyncio.sleep(0.01)
                late.append((time.perf_counter() - begun - 0.01) * 1e3)

        ticker = asyncio.create_task(tick())
        await asyncio.to_thread(packed)
        ticker.cancel()
        return sorted(late)

    def tick_case() -> Mapping[str, float]:
        late = asyncio.run(ticking())
        return {"p95_ms": late[int(len(late) * 0.95)], "max_ms": late[-1]}

    return Bench(
        f"pack, {rows:,} rows, 12 of 20 columns",
        {
            "pigz": timed(lambda: _pigz(path)),
            "pack": timed(packed),
            "own process": memory,
            "ticker": tick_case,
        },
        (
            Target(f"pack vs {compared} of the source", ("pack", "s"), 2, ("pigz", "s")),
            Target("the same, processor time of all cores", ("pack", "cpu"), 2, ("pigz", "cpu")),
            Target("memory of the packing process", ("own process", "mb"), 60, unit="MB"),
            Target("tick comes late by, p95", ("ticker", "p95_ms"), 10, unit="ms"),
        ),
        setup,
    )


def benches() -> list[Bench]:
    """All of this module's benchmarks."""
    return [pack_bench()]
