"""Templates, patterns and cases of a single entry."""

import pytest

from ztui.catalogue import Case, Entry, fill

ENTRY = Entry(
    level="job",
    code="SAMPLE",
    title="Field {field}",
    cause="No {field}[[ in {module}]][[: {reason}]].",
    remedy="Look at {file}.",
    pattern=r"api_name (?P<field>.+)\.$",
    repairs=("remap",),
    kind="unknown_field",
    cases=(Case("other words", title="Another title", retry="backoff", kind="limit", repairs=()),),
)


def test_facts_come_from_details_and_from_the_message() -> None:
    told = ENTRY.explain({"module": "Leads", "file": "a.csv"}, "invalid api_name Sur name.")
    assert told.title == "Field Sur name"
    assert told.cause == "No Sur name in Leads."
    assert told.remedy == "Look at a.csv."
    assert told.names == {"field": "Sur name"}
    assert (told.retry, told.kind, told.repairs) == ("never", "unknown_field", ("remap",))


def test_a_case_replaces_only_what_it_says() -> None:
    told = ENTRY.explain({}, "Some OTHER words")
    assert told.title == "Another title"
    assert told.remedy == "Look at the file."
    assert (told.retry, told.kind, told.repairs) == ("backoff", "limit", ())


@pytest.mark.parametrize(
    ("template", "facts", "text"),
    [
        ("{field} is gone", {}, "The field is gone"),
        ("Now {field} is gone", {}, "Now the field is gone"),
        ("{colour} is gone", {}, "… is gone"),
        ("a[[ {x}]] b", {"x": ""}, "a b"),
        ("a[[ {x}]] b", {"x": 0}, "a 0 b"),
        ("a[[ {x} {y}]]b", {"x": 1}, "ab"),
        ("needs {x}", {"x": ["A", "B"]}, "needs A, B"),
        ("{x} {x}", {"x": "{y}"}, "{y} {y}"),
        ("{x}", {"x": "[[ {y} ]]"}, "[[ {y} ]]"),
        ("{x}", {"x": "two  spaces"}, "two  spaces"),
        ("{X} {} {0}", {}, "{X} {} {0}"),
    ],
)
def test_templates_are_filled_and_facts_are_never_templates(template: str, facts: dict[str, object], text: str) -> None:
    assert fill(template, facts) == text


@pytest.mark.parametrize(("count", "text"), [("1", "1 row is out"), (1, "1 row is out"), ("12", "12 rows are out")])
def test_what_is_counted_stands_in_the_right_number(count: object, text: str) -> None:
    template = "{count:row is|rows are} out[[ of {total:row|rows}]]"
    assert fill(template, {"count": count}) == text
    assert fill(template, {"count": count, "total": "1"}) == text + " of 1 row"
    assert fill(template, {}) == "… rows are out"
    assert fill(template, {}, show_missing=True) == "‹count› rows are out"


def test_a_missing_fact_can_be_shown_by_its_name() -> None:
    assert fill("{field} is gone[[ from {x}]]", {}, show_missing=True) == "‹field› is gone"


def test_an_entry_without_pattern_names_nothing() -> None:
    plain = Entry("job", "X", "t", "c", "r")
    assert plain.names("invalid api_name A.") == {}
    assert not plain.names_field
    assert plain.case("anything") is None
