"""`ztui jobs`: the list of imports; `ztui jobs prune` forgets old ones."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.model.counting import how_many
from ztui.model.run import RunState

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace


@click.group(
    "jobs",
    invoke_without_command=True,
    epilog="Examples: ztui jobs --active --json · ztui jobs prune --days 90",
)
@click.option("--limit", "-n", type=click.IntRange(1), default=50, show_default=True, help="How many, newest first.")
@click.option("--active", is_flag=True, help="Only those with something left to send or to hear of.")
@output.json_option
@click.pass_context
def command(ctx: click.Context, limit: int, active: bool, as_json: bool) -> int | None:
    """List imports, newest first, with how many of their rows are in.

    With --json: a list of objects as `ztui job --json` prints them.
    """
    if ctx.invoked_subcommand is not None:
        return None
    return ctx.ensure_object(App).run(lambda workspace: _list(workspace, limit, active, as_json))


async def _list(workspace: Workspace, limit: int, active: bool, as_json: bool) -> int:
    from ztui.present.jobs import job_data, jobs_lines

    runs = workspace.runs
    states: list[RunState] = [s for s in runs.list(10_000 if active else limit) if not active or not s.ended_at][:limit]
    if as_json:
        output.document([job_data(state) for state in states])
        return diagnostics.Exit.DONE
    worked_on = [not state.active or runs.worked_on(state.run_id) for state in states]
    output.lines(jobs_lines(states, datetime.now(UTC), worked_on))
    if not all(worked_on):
        diagnostics.say("Nobody follows the runs that are left behind: `ztui resume` goes on with them.")
    updates = workspace.mass_updates
    for mass in updates.list():
        if mass.active and not updates.worked_on(mass.plan.id):
            diagnostics.say(f"The mass update {mass.plan.id} was left behind: `ztui resume` goes on with it.")
    return diagnostics.Exit.DONE


@command.command("prune", epilog="Example: ztui jobs prune --days 90 --yes")
@click.option("--days", type=click.IntRange(0), default=90, show_default=True, help="Keep what is younger.")
@click.option("--yes", "-y", is_flag=True, help="Forget without asking.")
@output.json_option
@pass_app
def prune(app: App, /, days: int, yes: bool, as_json: bool) -> int:
    """Forget ended imports that are older, with their sent and result archives. Nothing changes at Zoho."""
    if not yes:
        click.confirm(
            f"Forget all ended imports older than {how_many(days, 'day')}? They cannot be undone then.",
            err=True,
            abort=True,
        )

    async def work(workspace: Workspace) -> int:
        report = await workspace.runs.prune(days)
        if as_json:
            output.document({"runs": report.runs, "bytes": report.bytes})
        else:
            output.line(f"{how_many(report.runs, 'import')} forgotten, {report.bytes / 1_000_000:,.1f} MB freed.")
        return diagnostics.Exit.DONE

    return app.run(work)
