"""What ztui's first picture is compared with: the smallest Textual app, or with "table" one that shows a table.

`python -m tests.benchmarks.bare_app [table]`; ctrl+q ends it.
"""

import sys

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Static

ROWS, COLUMNS = 40, 20


class BareApp(App[None]):
    """One word."""

    def compose(self) -> ComposeResult:
        """The word."""
        yield Static("hello")


class TableApp(App[None]):
    """A screenful of cells that are known beforehand."""

    def compose(self) -> ComposeResult:
        """The table."""
        yield DataTable()

    def on_mount(self) -> None:
        """Its cells."""
        table: DataTable[str] = self.query_one(DataTable)
        table.add_columns(*(f"Column {number}" for number in range(COLUMNS)))
        table.add_rows([[f"cell {row} {column}" for column in range(COLUMNS)] for row in range(ROWS)])


if __name__ == "__main__":
    app = TableApp() if "table" in sys.argv[1:] else BareApp()
    app.run()
