from ztui.model.crm import Credits
from ztui.present.sending import credit_line, offer_facts
from ztui.store.profiles import make_profile

LIVE = make_profile("live", {"access_token": "t"})


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
