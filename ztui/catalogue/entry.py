"""One entry of the error catalogue and how its texts are filled in. Owns no data and reads no file.

Texts are templates: `{name}` stands for a fact (from the error's details, or found in Zoho's message by the entry's
pattern), and `[[ … {name} … ]]` for a passage that is left out when one of its facts is missing. A missing fact outside
such a passage is replaced by a neutral word, so that a text is always readable. `{name:row|rows}` is a number with
what it counts: `1 row`, `12 rows`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("auth", "api", "upload", "job", "row", "mass_update", "local")
RETRIES = ("never", "backoff", "refresh_token", "after_fix")

# What sort of failure an entry is. Engine and client act on these words; they never name a code.
KINDS = {
    "sign_in": "no usable credentials were sent",
    "token": "the access token was refused: renew it once",
    "grant": "the grant code or refresh token was refused",
    "client": "the client id or secret was refused",
    "token_throttle": "too many access tokens were asked for: no new one for ten minutes",
    "scope": "the token lacks a scope",
    "permission": "the user lacks a right",
    "throttle": "credits or concurrency are used up",
    "server_fault": "Zoho failed, the request may be fine",
    "client_bug": "the request was malformed: ztui's own fault",
    "wrong_place": "wrong host, path or API version",
    "wrong_org": "the upload named another organisation, or none",
    "module": "the module is unknown or closed",
    "not_found": "the job, view or page asked for does not exist",
    "no_record": "a record that was named does not exist",
    "unknown_field": "the mapping names a field that does not exist",
    "missing_field": "a required field is not mapped",
    "missing_key": "the field or ids to match by are missing",
    "missing_value": "a required cell is empty",
    "bad_value": "a value does not fit its field",
    "bad_format": "a date format does not fit",
    "bad_column": "a mapped column is not in the file",
    "too_many_columns": "more columns than a job takes",
    "duplicate": "a unique value is already taken",
    "conflict": "two values or settings exclude each other",
    "field_refused": "the field cannot be mass updated",
    "file_used": "the uploaded file was consumed by a job",
    "file_unknown": "Zoho has no such uploaded file",
    "file_format": "the uploaded file cannot be read",
    "too_large": "the file is too large",
    "limit": "a limit on content or number is exceeded",
    "callback": "the callback address is refused",
    "approval": "the record waits for approval",
    "locked": "the record is locked",
    "blocked": "the record may not be changed",
    "scheduled": "a job of this kind is already running",
    "query": "a query cannot be read",
    "link_expired": "the result can no longer be downloaded",
    "unreachable": "no connection was made: nothing was sent",
    "lost": "a request went out and its answer is missing: it may have taken effect",
    "garbled": "the answer is not Zoho's",
    "read_failed": "a harmless request got no whole answer",
    "untrusted": "a host to which the token may not go",
    "archive": "the result archive cannot be used",
    "at_work": "no trouble itself: what is being done about one",
}

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([^{}|]+)\|([^{}|]+))?\}")
_OPTIONAL = re.compile(r"\[\[(.*?)\]\]", re.DOTALL)
_SPACES = re.compile(r" {2,}")
_NEUTRAL = {
    "path": "the file",
    "file": "the file",
    "field": "the field",
    "api_name": "the field",
    "column": "the column",
    "host": "the server",
    "module": "the module",
    "profile": "the profile",
    "name": "it",
    "reason": "no reason given",
    "run": "the run",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A variant of an entry, chosen by the words of the message; an empty text means the entry's own."""

    message: str
    title: str = ""
    cause: str = ""
    remedy: str = ""
    retry: str = ""
    kind: str = ""
    repairs: tuple[str, ...] | None = None
    preflight: bool | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """An entry applied to one error: finished texts, and `names`: what its message named (field, column, file, …)."""

    level: str
    code: str
    title: str
    cause: str
    remedy: str
    retry: str
    kind: str
    repairs: tuple[str, ...]
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known about one code at one level.

    `retry` is one of RETRIES. `kind` says in one word what sort of failure it is, for code that must act on it (KINDS).
    `http` are the statuses seen or documented, `message` the typical words, `pattern` a regular expression whose named
    groups (`field`, `column`, `file`, `url`, `module`, `key`) find what the message speaks of. `preflight`: can be
    predicted before sending. `sandbox`: the sandbox can provoke it. `repairs` name what could mend it, best first.
    `predicts` are the `level:CODE` pairs that Zoho would answer with (ztui's own codes only).
    """

    level: str
    code: str
    title: str
    cause: str
    remedy: str
    retry: str = "never"
    kind: str = ""
    http: tuple[int, ...] = ()
    message: str = ""
    pattern: str | None = None
    preflight: bool = False
    sandbox: bool = False
    severity: str = "error"
    repairs: tuple[str, ...] = ()
    predicts: tuple[str, ...] = ()
    source: str = ""
    cases: tuple[Case, ...] = ()

    @property
    def names_field(self) -> bool:
        """True when the message names a field or a column that `names()` can find."""
        return bool(self.pattern and ("(?P<field>" in self.pattern or "(?P<column>" in self.pattern))

    def names(self, message: str) -> dict[str, str]:
        """What the message names, by group name; empty when it names nothing or is worded otherwise."""
        if not self.pattern or not message:
            return {}
        found = re.search(self.pattern, message, re.IGNORECASE)
        return {k: v for k, v in found.groupdict().items() if v} if found else {}

    def case(self, message: str) -> Case | None:
        """The variant whose words occur in this message, or None."""
        if not message:
            return None
        return next((c for c in self.cases if re.search(c.message, message, re.IGNORECASE)), None)

    def explain(
        self, details: Mapping[str, object] | None = None, message: str = "", *, show_missing: bool = False
    ) -> Explanation:
        """The texts for one error with these facts. Never fails: missing facts are left out or worded neutrally."""
        names = self.names(message)
        facts: dict[str, object] = {**(details or {}), **names}
        case = self.case(message)

        def text(template: str) -> str:
            return fill(template, facts, show_missing=show_missing)

        return Explanation(
            self.level,
            self.code,
            text((case and case.title) or self.title),
            text((case and case.cause) or self.cause),
            text((case and case.remedy) or self.remedy),
            (case and case.retry) or self.retry,
            (case and case.kind) or self.kind,
            self.repairs if case is None or case.repairs is None else case.repairs,
            names,
        )


def fill(template: str, facts: Mapping[str, object], *, show_missing: bool = False) -> str:
    """The template with its facts put in, as described in this module's docstring.

    With `show_missing` a missing fact is shown by its name (`‹field›`), for explaining a code by itself.
    """

    def known(name: str) -> bool:
        return facts.get(name) not in (None, "")

    def optional(found: re.Match[str]) -> str:
        inner = found.group(1)
        return inner if all(known(found.group(1)) for found in _PLACEHOLDER.finditer(inner)) else ""

    def value(found: re.Match[str]) -> str:
        name, one, many = found.groups()
        if known(name):
            text = _text(facts[name])
            return f"{text} {one if text == '1' else many}" if many else text
        if show_missing:
            return f"‹{name}› {many}" if many else f"‹{name}›"
        word = _NEUTRAL.get(name, "…")
        word = word if found.start() else word[:1].upper() + word[1:]
        return f"{word} {many}" if many else word

    # Facts go in last and in one pass, so that braces inside a fact are never taken for a placeholder.
    text = _SPACES.sub(" ", _OPTIONAL.sub(optional, template)).strip()
    return _PLACEHOLDER.sub(value, text)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(v) for v in value)
    return str(value)
