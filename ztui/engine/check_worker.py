"""A child process that checks ranges of a file: `python -m ztui.engine.check_worker`. Talks pickled frames on pipes.

Started by `preflight_pool`, never forked, and loads neither the interface nor the network. Reads (name, arguments)
frames from standard input and answers each with ("ok", result) or ("error", ZtuiError or text) on standard output. Ends
with its input.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
from array import array
from pathlib import Path
from typing import Any, BinaryIO

from ztui.csvfile.scan import resync
from ztui.engine.preflight_repeats import KeyFile, KeysJob, KeyTexts, key_numbers, meeting, read_keys, repeated_share
from ztui.engine.preflight_segment import Job, SegmentCheck, SegmentResult
from ztui.errors import ZtuiError

LENGTH = struct.Struct(">Q")
NICENESS = 5


def child_command(module: str) -> list[str]:
    """The command that runs a module of ours as a child; nothing in the working directory can get in its way (-P)."""
    return [sys.executable, "-P", "-m", module]


def child_environment() -> dict[str, str]:
    """The environment of a child: ours, and the place this very package was loaded from."""
    root = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH")
    return {**os.environ, "PYTHONPATH": root + (os.pathsep + known if known else "")}


def read_frame(stream: BinaryIO) -> Any:
    """The next frame; EOFError at the end."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        raise EOFError
    return pickle.loads(stream.read(LENGTH.unpack(head)[0]))  # our own parent is the only writer


def frame(value: object) -> bytes:
    """A value as a frame."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


class Worker:
    """The child's side: one job at a time, compiled once."""

    def __init__(self) -> None:
        self._check: SegmentCheck | None = None

    def job(self, job: Job) -> None:
        """Take a job; the ranges that follow belong to it."""
        self._check = SegmentCheck(job)

    def head(self, most: int) -> SegmentResult:
        """The first `most` records, exactly."""
        check = self._of()
        return check.run(check.job.info.data_start, None, most=most, exact=True)

    def segment(self, start: int | None, at: int, end: int | None, keys: str) -> SegmentResult | None:
        """The range from `start` (or, when None, from the first record at or behind `at`) to `end`.

        Key numbers go to files `keys` + slot instead of into the result. None when no record's start can be made out.
        """
        check = self._of()
        info = check.job.info
        if start is None:
            start = resync(info.data_path, info.dialect, check.rules.width, at)
            if start is None or (end is not None and start >= end):
                return None
        result = check.run(start, end)
        write_keys(result, keys)
        return result

    def repeated(self, files: tuple[KeyFile, ...], turn: int, turns: int) -> set[int]:
        """See `repeated_share`."""
        return repeated_share(files, turn, turns)

    def meeting(self, files: tuple[KeyFile, ...], twice: set[int]) -> array[int]:
        """See `preflight_repeats.meeting`."""
        return meeting(files, twice)

    def numbers(self, job: KeysJob) -> set[int]:
        """See `key_numbers`."""
        return key_numbers(self._of(), job)

    def keys(self, job: KeysJob) -> KeyTexts:
        """See `read_keys`."""
        return read_keys(self._of(), job)

    def _of(self) -> SegmentCheck:
        if self._check is None:
            raise RuntimeError("no job yet")
        return self._check


def write_keys(result: SegmentResult, prefix: str) -> None:
    """Move the result's key numbers into files named `prefix` + slot."""
    for slot, numbers in result.keys.items():
        with Path(f"{prefix}{slot}").open("wb") as stream:
            numbers.tofile(stream)
        result.keys[slot] = array("q")


def main() -> None:
    """Answer frames until the input ends."""
    os.nice(NICENESS)
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    worker = Worker()
    while True:
        try:
            name, arguments = read_frame(incoming)
        except EOFError:
            return
        answer: tuple[str, object]
        try:
            answer = ("ok", getattr(worker, name)(*arguments))
        except (ZtuiError, OSError) as problem:
            answer = ("error", problem)
        outgoing.write(frame(answer))
        outgoing.flush()


if __name__ == "__main__":
    main()
