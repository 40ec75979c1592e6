"""`ztui undo`: take an import back, after a typed confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.errors import PlanError, RunError
from ztui.model.counting import how_many

if TYPE_CHECKING:
    from ztui.engine.runs import Runs
    from ztui.engine.undo import UndoReport
    from ztui.engine.workspace import Workspace


@click.command("undo", epilog="Examples: ztui undo 3f2a · ztui undo 3f2a --with-repairs --yes")
@click.argument("run")
@click.option("--with-repairs", is_flag=True, help="Also the runs that sent its mended rows, newest first.")
@click.option("--force", is_flag=True, help="Also records that somebody changed since.")
@click.option("--dry-run", is_flag=True, help="Only say what would be taken back.")
@click.option("--yes", "-y", is_flag=True, help="Take back without asking for the number.")
@output.json_option
@pass_app
def command(app: App, /, run: str, with_repairs: bool, force: bool, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Delete the records that RUN created, and put back values it changed if it kept them (--before-image).

    Only records that the ledger has by their id are touched. Those changed by somebody since are listed and left. The
    exit status is 1 when any was left. With --json: a list of run, deleted, restored, gone, left (record_id, row, line,
    code, message, modified); with --dry-run of run, delete, restore, without_image, done.
    """

    async def work(workspace: Workspace) -> int:
        from ztui.engine.consent import is_that_count
        from ztui.present.outcomes import preview_data, undo_data, undo_lines, undo_question

        runs = workspace.runs
        wanted = _runs(runs, run, with_repairs)
        previews = [runs.undo_preview(run_id) for run_id in wanted]
        total = sum(preview.total for preview in previews)
        if dry_run:
            if as_json:
                output.document([preview_data(preview) for preview in previews])
            else:
                for preview in previews:
                    output.lines([f"Run {preview.run_id}", *(f"    {text}" for text in undo_question(preview))])
            return diagnostics.Exit.DONE
        if not total:
            raise RunError("UNDO_NOTHING", details={"run": run})
        if not yes:
            for preview in previews:
                for text in undo_question(preview):
                    diagnostics.say(text)
            typed = click.prompt(f"Type {total} to take them back", err=True, default="", show_default=False)
            if not is_that_count(typed, total):
                raise PlanError("CONFIRMATION_MISSING", details={"count": total, "answer": typed})
        reports: list[UndoReport] = []
        with diagnostics.progress() as line:
            for preview in previews:
                if preview.total:
                    reports.append(
                        await runs.undo(
                            preview.run_id,
                            lambda done, of: line.update(f"{done:,} of {how_many(of, 'record')}"),
                            force=force,
                        )
                    )
        if as_json:
            output.document([undo_data(report) for report in reports])
        else:
            for report in reports:
                output.lines([f"Run {report.run_id}", *(f"    {text}" for text in undo_lines(report))])
        return diagnostics.Exit.REFUSED if any(report.left for report in reports) else diagnostics.Exit.DONE

    return app.run(work)


def _runs(runs: Runs, run: str, with_repairs: bool) -> list[str]:
    if not with_repairs:
        return [runs.get(run).run_id]
    return [state.run_id for state in reversed(runs.tree(run))]
