"""What the commands for runs share: asking before one starts, following one that goes, and saying how it ended."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.model.counting import how_many
from ztui.model.event import ImportEvent
from ztui.model.run import RunState

if TYPE_CHECKING:
    from ztui.engine.runs import Runs
    from ztui.model.plan import ImportPlan

OnState = Callable[[RunState, ImportEvent], None]


async def followed(going: Callable[[OnState], Awaitable[RunState]]) -> RunState:
    """Await a run with a progress line on standard error (on a terminal only)."""
    from ztui.present.steps import progress_line

    with diagnostics.progress() as line:

        def told(state: RunState, _event: ImportEvent) -> None:
            line.update(progress_line(state))

        return await going(told)


def ask_to_send(runs: Runs, plan: ImportPlan, rows: int) -> None:
    """Ask on the terminal whether to send; many rows into production want their number typed.

    Raises PlanError (CONFIRMATION_MISSING) when it is another number, click.Abort for a no.
    """
    where = f"{plan.mapping.module} of {plan.profile}"
    number = runs.confirmation(plan)
    if number:
        question = f"{where} is production. Type the number of rows to send them ({number})"
        runs.confirm(plan, click.prompt(question, err=True))
    elif not click.confirm(f"Send {how_many(rows, 'row')} to {where}?", err=True):
        raise click.Abort


def say_why_stopped(state: RunState) -> None:
    """On standard error, what keeps a run from going on and what to do about it; nothing when nothing does."""
    if state.error is None:
        return
    from ztui.present.errors import info_text

    told = info_text(state.error)
    diagnostics.say(f"ztui: {told.title} ({told.code})")
    for text in told.lines()[1:]:
        diagnostics.say(f"  {text}")
    if "ztui resume" not in told.remedy:  # which says already what must come before
        diagnostics.say(f"  `ztui resume {state.run_id}` goes on where it stopped.")


def show_end(runs: Runs, state: RunState, as_json: bool) -> int:
    """Print how a run stands (text or JSON) and return the exit status that says it."""
    from ztui.cli.outcomes import show_outcomes
    from ztui.present.jobs import job_data
    from ztui.present.outcomes import total_line
    from ztui.present.runs import run_line

    if as_json:
        output.document(job_data(state, runs.tree(state.run_id)))
    else:
        output.line(f"Run {state.run_id}: {run_line(state)[0]}")
        show_outcomes(runs, state)
        if state.parent_run is not None:
            output.line(f"With the run it mends: {total_line(runs.total(state.parent_run))}")
    say_why_stopped(state)
    return diagnostics.exit_for_run(state)
