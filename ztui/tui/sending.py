"""From a checked draft to a run: the plan, what sending it means, and the task that carries it out.

A run belongs to the app, not to a screen: screens come and go while it works. They follow `app.run_changed`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ztui.errors import ZtuiError
from ztui.tui.bridge import run_to

if TYPE_CHECKING:
    from ztui.engine.preflight import CheckReport
    from ztui.model.crm import Credits
    from ztui.model.event import ImportEvent
    from ztui.model.plan import ImportPlan
    from ztui.model.profile import Profile
    from ztui.model.run import RunState
    from ztui.tui.app import ZtuiApp
    from ztui.tui.screens.run import RunScreen
    from ztui.tui.session import Session


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan with what a person should know before saying yes. `earlier` are runs of the same file and module."""

    plan: ImportPlan
    profile: Profile
    rows: int
    left_out: int
    parts: int
    credits: Credits | None
    warnings: int
    earlier: tuple[RunState, ...]
    report: CheckReport | None = None


async def prepare(session: Session) -> Offer:
    """Make the plan of what was checked. Raises PlanError when there is nothing to send."""
    from ztui.engine.planner import make_plan

    workspace = await session.workspace()
    file, draft, schema, report, profile = (
        session.file,
        session.draft,
        session.schema,
        session.report,
        workspace.profile,
    )
    if file is None or draft is None or schema is None or report is None or profile is None:
        raise RuntimeError("nothing to send")
    plan = await make_plan(
        file, draft.mapping, schema, profile, report=report, exclude_refused=session.leave_out, as_read=session.as_read
    )
    scope = len(plan.records) if plan.records is not None else plan.total_rows
    rows = scope - len(plan.exclude)
    try:
        credits = await workspace.credits()
    except ZtuiError:
        credits = None  # a figure to know, not a reason to stop; sending will tell if the org cannot be reached
    return Offer(
        plan=plan,
        profile=profile,
        rows=rows,
        left_out=len(plan.exclude),
        parts=math.ceil(rows / plan.rows_per_part),
        credits=credits,
        warnings=report.warnings,
        earlier=tuple(workspace.runs.earlier(plan.source, plan.mapping.module)),
        report=report,
    )


async def prepare_again(session: Session, plan: ImportPlan) -> Offer:
    """The offer for a plan made of mended rows: they were checked cell by cell. Raises ConfigError."""
    workspace = await session.workspace()
    profile = workspace.profile_named(plan.profile)
    rows = len(plan.records) if plan.records is not None else plan.total_rows
    try:
        credits = await workspace.credits()
    except ZtuiError:
        credits = None  # a figure to know, not a reason to stop; sending will tell if the org cannot be reached
    return Offer(
        plan=plan,
        profile=profile,
        rows=rows,
        left_out=0,
        parts=math.ceil(rows / plan.rows_per_part),
        credits=credits,
        warnings=0,
        earlier=(),
    )


def start(app: ZtuiApp, offer: Offer) -> None:
    """Begin the run in a task of the app and show it."""
    from ztui.tui.screens.run import RunScreen

    if offer.report is not None:
        app.session.remember()
        app.run_worker(app.session.keep_draft(), group="draft", exit_on_error=False)
    screen = RunScreen()
    app.push_screen(screen)
    app.carry_out(_start(app, offer, screen), f"send {id(offer)}")


async def _start(app: ZtuiApp, offer: Offer, screen: RunScreen) -> None:
    workspace = await app.session.workspace()
    report = offer.report
    groups = [group for group in report.groups if group.scope == "row"] if report is not None else []
    refused = [f for group in groups if report is not None for f in report.findings(group, 0, group.count)]
    tell = run_to(app)

    def told(state: RunState, event: ImportEvent) -> None:
        if screen.run_id is None:
            screen.follow(state.run_id)
        tell(state, event)

    try:
        await workspace.runs.start(offer.plan, told, left_out=refused)
    except ZtuiError:
        if screen.run_id is None and screen.is_current:
            screen.dismiss(None)  # nothing was begun: there is no run to look at
        raise
