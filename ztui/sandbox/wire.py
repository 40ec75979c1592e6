"""Zoho's wire format: envelopes with their key orders, headers per service, compact JSON, requests as values.

Captured facts: the bulk service writes status, code, message, details (chunked, gzip when accepted); the gateway and
the records service write code, details, message, status with a Content-Length; gateway errors end with a newline.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from urllib.parse import parse_qsl

from ztui.sandbox.dialect import VERSIONS, Dialect

Json = object
MAX_DEPTH = 50
JSON_TYPE = "application/json;charset=utf-8"


class Service(StrEnum):
    """Which part of Zoho answers: each has its own headers."""

    BULK = "bulk"
    RECORDS = "records"
    GATEWAY = "gateway"
    DENIED = "denied"
    ACCOUNTS = "accounts"
    FILES = "files"
    CONTROL = "control"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole response. `error` is true for refusals, whatever the HTTP status."""

    status: int
    body: bytes
    service: Service
    content_type: str = JSON_TYPE
    headers: tuple[tuple[str, str], ...] = ()
    error: bool = False

    def with_headers(self, *headers: tuple[str, str]) -> Answer:
        """A copy with further headers."""
        return replace(self, headers=(*self.headers, *headers))


class Refused(Exception):
    """Carries the answer that ends a request early."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


@dataclass(slots=True)
class Call:
    """A request as handlers see it. `token` is the presented token's text once it was accepted, `reset` when that
    expires (ISO). `base` is the URL the client reached us by, without a trailing slash."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes
    base: str
    parts: dict[str, str] = field(default_factory=dict)
    dialect: Dialect = VERSIONS["v2"]
    token: str = ""
    reset: str = ""
    route: str = ""
    too_large: bool = False


def dump(value: Json) -> bytes:
    """Compact JSON as UTF-8; what cannot be encoded becomes a question mark instead of a failure."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("the number is too large")
    return number


def _too_deep(value: Json, left: int = MAX_DEPTH) -> bool:
    if not isinstance(value, (dict, list)) or not value:
        return False
    inner = value.values() if isinstance(value, dict) else value
    return left == 0 or any(_too_deep(item, left - 1) for item in inner)


def load(body: bytes) -> Json:
    """Parse a request's JSON, whatever its Content-Type; ValueError for anything that is not proper JSON text, and
    for what could not be written again (endless numbers, half surrogates, very deep nesting)."""
    try:
        text = body.decode("utf-8-sig")
        value: Json = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
        if _too_deep(value):
            raise ValueError("nested too deeply")
        if "\\u" in text:
            dump_strict(value)
    except (RecursionError, UnicodeError) as problem:
        raise ValueError("not JSON text") from problem
    return value


def dump_strict(value: Json) -> None:
    """UnicodeError when a string in it holds half a surrogate pair, which no later step could store."""
    json.dumps(value, ensure_ascii=False).encode("utf-8")


def query_of(raw: bytes) -> dict[str, str]:
    """The query string's parameters; of repeated ones the last counts."""
    return dict(parse_qsl(raw.decode("latin-1"), keep_blank_values=True, errors="replace", max_num_fields=1000))


def bulk(status: int, value: Json) -> Answer:
    """An answer of the bulk service."""
    return Answer(status, dump(value), Service.BULK, "application/json")


def bulk_error(code: str, message: str, details: Json = None, status: int = 400) -> Refused:
    """A refusal by the bulk service, to be raised."""
    envelope = {"status": "error", "code": code, "message": message, "details": details or {}}
    return Refused(replace(bulk(status, envelope), error=True))


def envelope(code: str, message: str, details: Json = None, status: str = "error") -> dict[str, Json]:
    """The four keys in the order of the gateway and the records service."""
    return {"code": code, "details": details or {}, "message": message, "status": status}


def gateway_error(status: int, code: str, message: str, details: Json = None) -> Refused:
    """A refusal by the API gateway (URL, method, token, permission), to be raised."""
    service = Service.DENIED if status in (400, 404) else Service.GATEWAY
    return Refused(Answer(status, dump(envelope(code, message, details)) + b"\n", service, error=True))


def records(status: int, value: Json, *, error: bool = False) -> Answer:
    """An answer of the records and metadata service."""
    return Answer(status, b"" if status == 204 else dump(value), Service.RECORDS, error=error)


def records_error(status: int, code: str, message: str, details: Json = None) -> Refused:
    """A refusal of a whole call by the records and metadata service, to be raised."""
    return Refused(records(status, envelope(code, message, details), error=True))


_COMMON = (
    ("Referrer-Policy", "strict-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-XSS-Protection", "1; mode=block"),
    ("Pragma", "no-cache"),
    ("Expires", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("X-Frame-Options", "SAMEORIGIN"),
)
_BY_SERVICE: dict[Service, Sequence[tuple[str, str]]] = {
    Service.BULK: (*_COMMON, ("Cache-Control", "no-cache"), ("vary", "accept-encoding")),
    Service.RECORDS: (
        *_COMMON,
        ("Cache-Control", "no-store, no-cache, must-revalidate, private"),
        ("clientVersion", "4424120"),
        ("clientsubVersion", "b071b45b5286ac3f4f7a4c7bb9fcbc54"),
        ("Content-Disposition", "attachment; filename=response.json"),
        ("Content-Language", "en-US"),
    ),
    Service.GATEWAY: (*_COMMON, ("Cache-Control", "no-cache"), ("X-Download-Options", "noopen")),
    Service.DENIED: (
        ("X-Frame-Options", "deny"),
        ("X-Download-Options", "noopen"),
        ("X-Content-Type-Options", "nosniff"),
    ),
    Service.ACCOUNTS: (*_COMMON, ("Cache-Control", "no-store")),
    Service.FILES: (*_COMMON, ("Cache-Control", "no-cache")),
    Service.CONTROL: (),
}


def headers_of(answer: Answer, reset: str) -> list[tuple[str, str]]:
    """All headers of an answer but those that depend on how the body is sent.

    `X-ACCESSTOKEN-RESET` goes with every answer for which a token was accepted (captured).
    """
    found = [("Server", "ZGS")]
    if answer.status != 204:
        found.append(("Content-Type", answer.content_type))
    given = {name.lower() for name, _ in answer.headers}
    found += [pair for pair in _BY_SERVICE[answer.service] if pair[0].lower() not in given]
    found += answer.headers
    if reset and answer.service in (Service.BULK, Service.RECORDS, Service.FILES):
        found.append(("X-ACCESSTOKEN-RESET", reset))
    if answer.status < 300 and answer.service is not Service.CONTROL:
        found.append(("Strict-Transport-Security", "max-age=63072000"))
    return found


_ID = re.compile(r"[0-9]{1,19}", re.ASCII)


def record_number(value: Json) -> int | None:
    """An id as the number it is stored by: from a string of digits or a JSON integer; None when it cannot be one."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not _ID.fullmatch(text):
        return None
    number = int(text)
    return number if number < 2**63 else None
