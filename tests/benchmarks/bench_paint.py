"""The real program in a terminal: how soon it shows something, and what a large file costs it in memory.

Measured from the start of the process to the moment a word is on the screen, against Textual apps that do nothing else.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.benchmarks.harness import Bench, Target
from tests.benchmarks.leads import make
from tests.e2e.terminal import Terminal

_HOMES = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")


class _Place:
    """A folder with large files, and homes of its own for the program."""

    def __init__(self, **rows: int) -> None:
        self._rows = rows
        self.paths: dict[str, Path] = {}

    def make(self) -> Callable[[], None]:
        folder = Path(tempfile.mkdtemp(prefix="ztui-bench-"))
        before = {name: os.environ.get(name) for name in _HOMES}
        for name in _HOMES:
            os.environ[name] = str(folder / name)
        for name, rows in self._rows.items():
            self.paths[name] = make(folder / f"{name}.csv", rows)

        def clean_up() -> None:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value
            shutil.rmtree(folder)

        return clean_up


def _shown(word: str, *arguments: str, module: str = "ztui") -> Mapping[str, float]:
    """Seconds until the word is on the screen."""
    begun = time.perf_counter()
    with Terminal(arguments, module=module) as terminal:
        terminal.wait_for(word)
        took = time.perf_counter() - begun
        terminal.keys("ctrl+q")
        terminal.end()
    return {"s": took}


def paint_bench(rows: int = 1_000_000, large: int = 4_500_000) -> Bench:
    """First pictures; the rows of the large file are more than a gigabyte."""
    place = _Place(file=rows, large=large)
    bare = "tests.benchmarks.bare_app"
    return Bench(
        "first picture in a terminal",
        {
            "bare app": lambda: _shown("hello", module=bare),
            "table": lambda: _shown("cell 30 4", "table", module=bare),
            "ztui": lambda: _shown("Recent files"),
            "greeting": lambda: _shown("opening file.csv", str(place.paths["file"])),
            "file": lambda: _shown("Lovelace", str(place.paths["file"])),
            "large file": lambda: _shown("Lovelace", str(place.paths["large"])),
        },
        (
            Target("list of runs vs a bare Textual app", ("ztui", "s"), 1.3, ("bare app", "s")),
            Target("word on the file vs a bare Textual app", ("greeting", "s"), 1.3, ("bare app", "s")),
            Target(f"rows of a file with {rows:,} vs a bare Textual app", ("file", "s"), 1.5, ("bare app", "s")),
            Target("rows of a file beyond 1 GB vs a static table", ("large file", "s"), 1.2, ("table", "s")),
        ),
        place.make,
        rounds=7,
    )


def _tree(root: int) -> set[int]:
    """A process and all that it started (Linux)."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:  # ended in this moment
            continue
    found = {root}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _resident(root: int) -> float:
    """Megabytes resident of a process and all that it started; pages that they share count for each."""
    total = 0
    for pid in _tree(root):
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        except OSError:  # ended in this moment
            continue
    return total * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory_bench(rows: int = 10_000_000) -> Bench:
    """The whole program, its child processes with it, while a large file is indexed and checked (minutes; Linux)."""
    place = _Place(file=rows)

    def measure() -> Mapping[str, float]:
        with Terminal(["--sandbox", str(place.paths["file"])]) as terminal:
            peak, done = 0.0, threading.Event()

            def watch() -> None:
                nonlocal peak
                while not done.wait(0.25):
                    peak = max(peak, _resident(terminal.process.pid))

            watcher = threading.Thread(target=watch)
            watcher.start()
            begun = time.perf_counter()
            terminal.wait_for(f"{rows:,} rows", timeout=900)
            indexed = time.perf_counter() - begun
            terminal.keys("c")
            terminal.wait_for("rows will be sent", timeout=1800)
            checked = time.perf_counter() - begun - indexed
            done.set()
            watcher.join()
            terminal.keys("ctrl+q")
            terminal.end()
        return {"mb": peak, "index_s": indexed, "check_s": checked}

    return Bench(
        f"whole program, {rows:,} rows open and checked",
        {"ztui": measure},
        (Target("largest sum of resident memory", ("ztui", "mb"), 1000, unit="MB"),),
        place.make,
        rounds=1,
    )


def benches() -> list[Bench]:
    """All of this module's benchmarks."""
    return [paint_bench(), memory_bench()]
