"""Whatever is named becomes a plain file or a refusal with a code; copies are private and go away on failure."""

from __future__ import annotations

import gzip
import io
import os
import select
import socket
import sys
import threading
import zipfile
from collections import namedtuple
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import pytest

from tests.csvfile.nasty import PLAIN, zipped
from ztui import catalogue
from ztui.csvfile import sources
from ztui.csvfile.detect import detect
from ztui.csvfile.sources import acquire
from ztui.errors import SourceError
from ztui.model.table import DialectOverrides

CELLS = bytes(range(256)) * 40


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


def locked_zip() -> bytes:
    data = bytearray(zipped({"a.csv": PLAIN}))
    data[6] |= 1  # the flag in the local header, and in the directory
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


REFUSED = {
    "empty": (b"", "FILE_EMPTY"),
    "blank lines only": (b"\n\r\n\n", "FILE_BLANK"),
    "picture": (b"\x89PNG\r\n\x1a\n" + CELLS, "BINARY_FILE"),
    "pdf": (b"%PDF-1.7\n", "BINARY_FILE"),
    "program": (b"\x7fELF\x02\x01\x01" + CELLS, "BINARY_FILE"),
    "noise": (CELLS, "BINARY_FILE"),
    "end mark only": (b"\x1a", "FILE_BLANK"),
    "a few zeros": (b"\0\0", "FILE_BLANK"),
    "zeros": (bytes(5000), "BINARY_FILE"),
    "gzip cut short": (gzip.compress(PLAIN * 500)[:-20], "FILE_DAMAGED"),
    "gzip with a wrong sum": (gzip.compress(PLAIN)[:-8] + b"\0" * 8, "FILE_DAMAGED"),
    "gzip of nothing": (gzip.compress(b""), "FILE_EMPTY"),
    "zip cut short": (zipped({"a.csv": PLAIN})[:-10], "FILE_DAMAGED"),
    "empty zip": (zipped({}), "NO_FILE_INSIDE"),
    "zip of an empty file": (zipped({"a.csv": b""}), "FILE_EMPTY"),
    "zip of two": (zipped({"a.csv": PLAIN, "b.csv": PLAIN}), "SEVERAL_MEMBERS"),
    "zip with a password": (locked_zip(), "FILE_LOCKED"),
    "word document": (zipped({"[Content_Types].xml": b"x", "word/document.xml": b"x"}), "BINARY_FILE"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses_with_a_code(name: str, tmp_path: Path, copies: Path) -> None:
    data, code = REFUSED[name]
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    with pytest.raises(SourceError) as caught:
        detect(str(path), workdir=copies)
    assert caught.value.code == code
    assert caught.value.details["path"] == str(path)
    assert catalogue.resolve("local", code) is not None
    assert list(copies.iterdir()) == []


@pytest.mark.parametrize("kind", ["zip", "gzip"])
def test_an_archive_that_would_fill_the_disk_is_no_table(
    kind: str, tmp_path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "_BOMB_SIZE", 4 << 20)
    for size, fits in ((4 << 20, True), (9 << 20, False)):
        text = b"A,B\n".ljust(size, b"\n")
        path = tmp_path / "file"
        path.write_bytes(gzip.compress(text) if kind == "gzip" else zipped({"a.csv": text}))
        if fits:
            assert acquire(str(path), copies).data_path.stat().st_size == size
            continue
        before = set(copies.iterdir())
        with pytest.raises(SourceError) as caught:
            acquire(str(path), copies)
        assert caught.value.code == "FILE_DAMAGED"
        assert set(copies.iterdir()) == before


def test_links_that_lead_to_each_other_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.csv").symlink_to("b.csv")
    (tmp_path / "b.csv").symlink_to("a.csv")
    with pytest.raises(SourceError) as caught:
        acquire(str(tmp_path / "a.csv"))
    assert (caught.value.code, caught.value.details["target"]) == ("NO_SUCH_FILE", "b.csv")


def test_names_the_members_of_a_zip(tmp_path: Path) -> None:
    path = tmp_path / "two.zip"
    path.write_bytes(zipped({"leads.csv": PLAIN, "contacts.csv": PLAIN, "readme.md": b"x"}))
    with pytest.raises(SourceError) as caught:
        acquire(str(path))
    assert caught.value.details["names"] == "leads.csv, contacts.csv"
    assert caught.value.details["count"] == 2


def test_takes_the_one_table_of_a_zip(tmp_path: Path, copies: Path) -> None:
    path = tmp_path / "export.zip"
    path.write_bytes(zipped({"leads.csv": PLAIN, "readme.md": b"x"}))
    source = acquire(str(path), copies)
    assert source.data_path.read_bytes() == PLAIN
    assert source.note == ("zip", "its one file, leads.csv")
    assert source.temporary


@pytest.mark.parametrize(
    ("name", "code"), [("missing.csv", "NO_SUCH_FILE"), ("", "IS_FOLDER"), ("a\0b", "NO_SUCH_FILE")]
)
def test_names_that_are_no_file(name: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        detect(str(tmp_path / name) if "\0" not in name else name)
    assert caught.value.code == code


def test_a_file_is_no_folder_and_a_name_has_an_end(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(PLAIN)
    for name in (str(tmp_path / "a.csv" / "b.csv"), str(tmp_path / ("x" * 5000))):
        with pytest.raises(SourceError) as caught:
            detect(name)
        assert caught.value.code == "NO_SUCH_FILE"


def test_proposes_the_nearest_name(tmp_path: Path) -> None:
    (tmp_path / "leads-2026.csv").write_bytes(PLAIN)
    with pytest.raises(SourceError) as caught:
        detect(str(tmp_path / "leads_2026.csv"))
    assert caught.value.details["similar"] == str(tmp_path / "leads-2026.csv")


def test_no_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(PLAIN)
    opened = Path.open

    def refuse(self: Path, *args: object, **more: object) -> object:
        if self == path:  # root may read anything, so the refusal is the system's word, not the mode bits
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **more)  # type: ignore[call-overload]

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError) as caught:
        detect(str(path))
    assert caught.value.code == "NO_PERMISSION"


def test_a_failing_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> object:
        raise OSError(5, "Input/output error")

    path = tmp_path / "f.csv"
    path.write_bytes(PLAIN)
    monkeypatch.setattr(Path, "open", fail)
    with pytest.raises(SourceError) as caught:
        detect(str(path))
    assert (caught.value.code, caught.value.details["reason"]) == ("CANNOT_READ", "Input/output error")


def test_a_socket_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # socket names are short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("s")
        with pytest.raises(SourceError) as caught:
            detect("s")
    assert caught.value.code == "NOT_A_FILE"


def test_a_pipe_is_copied_once_and_privately(tmp_path: Path, copies: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(gzip.compress(PLAIN),))
    writer.start()
    info = detect(str(pipe), workdir=copies)
    writer.join()
    assert info.data_path.read_bytes() == PLAIN
    assert info.temporary
    assert list(copies.iterdir()) == [info.data_path]
    assert info.data_path.stat().st_mode & 0o777 == 0o600


def test_standard_input(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("a;b\n1;ü\n".encode("utf-16"))))
    info = detect("-", workdir=copies)
    assert info.headers == ("a", "b")
    assert info.name == "standard input"
    assert list(copies.iterdir()) == [info.data_path]


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(blocks: Iterator[bytes], out: BinaryIO, folder: Path) -> int:
        out.write(next(blocks))
        raise OSError(28, "No space left on device")

    path = tmp_path / "f.csv.gz"
    path.write_bytes(gzip.compress(PLAIN))
    monkeypatch.setattr(sources, "copy_into", full)
    with pytest.raises(SourceError) as caught:
        acquire(str(path), copies)
    assert caught.value.code == "NO_ROOM"
    assert list(copies.iterdir()) == []


def test_stops_before_the_disk_is_full(tmp_path: Path, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = namedtuple("space", "f_bavail f_frsize")
    monkeypatch.setattr(os, "statvfs", lambda _: space(1000, 512))
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(40 << 20)))
    with pytest.raises(SourceError) as caught:
        acquire(str(path), copies)
    assert caught.value.code == "NO_ROOM"
    assert list(copies.iterdir()) == []


@pytest.mark.parametrize(
    ("overrides", "code"),
    [
        (DialectOverrides(delimiter=";;"), "DELIMITER_INVALID"),
        (DialectOverrides(delimiter=""), "DELIMITER_INVALID"),
        (DialectOverrides(delimiter="\n"), "DELIMITER_INVALID"),
        (DialectOverrides(quotechar="''"), "QUOTE_INVALID"),
        (DialectOverrides(quotechar=";", delimiter=";"), "QUOTE_INVALID"),
        (DialectOverrides(header_line=-1), "HEADER_LINE_INVALID"),
        (DialectOverrides(encoding="klingon"), "ENCODING_UNKNOWN"),
        (DialectOverrides(encoding="rot13"), "ENCODING_UNKNOWN"),
        (DialectOverrides(encoding=""), "ENCODING_UNKNOWN"),
    ],
)
def test_wishes_that_make_no_sense(overrides: DialectOverrides, code: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(PLAIN)
    with pytest.raises(SourceError) as caught:
        detect(str(path), overrides)
    assert caught.value.code == code
    assert catalogue.resolve("local", code) is not None


def test_too_wide_and_too_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"x," * 20_000 + b"\n1,2\n")
    with pytest.raises(SourceError) as caught:
        detect(str(path))
    assert caught.value.code == "HEADER_TOO_WIDE"
    path.write_bytes(b"x" * (17 << 20))
    with pytest.raises(SourceError) as caught:
        detect(str(path))
    assert caught.value.code == "LINE_TOO_LONG"


def test_a_zip_with_a_method_nobody_knows(tmp_path: Path) -> None:
    data = bytearray(zipped({"a.csv": PLAIN}))
    at = data.index(b"PK\x01\x02")
    data[at + 10 : at + 12] = b"\x63\x00"
    path = tmp_path / "odd.zip"
    path.write_bytes(data)
    assert zipfile.is_zipfile(path)
    with pytest.raises(SourceError) as caught:
        acquire(str(path))
    assert caught.value.code == "FILE_DAMAGED"


def test_a_pipe_that_does_not_wait_is_read_to_its_end(copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    silent = threading.Event()
    wait = select.select

    def waited(*streams: Sequence[BinaryIO]) -> object:
        silent.set()
        return wait(streams[0], streams[1], streams[2])

    def write() -> None:
        for row in (b"a,b\n", b"1,2\n", b"3,4\n"):
            assert silent.wait(10)
            silent.clear()
            os.write(writing, row)
        os.close(writing)

    monkeypatch.setattr(select, "select", waited)
    writer = threading.Thread(target=write)
    with os.fdopen(reading, "rb") as stream:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(stream))
        writer.start()
        source = acquire("-", copies)
        writer.join()
    assert source.data_path.read_bytes() == b"a,b\n1,2\n3,4\n"


def test_a_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(SourceError) as caught:
        acquire("-")
    assert (caught.value.code, caught.value.details["path"]) == ("CANNOT_READ", "standard input")


def test_an_empty_standard_input_goes_by_its_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"")))
    with pytest.raises(SourceError) as caught:
        acquire("-", tmp_path)
    assert (caught.value.code, caught.value.details["path"]) == ("FILE_EMPTY", "standard input")
    assert not list(tmp_path.iterdir())


def test_a_link_to_nowhere_is_told_as_such(tmp_path: Path) -> None:
    link = tmp_path / "leads.csv"
    link.symlink_to(tmp_path / "gone.csv")
    with pytest.raises(SourceError) as caught:
        acquire(str(link))
    assert caught.value.code == "NO_SUCH_FILE"
    assert caught.value.details["target"] == str(tmp_path / "gone.csv")
    assert "similar" not in caught.value.details
