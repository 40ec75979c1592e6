"""The steps a person can add to a field's values, in words: what each asks for, and what an answer becomes. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ztui.engine.transform import BadStep, compile_one, describe_step
from ztui.model.mapping import ArgValue, Step


def _as_typed(text: str) -> ArgValue:
    return text


def _whole(text: str) -> ArgValue:
    try:
        return int(text)
    except ValueError:
        raise BadStep(f"“{text}” is no whole number") from None


def _place(text: str) -> ArgValue:
    """People count from 1, steps from 0; from the end both say -1."""
    number = int(_whole(text.strip()))  # type: ignore[arg-type]
    if not number:
        raise BadStep("pieces are counted from 1, or from the end with -1")
    return number - 1 if number > 0 else number


@dataclass(frozen=True, slots=True)
class Ask:
    """One argument to ask for: its name, the question, what stands there at first, what the typed text becomes."""

    argument: str
    question: str
    value: str = ""
    made: Callable[[str], ArgValue] = _as_typed


@dataclass(frozen=True, slots=True)
class StepOffer:
    """A step to add. Without questions it is whole; else their answers complete it."""

    step: Step
    asks: tuple[Ask, ...] = ()
    label: str = ""

    @property
    def words(self) -> str:
        """The step in words."""
        return f"{self.label} …" if self.asks else self.label or describe_step(self.step)

    def filled(self, answers: Sequence[str]) -> Step:
        """The step with these answers (fewer than asked: the rest as they stand at first). Raises BadStep."""
        texts = [*answers, *(ask.value for ask in self.asks[len(answers) :])]
        given = {ask.argument: ask.made(text) for ask, text in zip(self.asks, texts, strict=True)}
        return Step.of(self.step.name, **dict(self.step.args), **given)

    def trouble(self, answers: Sequence[str]) -> str | None:
        """Why these answers will not do, or None."""
        try:
            compile_one((self.filled(answers),))
        except BadStep as wrong:
            return f"{wrong}."
        return None


def _plain(name: str, **args: ArgValue) -> StepOffer:
    return StepOffer(Step.of(name, **args))


_PATTERN = "How are they written? d is the day, M the month, y the year: d.M.yyyy"
_MOMENT = "How are they written? H is the hour, m the minute, s the second."

OFFERS: tuple[StepOffer, ...] = (
    _plain("trim"),
    _plain("squeeze"),
    _plain("case", to="upper"),
    _plain("case", to="lower"),
    _plain("case", to="title"),
    _plain("case", to="sentence"),
    StepOffer(
        Step.of("replace"),
        (Ask("find", "Which text is replaced, wherever it stands?"), Ask("with", "By what? Empty: it goes.")),
        "replace a text",
    ),
    StepOffer(Step.of("prefix"), (Ask("text", "What comes before every value?"),), "put a text in front"),
    StepOffer(Step.of("suffix"), (Ask("text", "What comes after every value?"),), "put a text behind"),
    StepOffer(Step.of("default"), (Ask("text", "What is sent where the cell is blank?"),), "a value where blank"),
    StepOffer(
        Step.of("part"),
        (
            Ask("separator", "What separates the pieces?", ","),
            Ask("index", "Which piece? 1 is the first, -1 the last.", "1", _place),
        ),
        "one piece of the value",
    ),
    _plain("split_name", part="first"),
    _plain("split_name", part="last"),
    StepOffer(Step.of("date"), (Ask("pattern", _PATTERN, "dd.MM.yyyy"),), "a date by its pattern"),
    StepOffer(Step.of("datetime"), (Ask("pattern", _MOMENT, "dd.MM.yyyy HH:mm:ss"),), "date and time by their pattern"),
    _plain("number", decimal="."),
    _plain("number", decimal=","),
    _plain("boolean"),
    _plain("boolean", invert=True),
    _plain("phone"),
    StepOffer(
        Step.of("phone"),
        (Ask("country", "Which country code stands for the leading 0?", "+49"),),
        "phone, country code",
    ),
    _plain("email"),
    _plain("digits"),
    StepOffer(Step.of("multi"), (Ask("separator", "What separates the values of the list?", ","),), "a list of values"),
    StepOffer(Step.of("truncate"), (Ask("length", "How many characters are left?", "255", _whole),), "cut to a length"),
    _plain("excel_text"),
    _plain("no_invisible"),
)
"""What can be added to the values of one column. Tables of list values have a dialog of their own."""

JOINER = StepOffer(
    Step.of("join"), (Ask("separator", "What stands between the columns?", ", "),), "what stands between the columns"
)
"""For fields that several columns feed."""


def with_step(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """The steps with one more: at the end, but for that between columns, of which there is one at the beginning."""
    if step.name == "join":
        return (step, *(s for s in steps if s.name != "join"))
    return (*steps, step)


def with_common(steps: tuple[Step, ...], step: Step) -> tuple[Step, ...]:
    """The steps with a common one: in place of its like, else before those that read the values or look them up.

    Behind a table or a date it would spoil what they made; behind the join it treats what is joined.
    """
    if any(s.name == step.name for s in steps):
        return tuple(step if s.name == step.name else s for s in steps)
    joins = tuple(s for s in steps if s.name == "join")
    return (*joins, step, *(s for s in steps if s.name != "join"))


def dropped(now: tuple[Step, ...], steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """What is done to the values now and would not be done any more with these steps instead."""
    return tuple(step for step in now if step not in steps)
