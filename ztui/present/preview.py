"""The preview of a file beside its mapping: column heads, line texts, and one-line descriptions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ztui.model.counting import how_many
from ztui.present.fields import percent, sureness

if TYPE_CHECKING:
    from ztui.model.crm import ModuleSchema
    from ztui.model.mapping import Mapping, Suggestion
    from ztui.model.table import ColumnProfile, CsvInfo

_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", ":": "colon", " ": "space"}


def head_note(mapping: Mapping, schema: ModuleSchema, column: int, confidence: float | None) -> tuple[str, str]:
    """The second line of a column's head and its mark: where the column goes, and how sure the proposal was."""
    mapped = mapping.for_column(column)
    if not mapped:
        return "not sent", "faint"
    names = []
    for one in mapped:
        field = schema.field(one.api_name)
        names.append(field.label if field else one.api_name)
    text = "→ " + ", ".join(names)
    if confidence is None:
        return text, "ok"
    if confidence >= 0.9:
        return f"{text} {percent(confidence)}", "ok"
    return f"{text} {percent(confidence)}?", "warn"


def column_line(
    mapping: Mapping, schema: ModuleSchema, column: int, suggestion: Suggestion | None, confidence: float | None
) -> str:
    """What the program thinks of a column, in one sentence."""
    mapped = mapping.for_column(column)
    if mapped and suggestion is not None and confidence is not None:
        said = f"{percent(confidence)}, {sureness(confidence)}: {suggestion.reason}"
        if len(mapped) == 1:
            return said
        field = schema.field(suggestion.api_name or "")
        return f"{field.label if field else suggestion.api_name} {said}; the rest by you"
    if mapped:
        return "mapped by you"
    if suggestion is not None and suggestion.question:
        return suggestion.question
    if suggestion is None:
        return "not mapped: this column stays out"
    if suggestion.api_name is None:
        return suggestion.reason or "nothing fits: this column stays out"
    field = schema.field(suggestion.api_name)
    label = field.label if field else suggestion.api_name
    return f"left out; proposed was {label} ({percent(suggestion.confidence)}: {suggestion.reason})"


def delimiter_name(delimiter: str) -> str:
    """A delimiter in words."""
    return _DELIMITERS.get(delimiter, repr(delimiter))


def dialect_line(info: CsvInfo) -> str:
    """How the file is read: `cp1252 · semicolon · header in line 1`."""
    dialect = info.source_dialect
    parts = [dialect.encoding, delimiter_name(dialect.delimiter)]
    parts.append(f"header in line {dialect.header_line}" if dialect.header_line else "no header")
    if not dialect.quotechar:
        parts.append("no quoting")
    elif dialect.quotechar != '"':
        parts.append(f"quotes {dialect.quotechar}")
    return " · ".join(parts)


def rows_line(indexed: int, exact: int | None, estimated: int) -> str:
    """How many rows there are: exact when the file has been read through, else what is known so far."""
    if exact is not None:
        return how_many(exact, "row")
    return "about " + how_many(max(indexed, estimated), "row")


def size(count: int) -> str:
    """Bytes as people say them: `812 bytes`, `27.8 MB`, `2.4 GB` (powers of 1,000)."""
    if count < 1000:
        return how_many(count, "byte")
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if value < 1000 or unit == "TB":
            break
    return f"{value:.1f} {unit}" if value < 100 else f"{value:.0f} {unit}"


def profile_lines(header: str, profile: ColumnProfile) -> list[tuple[str, str]]:
    """A column's profile as (name, value) pairs."""
    rows = max(1, profile.rows)
    lines = [
        ("Column", header),
        ("Rows looked at", f"{profile.rows:,}"),
        ("Filled", f"{profile.filled:,} ({profile.filled * 100 // rows}%)"),
        ("Distinct values", f"about {profile.distinct:,}"),
        ("Longest", how_many(profile.longest, "character")),
    ]
    filled = max(1, profile.filled)
    kinds = [f"{kind} {count * 100 // filled}%" for kind, count in sorted(profile.kinds, key=lambda k: -k[1])[:4]]
    if kinds:
        lines.append(("Looks like", ", ".join(kinds)))
    lines += [("Samples" if not index else "", sample) for index, sample in enumerate(profile.samples[:8])]
    return lines


def mapped_counts(mapping: Mapping, columns: int) -> tuple[int, int]:
    """(columns that go somewhere, all columns)."""
    return len({c for f in mapping.fields for c in f.columns}), columns


def first_filled(rows: Sequence[Sequence[str]], column: int) -> str:
    """The first value of a column that is not blank, among these rows."""
    return next((row[column] for row in rows if column < len(row) and row[column].strip()), "")
