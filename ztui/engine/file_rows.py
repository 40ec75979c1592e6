"""The rows of an open file: any of them by number or line, through an index that others fill.

Reading is synchronous and takes milliseconds. Owns the private copy, if there is one, and the last windows that were
read; scans belong to `ztui.engine.files`.
"""

from __future__ import annotations

import weakref
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice

from ztui.csvfile.copies import discard
from ztui.csvfile.index import Checkpoint, RowIndex
from ztui.csvfile.reader import RecordReader, physical_lines, read_rows
from ztui.errors import SourceChanged, SourceError
from ztui.model.table import CsvInfo, SourceRow

_CACHED_WINDOWS = 8


@dataclass(frozen=True, slots=True)
class View:
    """How the file is read at the moment: replaced as a whole, so that rows never mix two readings."""

    info: CsvInfo
    rows: RowIndex
    size: int

    @staticmethod
    def of(info: CsvInfo) -> View:
        """A view with nothing indexed yet."""
        rows = RowIndex(Checkpoint(info.data_start, 0, info.dialect.first_line))
        return View(info, rows, info.data_path.stat().st_size)


class FileRows:
    """The rows of a file, and how it is read."""

    def __init__(self, info: CsvInfo) -> None:
        self._view = View.of(info)
        self._windows: OrderedDict[tuple[int, int], list[SourceRow]] = OrderedDict()
        self._estimate: int | None = None
        self._finalizer = self._own(info)

    def _own(self, info: CsvInfo) -> weakref.finalize[..., FileRows] | None:
        if not info.temporary:
            return None
        return weakref.finalize(self, discard, info.data_path)

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
            with reading(view.info.path), view.info.data_path.open("rb", buffering=0) as stream:
                stream.seek(start)
                lines = physical_lines(stream, 1 << 16)
                reader = RecordReader(lines, view.info.dialect, offset=start, patient=False)
                seen = sum(1 for _ in islice(reader, 200))
            self._estimate = seen
            if seen == 200:
                self._estimate = int(seen * (view.size - start) / max(reader.offset - start, 1))
        return max(self._estimate, view.rows.count)

    def peek(self, start: int, count: int) -> list[SourceRow]:
        """As `rows`, for painting: nothing where the file cannot be read any more. Whatever is done next tells why."""
        try:
            return self.rows(start, count)
        except SourceError:
            return []

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
    def _read(view: View, at: Checkpoint, skip: int, count: int) -> list[SourceRow]:
        info = view.info
        with reading(info.path):
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
        with reading(info.path), info.data_path.open("rb", buffering=0) as stream:
            stream.seek(at.offset)
            reader = RecordReader(physical_lines(stream, 1 << 16), info.dialect, line=at.line, patient=False)
            for _ in reader:
                number += 1
                if line < reader.line:  # the first line behind this record
                    break
        return max(number, 0)

    def _switch(self, info: CsvInfo) -> None:
        """Read on another way: in another encoding, or from a copy."""
        finalizer = None
        if info.data_path != self.info.data_path:
            finalizer, self._finalizer = self._finalizer, self._own(info)
        self._view = View.of(info)
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

    def close(self) -> None:
        """Remove private copies; rows cannot be read any more from those."""
        if self._finalizer is not None:
            self._finalizer()
        self._windows.clear()


@contextmanager
def reading(path: str) -> Iterator[None]:
    """Turn the system's errors into SourceError CANNOT_READ, or SourceChanged FILE_GONE."""
    try:
        yield
    except FileNotFoundError as problem:
        raise SourceChanged("FILE_GONE", details={"path": path}) from problem
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise SourceError("CANNOT_READ", details={"path": path, "reason": reason}) from problem
