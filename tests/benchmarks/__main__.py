"""Runs the benchmarks and prints the table: `python -m tests.benchmarks [WORD …] [--rounds N]`.

With words, only benchmarks whose module or name holds one of them. Ends with 1 when a target was missed.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys

from tests import benchmarks
from tests.benchmarks.harness import Bench, Line, run, table


def _all() -> list[tuple[str, Bench]]:
    found: list[tuple[str, Bench]] = []
    for info in pkgutil.iter_modules(benchmarks.__path__):
        if info.name.startswith("bench_"):
            module = importlib.import_module(f"tests.benchmarks.{info.name}")
            found.extend((info.name, bench) for bench in module.benches())
    return found


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def main() -> int:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("words", nargs="*", help="only benchmarks that hold one of these words")
    parser.add_argument("--rounds", type=int, default=None, help="rounds instead of each benchmark's own number")
    asked = parser.parse_args()
    lines: list[Line] = []
    for module, bench in _all():
        if asked.words and not any(word in module or word in bench.name for word in asked.words):
            continue
        measured, _ = run(bench, asked.rounds, _say)
        lines.extend(measured)
    sys.stdout.write(table(lines) + "\n")
    return 0 if all(line.met for line in lines) else 1


if __name__ == "__main__":
    raise SystemExit(main())
