from __future__ import annotations

import pytest

from ztui.engine.value_evidence import gather
from ztui.engine.value_verdict import judge
from ztui.model.crm import Field, PickListValue


def field(data_type: str, **more: object) -> Field:
    return Field("F", "F", data_type, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data_type", "values", "refused"),
    [
        ("email", ["a@b.co", "c@d.org"], False),
        ("email", ["a", "b"], True),
        ("phone", ["+49 30 1234567", "(030) 555-1234 x12"], False),
        ("phone", ["Ada", "Bob"], True),
        ("website", ["example.com", "www.example.org/a"], False),
        ("website", ["https://linkedin.com/in/a"], True),
        ("date", ["2024-01-31", "31.01.2024"], False),
        ("date", ["soon", "later"], True),
        ("date", ["2024", "2025"], True),
        ("date", ["12.05.", "03.11."], True),
        ("currency", ["$1,200.50", "€ 3.000", "10M"], False),
        ("currency", ["(1,234.50)", "2,000.00"], False),
        ("email", ["Ada <ada@example.com>", "mailto:bo@example.com"], False),
        ("integer", ["51-200", "1-10", "11-50"], True),
        ("boolean", ["1", "0"], False),
        ("boolean", [f"reason {i}" for i in range(12)], True),
        ("picklist", ["a@b.co", "c@d.org"], True),
        ("ownerlookup", ["0055g00000AbCdEAAV"], True),
        ("lookup", ["Acme Ltd"], False),
        ("text", ["anything"], False),
    ],
)
def test_judged_by_type(data_type: str, values: list[str], refused: bool) -> None:
    assert judge(field(data_type), "", gather(values)).refused is refused


@pytest.mark.parametrize("cells", [["", "  "], ["n/a", "-", "NULL"]])
def test_blank_columns_say_nothing(cells: list[str]) -> None:
    verdict = judge(field("email"), "email", gather(cells))
    assert (verdict.weight, verdict.refused) == (0.0, False)


def test_members_of_the_list_confirm() -> None:
    listed = field("picklist", picklist=(PickListValue("Hot", "Hot"), PickListValue("Cold", "Cold")))
    verdict = judge(listed, "rating", gather(["hot", "COLD", "warm"]))
    assert verdict.weight > 0
    assert "2 of 3" in verdict.words


def test_a_constant_that_only_names_the_kind_of_record_is_no_type() -> None:
    assert judge(field("picklist"), "account_type", gather(["Organisation"] * 5)).refused
    assert not judge(field("picklist"), "account_type", gather(["Customer", "Partner"])).refused


def test_web_addresses_are_counted_once() -> None:
    assert judge(field("website"), "website", gather(["www.example.com", "www.example.org"])).words.startswith("2 of 2")


@pytest.mark.parametrize(
    ("concept", "values", "refused"),
    [
        ("salutation", ["Mr", "Ms", "Dr."], False),
        ("salutation", ["Herr", "Frau", "Dipl.-Ing."], False),
        ("salutation", ["Dear Ms Smith", "Dear Bob"], True),
        ("salutation", [f"Bob{'x' * i}" for i in range(12)], True),
        ("parent_account", ["Yes", "No"], True),
        ("parent_account", ["Acme", "Globex"], False),
        ("account_site", ["www.example.com"], True),
        ("account_site", ["Head office"], False),
        ("first_name", ["Yes", "No"], True),
    ],
)
def test_judged_by_meaning(concept: str, values: list[str], refused: bool) -> None:
    assert judge(field("text"), concept, gather(values)).refused is refused


def test_percentages_are_no_stages() -> None:
    listed = field("picklist", picklist=(PickListValue("Qualification", "Qualification"),))
    assert judge(listed, "stage", gather(["10%", "50 %"])).refused
