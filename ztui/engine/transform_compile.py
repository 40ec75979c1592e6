"""Turns a column's steps into one remembered function of a single text. Owns how steps are chained."""

from __future__ import annotations

from ztui.engine.transform_steps import KINDS
from ztui.engine.transform_values import BLANKS, Apply, BadStep, Refusal
from ztui.model.mapping import Step

_MEMO = 1 << 15


def make(step: Step) -> Apply:
    """The function of one step; BadStep when its name or arguments are impossible."""
    kind = KINDS.get(step.name)
    if kind is None:
        raise BadStep(f"there is no step called “{step.name}”")
    return kind.make(step)


def compile_one(steps: tuple[Step, ...]) -> Apply:
    """The steps as one function of a single text; BadStep when a step is unknown or its arguments are impossible.

    Results are remembered for the last some thousand distinct texts, because columns repeat themselves.
    """
    applied = [(step.name, make(step)) for step in steps if step.name != "join"]
    if not applied:
        return lambda text: text
    memo: dict[str, str] = {}

    def apply(text: str) -> str:
        known = memo.get(text)
        if known is not None:
            return known
        value = text
        for name, one in applied:
            if name != "default" and not value.strip(BLANKS):
                value = "" if name == "trim" else value
                continue
            value = one(value)
            if isinstance(value, Refusal):
                # The text as the file has it: what a person looks for and what would be sent.
                value = Refusal.of(text, value.rule, **dict(value.params))
                break
        if len(memo) >= _MEMO:
            memo.clear()
        memo[text] = value
        return value

    return apply
