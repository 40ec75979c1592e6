"""Mass update: the request, its per-record answers, and the status of a scheduled one.

Facts: captured in v2 (refusals wrapped in `data`, HTTP 200); v7 documents 400, 202 and 403, v8 also 207 for a mixture.
"""

from __future__ import annotations

from ztui import catalogue
from ztui.errors import ApiError
from ztui.model.mass_update import (
    MassJobState,
    MassUpdateAnswer,
    MassUpdateRequest,
    MassUpdateResult,
    MassUpdateStatus,
)
from ztui.zoho import wire
from ztui.zoho.bulk_write import number
from ztui.zoho.wire import Answer

LEVEL = "mass_update"


def payload(request: MassUpdateRequest) -> dict[str, object]:
    """The JSON body (captured, mass update v2)."""
    body: dict[str, object] = {"data": [dict(request.values)], "over_write": request.over_write}
    if request.cvid is not None:
        body["cvid"] = request.cvid
    else:
        body["ids"] = list(request.ids)
    return body


def answer_of(answer: Answer, request: MassUpdateRequest) -> MassUpdateAnswer:
    """Per-record results in the order of the ids, or the id of a scheduled job."""
    items = answer.items("data")
    if len(items) == 1 and request.cvid is not None and not wire.failed(items[0]):
        details = items[0].get("details")
        job_id = wire.text(details.get("job_id")) if isinstance(details, dict) else ""
        if job_id:
            return MassUpdateAnswer((_result(items[0], ""),), job_id)
    by_position = len(items) == len(request.ids)
    return MassUpdateAnswer(tuple(_result(item, request.ids[i] if by_position else "") for i, item in enumerate(items)))


def refusal_of(error: ApiError) -> MassUpdateAnswer | None:
    """A refusal of the whole call as a result without a record id; None when it is none of mass update's own."""
    if error.level != LEVEL or error.http_status == 404 or catalogue.lookup(LEVEL, error.code) is None:
        return None
    record = wire.text(error.details.get("id"))
    result = MassUpdateResult(record, False, error.code, error.message, wire.pairs(error.details))
    return MassUpdateAnswer((result,))


def _result(item: dict[str, object], record_id: str) -> MassUpdateResult:
    details = item.get("details")
    named = wire.text(details.get("id")) if isinstance(details, dict) else ""
    return MassUpdateResult(
        record_id=named or record_id,
        ok=not wire.failed(item),
        code=wire.text(item.get("code")),
        message=wire.text(item.get("message")),
        details=wire.pairs(details),
    )


def status_of(answer: Answer, job_id: str) -> MassUpdateStatus:
    """One reading of a scheduled mass update (documented, keys capitalised). ApiError when there is none."""
    items = answer.items("data")
    if not items:
        code = catalogue.code_of(LEVEL, "not_found")
        raise ApiError(code, details={"job_id": job_id}, level=LEVEL, http_status=answer.status)
    found = {key.lower(): value for key, value in items[0].items()}
    raw = wire.text(found.get("status"))

    def count(key: str) -> int:
        return number(found.get(key)) or 0

    return MassUpdateStatus(
        job_id=job_id,
        state=_state(raw),
        raw_state=raw,
        total=count("total_count"),
        updated=count("updated_count"),
        not_updated=count("not_updated_count"),
        failed=count("failed_count"),
    )


def _state(word: str) -> MassJobState:
    try:
        return MassJobState("".join(c for c in word.upper() if c.isalpha()))
    except ValueError:
        return MassJobState.UNKNOWN
