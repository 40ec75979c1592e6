"""`ztui retry`: mend refused rows without the interface, and send only those as a new run."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import App, pass_app
from ztui.cli.following import ask_to_send, followed, show_end
from ztui.errors import PlanError, UsageError
from ztui.model.counting import how_many

if TYPE_CHECKING:
    from ztui.engine.repair import RepairSession
    from ztui.engine.runs import Runs
    from ztui.engine.workspace import Workspace
    from ztui.model.plan import ImportPlan

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(
    "retry",
    epilog="Examples: ztui retry 3f2a · ztui retry 3f2a --fix clean_email --fix Lead_Source:nearest_picklist --yes"
    " · ztui retry 3f2a --edits corrected.csv",
)
@click.argument("run")
@click.option("--fix", "fixes", multiple=True, metavar="[FIELD:]KIND", help="Apply a repair on offer; repeat for more.")
@click.option("--fix-all", is_flag=True, help="Apply the best repair on offer for every field.")
@click.option("--edits", type=_FILE, help="A corrected copy of the file that `ztui results --save/--refused` wrote.")
@click.option("--remap", metavar="NAME=FIELD", help="The job was refused for a field's name: map to FIELD instead.")
@click.option("--unchanged", is_flag=True, help="Send the refused rows again as they are.")
@click.option("--unknown", is_flag=True, help="Also rows of unknown fate. This can double records.")
@click.option("--learn", type=click.Path(dir_okay=False, path_type=Path), help="Save the mapping with these repairs.")
@click.option("--yes", "-y", is_flag=True, help="Send without asking.")
@output.json_option
@pass_app
def command(
    app: App,
    /,
    run: str,
    fixes: tuple[str, ...],
    fix_all: bool,
    edits: Path | None,
    remap: str | None,
    unchanged: bool,
    unknown: bool,
    learn: Path | None,
    yes: bool,
    as_json: bool,
) -> int:
    """Mend the refused rows of RUN and send only them. Without options: list the repairs on offer.

    The new run is linked to RUN, and the total of both is told at the end. The source file is never altered. With
    --json: the offers (run, refused, offers), or the new run as `ztui job --json` prints it.
    """

    async def work(workspace: Workspace) -> int:
        runs = workspace.runs
        if remap is not None:
            return await _send(runs, _remapped(runs, run, remap), yes, as_json)
        session = await asyncio.to_thread(lambda: runs.repair(run, unknown=unknown))
        if not (fixes or fix_all or edits or unchanged or unknown):
            _offer(runs, session, as_json)
            return diagnostics.Exit.REFUSED
        if edits is not None:
            await asyncio.to_thread(_take_edits, session, edits)
        _fix(session, fixes, fix_all)
        if unchanged or unknown:
            session.choose(row.record for row in session.rows)
        plan = session.to_plan()
        left = len(session.rows) - len(plan.records or ())
        if left:
            wanting = how_many(left, "refused row still wants mending", "refused rows still want mending")
            diagnostics.say(f"{wanting}, left for later.")
        if learn is not None:
            await asyncio.to_thread(workspace.mappings.save, learn, session.learned_mapping(), session.plan.schema)
        return await _send(runs, plan, yes, as_json)

    return app.run(work)


def _offer(runs: Runs, session: RepairSession, as_json: bool) -> None:
    from ztui.engine.repair_suggest import suggest_repairs
    from ztui.present.outcomes import group_lines, suggestion_data, suggestion_text

    offers = suggest_repairs(session)
    if as_json:
        shown = {"run": session.run_id, "refused": len(session.rows), "offers": [suggestion_data(o) for o in offers]}
        output.document(shown)
        return
    output.lines(group_lines([g for g in runs.groups(session.run_id) if not g.result.ok]))
    output.lines(["", "Repairs on offer" if offers else "No repair offers itself; correct the rows by hand."])
    for offer in offers:
        output.line(f"    --fix {offer.api_name}:{offer.kind}    {suggestion_text(offer)}")
    short = session.run_id.split("-")[0]
    output.line(f"By hand: ztui results {short} --refused FILE, correct it, ztui retry {short} --edits FILE")


def _fix(session: RepairSession, fixes: tuple[str, ...], fix_all: bool) -> None:
    from ztui.engine.repair_suggest import CLEAR, UPSERT, apply_suggestion, suggest_repairs

    for wanted in fixes:
        field, _, kind = wanted.rpartition(":")
        fitting = [o for o in suggest_repairs(session) if o.kind == kind and field in ("", o.api_name)]
        if not fitting:
            known = ", ".join(f"{o.api_name}:{o.kind}" for o in suggest_repairs(session)) or "none"
            raise UsageError("REPAIR_UNKNOWN", details={"repair": wanted, "known": known})
        for offer in fitting:
            apply_suggestion(session, offer)
    while fix_all:
        # What empties cells or changes existing records is nobody's "best": it has to be named.
        best = next((o for o in suggest_repairs(session) if o.kind not in (CLEAR, UPSERT)), None)
        if best is None or not apply_suggestion(session, best):
            return


def _take_edits(session: RepairSession, path: Path) -> None:
    from ztui.engine.files import OpenFile
    from ztui.engine.repair_file import take_corrections

    with OpenFile.open(str(path)) as file:
        take_corrections(session, file.info.headers, file.rows(0, 10_000_000), str(path))


def _remapped(runs: Runs, run: str, remap: str) -> ImportPlan:
    from ztui.engine.diagnose import REMAP, Repair

    old, sign, new = remap.partition("=")
    if not sign or not old or not new:
        raise click.UsageError("--remap wants NAME=FIELD, e.g. --remap 'Last Name=Last_Name'.")
    if runs.plan(run).schema.field(new) is None:
        raise UsageError("FIELD_UNKNOWN", details={"field": new, "module": runs.plan(run).mapping.module})
    return runs.mend(run, Repair(REMAP, old, new))


async def _send(runs: Runs, plan: ImportPlan, yes: bool, as_json: bool) -> int:
    from ztui.engine.runs import rows_to_send

    rows = rows_to_send(plan)
    if not rows:
        raise PlanError("REPAIR_NOTHING", details={"run": plan.parent_run or ""})
    if not yes:
        ask_to_send(runs, plan, rows)
    return show_end(runs, await followed(lambda told: runs.start(plan, told)), as_json)
