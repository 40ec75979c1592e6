"""Compiles a mapping's rules into one pattern of a whole good row, and runs it over blocks of a file.

Most rows are good, and this finds out at a hundred megabytes a second without making cells. Fields whose steps no
pattern can express, and keys, are captured and judged one by one, each distinct text once. Everything that does not
match goes to the exact way.
"""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace

from ztui.csvfile.scan import SINGLE_BYTE
from ztui.engine.preflight_cells import Charset, field_pattern
from ztui.engine.preflight_rows import RowRules
from ztui.model.table import Dialect

_MEMO = 1 << 15
KeyOf = Callable[[int, str], int]
"""(slot, value) to the number that stands for the key."""


def charset_of(dialect: Dialect) -> Charset | None:
    """How the dialect's bytes are looked at; None when its encoding does not allow it."""
    try:
        name = codecs.lookup(dialect.encoding).name.removesuffix("-sig")
    except LookupError:
        return None
    if name != "utf-8" and not SINGLE_BYTE.fullmatch(name):
        return None
    if len(dialect.delimiter.encode()) != 1 or len(dialect.quotechar.encode()) > 1:
        return None
    return Charset(dialect.delimiter, dialect.quotechar, name, dialect.escape_backslash)


class Skimmer:
    """Takes good rows off a block. `keys` collects, by slot, one number for each row it took."""

    def __init__(
        self, rules: RowRules, dialect: Dialect, *, skip: frozenset[int], watched: Sequence[int], key_of: KeyOf
    ) -> None:
        self.keys: dict[int, array[int]] = {slot: array("q") for slot in watched}
        self.usable = False
        self._rules = rules
        self._encoding = dialect.encoding
        self._quote = dialect.quotechar.encode()
        self._skip = skip
        self._watched = frozenset(watched)
        self._key_of = key_of
        chars = charset_of(dialect)
        if chars is None or not rules.fields:
            return
        self._utf8 = chars.codec == "utf-8"
        # The second pattern lets only ASCII pass: for blocks of a UTF-8 file that hold bytes that are no UTF-8.
        kinds = [chars, replace(chars, codec="ascii")] if self._utf8 else [chars]
        fed: dict[int, list[int]] = {}
        for slot, rule in enumerate(rules.fields):
            if slot not in skip:
                for column in rule.columns:
                    fed.setdefault(column, []).append(slot)
        vouched = {
            column: patterns
            for column, slots in fed.items()
            if len(slots) == 1
            and len(rules.fields[slots[0]].columns) == 1
            and None not in (patterns := [field_pattern(rules.fields[slots[0]], kind) for kind in kinds])
        }
        self._captured = [c for c, slots in sorted(fed.items()) if c not in vouched or self._watched & set(slots)]
        compiled = [self._compile(kind, {c: p[at] or b"" for c, p in vouched.items()}) for at, kind in enumerate(kinds)]
        self._row, self._ascii_row = compiled[0], compiled[-1]
        self._pattern = self._row
        self._seen: bytes | None = None
        places = {column: at for at, column in enumerate(self._captured)}
        self._joined = [
            (slot, [places[c] for c in rule.columns])
            for slot, rule in enumerate(rules.fields)
            if len(rule.columns) > 1 and slot not in skip
        ]
        self._judged = [
            (at, slots)
            for at, column in enumerate(self._captured)
            if column not in vouched and (slots := [s for s in fed[column] if len(rules.fields[s].columns) == 1])
        ]
        self._memos: list[dict[bytes, bool]] = [{} for _ in self._captured]
        self.usable = True

    def _compile(self, chars: Charset, vouched: dict[int, bytes]) -> re.Pattern[bytes]:
        """The pattern of a row, or else of all the rest, which the last group captures."""
        cells = []
        for column in range(self._rules.width):
            text = vouched.get(column) or chars.any_cell(breaks=column not in self._captured)
            cells.append(rb"(" + text + rb")" if column in self._captured else text)
        row = re.escape(chars.delimiter.encode()).join(cells) + rb"\r?+\n"
        if self._rules.width == 1:
            row = rb"(?![\r\n])" + row  # a blank line is no record
        # Two groups at least make `findall` give tuples, whatever is captured.
        return re.compile(row + (b"" if self._captured else rb"()") + rb"|((?s:.)++)")

    def skim(self, data: bytes, start: int, end: int) -> tuple[int, int, int]:
        """See `csvfile.scan.Sink`."""
        if data is not self._seen:
            self._look_at(data)
        rows = self._pattern.findall(data, start, end)
        rest = 0
        if rows and rows[-1][-1]:
            rest = len(rows.pop()[-1])
        stop = end - rest
        count = len(rows)
        good = self._judge(rows)
        if good < count:
            stop = self._behind(data, start, end, good)
            rows, count = rows[:good], good
        if count and self.keys:
            self._collect(rows)
        return stop, count, data.count(b"\n", start, stop)

    def _behind(self, data: bytes, position: int, end: int, rows: int) -> int:
        """The position behind so many rows."""
        for _ in range(rows):
            found = self._pattern.match(data, position, end)
            assert found is not None
            position = found.end()
        return position

    def _look_at(self, data: bytes) -> None:
        """Choose the pattern for a new block: bytes that are no UTF-8 are nothing a pattern may pass."""
        self._seen = data
        self._pattern = self._row
        if self._utf8 and not data.isascii():
            try:
                # a character cut in two at the end of the block is not the block's fault
                codecs.getincrementaldecoder("utf-8")().decode(data)
            except UnicodeDecodeError:
                self._pattern = self._ascii_row

    def _judge(self, rows: list[tuple[bytes, ...]]) -> int:
        """How many rows from the first on have nothing wrong with their captured cells."""
        good = len(rows)
        for at, slots in self._judged:
            memo = self._memos[at]
            if len(memo) > _MEMO:
                memo.clear()
            for number in range(good):
                raw = rows[number][at]
                fine = memo.get(raw)
                if fine is None:
                    fine = memo[raw] = self._fine(raw, slots)
                if not fine:
                    good = number
                    break
        for slot, places in self._joined:
            rule = self._rules.fields[slot]
            for number in range(good):
                texts = [self._text(rows[number][p]) for p in places]
                if self._rules.judge_value(slot, "", rule.convert(texts)):
                    good = number
                    break
        return good

    def _fine(self, raw: bytes, slots: list[int]) -> bool:
        text = self._text(raw)
        return not any(self._rules.judge_value(s, text, self._rules.fields[s].convert((text,))) for s in slots)

    def _text(self, raw: bytes) -> str:
        quote = self._quote
        if quote and raw[:1] == quote:
            raw = raw[1:-1].replace(quote + quote, quote)
        return raw.decode(self._encoding, "surrogateescape")

    def _collect(self, rows: list[tuple[bytes, ...]]) -> None:
        for slot, numbers in self.keys.items():
            rule = self._rules.fields[slot]
            places = [self._captured.index(c) for c in rule.columns]
            key_of = self._key_of
            if len(places) == 1 and not rule.mapped.steps:
                at = places[0]
                texts = [row[at] for row in rows]
                quick = self._plain_keys(texts, slot)
                numbers.extend(quick if quick is not None else [key_of(slot, self._text(t)) for t in texts])
            else:
                numbers.extend([key_of(slot, rule.convert([self._text(row[p]) for p in places])) for row in rows])

    def _plain_keys(self, texts: list[bytes], slot: int) -> list[int] | None:
        """The keys' numbers at once, when none is blank, quoted or has blanks in or around it; else None."""
        joined = b"\n".join(texts)
        if self._quote and self._quote in joined:
            return None
        text = joined.decode(self._encoding, "surrogateescape")
        if not self._rules.fields[slot].field.unique_case_sensitive:
            text = text.casefold()
        # split() cuts at the very characters that strip() takes away
        pieces = text.split()
        return list(map(hash, pieces)) if len(pieces) == len(texts) else None
