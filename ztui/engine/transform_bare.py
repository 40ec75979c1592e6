"""Proposes the steps that bring a column's values to light: out of the wrapping for Excel, without what nobody sees."""

from __future__ import annotations

from ztui.engine.checkers import shows_all
from ztui.engine.disguise import excel_text, without_hidden
from ztui.engine.transform_values import BLANKS
from ztui.model.crm import Field
from ztui.model.mapping import Step


def bared(field: Field, distinct: list[str]) -> tuple[tuple[Step, ...], list[str]]:
    """The steps that bring to light what is beneath decoration that no field wants, and what each is for."""
    steps: list[Step] = []
    reasons: list[str] = []
    if shows_all(field, key=field.unique) and any(without_hidden(v) != v for v in distinct):
        steps.append(Step.of("no_invisible"))
        reasons.append("invisible characters in some values")
    clean = [without_hidden(v) for v in distinct] if steps else distinct
    if any(v != v.strip(BLANKS) for v in clean):
        steps.append(Step.of("trim"))
        reasons.append("blanks at the ends of some values")
    if _for_excel([v.strip(BLANKS) for v in clean]):
        steps.append(Step.of("excel_text"))
        reasons.append("written for Excel, which would drop zeros in front")
    return tuple(steps), reasons


def _for_excel(values: list[str]) -> bool:
    """Whether a column wraps its values up for Excel: a formula tells by itself, apostrophes in company only."""
    wrapped = [v for v in values if excel_text(v) != v]
    if any(v.startswith("=") for v in wrapped):
        return True
    numbers = sum(v[:1].isdigit() for v in values)
    return bool(wrapped) and len(wrapped) >= numbers
