from dataclasses import replace

import pytest

from ztui.engine.consent import TYPED_FROM, count_is_typed, in_production, is_that_count
from ztui.model.profile import Profile
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


@pytest.mark.parametrize("typed", ["1199", "1,199", " 1.199 ", "1 199", "1'199"])
def test_a_number_counts_however_it_is_grouped(typed: str) -> None:
    assert is_that_count(typed, 1199)


@pytest.mark.parametrize("typed", ["", "y", "yes", "119", "11990", "-1199", "1199 rows", "1199x"])
def test_anything_else_is_no_consent(typed: str) -> None:
    assert not is_that_count(typed, 1199)
