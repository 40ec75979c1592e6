"""Zips, charsets, delimiters."""

from __future__ import annotations

import pytest

from tests.sandbox.driver import zip_of
from ztui.sandbox import archive

ZIP = zip_of({"a/b.csv": "x", "c.txt": "y", ".hidden.csv": "z", "D.CSV": "w"})


def test_csvs_in_a_zip() -> None:
    assert archive.is_zip(ZIP)
    assert not archive.is_zip(b"PK\x03\x04 no")
    assert archive.csv_names(ZIP) == ["a/b.csv", "D.CSV"]
    assert archive.csv_names(b"no") == []
    assert archive.base_name("a\\b.csv") == "b.csv"


def test_damage_is_a_failed_job_not_a_crash() -> None:
    data = bytearray(zip_of({"a.csv": "some text " * 1000}))
    data[60] ^= 0xFF
    with pytest.raises(archive.BadFile, match="INVALID_FILE_FORMAT"):
        archive.read_entry(bytes(data), "a.csv")
    with pytest.raises(archive.BadFile, match="INVALID_FILE_FORMAT"):
        archive.read_entry(ZIP, "none.csv")
    with pytest.raises(archive.BadFile, match="FILE_TOO_LARGE"):
        archive.read_entry(zip_of({"a.csv": "x" * 101}), "a.csv", 100)


@pytest.mark.parametrize(
    ("content", "declared", "found"),
    [
        ("ä".encode(), None, ("utf-8-sig", "UTF-8")),
        ("ä".encode(), "utf8", ("utf-8-sig", "utf8")),
        ("ä".encode("cp1252"), None, ("cp1252", "windows-1252")),
        ("ä".encode("utf-16"), None, ("utf-16", "UTF-16")),
        ("\ufeffä".encode("utf-16-le"), "UTF-16LE", ("utf-16", "UTF-16LE")),
        ("\ufeffä".encode("utf-32-be"), "UTF-32BE", ("utf-32", "UTF-32BE")),
        ("ä".encode("utf-16-le"), "UTF-16LE", ("UTF-16LE", "UTF-16LE")),
        (b"", None, ("utf-8-sig", "UTF-8")),
    ],
)
def test_charsets(content: bytes, declared: str | None, found: tuple[str, str]) -> None:
    assert archive.charset_of(content, declared) == found


def test_half_a_character_at_the_end_of_a_piece() -> None:
    half = "ä".encode()[:1]
    assert archive.charset_of(half, None, partial=True)[1] == "UTF-8"
    assert archive.charset_of(half, None)[1] == "windows-1252"


@pytest.mark.parametrize("name", ["utf-8", "ISO-8859-1", "cp850", "shift_jis"])
def test_known_charsets(name: str) -> None:
    assert archive.known_charset(name)


@pytest.mark.parametrize(
    "name", ["", "nope", "base64", "punycode", "unicode_escape", "a\x00b", "ä", "utf-8\n", " utf-8"]
)
def test_unknown_charsets(name: str) -> None:
    assert not archive.known_charset(name)


def test_rows_keep_line_breaks_within_quotes() -> None:
    content = 'a;b\r\n"one\r\ntwo";"x;""y"""\r\n\r\n;\r\nlast\u2028;z'.encode()
    assert list(archive.rows_of(content, "utf-8")) == [
        ["a", "b"],
        ["one\r\ntwo", 'x;"y"'],
        ["", ""],
        ["last\u2028", "z"],
    ]


def test_the_same_entries_give_the_same_bytes() -> None:
    assert archive.zipped([("a.csv", b"x")]) == archive.zipped([("a.csv", b"x")])


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"Start\n09:30\n10:45\n", [["Start"], ["09:30"], ["10:45"]]),
        (b"\nWebsite\nhttps://a.example/x\n", [["Website"], ["https://a.example/x"]]),
        (b'"A,\nB"\n"1;2"\n', [["A,\nB"], ["1;2"]]),
        (b'"A,B";C\n1,2;3\n', [["A,B", "C"], ["1,2", "3"]]),
    ],
)
def test_only_the_header_line_tells_the_delimiter(content: bytes, rows: list[list[str]]) -> None:
    """Times and addresses below a header of one column hold colons of their own."""
    assert list(archive.rows_of(content, "utf-8")) == rows
