"""Columns that hold whole names, when one is put on half a name: which half is meant, and where the other goes."""

from __future__ import annotations

from dataclasses import dataclass

from ztui.engine.suggest import WHOLE_NAME
from ztui.engine.transform_propose import Proposal
from ztui.model.crm import Field
from ztui.model.mapping import Step, Suggestion


@dataclass(frozen=True, slots=True)
class Half:
    """One half of a name: the step that takes it out of a whole one, and the field of the other with its own step."""

    steps: tuple[Step, ...]
    other: str
    other_steps: tuple[Step, ...]


_FIRST, _LAST = (Step.of("split_name", part="first"),), (Step.of("split_name", part="last"),)
_HALVES = {"First_Name": Half(_FIRST, "Last_Name", _LAST), "Last_Name": Half(_LAST, "First_Name", _FIRST)}


def half_of(field: Field, suggestion: Suggestion | None) -> Half | None:
    """The half of a name that this field is for a column of whole names; None for other fields and columns."""
    whole = suggestion is not None and suggestion.question == WHOLE_NAME
    return _HALVES.get(field.api_name) if whole else None


def name_proposals(half: Half) -> tuple[Proposal, ...]:
    """What can be done with the whole names; only a person can choose."""
    return (
        Proposal(half.steps, "the other half of the name goes to its own field", question=WHOLE_NAME),
        Proposal((), "the whole name is sent in this one field", question=WHOLE_NAME),
    )
