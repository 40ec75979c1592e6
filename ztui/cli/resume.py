"""`ztui resume`: go on with imports and mass updates that were paused, stopped or left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.cli.following import followed, say_why_stopped, show_end
from ztui.errors import RunError, ZtuiError

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace

_BUSY = ("RUN_BUSY", "MASS_BUSY")


@click.command("resume", epilog="Examples: ztui resume · ztui resume 3f2a")
@click.argument("run", required=False)
@output.json_option
@pass_app
def command(app: App, /, run: str | None, as_json: bool) -> int:
    """Go on with RUN, an import or a mass update, and follow it to its end; without RUN, with everything unfinished.

    An import that waits after its canary goes on only when it is named. What another ztui works on is left alone. The
    exit status is the worst of all.
    """

    async def work(workspace: Workspace) -> int:
        if run is not None:
            return await _one(workspace, run, as_json)
        return await _all(workspace, as_json)

    return app.run(work)


async def _one(workspace: Workspace, name: str, as_json: bool) -> int:
    runs = workspace.runs
    try:
        run = runs.get(name).run_id
    except RunError as unknown:
        try:
            mass = workspace.mass_updates.get(name).plan.id
        except RunError:
            raise unknown from None
        from ztui.cli.mass_update import go_on

        return await go_on(workspace, mass, as_json)
    return show_end(runs, await followed(lambda told: runs.resume(run, told)), as_json)


async def _all(workspace: Workspace, as_json: bool) -> int:
    from ztui.present import mass_update, steps
    from ztui.present.jobs import job_data

    runs, updates = workspace.runs, workspace.mass_updates
    troubles: dict[str, ZtuiError] = {}
    with diagnostics.progress() as line:
        states = await runs.resume_all(
            lambda state, _event: line.update(steps.progress_line(state)),
            halted=True,
            on_trouble=troubles.__setitem__,
        )
        masses = await updates.resume_all(
            lambda state: line.update(mass_update.progress_line(state)),
            halted=True,
            on_trouble=troubles.__setitem__,
        )
    busy = [name for name, error in troubles.items() if error.code in _BUSY]
    waiting = [state.run_id for state in runs.unfinished() if state.paused_for == "canary"]
    if as_json:
        shown = [job_data(state, runs.tree(state.run_id)) for state in states]
        output.document([*shown, *(mass_update.state_data(state, results=False) for state in masses)])
    elif not states and not masses:
        output.line("Nothing else is unfinished." if waiting or busy else "Nothing is unfinished.")
    if not as_json:
        for state in states:
            output.line(f"{state.run_id}: {steps.summary_line(runs.counts(state.run_id), state.total_rows)}")
        for mass in masses:
            output.line(mass_update.summary_line(mass))
    for state in states:
        say_why_stopped(state)
    for name in busy:
        diagnostics.say(f"{name} was left alone: another ztui works on it.")
    failed = {name: error for name, error in troubles.items() if name not in busy}
    for name, error in failed.items():
        diagnostics.say(f"{name} could not go on.")
        diagnostics.report(error)
    for run_id in waiting:
        diagnostics.say(f"{run_id} waits after its first rows: `ztui resume {run_id}` sends the rest.")
    ends = [*map(diagnostics.exit_for_run, states), *map(diagnostics.exit_for_mass, masses)]
    return max([*ends, *map(diagnostics.exit_for, failed.values())], default=diagnostics.Exit.DONE)
