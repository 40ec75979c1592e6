"""One entry of the error catalogue and how its texts are filled in. Owns no data and reads no file.

Texts are templates: `{name}` stands for a fact (from the error's details, or found in Zoho's message by the entry's
pattern), and `[[ … {name} … ]]` for a passage that is left out when one of its facts is missing. A missing fact outside
such a passage is replaced by a neutral word, so that a text is always readable.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

LEVELS = ("auth", "api", "upload", "job", "row", "mass_update", "local")
RETRIES = ("never", "backoff", "refresh_token", "after_fix")

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
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

    `retry` is one of RETRIES. `kind` says in one word what sort of failure it is, for code that must act on it (the list
    is in `ztui/catalogue/errors/kinds.toml`). `http` are the statuses seen or documented, `message` the typical words,
    `pattern` a regular expression whose named groups (`field`, `column`, `file`, `url`, `module`, `key`) find what the
    message speaks of. `preflight`: can be predicted before sending. `sandbox`: the sandbox can provoke it. `repairs` name
    what could mend it, best first. `predicts` are the `level:CODE` pairs Zoho would answer with (local codes only).
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

    def explain(self, details: Mapping[str, object] | None = None, message: str = "") -> Explanation:
        """The texts for one error with these facts. Never fails: missing facts are left out or worded neutrally."""
        names = self.names(message)
        facts: dict[str, object] = {**(details or {}), **names}
        case = self.case(message)
        return Explanation(
            self.level,
            self.code,
            fill((case and case.title) or self.title, facts),
            fill((case and case.cause) or self.cause, facts),
            fill((case and case.remedy) or self.remedy, facts),
            (case and case.retry) or self.retry,
            (case and case.kind) or self.kind,
            self.repairs if case is None or case.repairs is None else case.repairs,
            names,
        )


def fill(template: str, facts: Mapping[str, object]) -> str:
    """The template with its facts put in, as described in this module's docstring."""

    def known(name: str) -> bool:
        return facts.get(name) not in (None, "")

    def optional(found: re.Match[str]) -> str:
        inner = found.group(1)
        return inner if all(known(name) for name in _PLACEHOLDER.findall(inner)) else ""

    def value(found: re.Match[str]) -> str:
        name = found.group(1)
        return _text(facts[name]) if known(name) else _NEUTRAL.get(name, "…")

    # Facts go in last and in one pass, so that braces inside a fact are never taken for a placeholder.
    text = _SPACES.sub(" ", _OPTIONAL.sub(optional, template)).strip()
    return _PLACEHOLDER.sub(value, text)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, set, frozenset)):
        return ", ".join(str(v) for v in value)
    return str(value)
