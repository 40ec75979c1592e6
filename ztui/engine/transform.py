"""Applies a mapping's transform steps to values. The steps are listed in `transform_steps`.

Pure: no file, no network. `compile_steps` gives the fast form used on whole files, `apply_steps` the convenient one;
both do exactly the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ztui.engine.transform_compile import compile_one, make
from ztui.engine.transform_propose import Proposal, propose_steps
from ztui.engine.transform_steps import KINDS
from ztui.engine.transform_values import BLANKS, BadStep, Refusal
from ztui.model.mapping import FieldMapping, Step

__all__ = [
    "BadStep",
    "Proposal",
    "Refusal",
    "apply_steps",
    "check_steps",
    "compile_mapping",
    "compile_one",
    "compile_steps",
    "describe_step",
    "describe_steps",
    "propose_steps",
]


def compile_steps(steps: tuple[Step, ...], columns: int = 1) -> Callable[[Sequence[str]], str]:
    """The steps as a function of the values of the mapped columns (as many as `columns`); raises BadStep.

    Several values are joined first, by the `join` step's separator or a blank; blank ones are left out.
    """
    apply = compile_one(steps)
    if columns == 1:
        return lambda values: apply(values[0])
    separator = next((str(s.arg("separator", " ")) for s in steps if s.name == "join"), " ")

    def joined(values: Sequence[str]) -> str:
        pieces = [v.strip(BLANKS) for v in values]
        return apply(separator.join(p for p in pieces if p))

    return joined


def compile_mapping(mapped: FieldMapping) -> Callable[[Sequence[str]], str]:
    """What the field gets from the values of its columns; a constant is its default whatever is given."""
    if not mapped.columns:
        constant = mapped.default or ""
        return lambda values: constant
    return compile_steps(mapped.steps, len(mapped.columns))


def apply_steps(values: Sequence[str], steps: tuple[Step, ...]) -> str:
    """The value made of the columns' values; a `Refusal` (a str) when a step cannot handle it. Raises BadStep only."""
    return compile_steps(steps, len(values))(values)


def check_steps(steps: tuple[Step, ...]) -> str | None:
    """What is wrong with the steps themselves, as a sentence, or None."""
    try:
        for step in steps:
            make(step)
    except BadStep as error:
        return str(error)
    return None


def describe_step(step: Step) -> str:
    """The step in a few words, lower case, for lists and tooltips."""
    kind = KINDS.get(step.name)
    return kind.describe(step) if kind else f"unknown step “{step.name}”"


def describe_steps(steps: tuple[Step, ...]) -> str:
    """All steps in order, joined by arrows; empty when there are none."""
    return " → ".join(describe_step(step) for step in steps)
