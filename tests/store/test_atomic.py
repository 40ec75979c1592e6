import errno
import os
import stat
from pathlib import Path

import pytest

from ztui.errors import StoreError
from ztui.store.atomic import store_error, write_whole


def test_written_private_and_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.toml"
    write_whole(path, b"one")
    write_whole(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["file.toml"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "profiles.toml"
    real.parent.mkdir()
    real.write_text("old")
    link = tmp_path / "profiles.toml"
    link.symlink_to(real)
    write_whole(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


def test_a_refusing_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "file"
    write_whole(path, b"old")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError) as caught:
        write_whole(path, b"new")
    assert caught.value.code == "STORE_FULL"
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize(
    ("number", "code"),
    [(errno.EROFS, "STORE_READ_ONLY"), (errno.EACCES, "STORE_READ_ONLY"), (errno.ENOSPC, "STORE_FULL")],
)
def test_the_reason_decides_the_code(number: int, code: str) -> None:
    error = store_error(Path("/x"), OSError(number, os.strerror(number)))
    assert (error.code, error.details["path"]) == (code, "/x")
