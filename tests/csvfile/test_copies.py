"""Private copies: gone when not needed any more, and told from those of the living when their owner was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ztui.csvfile import copies
from ztui.csvfile.copies import discard, forsaken, private_copy

OWNER = """
import sys, time
from pathlib import Path
from ztui.csvfile.copies import private_copy
with private_copy(Path(sys.argv[1])) as (path, out):
    out.write(b"A,B\\n1,2\\n")
print(path, flush=True)
sys.stdin.read()
"""


def aged(path: Path) -> Path:
    """The file as if it had been made an hour ago."""
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - 3600))
    return path


def test_a_copy_is_private_and_goes_when_discarded(tmp_path: Path) -> None:
    with private_copy(tmp_path) as (path, out):
        out.write(b"A\n1\n")
    assert path.read_bytes() == b"A\n1\n"
    assert path.stat().st_mode & 0o777 == 0o600
    discard(path)
    discard(path)
    assert not path.exists()
    assert path not in copies._held


def test_a_copy_that_fails_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), private_copy(tmp_path):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_copies_of_a_killed_process_are_forsaken_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    with private_copy(tmp_path) as (mine, _):
        pass
    owner = subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    theirs = Path(owner.stdout.readline().strip())
    aged(mine)
    aged(theirs)
    assert forsaken(tmp_path) == []
    owner.kill()
    owner.communicate()
    assert forsaken(tmp_path) == [theirs]
    discard(mine)


def test_young_files_links_and_files_of_other_names_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "ztui-young.csv").write_text("A\n")
    aged_file = tmp_path / "people.csv"
    aged_file.write_text("A\n")
    aged(aged_file)
    (tmp_path / "ztui-link.csv").symlink_to(aged_file)
    os.utime(tmp_path / "ztui-link.csv", (0, 0), follow_symlinks=False)
    (tmp_path / "ztui-folder.csv").mkdir()
    assert [p for p in forsaken(tmp_path) if p.is_file()] == []
