"""An open file: what it is, any of its rows at once, and what a scan in the background finds out.

Reading rows is synchronous and takes milliseconds; everything that reads the whole file is asynchronous and runs in a
thread that gives way to the interface. Closing removes private copies.
"""

from __future__ import annotations

import asyncio
import hashlib
import stat
import time
import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ztui.csvfile.detect import detect, in_encoding, normalised
from ztui.csvfile.findings import structure_findings
from ztui.csvfile.index import Checkpoint, RowIndex, scan_provisional
from ztui.csvfile.profile import profile_column
from ztui.csvfile.reader import RecordReader, physical_lines, read_rows
from ztui.csvfile.search import search
from ztui.csvfile.sources import private_copy
from ztui.csvfile.structure import Structure, StructureScan
from ztui.engine.background import OnProgress, in_thread
from ztui.errors import SourceChanged, SourceError
from ztui.model.finding import Finding
from ztui.model.plan import SourceId
from ztui.model.table import AS_DETECTED, ColumnProfile, CsvInfo, DialectOverrides, SourceRow

_AT_ONCE = 4 << 20  # bytes up to which the exact pass alone is quick enough
_CACHED_WINDOWS = 8
_FINDINGS_EVERY = 0.25  # seconds between two looks at what the scan has found so far


@dataclass(frozen=True, slots=True)
class _View:
    """How the file is read at the moment: replaced as a whole, so that rows never mix two readings."""

    info: CsvInfo
    rows: RowIndex
    size: int

    @staticmethod
    def of(info: CsvInfo) -> _View:
        """A view with nothing indexed yet."""
        rows = RowIndex(Checkpoint(info.data_start, 0, info.dialect.first_line))
        return _View(info, rows, info.data_path.stat().st_size)


class OpenFile:
    """A file as opened. Close it, or use it as a context manager."""

    def __init__(self, info: CsvInfo, overrides: DialectOverrides, workdir: Path | None = None) -> None:
        self._view = _View.of(info)
        self._overrides = overrides
        self._workdir = workdir
        self._windows: OrderedDict[tuple[int, int], list[SourceRow]] = OrderedDict()
        self._estimate: int | None = None
        self._scanned = False
        self._scanning = asyncio.Lock()
        self._finalizer = self._own(info)
        self.structure: tuple[Finding, ...] = ()
        """What is broken; grows while `index` runs."""

    @classmethod
    def open(cls, path: str, overrides: DialectOverrides = AS_DETECTED, *, workdir: Path | None = None) -> OpenFile:
        """Detect and open; blocking (milliseconds for a plain file). Private copies go to `workdir`.

        Raises SourceError with a code of `errors/local_file.toml`.
        """
        with _reading(path):
            return cls(detect(path, overrides, workdir=workdir), overrides, workdir)

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
    def info(self) -> CsvInfo:
        """How the file is read; changes when `index` learns more (encoding, lone CRs)."""
        return self._view.info

    @property
    def row_count(self) -> int | None:
        """The exact number of data records, once an exact scan is through."""
        rows = self._view.rows
        return rows.count if rows.exact else None

    @property
    def indexed_rows(self) -> int:
        """Records reachable by number so far."""
        return self._view.rows.count

    @property
    def estimated_rows(self) -> int:
        """The number of records as far as it is known: exact, by quote parity, or from the size of the first rows."""
        view = self._view
        if view.rows.complete:
            return view.rows.count
        if self._estimate is None:
            start = view.info.data_start
            with _reading(view.info.path), view.info.data_path.open("rb", buffering=0) as stream:
                stream.seek(start)
                lines = physical_lines(stream, 1 << 16)
                reader = RecordReader(lines, view.info.dialect, offset=start, patient=False)
                seen = sum(1 for _ in islice(reader, 200))
            self._estimate = seen
            if seen == 200:
                self._estimate = int(seen * (view.size - start) / max(reader.offset - start, 1))
        return max(self._estimate, view.rows.count)

    def rows(self, start: int, count: int) -> list[SourceRow]:
        """Records `start` up to `start + count`, fewer at the end of the file; numbers are provisional until exact.

        Raises SourceError when the file cannot be read any more.
        """
        view = self._view
        if start < 0 or count <= 0 or (view.rows.exact and start >= view.rows.count):
            return []
        key = (start, count)
        if (cached := self._windows.get(key)) is not None:
            self._windows.move_to_end(key)
            return cached
        at = view.rows.before(start)
        found = self._read(view, at, start - at.number, count)
        while view.rows.exact and found and len(found) < count:
            # a record too long to read to its end; the scan has been there and left a checkpoint behind it
            at = view.rows.before(found[-1].number + 1)
            more = self._read(view, at, 0, count - len(found)) if at.number > found[-1].number else []
            if not more:
                break
            found += more
        if view is self._view:
            self._windows[key] = found
            if len(self._windows) > _CACHED_WINDOWS:
                self._windows.popitem(last=False)
        return found

    @staticmethod
    def _read(view: _View, at: Checkpoint, skip: int, count: int) -> list[SourceRow]:
        info = view.info
        with _reading(info.path):
            return read_rows(info.data_path, info.dialect, at.offset, at.line, at.number, skip, count)

    def sample(self, count: int = 200) -> list[SourceRow]:
        """The first records."""
        return self.rows(0, count)

    def record_at_line(self, line: int) -> int:
        """The number of the record that holds a physical line.

        For a blank line it is the next record, for lines above the data the first, beyond the end the last.
        """
        info, rows = self._view.info, self._view.rows
        at = rows.before_line(line)
        number = at.number - 1
        with _reading(info.path), info.data_path.open("rb", buffering=0) as stream:
            stream.seek(at.offset)
            reader = RecordReader(physical_lines(stream, 1 << 16), info.dialect, line=at.line, patient=False)
            for _ in reader:
                number += 1
                if line < reader.line:  # the first line behind this record
                    break
        return max(number, 0)

    # -- the scan

    async def index(self, on_progress: OnProgress | None = None) -> int:
        """Scan the file; returns the exact number of records. `on_progress` hears (rows so far, fraction) in the loop.

        First comes a provisional index (fast), then the exact pass with its findings. Cancelling the task ends the
        scan. The encoding is judged on the whole file; when that is another than the beginning spoke for, or records
        end with lone CRs somewhere, `info` changes and the pass begins again. Raises SourceError.
        """
        async with self._scanning:
            if not self._scanned:
                await in_thread(self._scan, on_progress)
                self._scanned = True
        return self._view.rows.count

    def _scan(self, report: OnProgress) -> None:
        view = self._view
        with _reading(view.info.path):
            if view.size > _AT_ONCE and not view.rows.complete:
                scan_provisional(view.info.data_path, view.rows, view.size, report)
            found = self._exact(report)
        self.structure = structure_findings(found, len(self.info.headers))
        self.adopt(found.checkpoints, found.count)

    def _exact(self, report: OnProgress) -> Structure:
        info = self.info
        looked = time.monotonic()

        def on_block(rows: int, fraction: float) -> None:
            nonlocal looked
            report(rows, fraction)
            if time.monotonic() - looked > _FINDINGS_EVERY:
                self.structure = structure_findings(scan.found, len(info.headers))
                looked = time.monotonic()

        scan = StructureScan(info.data_path, info.dialect, len(info.headers), info.data_start, on_block=on_block)
        found = scan.run()
        if found.lone_cr:
            self._switch(normalised(info, self._workdir))
            return self._exact(report)
        verdict = found.verdict
        free = self._overrides.encoding is None and not info.source_encoding
        if free and verdict is not None and verdict.name != info.dialect.encoding:
            self._switch(in_encoding(info, verdict))
            return self._exact(report)
        return found

    def _switch(self, info: CsvInfo) -> None:
        """Read on another way: in another encoding, or from a copy."""
        finalizer = None
        if info.data_path != self.info.data_path:
            finalizer, self._finalizer = self._finalizer, self._own(info)
        self._view = _View.of(info)
        self._windows.clear()
        if finalizer is not None:
            finalizer()

    def adopt(self, checkpoints: Iterable[tuple[int, int, int]], count: int) -> None:
        """Take over the checkpoints of an exact scan: (offset, number, line) of record starts in file order.

        The first must be the first data record (number 0); `count` is the number of records.
        """
        self._view = replace(self._view, rows=RowIndex.of(checkpoints, count))
        self._windows.clear()

    @property
    def index_memory(self) -> int:
        """Bytes the row index takes."""
        return self._view.rows.memory

    # -- reading at large

    async def profile_column(self, index: int) -> ColumnProfile:
        """What column `index` holds: all rows of a small file, else rows from windows spread over all of it."""
        view = self._view
        with _reading(view.info.path):
            return await in_thread(lambda report: profile_column(view.info, view.rows, index, view.size, report))

    async def find(self, text: str, start: int = 0, column: int | None = None, backwards: bool = False) -> int | None:
        """The first record from `start` on (backwards: up to it) with a cell that holds `text`, whatever its case."""
        view = self._view
        with _reading(view.info.path):
            return await in_thread(lambda report: search(view.info, view.rows, text, start, column, backwards, report))

    async def digest(self) -> SourceId:
        """Which file this is; `sha256` is of the bytes records are read from. Raises SourceChanged when it changed."""
        info = self.info

        def work(report: OnProgress) -> SourceId:
            digest = hashlib.sha256()
            with _reading(info.path), info.data_path.open("rb", buffering=0) as stream:
                while block := stream.read(1 << 20):
                    digest.update(block)
                    report(0, 0.0)
            self.check_unchanged()
            return SourceId(info.path, info.size, info.modified_ns, digest.hexdigest())

        return await in_thread(work)

    def check_unchanged(self) -> None:
        """Raise SourceChanged FILE_CHANGED or FILE_GONE when the file on disk is not the one that was opened."""
        info = self.info
        if info.path == "-":
            return
        details: dict[str, object] = {"path": info.path}
        try:
            status = Path(info.path).stat()
        except OSError as problem:
            raise SourceChanged("FILE_GONE", details=details) from problem
        if stat.S_ISREG(status.st_mode) and (status.st_size, status.st_mtime_ns) != (info.size, info.modified_ns):
            details |= {"size_before": info.size, "size_now": status.st_size}
            raise SourceChanged("FILE_CHANGED", details=details)

    async def reopen(self, overrides: DialectOverrides) -> OpenFile:
        """The same source read another way; this one stays open. A pipe is read from its copy."""
        return await asyncio.to_thread(self._reopen, overrides)

    def _reopen(self, overrides: DialectOverrides) -> OpenFile:
        info = self.info
        if info.path != "-" and not Path(info.path).is_fifo():
            return OpenFile.open(info.path, overrides, workdir=self._workdir)
        with _reading(info.path), private_copy(self._workdir) as (path, out), info.data_path.open("rb") as stream:
            while block := stream.read(1 << 20):
                out.write(block)
        if info.source_encoding:
            overrides = replace(overrides, encoding="utf-8")  # the copy is in UTF-8 already
        again = detect(str(path), overrides, workdir=self._workdir)
        if again.data_path != path:
            path.unlink()
        return OpenFile(replace(again, path=info.path), overrides, self._workdir)

    def close(self) -> None:
        """Remove private copies; rows cannot be read any more from those."""
        if self._finalizer is not None:
            self._finalizer()
        self._windows.clear()


@contextmanager
def _reading(path: str) -> Iterator[None]:
    """Turn the system's errors into SourceError CANNOT_READ, or SourceChanged FILE_GONE."""
    try:
        yield
    except FileNotFoundError as problem:
        raise SourceChanged("FILE_GONE", details={"path": path}) from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise SourceError("CANNOT_READ", details={"path": path, "reason": reason}) from problem
