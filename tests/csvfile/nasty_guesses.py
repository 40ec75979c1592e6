"""Hand-made files whose delimiter, header or quoting is easily guessed wrong, each with what must come out of it."""

from __future__ import annotations

from tests.csvfile.nasty import Nasty

GUESSES = [
    Nasty(
        "the same commas in every row, semicolons in the header",
        b"Name;Company;Note;City\n" + b"Smith;Acme, Inc., Ltd.;a, b, c;X, Y\n" * 10,
        ["Name", "Company", "Note", "City"],
        [(n, ["Smith", "Acme, Inc., Ltd.", "a, b, c", "X, Y"]) for n in range(2, 12)],
        {"delimiter": ";", "header_line": 1},
    ),
    Nasty(
        "all rows longer than the header",
        b"Last Name,Company\nAda,Acme,extra,more\nBob,Beta,extra,more\nCyd,Gam,extra,more\n",
        ["Last Name", "Company"],
        [
            (2, ["Ada", "Acme", "extra", "more"]),
            (3, ["Bob", "Beta", "extra", "more"]),
            (4, ["Cyd", "Gam", "extra", "more"]),
        ],
        {"header_line": 1},
        {"ROWS_TOO_LONG": 2},
    ),
    Nasty(
        "one row, longer than the header",
        "Last Name,Company\n“Ada, L”,Acme\n".encode(),
        ["Last Name", "Company"],
        [(2, ["“Ada", " L”", "Acme"])],
        {"header_line": 1},
        {"ROWS_TOO_LONG": 2},
    ),
    Nasty(
        "no header below a title",
        b"Leads of June\nada@x.example;1;2\nbob@x.example;3;4\n",
        ["Column 1", "Column 2", "Column 3"],
        [(2, ["ada@x.example", "1", "2"]), (3, ["bob@x.example", "3", "4"])],
        {"header_line": 0, "first_line": 2},
    ),
    Nasty(
        "no header and a short first row",
        b"ada;1\nbob@x.example;3;4\ncyd@x.example;5;6\ndan@x.example;7;8\n",
        ["Column 1", "Column 2", "Column 3"],
        [
            (1, ["ada", "1"]),
            (2, ["bob@x.example", "3", "4"]),
            (3, ["cyd@x.example", "5", "6"]),
            (4, ["dan@x.example", "7", "8"]),
        ],
        {"header_line": 0, "first_line": 1},
        {"ROWS_TOO_SHORT": 1},
    ),
    Nasty(
        "blanks between delimiter and quote",
        b'Name, Company, City\n"Smith, J", "Acme, Inc", "Paris, FR"\nBob, Beta,  "Rome, IT"\n',
        ["Name", "Company", "City"],
        [(2, ["Smith, J", "Acme, Inc", "Paris, FR"]), (3, ["Bob", "Beta", "Rome, IT"])],
        {"delimiter": ","},
    ),
    Nasty(
        "blanks before quotes, no delimiter within",
        b'"Name", "City"\n"Ada", "Paris"\n',
        ["Name", "City"],
        [(2, ["Ada", "Paris"])],
    ),
    Nasty(
        "a quote in the text behind a blank",
        b'Name,Size\nAda, 12" pipe\nBob, "x" y\n',
        ["Name", "Size"],
        [(2, ["Ada", ' 12" pipe']), (3, ["Bob", ' "x" y'])],
    ),
    Nasty(
        "backslashes before quotes, widths the same either way",
        b'"Name","Note"\n"Ada \\"Countess\\" L","Acme, \\"X\\""\n"Bob","C:\\\\dir"\n',
        ["Name", "Note"],
        [(2, ['Ada "Countess" L', 'Acme, "X"']), (3, ["Bob", "C:\\dir"])],
    ),
    Nasty(
        "backslashes that end a cell",
        b'Name,Folder\n"Ada","C:\\dir\\"\n"Bob","D:\\"\n',
        ["Name", "Folder"],
        [(2, ["Ada", "C:\\dir\\"]), (3, ["Bob", "D:\\"])],
    ),
    Nasty(
        "two byte-order marks",
        b"\xef\xbb\xbf\xef\xbb\xbfName,City\nAda,Paris\n",
        ["Name", "City"],
        [(2, ["Ada", "Paris"])],
        {"bom": True},
    ),
]
