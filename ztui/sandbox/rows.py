"""The row engine: what becomes of every row of a CSV, decided by the org's fields and records.

It reads the store and decides; it writes nothing. The outcome holds the records to add and to change, so that a job's
whole effect and its result go into the store in one transaction, or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from ztui.sandbox import archive, records
from ztui.sandbox.lookups import lookup_reader, parent_reader
from ztui.sandbox.org import CURRENT_USER, LOOKUPS, FieldDef, ModuleDef, Org
from ztui.sandbox.store import Store
from ztui.sandbox.switches import Switches
from ztui.sandbox.values import Reader, Refusal, reader_for

ORDER = (
    "MANDATORY_NOT_FOUND",
    "INVALID_DATA",
    "RESOURCE_NOT_FOUND",
    "DUPLICATE_DATA",
    "NOT_APPROVED",
    "BLOCKED_RECORD",
    "CANNOT_PROCESS",
    "LIMIT_EXCEEDED",
)
FLAG_CODES = {records.FLAG_APPROVAL: "NOT_APPROVED", records.FLAG_BLOCKED: "BLOCKED_RECORD"}
Fate = tuple[str, str, str]


@dataclass(slots=True)
class Outcome:
    """A CSV's fate: one (status, record id, errors) per row in order, and what to write."""

    header: list[str]
    rows: list[list[str]]
    charset: str
    name: str
    fates: list[Fate] = field(default_factory=list)
    inserts: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    updates: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    additions: set[tuple[str, str, str]] = field(default_factory=set)
    touched: list[int] = field(default_factory=list)
    added: int = 0
    updated: int = 0
    skipped: int = 0


@dataclass(slots=True)
class _Column:
    name: str
    index: int | None
    read: Reader
    default: Any
    mandatory: bool
    unique: FieldDef | None


class RowEngine:
    """Runs one resource of a job. `parent` is the outcome of the job's first resource, for child rows."""

    def __init__(
        self,
        store: Store,
        org: Org,
        switches: Switches,
        job: Mapping[str, Any],
        resource: Mapping[str, Any],
        parent: Outcome | None = None,
    ) -> None:
        self.store, self.org, self.switches = store, org, switches
        self.module: ModuleDef = org.modules[resource["module"]]
        self.operation: str = job["operation"]
        self.clear_blanks = not job.get("ignore_empty")
        self.find_by: str | None = resource["find_by"]
        self.resource = resource
        self.parent = parent
        self._additions: set[tuple[str, str, str]] = set()

    def run(self, content: bytes, charset: str | None) -> Outcome:
        """Decide every row; BadFile when the file as a whole cannot be imported."""
        codec, found = archive.charset_of(content, charset)
        rows = list(islice(archive.rows_of(content, codec), archive.MAX_ROWS + 2))
        if not rows:
            raise archive.BadFile("INVALID_FILE_FORMAT")
        header, body = [cell.strip() for cell in rows[0]], rows[1:]
        if len(header) > archive.MAX_COLUMNS:
            raise archive.BadFile("HEADER_LIMIT_EXCEEDED")
        if len(body) > archive.MAX_ROWS:
            raise archive.BadFile("LIMIT_EXCEEDED")
        outcome = Outcome(header, body, found, archive.base_name(self.resource["csv"]), additions=self._additions)
        columns = [self._column(m) for m in self.resource["mappings"]]
        self._columns_by_name = {c.name: c for c in columns}
        self._uniques = {
            c.name: records.index(self.store, self.module, c.unique) for c in columns if c.unique is not None
        }
        self._key_index = self._keys()
        self._flags = records.flags(self.store, self.module.api_name)
        self._pending: dict[int, dict[str, Any]] = {}
        self._room = self._quota()
        next_id = self.store.new_ids(max(1, len(body)))
        for row in body:
            next_id = self._row(row, columns, outcome, next_id)
        return outcome

    def _quota(self) -> int | None:
        if not self.switches.record_limit:
            return None
        return max(0, self.switches.record_limit - records.count(self.store, self.module.api_name))

    def _keys(self) -> dict[str, list[int]]:
        if self.find_by is None:
            return {}
        if self.find_by in self._uniques:
            return self._uniques[self.find_by]
        return records.index(self.store, self.module, self.module.fields[self.find_by])

    def _column(self, mapping: Mapping[str, Any]) -> _Column:
        definition = self.module.fields[mapping["api_name"]]
        read = self._reader(definition, mapping)
        default = _default_text(mapping["default_value"])
        value = read(default) if default else None
        unique = definition if definition.unique and definition.api_name != "id" else None
        return _Column(definition.api_name, mapping["index"], read, value, definition.mandatory, unique)

    def _reader(self, definition: FieldDef, mapping: Mapping[str, Any]) -> Reader:
        if definition.data_type in LOOKUPS:
            target = self.org.modules.get(definition.lookup or "")
            if self.parent is not None and mapping.get("parent_column_index") is not None:
                return parent_reader(self.parent.rows, self.parent.touched, mapping["parent_column_index"])
            if target is not None:
                return lookup_reader(self.store, target, mapping["find_by"])
        return reader_for(
            definition, self.module, self.org, self.switches, self._additions, mapping["format"], mapping["find_by"]
        )

    def _row(self, row: Sequence[str], columns: Sequence[_Column], outcome: Outcome, next_id: int) -> int:
        data: dict[str, Any] = {}
        errors: dict[str, list[str]] = {}
        blank: list[str] = []
        width = len(row)
        for column in columns:
            index = column.index
            cell = row[index].strip() if index is not None and index < width else ""
            value = column.read(cell) if cell else column.default
            if value is None:
                blank.append(column.name)
            elif isinstance(value, Refusal):
                errors.setdefault(value.code, []).append(column.name)
            else:
                data[column.name] = value
        target = self._target(data, errors, blank)
        self._blanks(blank, target, data, errors)
        self._duplicates(data, target, errors)
        if target is None and not errors and self._room is not None and self._room <= 0:
            errors["LIMIT_EXCEEDED"] = [columns[0].name]
        if errors:
            outcome.skipped += 1
            outcome.fates.append(("SKIPPED", "", _errors_text(errors)))
            outcome.touched.append(0)
            return next_id
        data.pop("id", None)
        if target is not None:
            self._change(target, data, outcome)
        else:
            self._add(next_id, data, outcome)
            next_id += 1
        return next_id

    def _target(self, data: Mapping[str, Any], errors: dict[str, list[str]], blank: Sequence[str]) -> int | None:
        key = self.find_by
        if key is None or key not in data:
            if key is not None and key in blank and self.operation != "insert":
                errors.setdefault("MANDATORY_NOT_FOUND", []).append(key)
            return None
        found = self._key_index.get(records.norm(data[key], self.module.fields[key].case_sensitive))
        if self.operation == "insert":
            if found:
                errors.setdefault("DUPLICATE_DATA", []).append(key)
            return None
        if not found:
            if self.operation == "update" or key == "id":
                errors.setdefault("RESOURCE_NOT_FOUND", []).append(key)
            return None
        mark = self._flags.get(found[0], "")
        if mark:
            errors.setdefault(FLAG_CODES.get(mark, "CANNOT_PROCESS"), []).append(key)
        return found[0]

    def _blanks(
        self, blank: Sequence[str], target: int | None, data: dict[str, Any], errors: dict[str, list[str]]
    ) -> None:
        for name in blank:
            if name == self.find_by:
                continue
            mandatory = self._columns_by_name[name].mandatory
            if mandatory and (
                (target is None and self.operation != "update") or (target is not None and self.clear_blanks)
            ):
                errors.setdefault("MANDATORY_NOT_FOUND", []).append(name)
            elif target is not None and self.clear_blanks:
                data[name] = None

    def _duplicates(self, data: Mapping[str, Any], target: int | None, errors: dict[str, list[str]]) -> None:
        for name, taken in self._uniques.items():
            value = data.get(name)
            if value is None or name in errors.get("DUPLICATE_DATA", ()):
                continue
            holders = taken.get(records.norm(value, self.module.fields[name].case_sensitive))
            if holders and holders[0] != target:
                errors.setdefault("DUPLICATE_DATA", []).append(name)

    def _remember(self, data: Mapping[str, Any], number: int) -> None:
        for name, taken in self._uniques.items():
            if data.get(name) is not None:
                taken[records.norm(data[name], self.module.fields[name].case_sensitive)] = [number]
        key = self.find_by
        if key is not None and key not in self._uniques and data.get(key) is not None:
            self._key_index.setdefault(records.norm(data[key], self.module.fields[key].case_sensitive), []).append(
                number
            )

    def _add(self, number: int, data: dict[str, Any], outcome: Outcome) -> None:
        data.setdefault("Owner", {"id": CURRENT_USER.id, "name": CURRENT_USER.full_name, "email": CURRENT_USER.email})
        layout = self.module.default_layout
        data.setdefault("Layout", {"id": layout.id, "name": layout.name})
        self._remember(data, number)
        self._pending[number] = data
        outcome.inserts.append((number, data))
        outcome.added += 1
        outcome.touched.append(number)
        outcome.fates.append(("ADDED", str(number), ""))
        if self._room is not None:
            self._room -= 1

    def _change(self, number: int, data: dict[str, Any], outcome: Outcome) -> None:
        self._remember(data, number)
        waiting = self._pending.get(number)
        if waiting is not None:
            for name, value in data.items():
                if value is None:
                    waiting.pop(name, None)
                else:
                    waiting[name] = value
        else:
            outcome.updates.append((number, data))
        outcome.updated += 1
        outcome.touched.append(number)
        outcome.fates.append(("UPDATED", str(number), ""))


def _default_text(given: Mapping[str, Any] | None) -> str:
    value = (given or {}).get("value")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(str(v) for v in value)
    if isinstance(value, dict):
        return str(value.get("id") or value.get("name") or "")
    return "" if value is None else str(value).strip()


def _errors_text(errors: Mapping[str, Sequence[str]]) -> str:
    return ":".join(f"{code}-{','.join(errors[code])}" for code in ORDER if code in errors)


def result_rows(outcome: Outcome, mappings: Sequence[Mapping[str, Any]], switches: Switches) -> bytes:
    """The result CSV: the first three mapped columns as they were sent, then STATUS, RECORD_ID, ERRORS."""
    indexes = list(dict.fromkeys(m["index"] for m in mappings if m["index"] is not None))
    if switches.result_order == "column":
        indexes.sort()
    indexes = indexes[:3]
    header = [outcome.header[i] if i < len(outcome.header) else "" for i in indexes]
    lower = switches.result_status == "lower"
    body = (
        [*(row[i] if i < len(row) else "" for i in indexes), status.lower() if lower else status, number, errors]
        for row, (status, number, errors) in zip(outcome.rows, outcome.fates, strict=True)
    )
    return archive.result_csv([*header, "STATUS", "RECORD_ID", "ERRORS"], body)
