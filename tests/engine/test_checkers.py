"""What each kind of field accepts."""

from __future__ import annotations

import pytest

from tests.engine.checking import SCHEMA
from ztui.engine.checkers import checker, is_email, is_phone, more_facts
from ztui.engine.preflight import check_value
from ztui.engine.rules import Violation, explain, finding, rule
from ztui.model.crm import Field
from ztui.model.finding import Severity


def field(name: str) -> Field:
    found = SCHEMA.field(name)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Last_Name", "x" * 20),
        ("Last_Name", "Ångström-O’Neil"),
        ("Last_Name", "-5 apples"),
        ("Email", "ada.lovelace+crm@sub.example.co"),
        ("Email", "zoë@müller.example"),
        ("Phone", "+49 (30) 123-45 x7"),
        ("Website", "www.example.com"),
        ("Website", "https://example.com/a?b=c#d"),
        ("Source", "Größe, XL"),
        ("Source", "-None-"),
        ("Tags", "Partner; Cold Call"),
        ("Employees", "-123456789"),
        ("Employees", "1,234"),
        ("Revenue", "1234567890123456.12"),
        ("Revenue", "1.5000"),
        ("Discount", "99999"),
        ("Opt_Out", "TRUE"),
        ("Born", "2024-02-29"),
        ("Seen", "02/28/2024 23:59:59"),
        ("Account", "5100000000000002175"),
        ("Owner", "sam@example.com"),
        ("Owner", "5100000000000002175"),
        ("Notes", "one\ntwo"),
    ],
)
def test_accepted(name: str, value: str) -> None:
    assert checker(field(name))(value) == ()


@pytest.mark.parametrize(
    ("name", "value", "broken"),
    [
        ("Last_Name", "x" * 21, "VALUE_TOO_LONG"),
        ("Last_Name", "=1+1", "FORMULA_LIKE"),
        ("Last_Name", "@cmd", "FORMULA_LIKE"),
        ("Last_Name", "bell\x07", "CONTROL_CHARACTERS"),
        ("Last_Name", "bad\udcff", "UNREADABLE_BYTES"),
        ("Email", "ada", "NOT_AN_EMAIL"),
        ("Email", "ada@example", "NOT_AN_EMAIL"),
        ("Email", "a@b.c1", "NOT_AN_EMAIL"),
        ("Email", "a..b@example.com", "NOT_AN_EMAIL"),
        ("Email", "a@b.example, c@d.example", "NOT_AN_EMAIL"),
        ("Email", "a" * 95 + "@b.example", "VALUE_TOO_LONG"),
        ("Phone", "030 – 123", "NOT_A_PHONE"),
        ("Phone", "-", "NOT_A_PHONE"),
        ("Phone", "1" * 31, "VALUE_TOO_LONG"),
        ("Website", "not a url", "NOT_A_URL"),
        ("Website", "localhost", "NOT_A_URL"),
        ("Source", "cold call", "NEW_CHOICE"),
        ("Tags", "Partner;Nope", "NEW_CHOICE"),
        ("Tags", "x" * 121, "VALUE_TOO_LONG"),
        ("Employees", "1.5", "NOT_WHOLE"),
        ("Employees", "1234567890", "TOO_MANY_DIGITS"),
        ("Revenue", "12,5", "NOT_A_NUMBER"),
        ("Revenue", ".", "NOT_A_NUMBER"),
        ("Revenue", "12345678901234567", "TOO_MANY_DIGITS"),
        ("Revenue", "1.0123456789", "TOO_MANY_DECIMALS"),
        ("Revenue", "1.005", "DECIMALS_CUT"),
        ("Discount", "100000", "TOO_MANY_DIGITS"),
        ("Opt_Out", "yes", "NOT_BOOLEAN"),
        ("Born", "2023-02-29", "NOT_A_DATE"),
        ("Born", "01/02/2024", "NOT_A_DATE"),
        ("Born", "２０２４-01-01", "NOT_A_DATE"),
        ("Seen", "2024-02-28", "NOT_A_DATETIME"),
        ("Account", "Acme", "NOT_AN_ID"),
        ("Owner", "Sam", "NOT_AN_ID"),
        ("Last_Name", '="00123"', "EXCEL_PROTECTED"),
        ("Last_Name", "'00123", "EXCEL_PROTECTED"),
        ("Phone", '="030 123"', "EXCEL_REFUSED"),
        ("Employees", "'123", "EXCEL_REFUSED"),
        ("Employees", "'abc", "NOT_WHOLE"),
        ("Code", "4.91512E+11", "DIGITS_LOST"),
        ("Account", "5,1E+18", "DIGITS_LOST"),
        ("Last_Name", "4.91512E+11", "NUMBER_SHORTENED"),
        ("Phone", "4.91512E+11", "NUMBER_SHORTENED"),
        ("Email", "a\u200b@b.example", "INVISIBLE_REFUSED"),
        ("Email", "a@b.example\u2060", "INVISIBLE_REFUSED"),
        ("Email", "ada\u2060", "NOT_AN_EMAIL"),
        ("Phone", "030\u202c 123", "INVISIBLE_REFUSED"),
        ("Website", "www.x.example/a\u00adb", "INVISIBLE_REFUSED"),
        ("Born", "2024-01-31\u200e", "INVISIBLE_REFUSED"),
        ("Code", "C\ufeff1", "INVISIBLE_CHARACTERS"),
    ],
)
def test_refused(name: str, value: str, broken: str) -> None:
    assert checker(field(name))(value)[0].rule == broken


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Last_Name", "'t Hooft"),
        ("Last_Name", "می\u200cخواهم"),  # such a name needs its zero-width character
        ("Last_Name", "'90s kid"),
        ("Notes", "4.91512E+11"),
        ("Notes", "soft\u00adly"),
        ("Last_Name", "1.50000E+05"),  # nothing is lost of 150000
    ],
)
def test_what_only_looks_odd_is_left_alone(name: str, value: str) -> None:
    assert checker(field(name))(value) == ()


def test_a_list_value_that_looks_like_another_is_told_as_such() -> None:
    told = checker(field("Source"))("Part\u00adner")
    assert [v.rule for v in told] == ["NEW_CHOICE", "INVISIBLE_CHARACTERS"]
    assert dict(told[1].params) == {"actual": "U+00AD soft hyphen"}


def test_keys_are_looked_at_more_closely() -> None:
    name = field("Last_Name")
    assert [v.rule for v in checker(name, key=True)("A\u200bda")] == ["INVISIBLE_CHARACTERS"]
    assert checker(name, key=True)("4.91512E+11")[0].error
    assert not checker(name)("4.91512E+11")[0].error


def test_matching_decides_what_a_lookup_takes() -> None:
    assert checker(field("Account"), find_by="Account_Name")("Acme") == ()
    assert checker(field("Owner"), find_by="email")("Sam")[0].rule == "NOT_AN_EMAIL"
    assert checker(field("Owner"), find_by="full_name")("Sam Rivera") == ()


def test_the_declared_pattern_is_what_counts() -> None:
    assert checker(field("Born"), declared="dd.MM.yyyy")("31.12.2024") == ()
    assert checker(field("Born"), declared="dd.MM.yyyy")("2024-12-31")[0].rule == "NOT_A_DATE"
    iso = "yyyy-MM-dd'T'HH:mm:ssXXX"
    assert checker(field("Seen"), declared=iso)("2024-12-31T00:00:00+01:00") == ()


def test_a_type_nobody_knows_takes_anything() -> None:
    assert checker(Field("X", "X", "hologram"))("whatever") == ()


def test_check_value_names_the_worst_with_all_facts() -> None:
    found = check_value(field("Last_Name"), "=" + "x" * 30)
    assert found is not None
    assert (found.code, found.severity, found.param("max"), found.param("actual")) == (
        "INVALID_DATA",
        Severity.ERROR,
        "20",
        "31",
    )
    assert check_value(field("Last_Name"), "Ada") is None
    blank = check_value(field("Last_Name"), "  ")
    assert blank is not None
    assert blank.code == "MANDATORY_NOT_FOUND"
    assert check_value(field("Email"), "") is None
    choice = check_value(field("Source"), "cold calls")
    assert choice is not None
    assert choice.param("nearest") == "Cold Call"


def test_a_finding_is_told_in_words() -> None:
    found = check_value(field("Employees"), "1234567890")
    assert found is not None
    told = explain(found)
    assert told is not None
    assert told.title == "Number too long for Employees"
    assert "9 digits; this value has 10" in told.cause
    assert explain(finding("NOT_BOOLEAN", value="x", column=2, api_name="Opt_Out")) is not None


def test_rules_come_from_the_catalogue() -> None:
    assert rule("NOT_A_DATE").code == "INVALID_DATA"
    assert rule("FORMULA_LIKE").level == "local"
    assert Violation("NOT_A_DATE").error
    assert not Violation("FORMULA_LIKE").error
    with pytest.raises(KeyError):
        rule("NO_SUCH_RULE")


def test_forms() -> None:
    assert is_email("a@b.de")
    assert not is_email("a@.de")
    assert is_phone("0800-FLOWERS")
    assert not is_phone("+-")
    assert more_facts(field("Last_Name"), Violation("VALUE_TOO_LONG"), "x") == ()


@pytest.mark.parametrize(
    "value",
    ["1/5/2024 9:00:00", "12/31/2024 9:00:00", "12/31/2024  10:00:00", "12/31/2024\t10:00:00", "١2/31/2024 10:00:00"],
)
def test_a_time_that_is_sent_as_it_is_has_exactly_the_declared_form(value: str) -> None:
    assert [v.rule for v in checker(field("Seen"))(value)] == ["NOT_A_DATETIME"]
    assert checker(field("Seen"))("12/31/9999 10:00:00") == ()
