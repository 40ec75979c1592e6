"""The findings of one kind as lines of a table, read from the report as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ztui.model.finding import Finding
from ztui.tui.widgets.grid_model import Line

if TYPE_CHECKING:
    from ztui.engine.preflight import CheckReport, FindingGroup
    from ztui.model.crm import ModuleSchema


def file_groups(found: Sequence[Finding]) -> list[FindingGroup]:
    """What is broken in the file as such, as groups of one."""
    from ztui.engine.preflight import FindingGroup

    return [FindingGroup(f.level, f.code, f.severity, f.scope, f.api_name, f.column, 1, f) for f in found]


def place_of(group: FindingGroup, schema: ModuleSchema | None, headers: Sequence[str]) -> str:
    """The field that a group is about, else the column, else nothing."""
    field = schema.field(group.api_name) if schema is not None and group.api_name else None
    column = headers[group.column] if group.column is not None and group.column < len(headers) else ""
    return field.label if field is not None else group.api_name or column


class FindingLines:
    """A grid source over the findings of one group: read as they are drawn."""

    def __init__(self, report: CheckReport, group: FindingGroup, headers: Sequence[str]) -> None:
        self._report, self._group, self._headers = report, group, headers

    def count(self) -> int:
        """All findings of the group."""
        return self._group.count

    def lines(self, start: int, count: int) -> Sequence[Line]:
        """Findings as lines."""
        return [self._line(f) for f in self._report.findings(self._group, start, count)]

    def _line(self, finding: Finding) -> Line:
        column = finding.column
        name = self._headers[column] if column is not None and column < len(self._headers) else ""
        value = finding.value if finding.value is not None else ""
        where = f"{finding.line}" if finding.line is not None else ""
        if not value and finding.scope != "row":  # it is about the mapping or the file, not about a cell
            return Line((where, name, ""))
        return Line((where, name, value or "(blank)"), marks=() if value else ((2, "faint"),))
