"""Hand-made files that trip up CSV readers, each with what must come out of it."""

from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Nasty:
    """A file and how it must read: `rows` are (physical line, cells), `dialect` what must have been detected.

    `codes` are the structure findings with the line each names first; `doubtful` when the letters look wrong.
    """

    name: str
    data: bytes
    headers: list[str]
    rows: list[tuple[int, list[str]]]
    dialect: dict[str, Any] = field(default_factory=dict)
    codes: dict[str, int] = field(default_factory=dict)
    suffix: str = ".csv"
    source_encoding: str = ""
    overrides: dict[str, Any] = field(default_factory=dict)
    doubtful: bool = False


def zipped(members: dict[str, bytes]) -> bytes:
    """A zip of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


PLAIN = b"Name,Email\nAda,ada@x.example\nBob,bob@x.example\n"
PLAIN_ROWS = [(2, ["Ada", "ada@x.example"]), (3, ["Bob", "bob@x.example"])]
BIG = "long " * 40_000

NASTY = [
    Nasty("plain", PLAIN, ["Name", "Email"], PLAIN_ROWS, {"encoding": "utf-8", "delimiter": ",", "header_line": 1}),
    Nasty("no final newline", PLAIN[:-1], ["Name", "Email"], PLAIN_ROWS),
    Nasty("utf-8 bom", b"\xef\xbb\xbf" + PLAIN, ["Name", "Email"], PLAIN_ROWS, {"encoding": "utf-8", "bom": True}),
    Nasty(
        "utf-8 bom without a header",
        b"\xef\xbb\xbfada@x.example;1\nbob@x.example;2\n",
        ["Column 1", "Column 2"],
        [(1, ["ada@x.example", "1"]), (2, ["bob@x.example", "2"])],
        {"bom": True, "header_line": 0, "first_line": 1},
    ),
    Nasty(
        "utf-8 bom and a quoted first header",
        b'\xef\xbb\xbf"Last, Name",Email\nAda,a@x.example\n',
        ["Last, Name", "Email"],
        [(2, ["Ada", "a@x.example"])],
    ),
    Nasty(
        "utf-16 le with bom",
        "Name\tCity\nZoë\tKöln\n李\t上海\n".encode("utf-16"),
        ["Name", "City"],
        [(2, ["Zoë", "Köln"]), (3, ["李", "上海"])],
        {"delimiter": "\t"},
        source_encoding="utf-16-le",
    ),
    Nasty(
        "utf-16 be with bom",
        b"\xfe\xff" + 'Name;City\r\nZoë;"K\r\nöln"\r\n'.encode("utf-16-be"),
        ["Name", "City"],
        [(2, ["Zoë", "K\r\nöln"])],
        {"delimiter": ";", "newline": "\r\n"},
        source_encoding="utf-16-be",
    ),
    Nasty(
        "utf-16 le without bom",
        "Name,City\nZoë,Köln\n".encode("utf-16-le"),
        ["Name", "City"],
        [(2, ["Zoë", "Köln"])],
        source_encoding="utf-16-le",
    ),
    Nasty(
        "utf-16 be without bom",
        "Name,City\nZoë,Köln\n".encode("utf-16-be"),
        ["Name", "City"],
        [(2, ["Zoë", "Köln"])],
        source_encoding="utf-16-be",
    ),
    Nasty(
        "utf-32",
        "Name,City\nZoë,Köln\n".encode("utf-32"),
        ["Name", "City"],
        [(2, ["Zoë", "Köln"])],
        source_encoding="utf-32-le",
    ),
    Nasty(
        "cp1252",
        "Name;Preis\nZoë;5 €\nJosé;„7“\n".encode("cp1252"),
        ["Name", "Preis"],
        [(2, ["Zoë", "5 €"]), (3, ["José", "„7“"])],
        {"encoding": "cp1252", "delimiter": ";"},
    ),
    Nasty(
        "latin-1 with bytes that cp1252 lacks",
        "Name;Code\nZoë;\x81\x8d\n".encode("latin-1"),
        ["Name", "Code"],
        [(2, ["Zoë", "\x81\x8d"])],
        {"encoding": "latin-1"},
        doubtful=True,
    ),
    Nasty(
        "utf-8 with a few bad bytes",
        "Name,City\nZoë,Köln\n".encode() * 3 + b"Jos\xe9,Bonn\n" + "Søren,Århus\n".encode(),
        ["Name", "City"],
        [
            (2, ["Zoë", "Köln"]),
            (3, ["Name", "City"]),
            (4, ["Zoë", "Köln"]),
            (5, ["Name", "City"]),
            (6, ["Zoë", "Köln"]),
            (7, ["Jos\udce9", "Bonn"]),
            (8, ["Søren", "Århus"]),
        ],
        {"encoding": "utf-8"},
        {"BAD_BYTES": 7},
    ),
    Nasty(
        "semicolons with decimal commas",
        b"Name;Amount;Rate\nAda;1,5;2,5\nBob;2,25;3,5\nCyd;3,75;4,5\n",
        ["Name", "Amount", "Rate"],
        [(2, ["Ada", "1,5", "2,5"]), (3, ["Bob", "2,25", "3,5"]), (4, ["Cyd", "3,75", "4,5"])],
        {"delimiter": ";"},
    ),
    Nasty(
        "semicolons, every row with one decimal comma, no header",
        b"1,5;a@x.example\n2,5;b@x.example\n3,5;c@x.example\n",
        ["Column 1", "Column 2"],
        [(1, ["1,5", "a@x.example"]), (2, ["2,5", "b@x.example"]), (3, ["3,5", "c@x.example"])],
        {"delimiter": ";", "header_line": 0},
    ),
    Nasty("tabs", b"Name\tCity\nAda\tBonn, am Rhein\n", ["Name", "City"], [(2, ["Ada", "Bonn, am Rhein"])]),
    Nasty(
        "bars",
        b"Name|City\nAda|Bonn, DE\nBob|Ulm, DE\n",
        ["Name", "City"],
        [(2, ["Ada", "Bonn, DE"]), (3, ["Bob", "Ulm, DE"])],
    ),
    Nasty(
        "colons",
        b"name:city:zip\nada:bonn:53111\nbob:ulm:89073\n",
        ["name", "city", "zip"],
        [(2, ["ada", "bonn", "53111"]), (3, ["bob", "ulm", "89073"])],
        {"delimiter": ":"},
    ),
    Nasty(
        "times do not make a colon file",
        b"start,end\n10:30:00,11:30:00\n12:15:00,13:00:00\n",
        ["start", "end"],
        [(2, ["10:30:00", "11:30:00"]), (3, ["12:15:00", "13:00:00"])],
        {"delimiter": ","},
    ),
    Nasty(
        "sep= line",
        b"sep=;\r\nName;Note\r\nAda;a,b\r\n",
        ["Name", "Note"],
        [(3, ["Ada", "a,b"])],
        {"delimiter": ";", "header_line": 2, "first_line": 3},
    ),
    Nasty(
        "title lines",
        b"Leads export 2026\nmade by the office\n\nName,Email,City\nAda,a@x.example,Bonn\nBob,b@x.example,Ulm\n",
        ["Name", "Email", "City"],
        [(5, ["Ada", "a@x.example", "Bonn"]), (6, ["Bob", "b@x.example", "Ulm"])],
        {"header_line": 4, "first_line": 5},
    ),
    Nasty(
        "title line padded with delimiters",
        b"Quarterly report,,\n,,\nName,Email,City\nAda,a@x.example,Bonn\nBob,b@x.example,Ulm\n",
        ["Name", "Email", "City"],
        [(4, ["Ada", "a@x.example", "Bonn"]), (5, ["Bob", "b@x.example", "Ulm"])],
        {"header_line": 3},
    ),
    Nasty(
        "no header",
        b"Ada,a@x.example,2026-01-31\nBob,b@x.example,2026-02-28\n",
        ["Column 1", "Column 2", "Column 3"],
        [(1, ["Ada", "a@x.example", "2026-01-31"]), (2, ["Bob", "b@x.example", "2026-02-28"])],
        {"header_line": 0, "first_line": 1},
    ),
    Nasty("header only", b"Name,Email\n", ["Name", "Email"], [], {"header_line": 1, "first_line": 2}),
    Nasty("header only, open end", b"Name,Email", ["Name", "Email"], []),
    Nasty(
        "embedded newlines",
        b'Name,Note\nAda,"one\ntwo\n\nfour"\nBob,"a\r\nb"\nCyd,c\n',
        ["Name", "Note"],
        [(2, ["Ada", "one\ntwo\n\nfour"]), (6, ["Bob", "a\r\nb"]), (8, ["Cyd", "c"])],
    ),
    Nasty(
        "header over two lines",
        b'"First\nName",Email\nAda,a@x.example\n',
        ["First Name", "Email"],
        [(3, ["Ada", "a@x.example"])],
        {"header_line": 1, "first_line": 3},
    ),
    Nasty(
        "stray quotes",
        b'Item,Size\npipe,12" pipe\ntube,5\' 4"\nhose,3"\n',
        ["Item", "Size"],
        [(2, ["pipe", '12" pipe']), (3, ["tube", "5' 4\""]), (4, ["hose", '3"'])],
    ),
    Nasty(
        "doubled quotes",
        b'Name,Note\nAda,"said ""hi"", left"\nBob,""""\nCyd,""\n',
        ["Name", "Note"],
        [(2, ["Ada", 'said "hi", left']), (3, ["Bob", '"']), (4, ["Cyd", ""])],
    ),
    Nasty(
        "text behind a closing quote",
        b'Name,Note\nAda,"a "b" c"\nBob,ok\n',
        ["Name", "Note"],
        [(2, ["Ada", 'a b" c"']), (3, ["Bob", "ok"])],
        codes={"TEXT_AFTER_QUOTE": 2},
    ),
    Nasty(
        "backslash-escaped quotes",
        b'Name,Note,City\nAda,"said \\"hi, there\\"",Bonn\nBob,"x \\"y, z\\" w",Ulm\n',
        ["Name", "Note", "City"],
        [(2, ["Ada", 'said "hi, there"', "Bonn"]), (3, ["Bob", 'x "y, z" w', "Ulm"])],
    ),
    Nasty(
        "backslashes that escape nothing",
        b'Name,Path\nAda,C:\\temp\\new\nBob,"D:\\"\n',
        ["Name", "Path"],
        [(2, ["Ada", "C:\\temp\\new"]), (3, ["Bob", "D:\\"])],
    ),
    Nasty(
        "single quotes",
        b"'Name','Note'\n'Ada','a, b'\n'Bob','c'\n",
        ["Name", "Note"],
        [(2, ["Ada", "a, b"]), (3, ["Bob", "c"])],
    ),
    Nasty(
        "ragged rows",
        b"Name,Email,City\nAda,a@x.example\nBob,b@x.example,Ulm,extra,more\nCyd,c@x.example,Bonn\nDan\n",
        ["Name", "Email", "City"],
        [
            (2, ["Ada", "a@x.example"]),
            (3, ["Bob", "b@x.example", "Ulm", "extra", "more"]),
            (4, ["Cyd", "c@x.example", "Bonn"]),
            (5, ["Dan"]),
        ],
        codes={"ROWS_TOO_SHORT": 2, "ROWS_TOO_LONG": 3},
    ),
    Nasty(
        "blank lines",
        b"\n\nName,Email\n\nAda,a@x.example\n\n\nBob,b@x.example\n\n",
        ["Name", "Email"],
        [(5, ["Ada", "a@x.example"]), (8, ["Bob", "b@x.example"])],
        {"header_line": 3},
        {"BLANK_LINES": 6},
    ),
    Nasty(
        "blanks and commas only are records",
        b"Name,Email\n ,\n,\nAda,a@x.example\n",
        ["Name", "Email"],
        [(2, [" ", ""]), (3, ["", ""]), (4, ["Ada", "a@x.example"])],
    ),
    Nasty(
        "nuls",
        b"Name,Email\nA\0da,a@x.example\nBob,b@x.example\nC\0\0yd,c@x.example\n",
        ["Name", "Email"],
        [(2, ["A\0da", "a@x.example"]), (3, ["Bob", "b@x.example"]), (4, ["C\0\0yd", "c@x.example"])],
        codes={"NUL_BYTES": 2},
    ),
    Nasty(
        "huge cell",
        f"Name,Note\nAda,{BIG}\nBob,short\n".encode(),
        ["Name", "Note"],
        [(2, ["Ada", BIG]), (3, ["Bob", "short"])],
    ),
    Nasty(
        "repeated and empty header names",
        b"Name,,Name,Email, ,Name (2)\na,b,c,d@x.example,e,f\n",
        ["Name", "Column 2", "Name (3)", "Email", "Column 5", "Name (2)"],
        [(2, ["a", "b", "c", "d@x.example", "e", "f"])],
    ),
    Nasty("lone cr", PLAIN.replace(b"\n", b"\r"), ["Name", "Email"], PLAIN_ROWS),
    Nasty(
        "lone cr with breaks in cells",
        b'Name,Note\rAda,"a\rb"\rBob,"c\nd"\rCyd,e\r',
        ["Name", "Note"],
        [(2, ["Ada", "a\rb"]), (4, ["Bob", "c\nd"]), (6, ["Cyd", "e"])],
    ),
    Nasty(
        "mixed line ends",
        b"Name,Email\r\nAda,a@x.example\nBob,b@x.example\rCyd,c@x.example\r\n",
        ["Name", "Email"],
        [(2, ["Ada", "a@x.example"]), (3, ["Bob", "b@x.example"]), (4, ["Cyd", "c@x.example"])],
    ),
    Nasty(
        "crlf and lf",
        b"Name,Email\r\nAda,a@x.example\nBob,b@x.example\r\n",
        ["Name", "Email"],
        [(2, ["Ada", "a@x.example"]), (3, ["Bob", "b@x.example"])],
        {"newline": "mixed"},
    ),
    Nasty(
        "quote never closed",
        b'Name,City,Zip\nAda,Bonn,1\nBob,"Ulm,2\nCyd,Kiel,3\nDan,Hof,4\n',
        ["Name", "City", "Zip"],
        [(2, ["Ada", "Bonn", "1"]), (3, ["Bob", "Ulm,2\nCyd,Kiel,3\nDan,Hof,4\n"])],
        codes={"QUOTE_NOT_CLOSED": 3, "ROWS_TOO_SHORT": 3},
    ),
    Nasty(
        "quote closed by the next quoted cell",
        b'Name,City,Zip\nAda,"Bonn,1\nBob,Ulm,2\nCyd,"Kiel",3\nDan,Hof,4\n',
        ["Name", "City", "Zip"],
        [(2, ["Ada", 'Bonn,1\nBob,Ulm,2\nCyd,Kiel"', "3"]), (5, ["Dan", "Hof", "4"])],
        codes={"QUOTE_NOT_CLOSED": 2},
    ),
    Nasty("one column", b"Email\na@x.example\nb@x.example\n", ["Email"], [(2, ["a@x.example"]), (3, ["b@x.example"])]),
    Nasty(
        "trailing delimiter on every row but the header",
        b"Name,Email\nAda,a@x.example,\nBob,b@x.example,\nCyd,c@x.example,\n",
        ["Name", "Email"],
        [(2, ["Ada", "a@x.example", ""]), (3, ["Bob", "b@x.example", ""]), (4, ["Cyd", "c@x.example", ""])],
        {"header_line": 1},
        {"ROWS_TOO_LONG": 2},
    ),
    Nasty(
        "years as column names",
        b"Region,2024,2025\nNorth,1,2\nSouth,3,4\n",
        ["Region", "2024", "2025"],
        [(2, ["North", "1", "2"]), (3, ["South", "3", "4"])],
        {"header_line": 1},
    ),
    Nasty(
        "escape sequences and formulas are text",
        b"Name,Note\nAda,\x1b]52;c;aGk=\x07\nBob,=1+1\n",
        ["Name", "Note"],
        [(2, ["Ada", "\x1b]52;c;aGk=\x07"]), (3, ["Bob", "=1+1"])],
    ),
    Nasty(
        "line separators of Unicode are no line ends",
        "Name,Note\nAda,a\u2028b\u0085c\x0b\x0cd\nBob,e\n".encode(),
        ["Name", "Note"],
        [(2, ["Ada", "a\u2028b\u0085c\x0b\x0cd"]), (3, ["Bob", "e"])],
    ),
    Nasty("gzip", gzip.compress(PLAIN), ["Name", "Email"], PLAIN_ROWS, suffix=".csv.gz"),
    Nasty("zip", zipped({"out/leads.csv": PLAIN, "out/": b""}), ["Name", "Email"], PLAIN_ROWS, suffix=".zip"),
    Nasty(
        "zip made on a Mac",
        zipped({"leads.csv": PLAIN, "__MACOSX/._leads.csv": b"\0\5\x16\7"}),
        ["Name", "Email"],
        PLAIN_ROWS,
        suffix=".zip",
    ),
    Nasty(
        "told: semicolon",
        b"a;b,c\n1;2,3\n",
        ["a", "b,c"],
        [(2, ["1", "2,3"])],
        overrides={"delimiter": ";"},
    ),
    Nasty(
        "told: no header",
        PLAIN,
        ["Column 1", "Column 2"],
        [(1, ["Name", "Email"]), *PLAIN_ROWS],
        overrides={"header_line": 0},
    ),
    Nasty(
        "told: header on line 3",
        b"x,y\n1,2\nName,Email\nAda,a@x.example\n",
        ["Name", "Email"],
        [(4, ["Ada", "a@x.example"])],
        overrides={"header_line": 3},
    ),
    Nasty(
        "told: quotes mean nothing",
        b'Name,City,Zip\nBob,"Ulm,2\nCyd,Ki"el,3\n',
        ["Name", "City", "Zip"],
        [(2, ["Bob", '"Ulm', "2"]), (3, ["Cyd", 'Ki"el', "3"])],
        overrides={"quotechar": ""},
    ),
    Nasty(
        "told: latin-1",
        "Name,City\nZoë,Köln\n".encode(),
        ["Name", "City"],
        [(2, ["ZoÃ«", "KÃ¶ln"])],
        {"encoding": "latin-1"},
        overrides={"encoding": "iso-8859-1"},
    ),
    Nasty(
        "told: shift_jis",
        "名前,市\n山田,東京|表\n".encode("shift_jis"),
        ["名前", "市"],
        [(2, ["山田", "東京|表"])],
        source_encoding="shift_jis",
        overrides={"encoding": "shift_jis"},
    ),
    Nasty(
        "told: a delimiter beyond ASCII",
        "Name§Note\nZoë§a,b\n".encode(),
        ["Name", "Note"],
        [(2, ["Zoë", "a,b"])],
        overrides={"delimiter": "§"},
    ),
]
