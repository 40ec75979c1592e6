"""Form uploads (multipart/form-data) as many clients write them, read with the patience of a servlet container.

Taken: quoted and bare parameters, `filename*` (RFC 5987, what clients send for names beyond ASCII), text before the
first boundary, bare line feeds, parts without a Content-Type, a missing last boundary when the part itself is closed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

MAX_PARTS = 120
MAX_HEADERS = 16_384
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class FormPart:
    """One part of a form. `filename` is None for a plain field."""

    name: str
    filename: str | None
    content: bytes


def boundary_of(content_type: str) -> bytes:
    """The boundary that a Content-Type names; b"" when it is no form upload or names none."""
    if not content_type.lower().startswith("multipart/form-data"):
        return b""
    header = Message()
    header["Content-Type"] = content_type
    return _text(header.get_param("boundary")).encode("latin-1", "replace")


def parts(content_type: str, body: bytes) -> list[FormPart]:
    """The closed parts of a form, in order; [] for a body that is none."""
    boundary = boundary_of(content_type)
    if not boundary:
        return []
    mark = b"--" + boundary
    at = 0 if body.startswith(mark) else _next(body, mark, 0)[1]
    found: list[FormPart] = []
    while at >= 0 and len(found) < MAX_PARTS:
        start = at + len(mark)
        if body.startswith(b"--", start):
            break
        end, at = _next(body, mark, start)
        part = _part(body, start, end) if end >= 0 else None
        if part is not None:
            found.append(part)
    return found


def _next(body: bytes, mark: bytes, start: int) -> tuple[int, int]:
    """Where the content before the next boundary ends, and where that boundary begins; -1 twice when there is none."""
    place = body.find(b"\n" + mark, start)
    if place < 0:
        return -1, -1
    return (place - 1 if place > start and body[place - 1] == 13 else place), place + 1


def _part(body: bytes, start: int, end: int) -> FormPart | None:
    blank = _END_OF_HEADERS.search(body, start, min(end, start + MAX_HEADERS))
    if blank is None:
        return None
    text = body[start : blank.start()].decode("utf-8", "replace").lstrip("\r\n ")
    header = HeaderParser().parsestr(text, headersonly=True)
    name = _text(header.get_param("name", header="content-disposition"))
    told = header.get_param("filename", header="content-disposition")
    return FormPart(name, None if told is None else _text(told), body[blank.end() : end])


def _text(value: str | tuple[str | None, str | None, str] | None) -> str:
    """A header parameter as text; one written as `name*=charset''text` comes as three pieces."""
    if not isinstance(value, tuple):
        return value or ""
    charset, _, text = value
    try:
        return text.encode("latin-1").decode(charset or "utf-8", "replace")
    except (LookupError, UnicodeError):
        return text
