"""A zip written piece by piece is a good zip, and the same one every time."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path

import pytest

from ztui.csvfile.zipping import ZipWriter, zip_overhead


def written(path: Path, pieces: list[bytes]) -> tuple[int, int, str]:
    writer = ZipWriter(path, "Leads-0001.csv")
    for piece in pieces:
        writer.write(piece)
    writer.finish()
    done = writer.close()
    return done.content_bytes, done.zip_bytes, done.sha256


@pytest.mark.parametrize("pieces", [[], [b"a,b\n"], [os.urandom(300_000), b"x" * 1_000_000, b""]])
def test_others_can_read_it(tmp_path: Path, pieces: list[bytes]) -> None:
    path = tmp_path / "p.zip"
    size, zipped, digest = written(path, pieces)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["Leads-0001.csv"]
        assert archive.read("Leads-0001.csv") == b"".join(pieces)
        info = archive.infolist()[0]
        assert info.date_time == (1980, 1, 1, 0, 0, 0)
    assert size == len(b"".join(pieces))
    assert zipped == path.stat().st_size
    assert zipped <= size + zip_overhead(size)
    assert digest == hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    one = written(tmp_path / "1.zip", [b"ab" * 1000, b"cd"])
    two = written(tmp_path / "2.zip", [b"ab" * 1000, b"cd"])
    assert one == two
    assert (tmp_path / "1.zip").read_bytes() == (tmp_path / "2.zip").read_bytes()


def test_a_disk_that_refuses_is_told_to_the_writer(tmp_path: Path) -> None:
    writer = ZipWriter(tmp_path / "nowhere" / "p.zip", "x.csv")
    writer.finish()
    with pytest.raises(FileNotFoundError):
        writer.close()


def test_many_pieces_after_a_failure_do_not_hang(tmp_path: Path) -> None:
    writer = ZipWriter(tmp_path / "nowhere" / "p.zip", "x.csv")

    def write_for_ever() -> None:
        while True:
            writer.write(b"x")

    with pytest.raises(FileNotFoundError):
        write_for_ever()
    writer.finish()


def test_discarding_leaves_nothing(tmp_path: Path) -> None:
    writer = ZipWriter(tmp_path / "p.zip", "x.csv")
    writer.write(b"x")
    writer.discard()
    assert list(tmp_path.iterdir()) == []
