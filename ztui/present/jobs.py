"""Runs and their parts for the command line: the list, one run in full, its history. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from ztui.model import event as ev
from ztui.model.counting import how_many
from ztui.model.run import PartState, RunState
from ztui.present.errors import info_text
from ztui.present.runs import run_line, run_status, run_word, stage_words, took, when
from ztui.present.steps import event_line, run_data
from ztui.present.tables import pairs, table
from ztui.present.text import visible


def jobs_lines(states: Sequence[RunState], now: datetime, worked_on: Sequence[bool] = ()) -> list[str]:
    """The runs as a table, newest first. `worked_on` tells which of them a living process is busy with."""
    if not states:
        return ["No imports yet. Start one with: ztui import FILE"]
    busy = list(worked_on) or [True] * len(states)
    rows = []
    for state, alive in zip(states, busy, strict=True):
        counts = state.outcome
        word = run_word(state)[0] if alive or not state.active else "left behind"
        rows.append(
            [
                state.run_id,
                when(state, now),
                word,
                f"{state.total_rows:,}",
                f"{counts.ok:,}",
                f"{counts.total - counts.ok:,}",
                state.module,
                visible(state.profile),
                visible(state.source if state.source == "-" else Path(state.source).name),
            ]
        )
    return table(
        ["Run", "Started", "State", "Rows", "In", "Not in", "Module", "Profile", "File"], rows, right={3, 4, 5}
    )


def job_lines(state: RunState, now: datetime, tree: Sequence[RunState] = ()) -> list[str]:
    """One run in full: facts, parts, what disturbs it, and the runs that mend it."""
    lines = pairs(
        [
            ("Run", state.run_id),
            ("File", state.source),
            ("Into", f"{state.module}, {state.operation}"),
            ("Profile", f"{state.profile} ({state.environment})"),
            ("Started", state.started_at),
            ("Took", took(state, now)),
            ("State", run_line(state)[0]),
            ("Rows", run_status(state)),
            ("Taken back", how_many(state.undone, "record") if state.undone else ""),
            ("Mends", state.parent_run or ""),
        ]
    )
    rows = [[str(p.number), f"{p.rows:,}", stage_words(p), p.job_id, _counts(p), p.joined] for p in state.parts]
    lines += ["", *table(["Part", "Rows", "Stage", "Job", "Rows ended", "Joined"], rows, right={0, 1})] if rows else []
    troubles = [
        (f"Part {p.number}", error) for p in state.parts for error in (p.error, *p.findings) if error is not None
    ]
    if state.error is not None:
        troubles.insert(0, ("Run", state.error))
    for where, error in troubles:
        told = info_text(error)
        lines += ["", f"{where}: {told.title} ({told.code})", *(f"    {text}" for text in told.lines()[1:])]
    mending = [other for other in tree if other.run_id != state.run_id]
    if mending:
        lines += ["", "Mended by"]
        lines += [f"    {other.run_id}: {run_line(other)[0]}" for other in mending]
    return lines


def _counts(part: PartState) -> str:
    if part.counts is None:
        return ""
    counts = part.counts
    named = {
        "added": counts.added,
        "updated": counts.updated,
        "refused": counts.skipped + counts.unprocessed,
        "not sent": counts.not_sent,
        "not known": counts.unknown,
    }
    return ", ".join(f"{count:,} {word}" for word, count in named.items() if count)


def history_lines(events: Sequence[ev.ImportEvent]) -> list[str]:
    """Everything kept that happened, one line each."""
    return [f"{event.at}  {event_line_or_name(event)}" for event in events]


def event_line_or_name(event: ev.ImportEvent) -> str:
    """The event in words; its name where it has no sentence of its own."""
    from ztui.model.run import start

    first = event if isinstance(event, ev.RunStarted) else None
    blank = ev.RunStarted("", "", "", "", "", "", "", "", 0)
    told = event_line(start(first or blank), event)
    part = f" (part {event.part})" if hasattr(event, "part") else ""
    return told or f"{type(event).__name__}{part}"


def job_data(state: RunState, tree: Sequence[RunState] = ()) -> dict[str, object]:
    """One run for JSON output: what `steps.run_data` has, and times, credits, troubles and mending runs."""
    data = run_data(state, state.outcome)
    parts = data["parts"]
    for shown, part in zip(parts if isinstance(parts, list) else [], state.parts, strict=True):
        shown["joined"] = part.joined or None
        shown["findings"] = [{"level": f.level, "code": f.code, **dict(f.details)} for f in part.findings]
    return {
        **data,
        "started_at": state.started_at,
        "ended_at": state.ended_at or None,
        "active": state.active,
        "paused_for": state.paused_for or None,
        "error": state.error and {"level": state.error.level, "code": state.error.code, "message": state.error.message},
        "credits": state.credits,
        "undone": state.undone,
        "parent_run": state.parent_run,
        "mended_by": [other.run_id for other in tree if other.run_id != state.run_id],
    }
