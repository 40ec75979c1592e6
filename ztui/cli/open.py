"""`ztui FILE`, `ztui open FILE`, `ztui`: hand over to the interface."""

from __future__ import annotations

import click

from ztui.cli.context import App, pass_app


@click.command(epilog="Example: ztui leads.csv --module Leads --delimiter ';'")
@click.argument("file", required=False)
@click.option("--module", "-m", metavar="MODULE", help="The CRM module to import into, e.g. Leads.")
@pass_app
def command(app: App, file: str | None, module: str | None) -> int:
    """Open FILE in the interface; without a FILE the list of imports and recent files."""
    from ztui.tui.terminal import check_terminal

    trouble = check_terminal()
    if trouble is not None:
        raise trouble
    with app.session() as opened:
        from ztui.tui.app import run_tui

        return run_tui(opened, file, module or app.module)
