"""What a column needs is found in its values; what they do not tell is asked."""

from __future__ import annotations

import pytest

from ztui.engine.transform import apply_steps, propose_steps
from ztui.engine.transform_propose import propose_table
from ztui.model.crm import Field, LookupTarget, PickListValue
from ztui.model.mapping import Step

LIST = tuple(PickListValue(v, v) for v in ("Cold Call", "Web Download", "Partner", "Trade Show"))


def field(data_type: str, picklist: tuple[PickListValue, ...] = (), lookup: LookupTarget | None = None) -> Field:
    return Field("X", "X", data_type, picklist=picklist, lookup=lookup)


@pytest.mark.parametrize(
    ("values", "pattern"),
    [
        (["25/02/2024", "03/04/2023"], "dd/MM/yyyy"),
        (["02/25/2024", "03/04/2023"], "MM/dd/yyyy"),
        (["1.2.2024", "31.12.2024"], "dd.MM.yyyy"),
        (["5 March 2024", "7 août 2023"], "dd MMM yyyy"),
        (["20240131"], "yyyyMMdd"),
        (["45123", "45200"], "excel"),
        (["2024/01/31"], "yyyy/MM/dd"),
    ],
)
def test_the_date_format_is_found_over_the_whole_column(values: list[str], pattern: str) -> None:
    proposal = propose_steps(field("date"), values)[0]
    assert proposal.question is None
    assert proposal.steps == (Step.of("date", pattern=pattern),)


def test_one_late_value_decides_an_ambiguous_column() -> None:
    values = [f"{d:02d}/0{m}/2024" for d in range(1, 10) for m in range(1, 10)]
    both = propose_steps(field("date"), values)
    assert {p.label for p in both} == {"dd/MM/yyyy", "MM/dd/yyyy"}
    assert all(p.question for p in both)
    assert "dd/MM/yyyy" in (both[0].question or "")
    told = propose_steps(field("date"), [*values, "13/01/2024"])
    assert [p.label for p in told] == ["dd/MM/yyyy"]
    assert told[0].question is None


def test_a_column_that_contradicts_itself_is_asked() -> None:
    mixed = propose_steps(field("date"), ["25/02/2024", "02/25/2024", "01/01/2024"])
    assert len(mixed) == 2
    assert all(p.question and p.coverage < 1 for p in mixed)


def test_values_that_fit_need_nothing() -> None:
    assert propose_steps(field("date"), ["2024-01-31"]) == ()
    assert propose_steps(field("integer"), ["1", "-20"]) == ()
    assert propose_steps(field("boolean"), ["true", "false"]) == ()
    assert propose_steps(field("picklist", LIST), ["Partner"]) == ()
    assert propose_steps(field("text"), ["x"]) == ()
    assert propose_steps(field("date"), ["", " "]) == ()


def test_blanks_at_the_ends_are_trimmed() -> None:
    proposal = propose_steps(field("text"), [" a ", "b"])[0]
    assert proposal.steps == (Step.of("trim"),)
    assert proposal.examples[0] == (" a ", "a")


@pytest.mark.parametrize(
    ("values", "step"),
    [
        (["1.234,50", "12,1"], Step.of("number", decimal=",")),
        (["$1,234.50"], Step.of("number", decimal=".")),
        (["12,34"], Step.of("number", decimal=",")),
    ],
)
def test_the_decimal_sign_is_found(values: list[str], step: Step) -> None:
    assert propose_steps(field("currency"), values)[0].steps == (step,)


def test_a_lone_separator_is_asked_for_amounts_and_clear_for_whole_numbers() -> None:
    asked = propose_steps(field("currency"), ["1,234", "5,678"])
    assert len(asked) == 2
    assert "1234" in (asked[0].question or "")
    whole = propose_steps(field("integer"), ["1,234", "5,678"])[0]
    assert whole.question is None
    assert apply_steps(["1,234"], whole.steps) == "1234"
    german = propose_steps(field("integer"), ["1.234"])[0]
    assert apply_steps(["1.234"], german.steps) == "1234"


def test_thousands_are_not_taken_for_fractions_unasked() -> None:
    asked = propose_steps(field("currency"), ["1.234", "2.500"])
    assert [apply_steps(["2.500"], p.steps) for p in asked] == ["2.500", "2500"]
    assert "1234" in (asked[0].question or "")
    assert propose_steps(field("currency"), ["1.234", "2.5"]) == ()
    assert propose_steps(field("currency"), ["0.125", "1.250"]) == ()


def test_whole_numbers_with_both_separators_are_asked_for() -> None:
    asked = propose_steps(field("integer"), ["1,200", "50", "10.000"])
    assert len(asked) == 2
    assert asked[0].question


def test_round_thousands_may_be_whole_numbers_with_zeros_behind() -> None:
    asked = propose_steps(field("integer"), ["1.000", "25.000"])
    assert {apply_steps(["25.000"], p.steps) for p in asked} == {"25", "25000"}
    assert "1000" in (asked[0].question or "")
    assert [p.question for p in propose_steps(field("integer"), ["1.000", "2.500"])] == [None]


def test_yes_and_no_in_other_languages() -> None:
    assert propose_steps(field("boolean"), ["ja", "nein"])[0].steps == (Step.of("boolean"),)
    assert propose_steps(field("boolean"), ["red", "green", "blue"]) == ()


def test_near_list_values_become_a_table() -> None:
    values = ["cold call", "Web-Download", "Partnr", "Something else"]
    assert propose_table(field("picklist", LIST), values) == (
        ("cold call", "Cold Call"),
        ("Web-Download", "Web Download"),
        ("Partnr", "Partner"),
    )
    assert propose_steps(field("picklist", LIST), values)[0].steps[0].name == "map"


def test_list_separators_are_found() -> None:
    proposal = propose_steps(field("multiselectpicklist", LIST), ["Cold Call, partner", "Trade Show"])[0]
    assert apply_steps(["Cold Call, partner"], proposal.steps) == "Cold Call;Partner"
    assert propose_steps(field("multiselectpicklist", LIST), ["Cold Call;Partner"]) == ()


def test_references_are_matched_by_what_the_values_are() -> None:
    account = field("lookup", lookup=LookupTarget("Accounts", "Account_Name"))
    assert propose_steps(account, ["5100000000000002175"]) == ()
    assert propose_steps(account, ["zcrm_5100000000000002175"])[0].steps[0].name == "replace"
    assert propose_steps(account, ["Acme"])[0].find_by == "Account_Name"
    assert propose_steps(field("ownerlookup"), ["a@b.example"])[0].find_by == "email"
    assert propose_steps(field("ownerlookup"), ["a@b.example", "5100000000000002175"]) == ()
    assert propose_steps(field("ownerlookup"), ["Ada Byron", "5100000000000002175"])[0].find_by == "full_name"


def test_decoration_is_cleaned() -> None:
    assert propose_steps(field("email"), ["Ada <a@b.example>"])[0].steps == (Step.of("email"),)
    assert propose_steps(field("phone"), ["tel:123456"])[0].steps == (Step.of("phone"),)


@pytest.mark.parametrize(
    ("listed", "value"),
    [
        (("Active",), "Inactive"),
        (("Qualified",), "Disqualified"),
        (("Contacted",), "Uncontacted"),
        (("External Referral",), "Internal Referral"),
        (("Phase 1", "Phase 2"), "Phase 3"),
        (("Tier 1 (10-49)",), "Tier 1 (10-99)"),
        (("Niger",), "Nigeria"),
        (("Slovakia",), "Slovenia"),
        (("Cold",), "Gold"),
        (("Web Lead",), "Web Load"),
        (("Trade Show",), "Trade Shop"),
        (("A+", "A-", "A"), "a ++"),
        (("15",), "1-5"),
        (("AB", "A B"), "a-b"),
    ],
)
def test_another_value_is_no_misspelt_one(listed: tuple[str, ...], value: str) -> None:
    """A wrong value written is worse than a new one that is told."""
    choices = tuple(PickListValue(v, v) for v in listed)
    assert propose_table(field("picklist", choices), [value]) == ()


@pytest.mark.parametrize("value", ["Web Donwload", "Web Downloads", "Web Dowload", "webdownload", "Web  Downnload"])
def test_a_slip_of_the_finger_is_mended(value: str) -> None:
    assert propose_table(field("picklist", LIST), [value]) == ((value, "Web Download"),)


def test_what_is_wrapped_up_for_excel_is_taken_out() -> None:
    proposal = propose_steps(field("text"), ['="00123"', '=""', '="00124"', "plain"])[0]
    assert proposal.steps == (Step.of("excel_text"),)
    assert proposal.examples[0] == ('="00123"', "00123")
    assert apply_steps(['=""'], proposal.steps) == ""
    assert propose_steps(field("text"), ["'00123", "'00124"])[0].steps == (Step.of("excel_text"),)
    assert propose_steps(field("text"), ["'t Hooft", "O'Neil", "=1+1"]) == ()
    assert propose_steps(field("text"), ["'7", "8", "9", "10"]) == ()  # an odd one among many is no habit
    assert propose_steps(field("phone"), ['="0049 30 1"'])[0].steps == (Step.of("excel_text"), Step.of("phone"))


def test_invisible_characters_go_where_they_do_harm() -> None:
    proposal = propose_steps(field("email"), ["\u200bada@x.example", "b@x.example "])[0]
    assert proposal.steps == (Step.of("no_invisible"), Step.of("trim"))
    assert proposal.examples[0] == ("\u200bada@x.example", "ada@x.example")
    assert "invisible" in proposal.reason
    assert propose_steps(field("textarea"), ["soft\u00adly"]) == ()
    dates = propose_steps(field("date"), ["\u200e31/12/2024", "30/11/2024"])[0]
    assert dates.steps == (Step.of("no_invisible"), Step.of("date", pattern="dd/MM/yyyy"))
    assert propose_steps(field("email"), ["\u200b", "\ufeff"])[0].steps[0] == Step.of("no_invisible")


@pytest.mark.parametrize(
    ("data_type", "values", "step"),
    [
        ("date", ["2024-1-5", "2024-12-31"], Step.of("date", pattern="yyyy-MM-dd")),
        ("datetime", ["1/5/2024 9:00:00", "12/31/2024 10:00:00"], Step.of("datetime", pattern="MM/dd/yyyy HH:mm:ss")),
    ],
)
def test_dates_with_single_digits_are_rewritten(data_type: str, values: list[str], step: Step) -> None:
    assert [p.steps for p in propose_steps(Field("When", "When", data_type), values)] == [(step,)]
    assert propose_steps(Field("When", "When", data_type), values[1:]) == ()


@pytest.mark.parametrize(
    ("data_type", "values", "steps"),
    [
        ("email", ["a@b.example", "n/a", "k.A."], ()),
        ("integer", ["12", "7", "-"], ()),
        ("date", ["31.12.2024", "TBD"], (Step.of("date", pattern="dd.MM.yyyy"),)),
        ("currency", ["1.234,50", "none"], (Step.of("number", decimal=","),)),
        ("phone", ["030 1", " unknown "], ()),
    ],
)
def test_words_for_no_value_become_blank_where_no_word_fits(
    data_type: str, values: list[str], steps: tuple[Step, ...]
) -> None:
    (proposal,) = propose_steps(field(data_type), values)
    words = [v.strip() for v in values if not any(c.isdigit() or c == "@" for c in v)]
    table = Step.of("map", table=tuple((word, "") for word in words))
    assert [s for s in proposal.steps if s.name != "trim"] == [table, *steps]
    assert [str(apply_steps((v,), proposal.steps)) for v in values[1:] if v.strip() in words] == [""] * len(words)


def test_words_for_no_value_stay_where_a_word_may_be_a_value() -> None:
    assert propose_steps(field("text"), ["Ada", "n/a", "-"]) == ()
    assert propose_steps(field("picklist", LIST), ["Partner", "Unknown"]) == ()


@pytest.mark.parametrize(
    ("data_type", "value", "ways"), [("integer", "1.000", "1 or as 1000"), ("currency", "1.250", "1.250 or as 1250")]
)
def test_the_question_about_a_separator_shows_what_would_be_sent(data_type: str, value: str, ways: str) -> None:
    assert propose_steps(field(data_type), [value])[0].question == f"Is {value} read as {ways}?"
