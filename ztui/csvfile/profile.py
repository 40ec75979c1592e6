"""What a column holds: fill, distinct values, kinds, longest, samples."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import islice

from ztui.csvfile.index import RowIndex
from ztui.csvfile.kinds import kind_of
from ztui.csvfile.reader import RecordReader, physical_lines
from ztui.model.table import ColumnProfile, CsvInfo

_WHOLE = 32 << 20  # bytes up to which every row is looked at
_WINDOWS = 64
_ROWS_PER_WINDOW = 1_000
_SAMPLES = 12
_TRACKED = 200_000  # values that are told apart
_KINDS_OF = 20_000  # values whose kind is judged


class ValueTally:
    """Collects the values of one column."""

    def __init__(self) -> None:
        self.rows = self.filled = self.longest = 0
        self._seen: Counter[str] = Counter()
        self._untracked = 0
        self._kinds: Counter[str] = Counter()
        self._judged = 0

    def add(self, value: str) -> None:
        """One more cell ("" where the row is too short)."""
        self.rows += 1
        text = value.strip()
        if not text:
            return
        self.filled += 1
        if len(value) > self.longest:
            self.longest = len(value)
        if text in self._seen or len(self._seen) < _TRACKED:
            self._seen[text] += 1
        else:
            self._untracked += 1
        if self._judged < _KINDS_OF:
            self._judged += 1
            self._kinds[kind_of(text)] += 1

    def profile(self, index: int, share: float) -> ColumnProfile:
        """The profile, given the share of the file's rows that was looked at."""
        once = sum(1 for n in self._seen.values() if n == 1)
        distinct = len(self._seen) + self._untracked
        if 0 < share < 1 and self.filled:
            # first-order jackknife (Haas & Stokes): values seen once stand for more of their like
            distinct = round(distinct / (1 - (1 - share) * (once + self._untracked) / self.filled))
        scale = self.filled / self._judged if self._judged else 1.0
        kinds = tuple((kind, round(n * scale)) for kind, n in self._kinds.most_common())
        samples = tuple(text for text, _ in self._seen.most_common(_SAMPLES))
        return ColumnProfile(index, self.rows, self.filled, distinct, self.longest, kinds, samples)


def profile_column(
    info: CsvInfo, rows: RowIndex, index: int, size: int, report: Callable[[int, float], None]
) -> ColumnProfile:
    """The profile of one column; of a large file, from windows spread evenly over its checkpoints.

    `report` is called every few rows; what it raises ends the work.
    """
    tally = ValueTally()
    starts = [info.data_start]
    limit: int | None = None
    if size > _WHOLE and len(rows) > _WINDOWS:
        points = rows.checkpoints()
        starts = [points[i * len(points) // _WINDOWS][0] for i in range(_WINDOWS)]
        limit = _ROWS_PER_WINDOW
    with info.data_path.open("rb", buffering=0) as stream:
        for start in starts:
            stream.seek(start)
            reader = RecordReader(physical_lines(stream, 1 << 16), info.dialect, offset=start)
            for number, cells in enumerate(islice(reader, limit)):
                tally.add(cells[index] if index < len(cells) else "")
                if not number & 0xFF:
                    report(tally.rows, 0.0)
    known = rows.count if rows.complete else tally.rows
    share = tally.rows / known if limit is not None and known else 1.0
    return tally.profile(index, share)
