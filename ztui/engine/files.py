"""An open file: what it is, any of its rows at once, and what a scan in the background finds out.

Reading rows is synchronous and takes milliseconds; everything that reads the whole file is asynchronous and runs in a
thread that gives way to the interface. Closing removes private copies. What only a scan or a search needs is imported
by it: the first rows are on screen sooner.
"""

from __future__ import annotations

import asyncio
import stat
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ztui.csvfile.copies import discard, private_copy
from ztui.csvfile.detect import detect, in_encoding, normalised
from ztui.csvfile.encoding import judge
from ztui.csvfile.index import scan_provisional
from ztui.engine.background import OnProgress, abandonable, in_thread
from ztui.engine.file_rows import FileRows, reading
from ztui.errors import SourceChanged
from ztui.model.finding import Finding, Severity
from ztui.model.table import AS_DETECTED, ColumnProfile, CsvInfo, DialectOverrides

if TYPE_CHECKING:
    from ztui.csvfile.structure import Structure
    from ztui.model.plan import SourceId

_AT_ONCE = 4 << 20  # bytes up to which all of a file is judged when it is opened, and no provisional index is needed
_FINDINGS_EVERY = 0.25  # seconds between two looks at what the scan has found so far


class OpenFile(FileRows):
    """A file as opened. Close it, or use it as a context manager."""

    def __init__(self, info: CsvInfo, overrides: DialectOverrides, workdir: Path | None = None) -> None:
        super().__init__(info)
        self._overrides = overrides
        self._workdir = workdir
        self._settled = False
        self._scanned = False
        self._scanning = asyncio.Lock()
        self.structure: tuple[Finding, ...] = ()
        """What is broken; grows while `index` runs."""
        self.doubts: tuple[Finding, ...] = ()
        """Why the file is hardly read as it was meant, once `index` is through: open quotes, letters that look wrong.
        Whoever names the quote character or the encoding has seen what comes of it."""

    @classmethod
    def open(cls, path: str, overrides: DialectOverrides = AS_DETECTED, *, workdir: Path | None = None) -> OpenFile:
        """Detect and open; blocking (milliseconds for a plain file). Private copies go to `workdir`.

        Raises SourceError with a code of `errors/local_file.toml`.
        """
        with reading(path):
            file = cls(detect(path, overrides, workdir=workdir), overrides, workdir)
            try:
                if file._view.size <= _AT_ONCE:
                    file._settle(lambda _done, _fraction: None)
            except BaseException:
                file.close()
                raise
            return file

    @classmethod
    async def opened(cls, path: str, overrides: DialectOverrides = AS_DETECTED) -> OpenFile:
        """Open it in a thread. A pipe may stay silent for ever: whoever is cancelled meanwhile does not wait for it."""
        return await abandonable(lambda: cls.open(path, overrides), lambda file: file.close())

    def __enter__(self) -> OpenFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- the scan

    async def index(self, on_progress: OnProgress | None = None) -> int:
        """Scan the file; returns the exact number of records. `on_progress` hears (rows so far, fraction) in the loop.

        First the encoding is judged on the whole file, then comes a provisional index (both fast), then the exact pass
        with its findings. When the encoding is another than the beginning spoke for, or records end with lone CRs
        somewhere, `info` changes. Cancelling the task ends the scan. Raises SourceError; SourceChanged when the file
        is not the one that was opened any more.
        """
        async with self._scanning:
            if not self._scanned:
                await in_thread(self._scan, on_progress)
                self.check_unchanged()  # else the numbers would be of a mixture
                self._scanned = True
        return self._view.rows.count

    async def settle(self) -> None:
        """Make sure of how the file is read, over all of its bytes; nearly as fast as reading it.

        Whoever reads `info.data_path` without waiting for `index` calls this first: a file whose first 2 MB are ASCII
        may still be in Windows-1252, and one with lone CRs is read from a copy. Raises SourceError.
        """
        if self._settled or self._scanned:
            return
        lone_cr = await in_thread(self._settle)
        if lone_cr:
            await self.index()

    def _settle(self, report: OnProgress) -> bool:
        """Judge the bytes; whether a scan must find out if the lone CRs in them end records."""
        info = self.info
        with reading(info.path):
            seen = judge(info.data_path, report)
            free = self._overrides.encoding is None and not info.source_encoding
            if free and seen.verdict.name != info.dialect.encoding and self.info is info:
                self._switch(in_encoding(info, seen.verdict))
        self._settled = not seen.lone_cr
        return seen.lone_cr

    def _scan(self, report: OnProgress) -> None:
        from ztui.csvfile.findings import empty_findings, encoding_findings, structure_findings

        if not self._settled:
            self._settle(report)
        view = self._view
        with reading(view.info.path):
            if view.size > _AT_ONCE and not view.rows.complete:
                scan_provisional(view.info.data_path, view.rows, view.size, report)
            found = self._exact(report)
        free = self._overrides.encoding is None and not self.info.source_encoding
        letters = encoding_findings(found.verdict if free else None)
        cells = structure_findings(found, len(self.info.headers))
        if not found.count:
            with reading(view.info.path):
                cells += empty_findings(self.info)
        self.structure = letters + cells
        insists = self._overrides.quotechar is not None
        self.doubts = tuple(f for f in (letters if insists else self.structure) if f.severity is Severity.ERROR)
        self.adopt(found.checkpoints, found.count)

    def _exact(self, report: OnProgress) -> Structure:
        from ztui.csvfile.findings import structure_findings
        from ztui.csvfile.structure import StructureScan

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

    # -- reading at large

    async def profile_column(self, index: int) -> ColumnProfile:
        """What column `index` holds: all rows of a small file, else rows from windows spread over all of it."""
        from ztui.csvfile.profile import profile_column

        view = self._view
        with reading(view.info.path):
            return await in_thread(lambda report: profile_column(view.info, view.rows, index, view.size, report))

    async def find(self, text: str, start: int = 0, column: int | None = None, backwards: bool = False) -> int | None:
        """The first record from `start` on (backwards: up to it) with a cell that holds `text`, whatever its case."""
        from ztui.csvfile.search import search

        view = self._view
        with reading(view.info.path):
            return await in_thread(lambda report: search(view.info, view.rows, text, start, column, backwards, report))

    async def digest(self) -> SourceId:
        """Which file this is; `sha256` is of the bytes records are read from. Raises SourceChanged when it changed."""
        import hashlib

        from ztui.model.plan import SourceId

        info = self.info

        def work(report: OnProgress) -> SourceId:
            digest = hashlib.sha256()
            with reading(info.path), info.data_path.open("rb", buffering=0) as stream:
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
        with reading(info.path), private_copy(self._workdir) as (path, out), info.data_path.open("rb") as stream:
            while block := stream.read(1 << 20):
                out.write(block)
        if info.source_encoding:
            overrides = replace(overrides, encoding="utf-8")  # the copy is in UTF-8 already
        try:
            again = detect(str(path), overrides, workdir=self._workdir)
        except BaseException:
            discard(path)
            raise
        if again.data_path != path:
            discard(path)
        return OpenFile(replace(again, path=info.path), overrides, self._workdir)
