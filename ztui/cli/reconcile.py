"""`ztui reconcile`: find out what became of rows whose fate is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from ztui.cli.context import App, pass_app
from ztui.cli.following import followed, show_end
from ztui.cli.output import json_option

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace


@click.command("reconcile", epilog="Example: ztui reconcile 3f2a")
@click.argument("run")
@json_option
@pass_app
def command(app: App, /, run: str, as_json: bool) -> int:
    """Look again at the rows of RUN that are neither known to be in nor known to be refused.

    The job's result is asked for once more; else the records are looked up by key. Nothing is sent. The exit status
    is 5 while anything stays unknown; `ztui retry RUN --unknown` sends those rows again, which can double records.
    """

    async def work(workspace: Workspace) -> int:
        runs = workspace.runs
        return show_end(runs, await followed(lambda told: runs.reconcile(run, told)), as_json)

    return app.run(work)
