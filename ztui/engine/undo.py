"""Takes a run back: deletes the records it created, by their recorded ids only, and puts changed values back.

Records that somebody changed since are listed and left, unless it is forced. Every step is in the ledger before it is
made, so that an interrupted undo goes on where it was.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from ztui import catalogue
from ztui.engine.forecast import read_records
from ztui.engine.lookup import comparable, same_value, text_of
from ztui.engine.ports import Crm
from ztui.engine.recovery import rows_of
from ztui.errors import RunError
from ztui.model.crm import Record
from ztui.model.outcome import RowOutcome, RowResult
from ztui.model.plan import ImportPlan
from ztui.store.ledger import Ledger

DELETED = "deleted"
DELETING = "deleting"
RESTORED = "restored"
RESTORING = "restoring"
GONE = "gone"
_THROUGH = (DELETED, RESTORED, GONE)


@dataclass(frozen=True, slots=True)
class UndoPreview:
    """What an undo would do: records to delete, records to put back, and changed ones of which no image was kept."""

    run_id: str
    delete: int
    restore: int
    without_image: int
    done: int = 0

    @property
    def total(self) -> int:
        """The number to be typed as confirmation: records that would be deleted or changed."""
        return self.delete + self.restore


@dataclass(frozen=True, slots=True)
class LeftRecord:
    """A record that was left as it is, and why: a code of the catalogue with Zoho's own words."""

    record_id: str
    record: int
    line: int
    code: str
    message: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class UndoReport:
    """What an undo did. `gone` records were not there any more."""

    run_id: str
    deleted: int
    restored: int
    gone: int
    left: tuple[LeftRecord, ...] = ()


OnProgress = Callable[[int, int], None]
"""Told (records dealt with, records in all)."""


class Undoing:
    """The undo of one run."""

    def __init__(self, ledger: Ledger, run_id: str, plan: ImportPlan) -> None:
        self._ledger = ledger
        self._run_id = run_id
        self._plan = plan

    def preview(self) -> UndoPreview:
        """What it would do, by the ledger alone."""
        done = self._ledger.images.undone(self._run_id)
        through = {record_id for record_id, what in done.items() if what in _THROUGH}
        added = [o for o in self._written(RowResult.ADDED) if o.record_id not in through]
        images = {image.id for image in self._ledger.images.each(self._run_id)}
        updated = {o.record_id for o in self._written(RowResult.UPDATED)} - through
        return UndoPreview(self._run_id, len(added), len(updated & images), len(updated - images), len(through))

    def _written(self, result: RowResult) -> Iterator[RowOutcome]:
        return (o for o in self._ledger.outcomes.each(self._run_id, results=(result,)) if o.record_id)

    async def run(self, crm: Crm, on_progress: OnProgress | None = None, *, force: bool = False) -> UndoReport:
        """Take back what can be taken back. Raises RunError when there is nothing, ZohoError (then call it again)."""
        preview = await asyncio.to_thread(self.preview)
        if not preview.total:
            raise RunError("UNDO_NOTHING", details={"run": self._run_id})
        done = 0

        def step(count: int) -> None:
            nonlocal done
            done += count
            if on_progress is not None:
                on_progress(done, preview.total)

        deleted, gone, left = await self._delete(crm, force, step)
        restored, missing, untouched = await self._restore(crm, force, step)
        return UndoReport(self._run_id, deleted, restored, gone + missing, (*left, *untouched))

    async def _delete(self, crm: Crm, force: bool, step: Callable[[int], None]) -> tuple[int, int, list[LeftRecord]]:
        module = self._plan.mapping.module
        size = catalogue.limits().deletes_per_call
        undone = await asyncio.to_thread(self._ledger.images.undone, self._run_id)
        added = await asyncio.to_thread(lambda: list(self._written(RowResult.ADDED)))
        todo = [o for o in added if undone.get(o.record_id) not in _THROUGH]
        deleted = gone = 0
        left: list[LeftRecord] = []
        for some in _chunks(todo, size):
            present = {r.id: r for r in await crm.get(module, [o.record_id for o in some], _TIMES)}
            absent = [o.record_id for o in some if o.record_id not in present]
            # Begun in an earlier undo and not there any more: it was that undo.
            deleted += sum(undone.get(record_id) == DELETING for record_id in absent)
            gone += sum(undone.get(record_id) != DELETING for record_id in absent)
            await self._mark(absent, GONE)
            wanted = []
            for outcome in some:
                record = present.get(outcome.record_id)
                if record is None:
                    continue
                if not force and _changed_since_creation(record):
                    left.append(_left(outcome, "RECORD_CHANGED_SINCE", modified=record.modified_time))
                else:
                    wanted.append(outcome)
            if wanted:
                ids = [o.record_id for o in wanted]
                await self._mark(ids, DELETING)
                answers = await crm.delete(module, ids)
                fine = [record_id for record_id, a in zip(ids, answers, strict=True) if a.ok]
                await self._mark(fine, DELETED)
                deleted += len(fine)
                left += [_left(o, a.code, message=a.message) for o, a in zip(wanted, answers, strict=True) if not a.ok]
            step(len(some))
        return deleted, gone, left

    async def _restore(self, crm: Crm, force: bool, step: Callable[[int], None]) -> tuple[int, int, list[LeftRecord]]:
        images = {i.id: i for i in await asyncio.to_thread(lambda: list(self._ledger.images.each(self._run_id)))}
        if not images:
            return 0, 0, []
        undone = await asyncio.to_thread(self._ledger.images.undone, self._run_id)
        updated = await asyncio.to_thread(lambda: list(self._written(RowResult.UPDATED)))
        latest = {o.record_id: o for o in updated if o.record_id in images}
        todo = [o for record_id, o in latest.items() if undone.get(record_id) not in _THROUGH]
        sent = await asyncio.to_thread(self._sent, {o.record for o in todo})
        fields = [m.api_name for m in self._plan.mapping.fields if m.api_name != "id"]
        restored = gone = 0
        left: list[LeftRecord] = []
        for some in _chunks(todo, catalogue.limits().records_per_call):
            ids = [o.record_id for o in some]
            present = {r.id: r for r in await read_records(crm, self._plan, ids)}
            absent = [record_id for record_id in ids if record_id not in present]
            gone += len(absent)
            await self._mark(absent, GONE)
            wanted, records = [], []
            for outcome in some:
                now = present.get(outcome.record_id)
                if now is None:
                    continue
                if not force and self._touched(now, images[outcome.record_id], sent.get(outcome.record, {})):
                    left.append(_left(outcome, "RECORD_CHANGED_SINCE", modified=now.modified_time))
                    continue
                wanted.append(outcome)
                image = images[outcome.record_id].values
                # Only what the image really has: a field that was not read must not be cleared.
                values = {name: image[name] for name in fields if name in image}
                records.append(Record(outcome.record_id, values=values))
            if records:
                await self._mark([r.id for r in records], RESTORING)
                answers = await crm.update(self._plan.mapping.module, records)
                fine = [r.id for r, a in zip(records, answers, strict=True) if a.ok]
                await self._mark(fine, RESTORED)
                restored += len(fine)
                left += [_left(o, a.code, message=a.message) for o, a in zip(wanted, answers, strict=True) if not a.ok]
            step(len(some))
        return restored, gone, left

    def _touched(self, now: Record, before: Record, sent: dict[str, str]) -> bool:
        """True when a field that the run wrote holds neither what it wrote nor what was there before."""
        for name, value in sent.items():
            mapped = self._plan.mapping.for_field(name)
            if name not in now.values or not comparable(self._plan.schema.field(name)) or mapped is None:
                continue
            if not value.strip():
                if self._plan.mapping.ignore_empty and not mapped.default:
                    continue  # a blank left the field alone
                value = mapped.default or ""
            held = now.values.get(name)
            if not same_value(held, value) and not same_value(held, text_of(before.values.get(name))):
                return True
        return False

    def _sent(self, records: set[int]) -> dict[int, dict[str, str]]:
        found: dict[int, dict[str, str]] = {}
        for part in self._ledger.parts.all(self._run_id):
            if not records.isdisjoint(part.records):
                found |= {row.record: row.values for row in rows_of(part) if row.record in records}
        return found

    async def _mark(self, record_ids: Sequence[str], what: str) -> None:
        if record_ids:
            await asyncio.to_thread(self._ledger.images.mark_undone, self._run_id, record_ids, what)


_TIMES = ("Created_Time", "Modified_Time")


def _changed_since_creation(record: Record) -> bool:
    """True when the CRM's own times say that the record was modified after it was created."""
    created = str(record.values.get("Created_Time") or "")
    return bool(created and record.modified_time) and record.modified_time != created


def _left(outcome: RowOutcome, code: str, *, message: str = "", modified: str = "") -> LeftRecord:
    return LeftRecord(outcome.record_id, outcome.record, outcome.line, code, message, modified)


def _chunks(items: Sequence[RowOutcome], size: int) -> Iterator[Sequence[RowOutcome]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
