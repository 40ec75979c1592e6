"""What is wrong, or worth knowing, before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """error: Zoho would refuse it; warning: it would do something surprising; note: worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found. `level` and `code` name a catalogue entry.

    `record` (0-based) and `line` (1-based physical) are None when it concerns the file or the mapping as a whole;
    `column` (0-based source column), `api_name` and `value` (the offending text, before transforms) are None where they
    do not apply. `scope` is "row" (this row would be refused), "file" or "mapping" (the whole job would be).
    `params` are facts for the entry's templates as (name, text) pairs, e.g. (("max", "80"), ("actual", "95")).
    """

    level: str
    code: str
    severity: Severity
    scope: str = "row"
    record: int | None = None
    line: int | None = None
    column: int | None = None
    api_name: str | None = None
    value: str | None = None
    params: tuple[tuple[str, str], ...] = ()

    def param(self, name: str, default: str = "") -> str:
        """The fact called `name`."""
        return next((v for k, v in self.params if k == name), default)
