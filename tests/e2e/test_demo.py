"""The demo without a terminal, as a newcomer's shell runs it."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from ztui.engine import demo_file

REFUSED_BEFORE = sum(
    len(demo_file.FAULTS[kind])
    for kind in ("missing_last_name", "bad_email", "other_date_format", "too_long", "duplicate_in_file")
)
REFUSED_BY_ZOHO = len(demo_file.FAULTS["in_crm"])
ADDED = demo_file.ROWS - REFUSED_BEFORE - REFUSED_BY_ZOHO


def _ztui(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ztui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def test_the_demo_tells_the_whole_way_and_ends_with_the_count() -> None:
    done = _ztui("demo")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1] == (
        f"{ADDED} added, 0 updated, {REFUSED_BY_ZOHO} skipped, {REFUSED_BEFORE} not sent of {demo_file.ROWS} rows"
    )
    text = done.stdout
    assert "'surname' is another name for 'Last Name'" in text
    assert re.search(r"Part 1: job \d{15,} created", text)
    assert text.index("Part 1: ADDED") < text.index("Part 1: INPROGRESS") < text.index("Part 1: COMPLETED")
    assert "(DUPLICATE_DATA): 7 rows skipped" in text
    assert re.search(r"line 44: E-mail = \S+\(at\)example\.com", text)
    assert "What to do:" in text
    assert "\x1b" not in text
    assert "Mallory ␛[31mred" in text
    assert done.stderr == ""


def test_the_demo_leaves_nothing_behind(tmp_path: Path) -> None:
    done = _ztui("demo", "--headless", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["counts"]["added"] == ADDED
    assert sum(document["counts"].values()) == document["rows"] == demo_file.ROWS
    assert document["parts"][0]["job_id"]
    assert not Path(document["source"]).parent.exists()
    assert not Path(os.environ["XDG_STATE_HOME"]).exists()
    assert not Path(os.environ["XDG_CONFIG_HOME"]).exists()
