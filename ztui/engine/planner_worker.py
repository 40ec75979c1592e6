"""A child process that packs a plan: `python -m ztui.engine.planner_worker`. Keeps the interface's process free.

Reads one pickled (plan, folder) frame from standard input and writes a ("part", Part) frame for each part, then
("done", None), or ("error", exception), to standard output. Loads neither the interface nor the network.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from ztui.csvfile.parts import DonePart
from ztui.engine.check_worker import NICENESS, frame, read_frame
from ztui.engine.planner_pack import pack_parts
from ztui.engine.planner_source import verify_source
from ztui.errors import ZtuiError
from ztui.model.part import Part


def part_of(done: DonePart) -> Part:
    """A finished part in the model's words."""
    return Part(
        done.number,
        done.path,
        done.csv_name,
        tuple(done.records),
        tuple(done.lines),
        done.zipped.content_bytes,
        done.zipped.zip_bytes,
        done.zipped.sha256,
        done.canary,
    )


def main() -> None:
    """Pack one plan."""
    os.nice(NICENESS)
    # The compressing threads want the interpreter for a moment after each piece; by default each waits 5 ms for it.
    sys.setswitchinterval(0.0005)
    outgoing = sys.stdout.buffer

    def say(kind: str, value: object) -> None:
        outgoing.write(frame((kind, value)))
        outgoing.flush()

    plan, folder = read_frame(sys.stdin.buffer)
    try:
        unchanged = verify_source(plan)

        def hand_over(part: DonePart) -> None:
            unchanged()
            say("part", part_of(part))

        pack_parts(plan, Path(folder), hand_over)
    except (ZtuiError, OSError) as problem:
        say("error", problem)
    else:
        say("done", None)


if __name__ == "__main__":
    main()
