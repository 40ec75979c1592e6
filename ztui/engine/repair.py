"""Mends refused rows and makes a new plan of them; the source file is never altered.

A session holds the refused rows of a run with what was sent for them, checks every value with the field's own checker
as it is set, and keeps a history. What it gives back is an `ImportPlan` of the mended rows that is linked to the run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from ztui.engine.preflight_rows import SHAPELESS, check_text
from ztui.engine.rules import finding
from ztui.engine.transform_compile import compile_one
from ztui.engine.transform_values import Apply, BadStep, Refusal
from ztui.errors import PlanError
from ztui.model.crm import Field, Operation
from ztui.model.finding import Finding
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.model.outcome import RowOutcome
from ztui.model.plan import CellEdit, ImportPlan


@dataclass(frozen=True, slots=True)
class RepairRow:
    """A refused row: its outcome, and what was (or would have been) sent for each mapped field."""

    outcome: RowOutcome
    values: tuple[str, ...]

    @property
    def record(self) -> int:
        """Its number in the source."""
        return self.outcome.record


@dataclass(frozen=True, slots=True)
class RepairCell:
    """A cell of the grid as it stands: the value, what was sent, and what is wrong. `blamed`: Zoho's refusal names the
    field, and nobody has changed the value since."""

    value: str
    sent: str
    problem: Finding | None
    blamed: bool

    @property
    def edited(self) -> bool:
        """True when the value is another than the one sent."""
        return self.value != self.sent

    @property
    def bad(self) -> bool:
        """True when it still wants mending."""
        return self.problem is not None or self.blamed


Key = tuple[int, str]
_Change = dict[Key, str | None]
_Moment = tuple[_Change, Mapping, frozenset[int] | None]


class RepairSession:
    """The grid and its history. `fields` are the mapped fields in order, `rows` the refused rows in source order."""

    def __init__(self, run_id: str, plan: ImportPlan, rows: Sequence[RepairRow]) -> None:
        self.run_id = run_id
        self.plan = plan
        self.mapping = plan.mapping
        self.fields: tuple[str, ...] = tuple(mapped.api_name for mapped in plan.mapping.fields if mapped.columns)
        self.rows: tuple[RepairRow, ...] = tuple(rows)
        self._by_record = {row.record: row for row in rows}
        self._edits: dict[Key, str] = {}
        self._chosen: frozenset[int] | None = None
        self._done: list[_Moment] = []
        self._undone: list[_Moment] = []
        self._compiled: dict[tuple[Step, ...], Apply] = {}

    # --- looking ----------------------------------------------------------------------------------------------

    def field(self, api_name: str) -> Field:
        """The field as the org has it; a plain text field when it is not known (any more)."""
        return self.plan.schema.field(api_name) or Field(api_name, api_name, "text")

    def value(self, record: int, api_name: str) -> str:
        """The value as it would be sent now."""
        edited = self._edits.get((record, api_name))
        return edited if edited is not None else self._sent(record, api_name)

    def _sent(self, record: int, api_name: str) -> str:
        row = self._by_record[record]
        place = self.fields.index(api_name)
        return row.values[place] if place < len(row.values) else ""

    def cell(self, record: int, api_name: str) -> RepairCell:
        """One cell with what is wrong with it."""
        sent = self._sent(record, api_name)
        value = self.value(record, api_name)
        row = self._by_record[record]
        named = any(api_name in error.fields for error in row.outcome.errors)
        return RepairCell(value, sent, self.check(api_name, value), named and value == sent and not self._keyed(row))

    def _keyed(self, row: RepairRow) -> bool:
        """True when a change of the operation has answered the refusal (insert → upsert for a duplicate)."""
        return self.mapping.operation is not self.plan.mapping.operation

    def check(self, api_name: str, value: str) -> Finding | None:
        """What is wrong with a value for this field, None when it would do."""
        mapped = self.mapping.for_field(api_name)
        if not value.strip() and mapped is not None and mapped.default:
            return None
        field = self.field(api_name)
        if not value.strip() and self.mapping.operation is Operation.UPDATE and api_name != self.mapping.find_by:
            return None
        violation = check_text(field, value)
        if violation is None or not violation.error:
            return None
        # What the field's transforms say of it speaks of the form the file has, as the check before sending did.
        made = self._transformed(api_name, value)
        own = isinstance(made, Refusal) and made.rule == violation.rule
        params = made.params if isinstance(made, Refusal) and own else violation.params
        return finding(violation.rule, api_name=api_name, value=value, params=params)

    def taken(self, api_name: str, text: str) -> str:
        """What is sent when a person puts this text into the field: the text where it would do, else what the field's
        transforms make of it, for people write dates and numbers as their file does."""
        if self.check(api_name, text) is None:
            return text
        made = self._transformed(api_name, text)
        return text if isinstance(made, Refusal) or self.check(api_name, made) is not None else str(made)

    def _transformed(self, api_name: str, text: str) -> str:
        """A text by the field's transforms; a Refusal where one of them cannot handle it."""
        mapped = self.mapping.for_field(api_name)
        if mapped is None or not mapped.steps:
            return text
        if mapped.steps not in self._compiled:
            try:
                self._compiled[mapped.steps] = compile_one(mapped.steps)
            except BadStep:  # the plan would not have been sent with it; the text is then judged as it is
                self._compiled[mapped.steps] = str
        return self._compiled[mapped.steps](text)

    def bad_fields(self, record: int) -> tuple[str, ...]:
        """The fields of a row that still want mending."""
        return tuple(name for name in self.fields if self.cell(record, name).bad)

    @property
    def edited(self) -> tuple[int, ...]:
        """Records with at least one changed value, ascending."""
        return tuple(sorted({record for record, _ in self._edits}))

    @property
    def mapping_changed(self) -> bool:
        """True when the mapping itself was mended (operation, key, a field's target)."""
        return self.mapping != self.plan.mapping

    def ready(self) -> tuple[int, ...]:
        """Records that would be sent again: chosen ones, or else all that were changed and have no bad cell left.

        With a mended mapping, or where the refusal named no cell at all (a cancelled run, a refused job), a row needs
        no change of its own; one whose cells may stand in the wrong columns always does.
        """
        if self._chosen is not None:
            return tuple(sorted(self._chosen))
        changed = {record for record, _ in self._edits}
        return tuple(
            row.record
            for row in self.rows
            if (row.record in changed or self._unhurt(row.outcome)) and not self.bad_fields(row.record)
        )

    def _unhurt(self, outcome: RowOutcome) -> bool:
        """True when a row may go as it is: what kept it out is mended, or was not its own fault."""
        if any(error.code in SHAPELESS for error in outcome.errors):
            return False
        return self.mapping_changed or not any(error.fields for error in outcome.errors)

    # --- changing ---------------------------------------------------------------------------------------------

    def set(self, record: int, api_name: str, value: str) -> Finding | None:
        """Put a value into a cell, as `taken` has it; returns what is wrong with it, None when it would do."""
        self._apply({(record, api_name): value})
        return self.check(api_name, self.value(record, api_name))

    def set_many(self, values: Iterable[tuple[int, str, str]]) -> int:
        """Put (record, field, value) triples in as one step of the history; returns how many cells changed."""
        return self._apply({(record, api_name): value for record, api_name, value in values})

    def set_alike(self, api_name: str, old: str, new: str) -> int:
        """Put `new` wherever the field holds exactly `old`; returns how many cells changed."""
        return self.set_many(
            (row.record, api_name, new) for row in self.rows if self.value(row.record, api_name) == old
        )

    def choose(self, records: Iterable[int] | None) -> None:
        """Send exactly these records again, mended or not; None: decide by what was mended."""
        self._remember()
        known = None if records is None else frozenset(records).intersection(self._by_record)
        self._chosen = known

    def use_key(self, api_name: str) -> None:
        """Upsert by this field instead of inserting: for rows that exist already."""
        self._remember()
        self.mapping = replace(self.mapping, operation=Operation.UPSERT, find_by=api_name)

    def find_lookup_by(self, api_name: str, find_by: str) -> None:
        """Match the values of a lookup by another field of the looked-up module."""
        self._remember()
        mapped = self.mapping.for_field(api_name)
        if mapped is not None:
            self.mapping = self.mapping.with_field(replace(mapped, find_by=find_by))

    def _apply(self, change: dict[Key, str]) -> int:
        taken = {key: self.taken(key[1], value) for key, value in change.items()}
        real = {key: value for key, value in taken.items() if self.value(*key) != value}
        if not real:
            return 0
        self._remember()
        for key, value in real.items():
            if value == self._sent(*key):
                self._edits.pop(key, None)
            else:
                self._edits[key] = value
        return len(real)

    def _remember(self) -> None:
        self._done.append(self._moment())
        self._undone.clear()

    def _moment(self) -> _Moment:
        return dict(self._edits), self.mapping, self._chosen

    def undo(self) -> bool:
        """Take the last step back; False when there is none."""
        return self._step(self._done, self._undone)

    def redo(self) -> bool:
        """Do the step taken back last again; False when there is none."""
        return self._step(self._undone, self._done)

    def _step(self, take: list[_Moment], give: list[_Moment]) -> bool:
        if not take:
            return False
        give.append(self._moment())
        edits, self.mapping, self._chosen = take.pop()
        self._edits = {key: value for key, value in edits.items() if value is not None}
        return True

    # --- results ----------------------------------------------------------------------------------------------

    def to_plan(self) -> ImportPlan:
        """A plan that sends the ready rows again, mended. PlanError when there is none."""
        records = self.ready()
        if not records:
            raise PlanError("REPAIR_NOTHING", details={"run": self.run_id})
        wanted = set(records)
        kept = {(e.record, e.api_name): e for e in self.plan.edits if e.record in wanted}
        kept |= {key: CellEdit(*key, value) for key, value in self._edits.items() if key[0] in wanted}
        return replace(
            self.plan,
            mapping=self.mapping,
            records=records,
            exclude=(),
            edits=tuple(kept[key] for key in sorted(kept)),
            total_rows=len(records),
            canary=0,
            parent_run=self.run_id,
        )

    def learned_mapping(self, transformed: Callable[[FieldMapping], bool] | None = None) -> Mapping:
        """The mapping with the repairs as transforms: each value that was always replaced by the same one becomes an
        entry of a `map` step, so that the next file is mended by itself. `transformed` limits it to some fields."""
        mapping = self.mapping
        for mapped in self.mapping.fields:
            if transformed is not None and not transformed(mapped):
                continue
            table = self._always(mapped.api_name)
            if table:
                step = Step.of("map", table=table)
                mapping = mapping.with_field(replace(mapped, steps=(*mapped.steps, step)))
        return mapping

    def _always(self, api_name: str) -> tuple[tuple[str, str], ...]:
        """(old, new) pairs of values that were replaced, and never in two ways."""
        seen: dict[str, set[str]] = {}
        for (record, name), new in self._edits.items():
            if name == api_name:
                old = self._sent(record, name)
                if old.strip():
                    seen.setdefault(old, set()).add(new)
        return tuple((old, next(iter(new))) for old, new in sorted(seen.items()) if len(new) == 1)
