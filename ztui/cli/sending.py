"""The headless import: open, map, check, say what will be sent, send, follow, and account for every row.

`ztui import` and `ztui demo --headless` go this way. Each step's text comes from `present.steps`; what is decided here
is only when a person must be asked and when to stop.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Coroutine
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.following import ask_to_send, say_why_stopped
from ztui.cli.outcomes import outcome_data, show_outcomes
from ztui.errors import PlanError, SourceError, UsageError
from ztui.model.counting import how_many
from ztui.model.crm import Operation
from ztui.model.event import ImportEvent
from ztui.model.run import Phase, RunState, Stage
from ztui.model.table import DialectOverrides

if TYPE_CHECKING:
    from ztui.engine.files import OpenFile
    from ztui.engine.imports import Mapped
    from ztui.engine.preflight import CheckReport
    from ztui.engine.workspace import Workspace
    from ztui.model.plan import ImportPlan

_AT_ZOHO = frozenset({Stage.RUNNING, Stage.FINISHED, Stage.FETCHED})


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for; see `ztui import --help`. `narrate` prints each event as it happens."""

    path: str
    overrides: DialectOverrides = field(default_factory=DialectOverrides)
    module: str = ""
    operation: Operation | None = None
    find_by: str | None = None
    ignore_empty: bool | None = None
    mapping_file: Path | None = None
    adapt: bool = False
    canary: int = 0
    strict: bool = False
    row_by_row: bool = False
    online: bool = True
    forecast: bool = False
    before_image: bool = False
    wait: bool = True
    yes: bool = False
    as_json: bool = False
    narrate: bool = False


async def import_file(workspace: Workspace, options: Options) -> int:
    """Import one file; returns the exit status. Raises ZtuiError when it cannot be sent."""
    with closing(await workspace.open_file(options.path, options.overrides)) as file:
        return await _Import(workspace, options, file).go()


class _Import:
    def __init__(self, workspace: Workspace, options: Options, file: OpenFile) -> None:
        self.workspace = workspace
        self.options = options
        self.file = file

    async def go(self) -> int:
        mapped = await self._map()
        report = await self._check(mapped)
        plan = await self._plan(mapped, report)
        await self._confirm(plan, report)
        state = await self._send(plan, report)
        await asyncio.to_thread(self.workspace.mappings.remember, mapped.mapping)
        if self.options.as_json:
            output.document(outcome_data(self.workspace.runs, state, mapped, report))
        else:
            show_outcomes(self.workspace.runs, state, report)
        say_why_stopped(state)
        return diagnostics.exit_for_run(state) if self.options.wait or state.ended_at else diagnostics.Exit.DONE

    async def _map(self) -> Mapped:
        from ztui.engine.imports import Wanted, map_file
        from ztui.present.steps import file_lines, mapping_lines

        # Asked first, so that wrong credentials are told before a long check.
        await self.workspace.org()
        with diagnostics.progress() as line:
            rows = await self.file.index(lambda n, part: line.update(f"reading: {how_many(n, 'row')}, {part:.0%}"))
        self._judge_structure()
        if not rows:
            raise SourceError("FILE_NO_ROWS", details={"path": self.options.path})
        wanted = self.options
        mapped = await map_file(
            self.workspace,
            self.file,
            Wanted(
                wanted.module,
                wanted.operation,
                wanted.find_by,
                wanted.mapping_file,
                wanted.ignore_empty,
                wanted.adapt,
            ),
        )
        self._say(["", "File", *file_lines(self.file.info, rows)])
        self._say(["", f"Mapping ({mapped.origin.value})", *mapping_lines(mapped, self.file.info.headers)])
        if mapped.doubts:
            details = {"reason": "; ".join(mapped.doubts), "path": self.options.path}
            raise UsageError("MAPPING_UNSURE", details=details)
        return mapped

    def _judge_structure(self) -> None:
        """Say what is broken in the file, and send nothing of one that is not read as it was meant."""
        from ztui.engine.misread import refuse_misread
        from ztui.present.files import structure_lines

        if self.file.structure:
            self._say(["", "Structure", *structure_lines(self.file.structure)])
        refuse_misread(self.file.doubts)

    async def _check(self, mapped: Mapped) -> CheckReport:
        from ztui.engine.preflight import check
        from ztui.present.steps import check_lines, check_progress

        profile = self.workspace.profile_named()
        with diagnostics.progress() as line:
            report = await check(
                self.file,
                mapped.mapping,
                mapped.schema,
                online=self.workspace.directory() if self.options.online else None,
                on_report=lambda r: line.update(check_progress(r)),
                version=profile.api_version,
                meant=mapped.mapping.fields if self.options.row_by_row else (),
            )
        self._say(["", "Check", *check_lines(report, self.file.info.headers, mapped.schema)])
        if report.blocking:
            wrong = [g for g in report.groups if g.scope != "row" and g.severity.value == "error"]
            raise PlanError("IMPORT_BLOCKED", details={"reason": ", ".join(dict.fromkeys(g.code for g in wrong))})
        if self.options.strict and report.rows_refused:
            raise PlanError(
                "IMPORT_STRICT", details={"count": f"{report.rows_refused:,}", "total": f"{report.rows_total:,}"}
            )
        return report

    async def _plan(self, mapped: Mapped, report: CheckReport) -> ImportPlan:
        from ztui.engine.planner import make_plan

        return await make_plan(
            self.file,
            mapped.mapping,
            mapped.schema,
            self.workspace.profile_named(),
            report=report,
            canary=self.options.canary,
            before_image=self.options.before_image,
        )

    async def _confirm(self, plan: ImportPlan, report: CheckReport) -> None:
        """Say what will happen, and get a yes where one is needed."""
        from ztui import catalogue
        from ztui.present.sending import offer_facts
        from ztui.present.tables import pairs

        profile = self.workspace.profile_named()
        earlier = self.workspace.runs.earlier(plan.source, plan.mapping.module)
        rows = plan.total_rows - len(plan.exclude)
        facts = offer_facts(
            file=self.file.info.name,
            module=plan.mapping.module,
            operation=plan.mapping.operation.value,
            profile=profile,
            rows=rows,
            left_out=len(plan.exclude),
            parts=max(1, -(-rows // catalogue.limits().rows_per_file)),
            credits=await self.workspace.credits(),
            warnings=report.warnings,
            earlier=len(earlier),
        )
        self._say(["", "Sending", *pairs([(name, value) for name, value, _ in facts])])
        if self.options.forecast:
            await self._forecast(plan)
        if self.options.yes:
            return
        if sys.stdin.isatty() and sys.stderr.isatty():
            ask_to_send(self.workspace.runs, plan, rows)
            return
        # In a script an explicit mapping is the yes, unless something about this file wants a person.
        if self.options.mapping_file is None:
            raise UsageError("CONFIRM_NEEDED", details={"reason": "Nobody has looked at this mapping yet"})
        if earlier:
            raise UsageError("CONFIRM_NEEDED", details={"reason": "This very file was sent there before"})
        # The first rows are the look that nobody takes: the rest follows only when all of them went in.
        if self.workspace.runs.confirmation(plan) and not self.options.canary:
            raise UsageError("CONFIRM_NEEDED", details={"reason": f"{how_many(rows, 'row')} would go into production"})

    async def _forecast(self, plan: ImportPlan) -> None:
        from ztui.present.steps import forecast_lines

        with diagnostics.progress() as line:
            line.update("looking the keys up", now=True)
            found = await self.workspace.runs.forecast(plan)
        self._say(["", "Forecast", *forecast_lines(found)])

    async def _send(self, plan: ImportPlan, report: CheckReport) -> RunState:
        from ztui.present.steps import event_line, progress_line

        runs = self.workspace.runs
        all_sent = asyncio.Event()
        seen: list[RunState] = []
        with diagnostics.progress() as line:

            def told(state: RunState, event: ImportEvent) -> None:
                seen[:] = [state]
                if state.packed and all(p.stage in _AT_ZOHO or p.stage.over for p in state.parts):
                    all_sent.set()
                text = event_line(state, event)
                if self.options.narrate and text:
                    line.clear()
                    self._say([text])
                    output.flush()
                line.update(progress_line(state))

            if self.options.narrate:
                self._say(["", "Import"])
            state = await self._followed(runs.start(plan, told, left_out=report.all_findings()), all_sent, seen)
            if state.phase is Phase.PAUSED and state.paused_for == "canary" and self._canary_is_good(state):
                line.clear()
                state = await self._followed(runs.resume(state.run_id, told), all_sent, seen)
        return state

    async def _followed(
        self, going: Coroutine[None, None, RunState], all_sent: asyncio.Event, seen: list[RunState]
    ) -> RunState:
        """Await a run; without `--wait` only until every part has its job, then leave the rest to `ztui resume`."""
        task = asyncio.ensure_future(going)
        if self.options.wait:
            return await task
        sent = asyncio.ensure_future(all_sent.wait())
        try:
            await asyncio.wait({task, sent}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sent.cancel()
            task.cancel()  # an orderly end: the run goes on where it stands
            await asyncio.wait({task, sent})
        if not task.cancelled():
            return task.result()
        diagnostics.say(f"Every part has its job at Zoho. `ztui resume {seen[-1].run_id}` follows them.")
        return self.workspace.runs.get(seen[-1].run_id)

    def _canary_is_good(self, state: RunState) -> bool:
        """Whether the rest may follow: asked on a terminal, else only when every one of the first rows went in."""
        counts = self.workspace.runs.counts(state.run_id)
        first = [p.counts for p in state.parts if p.canary and p.counts is not None]
        good = bool(first) and all(c.ok == c.total for c in first)
        sent = sum(c.total for c in first)
        diagnostics.say(f"The first rows: {sum(c.ok for c in first)} of {sent} are in.")
        if not good and not self.options.as_json:
            show_outcomes(self.workspace.runs, state)
        if sys.stdin.isatty() and sys.stderr.isatty() and not self.options.yes:
            return bool(click.confirm("Send the rest?", err=True))
        if not good:
            diagnostics.say(f"The rest was not sent. `ztui resume {state.run_id}` sends it.")
        return good and counts.unknown == 0

    def _say(self, lines: list[str]) -> None:
        if not self.options.as_json:
            output.lines(lines)
