"""The catalogue as text."""

import pytest

from ztui import catalogue
from ztui.catalogue import Case, Entry
from ztui.present.explain import LEVEL_TITLES, entry_data, entry_lines, list_lines, unknown_lines


def test_an_entry_shows_cause_remedy_and_what_is_known() -> None:
    (entry,) = catalogue.find("INVALID_FIELD_NAME")
    text = "\n".join(entry_lines(entry))
    assert text.startswith("INVALID_FIELD_NAME: Zoho does not know a field\n")
    assert "\n  Cause: The mapping names a field" in text
    assert "\n  What to do: Map the column" in text
    assert "“invalid mapping. invalid api_name Last Name.”" in text
    assert "\n  HTTP status: 400\n" in text


def test_missing_facts_are_shown_by_name_and_cases_follow() -> None:
    entry = Entry("job", "X", "t", "{colour} is missing", "r", cases=(Case("a ?b|c", title="other"),))
    lines = entry_lines(entry)
    assert "  Cause: ‹colour› is missing" in lines
    assert "  When the message says “a b”: other" in lines
    assert not any(line.startswith(("  Zoho says", "  HTTP status", "  Known from")) for line in lines)


def test_text_from_the_catalogue_cannot_act_on_a_terminal() -> None:
    assert all("\x1b" not in line for line in entry_lines(Entry("job", "X", "\x1b[31m", "c", "r")))


@pytest.mark.parametrize("level", catalogue.LEVELS)
def test_the_list_of_a_level_has_one_line_for_each_code(level: str) -> None:
    lines = list_lines(level)
    assert lines[0] == f"{level}: {LEVEL_TITLES[level]}"
    assert [line.split("  ")[1].strip() for line in lines[1:]] == list(catalogue.entries(level))


def test_the_whole_list_has_all_levels() -> None:
    lines = list_lines()
    assert [line.split(":")[0] for line in lines if line and not line.startswith(" ")] == list(catalogue.LEVELS)


def test_an_unknown_code_is_shown_with_near_ones() -> None:
    assert unknown_lines("INVALID_FEILD_NAME")[1].startswith("Did you mean: INVALID_FIELD_NAME")
    assert unknown_lines("\x1b[2J")[0] == "␛[2J is not in the catalogue."
    assert len(unknown_lines("QQQQ")) == 2


def test_data_for_programs_keeps_the_templates() -> None:
    (entry,) = catalogue.find("TOO_MANY_REQUESTS")
    data = entry_data(entry)
    assert data["http"] == [429]
    assert "{retry_after}" in str(data["cause"])
