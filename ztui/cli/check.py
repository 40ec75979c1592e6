"""`ztui check`: every row of a file against every rule that can be known before sending."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.cli.dialect import dialect_options, overrides_of
from ztui.model.counting import how_many
from ztui.model.crm import Operation

if TYPE_CHECKING:
    from ztui.engine.imports import Wanted
    from ztui.engine.workspace import Workspace
    from ztui.model.table import DialectOverrides


@click.command("check", epilog="Example: ztui check leads.csv --module Leads --json | jq '.groups'")
@click.argument("file")
@click.option(
    "--mapping", type=click.Path(dir_okay=False, path_type=Path), help="A mapping file; else the proposal is checked."
)
@click.option("--module", "-m", metavar="MODULE", help="The CRM module, e.g. Leads; else the mapping's.")
@click.option("--operation", type=click.Choice([o.value for o in Operation]), help="insert, update or upsert.")
@click.option("--find-by", metavar="FIELD", help="The key for update and upsert, by API name.")
@click.option("--ignore-empty/--clear-empty", default=None, help="Blank cells leave fields alone, or clear them.")
@click.option("--online/--offline", default=False, help="Ask the org whether lookups and owners exist.")
@dialect_options
@output.json_option
@pass_app
def command(
    app: App,
    /,
    file: str,
    mapping: Path | None,
    module: str | None,
    operation: str | None,
    find_by: str | None,
    ignore_empty: bool | None,
    online: bool,
    as_json: bool,
    **dialect: Any,
) -> int:
    """Check FILE and say what Zoho would refuse, and what would surprise. Nothing is sent.

    Without --mapping the mapping remembered for these headers is checked, else the proposal. Without a profile the
    standard fields of the module hold. Ends with 0 when nothing would be refused, 1 when something would.
    """
    from ztui.engine.imports import Wanted

    wanted = Wanted(
        module=module or app.module or "",
        operation=Operation(operation) if operation else None,
        find_by=find_by,
        mapping_file=mapping,
        ignore_empty=ignore_empty,
    )
    overrides = overrides_of(**dialect)
    return app.run(lambda workspace: _check(workspace, file, overrides, wanted, online, as_json))


async def _check(
    workspace: Workspace, path: str, overrides: DialectOverrides, wanted: Wanted, online: bool, as_json: bool
) -> int:
    from ztui.engine.imports import map_file
    from ztui.engine.preflight import check
    from ztui.present.check import check_json
    from ztui.present.findings import finding_line
    from ztui.present.steps import check_lines, check_progress, file_lines, mapping_lines

    with await workspace.open_file(path, overrides) as file:
        with diagnostics.progress() as line:
            rows = await file.index(lambda n, part: line.update(f"reading: {how_many(n, 'row')}, {part:.0%}"))
            mapped = await map_file(workspace, file, wanted)
            report = await check(
                file,
                mapped.mapping,
                mapped.schema,
                online=workspace.directory() if online else None,
                on_report=lambda r: line.update(check_progress(r)),
                version=workspace.profile.api_version if workspace.profile is not None else "v2.1",
                collapse=False,
            )
        headers = file.info.headers
        if as_json:
            output.lines(check_json(path, report, file.structure, mapped.mapping, headers, mapped.schema))
        else:
            output.lines(["File", *file_lines(file.info, rows), "", f"Mapping ({mapped.origin.value})"])
            output.lines([*mapping_lines(mapped, headers), "", "Check"])
            output.lines(f"{found.severity.value}: {finding_line(found)}" for found in file.structure)
            output.lines(check_lines(report, headers, mapped.schema))
        broken = any(found.severity.value == "error" for found in file.structure)
    refused = report.blocking or report.rows_refused or broken
    return diagnostics.Exit.REFUSED if refused else diagnostics.Exit.DONE
