"""`ztui resume`: go on with an import that was paused, stopped or left behind, or with all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.cli.following import followed, say_why_stopped, show_end
from ztui.errors import ZtuiError

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace


@click.command("resume", epilog="Examples: ztui resume · ztui resume 3f2a")
@click.argument("run", required=False)
@output.json_option
@pass_app
def command(app: App, /, run: str | None, as_json: bool) -> int:
    """Go on with RUN and follow it to its end; without RUN, with everything unfinished.

    An import that waits after its canary goes on only when it is named. What another ztui works on is left alone. The
    exit status is the worst of all.
    """

    async def work(workspace: Workspace) -> int:
        runs = workspace.runs
        if run is not None:
            return show_end(runs, await followed(lambda told: runs.resume(run, told)), as_json)
        from ztui.present.jobs import job_data
        from ztui.present.steps import progress_line, summary_line

        troubles: dict[str, ZtuiError] = {}
        with diagnostics.progress() as line:
            states = await runs.resume_all(
                lambda state, _event: line.update(progress_line(state)),
                halted=True,
                on_trouble=troubles.__setitem__,
            )
        waiting = [state.run_id for state in runs.unfinished() if state.paused_for == "canary"]
        if as_json:
            output.document([job_data(state, runs.tree(state.run_id)) for state in states])
        elif not states:
            output.line("Nothing else is unfinished." if waiting else "Nothing is unfinished.")
        for state in states if not as_json else ():
            output.line(f"{state.run_id}: {summary_line(runs.counts(state.run_id), state.total_rows)}")
        for state in states:
            say_why_stopped(state)
        for run_id, error in troubles.items():
            diagnostics.say(f"{run_id} could not go on.")
            diagnostics.report(error)
        for run_id in waiting:
            diagnostics.say(f"{run_id} waits after its first rows: `ztui resume {run_id}` sends the rest.")
        ends = [diagnostics.exit_for_run(state) for state in states]
        return max([*ends, *map(diagnostics.exit_for, troubles.values())], default=diagnostics.Exit.DONE)

    return app.run(work)
