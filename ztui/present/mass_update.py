"""Mass updates in words: what one will do, how far it got, what became of each record. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from ztui.engine.diagnose import Diagnosis
from ztui.engine.mass_values import FieldChoice
from ztui.engine.record_ids import RecordIds
from ztui.model.counting import how_many
from ztui.model.crm import CustomView
from ztui.model.mass_run import BatchStage, MassPhase, MassPlan, MassState
from ztui.model.mass_update import MassUpdateResult
from ztui.present.errors import info_text
from ztui.present.fields import type_name
from ztui.present.runs import lasted, started
from ztui.present.text import clip, pad, visible, width

_PHASES = {
    MassPhase.SENDING: ("sending", "accent"),
    MassPhase.SCHEDULED: ("at Zoho", "accent"),
    MassPhase.STOPPED: ("stopped", "bad"),
    MassPhase.CANCELLED: ("cancelled", "warn"),
    MassPhase.ENDED: ("done", "ok"),
}


def value_words(plan: MassPlan) -> str:
    """What is written: `Rating = Hot, Stage = Won`; lists say whether they replace or append."""
    sign = "+=" if plan.appends else "="
    return ", ".join(f"{visible(label)} {sign} {visible(shown)}" for label, shown in plan.shown)


def plan_lines(plan: MassPlan, records: RecordIds | None = None) -> list[str]:
    """What the mass update will do, before it is sent."""
    where = f"{plan.module} of {visible(plan.profile)} ({plan.environment})"
    if plan.cvid is not None:
        out = [f"{value_words(plan)} in every record of {visible(plan.source)}, {where}."]
        out.append("Zoho does it by itself as a scheduled job; workflows run only in views of less than 1,000 records.")
    else:
        calls = len(plan.batches())
        out = [f"{value_words(plan)} in {how_many(len(plan.ids), 'record')} of {where}, from {visible(plan.source)}."]
        out.append(
            f"{how_many(calls, 'call')} of up to {how_many(plan.batch, 'record')}; "
            "workflows and approvals run as for any edit."
        )
    if plan.appends:
        out.append("The values are added to those the records have (--replace overwrites them).")
    if any(value is None for _, value in plan.values):
        out.append("Clearing a field cannot be taken back.")
    if records is not None:
        out += ids_lines(records)
    return out


def ids_lines(records: RecordIds) -> list[str]:
    """What was wrong with a list of ids; nothing when nothing was."""
    out = []
    if records.repeated:
        out.append(f"{how_many(records.repeated, 'id')} given more than once: each record is updated once.")
    if records.blank:
        out.append(f"{how_many(records.blank, 'blank cell')} left out.")
    if records.bad_count:
        some = ", ".join(f"{clip(visible(text), 30)} ({place})" for place, text in records.bad[:3])
        one = records.bad_count == 1
        left = "is no record id and is" if one else "are no record ids and are"
        out.append(f"{records.bad_count:,} {left} left out: {some}")
    if records.mangled:
        out.append("A spreadsheet has rounded ids like 4.15E+18; they are lost. Export again as text.")
    return out


def field_lines(fields: Sequence[FieldChoice]) -> list[str]:
    """The fields of a module: those that may be mass updated first, the others with the reason."""
    ordered = sorted(fields, key=lambda c: not c.allowed)
    left = max((width(visible(c.field.label)) for c in ordered), default=0)
    middle = max((width(c.field.api_name) for c in ordered), default=0)
    return [
        f"{pad(visible(c.field.label), left)}  {pad(visible(c.field.api_name), middle)}  {c.why or type_name(c.field)}"
        for c in ordered
    ]


def progress_line(state: MassState) -> str:
    """How far it got, on one line."""
    if state.job is not None:
        job = state.job
        return f"{job.raw_state}: {job.updated:,} of {job.total:,} updated" + (
            f", {job.failed:,} failed" if job.failed else ""
        )
    done = sum(b.stage is BatchStage.ANSWERED for b in state.batches)
    return f"batch {done} of {len(state.batches)}: {state.updated:,} updated, {state.refused:,} refused"


def summary_line(state: MassState) -> str:
    """One mass update in a list: id, time, what, how it stands."""
    counts = [f"{state.updated:,} updated"]
    counts += [f"{state.refused:,} refused"] if state.refused else []
    counts += [f"{state.uncertain:,} uncertain"] if state.uncertain else []
    counts += [f"{state.unsent:,} not sent"] if state.unsent else []
    what = f"{state.plan.module}: {value_words(state.plan)}"
    started = state.started_at[:16].replace("T", " ")
    return f"{state.plan.id}  {started}  {what}  {mass_word(state)[0]}, {', '.join(counts)}"


def refusal_groups(results: Iterable[MassUpdateResult]) -> list[tuple[MassUpdateResult, list[str]]]:
    """Refusals of one kind together: (one of them, the ids of all), the most frequent first."""
    groups: dict[tuple[object, ...], tuple[MassUpdateResult, list[str]]] = {}
    for result in results:
        if not result.ok:
            facts = tuple(sorted((k, v) for k, v in result.details if k != "id"))
            group = groups.setdefault((result.code, result.message, facts), (result, []))
            group[1].append(result.record_id)
    return sorted(groups.values(), key=lambda g: -len(g[1]))


def result_lines(state: MassState, diagnose: Callable[[MassUpdateResult], Diagnosis]) -> list[str]:
    """How it ended: the counts, each kind of refusal with cause and remedy, and what is left to do."""
    out = [summary_line(state)]
    for result, ids in refusal_groups(state.results):
        said = diagnose(result)
        out += ["", f"{len(ids):,} × {visible(said.title)} ({visible(said.code)})", f"    {visible(said.cause)}"]
        if said.remedy:
            out.append(f"    What to do: {visible(said.remedy)}")
        shown = ", ".join(visible(i) for i in ids[:5])
        out.append(f"    {shown}" + (f" and {len(ids) - 5:,} more" if len(ids) > 5 else ""))
    if state.uncertain:
        out += ["", f"{how_many(state.uncertain, 'record')} got no answer and may have been changed."]
        if state.plan.appends:
            out.append(
                "The value is appended, so it is not sent twice by itself. Look at some of these records; then "
                f"`ztui mass-update --resume {state.plan.id} --again` sends it once more."
            )
        else:
            out.append(f"Writing it again does no harm: `ztui mass-update --resume {state.plan.id}`.")
    if state.unsent and state.phase is not MassPhase.CANCELLED:
        out += [
            "",
            f"{how_many(state.unsent, 'record')} not sent: `ztui mass-update --resume {state.plan.id}` goes on.",
        ]
    return out


def state_data(state: MassState, *, results: bool = True) -> dict[str, Any]:
    """A mass update for programs: id, module, values, counts, error, job, and the result of every record."""
    plan = state.plan
    out: dict[str, Any] = {
        "id": plan.id,
        "module": plan.module,
        "values": dict(plan.values),
        "over_write": plan.over_write,
        "view": plan.cvid,
        "profile": plan.profile,
        "environment": plan.environment,
        "started_at": state.started_at,
        "ended_at": state.ended_at or None,
        "phase": state.phase,
        "total": state.total,
        "updated": state.updated,
        "refused": state.refused,
        "uncertain": state.uncertain,
        "unsent": state.unsent,
        "job_id": state.job_id or None,
        "job": state.job,
        "error": state.error,
    }
    if results:
        out["results"] = [
            {"id": r.record_id, "ok": r.ok, "code": r.code, "message": r.message, "details": dict(r.details)}
            for r in state.results
        ]
    return out


def records_line(ids: RecordIds | None, view: CustomView | None) -> str:
    """Which records are meant, with what was odd about the ids."""
    if view is not None:
        return f"all records of the view {view.name}"
    if ids is None:
        return ""
    odd = [
        f"{ids.repeated:,} repeated" if ids.repeated else "",
        f"{ids.blank:,} blank" if ids.blank else "",
        f"{ids.bad_count:,} that are no ids" if ids.bad_count else "",
    ]
    note = ", ".join(o for o in odd if o)
    return f"{how_many(len(ids.ids), 'record')} from {ids.source}" + (f" ({note} left out)" if note else "")


def effect(
    module: str,
    values: Sequence[tuple[str, str]],
    ids: RecordIds | None,
    view: CustomView | None,
    *,
    batch: int,
    is_list: bool,
    over_write: bool,
) -> str:
    """What pressing `s` would do, in a sentence or two; what is missing when it cannot be done yet."""
    if ids is None and view is None:
        return "Choose the records first: a view, a column of a file, pasted ids, or what an import wrote."
    if not values:
        return "Choose a field and its new value."
    what = " and ".join(f"{name} = {value or '(empty)'}" for name, value in values)
    how = ("replaces" if over_write else "is added to") if is_list else "replaces"
    if view is not None:
        where = f"every record of the view {view.name}; Zoho does it by itself as a scheduled job"
    else:
        count = len(ids.ids) if ids is not None else 0
        calls = -(-count // batch)
        where = f"{how_many(count, 'record')} of {module} in {how_many(calls, 'call')} of up to {batch}"
    return f"{what}: the new value {how} what is there, in {where}."


def mass_word(state: MassState) -> tuple[str, str]:
    """Where a mass update stands, in a word or two, and its mark."""
    word, mark = _PHASES[state.phase]
    if state.uncertain and not state.active:
        return "unsure", "bad"
    if state.phase is MassPhase.SCHEDULED and state.job is not None:
        return state.job.raw_state, "accent"
    if state.phase is MassPhase.ENDED and state.refused:
        return ("part done", "warn") if state.updated else ("none done", "bad")
    return word, mark


def mass_cells(state: MassState) -> tuple[tuple[str, ...], str]:
    """A mass update as cells (what, state, records, updated, refused, not sent) and the mark of its state."""
    plan = state.plan
    word, mark = mass_word(state)
    what = f"{plan.module} · " + ", ".join(f"{name} = {value or '(empty)'}" for name, value in plan.shown)
    counts = (state.total, state.updated, state.refused, state.unsent)
    return (what, word, *(f"{n:,}" if n else "" for n in counts)), mark


def listed_cells(state: MassState, now: datetime) -> tuple[tuple[str, ...], str]:
    """A mass update as cells of the list of runs (as `runs.run_cells` makes them), and its mark."""
    (what, word, records, updated, refused, _unsent), mark = mass_cells(state)
    began = started(state.started_at, now)
    ended = state.ended_at or ("" if state.active else state.started_at)
    return (f"= {what}", began, word, records, updated, refused, lasted(state.started_at, ended, now), ""), mark


def mass_line(state: MassState) -> str:
    """A sentence on one mass update."""
    parts = [f"{state.plan.source} · profile {state.plan.profile}"]
    if state.error is not None:
        words = info_text(state.error)
        parts.append(f"{words.title}. {words.remedy}")
    if state.uncertain:
        calls = sum(1 for b in state.batches if b.stage in (BatchStage.UNCERTAIN, BatchStage.ATTEMPTED))
        parts.append(f"{how_many(calls, 'call')} got no answer ({how_many(state.uncertain, 'record')})")
    if state.job_id:
        parts.append(f"job {state.job_id}")
    return " · ".join(parts)


def by_code(results: Iterable[MassUpdateResult]) -> list[tuple[str, str, list[MassUpdateResult]]]:
    """Results that say the same together, as (code, message, results); refused ones first, most frequent first."""
    found: dict[tuple[bool, str, str], list[MassUpdateResult]] = {}
    for result in results:
        found.setdefault((result.ok, result.code, result.message), []).append(result)
    order = sorted(found.items(), key=lambda item: (item[0][0], -len(item[1])))
    return [(code, message, group) for (_ok, code, message), group in order]
