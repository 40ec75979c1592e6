"""Collects the number of every record's key, for packing: equal keys have equal numbers within one process.

Only the columns up to the key are looked at closely; what a row holds behind them does not matter here.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import replace

from ztui.csvfile.reader import RecordReader
from ztui.csvfile.scan import RangeWalk, any_but, patterns_work
from ztui.engine.preflight_cells import field_pattern
from ztui.engine.preflight_charset import Charset, charset_of, is_utf8
from ztui.engine.preflight_pattern import BLANK_KEY
from ztui.engine.preflight_rows import RowRules, is_number
from ztui.engine.preflight_segment import is_error
from ztui.model.table import CsvInfo


class KeyNumbers:
    """The key numbers of a whole file, by the rules of its key alone: `numbers`, one for each record.

    Raises OSError and SourceError while it is made.
    """

    def __init__(self, info: CsvInfo, rules: RowRules) -> None:
        self.numbers = array("q")
        self._info = info
        self._rules = rules
        key = self._key = rules.fields[0]
        self._order = sorted(set(key.columns))
        self._quote = info.dialect.quotechar.encode()
        self._seen: bytes | None = None
        chars = charset_of(info.dialect)
        if chars is not None:
            self._utf8 = chars.codec == "utf-8"
            self._row = self._compile(chars)
            self._ascii_row = self._compile(replace(chars, codec="ascii")) if self._utf8 else self._row
        walk = RangeWalk(info.data_path, info.dialect, info.data_start, None)
        walk.run(self, skim=chars is not None and patterns_work())

    def _compile(self, chars: Charset) -> re.Pattern[bytes]:
        """Rows with a good key: without quotes behind it, whose end is found at once, or any; then rows with any key.

        Each of the three ways has a group for each key column.
        """
        delimiter = re.escape(chars.delimiter.encode())
        odd = re.escape(chars.quote.encode()) + (rb"\\" if chars.escapes else b"")
        odd += rb"\r\n" + (b"" if chars.codec == "utf-8" else chars.high(lambda char: False))
        bare, any_cell = any_but(odd + delimiter) + b"*+", chars.any_cell(breaks=True)
        width, last = len(self._info.headers), self._order[-1]
        good = field_pattern(self._key, chars) if len(self._key.columns) == 1 and not self._key.mapped.steps else None
        ways = []
        for cell, known in ((bare, good or rb"(?!)"), (any_cell, good or rb"(?!)"), (any_cell, any_cell)):
            cells = [rb"(" + known + rb")" if c in self._order else cell for c in range(width)]
            ways.append(delimiter.join(cells))
        cells = [rb"(" + (good or rb"(?!)") + rb")" if c in self._order else bare for c in range(last + 1)]
        ways[0] = delimiter.join(cells) + (delimiter + any_but(odd) + b"*+" if last < width - 1 else b"")
        blank = rb"(?![\r\n])" if width == 1 else b""
        return re.compile(rb"|".join(blank + way + rb"\r?+\n" for way in ways) + rb"|((?s:.)++)")

    def skim(self, data: bytes, start: int, end: int) -> tuple[int, int, int]:
        """See `csvfile.scan.Sink`."""
        if data is not self._seen:
            self._seen = data
            self._pattern = self._row if not self._utf8 or is_utf8(data) else self._ascii_row
        rows = self._pattern.findall(data, start, end)
        rest = len(rows.pop()[-1]) if rows and rows[-1][-1] else 0
        if rows:
            self._collect(rows)
        return end - rest, len(rows), data.count(b"\n", start, end - rest)

    def _collect(self, rows: list[tuple[bytes, ...]]) -> None:
        count = len(self._order)
        if len(self._key.columns) == 1:
            texts = [good or other for good, other, _, _ in rows]
            loose = [at for at, row in enumerate(rows) if row[2]]
            joined = b"\n".join(texts)
            quoted = self._quote and self._quote in joined
            plain = not quoted and not is_number(self._key.field) and not self._key.mapped.default
            if plain and len(loose) < len(rows):
                text = joined.decode(self._info.dialect.encoding, "surrogateescape")
                pieces = (text if self._key.field.unique_case_sensitive else text.casefold()).split("\n")
                fresh = list(map(hash, map(str.strip, pieces)))
                for at in loose:
                    fresh[at] = self._number([self._text(rows[at][2])])
                self.numbers.extend(fresh)
                return
        places = [self._order.index(c) for c in self._key.columns]
        for row in rows:
            raws = [row[p] or row[p + count] or row[p + 2 * count] for p in places]
            self.numbers.append(self._number([self._text(raw) for raw in raws]))

    def _text(self, raw: bytes) -> str:
        quote = self._quote
        if quote and raw[:1] == quote:
            raw = raw[1:-1].replace(quote + quote, quote)
        return raw.decode(self._info.dialect.encoding, "surrogateescape")

    def _number(self, cells: list[str]) -> int:
        """The number of a record's key; keys that are refused meet no others."""
        value = self._key.convert(cells)
        if any(is_error(hit.rule) for hit in self._rules.judge_value(0, "", value)):
            return BLANK_KEY
        return self.number_of(value)

    def number_of(self, value: str) -> int:
        """The number of a key as it is sent: the default for a blank one, if there is one."""
        text = self._key.key_text(value)
        return hash(text) if text else BLANK_KEY

    def record(self, cells: list[str], line: int, reader: RecordReader) -> None:
        """See `csvfile.scan.Sink`."""
        count = len(cells)
        self.numbers.append(self._number([cells[c] if c < count else "" for c in self._key.columns]))
