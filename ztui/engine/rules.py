"""The rules of the check before sending, as the catalogue has them: the code each shows up under, how severe.

A rule is a local catalogue entry; when Zoho would refuse the value, the entry names Zoho's own code and findings carry
that one, with the rule's name among their params so that the exact wording is not lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ztui.catalogue.entry import Explanation
from ztui.catalogue.loader import lookup, resolve
from ztui.model.finding import Finding, Severity

RULE_PARAM = "rule"
"""The param of a finding that names its rule."""

Params = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule broken by one value: the rule's name and the facts for its text."""

    rule: str
    params: Params = ()

    @property
    def error(self) -> bool:
        """True when the row would be refused or cannot be sent."""
        return rule(self.rule).severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule's name, the (level, code) its findings carry, and its severity."""

    name: str
    level: str
    code: str
    severity: Severity


@cache
def rule(name: str) -> Rule:
    """The rule of this name; KeyError when the catalogue has none."""
    entry = lookup("local", name)
    if entry is None:
        raise KeyError(name)
    level, code = "local", name
    if entry.predicts:
        level, _, code = entry.predicts[0].partition(":")
    return Rule(name, level, code, Severity(entry.severity))


def finding(
    name: str,
    *,
    scope: str = "row",
    record: int | None = None,
    line: int | None = None,
    column: int | None = None,
    api_name: str | None = None,
    value: str | None = None,
    severity: Severity | None = None,
    params: Params = (),
) -> Finding:
    """A finding of this rule; its params get the rule's name."""
    known = rule(name)
    return Finding(
        known.level,
        known.code,
        severity or known.severity,
        scope,
        record,
        line,
        column,
        api_name,
        value,
        (*params, (RULE_PARAM, name)),
    )


def explain(found: Finding) -> Explanation | None:
    """The finding in words: its rule's texts, or else those of its code; None when the catalogue knows neither."""
    details: dict[str, object] = dict(found.params)
    if found.value is not None:
        details.setdefault("value", found.value)
    if found.api_name is not None:
        details.setdefault("api_name", found.api_name)
        details.setdefault("field", found.api_name)
    if found.column is not None:
        details.setdefault("column", str(found.column + 1))
    entry = lookup("local", found.param(RULE_PARAM)) or resolve(found.level, found.code)
    return entry.explain(details) if entry else None
