"""`ztui job`: one import in full; pausing it, and cancelling what is not sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace


@click.command("job", epilog="Examples: ztui job 3f2a · ztui job 3f2a --pause · ztui job 3f2a --events")
@click.argument("run")
@click.option("--pause", "wish", flag_value="pause", help="Send nothing more until `ztui resume`; jobs at Zoho go on.")
@click.option("--cancel", "wish", flag_value="cancel", help="Never send what is not sent yet; jobs at Zoho go on.")
@click.option("--events", is_flag=True, help="Also everything that happened, with its time.")
@output.json_option
@pass_app
def command(app: App, /, run: str, wish: str | None, events: bool, as_json: bool) -> int:
    """Show the import RUN (the first characters of its id are enough), part by part.

    The exit status says how it ended. With --json: run, phase, source, module, operation, profile, environment, rows,
    counts, started_at, ended_at, active, paused_for, error, credits, undone, parent_run, mended_by, and for each part
    number, rows, stage, job_id, counts, joined, error, findings.
    """

    async def work(workspace: Workspace) -> int:
        from ztui.present.jobs import history_lines, job_data, job_lines

        runs = workspace.runs
        if wish == "pause":
            await runs.pause(run)
        elif wish == "cancel":
            await runs.cancel(run)
        state = runs.get(run)
        tree = runs.tree(state.run_id)
        if as_json:
            data = job_data(state, tree)
            output.document(
                {**data, "events": [{"event": type(e).__name__, **output.plain(e)} for e in runs.events(run)]}
                if events
                else data
            )
        else:
            output.lines(job_lines(state, datetime.now(UTC), tree))
            if events:
                output.lines(["", *history_lines(runs.events(run))])
        if wish:
            if not as_json and runs.worked_on(state.run_id):
                diagnostics.say("Another ztui works on it; it takes the wish up within a second.")
            return diagnostics.Exit.DONE
        return diagnostics.exit_for_run(state) if state.ended_at else diagnostics.Exit.DONE

    return app.run(work)
