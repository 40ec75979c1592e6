"""Opening, indexing and seeking in large files: against a raw read, csv.reader, and the same on a small file."""

from __future__ import annotations

import asyncio
import csv
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks.harness import Bench, Target, timed
from ztui.csvfile.detect import detect
from ztui.csvfile.index import Checkpoint, RowIndex, scan_provisional
from ztui.csvfile.reader import read_rows
from ztui.csvfile.structure import StructureScan
from ztui.engine.files import OpenFile
from ztui.model.table import CsvInfo

_BLOCK_ROWS = 20_000
_COLUMNS = 20


def _block(rows: int) -> bytes:
    """Lead-like rows of about 280 bytes: one in twenty quoted, one in fifty with a break in a cell, some accents."""
    draw = random.Random(20261122)
    lines = []
    for number in range(rows):
        cells = [f"{draw.choice(('Ada', 'Zoë', 'Grace', 'José'))}", f"Lovelace{number}", "Acme Systems Inc"]
        cells += [f"person.{number}@company{number % 997}.example", f"+{draw.randrange(98) + 1} 555 {number:07d}"]
        cells += [f"value {draw.randrange(10**9)}" for _ in range(_COLUMNS - len(cells))]
        if number % 20 == 0:
            cells[2] = '"Acme, Sons and Daughters"'
        if number % 50 == 0:
            cells[14] = '"1 Main St\nSecond floor"'
        lines.append(",".join(cells))
    return ("\n".join(lines) + "\n").encode()


class _Files:
    """Files of given row counts, made once and taken away at the end."""

    def __init__(self, *rows: int) -> None:
        self._rows = rows
        self.paths: dict[int, Path] = {}
        self.infos: dict[int, CsvInfo] = {}

    def make(self) -> Callable[[], None]:
        folder = Path(tempfile.mkdtemp(prefix="ztui-bench-"))
        header = (
            ",".join(["First Name", "Last Name", "Company", "Email", "Phone"] + [f"F{i}" for i in range(15)]) + "\n"
        )
        block = _block(_BLOCK_ROWS)
        for rows in self._rows:
            path = folder / f"{rows}.csv"
            with path.open("wb") as out:
                out.write(header.encode())
                for _ in range(max(rows // _BLOCK_ROWS, 1)):
                    out.write(block)
            self.paths[rows] = path
        for rows, path in self.paths.items():
            self.infos[rows] = detect(str(path))
            _raw_read(path)
        return lambda: shutil.rmtree(folder)


def _raw_read(path: Path) -> None:
    with path.open("rb", buffering=0) as stream:
        while stream.read(1 << 20):
            pass


def _provisional(path: Path, info: CsvInfo) -> RowIndex:
    index = RowIndex(Checkpoint(info.data_start, 0, info.dialect.first_line))
    scan_provisional(path, index, path.stat().st_size)
    return index


def _csv_read(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as stream:
        for _ in csv.reader(stream):
            pass


def _exact(info: CsvInfo) -> None:
    StructureScan(info.data_path, info.dialect, len(info.headers), info.data_start).run()


def index_bench(rows: int = 1_000_000) -> Bench:
    """The provisional index against a raw read of the cached file, the exact one against csv.reader's bare reading."""
    files = _Files(rows)
    return Bench(
        f"index, {rows:,} rows",
        {
            "raw read": timed(lambda: _raw_read(files.paths[rows])),
            "provisional": timed(lambda: _provisional(files.paths[rows], files.infos[rows])),
            "csv.reader": timed(lambda: _csv_read(files.paths[rows])),
            "exact": timed(lambda: _exact(files.infos[rows])),
        },
        (
            Target("provisional index vs raw read", ("provisional", "s"), 6, ("raw read", "s")),
            Target("exact index with findings vs csv.reader reading", ("exact", "s"), 1.2, ("csv.reader", "s")),
        ),
        files.make,
    )


def seek_bench(rows: int = 10_000_000) -> Bench:
    """Any 50 rows, and the memory of the index."""
    files = _Files(rows)

    def seeks() -> Mapping[str, float]:
        path = files.paths[rows]
        info = files.infos[rows]
        index = _provisional(path, info)
        draw = random.Random(index.count)
        took = []
        for _ in range(200):
            start = draw.randrange(index.count - 50)
            begun = time.perf_counter()
            at = index.before(start)
            found = read_rows(path, info.dialect, at.offset, at.line, at.number, start - at.number, 50)
            took.append(time.perf_counter() - begun)
            if len(found) != 50 or found[0].number != start:
                raise AssertionError(f"rows {start} to {start + 50} were not found")
        took.sort()
        return {"p50_ms": took[100] * 1e3, "p95_ms": took[190] * 1e3, "index_mb": index.memory / 1e6}

    return Bench(
        f"seek, {rows:,} rows",
        {"50 rows": seeks},
        (
            Target("any 50 rows, p95", ("50 rows", "p95_ms"), 5, unit="ms"),
            Target("memory of the index", ("50 rows", "index_mb"), 1, unit="MB"),
        ),
        files.make,
    )


def first_screen_bench(rows: int = 4_000_000) -> Bench:
    """Detection and the first 100 rows of a file beyond 1 GB, against the same of a small one."""
    files = _Files(_BLOCK_ROWS, rows)

    def screen(count: int) -> Mapping[str, float]:
        took = []
        for _ in range(9):
            begun = time.perf_counter()
            with OpenFile.open(str(files.paths[count])) as file:
                if len(file.rows(0, 100)) != 100:
                    raise AssertionError("the first screen is not full")
            took.append(time.perf_counter() - begun)
        return {"ms": sorted(took)[4] * 1e3}

    return Bench(
        f"first screen, {rows:,} rows",
        {"small": lambda: screen(_BLOCK_ROWS), "large": lambda: screen(rows)},
        (
            Target("detect and first 100 rows", ("large", "ms"), 30, unit="ms"),
            Target("large file vs small file", ("large", "ms"), 1.2, ("small", "ms")),
        ),
        files.make,
    )


def responsive_bench(rows: int = 500_000) -> Bench:
    """How late a 10 ms ticker comes while a file is indexed in the same process."""
    files = _Files(rows)

    async def ticking() -> list[float]:
        late: list[float] = []

        async def tick() -> None:
            while True:
                begun = time.perf_counter()
                await asyncio.sleep(0.01)
                late.append((time.perf_counter() - begun - 0.01) * 1e3)

        with OpenFile.open(str(files.paths[rows])) as file:
            ticker = asyncio.create_task(tick())
            await file.index(lambda _rows, _fraction: None)
            ticker.cancel()
        return sorted(late)

    def measure() -> Mapping[str, float]:
        late = asyncio.run(ticking())
        return {"p95_ms": late[int(len(late) * 0.95)], "max_ms": late[-1]}

    return Bench(
        f"event loop while indexing, {rows:,} rows",
        {"ticker": measure},
        (Target("tick comes late by, p95", ("ticker", "p95_ms"), 10, unit="ms"),),
        files.make,
    )


def benches() -> list[Bench]:
    """All of this module's benchmarks."""
    return [first_screen_bench(), index_bench(), seek_bench(), responsive_bench()]
