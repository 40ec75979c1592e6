"""Detection says what it found and why; what it cannot know from the beginning is taken up again later."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ztui.csvfile import encoding
from ztui.csvfile.detect import detect, in_encoding, normalised, offset_of_line
from ztui.csvfile.encoding import Encoding, Utf8Tally, canonical, detect_encoding, in_place, judge
from ztui.csvfile.header import display_names
from ztui.csvfile.reader import read_rows
from ztui.errors import SourceError
from ztui.model.table import AS_DETECTED, Dialect, DialectOverrides


def write(tmp_path: Path, data: bytes) -> str:
    path = tmp_path / "file.csv"
    path.write_bytes(data)
    return str(path)


def test_notes_say_what_and_why(tmp_path: Path) -> None:
    info = detect(write(tmp_path, "sep=;\r\nName;Ort\r\nZoë;Köln\r\n".encode("cp1252")))
    assert info.notes == (
        ("Encoding Windows-1252", "not UTF-8; one byte per character"),
        ("Delimiter semicolon", "the first line says sep=;"),
        ("Header on line 2", "the first record reads like names"),
        ("Line ends CRLF", "seen in the first records"),
    )
    assert not info.temporary
    assert info.opened_with == DialectOverrides("cp1252", ";", '"', 2, False, skip_blanks=False)


def test_an_insisted_delimiter_is_said_to_be_so(tmp_path: Path) -> None:
    info = detect(write(tmp_path, b"a;b,c\n1;2,3\n"), DialectOverrides(delimiter=","))
    assert ("Delimiter comma", "as you said") in info.notes
    assert info.headers == ("a;b", "c")


def test_data_start_is_where_the_first_data_line_begins(tmp_path: Path) -> None:
    data = b'\xef\xbb\xbfTitle\n\n"Na\nme",Email\r\nAda,a@x.example\n'
    info = detect(write(tmp_path, data))
    assert info.dialect.first_line == 5
    assert data[info.data_start :] == b"Ada,a@x.example\n"


def test_a_header_beyond_the_first_64_kb_can_be_insisted_on(tmp_path: Path) -> None:
    data = b"note,of,no,use\n" * 8000 + b"Name,Email\nAda,a@x.example\n"
    info = detect(write(tmp_path, data), DialectOverrides(header_line=8001))
    assert info.headers == ("Name", "Email")
    assert data[info.data_start :] == b"Ada,a@x.example\n"


def test_a_header_line_beyond_the_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        detect(write(tmp_path, b"a,b\n1,2\n"), DialectOverrides(header_line=3))
    assert caught.value.code == "HEADER_LINE_INVALID"


def test_title_lines_with_open_quotes_do_no_harm_below_an_insisted_header(tmp_path: Path) -> None:
    info = detect(
        write(tmp_path, b"say \"hi\n\"\nName|Note\rAda|'a|b'\r"), DialectOverrides(header_line=3, quotechar="'")
    )
    assert info.headers == ("Name", "Note")
    rows = read_rows(info.data_path, info.dialect, info.data_start, info.dialect.first_line, 0, 0, 9)
    assert [(row.line, row.cells) for row in rows] == [(4, ("Ada", "a|b"))]
    info.data_path.unlink()


def test_a_cell_longer_than_the_first_look(tmp_path: Path) -> None:
    info = detect(write(tmp_path, b"Name;Note\nAda;" + b"x," * 200_000 + b"\nBob;y\nCyd;z\n"))
    assert (info.dialect.delimiter, info.headers) == (";", ("Name", "Note"))


def test_another_encoding_is_taken_up_with_its_header(tmp_path: Path) -> None:
    info = detect(write(tmp_path, "Größe,x\n1,2\n".encode("cp1252") + "é".encode() * 9), DialectOverrides("utf-8"))
    assert info.headers == ("Gr\udcf6\udcdfe", "x")
    moved = in_encoding(info, Encoding("cp1252", how="so it seems"))
    assert moved.headers == ("Größe", "x")
    assert moved.dialect.encoding == moved.opened_with.encoding == "cp1252"
    assert moved.notes[0] == ("Encoding Windows-1252", "so it seems, over the whole file")
    assert sum(what.startswith("Encoding") for what, _ in moved.notes) == 1


def test_lone_crs_behind_the_beginning_are_taken_out_in_a_copy(tmp_path: Path) -> None:
    info = detect(write(tmp_path, b"a,b\n" + b"1,2\n" * 20_000 + b'3,4\r5,"6\r7"\r'))
    moved = normalised(info, tmp_path / "copies")
    assert moved.data_path.read_bytes().endswith(b'1,2\n3,4\n5,"6\r7"\n')
    assert moved.temporary
    assert moved.data_path.parent == tmp_path / "copies"


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        (["", "", "Column 1"], ("Column 1 (2)", "Column 2", "Column 1")),
        (["a", "a", "a (2)", "a"], ("a", "a (3)", "a (2)", "a (4)")),
        ([" a\nb ", "\t"], ("a b", "Column 2")),
    ],
)
def test_names_are_unique(raw: list[str], names: tuple[str, ...]) -> None:
    assert display_names(raw) == names


@given(st.lists(st.sampled_from(["", " ", "a", "a (2)", "a (3)", "Column 1", "Column 2", "Column 1 (2)"]), max_size=9))
def test_names_are_always_unique_and_filled(raw: list[str]) -> None:
    names = display_names(raw)
    assert len(set(names)) == len(raw)
    assert all(names)


LINKEDIN = """Notes:
"When exporting your connection data, you may notice that some of the email addresses are missing, see https://x.example/"

First Name,Last Name,URL,Email Address,Company,Connected On
Ada,Lovelace,https://x.example/in/ada,,"Acme, Inc",03 Mar 2026
"""


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (LINKEDIN, 4),
        (LINKEDIN.rpartition("Ada")[0], 4),
        ("Export;Leads\nDate;2026-01-02\n\nName;Email;City;Zip\nA;a@x.example;B;1\nC;c@x.example;B;2\n", 4),
        ("Report\nName:City:Zip\n" + "Ada:Bonn:1\n" * 9, 2),
        ("Report\nZeit\n" + "10:20:30\n" * 9, 1),
        ("x,y,z\n4,5,6\n7,8,9\n", 1),
        ("1,2,3\n4,5,6\n7,8,9\n", 0),
        ("Product,2024-2025,2025-2026\nA,1,2\nB,3,4\n", 1),
        ("cust_no,cust_nm,st_cd\n00017,ACME,TX\n00018,GLOBEX,NY\n", 1),
        ("Alpha,Beta\nred,round\nblue,square\n", 1),
        ("Company\nAcme\nGlobex\n", 1),
        ("a@x.example\nb@x.example\n", 0),
        ("Home,Customer,ada@x.example\nOffice,Lead,bob@x.example\n", 0),
        ("Ada,Home Depot,Buyer,+1 512 5550123\nBob,Acme,CEO,+1 512 5550124\n", 0),
        ("LD-1001,Red,Round\nLD-1002,Blue,Square\nLD-1003,Pink,Flat\n", 0),
        ("Q1,Q2\nred,round\nblue,square\n", 1),
        ("Wert 1,Wert 2\nrot,rund\nblau,eckig\n", 1),
        ("John,Smith,Acme\nMary,Jones,Acme\nBob,Smith,Globex\n", 0),
    ],
)
def test_finds_the_header(text: str, line: int, tmp_path: Path) -> None:
    assert detect(write(tmp_path, text.encode())).dialect.header_line == line


DELIMITED = st.tuples(
    st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "cp1252", "utf-16"]), st.integers(0, 2**32), st.integers(2, 12)
)


@settings(max_examples=200, deadline=None)
@given(DELIMITED)
def test_finds_the_dialect_of_exports(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[str, str, int, int]
) -> None:
    delimiter, codec, seed, width = made
    draw = random.Random(seed)
    kinds: list[Callable[[], str]] = [
        lambda: draw.choice(["Zoë", "José Núñez", "Ann", "O'Neill", "Müller"]),
        lambda: f"{draw.choice('abc')}{draw.randrange(99)}@mail.example",
        lambda: f"{draw.randrange(9999)},{draw.randrange(99):02d}",
        lambda: f"{draw.randrange(1, 28):02d}.{draw.randrange(1, 12):02d}.2026 10:{draw.randrange(60):02d}",
        lambda: draw.choice(["Sales, EMEA", "a; b", "one | two", 'the "best"', "", "line\nbreak"]),
        lambda: f"https://www.x{draw.randrange(99)}.example/a,b;c",
    ]
    columns = [draw.choice(kinds) for _ in range(width)]
    names = draw.sample(
        ["Name", "E-mail", "Amount", "Created", "Note", "Web", "City", "Zip", "Fax", "Tag", "Age", "ID"], width
    )

    def cell(value: str) -> str:
        return '"' + value.replace('"', '""') + '"' if any(c in value for c in delimiter + '"\n') else value

    rows = [[column() for column in columns] for _ in range(draw.randrange(3, 40))]
    text = "".join(delimiter.join(map(cell, row)) + "\n" for row in [names, *rows])
    path = tmp_path_factory.mktemp("d") / "f.csv"
    path.write_bytes(text.encode(codec))
    info = detect(str(path), workdir=path.parent)
    assert info.dialect.delimiter == delimiter
    assert list(info.headers) == names
    found = read_rows(info.data_path, info.dialect, info.data_start, info.dialect.first_line, 0, 0, 100)
    assert [list(row.cells) for row in found] == [row for row in rows if row != [""]]


def test_the_tally_weighs_the_whole_file() -> None:
    tally = Utf8Tally()
    assert not tally.add(b"plain\n")
    assert tally.verdict().name == "utf-8"
    assert not tally.add("Zoë Köln Århus\n".encode())
    assert tally.add(b"Jos\xe9\n")
    assert (tally.valid, tally.invalid) == (3, 1)
    assert tally.verdict().name == "utf-8"
    assert tally.add("Größe Maß Bär Öl\n".encode("cp1252"))
    assert tally.verdict().name == "cp1252"
    assert tally.add(b"\x81\n")
    assert tally.verdict().name == "latin-1"


@example(data=[b"\xe9", b"\n", b"\xe9\x81\x81"], block=1)
@given(
    data=st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", "é€".encode(), b"\xe9", b"\x81"]), max_size=40),
    block=st.integers(1, 12),
)
def test_bytes_are_judged_alike_whatever_the_blocks(
    tmp_path_factory: pytest.TempPathFactory, data: list[bytes], block: int
) -> None:
    whole = b"".join(data)
    path = tmp_path_factory.mktemp("j") / "f.csv"
    path.write_bytes(whole)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "_BLOCK", block)
        patch.setattr(encoding, "_MOST", 1000)
        seen = judge(path)
    tally = Utf8Tally()
    tally.add(whole)
    assert seen.verdict == tally.verdict()
    assert seen.lone_cr == (b"\r" in whole.replace(b"\r\n", b""))


def test_a_character_cut_by_the_first_look_is_no_bad_byte() -> None:
    assert detect_encoding(("a" * 9 + "é").encode()[:-1], whole=False).name == "utf-8"
    assert detect_encoding(("a" * 9 + "é").encode()[:-1], whole=True).name == "cp1252"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("UTF8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("ascii", "utf-8"),
    ],
)
def test_names_of_encodings(name: str, expected: str) -> None:
    assert canonical(name) == expected


@pytest.mark.parametrize(
    ("name", "here"),
    [("utf-8", True), ("cp1252", True), ("koi8-r", True), ("utf-16-le", False), ("shift_jis", False), ("cp037", False)],
)
def test_which_encodings_are_read_in_place(name: str, here: bool) -> None:
    assert in_place(name) is here


def test_offset_of_a_line_beyond_the_end_is_the_end(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"a\nb\n")
    assert offset_of_line(path, Dialect(), 2) == 2
    assert offset_of_line(path, Dialect(), 9) == 4


def test_as_detected_has_no_wishes() -> None:
    assert DialectOverrides() == AS_DETECTED
