"""`ztui preview`: how a file is read, its first rows, and what is broken in it. Needs no profile."""

from __future__ import annotations

from typing import Any

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import run_async
from ztui.cli.dialect import dialect_options, overrides_of
from ztui.model.counting import how_many
from ztui.model.table import DialectOverrides


@click.command("preview", epilog="Example: ztui preview export.csv --delimiter semicolon")
@click.argument("file")
@click.option("--rows", default=10, show_default=True, type=click.IntRange(0), help="How many rows to show.")
@click.option("--start", default=1, show_default=True, type=click.IntRange(1), help="The first row to show.")
@dialect_options
@output.json_option
def command(file: str, rows: int, start: int, as_json: bool, **said: Any) -> int:
    """Show how FILE ("-": standard input) is read: encoding, delimiter, columns, first rows, broken structure.

    The whole file is scanned; the exit status is 1 when its structure is broken.
    """
    return run_async(_preview(file, start - 1, rows, as_json, overrides_of(**said)))


async def _preview(path: str, start: int, count: int, as_json: bool, overrides: DialectOverrides) -> int:
    from ztui.engine.files import OpenFile
    from ztui.present.files import overview_lines, preview_data, row_lines, structure_lines

    opened = await OpenFile.opened(path, overrides)
    with opened as file, diagnostics.progress() as line:

        def told(rows: int, fraction: float) -> None:
            line.update(f"{how_many(rows, 'row')}, {fraction:.0%}")

        await file.index(told)
        line.clear()
        shown = file.rows(start, count)
        if as_json:
            output.document(preview_data(file.info, shown, file.row_count, file.estimated_rows, file.structure))
        else:
            output.lines(overview_lines(file.info, file.row_count, file.estimated_rows))
            if shown:
                output.lines(["", *row_lines(file.info, shown)])
            if file.structure:
                output.lines(["", *structure_lines(file.structure)])
        broken = any(finding.severity == "error" for finding in file.structure)
    return diagnostics.Exit.REFUSED if broken else diagnostics.Exit.DONE
