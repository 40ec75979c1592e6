"""Zoho's answers as values, whichever envelope they come in, and the error each refusal stands for.

Shapes met: the four keys `code, details, message, status` in any order (bulk service, gateway, upload); the same inside
`{"data": [...]}` (records and mass update); `ERROR_CODE/ERROR_MESSAGE` (file gateway); `http_status/info/x-info`
(download); `{"error": ...}` (token endpoint, often with HTTP 200); and no body at all. Several refusals come with HTTP
200, so the words of the body decide. Where a body has no code, the name of the HTTP status stands for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from ztui import catalogue
from ztui.errors import ApiError, SignInError, Throttled, ZohoError

_SIGN_IN_KINDS = {"sign_in", "token", "grant", "client", "scope", "token_throttle"}
_FAILURES = {"error", "failure", "failed"}


class Unreadable(ValueError):
    """A body that is not JSON; `cut` when it begins like JSON and breaks off."""

    def __init__(self, reason: str, *, cut: bool) -> None:
        super().__init__(reason)
        self.cut = cut


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: HTTP status, headers in lower case, and the JSON body (None when it was empty)."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> dict[str, object]:
        """The body as an object; {} when it is none."""
        return self.body if isinstance(self.body, dict) else {}

    def items(self, key: str) -> list[dict[str, object]]:
        """The objects listed under `key` of the body; what is not an object is left out."""
        found = self.table.get(key)
        return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Problem:
    """A refusal as Zoho put it; `code` "" when it named none."""

    code: str
    message: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def parse(content: bytes) -> object:
    """The JSON of a body, None for an empty one. Raises Unreadable."""
    text = content.decode("utf-8-sig", "replace").strip()
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(str(error)[:200], cut=text[0] in "{[") from error


def problem_in(body: object) -> Problem | None:
    """The refusal in a body, whatever envelope it has; None for an answer that is no refusal.

    `{"data": [...]}` is looked into only when it holds a single refusal without a record id: then the whole call
    failed.
    """
    if not isinstance(body, dict):
        return None
    if "ERROR_CODE" in body or "ERROR_MESSAGE" in body:
        return Problem("", text(body.get("ERROR_MESSAGE")), _facts(body, "x-error", "ERROR_MESSAGE", "ERROR_CODE"))
    if "x-info" in body or ("http_status" in body and "info" in body):
        said = ": ".join(t for t in (text(body.get("info")), text(body.get("x-info"))) if t)
        return Problem("", said, _facts(body, "x-info", "info", "http_status"))
    if isinstance(body.get("error"), str):
        return Problem(text(body["error"]), text(body.get("error_description")) or text(body["error"]), {})
    if isinstance(body.get("code"), str | int) and ("status" in body or "message" in body):
        return envelope(body) if failed(body) else None
    data = body.get("data")
    if isinstance(data, list) and len(data) == 1 and isinstance(data[0], dict) and "code" in data[0]:
        only = data[0]
        details = only.get("details")
        if failed(only) and not (isinstance(details, dict) and details.get("id")):
            return envelope(only)
    return None


def failed(item: Mapping[str, object]) -> bool:
    """True when the `status` word of an envelope says so."""
    return text(item.get("status")).lower() in _FAILURES


def envelope(item: Mapping[str, object]) -> Problem:
    """The four keys of an envelope."""
    details = item.get("details")
    return Problem(
        text(item.get("code")), text(item.get("message")), dict(details) if isinstance(details, dict) else {}
    )


def error_for(
    level: str, answer: Answer, problem: Problem | None, facts: Mapping[str, object] | None = None
) -> ZohoError:
    """The error that a refusal stands for: its class by the catalogue's kind, its level where the catalogue knows it.

    `facts` are added to the details (the module, the scope that was needed, ...); Zoho's own details win.
    """
    problem = problem or Problem("")
    code = problem.code or status_name(answer.status)
    entry = catalogue.resolve(level, code)
    if entry is not None:
        told = entry.explain(problem.details, problem.message)
        level, kind = entry.level, told.kind
        scope = {"scope": (facts or {}).get("scope")} if kind == "scope" else {}
    else:
        kind, scope = "", {}
    known = {k: v for k, v in (facts or {}).items() if k != "scope"}
    details = {k: v for k, v in {**known, **scope, **problem.details}.items() if v not in (None, "")}
    wait = retry_after(answer, problem)
    details.pop("retry_after", None)  # as the server wrote it; from here on seconds that can be relied upon
    if wait is not None:
        details["retry_after"] = f"{wait:g}"
    if kind in _SIGN_IN_KINDS or (entry is None and answer.status == 401):
        return SignInError(code, problem.message, details, level=level if entry else "auth", http_status=answer.status)
    if kind == "throttle" or answer.status == 429:
        return Throttled(code, problem.message, details, level=level, http_status=answer.status, retry_after=wait)
    return ApiError(code, problem.message, details, level=level, http_status=answer.status)


def kind_of(error: ZohoError) -> str:
    """The catalogue's kind of an error, "" when the catalogue does not know it."""
    entry = catalogue.resolve(error.level, error.code)
    return entry.explain(error.details, error.message).kind if entry else ""


def passing(error: ZohoError) -> bool:
    """True when the catalogue says that the same harmless request may well succeed a little later."""
    if isinstance(error, Throttled):
        return True
    entry = catalogue.resolve(error.level, error.code)
    if entry is None:
        return (error.http_status or 0) >= 500
    return entry.explain(error.details, error.message).retry == "backoff"


def retry_after(answer: Answer, problem: Problem) -> float | None:
    """Seconds that the server asked to wait, by `details.retry_after` or the Retry-After header.

    Either may be a number of seconds or a date (RFC 9110, 10.2.3); a date is counted from the answer's own Date, so
    that a clock that is wrong here does not matter. What lies in the past is 0; a day or more is not believed.
    """
    for said in (problem.details.get("retry_after"), answer.headers.get("retry-after")):
        try:
            seconds = float(text(said))
        except ValueError:
            until = _moment(text(said))
            if until is None:
                continue
            seconds = max(0.0, (until - (_moment(answer.headers.get("date", "")) or datetime.now(UTC))).total_seconds())
        if 0 <= seconds < 86_400:
            return seconds
    return None


def _moment(said: str) -> datetime | None:
    """A date as headers carry it; None for what is none."""
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, OverflowError):  # the latter for numbers of twenty digits
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def status_name(status: int) -> str:
    """The name of an HTTP status in capitals, `HTTP_599` for one without a name."""
    try:
        return HTTPStatus(status).name
    except ValueError:
        return f"HTTP_{status}"


def text(value: object) -> str:
    """A JSON value as text: "" for null, numbers and booleans as JSON writes them, structures as compact JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pairs(details: object) -> tuple[tuple[str, str], ...]:
    """A details object as (name, text) pairs; () when it is none."""
    return tuple((str(k), text(v)) for k, v in details.items()) if isinstance(details, dict) else ()


def _facts(body: Mapping[str, object], reason: str, *left_out: str) -> dict[str, object]:
    facts: dict[str, object] = {k: v for k, v in body.items() if k not in (reason, *left_out)}
    if body.get(reason):
        facts["reason"] = text(body[reason])
    return facts
