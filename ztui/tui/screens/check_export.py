"""What the check found as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ztui.model.counting import how_many
from ztui.present.paths import typed_path
from ztui.tui.screens.base import ZtuiScreen

if TYPE_CHECKING:
    from ztui.engine.preflight import CheckReport


class Exporting(ZtuiScreen):
    """The action that writes the findings."""

    def action_export(self) -> None:
        """Write every finding to a file."""
        report = self.session.report
        if report is None or not report.complete:
            self.notify("The check is not through yet; it will not take long.", severity="warning")
            return
        from ztui.tui.dialogs.save_as import SaveAs

        def chosen(path: str | None) -> None:
            if path:
                self.work(self._export(typed_path(path.strip()).absolute(), report), "export")

        source = self.session.path or "-"
        name = f"{Path(source).stem if source != '-' else 'rows'}.findings.csv"
        explain = "Every finding with its line, column, value, code, and what to do: a CSV file."
        self.app.push_screen(SaveAs("Export the findings", explain, name, source=source), chosen)

    async def _export(self, path: Path, report: CheckReport) -> None:
        from ztui.engine.whole_file import write_table
        from ztui.present.check import finding_rows

        file = self.session.file
        if file is None:
            return
        rows = finding_rows(report, file.structure, file.info.headers, self.session.schema)
        count = await write_table(path, rows, file.info.path)
        self.notify(f"{how_many(count - 1, 'finding')} written to {path}", timeout=4)
