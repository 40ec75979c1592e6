from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ztui.engine.join import Joined, Sent, join
from ztui.model.job import Counts
from ztui.model.outcome import RowError, RowResult
from ztui.zoho.results import ResultRow

BAD = (RowError("INVALID_DATA", ("Email",)),)


def sent(number: int, *columns: str) -> Sent:
    return Sent(number, number + 2, columns or (f"p{number}@x.org", f"Name {number}", f"Firm {number % 3}"))


def answer(number: int, *columns: str, bad: bool = False) -> ResultRow:
    cells = columns or sent(number).columns
    if bad:
        return ResultRow(cells, RowResult.SKIPPED, "", BAD, "INVALID_DATA-Email")
    return ResultRow(cells, RowResult.ADDED, str(1000 + number))


def codes(joined: Joined) -> list[str]:
    return [finding.code for finding in joined.findings]


def test_rows_in_order_are_joined_by_position() -> None:
    rows = [sent(n) for n in range(10)]
    answers = [answer(n, bad=n == 4) for n in range(10)]

    joined = join(rows, answers, Counts(added=9, skipped=1, total=10))

    assert joined.how == "position"
    assert joined.findings == ()
    assert joined.outcomes[4].errors == BAD
    assert [o.record_id for o in joined.outcomes if o.result is RowResult.ADDED][:2] == ["1000", "1001"]


def test_shuffled_rows_are_joined_by_key() -> None:
    rows = [sent(n) for n in range(200)]
    answers = [answer(n, bad=n % 20 == 0) for n in range(200)]
    random.Random(7).shuffle(answers)

    joined = join(rows, answers)

    assert joined.how == "key"
    assert {o.record for o in joined.outcomes if o.result is RowResult.SKIPPED} == set(range(0, 200, 20))
    assert all(o.record_id == str(1000 + o.record) for o in joined.outcomes if o.result is RowResult.ADDED)


def test_a_swap_of_two_rows_is_seen() -> None:
    rows = [sent(n) for n in range(4)]
    answers = [answer(n) for n in (0, 2, 1, 3)]

    assert [o.record_id for o in join(rows, answers).outcomes] == ["1000", "1001", "1002", "1003"]


def test_a_column_rewritten_by_the_service_does_not_spoil_the_join() -> None:
    rows = [sent(n, f"p{n}@x.org", f"2026-01-{n + 1:02}", "a") for n in range(9)]
    answers = [answer(n, f"p{n}@x.org", f"01/{n + 1:02}/2026", "a") for n in range(9)]

    assert join(rows, answers).how == "position"
    answers.reverse()
    joined = join(rows, answers)
    assert joined.how == "key"
    assert [o.record_id for o in joined.outcomes] == [str(1000 + n) for n in range(9)]


def test_repeated_result_rows_count_once() -> None:
    rows = [sent(n) for n in range(5)]
    answers = [answer(n) for n in (0, 1, 1, 2, 3, 4, 4)]

    joined = join(rows, answers, Counts(added=5, total=5))

    assert [o.result for o in joined.outcomes] == [RowResult.ADDED] * 5
    assert codes(joined) == ["RESULT_ROWS_REPEATED"]


def test_missing_result_rows_stay_open() -> None:
    rows = [sent(n) for n in range(5)]
    answers = [answer(n) for n in (0, 1, 3)]

    joined = join(rows, answers, Counts(added=5, total=5))

    assert [o.record for o in joined.open] == [2, 4]
    assert codes(joined) == ["RESULT_ROWS_MISSING", "RESULT_COUNTS_DIFFER"]


def test_twins_with_different_ends_are_marked() -> None:
    rows = [sent(0), sent(1, "same", "x", "y"), sent(2, "same", "x", "y")]
    answers = [answer(2, "same", "x", "y", bad=True), answer(1, "same", "x", "y"), answer(0)]

    joined = join(rows, answers)

    assert [o.joined for o in joined.outcomes] == ["key", "ambiguous", "ambiguous"]
    assert sorted(o.result for o in joined.outcomes[1:]) == [RowResult.ADDED, RowResult.SKIPPED]


def test_contradicting_answers_for_one_row_leave_it_open() -> None:
    joined = join([sent(0), sent(1)], [answer(0), answer(0, bad=True), answer(1)])

    assert [o.result for o in joined.outcomes] == [RowResult.UNKNOWN, RowResult.ADDED]


def test_foreign_rows_are_told() -> None:
    joined = join([sent(n) for n in range(20)], [answer(n) for n in range(21)])

    assert codes(joined) == ["RESULT_ROWS_UNMATCHED"]
    assert not joined.open


def test_an_archive_of_another_job_joins_nothing() -> None:
    joined = join([sent(n) for n in range(20)], [answer(n, f"q{n}", "u", "v") for n in range(20)])

    assert len(joined.open) == 20


@pytest.mark.parametrize("count", [0, 1])
def test_the_smallest_parts(count: int) -> None:
    assert len(join([sent(n) for n in range(count)], [answer(n) for n in range(count)]).outcomes) == count


@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), max_size=40), st.randoms(use_true_random=False))
def test_every_row_gets_exactly_one_outcome(shape: list[tuple[int, bool]], rng: random.Random) -> None:
    rows = [sent(n, f"k{key}", "c", "d") for n, (key, _) in enumerate(shape)]
    answers = [answer(n, f"k{key}", "c", "d", bad=bad) for n, (key, bad) in enumerate(shape)]
    rng.shuffle(answers)

    joined = join(rows, answers)

    assert [o.record for o in joined.outcomes] == list(range(len(shape)))
    expected = sum(bad for _, bad in shape)
    if not joined.open:
        assert sum(o.result is RowResult.SKIPPED for o in joined.outcomes) == expected
