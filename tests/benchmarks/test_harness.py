"""The benchmark harness judges what it measured."""

from __future__ import annotations

import sys

import pytest

from tests.benchmarks.harness import Bench, Line, Target, process, run, table, timed


def test_ratios_are_taken_within_a_round() -> None:
    slow, fast = iter([2.0, 8.0, 30.0]), iter([1.0, 4.0, 10.0])
    order: list[str] = []

    def first() -> dict[str, float]:
        order.append("a")
        return {"s": next(slow)}

    def second() -> dict[str, float]:
        order.append("b")
        return {"s": next(fast)}

    bench = Bench("x", {"a": first, "b": second}, (Target("a vs b", ("a", "s"), 2.5, ("b", "s")),), rounds=3)
    lines, seen = run(bench)
    assert order == ["a", "b"] * 3
    assert lines[0].value == 2.0
    assert lines[0].met
    assert seen.median("a", "s") == 8.0
    assert "| a vs b | 2 x | ≤ 2.5 x | met |" in table(lines)


def test_a_missed_target_is_said() -> None:
    assert "MISSED" in table([Line("x", "y", 3.0, 2.0, "x")])


def test_setup_is_undone_when_a_case_fails() -> None:
    undone: list[bool] = []

    def bad() -> dict[str, float]:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        run(Bench("x", {"a": bad}, (), setup=lambda: lambda: undone.append(True)))
    assert undone == [True]


def test_a_process_is_measured_and_a_failure_raises() -> None:
    measured = process([sys.executable, "-c", "b = b'x' * 30_000_000"])
    assert measured["mb"] > 30
    assert measured["s"] > 0
    with pytest.raises(RuntimeError):
        process([sys.executable, "-c", "raise SystemExit(3)"])
    assert timed(lambda: None)()["s"] >= 0
