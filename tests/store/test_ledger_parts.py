from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ztui.store.ledger_parts import pack_numbers, unpack_numbers


@given(st.lists(st.integers(min_value=0, max_value=2**62)))
def test_numbers_survive(numbers: list[int]) -> None:
    assert list(unpack_numbers(pack_numbers(numbers))) == numbers


@pytest.mark.parametrize("step", [1, 2])
def test_a_run_of_rows_takes_few_bytes(step: int) -> None:
    assert len(pack_numbers(range(0, 25_000 * step, step))) < 500
