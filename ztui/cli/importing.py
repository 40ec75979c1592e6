"""`ztui import`: check a file and send it, without the interface."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ztui.cli import output
from ztui.cli.context import App, pass_app
from ztui.cli.dialect import dialect_options, overrides_of
from ztui.cli.sending import Options, import_file
from ztui.model.crm import Operation


@click.command(
    "import",
    epilog="Example, one line in cron: ztui import leads.csv --mapping leads.toml --canary 5 --wait",
)
@click.argument("file")
@click.option(
    "--mapping", type=click.Path(dir_okay=False, path_type=Path), help="A mapping file; else a sure proposal."
)
@click.option("--adapt", is_flag=True, help="Follow mapped columns that moved or were renamed since.")
@click.option("--module", "-m", metavar="MODULE", help="The CRM module, e.g. Leads; else the mapping's.")
@click.option("--operation", type=click.Choice([o.value for o in Operation]), help="insert, update or upsert.")
@click.option("--find-by", metavar="FIELD", help="The key for update and upsert, by API name.")
@click.option("--ignore-empty/--clear-empty", default=None, help="Blank cells leave fields alone, or clear them.")
@click.option(
    "--canary",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Send N rows first and look at them (see above).",
)
@click.option("--strict", is_flag=True, help="Send nothing when any row would be refused.")
@click.option("--row-by-row", is_flag=True, help="Leave rows out one by one even where a column mostly fails.")
@click.option("--online/--offline", default=True, help="Ask the org whether lookups and owners exist (default: ask).")
@click.option("--forecast", is_flag=True, help="For update and upsert: look the keys up and count what would change.")
@click.option("--before-image", is_flag=True, help="Read records first, so that an update can be undone.")
@click.option("--wait/--no-wait", default=True, help="Follow the jobs to their end, or leave that to `ztui resume`.")
@click.option("--yes", "-y", is_flag=True, help="Send without asking.")
@dialect_options
@output.json_option
@pass_app
def command(
    app: App,
    /,
    file: str,
    mapping: Path | None,
    adapt: bool,
    module: str | None,
    operation: str | None,
    find_by: str | None,
    ignore_empty: bool | None,
    canary: int,
    strict: bool,
    row_by_row: bool,
    online: bool,
    forecast: bool,
    before_image: bool,
    wait: bool,
    yes: bool,
    as_json: bool,
    **dialect: Any,
) -> int:
    """Check FILE, say what will be sent, and send it.

    Without --mapping the mapping remembered for these headers is used, else the proposal if nothing in it is doubtful.
    Rows that would be refused are left out and listed. Ends with a line that accounts for every row.

    Without a terminal nobody can be asked. Then a --mapping file counts as the yes, unless this very file was sent
    before, or many rows would go into production without --canary or --yes. With --canary and no terminal, or with
    --yes, the rest is sent only when every one of the first N rows went in; otherwise the import waits (`ztui resume
    RUN` sends the rest) and the exit status is 1, or 5 when a row's fate is not known.
    """
    options = Options(
        path=file,
        overrides=overrides_of(**dialect),
        module=module or app.module or "",
        operation=Operation(operation) if operation else None,
        find_by=find_by,
        ignore_empty=ignore_empty,
        mapping_file=mapping,
        adapt=adapt,
        canary=canary,
        strict=strict,
        row_by_row=row_by_row,
        online=online,
        forecast=forecast,
        before_image=before_image,
        wait=wait,
        yes=yes,
        as_json=as_json,
    )
    return app.run(lambda workspace: import_file(workspace, options))
