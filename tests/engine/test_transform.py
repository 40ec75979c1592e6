"""Transform steps do what their table says, and nothing when a value cannot be handled."""

from __future__ import annotations

import pytest

from ztui.engine.transform import (
    BadStep,
    Refusal,
    apply_steps,
    check_steps,
    compile_mapping,
    compile_steps,
    describe_step,
    describe_steps,
)
from ztui.engine.transform_steps import KINDS, split_name
from ztui.model.mapping import ArgValue, FieldMapping, Step


@pytest.mark.parametrize(
    ("step", "before", "after"),
    [
        (Step.of("trim"), "\u00a0 Ada \t", "Ada"),
        (Step.of("trim"), "  ", ""),
        (Step.of("squeeze"), "a \n  b", "a b"),
        (Step.of("case", to="upper"), "straße", "STRASSE"),
        (Step.of("case", to="title"), "o'NEILL-smith", "O'Neill-Smith"),
        (Step.of("case", to="sentence"), "HELLO World", "Hello world"),
        (Step.of("date", pattern="dd/MM/yyyy"), "3/4/2025", "2025-04-03"),
        (Step.of("date", pattern="dd.MM.yy"), "03.04.99", "1999-04-03"),
        (Step.of("date", pattern="excel"), "45123", "2023-07-16"),
        (Step.of("date", pattern="dd MMM yyyy"), "3 März 2025", "2025-03-03"),
        (Step.of("date", pattern="dd/MM/yyyy", out="MM/dd/yyyy"), "3/4/2025", "04/03/2025"),
        (Step.of("datetime", pattern="dd/MM/yyyy HH:mm"), "3/4/2025 7:05", "04/03/2025 07:05:00"),
        (Step.of("datetime", pattern="dd/MM/yyyy hh:mm a"), "3/4/2025 12:05 AM", "04/03/2025 00:05:00"),
        (Step.of("datetime", pattern="yyyy-MM-dd'T'HH:mm:ssXXX"), "2025-04-03T07:05:00Z", "2025-04-03T07:05:00+00:00"),
        (
            Step.of("datetime", pattern="yyyy-MM-dd HH:mm", offset="+05:30"),
            "2025-04-03 07:05",
            "2025-04-03T07:05:00+05:30",
        ),
        (Step.of("number", decimal=","), "€ 1.234,50", "1234.50"),
        (Step.of("number", decimal="."), "(1,234.5)", "-1234.5"),
        (Step.of("number", decimal=".", whole=True), "12.00", "12"),
        (Step.of("number", decimal=".", places=2), "1.005", "1.01"),
        (Step.of("boolean"), "Ja", "true"),
        (Step.of("boolean", invert=True), "yes", "false"),
        (Step.of("boolean", table=(("subscribed", "true"),)), "Subscribed", "true"),
        (Step.of("phone"), "tel:0049 30 123-45 ext. 7", "+49 30 123-45 x7"),
        (Step.of("phone", country="+49"), "030 123456", "+49 30 123456"),
        (Step.of("email"), "Ada L. <mailto:ada@x.example>", "ada@x.example"),
        (Step.of("email"), "ada@x.example;", "ada@x.example"),
        (Step.of("map", table=(("cold call", "Cold Call"),)), "COLD  call", "Cold Call"),
        (Step.of("map", table=(("a", "b"),)), "c", "c"),
        (Step.of("map", table=(("a", "b"),), other="blank"), "c", ""),
        (Step.of("multi", separator=","), "a, b ,a,", "a;b"),
        (Step.of("split_name", part="first"), "Ada van der Berg", "Ada"),
        (Step.of("split_name", part="last"), "Ada van der Berg", "van der Berg"),
        (Step.of("part", separator=",", index=-1), "a, b", "b"),
        (Step.of("part", separator=",", index=5), "a, b", ""),
        (Step.of("replace", find="-", **{"with": ""}), "1-2-3", "123"),
        (Step.of("prefix", text="https://"), "x.example", "https://x.example"),
        (Step.of("suffix", text="!"), "x", "x!"),
        (Step.of("default", text="n/a"), "  ", "n/a"),
        (Step.of("truncate", length=3), "ab cd", "ab"),
        (Step.of("digits"), "a1-b2", "12"),
    ],
    ids=lambda v: v.name if isinstance(v, Step) else repr(v),
)
def test_step(step: Step, before: str, after: str) -> None:
    assert apply_steps([before], (step,)) == after


@pytest.mark.parametrize("name", sorted(set(KINDS) - {"default"}))
def test_blank_stays_blank(name: str) -> None:
    needed: dict[str, ArgValue] = {"pattern": "dd/MM/yyyy", "find": "x", "length": 5, "separator": ","}
    assert apply_steps([""], (Step.of(name, **needed),)) == ""


@pytest.mark.parametrize(
    ("step", "value", "rule"),
    [
        (Step.of("date", pattern="dd/MM/yyyy"), "31/02/2025", "NOT_A_DATE"),
        (Step.of("date", pattern="dd/MM/yyyy"), "12/25/2025", "NOT_A_DATE"),
        (Step.of("datetime", pattern="yyyy-MM-dd HH:mm"), "2025-01-01 25:00", "NOT_A_DATETIME"),
        (Step.of("datetime", pattern="yyyy-MM-dd", out="yyyy-MM-dd'T'HH:mm:ssXXX"), "2025-01-01", "NO_OFFSET"),
        (Step.of("number", decimal="."), "1.2.3", "NOT_A_NUMBER"),
        (Step.of("number", decimal=".", whole=True), "1.5", "NOT_WHOLE"),
        (Step.of("boolean"), "perhaps", "NOT_BOOLEAN"),
        (Step.of("map", other="refuse"), "x", "NOT_IN_TABLE"),
    ],
)
def test_a_value_that_cannot_be_handled_is_refused_with_its_text(step: Step, value: str, rule: str) -> None:
    given = apply_steps([f" {value}"], (Step.of("trim"), step, Step.of("case", to="upper")))
    assert isinstance(given, Refusal)
    assert given == f" {value}"
    assert given.rule == rule


def test_columns_are_joined_without_blank_ones() -> None:
    assert apply_steps(["Ada", " ", "Lovelace "], ()) == "Ada Lovelace"
    assert apply_steps(["a", "b"], (Step.of("join", separator=", "), Step.of("case", to="upper"))) == "A, B"


def test_a_constant_needs_no_column() -> None:
    assert compile_mapping(FieldMapping("Lead_Source", default="Trade Show"))([]) == "Trade Show"
    assert compile_mapping(FieldMapping("X", (0,), (Step.of("trim"),)))([" a "]) == "a"


@pytest.mark.parametrize(
    "step",
    [
        Step.of("nonsense"),
        Step.of("date", pattern="hello"),
        Step.of("date", pattern="dd/MM"),
        Step.of("datetime", pattern="yyyy-MM-dd", offset="soon"),
        Step.of("number", decimal=";"),
        Step.of("truncate"),
        Step.of("truncate", length="x"),
        Step.of("case", to="wild"),
        Step.of("map", other="what"),
        Step.of("multi", separator=""),
        Step.of("part", separator=""),
        Step.of("replace"),
        Step.of("split_name", part="middle"),
    ],
    ids=lambda s: f"{s.name}-{s.args}",
)
def test_impossible_steps_are_named(step: Step) -> None:
    with pytest.raises(BadStep):
        compile_steps((step,))
    assert check_steps((step,))
    assert check_steps((Step.of("trim"),)) is None


def test_names_are_split() -> None:
    assert split_name("Lovelace, Ada") == ("Ada", "Lovelace")
    assert split_name("Martin Luther King Jr.") == ("Martin Luther", "King Jr.")
    assert split_name("King, Jr.") == ("", "King, Jr.")
    assert split_name("Cher") == ("", "Cher")


def test_steps_are_told_in_words() -> None:
    steps = (Step.of("trim"), Step.of("date", pattern="dd/MM/yyyy"), Step.of("map", table=(("a", "b"),)))
    assert describe_steps(steps) == "trim blanks at the ends → date written as dd/MM/yyyy → replace 1 value by table"
    assert describe_step(Step.of("zap")) == "unknown step “zap”"
    assert all(kind.describe(Step.of(name)) for name, kind in KINDS.items())


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("van Gogh", "", "van Gogh"),
        ("de la Cruz", "", "de la Cruz"),
        ("Van Morrison", "Van", "Morrison"),
        ("Martin Luther King, Jr.", "Martin Luther", "King, Jr."),
        ("Otto von und zu Guttenberg", "Otto", "von und zu Guttenberg"),
        ("Ada Y Lovelace", "Ada Y", "Lovelace"),
    ],
)
def test_no_part_of_a_name_is_lost_or_torn(text: str, first: str, last: str) -> None:
    assert split_name(text) == (first, last)


@pytest.mark.parametrize("name", ["McDonald", "GmbH", "d'Angelo", "iPhone", "Élodie", "van der Meer"])
def test_title_case_leaves_names_that_mix_cases(name: str) -> None:
    before = name if not name.startswith("van") else "Van Der Meer"
    assert apply_steps([before], (Step.of("case", to="title"),)) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("555 1234 (home)", "555 1234"),
        ("Tel.: 0171-123 456", "0171-123 456"),
        ("０３－１２３４－５６７８", "03-1234-5678"),
        ("\u202d+49 171 123\u202c", "+49 171 123"),
        ("555.123.4567 x12", "555.123.4567 x12"),
    ],
)
def test_decoration_of_phones_goes(before: str, after: str) -> None:
    assert apply_steps([before], (Step.of("phone"),)) == after


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("phone", "1-800-FLOWERS"),
        ("phone", "555-1234 or 555-9876"),
        ("phone", "T: 0171 123456 F: 0171 654321"),
        ("phone", "Call 5551234 before 5 pm"),
        ("phone", "4.9E+11"),
        ("email", "Ada <a@b.example>, Bob <c@d.example>"),
    ],
)
def test_what_is_not_one_number_or_address_stays_as_it_is(kind: str, value: str) -> None:
    assert apply_steps([value], (Step.of(kind),)) == value


@pytest.mark.parametrize("value", ["(12", "12)", "SKU123", "ABC 5", "1E40", "1,234,56"])
def test_numbers_with_something_else_around_them_are_refused(value: str) -> None:
    assert isinstance(apply_steps([value], (Step.of("number"),)), Refusal)


def test_rounding_leaves_no_negative_zero() -> None:
    assert apply_steps(["-0.001"], (Step.of("number", places=2),)) == "0.00"


@pytest.mark.parametrize(
    ("value", "places", "expected"),
    [
        ("9" * 29 + ".999", 2, "1" + "0" * 29 + ".00"),
        ("1" * 400 + ".555", 2, "1" * 400 + ".56"),
        ("0." + "0" * 29 + "1", 9, "0.000000000"),
    ],
    ids=["carried", "long", "tiny"],
)
def test_rounding_knows_numbers_of_any_length(value: str, places: int, expected: str) -> None:
    assert apply_steps([value], (Step.of("number", places=places),)) == expected


@pytest.mark.parametrize(
    ("step", "why"),
    [
        (Step.of("date", pattern="dd/MM/yyyy", out="dd/MM/yy"), "cannot be written"),
        (Step.of("date", pattern="dd/MM/yyyy", out="d.M.yyyy"), "cannot be written"),
        (Step.of("date", pattern="dd/MM/yyyy", out="yyyy"), "cannot be written"),
        (Step.of("datetime", pattern="dd/MM/yyyy HH:mm", out="MMM dd, yyyy"), "cannot be written"),
        (Step.of("datetime", pattern="dd/MM/yyyy hh:mm"), "write HH"),
        (Step.of("datetime", pattern="dd/MM/yyyy HH:mm a"), "write hh"),
    ],
)
def test_patterns_that_would_write_nonsense_are_told(step: Step, why: str) -> None:
    assert why in (check_steps((step,)) or "")


@pytest.mark.parametrize(("value", "expected"), [("31/12/9999", "9999-12-31"), ("14/07/1789", "1789-07-14")])
def test_dates_without_end_and_of_old_are_read(value: str, expected: str) -> None:
    assert apply_steps([value], (Step.of("date", pattern="dd/MM/yyyy"),)) == expected
