"""`ztui suggest`: which column feeds which field, with reasons. Works without a profile, and on a header alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.cli.diagnostics import Exit
from ztui.cli.dialect import dialect_options, overrides_of
from ztui.model.crm import Operation
from ztui.model.table import DialectOverrides

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace

_ROWS = 200


@click.command("suggest", epilog="Example: ztui suggest export.csv --module Leads --json")
@click.argument("file")
@click.option("--module", "-m", metavar="MODULE", help="The CRM module, e.g. Leads.")
@click.option(
    "--operation",
    type=click.Choice([o.value for o in Operation]),
    default=Operation.INSERT.value,
    show_default=True,
    help="What is to be done with the rows; update and upsert may use the record id as key.",
)
@click.option("--save", metavar="PATH", help="Write the proposal as a mapping file, to be read and edited.")
@dialect_options
@output.json_option
@pass_app
def command(
    app: App, /, file: str, module: str | None, operation: str, save: str | None, as_json: bool, **said: Any
) -> int:
    """Propose a field for each column of FILE ("-": standard input), from its header and first values.

    Columns that nothing surely points to stay open. Without a profile, or when its org cannot be reached, the module's
    standard fields are used.
    """
    name = module or app.module
    if not name:
        raise click.UsageError("Say which module with --module, e.g. --module Leads.")
    return app.run(lambda workspace: _suggest(workspace, file, name, Operation(operation), save, as_json, said))


async def _suggest(
    workspace: Workspace,
    path: str,
    module: str,
    operation: Operation,
    save: str | None,
    as_json: bool,
    said: dict[str, Any],
) -> int:
    import asyncio
    from pathlib import Path

    from ztui.engine.suggest import mapping_from, suggest
    from ztui.engine.whole_file import refuse_source
    from ztui.present.mapping import suggestion_data, suggestion_lines

    overrides: DialectOverrides = overrides_of(**said)
    schema, unreachable = await workspace.schema_or_standard(module)
    if unreachable is not None:
        diagnostics.report(unreachable)
        diagnostics.say(f"  The standard fields of {module} are used instead: those the org has added are not known.")
    with await workspace.open_file(path, overrides) as opened:
        headers, raw = opened.info.headers, opened.info.raw_headers
        cells = [row.cells for row in await asyncio.to_thread(opened.sample, _ROWS)]
    suggestions = suggest(headers, cells, schema, operation)
    if save:
        refuse_source(Path(save), path)
        await asyncio.to_thread(workspace.mappings.refuse_other, save)
        mapping = mapping_from(suggestions, headers, schema, operation)
        await asyncio.to_thread(workspace.mappings.save, Path(save), mapping, schema)
    if as_json:
        output.document(suggestion_data(suggestions, raw or headers))
    else:
        output.lines(suggestion_lines(suggestions, schema))
    return Exit.DONE
