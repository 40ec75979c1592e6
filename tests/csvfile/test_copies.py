"""Private copies: gone when not needed any more, and told from those of the living when their owner was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ztui.csvfile import copies
from ztui.csvfile.copies import discard, forsaken, private_copy, private_folder

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


FOLDER_OWNER = """
import sys, tempfile
tempfile.tempdir = sys.argv[1]
from ztui.csvfile.copies import private_folder
with private_folder() as path:
    (path / "keys").write_text("a@b.example")
    print(path, flush=True)
    sys.stdin.read()
"""


def test_a_folder_is_private_and_goes_with_the_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with private_folder() as path:
        assert path.parent == tmp_path
        assert path.stat().st_mode & 0o777 == 0o700
        (path / "part").mkdir()
    assert list(tmp_path.iterdir()) == []
    assert path not in copies._held


def test_folders_of_a_killed_process_are_forsaken_and_those_of_the_living_are_not(tmp_path: Path) -> None:
    owner = subprocess.Popen(
        [sys.executable, "-c", FOLDER_OWNER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert owner.stdout is not None
    theirs = aged(Path(owner.stdout.readline().strip()))
    mine = tmp_path / "ztui-leads-of-today"
    mine.mkdir(mode=0o700)
    aged(mine)
    assert forsaken(tmp_path) == []
    owner.kill()
    owner.communicate()
    assert forsaken(tmp_path) == [theirs]
    discard(theirs)
    assert list(tmp_path.iterdir()) == [mine]


NAMES = ("ztui-copy-0123456789abcdef-links_00.csv", "ztui-copy-0123456789abcdef-folder_0.csv")


def test_what_is_no_copy_of_ours_is_left_alone(tmp_path: Path) -> None:
    """A young copy, a link, a folder, a file with another mode, and files that people named."""
    with private_copy(tmp_path) as (copy, _):
        pass
    os.close(copies._held.pop(copy))  # as if the process that made it had died
    assert forsaken(tmp_path) == []
    aged(copy)
    mine = [tmp_path / name for name in ("people.csv", "ztui-refused.csv", "ztui-copy-leads_de.csv")]
    for path in mine:
        path.write_text("A\n")
        path.chmod(0o600)
        aged(path)
    (tmp_path / NAMES[0]).symlink_to(mine[0])
    os.utime(tmp_path / NAMES[0], (0, 0), follow_symlinks=False)
    (tmp_path / NAMES[1]).mkdir(mode=0o600)
    shared = copy.with_name(copy.name[:-5] + ("1.csv" if copy.name.endswith("0.csv") else "0.csv"))
    shared.write_text("A\n")
    shared.chmod(0o644)
    aged(shared)
    assert forsaken(tmp_path) == [copy]
