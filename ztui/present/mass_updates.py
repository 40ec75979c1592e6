"""Mass updates in words: what one will do, where it stands, its results by code. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ztui.engine.record_ids import RecordIds
from ztui.model.crm import CustomView
from ztui.model.mass_run import BatchStage, MassPhase, MassState
from ztui.model.mass_update import MassUpdateResult
from ztui.present.errors import info_text
from ztui.present.findings import how_many

_PHASES = {
    MassPhase.SENDING: ("sending", "accent"),
    MassPhase.SCHEDULED: ("at Zoho", "accent"),
    MassPhase.STOPPED: ("stopped", "bad"),
    MassPhase.CANCELLED: ("cancelled", "warn"),
    MassPhase.ENDED: ("done", "ok"),
}


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
