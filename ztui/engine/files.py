"""An open file: what it is, any of its rows at once, and what a scan in the background finds out.

Reading rows is synchronous and takes milliseconds; everything that reads the whole file is asynchronous and runs in a
thread that gives way to the interface. Closing removes private copies.
"""

from __future__ import annotations

import asyncio
import hashlib
import stat
import threading
import time
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TypeVar

from ztui.csvfile.detect import detect, in_encoding, normalised
from ztui.csvfile.findings import structure_findings
from ztui.csvfile.index import Checkpoint, RowIndex, scan_provisional
from ztui.csvfile.profile import profile_column
from ztui.csvfile.reader import RecordReader, physical_lines, read_rows
from ztui.csvfile.search import search
from ztui.csvfile.sources import private_copy
from ztui.csvfile.structure import Structure, StructureScan
from ztui.errors import SourceChanged, SourceError
from ztui.model.finding import Finding
from ztui.model.plan import SourceId
from ztui.model.table import AS_DETECTED, ColumnProfile, CsvInfo, DialectOverrides, SourceRow

OnProgress = Callable[[int, float], None]

_AT_ONCE = 4 << 20  # bytes up to which the exact pass alone is quick enough
_CACHED_WINDOWS = 8
_BREATH = 0.0005  # seconds a scanning thread gives way for, so that the interface gets the interpreter's lock
_SLICE = 0.002  # seconds of scanning between two breaths
_TELL_EVERY = 0.05  # seconds between two reports of progress

T = TypeVar("T")


class _Cancelled(Exception):
    """The task that wanted a scan is gone."""


class OpenFile:
    """A file as opened. Close it, or use it as a context manager; `info` may change while `index` runs."""

    def __init__(self, info: CsvInfo, overrides: DialectOverrides, workdir: Path | None = None) -> None:
        self.info = info
        self.structure: tuple[Finding, ...] = ()
        self._overrides = overrides
        self._workdir = workdir
        self._rows = RowIndex(Checkpoint(info.data_start, 0, info.dialect.first_line))
        self._windows: OrderedDict[tuple[int, int], list[SourceRow]] = OrderedDict()
        self._data_size = info.data_path.stat().st_size
        self._estimate: int | None = None
        self._finalizer = self._own(info)

    @classmethod
    def open(cls, path: str, overrides: DialectOverrides = AS_DETECTED, *, workdir: Path | None = None) -> OpenFile:
        """Detect and open; blocking (milliseconds for a plain file). Raises SourceError."""
        try:
            return cls(detect(path, overrides, workdir=workdir), overrides, workdir)
        except OSError as problem:
            raise SourceError("CANNOT_READ", details={"path": path, "reason": str(problem)}) from problem

    def _own(self, info: CsvInfo) -> weakref.finalize[..., OpenFile] | None:
        if not info.temporary:
            return None
        return weakref.finalize(self, Path.unlink, info.data_path, True)

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- rows

    @property
    def row_count(self) -> int | None:
        """The exact number of data records, once an exact scan is through."""
        return self._rows.count if self._rows.exact else None

    @property
    def indexed_rows(self) -> int:
        """Records reachable by number so far."""
        return self._rows.count

    @property
    def estimated_rows(self) -> int:
        """The number of records as far as it is known: exact, by quote parity, or from the size of the first rows."""
        if self._rows.complete:
            return self._rows.count
        if self._estimate is None:
            rows = self.sample(200)
            self._estimate = len(rows)
            if len(rows) >= 200:
                end = self._offset_after(len(rows))
                spread = (self._data_size - self.info.data_start) / max(end - self.info.data_start, 1)
                self._estimate = int(len(rows) * spread)
        return max(self._estimate, self._rows.count)

    def _offset_after(self, records: int) -> int:
        with self.info.data_path.open("rb", buffering=0) as stream:
            stream.seek(self.info.data_start)
            reader = RecordReader(physical_lines(stream, 1 << 16), self.info.dialect, offset=self.info.data_start)
            for _ in islice(reader, records):
                pass
            return reader.offset

    def rows(self, start: int, count: int) -> list[SourceRow]:
        """Records `start` up to `start + count`, fewer at the end of the file; numbers are provisional until exact."""
        if start < 0 or count <= 0:
            return []
        key = (start, count)
        if (cached := self._windows.get(key)) is not None:
            self._windows.move_to_end(key)
            return cached
        rows = self._rows
        at = rows.before(start)
        if rows.exact and start >= rows.count:
            return []
        found = read_rows(
            self.info.data_path, self.info.dialect, at.offset, at.line, at.number, start - at.number, count
        )
        if rows is self._rows:
            self._windows[key] = found
            if len(self._windows) > _CACHED_WINDOWS:
                self._windows.popitem(last=False)
        return found

    def sample(self, count: int = 200) -> list[SourceRow]:
        """The first records."""
        return self.rows(0, count)

    def record_at_line(self, line: int) -> int:
        """The number of the record that holds a physical line (the next one for a blank line, the last at the end)."""
        rows = self._rows
        at = rows.before_line(line)
        number = at.number
        while window := read_rows(
            self.info.data_path, self.info.dialect, at.offset, at.line, at.number, number - at.number, 500
        ):
            for row in window:
                if row.line > line:
                    # the line belongs to the record before, unless blank lines lie between
                    return self._holder(row.number, line)
                number = row.number + 1
            if rows.exact and number >= rows.count:
                break
        return max(number - 1, 0)

    def _holder(self, after: int, line: int) -> int:
        if after == 0:
            return 0
        before = self.rows(after - 1, 1)[0]
        breaks = sum(cell.replace("\r\n", "\n").replace("\r", "\n").count("\n") for cell in before.cells)
        return after - 1 if line <= before.line + breaks else after

    # -- the scan

    async def index(self, on_progress: OnProgress | None = None) -> int:
        """Scan the file; returns the exact number of records. `on_progress` hears (rows so far, fraction) in the loop.

        First a provisional index (fast), then the exact pass with its findings. Cancelling the task ends the scan.
        The encoding is judged on the whole file; when it is another than the beginning spoke for, `info` changes.
        """

        def scan(report: OnProgress) -> int:
            if self._data_size > _AT_ONCE and not self._rows.complete:
                scan_provisional(self.info.data_path, self._rows, self._data_size, report)
            found = self._exact(report)
            self._take(found)
            return found.count

        return await self._in_thread(scan, on_progress)

    def _exact(self, report: OnProgress) -> Structure:
        info = self.info
        found = StructureScan(info.data_path, info.dialect, len(info.headers), info.data_start, on_block=report).run()
        if found.lone_cr:
            self._switch(normalised(info, self._workdir))
            return self._exact(report)
        verdict = found.verdict
        free = self._overrides.encoding is None and not info.source_encoding
        if free and verdict and verdict.name != info.dialect.encoding:
            self._switch(in_encoding(info, verdict))
            return self._exact(report)
        return found

    def _switch(self, info: CsvInfo) -> None:
        """Read on with another view of the file: another encoding, or a copy."""
        old = self.info
        if info.data_path != old.data_path:
            finalizer, self._finalizer = self._finalizer, self._own(info)
            if finalizer is not None:
                finalizer()
            self._data_size = info.data_path.stat().st_size
        self._rows = RowIndex(Checkpoint(info.data_start, 0, info.dialect.first_line))
        self.info = info
        self._windows.clear()

    def _take(self, found: Structure) -> None:
        self.adopt(found.checkpoints, found.count)
        self.structure = structure_findings(found, len(self.info.headers))

    def adopt(self, checkpoints: Iterable[tuple[int, int, int]], count: int) -> None:
        """Take over the checkpoints of an exact scan: (offset, number, line) of record starts in file order.

        The first must be the first data record (number 0); `count` is the number of records.
        """
        self._rows = RowIndex.of(checkpoints, count)
        self._windows.clear()

    @property
    def index_memory(self) -> int:
        """Bytes the row index takes."""
        return self._rows.memory

    # -- reading at large

    async def profile_column(self, index: int) -> ColumnProfile:
        """What column `index` holds: all rows of a small file, else rows from windows spread over all of it."""
        return await self._in_thread(
            lambda report: profile_column(self.info, self._rows, index, self._data_size, report), None
        )

    async def find(self, text: str, start: int = 0, column: int | None = None, backwards: bool = False) -> int | None:
        """The first record from `start` on (or backwards) with a cell that holds `text`, whatever its case."""
        return await self._in_thread(
            lambda report: search(self.info, self._rows, text, start, column, backwards, report), None
        )

    async def digest(self) -> SourceId:
        """Which file this is; `sha256` is of the bytes records are read from. Raises SourceChanged FILE_CHANGED."""

        def work(report: OnProgress) -> SourceId:
            digest = hashlib.sha256()
            with self.info.data_path.open("rb", buffering=0) as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
                    report(0, 0.0)
            self.check_unchanged()
            return SourceId(self.info.path, self.info.size, self.info.modified_ns, digest.hexdigest())

        return await self._in_thread(work, None)

    def check_unchanged(self) -> None:
        """Raise SourceChanged FILE_CHANGED when the file on disk is not the one that was opened any more."""
        if self.info.path == "-":
            return
        details: dict[str, object] = {"path": self.info.path}
        try:
            status = Path(self.info.path).stat()
        except OSError as problem:
            raise SourceChanged("FILE_GONE", details=details) from problem
        if stat.S_ISREG(status.st_mode) and (status.st_size, status.st_mtime_ns) != (
            self.info.size,
            self.info.modified_ns,
        ):
            details |= {"size_before": self.info.size, "size_now": status.st_size}
            raise SourceChanged("FILE_CHANGED", details=details)

    async def reopen(self, overrides: DialectOverrides) -> OpenFile:
        """The same source read another way; this one stays open. Standard input is read from its copy."""
        if self.info.path != "-":
            return await asyncio.to_thread(OpenFile.open, self.info.path, overrides, workdir=self._workdir)
        return await asyncio.to_thread(self._reopen_copy, overrides)

    def _reopen_copy(self, overrides: DialectOverrides) -> OpenFile:
        with private_copy(self._workdir) as (path, out), self.info.data_path.open("rb") as stream:
            while block := stream.read(1 << 20):
                out.write(block)
        info = detect(str(path), overrides, workdir=self._workdir)
        if info.data_path != path:
            path.unlink()
        return OpenFile(replace(info, path="-"), overrides, self._workdir)

    def close(self) -> None:
        """Remove private copies; rows cannot be read any more from those."""
        if self._finalizer is not None:
            self._finalizer()
        self._windows.clear()

    async def _in_thread(self, work: Callable[[OnProgress], T], on_progress: OnProgress | None) -> T:
        """Run `work` in a thread; it must call what it is given often, which is where it gives way and can be ended."""
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        breathed = told = time.monotonic()

        def report(rows: int, fraction: float) -> None:
            nonlocal breathed, told
            if stop.is_set():
                raise _Cancelled
            now = time.monotonic()
            if now - breathed >= _SLICE:
                time.sleep(_BREATH)
                breathed = time.monotonic()
            if on_progress is not None and now - told >= _TELL_EVERY:
                told = now
                loop.call_soon_threadsafe(on_progress, rows, fraction)

        thread = asyncio.ensure_future(asyncio.to_thread(work, report))
        try:
            return await asyncio.shield(thread)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait((thread,))
            if not thread.cancelled():
                thread.exception()  # it ended because it was told to
            raise
