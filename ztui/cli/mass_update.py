"""`ztui mass-update`: write one value (in Deals up to three) to many records."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.cli.diagnostics import Exit
from ztui.cli.dialect import dialect_options, overrides_of
from ztui.errors import UsageError
from ztui.model.counting import how_many
from ztui.model.outcome import RowResult

if TYPE_CHECKING:
    from ztui.engine.mass_updates import MassUpdates, RecordIds
    from ztui.engine.workspace import Workspace
    from ztui.model.mass_run import MassPlan, MassState


@dataclass(frozen=True, slots=True)
class _Options:
    """What was said on the command line."""

    module: str
    values: tuple[str, ...]
    clear: tuple[str, ...]
    ids: str | None
    file: str | None
    column: str
    run: str | None
    results: tuple[str, ...]
    view: str | None
    replace: bool
    dry_run: bool
    yes: bool
    wait: bool
    as_json: bool
    dialect: dict[str, Any]


@click.command(
    "mass-update",
    epilog="Examples: ztui mass-update -m Leads --from bad.csv --set Rating=Cold · "
    "ztui mass-update -m Deals --view 'Big deals' --set Stage='Closed Won' --set Probability=100",
)
@click.option("--module", "-m", metavar="MODULE", help="The CRM module, e.g. Leads.")
@click.option("--set", "values", multiple=True, metavar="FIELD=VALUE", help="What to write; lists with ;.")
@click.option("--clear", multiple=True, metavar="FIELD", help="Make a field empty.")
@click.option("--ids", metavar="IDS", help="Record ids, separated by commas or blanks; - reads them from input.")
@click.option("--from", "file", metavar="FILE", help="Record ids from a CSV.")
@click.option("--column", default="", metavar="NAME", help="The column of --from with the ids (default: Record Id).")
@click.option("--run", metavar="RUN", help="The records that an import wrote.")
@click.option(
    "--result",
    "results",
    multiple=True,
    type=click.Choice([r.value for r in RowResult]),
    help="With --run: rows that ended so (default: added and updated).",
)
@click.option("--view", metavar="VIEW", help="All records of a custom view, by name or id: Zoho does it as a job.")
@click.option("--replace/--append", default=False, help="Multi-select lists: overwrite, or add to them (default).")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@click.option("--yes", "-y", is_flag=True, help="Do it without asking.")
@click.option("--wait/--no-wait", default=True, help="Wait until Zoho has updated the view.")
@click.option("--fields", "show_fields", is_flag=True, help="List the module's fields: which can be mass updated.")
@click.option("--list", "show_list", is_flag=True, help="List earlier mass updates.")
@click.option("--show", metavar="ID", help="Show one of them with its results.")
@click.option("--resume", metavar="ID", help="Go on with one: send what was not sent, read its job.")
@click.option("--again", is_flag=True, help="With --resume: also send batches of unknown fate again.")
@click.option("--cancel", metavar="ID", help="Send nothing more of one that is being sent.")
@dialect_options
@output.json_option
@pass_app
def command(
    app: App,
    /,
    show_fields: bool,
    show_list: bool,
    show: str | None,
    resume: str | None,
    again: bool,
    cancel: str | None,
    module: str | None,
    values: tuple[str, ...],
    clear: tuple[str, ...],
    ids: str | None,
    file: str | None,
    column: str,
    run: str | None,
    results: tuple[str, ...],
    view: str | None,
    replace: bool,
    dry_run: bool,
    yes: bool,
    wait: bool,
    as_json: bool,
    **said: Any,
) -> int:
    """Write values to many records of a module.

    The records come from --ids, --from, --run or --view. Exit status: 0 all updated, 1 some refused, 4 stopped or
    failed, 5 some of unknown fate.
    """
    name = module or app.module or ""
    options = _Options(
        name, values, clear, ids, file, column, run, results, view, replace, dry_run, yes, wait, as_json, said
    )

    async def work(workspace: Workspace) -> int:
        updates = workspace.mass_updates
        if show_list:
            return _list(updates, as_json)
        if cancel:
            await updates.cancel(cancel)
            return Exit.DONE
        if show:
            return await _report(workspace, updates.get(show), as_json)
        if resume:
            return await go_on(workspace, resume, as_json, wait=wait, again=again)
        if not name:
            raise click.UsageError("Say which module with --module, e.g. --module Leads.")
        if show_fields:
            return await _fields(updates, name, as_json)
        return await _update(workspace, options)

    return app.run(work)


def _list(updates: MassUpdates, as_json: bool) -> int:
    from ztui.present.mass_update import state_data, summary_line

    states = updates.list()
    if as_json:
        output.document({"mass_updates": [state_data(s, results=False) for s in states]})
    else:
        output.lines(summary_line(s) for s in states)
    return Exit.DONE


async def _fields(updates: MassUpdates, module: str, as_json: bool) -> int:
    from ztui.present.mass_update import field_lines

    fields = await updates.fields(module)
    if as_json:
        shown = [
            {"api_name": c.field.api_name, "label": c.field.label, "allowed": c.allowed, "why": c.why} for c in fields
        ]
        output.document({"module": module, "limit": updates.field_limit(module), "fields": shown})
    else:
        output.lines(field_lines(fields))
    return Exit.DONE


async def _update(workspace: Workspace, options: _Options) -> int:
    from ztui.present.mass_update import ids_lines, plan_lines

    updates = workspace.mass_updates
    records = await _records(updates, options)
    if records is not None and not records.ids:  # there will be no plan to tell it with
        for text in ids_lines(records):
            diagnostics.say(text)
    view = await updates.view(options.module, options.view) if options.view else None
    plan = await updates.prepare(
        options.module, _values(options), records=records, view=view, over_write=options.replace
    )
    for text in plan_lines(plan, records):
        diagnostics.say(text)
    if options.dry_run:
        if options.as_json:
            output.document({"plan": plan, "calls": len(plan.batches())})
        return Exit.DONE
    if not options.yes:
        _ask(plan)
    with diagnostics.progress() as line:
        state = await updates.start(plan, _teller(line), wait=options.wait)
    return await _report(workspace, state, options.as_json)


async def _records(updates: MassUpdates, options: _Options) -> RecordIds | None:
    named = [n for n in (options.ids, options.file, options.run, options.view) if n is not None]
    if len(named) != 1:
        raise click.UsageError("Say which records with one of --ids, --from, --run and --view.")
    if options.ids is not None:
        return updates.ids_from_text(sys.stdin.read() if options.ids == "-" else options.ids)
    if options.file is not None:
        return await updates.ids_from_file(options.file, options.column, overrides_of(**options.dialect))
    if options.run is not None:
        return updates.ids_from_run(options.run, [RowResult(r) for r in options.results] or None)
    return None


def _values(options: _Options) -> dict[str, str]:
    values = dict.fromkeys(options.clear, "")
    for pair in options.values:
        field, equals, text = pair.partition("=")
        if not equals or not field.strip():
            raise click.UsageError(f"--set takes FIELD=VALUE, not {pair!r}.")
        if not text.strip():
            raise click.UsageError(f"To make {field.strip()} empty, say --clear {field.strip()}.")
        values[field.strip()] = text
    if not values:
        raise click.UsageError("Say what to write with --set FIELD=VALUE or --clear FIELD.")
    return values


def _ask(plan: MassPlan) -> None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("CONFIRM_NEEDED", details={"reason": "A mass update changes many records at once"})
    what = how_many(len(plan.ids), "record") if plan.cvid is None else plan.source
    if not click.confirm(f"Update {what}?", err=True):
        raise click.Abort


async def go_on(workspace: Workspace, name: str, as_json: bool, *, wait: bool = True, again: bool = False) -> int:
    """Go on with a mass update and report how it ended; returns the exit status."""
    with diagnostics.progress() as line:
        state = await workspace.mass_updates.resume(name, _teller(line), wait=wait, again=again)
    return await _report(workspace, state, as_json)


def _teller(line: diagnostics.Progress) -> Any:
    from ztui.present.mass_update import progress_line

    def told(state: MassState) -> None:
        line.update(progress_line(state))

    return told


async def _report(workspace: Workspace, state: MassState, as_json: bool) -> int:
    from ztui.present.errors import info_text
    from ztui.present.mass_update import result_lines, state_data

    updates = workspace.mass_updates
    if as_json:
        output.document(state_data(state))
    else:
        output.lines(result_lines(state, updates.diagnose))
    if state.error is not None and not as_json:
        for text in info_text(state.error).lines():
            diagnostics.say(text)
    return diagnostics.exit_for_mass(state)
