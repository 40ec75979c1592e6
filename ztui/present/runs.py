"""A run and its parts in words and cells, in full and as lines of the list of runs. Pure."""

from __future__ import annotations

from datetime import UTC, datetime

from ztui.model.counting import how_many
from ztui.model.run import PartState, Phase, RunState, Stage
from ztui.present.errors import at_work, info_text

_STAGES = {
    Stage.PACKED: "packed",
    Stage.UPLOADED: "uploaded",
    Stage.CREATING: "asking for a job",
    Stage.UNCERTAIN: "no answer: unsure",
    Stage.REFUSED: "job refused",
    Stage.RUNNING: "at Zoho",
    Stage.FINISHED: "done, fetching",
    Stage.FETCHED: "joining rows",
    Stage.JOINED: "done",
    Stage.FAILED: "failed",
    Stage.CANCELLED: "not sent",
}
_PHASES = {
    Phase.PACKING: ("packing", "accent"),
    Phase.SENDING: ("sending", "accent"),
    Phase.PAUSED: ("paused", "warn"),
    Phase.STOPPED: ("stopped", "bad"),
    Phase.CANCELLED: ("cancelled", "warn"),
    Phase.ENDED: ("done", "ok"),
}
_BAD = (Stage.REFUSED, Stage.FAILED, Stage.UNCERTAIN)


def stage_words(part: PartState) -> str:
    """Where a part stands, with Zoho's own word for a job that runs and a percentage for an upload."""
    if part.waiting is not None:
        title = info_text(part.waiting).title
        return title[:1].lower() + title[1:] if at_work(part.waiting) else f"waiting: {title}"
    if part.stage is Stage.PACKED and part.sent_bytes and part.zip_bytes:
        return f"uploading {part.sent_bytes * 100 // part.zip_bytes}%"
    if part.stage is Stage.RUNNING and part.job is not None:
        return part.job.raw_state or part.job.state.value
    if part.error is not None and part.stage in _BAD:
        return f"{_STAGES[part.stage]}: {info_text(part.error).title}"
    return _STAGES[part.stage]


def part_cells(part: PartState) -> tuple[tuple[str, ...], str]:
    """A part as cells (number, stage, rows, added, updated, skipped, job id) and the mark of its stage."""
    if part.counts is not None:
        counts = (part.counts.added, part.counts.updated, part.counts.skipped + part.counts.unprocessed)
    elif part.job is not None:
        counts = (part.job.counts.added, part.job.counts.updated, part.job.counts.skipped)
    else:
        counts = (0, 0, 0)
    mark = "bad" if part.stage in _BAD else "ok" if part.stage is Stage.JOINED else "accent"
    cells = (
        str(part.number),
        stage_words(part),
        f"{part.rows:,}",
        *(f"{count:,}" if count else "" for count in counts),
        part.job_id,
    )
    return cells, mark


def run_line(state: RunState) -> tuple[str, str]:
    """The run as a whole in a sentence, and how good that is ("good", "warn", "bad" or "")."""
    done = state.outcome
    match state.phase:
        case Phase.PACKING:
            return f"Packing {how_many(state.total_rows, 'row')} …", ""
        case Phase.SENDING:
            over = sum(1 for p in state.parts if p.stage.over)
            return f"{over} of {how_many(len(state.parts), 'part')} through", ""
        case Phase.PAUSED:
            why = {"canary": "the first rows are through: have a look, then let the rest go"}.get(state.paused_for, "")
            return f"Paused{f': {why}' if why else ''}", "warn"
        case Phase.STOPPED:
            return f"Stopped: {info_text(state.error).title if state.error else 'it cannot go on'}", "bad"
        case Phase.CANCELLED:
            return "Cancelled; what was not sent stays unsent", "warn"
        case _:
            if done.ok == done.total:
                words = "the one row is in" if done.total == 1 else f"all {how_many(done.total, 'row')} are in"
                return f"Done: {words}", "good"
            return f"Done: {done.ok:,} of {how_many(done.total, 'row')} are in", "warn" if done.ok else "bad"


def run_status(state: RunState) -> str:
    """Counts so far."""
    done = state.outcome
    parts = [
        f"{done.added:,} added" if done.added else "",
        f"{done.updated:,} updated" if done.updated else "",
        f"{done.skipped + done.unprocessed:,} refused" if done.skipped + done.unprocessed else "",
        f"{done.not_sent:,} not sent" if done.not_sent else "",
        f"{done.unknown:,} unknown" if done.unknown else "",
        how_many(state.credits, "credit") + " spent" if state.credits else "",
    ]
    return " · ".join(p for p in parts if p) or "nothing sent yet"


_DONE = {
    Stage.PACKED: 0.05,
    Stage.UPLOADED: 0.3,
    Stage.CREATING: 0.3,
    Stage.UNCERTAIN: 0.35,
    Stage.RUNNING: 0.4,
    Stage.FINISHED: 0.9,
    Stage.FETCHED: 0.95,
}


def progress(state: RunState) -> float:
    """How far a run is, 0 to 1: each part by its stage, weighted by its rows."""
    if state.ended_at:
        return 1.0
    rows = sum(part.rows for part in state.parts)
    if not state.packed or not rows:
        return 0.0
    done = 0.0
    for part in state.parts:
        share = _DONE.get(part.stage, 1.0)
        if part.stage is Stage.PACKED and part.zip_bytes:
            share += 0.25 * min(1.0, part.sent_bytes / part.zip_bytes)
        if part.stage is Stage.RUNNING and part.job is not None and part.job.counts.total:
            counts = part.job.counts
            share += 0.5 * min(1.0, (counts.added + counts.updated + counts.skipped) / (counts.total or 1))
        done += share * part.rows
    return done / rows


def bar(fraction: float, width: int) -> tuple[str, str]:
    """A bar of `width` cells as (filled, empty) text."""
    filled = round(max(0.0, min(1.0, fraction)) * width)
    return "━" * filled, "─" * (width - filled)


def moment(text: str) -> datetime | None:
    """An ISO-8601 time as a datetime, None for "" or anything else."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def lasted(begin: str, end: str, now: datetime) -> str:
    """From one time to another, or to now when `end` is "": `8 s`, `3:05`, `1 h 12`."""
    begun = moment(begin)
    if begun is None:
        return ""
    seconds = max(0, int(((moment(end) or now) - begun).total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60}:{seconds % 60:02}"
    return f"{seconds // 3600} h {seconds % 3600 // 60:02}"


def took(state: RunState, now: datetime) -> str:
    """How long the run has been going, or went."""
    ended = state.ended_at
    if not ended and not state.active:
        ended = max((p.changed_at for p in state.parts), default="") or state.started_at
    return lasted(state.started_at, ended, now)


def started(at: str, now: datetime) -> str:
    """When something began, as short as it can be told: the time today, else the date, in local time."""
    begun = moment(at)
    if begun is None:
        return ""
    begun, here = begun.astimezone(), now.astimezone()
    if begun.date() == here.date():
        return begun.strftime("%H:%M")
    return begun.strftime("%d %b" if begun.year == here.year else "%b %y")


def when(state: RunState, now: datetime) -> str:
    """When the run began."""
    return started(state.started_at, now)


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
