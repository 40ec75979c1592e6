"""What a CSV looks like: dialect, headers, rows. A record is a CSV row; a line is a physical line of the file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file's bytes become cells.

    `encoding` is a Python codec name ("utf-8", "utf-8-sig", "cp1252", "utf-16", ...). `header_line` is the 1-based
    physical line at which the header record starts; 0 when the file has no header. `first_line` is the 1-based physical
    line of the first data record (so title lines and a `sep=` line are skipped). `newline` is "\\n", "\\r\\n", "\\r" or
    "mixed". `quotechar` is "" when quotes mean nothing in this file. `skip_blanks` is true when blanks behind a
    delimiter do not belong to the cell, so that `, "Acme, Inc"` is one cell.
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = '"'
    header_line: int = 1
    first_line: int = 2
    newline: str = "\n"
    bom: bool = False
    escape_backslash: bool = False
    skip_blanks: bool = False


@dataclass(frozen=True, slots=True)
class DialectOverrides:
    """What the user insists on; None leaves the detected value. `header_line` 0 means no header, and `first_line` then
    the line at which the records begin; `sheet` names the sheet of a spreadsheet."""

    encoding: str | None = None
    delimiter: str | None = None
    quotechar: str | None = None
    header_line: int | None = None
    escape_backslash: bool | None = None
    sheet: str | None = None
    first_line: int | None = None
    skip_blanks: bool | None = None


AS_DETECTED = DialectOverrides()
"""No wishes: everything is read as it was detected."""


@dataclass(frozen=True, slots=True)
class CsvInfo:
    """A file as opened: where it is, how it is read, what its columns are called.

    `path` is what the user named ("-" for standard input); `data_path` is the file the bytes are read from (a private
    temporary copy when the source was compressed, UTF-16, CR-only, a spreadsheet or a pipe; else the same file).
    `headers` are unique display names made from `raw_headers` (empty ones become "Column 3", repeats get " (2)").
    `notes` are short facts about the detection, in order of importance, as (what, how it was found) pairs.
    `dialect` describes the bytes of `data_path`, whose physical lines are those of the source; `source_encoding` is
    the codec of the source ("" when it is `dialect.encoding`). `data_start` is the byte offset in `data_path` at
    which line `dialect.first_line` begins. `opened_with` reads the source the same way again whatever is detected then.
    """

    path: str
    data_path: Path
    size: int
    modified_ns: int
    dialect: Dialect
    headers: tuple[str, ...]
    raw_headers: tuple[str, ...]
    notes: tuple[tuple[str, str], ...] = ()
    source_encoding: str = ""
    data_start: int = 0
    opened_with: DialectOverrides = AS_DETECTED

    @property
    def temporary(self) -> bool:
        """True when the records are read from a private copy that goes away when the file is closed."""
        return self.path == "-" or Path(self.path) != self.data_path

    @property
    def source_dialect(self) -> Dialect:
        """How the source itself is written, where `dialect` may tell of a copy: what a person is shown."""
        told = self.opened_with
        return replace(
            self.dialect,
            encoding=self.source_encoding or self.dialect.encoding,
            delimiter=self.dialect.delimiter if told.delimiter is None else told.delimiter,
            quotechar=self.dialect.quotechar if told.quotechar is None else told.quotechar,
            escape_backslash=bool(told.escape_backslash),
            skip_blanks=bool(told.skip_blanks),
        )

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return Path(self.path).name if self.path != "-" else "standard input"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One record: `number` is its 0-based position among the data records, `line` the 1-based physical line it starts
    at, `cells` its decoded cells exactly as many as the record has (ragged rows are not padded)."""

    number: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """What a column holds, over the rows looked at: `rows` seen, `filled` non-blank, `distinct` (estimate), `longest`
    in characters, `kinds` (email, phone, date, integer, number, boolean, url, id, text) with their counts."""

    index: int
    rows: int
    filled: int
    distinct: int
    longest: int
    kinds: tuple[tuple[str, int], ...]
    samples: tuple[str, ...]
