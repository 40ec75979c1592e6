"""The list of runs: a run or one of its parts as a line of cells. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from ztui.model.run import PartState, Phase, RunState, Stage
from ztui.present.runs import part_cells

_PHASES = {
    Phase.PACKING: ("packing", "accent"),
    Phase.SENDING: ("sending", "accent"),
    Phase.PAUSED: ("paused", "warn"),
    Phase.STOPPED: ("stopped", "bad"),
    Phase.CANCELLED: ("cancelled", "warn"),
    Phase.ENDED: ("done", "ok"),
}


def moment(text: str) -> datetime | None:
    """An ISO-8601 time as a datetime, None for "" or anything else."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def took(state: RunState, now: datetime) -> str:
    """How long the run has been going, or went: `8 s`, `3:05`, `1 h 12`."""
    begun = moment(state.started_at)
    if begun is None:
        return ""
    ended = moment(state.ended_at)
    if ended is None and not state.active:
        ended = max((m for m in map(moment, (p.changed_at for p in state.parts)) if m is not None), default=begun)
    seconds = max(0, int(((ended or now) - begun).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02}"


def when(state: RunState, now: datetime) -> str:
    """When the run began, as short as it can be told: the time today, else the date, in local time."""
    begun = moment(state.started_at)
    if begun is None:
        return ""
    begun, here = begun.astimezone(), now.astimezone()
    if begun.date() == here.date():
        return begun.strftime("%H:%M")
    return begun.strftime("%d %b" if begun.year == here.year else "%b %Y")


def run_word(state: RunState) -> tuple[str, str]:
    """The state of a run in a word or two, and its mark; a run that ended tells how well it did."""
    word, mark = _PHASES[state.phase]
    if state.phase is Phase.PAUSED and state.paused_for == "canary":
        return "look at first", "warn"
    if any(p.stage is Stage.UNCERTAIN for p in state.parts):
        return "unsure", "bad"
    if state.phase is Phase.SENDING:
        jobs = [p.job for p in state.parts if p.stage is Stage.RUNNING and p.job is not None]
        if jobs:
            return (jobs[0].raw_state or jobs[0].state.value), "accent"
    if state.phase is Phase.ENDED:
        done = state.outcome
        if done.unknown:
            return "not all known", "bad"
        if done.ok == done.total:
            return "all in", "ok"
        return ("part in", "warn") if done.ok else ("none in", "bad")
    return word, mark


def run_cells(state: RunState, now: datetime) -> tuple[tuple[str, ...], str]:
    """A run as cells (what, when, state, rows, in, refused, took, credits) and the mark of its state."""
    word, mark = run_word(state)
    name = state.source.rsplit("/", 1)[-1] if state.source != "-" else "standard input"
    title = f"{name} → {state.module} · {state.operation}"
    if state.parent_run:
        title = f"↳ {title}"
    done = state.outcome
    live = [p.job.counts for p in state.parts if p.counts is None and p.job is not None]
    inside = done.ok + sum(c.added + c.updated for c in live)
    refused = done.skipped + done.unprocessed + sum(c.skipped for c in live)
    cells = (
        title,
        when(state, now),
        word,
        f"{state.total_rows:,}",
        f"{inside:,}" if inside else "",
        f"{refused:,}" if refused else "",
        took(state, now),
        f"{state.credits:,}" if state.credits else "",
    )
    return cells, mark


def part_line(part: PartState) -> tuple[tuple[str, ...], str]:
    """A part as cells of the same columns: its job's id stands where a run names its file."""
    (number, stage, rows, added, updated, skipped, job), mark = part_cells(part)
    inside = " + ".join(x for x in (added, updated) if x)
    return (
        f"    part {number}  {'job ' + job if job else 'no job yet'}",
        "",
        stage,
        rows,
        inside,
        skipped,
        "",
        "",
    ), mark
