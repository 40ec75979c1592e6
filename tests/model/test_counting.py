"""Numbers with what they count, and that no text of the program counts things by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import ztui
from ztui.model.counting import how_many, plural

_THINGS = (
    "rows|values|columns|cells|records|characters|digits|numbers|addresses|files|users|modules|imports|days|places"
)
_BY_HAND = re.compile(r"\{[^{}]*\} (?:" + _THINGS + r")\b(?! (?:in all|each))")
_KNOWN = {
    "present/steps.py": 1,  # the closing line, whose words scripts read: `… of N rows`
    "present/outcomes.py": 1,  # a template: where a text is cut is never after one character
}


@pytest.mark.parametrize(("count", "text"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (1204, "1,204 rows")])
def test_one_and_many(count: int, text: str) -> None:
    assert how_many(count, "row") == text


def test_words_that_do_more_than_take_an_s() -> None:
    assert how_many(1, "row is", "rows are") == "1 row is"
    assert how_many(3, "address", "addresses") == "3 addresses"
    assert (plural(1, "it", "them"), plural(2, "it", "them"), plural(2, "row")) == ("it", "them", "rows")


def test_what_people_read_is_counted_by_that_function() -> None:
    root = Path(ztui.__file__).parent
    by_hand = {}
    for path in sorted(p for part in ("cli", "tui", "present", "engine") for p in (root / part).rglob("*.py")):
        found = [line for line in path.read_text(encoding="utf-8").splitlines() if _BY_HAND.search(line)]
        name = path.relative_to(root).as_posix()
        if len(found) > _KNOWN.get(name, 0):
            by_hand[name] = found
    assert by_hand == {}
