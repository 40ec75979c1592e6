from __future__ import annotations

from ztui.engine.value_evidence import ENOUGH, emails, gather, own_ids, salutations, single_words, web_share


def test_shapes() -> None:
    assert emails(gather(["a@b.co"] * 3))
    assert not emails(gather(["a@b.co", "c@d.org"]))
    assert own_ids(gather(["4150868000000224005", "zcrm_4150868000000224006"]))
    assert not own_ids(gather(["1234"]))
    assert single_words(gather(["Smith", "Weber", "Rossi"]))
    assert not single_words(gather(["Ada Smith", "Weber, Bo", "Rossi"]))
    assert web_share(gather(["www.example.com", "example.org", "no"])) == 2 / 3
    assert salutations(gather(["Mr.", "Frau", "Mme", "Ada"])) == 0.75


def test_what_stands_for_no_value_is_not_counted() -> None:
    assert gather(["n/a", "-", "NULL", " ", "No"]).values == ("No",)


def test_only_so_many_cells_are_looked_at() -> None:
    assert gather(["x"] * 1000).filled == ENOUGH
