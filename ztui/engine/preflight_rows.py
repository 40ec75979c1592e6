"""Judges one record by a mapping: which fields break which rules. Owns the exact semantics of the check.

Knows nothing of files and processes; runs in the worker children and in the interface's process alike.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ztui.catalogue.knowledge import date_formats, field_type
from ztui.engine.checkers import Checker, checker, kind_of
from ztui.engine.disguise import bare, hidden_in
from ztui.engine.rules import Params, Violation
from ztui.engine.transform import compile_mapping
from ztui.engine.transform_values import BLANKS, Refusal
from ztui.model.crm import Field, ModuleSchema, Operation
from ztui.model.mapping import FieldMapping, Mapping

_REMEMBERED = 1 << 12
ROW = -1
"""The slot of hits that concern the row as a whole."""

CELL_MISSING = "MAPPED_CELL_MISSING"
"""The rule of rows that are too short for the mapping: the only one of the whole row that depends on the mapping."""

CELLS_BEYOND, EMPTY_BEYOND = "CELLS_BEYOND_HEADER", "EMPTY_CELLS_BEYOND_HEADER"
"""The rules of rows with more cells than the header: with text in them every cell may stand in the wrong column, the
one that was cut in two included; empty ones come of delimiters at the end of the line."""

HEADER_AGAIN = "HEADER_REPEATED"
"""The rule of a row that says what the header says: files that were put together have one for each of their pieces."""

CUT_OFF = "RECORD_CUT_OFF"
"""The rule of a record that an open quote makes too long to be read."""

SHAPELESS = frozenset((CELLS_BEYOND, CUT_OFF))
"""The rules that say which cell belongs to which column cannot be told: no value of such a row is to be trusted."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule broken by one record: `slot` is the place of the field among the rules' fields, or ROW.

    `value` is the text as the file has it (several columns joined as the mapping joins them); `cells` how many cells
    the row has, for a row that is too short.
    """

    slot: int
    rule: str
    value: str
    params: Params = ()
    cells: int | None = None


@dataclass(frozen=True, slots=True)
class FieldRule:
    """How one mapped field is judged; `key` when records are found by it, `unique` when its values may not repeat."""

    api_name: str
    field: Field
    columns: tuple[int, ...]
    mapped: FieldMapping
    convert: Callable[[Sequence[str]], str]
    check: Checker
    blank_rule: str | None
    key: bool
    unique: bool

    def key_text(self, value: str) -> str:
        """A value in the form in which keys are compared; a blank one is the default, if there is one."""
        return key_text(value, self.field) or key_text(self.mapped.default or "", self.field)

    @property
    def strict(self) -> bool:
        """True when records are told apart by a text: it is looked at more closely than other texts."""
        return (self.key or self.unique) and field_type(self.field.data_type).check in ("text", "none")


def declared_format(mapped: FieldMapping, field: Field) -> str | None:
    """The pattern that is declared for this field's column, None for fields that take none."""
    known = field_type(field.data_type)
    if not known.takes_format:
        return None
    formats = date_formats()
    for step in reversed(mapped.steps):
        if step.name in ("date", "datetime"):
            out = str(step.arg("out", ""))
            if out:
                return out
            if step.name == "date":
                return formats.sent_date
            aware = "X" in str(step.arg("pattern")) or step.arg("offset")
            return formats.iso_datetime if aware else formats.sent_datetime
    return formats.sent_date if known.check == "date" else formats.sent_datetime


class RowRules:
    """A mapping compiled against a module's fields; `width` is the number of cells a whole row has.

    Fields the module does not have are left to the mapping's own check and are not judged here, nor are the slots in
    `skip`. `header` is the header as it stands in the file, nothing when there is none. Raises BadStep.
    """

    def __init__(
        self,
        mapping: Mapping,
        schema: ModuleSchema,
        width: int,
        *,
        header: Sequence[str] = (),
        skip: frozenset[int] = frozenset(),
    ) -> None:
        self.width = width
        # a single word may be a value as well as a name
        self.header = [_bare(cell) for cell in header] if sum(1 for c in header if _bare(c)) > 1 else []
        self.fields = tuple(
            self._rule(mapping, mapped, field)
            for mapped in mapping.fields
            if mapped.columns and max(mapped.columns) < width and (field := schema.field(mapped.api_name)) is not None
        )
        self.columns = tuple(sorted({c for rule in self.fields for c in rule.columns}))
        # The third is None where the cell is sent as it is; the last holds values known to be fine.
        self._singles: list[tuple[int, int, Callable[[Sequence[str]], str] | None, set[str]]] = [
            (slot, rule.columns[0], rule.convert if rule.mapped.steps else None, set())
            for slot, rule in enumerate(self.fields)
            if len(rule.columns) == 1 and slot not in skip
        ]
        self._joined = [s for s, rule in enumerate(self.fields) if len(rule.columns) > 1 and s not in skip]

    @staticmethod
    def _rule(mapping: Mapping, mapped: FieldMapping, field: Field) -> FieldRule:
        key = mapping.find_by == mapped.api_name and mapping.operation is not Operation.INSERT
        blank_rule = None
        if not (mapped.default or "").strip(BLANKS):
            if key:
                blank_rule = "KEY_BLANK"
            if field.mandatory and not (mapping.operation is Operation.UPDATE and (mapping.ignore_empty or key)):
                blank_rule = "REQUIRED_BLANK"
        unique = field.unique or (mapping.operation is Operation.INSERT and mapping.find_by == mapped.api_name)
        return FieldRule(
            mapped.api_name,
            field,
            mapped.columns,
            mapped,
            compile_mapping(mapped),
            checker(field, find_by=mapped.find_by, declared=declared_format(mapped, field), key=key or unique),
            blank_rule,
            key,
            unique,
        )

    def source(self, slot: int, cells: Sequence[str]) -> str:
        """What the file has for a field of this record, before transforms."""
        columns = self.fields[slot].columns
        return " ".join(cells[c] for c in columns if c < len(cells) and cells[c])

    def value(self, slot: int, cells: Sequence[str]) -> str:
        """What is sent for a field of this record; a Refusal when a step cannot handle it."""
        rule = self.fields[slot]
        return rule.convert([cells[c] if c < len(cells) else "" for c in rule.columns])

    def judge(self, cells: Sequence[str]) -> list[Hit]:
        """Every rule this record breaks, in the order of the fields; structure first."""
        hits: list[Hit] = []
        count = len(cells)
        if self.is_header(cells):
            return [Hit(ROW, HEADER_AGAIN, cells[0])]
        if count != self.width:
            hits.extend(self._ragged(cells))
        for slot, column, convert, fine in self._singles:
            raw = cells[column] if column < count else ""
            if raw in fine:
                continue
            found = self.judge_value(slot, raw, raw if convert is None else convert((raw,)))
            if found:
                hits.extend(found)
            else:
                if len(fine) > _REMEMBERED:
                    fine.clear()
                fine.add(raw)
        for slot in self._joined:
            hits.extend(self.judge_value(slot, self.source(slot, cells), self.value(slot, cells)))
        return hits

    def is_header(self, cells: Sequence[str]) -> bool:
        """Whether this row is the header once more. None of its cells is a value."""
        header = self.header
        return len(cells) == len(header) > 0 and _bare(cells[0]) == header[0] and [_bare(c) for c in cells] == header

    def judge_value(self, slot: int, raw: str, value: str) -> list[Hit]:
        """The rules broken by one field's value, given what the file has and what would be sent."""
        rule = self.fields[slot]
        if isinstance(value, Refusal):
            return [self._unmasked(slot, raw, value)]
        if not value or (value[0] in BLANKS and not value.strip(BLANKS)):
            return [Hit(slot, rule.blank_rule, raw)] if rule.blank_rule else []
        return [Hit(slot, v.rule, raw, v.params) for v in rule.check(value)]

    def _unmasked(self, slot: int, raw: str, refused: Refusal) -> Hit:
        """Why a step could not handle a value: what it says, unless something is in the way that nobody can see."""
        rule = self.fields[slot]
        within = bare(raw)
        if len(rule.columns) == 1 and within != raw.strip() and not isinstance(rule.convert((within,)), Refusal):
            hidden = hidden_in(raw)
            told = (("actual", hidden),) if hidden else (("within", within),)
            return Hit(slot, "INVISIBLE_REFUSED" if hidden else "EXCEL_REFUSED", raw, told)
        return Hit(slot, refused.rule, raw, refused.params)

    def _ragged(self, cells: Sequence[str]) -> list[Hit]:
        facts = (("actual", str(len(cells))), ("max", str(self.width)))
        if len(cells) > self.width:
            beyond = next((cell for cell in cells[self.width :] if cell.strip(BLANKS)), None)
            return [Hit(ROW, EMPTY_BEYOND, "", facts) if beyond is None else Hit(ROW, CELLS_BEYOND, beyond, facts)]
        missing = next((r for r in self.fields if any(c >= len(cells) for c in r.columns)), None)
        if missing is None:
            return []
        return [Hit(ROW, CELL_MISSING, "", (*facts, ("field", missing.field.label)), len(cells))]

    def column_of(self, slot: int, rule: str) -> int | None:
        """The source column a hit points at."""
        if slot != ROW:
            return self.fields[slot].columns[0]
        return self.width if rule in (CELLS_BEYOND, EMPTY_BEYOND) else None


_NUMBER = re.compile(r"([+-]?)0*([0-9]*)(?:\.([0-9]*?)0*)?")


def is_number(field: Field) -> bool:
    """True when two ways of writing a number are one value of the field."""
    return kind_of(field) in ("integer", "decimal", "percent")


def key_text(value: str, field: Field) -> str:
    """How values of a unique field are compared: without outer blanks, mostly without case, and numbers as numbers."""
    bare = value.strip()
    found = _NUMBER.fullmatch(bare.replace(",", "")) if bare and is_number(field) else None
    if found is not None:
        sign, whole, behind = found.groups()
        number = (whole or "0") + (f".{behind}" if behind else "")
        return f"-{number}" if sign == "-" and number != "0" else number
    return bare if field.unique_case_sensitive else bare.casefold()


def _bare(cell: str) -> str:
    """A cell of a header without the mark that each of several joined files begins with, and without blanks around."""
    return cell.strip("\ufeff \t")


def check_text(field: Field, text: str) -> Violation | None:
    """The worst rule a value breaks when it is put into the field as it is; None when it is fine."""
    if not text.strip(BLANKS):
        return Violation("REQUIRED_BLANK") if field.mandatory else None
    found = checker(field)(text)
    return found[0] if found else None
