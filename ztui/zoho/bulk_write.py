"""Bulk write jobs: the request in each version's dialect, and the answers to create and details.

Facts: create job and job details were captured in v2 and v2.1; later versions follow the documentation (module as an
object from v2.1 on, `file_names` from v3 on).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ztui import catalogue
from ztui.errors import AnswerLost
from ztui.model.crm import Operation
from ztui.model.job import Counts, JobRef, JobState, JobStatus
from ztui.model.mapping import Mapping
from ztui.model.part import SentColumn
from ztui.zoho import wire
from ztui.zoho.wire import Answer

_LAYOUT = "Layout"


@dataclass(frozen=True, slots=True)
class BulkWrite:
    """One job to create. `columns` are those of the CSV in order, `constants` travel as default values."""

    operation: Operation
    module: str
    file_id: str
    csv_name: str = ""
    columns: tuple[SentColumn, ...] = ()
    constants: tuple[SentColumn, ...] = ()
    find_by: str | None = None
    ignore_empty: bool = True
    layout_id: str | None = None
    callback_url: str | None = None
    character_encoding: str | None = "UTF-8"

    @classmethod
    def of(cls, mapping: Mapping, columns: Sequence[SentColumn], file_id: str, csv_name: str) -> BulkWrite:
        """The job for a mapping. A column with a default whose field is fed by no source column is a constant."""

        def constant(column: SentColumn) -> bool:
            mapped = mapping.for_field(column.api_name)
            return column.default is not None and mapped is not None and not mapped.columns

        return cls(
            operation=mapping.operation,
            module=mapping.module,
            file_id=file_id,
            csv_name=csv_name,
            columns=tuple(c for c in columns if not constant(c)),
            constants=tuple(c for c in columns if constant(c)),
            find_by=mapping.find_by,
            ignore_empty=mapping.ignore_empty,
            layout_id=mapping.layout_id,
            callback_url=mapping.callback_url,
        )

    def payload(self, version: str) -> dict[str, object]:
        """The JSON body in this API version's dialect. Mappings are in column order, constants last."""
        dialect = catalogue.versions()
        resource: dict[str, object] = {
            "type": "data",
            "module": self.module if version in dialect.module_as_string else {"api_name": self.module},
            "file_id": self.file_id,
        }
        if version in dialect.with_file_names and self.csv_name:
            resource["file_names"] = [self.csv_name]
        if self.find_by:
            resource["find_by"] = self.find_by
        mappings = [_mapping(column, index) for index, column in enumerate(self.columns)]
        mappings += [_mapping(column, None) for column in self.constants]
        if self.layout_id and not any(m["api_name"] == _LAYOUT for m in mappings):
            mappings.append({"api_name": _LAYOUT, "default_value": {"value": self.layout_id}})
        resource["field_mappings"] = mappings
        body: dict[str, object] = {"operation": self.operation.value, "ignore_empty": self.ignore_empty}
        if self.character_encoding:
            body["character_encoding"] = self.character_encoding
        if self.callback_url:
            body["callback"] = {"url": self.callback_url, "method": "post"}
        body["resource"] = [resource]
        return body


def _mapping(column: SentColumn, index: int | None) -> dict[str, object]:
    found: dict[str, object] = {"api_name": column.api_name}
    if index is not None:
        found["index"] = index
    if column.format:
        found["format"] = column.format
    if column.find_by:
        found["find_by"] = column.find_by
    if column.default is not None:
        found["default_value"] = {"value": column.default}
    return found


def job_ref(answer: Answer, host: str) -> JobRef:
    """The accepted job (captured, create job v2 and v2.1). AnswerLost when success came without an id."""
    details = answer.table.get("details")
    job_id = wire.text(details.get("id")) if isinstance(details, dict) else ""
    if not isinstance(details, dict) or not job_id:
        facts = {"host": host, "reason": "the answer holds no job id"}
        raise AnswerLost("ANSWER_GARBLED", details=facts, http_status=answer.status)
    return JobRef(job_id, _name(details.get("created_by")))


def job_status(answer: Answer, job_id: str) -> JobStatus:
    """One reading of a job (captured, job details v2 and v2.1); everything but the state may be missing."""
    body = answer.table
    resources = answer.items("resource")
    files = [f for r in resources if isinstance(f := r.get("file"), dict)]
    first = resources[0] if resources else {}
    raw = wire.text(body.get("status"))
    result = body.get("result")
    url = wire.text(result.get("download_url")) if isinstance(result, dict) else ""
    codes = [wire.text(r.get("code")) for r in resources]
    failed = [
        c for r, c in zip(resources, codes, strict=True) if state_of(wire.text(r.get("status"))) is JobState.FAILED
    ]
    return JobStatus(
        job_id=wire.text(body.get("id")) or job_id,
        state=state_of(raw),
        raw_state=raw,
        counts=_counts(files),
        code=next(iter(failed or codes), ""),
        file_name=wire.text(files[0].get("name")) if files else "",
        download_url=url or None,
        created_time=wire.text(body.get("created_time")),
        operation=wire.text(body.get("operation")),
        module=_name(first.get("module"), "api_name"),
    )


def state_of(word: str) -> JobState:
    """A state's word normalised: `INPROGRESS` (captured) and `IN PROGRESS` (documented) are one."""
    plain = "".join(c for c in word.upper() if c.isalpha())
    try:
        return JobState(plain)
    except ValueError:
        return JobState.UNKNOWN


def _counts(files: Sequence[dict[str, object]]) -> Counts:
    def total(key: str) -> int:
        return sum(number(f.get(key)) or 0 for f in files)

    told = [number(f.get("total_count")) for f in files]
    known = [n for n in told if n is not None]
    return Counts(total("added_count"), total("updated_count"), total("skipped_count"), sum(known) if known else None)


def number(value: object) -> int | None:
    """A count that may come as a number or as digits; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdigit() and len(value) < 16 else None


def _name(value: object, key: str = "name") -> str:
    return wire.text(value.get(key)) if isinstance(value, dict) else wire.text(value)
