from __future__ import annotations

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from ztui.engine.assignment import assign

FIELDS = ["A", "B", "C", "D"]


def total(weights: dict[tuple[int, str], float], pairs: dict[int, str]) -> float:
    return sum(weights[pair] for pair in pairs.items())


def exhaustive(weights: dict[tuple[int, str], float]) -> float:
    """The best total by trying every pairing."""
    columns = sorted({c for c, _ in weights})
    spots = [*FIELDS, *([""] * len(columns))]
    return max(
        sum(weights.get(pair, 0.0) for pair in zip(columns, order, strict=False))
        for order in permutations(spots, len(columns))
    )


def test_the_best_total_beats_first_come() -> None:
    weights = {(0, "A"): 0.9, (0, "B"): 0.8, (1, "A"): 0.85}
    assert assign(weights) == {0: "B", 1: "A"}


def test_ties_go_left_and_the_other_stays_alone() -> None:
    assert assign({(3, "A"): 0.9, (1, "A"): 0.9}) == {1: "A"}


def test_nothing_to_pair() -> None:
    assert assign({}) == {}


@given(
    st.dictionaries(
        st.tuples(st.integers(0, 3), st.sampled_from(FIELDS)),
        st.integers(1, 100).map(lambda n: n / 100),
        max_size=10,
    )
)
def test_equals_trying_everything(weights: dict[tuple[int, str], float]) -> None:
    pairs = assign(weights)
    assert len(set(pairs.values())) == len(pairs)
    assert all(pair in weights for pair in pairs.items())
    assert abs(total(weights, pairs) - (exhaustive(weights) if weights else 0.0)) < 1e-3
