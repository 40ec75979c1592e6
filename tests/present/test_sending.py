from dataclasses import replace

import pytest

from ztui.model.crm import Credits
from ztui.model.profile import Profile
from ztui.present.sending import TYPED_FROM, count_is_typed, credit_line, in_production, offer_facts
from ztui.store.profiles import make_profile

LIVE = make_profile("live", {"access_token": "t"})
TEST = make_profile("test", {"access_token": "t", "environment": "sandbox"})


@pytest.mark.parametrize(
    ("profile", "rows", "typed"),
    [(LIVE, TYPED_FROM, True), (LIVE, TYPED_FROM - 1, False), (TEST, 10**6, False)],
)
def test_many_rows_into_production_are_typed(profile: Profile, rows: int, typed: bool) -> None:
    assert count_is_typed(profile, rows) is typed


def test_a_local_sandbox_is_never_production() -> None:
    assert in_production(LIVE)
    assert not in_production(replace(LIVE, sandbox=True))


def test_what_is_left_of_the_credits() -> None:
    assert credit_line(None) == "not known what is left"
    assert credit_line(Credits(5, 1000, 5000)) == "1,000 of 5,000 left"


def test_the_offer_warns_of_what_is_odd() -> None:
    facts = offer_facts(
        file="f.csv",
        module="Leads",
        operation="insert",
        profile=LIVE,
        rows=30_000,
        left_out=2,
        parts=2,
        credits=None,
        warnings=1,
        earlier=1,
    )
    kinds = {name: kind for name, _, kind in facts}
    assert kinds["Profile"] == "bad"
    assert kinds["Warnings"] == kinds["Before"] == "warn"
    assert {name: value for name, value, _ in facts}["Rows"] == "30,000 rows, 2 left out"
