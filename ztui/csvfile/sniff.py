"""Guesses the dialect from the first lines: delimiter, quoting, title lines, header. Every guess can be overridden.

The rule for the delimiter is that most records have the header's width; the header of an export rarely holds another
candidate, while cells often do.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ztui.csvfile.header import Header, find_header, known_words
from ztui.csvfile.kinds import kind_of
from ztui.csvfile.reader import csv_format
from ztui.model.counting import how_many
from ztui.model.table import Dialect, DialectOverrides

DELIMITERS = (",", ";", "\t", "|", ":")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar", ":": "colon", " ": "space"}
_SEP_LINE = re.compile(r'\ufeff?"?sep=(.)"?[\r\n]*', re.IGNORECASE)
_SINGLE_QUOTED = re.compile(r"(?:^|[,;\t|:])'[^'\r\n]*'(?=[,;\t|:\r\n]|$)")
_MAX_RECORDS = 400
_LOOK = 10_000  # characters of a line that are looked at for quoting


@dataclass(frozen=True, slots=True)
class SampleRecord:
    """A record of the sample: the 1-based physical line it starts at, its cells, and the line end it closed with."""

    line: int
    cells: list[str]
    ending: str


@dataclass(frozen=True, slots=True)
class Sample:
    """The records of the first lines as read with one dialect; `unclosed` is the line of a quote never closed."""

    records: list[SampleRecord]
    unclosed: int | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """A dialect, where its header is, how the first records read, and why: notes as (what, how) pairs."""

    dialect: Dialect
    header: Header
    sample: Sample
    notes: tuple[tuple[str, str], ...]


def read_sample(lines: Sequence[str], dialect: Dialect, start: int = 1, *, whole: bool = True) -> Sample:
    """Read the non-blank records of `lines` from physical line `start`.

    When more of the file follows (`whole` is false) the last record may be cut short and is left out.
    """
    taken = start - 1
    exhausted = False

    def feed() -> object:
        nonlocal taken, exhausted
        while taken < len(lines):
            taken += 1
            yield lines[taken - 1]
        exhausted = True

    reader = csv.reader(feed(), **csv_format(dialect))  # type: ignore[arg-type]
    records: list[SampleRecord] = []
    while len(records) < _MAX_RECORDS:
        first = taken + 1
        cells = next(reader, None)
        if cells is None:
            return Sample(records)
        if exhausted:
            if whole:
                records.append(SampleRecord(first, cells, ""))
            return Sample(records, unclosed=first)
        if not whole and taken == len(lines):
            return Sample(records)
        if cells:
            text = lines[taken - 1]
            records.append(SampleRecord(first, cells, _ending(text)))
    return Sample(records)


def _ending(text: str) -> str:
    tail = text[-2:]
    return tail[len(tail.rstrip("\r\n")) :]


def sniff(lines: Sequence[str], encoding: str, bom: bool, overrides: DialectOverrides, *, whole: bool) -> Guess:
    """The dialect of these first physical lines (with their ends, without the byte-order mark)."""
    notes: list[tuple[str, str]] = []
    base = Dialect(encoding=encoding, bom=bom)
    start = 1
    told = _SEP_LINE.fullmatch(lines[0]) if lines else None
    if told:
        start = 2
    if at := overrides.header_line or overrides.first_line:
        start = max(start, at)  # what stands above may be anything
    quotechar, how = _quotechar(lines, overrides)
    if how:
        notes.append((f"Quote character {quotechar or 'none'}", how))
    base = Dialect(encoding=encoding, bom=bom, quotechar=quotechar)

    if overrides.delimiter is not None:
        delimiter, how = overrides.delimiter, "as you said"
    elif told:
        delimiter, how = told[1], f"the first line says {lines[0].strip()}"
    else:
        delimiter, how = _delimiter(lines, base, start, overrides, whole=whole)
    notes.insert(0, (f"Delimiter {NAMES.get(delimiter, delimiter)}", how))

    dialect = Dialect(encoding=encoding, bom=bom, quotechar=quotechar, delimiter=delimiter)
    sample = read_sample(lines, dialect, start, whole=whole)
    escaped, how = _backslash(lines, dialect, sample, start, overrides, whole=whole)
    if escaped:
        dialect = replace(dialect, escape_backslash=True)
        sample = read_sample(lines, dialect, start, whole=whole)
    if how:
        notes.append(('Backslash before quotes (\\")' if escaped else "Backslash is a plain character", how))
    if _blanks_before_quotes(lines, dialect, sample, start, overrides, whole=whole):
        dialect = replace(dialect, skip_blanks=True)
        sample = read_sample(lines, dialect, start, whole=whole)
        how = "as you said" if overrides.skip_blanks else "only so do quoted cells behind a blank fit the header"
        notes.append(("Blanks behind delimiters left out", how))

    header = find_header([(r.line, r.cells) for r in sample.records], overrides.header_line)
    notes.append((header.what, header.how))
    newline = _newline(sample)
    if newline != "\n":
        label = {"\r\n": "CRLF", "\r": "CR", "mixed": "mixed"}[newline]
        notes.append((f"Line ends {label}", "seen in the first records"))
    dialect = replace(dialect, header_line=header.line, first_line=header.first_line, newline=newline)
    return Guess(dialect, header, sample, tuple(notes))


def _newline(sample: Sample) -> str:
    endings = {r.ending for r in sample.records if r.ending}
    if not endings:
        return "\n"
    return endings.pop() if len(endings) == 1 else "mixed"


def _quotechar(lines: Sequence[str], overrides: DialectOverrides) -> tuple[str, str]:
    if overrides.quotechar is not None:
        return overrides.quotechar, "as you said"
    some = lines[:200]
    if not any('"' in line for line in some):
        single = sum(1 for line in some if _SINGLE_QUOTED.search(line, 0, _LOOK))
        if single >= 2 and single >= 0.8 * len(some):
            return "'", "most lines hold cells in single quotes, none in double quotes"
    return '"', ""


def _backslash(
    lines: Sequence[str],
    dialect: Dialect,
    plain: Sample,
    start: int,
    overrides: DialectOverrides,
    *,
    whole: bool,
) -> tuple[bool, str]:
    """Whether quotes are escaped by a backslash: only when reading so makes the records fit better."""
    if overrides.escape_backslash is not None:
        return overrides.escape_backslash, "as you said"
    if not dialect.quotechar or not any("\\" + dialect.quotechar in line for line in lines):
        return False, ""
    escaped = Dialect(dialect.encoding, dialect.delimiter, dialect.quotechar, escape_backslash=True)
    other = read_sample(lines, escaped, start, whole=whole)
    if _fit(other)[1] > _fit(plain)[1] or (plain.unclosed and not other.unclosed):
        return True, "only so do the records fit the header"
    alike = _fit(other)[1] == _fit(plain)[1] and not other.unclosed
    if alike and not _is_strict(lines, dialect, start, plain) and _is_strict(lines, escaped, start, other):
        return True, "only so do quoted cells end where their quotes do"
    return False, ""


def _is_strict(lines: Sequence[str], dialect: Dialect, start: int, sample: Sample) -> bool:
    """Whether no cell of the sample goes on behind its closing quote."""
    reader = csv.reader(lines[start - 1 :], **(csv_format(dialect) | {"strict": True}))
    try:
        for _ in sample.records:
            next(reader, None)
    except csv.Error:
        return False
    return True


def _blanks_before_quotes(
    lines: Sequence[str],
    dialect: Dialect,
    plain: Sample,
    start: int,
    overrides: DialectOverrides,
    *,
    whole: bool,
) -> bool:
    """Whether blanks behind a delimiter are decoration: only when cells in quotes follow them and fit better so."""
    if overrides.skip_blanks is not None:
        return overrides.skip_blanks
    if not dialect.quotechar or dialect.delimiter == " ":
        return False
    mark = re.compile(re.escape(dialect.delimiter) + " +" + re.escape(dialect.quotechar))
    if not any(mark.search(line, 0, _LOOK) for line in lines):
        return False
    skipping = replace(dialect, skip_blanks=True)
    other = read_sample(lines, skipping, start, whole=whole)
    if other.unclosed and not plain.unclosed:
        return False
    # as many records fit and none is torn, or more do
    return _fit(other)[1] > _fit(plain)[1] or (_fit(other) == _fit(plain) and _is_strict(lines, skipping, start, other))


def _fit(sample: Sample) -> tuple[int, float]:
    """The width of the header (or of most records) and the share of records that have it."""
    widths = [len(r.cells) for r in sample.records]
    if not widths:
        return 1, 0.0
    counted = Counter(widths)
    best = (1, 0.0)
    for width in dict.fromkeys(widths[:8]):  # the header may stand behind a few title lines
        share = counted[width] / len(widths)
        if width > 1 and share > best[1] + 0.05:
            best = (width, share)
    return best if best[0] > 1 else (1, counted[1] / len(widths))


def _plausible(sample: Sample, delimiter: str) -> float:
    """Share of cells that are blank or look like one value, rather than like several run together."""
    others = [d for d in DELIMITERS if d not in (delimiter, ":")]
    good = total = 0
    for record in sample.records[:60]:
        for cell in record.cells:
            total += 1
            foreign = [d for d in others if d in cell]
            # decimal commas, "March 3, 2026" and addresses of pages hold other delimiters by nature
            good += not foreign or kind_of(cell) == "url" or (foreign == [","] and kind_of(cell) in ("number", "date"))
    return good / total if total else 0.0


def _delimiter(
    lines: Sequence[str], base: Dialect, start: int, overrides: DialectOverrides, *, whole: bool
) -> tuple[str, str]:
    best: tuple[float, str, int, float] | None = None
    samples: dict[str, Sample] = {}
    for candidate in DELIMITERS:
        dialect = Dialect(
            delimiter=candidate,
            quotechar=base.quotechar,
            escape_backslash=bool(overrides.escape_backslash),
            skip_blanks=bool(overrides.skip_blanks),
        )
        samples[candidate] = read_sample(lines, dialect, start, whole=whole)
    told = {d for d, sample in samples.items() if d != ":" and _header_fits(sample)}
    for rank, (candidate, sample) in enumerate(samples.items()):
        width, share = _fit(sample)
        if width < 2 or (width == 2 and len(sample.records[0].cells) == 1 and _by_chance(sample, share)):
            continue
        score = share + 0.25 * _plausible(sample, candidate) + 0.02 * min(width, 10) - 0.01 * rank
        if candidate == ":":
            names = next(r.cells for r in sample.records if len(r.cells) == width)
            titled = names is not sample.records[0].cells
            if any("://" in line for line in lines[start - 1 : start + 20]) or (
                titled and (width < 3 or share < 0.8 or not known_words(names))
            ):
                continue  # times and addresses hold colons; a header does not by chance
            score -= 0.2
        if width != len(sample.records[0].cells):
            score -= 0.1  # the first record is a title then, which few files have
            if len(sample.records[0].cells) == 1 and told - {candidate}:
                continue  # the header holds another delimiter, and as often as the rows
        if best is None or score > best[0]:
            best = (score, candidate, width, share)
    if best is None or best[3] < 0.3:
        counts = {d: _outside_quotes(lines[start - 1], d) for d in DELIMITERS} if len(lines) >= start else {}
        top = max(counts, key=lambda d: counts[d]) if counts else ","
        if counts.get(top):
            return top, f"the first line holds {counts[top]} of them, though few records fit"
        # one that does not occur keeps "€ 1.234,56" whole
        unused = (d for d in DELIMITERS if not any(d in line for line in lines))
        return next(unused, ","), "no delimiter found: one column"
    _, delimiter, width, share = best
    return delimiter, f"{share:.0%} of the first records have {how_many(width, 'cell')}"


def _header_fits(sample: Sample) -> bool:
    """Whether nearly all records have as many cells as the first, and more than two."""
    width, share = _fit(sample)
    return width > 2 and share >= 0.9 and len(sample.records[0].cells) == width


def _by_chance(sample: Sample, share: float) -> bool:
    """Whether two cells under a first record of one come from the text itself: rarely so, or always ", "."""
    pairs = [record.cells[1] for record in sample.records if len(record.cells) == 2]
    return share < 0.5 or all(second.startswith(" ") for second in pairs)


def _outside_quotes(line: str, delimiter: str) -> int:
    return re.sub(r'"[^"]*"', "", line).count(delimiter)
