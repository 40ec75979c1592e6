"""Private copies: what does not decode is marked, what is no text at the end is left out."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from ztui.csvfile import normalise
from ztui.csvfile.detect import detect
from ztui.csvfile.normalise import end_of_text, transcode
from ztui.csvfile.reader import read_rows
from ztui.csvfile.structure import StructureScan

TEXT = "Name,City\nZoë,Köln\n"


@pytest.mark.parametrize(
    ("encoding", "data", "bad_line"),
    [
        ("utf-16-le", "A,B\n1,2\n".encode("utf-16-le") + b"\x00\xd8" + "x,y\n".encode("utf-16-le"), 3),
        ("shift_jis", b"A,B\n\x82,2\n", 2),
        ("utf-16-be", "A,B\n1,2\n".encode("utf-16-be") + b"\x41", 3),
    ],
)
def test_what_does_not_decode_is_marked_in_its_line(encoding: str, data: bytes, bad_line: int, tmp_path: Path) -> None:
    """So that it is found and refused like any other damage, rather than sent as a replacement sign."""
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    copy, replaced = transcode(path, encoding, 0, tmp_path)
    assert replaced == 1
    lines = copy.read_bytes().splitlines()
    assert [n for n, line in enumerate(lines, 1) if b"\xff" in line] == [bad_line]


def test_a_replacement_sign_of_the_source_is_no_damage(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("A\nx\ufffd\n".encode("utf-16-le"))
    copy, replaced = transcode(path, "utf-16-le", 0, tmp_path)
    assert (copy.read_text("utf-8"), replaced) == ("A\nx\ufffd\n", 0)


@pytest.mark.parametrize("rest", [b"\n", b"\0", b"\x1a"])
def test_half_a_character_added_at_the_end_is_no_record(rest: bytes, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(TEXT.encode("utf-16") + rest)
    info = detect(str(path), workdir=tmp_path)
    assert StructureScan(info.data_path, info.dialect, 2, info.data_start).run().count == 1


@pytest.mark.parametrize(
    ("end", "kept"),
    [
        (b"", None),
        (b"\x1a", 0),
        (b"\x1a\r\n", 0),
        (b"\0" * 300, 0),
        (b"\0\n\0\n\x1a", 0),
        (b"Bob,\0\n", None),
        (b"Bob,x\0", None),
        (b"Bob,x\x1a", 5),
        (b"Bob,x\n\n", None),
    ],
)
def test_what_is_no_text_at_the_end_is_left_out(
    end: bytes, kept: int | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = TEXT.encode()
    path = tmp_path / "f.csv"
    path.write_bytes(text + end)
    for look in (1 << 16, 7, 1):
        monkeypatch.setattr(normalise, "_END", look)
        assert end_of_text(path) == (None if kept is None else len(text) + kept), look


def test_a_long_end_of_nuls_is_not_held_in_memory(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(TEXT.encode())
    with path.open("r+b") as stream:
        stream.truncate(200 << 20)
    tracemalloc.start()
    try:
        assert end_of_text(path) == len(TEXT.encode())
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()


def test_a_small_table_with_many_nuls_behind_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(TEXT.encode() + b"\0" * 5000)
    info = detect(str(path), workdir=tmp_path)
    assert info.data_path.read_bytes() == TEXT.encode()


def test_an_end_mark_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(TEXT.encode("cp1252") + b"\x1a")
    info = detect(str(path), workdir=tmp_path)
    rows = read_rows(info.data_path, info.dialect, info.data_start, info.dialect.first_line, 0, 0, 9)
    assert [row.cells for row in rows] == [("Zoë", "Köln")]
    assert path.read_bytes().endswith(b"\x1a")
    assert any(what == "The end left out" for what, _ in info.notes)
