"""The steps that can be added by hand."""

import pytest

from ztui.engine.transform import apply_steps
from ztui.engine.transform_steps import KINDS
from ztui.model.mapping import Step
from ztui.present.transforms import JOINER, OFFERS, StepOffer, with_step

ANSWERS = {"replace": ["a", "b"], "prefix": ["x"], "suffix": ["x"], "default": ["x"]}


def _offer(name: str) -> StepOffer:
    return next(offer for offer in OFFERS if offer.step.name == name)


def test_every_kind_of_step_can_be_added_but_the_table_which_has_a_dialog() -> None:
    assert {offer.step.name for offer in (JOINER, *OFFERS)} == set(KINDS) - {"map"}


@pytest.mark.parametrize("offer", [JOINER, *OFFERS], ids=lambda offer: offer.words)
def test_an_offer_is_whole_once_its_questions_are_answered(offer: StepOffer) -> None:
    answers = ANSWERS.get(offer.step.name, [ask.value for ask in offer.asks])
    assert offer.trouble(answers) is None
    assert offer.filled(answers).name == offer.step.name
    assert len({other.words for other in OFFERS}) == len(OFFERS)


@pytest.mark.parametrize(
    ("name", "answers", "said"),
    [
        ("replace", [""], "nothing to find"),
        ("part", [""], "the separator is empty"),
        ("part", [",", "0"], "counted from 1"),
        ("part", [",", "first"], "no whole number"),
        ("truncate", ["0"], "at least 1"),
        ("truncate", ["many"], "no whole number"),
        ("date", [""], "date"),
    ],
)
def test_what_cannot_be_is_told(name: str, answers: list[str], said: str) -> None:
    assert said in (_offer(name).trouble(answers) or "")


@pytest.mark.parametrize(("typed", "piece"), [("1", "a"), ("3", "c"), ("-1", "c")])
def test_people_count_pieces_from_one(typed: str, piece: str) -> None:
    assert apply_steps(["a,b,c"], (_offer("part").filled([",", typed]),)) == piece


def test_what_stands_between_columns_comes_first_and_once() -> None:
    trim, comma, slash = Step.of("trim"), Step.of("join", separator=", "), Step.of("join", separator="/")
    assert with_step((trim,), trim) == (trim, trim)
    assert with_step(with_step((trim,), comma), slash) == (slash, trim)
