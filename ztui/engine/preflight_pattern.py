"""Compiles a mapping's rules into one pattern of a whole good row, and runs it over blocks of a file.

Most rows are good, and this finds out at a hundred megabytes a second without making cells. Fields whose steps no
pattern can express, and keys, are captured and judged one by one, each distinct text once. Rows that are well formed
but not good (or go over several lines) are taken whole by a second pattern, and a third tells which of their cells need
a closer look. Everything that does not match goes to the exact way.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ztui.engine.preflight_cells import field_pattern
from ztui.engine.preflight_charset import Charset, Patterns, charset_of, is_utf8
from ztui.engine.preflight_rows import Hit, RowRules, is_number
from ztui.model.table import Dialect

_MEMO = 1 << 15
_KNOWN, _SHORT = 1 << 11, 1 << 7
"""For how many cells of a field, of how many bytes at most, is kept what they break: half a kilobyte for each."""
BLANK_KEY = 0
"""What stands for a blank key: it never repeats. It is what `hash` gives for an empty text."""

KeyOf = Callable[[int, str], int]
"""(slot, value) to the number that stands for the key."""


@dataclass(frozen=True, slots=True)
class Skimmed:
    """The rows taken off a block: where they end, how many they are and how many physical lines they take.

    `faults` are (row, line, hits), counted from the first row taken, in order; `cells` the captured cells by row, and
    after them what `Patterns` says.
    """

    stop: int
    count: int
    lines: int
    faults: list[tuple[int, int, list[Hit]]]
    cells: list[tuple[bytes, ...]]


class Skimmer:
    """Takes well-formed rows off a block. `keys` collects, by slot, one number for each row it took."""

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
        # The groups of `Patterns.cells`: those of the captured columns, and those that catch what is not vouched for.
        self._places: list[int] = [0] * len(self._captured)
        self._suspects: list[tuple[int, int]] = []
        group = 0
        for column in range(rules.width):
            if column in places:
                self._places[places[column]] = group
                group += 1
            if column in vouched:
                self._suspects.append((group, fed[column][0]))
                group += 1
        compiled = [self._compile(kind, {c: p[at] or b"" for c, p in vouched.items()}) for at, kind in enumerate(kinds)]
        self._row, self._ascii_row = compiled[0], compiled[-1]
        self._pattern = self._row
        self._seen: bytes | None = None
        self._memos: list[dict[bytes, bool]] = [{} for _ in self._captured]
        self._known: list[dict[bytes, list[Hit]]] = [{} for _ in rules.fields]
        self.usable = True

    def _compile(self, chars: Charset, vouched: dict[int, bytes]) -> Patterns:
        """The patterns for these characters, given those of the cells that are vouched for, by column."""
        strict, loose, looks = [], [], []
        any_cell = chars.any_cell(breaks=True)
        delimiter = re.escape(chars.delimiter.encode())
        for column in range(self._rules.width):
            good = vouched.get(column)
            captured = column in self._captured
            text = good or chars.any_cell()
            free = not good and not captured
            strict.append(b"" if free else rb"(" + text + rb")" if captured else text)
            loose.append(any_cell)
            if good:
                # with the cell's end behind it: a value that only begins well is no good one
                end = delimiter if column < self._rules.width - 1 else rb"\r?+\n"
                text = rb"(?:" + good + rb"(?=" + end + rb")|(" + any_cell + rb"))"
                looks.append(rb"(?=(" + any_cell + rb"))" + text if captured else text)
            else:
                looks.append(rb"(" + any_cell + rb")" if captured else any_cell)
        blank = rb"(?![\r\n])" if self._rules.width == 1 else self._not_header(delimiter)  # a blank line is no record
        whole = self._with_free_cells(strict, chars, delimiter)
        rows = [blank + cells + rb"\r?+\n" for cells in (whole, delimiter.join(loose), delimiter.join(looks))]
        return Patterns(re.compile(rows[0] + rb"|(" + rows[1] + rb")|((?s:.)++)"), re.compile(rows[2]))

    def _not_header(self, delimiter: bytes) -> bytes:
        """Keeps rows out that may be the header once more: those whose first text is its first name, quoted or not.

        Nothing here is possessive: a name may begin as the byte order mark does ("ＩＤ"), and a tab may part the cells.
        """
        quote = re.escape(self._quote)
        names = (n.encode(self._encoding, "surrogateescape").lstrip(self._quote + b" \t") for n in self._rules.header)
        text = re.escape(next(filter(None, names), b""))
        if not text:
            return b""
        before = rb"[ \t" + quote + delimiter + rb"]*"
        name = text.replace(quote, b"(?:" + quote + b"){1,2}") if quote else text
        return rb"(?!" + before + rb"(?:\xef\xbb\xbf" + before + rb")*" + name + rb")"

    @staticmethod
    def _with_free_cells(cells: Sequence[bytes], chars: Charset, delimiter: bytes) -> bytes:
        """The cells of a row as one pattern; empty ones are free: no field wants them, any text will do.

        Free cells side by side are tried without quotes first, which takes half the time. Nothing goes back into them:
        either way they end at the same delimiter.
        """
        parts: list[bytes] = []
        at = 0
        while at < len(cells):
            run = at
            while run < len(cells) and not cells[run]:
                run += 1
            if run > at:
                plain, free = (delimiter.join([cell] * (run - at)) for cell in (chars.plain_cell(), chars.any_cell()))
                behind = delimiter if run < len(cells) else rb"(?=\r?+\n)"
                parts.append(rb"(?>" + plain + behind + rb"|" + free + behind + rb")")
                at = run
            else:
                parts.append(cells[at] + (delimiter if at + 1 < len(cells) else b""))
                at += 1
        return b"".join(parts)

    def skim(self, data: bytes, start: int, end: int) -> Skimmed:
        """Take as many whole well-formed rows as there are from `start` on, at most up to `end` (behind a line end)."""
        if data is not self._seen:
            self._look_at(data)
        rows = self._pattern.rows.findall(data, start, end)
        rest = len(rows.pop()[-1]) if rows and rows[-1][-1] else 0
        found = self._judge(rows)
        breaks: dict[int, int] = {}
        for number in [at for at, row in enumerate(rows) if row[-2]]:
            raw = rows[number][-2]
            cells, hits = self._look(raw)
            rows[number] = (*cells, raw, b"")
            breaks[number] = raw.count(b"\n") - 1
            if hits:
                found[number] = hits
        faults: list[tuple[int, int, list[Hit]]] = []
        more = 0  # lines beyond one for each row
        for number in sorted(found.keys() | breaks.keys()):
            if number in found:
                faults.append((number, number + more, found[number]))
            more += breaks.get(number, 0)
        return Skimmed(end - rest, len(rows), len(rows) + more, faults, rows)

    def _look_at(self, data: bytes) -> None:
        """Choose the patterns for a new block: bytes that are no UTF-8 are nothing a pattern may pass."""
        self._seen = data
        self._pattern = self._row if not self._utf8 or is_utf8(data) else self._ascii_row

    def _look(self, raw: bytes) -> tuple[list[bytes], list[Hit]]:
        """The captured cells of a well-formed row, and the rules it breaks."""
        found = self._pattern.cells.fullmatch(raw)
        assert found is not None
        groups = found.groups()
        cells = [groups[at] for at in self._places]
        hits: list[Hit] = []
        for at, slot in self._suspects:
            suspect = groups[at]
            if suspect is not None:
                hits += self._hits(slot, suspect)
        for at, slots in self._judged:
            for slot in slots:
                hits += self._hits(slot, cells[at])
        for slot, places in self._joined:
            hits += self._joined_hits(slot, [cells[p] for p in places])
        return cells, hits

    def _judge(self, rows: list[tuple[bytes, ...]]) -> dict[int, list[Hit]]:
        """The rules that captured cells break, by row; rows that are looked at as a whole are left out."""
        found: dict[int, list[Hit]] = {}
        for at, slots in self._judged:
            memo = self._memos[at]
            if len(memo) > _MEMO:
                memo.clear()
            cells = [row[at] for row in rows]
            bad = set()
            for raw in set(cells):
                fine = memo.get(raw)
                if fine is None:
                    fine = memo[raw] = not any(self._hits(slot, raw) for slot in slots)
                if not fine:
                    bad.add(raw)
            if not bad:
                continue
            for number, raw in enumerate(cells):
                if raw in bad and not rows[number][-2]:
                    for slot in slots:
                        found.setdefault(number, []).extend(self._hits(slot, raw))
        for slot, places in self._joined:
            for number, row in enumerate(rows):
                if not row[-2] and (hits := self._joined_hits(slot, [row[p] for p in places])):
                    found.setdefault(number, []).extend(hits)
        return found

    def _hits(self, slot: int, raw: bytes) -> list[Hit]:
        """The rules a cell breaks as the value of a field; the same bad value often comes again."""
        known = self._known[slot]
        hits = known.get(raw)
        if hits is None:
            text = self._text(raw)
            hits = self._rules.judge_value(slot, text, self._rules.fields[slot].convert((text,)))
            if len(known) > _KNOWN:
                known.clear()
            if len(raw) <= _SHORT:
                known[raw] = hits
        return hits

    def _joined_hits(self, slot: int, raws: Sequence[bytes]) -> list[Hit]:
        """The rules some cells break as the value of a field that takes several."""
        texts = [self._text(raw) for raw in raws]
        return self._rules.judge_value(slot, " ".join(t for t in texts if t), self._rules.fields[slot].convert(texts))

    def _text(self, raw: bytes) -> str:
        quote = self._quote
        if quote and raw[:1] == quote:
            raw = raw[1:-1].replace(quote + quote, quote)
        return raw.decode(self._encoding, "surrogateescape")

    def collect(self, taken: Skimmed) -> None:
        """Add the numbers of the rows' keys to `keys`."""
        rows = taken.cells
        if not rows:
            return
        for slot, numbers in self.keys.items():
            rule = self._rules.fields[slot]
            places = [self._captured.index(c) for c in rule.columns]
            key_of = self._key_of
            if len(places) == 1 and not rule.mapped.steps:
                at = places[0]
                texts = [row[at] for row in rows]
                fresh = self._plain_keys(texts, slot) or [key_of(slot, self._text(t)) for t in texts]
            else:
                fresh = [key_of(slot, rule.convert([self._text(row[p]) for p in places])) for row in rows]
            numbers.extend(fresh)

    def _plain_keys(self, texts: list[bytes], slot: int) -> list[int] | None:
        """The keys' numbers at once, when none is quoted; else None. Nothing hashes to 0, the number of a blank key."""
        if is_number(self._rules.fields[slot].field) or self._rules.fields[slot].mapped.default:
            return None
        joined = b"\n".join(texts)
        if self._quote and self._quote in joined:
            return None
        text = joined.decode(self._encoding, "surrogateescape")
        if not self._rules.fields[slot].field.unique_case_sensitive:
            text = text.casefold()
        # without quotes no cell holds a line end
        return list(map(hash, map(str.strip, text.split("\n"))))
