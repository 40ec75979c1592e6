"""Runs benchmarks fairly: interleaved rounds, medians, ratios of the same round, a table anyone can read.

A machine drifts by tens of percent within minutes, so seconds mean little; what counts is the ratio of two things done
right after one another. Every benchmark is a `Bench`: named cases, each a callable returning what it measured, and the
ratios (or figures) that are judged against a target. `run` interleaves the cases round by round.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

Measure = Callable[[], Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class Target:
    """One judged figure.

    `of` is (case, figure); with `against` given, the figure is divided by that case's figure of the same round and the
    median of the ratios is judged. `limit` is the most it may be.
    """

    title: str
    of: tuple[str, str]
    limit: float
    against: tuple[str, str] | None = None
    unit: str = "x"


@dataclass(frozen=True, slots=True)
class Bench:
    """A benchmark: cases measured in turn each round, and the targets their medians are held to.

    `setup` makes whatever the cases need (once, untimed) and may return a clean-up. `rounds` is the least number.
    """

    name: str
    cases: Mapping[str, Measure]
    targets: tuple[Target, ...]
    setup: Callable[[], Callable[[], None] | None] | None = None
    rounds: int = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table: the judged median, its limit and the medians of the figures it came from."""

    bench: str
    title: str
    value: float
    limit: float
    unit: str
    parts: tuple[tuple[str, float], ...] = ()

    @property
    def met(self) -> bool:
        """True when the figure is within its limit."""
        return self.value <= self.limit


@dataclass(slots=True)
class Rounds:
    """What was measured, by case, then figure, one number per round."""

    figures: dict[str, dict[str, list[float]]] = field(default_factory=dict)

    def add(self, case: str, measured: Mapping[str, float]) -> None:
        """Keep the figures of one case in one round."""
        kept = self.figures.setdefault(case, {})
        for name, value in measured.items():
            kept.setdefault(name, []).append(value)

    def median(self, case: str, figure: str) -> float:
        """The median of one figure over the rounds."""
        return statistics.median(self.figures[case][figure])

    def ratio(self, of: tuple[str, str], against: tuple[str, str]) -> float:
        """The median of the ratios within each round."""
        above = self.figures[of[0]][of[1]]
        below = self.figures[against[0]][against[1]]
        return statistics.median(a / b for a, b in zip(above, below, strict=True))


def run(bench: Bench, rounds: int | None = None, say: Callable[[str], None] | None = None) -> tuple[list[Line], Rounds]:
    """Measure a benchmark and judge it; `say` is told what is going on."""
    cleanup = bench.setup() if bench.setup else None
    seen = Rounds()
    try:
        for number in range(rounds or bench.rounds):
            for name, measure in bench.cases.items():
                measured = measure()
                seen.add(name, measured)
                if say:
                    told = " ".join(f"{key}={value:.4g}" for key, value in measured.items())
                    say(f"{bench.name} round {number + 1} {name}: {told}")
    finally:
        if cleanup:
            cleanup()
    lines = []
    for target in bench.targets:
        parts = [(f"{target.of[0]} {target.of[1]}", seen.median(*target.of))]
        if target.against is None:
            value = parts[0][1]
        else:
            parts.append((f"{target.against[0]} {target.against[1]}", seen.median(*target.against)))
            value = seen.ratio(target.of, target.against)
        lines.append(Line(bench.name, target.title, value, target.limit, target.unit, tuple(parts)))
    return lines, seen


def table(lines: Sequence[Line]) -> str:
    """The result as a Markdown table."""
    rows = ["| benchmark | what | measured | target | | medians |", "| --- | --- | --- | --- | --- | --- |"]
    for line in lines:
        parts = ", ".join(f"{name} {value:.4g}" for name, value in line.parts)
        mark = "met" if line.met else "MISSED"
        judged = f"{line.value:.3g} {line.unit} | ≤ {line.limit:g} {line.unit} | {mark}"
        rows.append(f"| {line.bench} | {line.title} | {judged} | {parts} |")
    return "\n".join(rows)


def processor_time() -> float:
    """Processor seconds of this process and of the children it has waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def timed(work: Callable[[], object]) -> Measure:
    """A measure of a call: `s` wall seconds, `cpu` seconds of this process and of the children it waited for.

    On a machine that does other things as well, the ratio of processor time says more than that of wall time.
    """

    def measure() -> dict[str, float]:
        busy, started = processor_time(), time.perf_counter()
        work()
        return {"s": time.perf_counter() - started, "cpu": processor_time() - busy}

    return measure


_LAUNCH = """
import json, os, resource, subprocess, sys, time
started = time.perf_counter()
with open(os.devnull, "wb") as nowhere:
    status = subprocess.run(sys.argv[1:], stdout=nowhere).returncode
usage = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([status, time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss]))
"""


def process(command: Sequence[str], *, feed: bytes | None = None) -> dict[str, float]:
    """Run a command to its end and measure it: `s` wall seconds, `cpu` seconds and `mb` peak resident megabytes.

    The peak is that of the command or of the largest of its children. A failing command raises. A small process
    starts the command, because Linux counts towards a new program's peak what its parent held at that moment.
    """
    launched = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCH, *command], input=feed, capture_output=True, check=True
    )
    status, took, cpu, peak = json.loads(launched.stdout)
    if status != 0:
        raise RuntimeError(f"{command[0]} ended with {status}")
    # Linux counts ru_maxrss in kilobytes, macOS in bytes.
    return {"s": took, "cpu": cpu, "mb": peak * (1 if sys.platform == "darwin" else 1024) / 1e6}


def python(code: str, *args: str) -> dict[str, float]:
    """Run a Python snippet in a fresh interpreter and measure it like `process`."""
    return process([sys.executable, "-c", code, *args])
