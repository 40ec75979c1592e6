"""What a single value looks like: the words a column profile counts and header detection weighs."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\"]+\.[^\s@,;<>\".]{2,}")
_URL = re.compile(r"(?:https?|ftp)://\S+|www\.\S+\.\S+", re.IGNORECASE)
_DATE = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})"
    r"|\d{1,2}[ -][A-Za-z]{3,9}\.?[ -]\d{2,4}|[A-Za-z]{3,9}\.? \d{1,2},? \d{4})"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_INTEGER = re.compile(r"[-+]?\d{1,18}")
_NUMBER = re.compile(
    r"(?:[$€£¥₹]|[A-Z]{3})? ?[-+]?(?:\d{1,3}(?:[,.'’ \u00a0\u202f]\d{2,3})+|\d+)(?:[.,]\d+)?(?:[eE][-+]?\d+)?"
    r" ?(?:[$€£¥₹%]|[A-Z]{3})?"
)
_PHONE = re.compile(r"(?:\+|00|\()?[\d(][\d\s().\-/]{5,20}\d(?:\s?(?:x|ext\.?)\s?\d{1,6})?", re.IGNORECASE)
_ID = re.compile(
    r"(?:zcrm_)?\d{15,20}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{24,40}"
    r"|00[0-9A-Za-z]{13}(?:[0-9A-Za-z]{3})?",
    re.IGNORECASE,
)
_BOOLEAN = frozenset(("true", "false", "yes", "no", "y", "n", "on", "off"))

KINDS = ("email", "phone", "date", "integer", "number", "boolean", "url", "id", "text")
"""Every word `kind_of` answers with, apart from "" for a blank."""


def kind_of(value: str) -> str:
    """One of `KINDS`, or "" for a blank value; the most telling one wins."""
    text = value.strip()
    if not text:
        return ""
    if len(text) > 320:
        return "text"
    if "@" in text and _EMAIL.fullmatch(text):
        return "email"
    if text.lower() in _BOOLEAN:
        return "boolean"
    if (":" in text or text[:4].lower() == "www.") and _URL.fullmatch(text):
        return "url"
    if len(text) >= 15 and _ID.fullmatch(text):
        return "id"
    if _DATE.fullmatch(text):
        return "date"
    dialled = text[0] == "+" or (text[0] == "0" and len(text) > 8 and text.isdecimal())
    if not dialled and _INTEGER.fullmatch(text):
        return "integer"
    if not dialled and _NUMBER.fullmatch(text):
        return "number"
    if _PHONE.fullmatch(text):
        return "phone"
    return "text"
