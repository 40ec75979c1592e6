"""`ztui results`: what became of each row, shown, filtered, or written to a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.model.counting import how_many
from ztui.model.outcome import RowResult

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace

_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(
    "results",
    epilog="Examples: ztui results 3f2a --save results.csv · ztui results 3f2a --refused again.csv",
)
@click.argument("run")
@click.option("--result", "wanted", type=click.Choice([r.value for r in RowResult]), multiple=True, help="Only these.")
@click.option("--code", help="Only rows with this code, e.g. INVALID_DATA.")
@click.option("--limit", "-n", type=click.IntRange(0), default=20, show_default=True, help="How many rows to show.")
@click.option("--start", type=click.IntRange(1), default=1, show_default=True, help="The first row to show.")
@click.option("--save", type=_FILE, help="Write all rows with outcome, record id, code and remedy (CSV, UTF-8).")
@click.option("--refused", type=_FILE, help="Write the refused rows as a file to load again, in the source's own form.")
@output.json_option
@pass_app
def command(
    app: App,
    /,
    run: str,
    wanted: tuple[str, ...],
    code: str | None,
    limit: int,
    start: int,
    save: Path | None,
    refused: Path | None,
    as_json: bool,
) -> int:
    """Show what became of the rows of RUN: counts by code, then the rows that are not in, each with its reason.

    With --json: run, counts, groups (result, code, fields, count), rows (row, line, result, record_id, joined, errors)
    and saved (path, rows, encoding).
    """

    async def work(workspace: Workspace) -> int:
        from ztui.present.outcomes import group_lines, outcome_data, outcome_line, total_line

        runs = workspace.runs
        state = runs.get(run)
        saved = []
        for path, only_refused in ((save, False), (refused, True)):
            if path is not None:
                with diagnostics.progress() as line:
                    saved.append(
                        await runs.export_results(
                            state.run_id,
                            path,
                            only_refused=only_refused,
                            on_progress=lambda rows: line.update(f"writing: {how_many(rows, 'row')}"),
                        )
                    )
        results = {RowResult(value) for value in wanted} or (None if code else {r for r in RowResult if not r.ok})
        rows = runs.outcomes(state.run_id, results=results, code=code, start=start - 1, count=limit)
        told = [(outcome, runs.diagnose(state.run_id, outcome)) for outcome in rows]
        if as_json:
            output.document(
                {
                    "run": state.run_id,
                    "counts": runs.counts(state.run_id),
                    "groups": runs.groups(state.run_id),
                    "rows": [outcome_data(outcome, why) for outcome, why in told],
                    "saved": saved,
                }
            )
        else:
            output.lines(group_lines(runs.groups(state.run_id)))
            for outcome, why in told:
                output.lines(["", *outcome_line(outcome, why)])
            output.lines(["", total_line(runs.total(state.run_id))])
            for report in saved:
                output.line(f"{how_many(report.rows, 'row')} written to {report.path} ({report.encoding}).")
        return diagnostics.exit_for_run(state)

    return app.run(work)
