"""The mapping a person is working on: every change is a new `Mapping`, so undo and redo are a walk along a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ztui.model.crm import Field, ModuleSchema, Operation
from ztui.model.mapping import FieldMapping, Mapping, Step, Suggestion


@dataclass(frozen=True, slots=True)
class _Moment:
    mapping: Mapping
    what: str


class Draft:
    """A mapping with a history. `suggestions` explain the columns that are still mapped as they were proposed."""

    def __init__(self, mapping: Mapping, schema: ModuleSchema, suggestions: Sequence[Suggestion] = ()) -> None:
        self.schema = schema
        self.suggestions = {s.index: s for s in suggestions}
        self._past: list[_Moment] = [_Moment(mapping, "")]
        self._place = 0
        self._kept = 0
        self._begun_with = mapping
        self._meant: frozenset[FieldMapping] = frozenset()

    @property
    def meant(self) -> frozenset[FieldMapping]:
        """What is mapped as it is on purpose although most of its values are refused: a person said so."""
        return self._meant.intersection(self.mapping.fields)

    def mean(self, mapped: FieldMapping) -> bool:
        """Say that this is meant, or take it back when it was said; returns whether it is now."""
        self._meant ^= {mapped}
        return mapped in self._meant

    @property
    def mapping(self) -> Mapping:
        """The mapping as it is now."""
        return self._past[self._place].mapping

    @property
    def changed(self) -> bool:
        """True when there are changes since the last `keep`."""
        return self._place != self._kept

    @property
    def touched(self) -> bool:
        """True when it is not the mapping it began with (or that was sent last): a person's work is in it."""
        return self.mapping != self._begun_with

    def sent(self) -> None:
        """What is there now is being sent."""
        self._begun_with = self.mapping
        self.keep()

    def keep(self) -> None:
        """What is there now has been saved or sent."""
        self._kept = self._place

    def undo(self) -> str | None:
        """Take back the last change and name it; None when there is none."""
        if not self._place:
            return None
        what = self._past[self._place].what
        self._place -= 1
        return what

    def redo(self) -> str | None:
        """Do the last change taken back again and name it; None when there is none."""
        if self._place + 1 >= len(self._past):
            return None
        self._place += 1
        return self._past[self._place].what

    def change(self, mapping: Mapping, what: str) -> bool:
        """Make this the mapping, as one step of the history; False when it is no change."""
        if mapping == self.mapping:
            return False
        if self._kept > self._place:
            self._kept = -1
        del self._past[self._place + 1 :]
        self._past.append(_Moment(mapping, what))
        self._place += 1
        return True

    # -- what a drop may do

    def refusal(self, field: Field) -> str | None:
        """Why no column can feed this field with the present operation, or None when one can."""
        from ztui.present.fields import why_not

        return why_not(field, self.mapping.operation)

    def assign(self, column: int, field: Field, steps: tuple[Step, ...] = ()) -> bool:
        """Feed a field from one column, instead of what fed it before."""
        before = self.mapping.for_field(field.api_name)
        if before is not None and before.columns == (column,):
            return False
        suggestion = self.suggestions.get(column)
        if not steps and suggestion is not None and suggestion.api_name == field.api_name:
            steps = suggestion.steps
        find_by = before.find_by if before else None
        if suggestion is not None and suggestion.api_name == field.api_name:
            find_by = suggestion.find_by or find_by
        mapped = FieldMapping(field.api_name, (column,), steps, before.default if before else None, find_by)
        header = self.header(column)
        return self.change(self.mapping.with_field(mapped), f"{header} → {field.label}")

    def combine(self, column: int, field: Field, separator: str = " ") -> bool:
        """Add a column to those that feed a field already; they are joined by `separator`."""
        before = self.mapping.for_field(field.api_name)
        if before is None or not before.columns:
            return self.assign(column, field)
        if column in before.columns:
            return False
        others = tuple(s for s in before.steps if s.name != "join")
        mapped = replace(
            before,
            columns=(*before.columns, column),
            steps=(Step.of("join", separator=separator), *others),
        )
        return self.change(self.mapping.with_field(mapped), f"{self.header(column)} joined to {field.label}")

    def clear_field(self, api_name: str) -> bool:
        """The field is not sent any more."""
        if self.mapping.for_field(api_name) is None:
            return False
        return self.change(self.mapping.without_field(api_name), f"{self.label(api_name)} unmapped")

    def clear_column(self, column: int) -> bool:
        """The column feeds nothing any more."""
        mapping = self.mapping
        for mapped in mapping.for_column(column):
            mapping = mapping.without_field(mapped.api_name)
        return self.change(mapping, f"{self.header(column)} unmapped")

    def set_steps(self, api_name: str, steps: tuple[Step, ...]) -> bool:
        """Other transforms for a field."""
        before = self.mapping.for_field(api_name)
        if before is None:
            return False
        mapped = replace(before, steps=steps)
        return self.change(self.mapping.with_field(mapped), f"transforms of {self.label(api_name)}")

    def set_find_by(self, api_name: str, find_by: str | None) -> bool:
        """Another field of the looked-up module that the values of a lookup or owner are matched by."""
        before = self.mapping.for_field(api_name)
        if before is None:
            return False
        mapped = replace(before, find_by=find_by)
        return self.change(self.mapping.with_field(mapped), f"how {self.label(api_name)} is matched")

    def set_default(self, api_name: str, value: str | None) -> bool:
        """What is sent where the value is blank; for a field without columns it is the whole value."""
        before = self.mapping.for_field(api_name)
        if before is None:
            if not value:
                return False
            mapping = self.mapping.with_field(FieldMapping(api_name, default=value))
        elif not value and not before.columns:
            mapping = self.mapping.without_field(api_name)
        else:
            mapping = self.mapping.with_field(replace(before, default=value or None))
        return self.change(mapping, f"default of {self.label(api_name)}")

    def set_operation(self, operation: Operation, find_by: str | None) -> bool:
        """Another operation and key; fields it may not write are dropped from the mapping."""
        mapping = replace(self.mapping, operation=operation, find_by=find_by)
        for mapped in mapping.fields:
            field = self.schema.field(mapped.api_name)
            if field is not None and not field.writable(operation) and mapped.api_name != find_by:
                mapping = mapping.without_field(mapped.api_name)
        return self.change(mapping, f"{operation.value}")

    # -- what the screens ask

    def header(self, column: int) -> str:
        """The name of a column."""
        headers = self.mapping.headers
        return headers[column] if column < len(headers) else f"Column {column + 1}"

    def label(self, api_name: str) -> str:
        """What people call a field."""
        field = self.schema.field(api_name)
        return field.label if field else api_name

    def confidence(self, column: int) -> float | None:
        """How sure the proposal was, when the column is still mapped as proposed."""
        suggestion = self.suggestions.get(column)
        if suggestion is None or suggestion.api_name is None:
            return None
        mapped = self.mapping.for_column(column)
        if any(m.api_name == suggestion.api_name for m in mapped):
            return suggestion.confidence
        return None

    def missing(self) -> list[Field]:
        """Fields without which nothing can be sent and that nothing feeds: mandatory ones (updates need none of them),
        and the key that records are found by."""
        mapping = self.mapping
        updates = mapping.operation is Operation.UPDATE
        needed = [f for f in self.schema.writable(mapping.operation) if f.mandatory and not updates]
        key = self.schema.field(mapping.find_by) if mapping.find_by else None
        if key is not None and key not in needed:
            needed.insert(0, key)
        return [f for f in needed if mapping.for_field(f.api_name) is None]

    def question(self, column: int) -> str:
        """What only a person can decide about this column, or ""."""
        return next((question for index, question in self.questions() if index == column), "")

    def questions(self) -> list[tuple[int, str]]:
        """What only a person can decide about columns that are mapped as proposed and not treated yet, or that feed
        nothing because of the question."""
        return [(i, s.question) for i, s in self.suggestions.items() if s.question and self._is_open(i, s)]

    def _is_open(self, index: int, suggestion: Suggestion) -> bool:
        if suggestion.api_name is None:
            likely = self.likely(index)
            return likely is not None and not self.mapping.for_column(index) and not self.mapping.for_field(likely)
        mapped = self.mapping.for_field(suggestion.api_name)
        return mapped is not None and mapped.columns == (index,) and not mapped.steps

    def likely(self, column: int) -> str | None:
        """The field that a column would feed if the question about it were answered."""
        suggestion = self.suggestions.get(column)
        if suggestion is None or not suggestion.question:
            return None
        return suggestion.api_name or next((api_name for api_name, _ in suggestion.alternatives), None)
