"""Spreadsheets are read through the optional reader, as plain text; without it, how to get it is said."""

from __future__ import annotations

import builtins
import datetime as dt
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from ztui import catalogue
from ztui.csvfile.detect import detect
from ztui.csvfile.reader import read_rows
from ztui.csvfile.spreadsheet import cell_text
from ztui.errors import SourceError
from ztui.model.table import DialectOverrides

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_REL = "http://schemas.openxmlformats.org/package/2006/relationships"
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
LEADS = """
<row r="1"><c r="A1" t="inlineStr"><is><t>Name</t></is></c><c r="B1" t="inlineStr"><is><t>Employees</t></is></c>
<c r="C1" t="inlineStr"><is><t>Created</t></is></c><c r="D1" t="inlineStr"><is><t>Opt out</t></is></c></row>
<row r="2"><c r="A2" t="inlineStr"><is><t>Zoë, "Z"</t></is></c><c r="B2"><v>42</v></c><c r="C2" s="1"><v>46023</v></c>
<c r="D2" t="b"><v>1</v></c></row>
<row r="4"><c r="A4" t="inlineStr"><is><t>two&#10;lines</t></is></c><c r="B4"><v>1.5</v></c></row>
"""


def xlsx(path: Path, sheets: Mapping[str, str], hidden: str = "") -> str:
    """A workbook with these sheets, each given as its rows in XML."""
    names = list(sheets)
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_REL}"><Relationship Id="rId1" Type="{_DOC}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_DOC}"><sheets>'
        + "".join(
            f'<sheet name="{n}" state="{"hidden" if n == hidden else "visible"}" sheetId="{i}" r:id="rId{i}"/>'
            for i, n in enumerate(names, 1)
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_REL}">'
        + "".join(
            f'<Relationship Id="rId{i}" Type="{_DOC}/worksheet" Target="worksheets/sheet{i}.xml"/>'
            for i in range(1, len(names) + 1)
        )
        + f'<Relationship Id="rId99" Type="{_DOC}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for number, name in enumerate(names, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{_MAIN}"><sheetData>{sheets[name]}</sheetData></worksheet>'
        )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return str(path)


def test_reads_the_first_sheet_that_holds_something(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "leads.xlsx", {"Old": LEADS, "Empty": "", "Leads": LEADS}, hidden="Old")
    info = detect(path, workdir=tmp_path / "copies")
    assert info.headers == ("Name", "Employees", "Created", "Opt out")
    assert ("Sheet Leads", "not read: Old, Empty") in info.notes
    rows = read_rows(info.data_path, info.dialect, info.data_start, info.dialect.first_line, 0, 0, 9)
    assert [(row.line, row.cells) for row in rows] == [
        (2, ('Zoë, "Z"', "42", "2026-01-01", "true")),
        (4, ("two\nlines", "1.5", "", "")),
    ]
    assert info.size == Path(path).stat().st_size


@pytest.mark.parametrize("name", ["leads.xls", "leads.ods", "leads.csv", "leads"])
def test_a_workbook_is_known_by_what_is_inside(name: str, tmp_path: Path) -> None:
    info = detect(xlsx(tmp_path / name, {"Leads": LEADS}), workdir=tmp_path / "copies")
    assert info.headers == detect(xlsx(tmp_path / "leads.xlsx", {"Leads": LEADS}), workdir=tmp_path).headers


def test_a_sheet_can_be_named(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "leads.xlsx", {"One": LEADS, "Two": LEADS.replace("Name", "Last name")})
    info = detect(path, DialectOverrides(sheet="Two"), workdir=tmp_path)
    assert info.headers[0] == "Last name"
    with pytest.raises(SourceError) as caught:
        detect(path, DialectOverrides(sheet="Three"), workdir=tmp_path)
    assert caught.value.code == "NO_SUCH_SHEET"
    assert caught.value.details["names"] == "One, Two"


def test_an_empty_and_a_damaged_workbook(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        detect(xlsx(tmp_path / "empty.xlsx", {"A": ""}), workdir=tmp_path / "copies")
    assert caught.value.code == "SHEETS_EMPTY"
    broken = tmp_path / "broken.xls"
    broken.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    with pytest.raises(SourceError) as caught:
        detect(str(broken), workdir=tmp_path / "copies")
    assert caught.value.code == "SPREADSHEET_DAMAGED"
    assert not (tmp_path / "copies").exists() or not list((tmp_path / "copies").iterdir())


def test_a_stray_cell_in_the_last_corner_is_named(tmp_path: Path) -> None:
    """The reader would ask for half a terabyte, and the process would end."""
    far = f'{LEADS}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    path = xlsx(tmp_path / "far.xlsx", {"A": far})
    _with_dimension(Path(path), "A1:XFD1048576")
    with pytest.raises(SourceError) as caught:
        detect(path, workdir=tmp_path / "copies")
    assert caught.value.code == "SHEET_TOO_LARGE"
    assert caught.value.details["corner"] == "XFD1048576"


def test_formats_alone_reach_as_far_as_they_like(tmp_path: Path) -> None:
    path = xlsx(tmp_path / "wide.xlsx", {"A": f'{LEADS}<row r="1048576"><c r="XFD1048576" s="1"/></row>'})
    _with_dimension(Path(path), "A1:XFD1048576")
    assert detect(path, workdir=tmp_path / "copies").headers[0] == "Name"


def test_cells_that_lose_their_value_are_told(tmp_path: Path) -> None:
    odd = """<row r="5"><c r="A5" t="e"><v>#N/A</v></c><c r="B5"><f>B2*2</f><v></v></c>
    <c r="C5"><f>B2*2</f><v /></c><c r="D5"><f>B2*2</f><v>84</v></c></row>"""
    info = detect(xlsx(tmp_path / "odd.xlsx", {"A": LEADS + odd}), workdir=tmp_path / "copies")
    told = dict(info.notes)["Sheet A"]
    assert "1 cell with an error" in told
    assert "2 formulas without a result" in told


def _with_dimension(path: Path, reference: str) -> None:
    """Say in the sheet how far it reaches, as programs do."""
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, data in members.items():
            if name.startswith("xl/worksheets/"):
                data = data.replace(b"<sheetData", f'<dimension ref="{reference}"/><sheetData'.encode(), 1)
            book.writestr(name, data)


def test_without_the_reader_it_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = builtins.__import__

    def missing(name: str, *args: object, **more: object) -> object:
        if name.startswith("python_calamine"):
            raise ImportError(name)
        return found(name, *args, **more)  # type: ignore[arg-type]

    path = xlsx(tmp_path / "leads.xlsx", {"Leads": LEADS})
    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(SourceError) as caught:
        detect(path)
    assert caught.value.code == "SPREADSHEET_EXTRA_MISSING"
    entry = catalogue.resolve("local", caught.value.code)
    assert entry is not None
    assert "pip install 'ztui[xlsx]'" in entry.remedy


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1.0, "1"),
        (1.25, "1.25"),
        (1e20, "1e+20"),
        (12345678901234.0, "12345678901234"),
        (7, "7"),
        (True, "true"),
        (False, "false"),
        ("x", "x"),
        ("", ""),
        (dt.date(2026, 1, 2), "2026-01-02"),
        (dt.datetime(2026, 1, 2), "2026-01-02"),
        (dt.datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05"),
        (dt.time(3, 4), "03:04:00"),
        (dt.timedelta(hours=26), "1 day, 2:00:00"),
        (None, ""),
    ],
)
def test_cells_as_text(value: object, text: str) -> None:
    assert cell_text(value) == text


FORMATS = f"""<styleSheet xmlns="{_MAIN}"><numFmts>
<numFmt numFmtId="164" formatCode="00000"/><numFmt numFmtId="165" formatCode="0.0%"/>
<numFmt numFmtId="166" formatCode="[$-409]d\\-mmm\\-yyyy;@"/></numFmts><cellXfs>
<xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="10"/></cellXfs>
</styleSheet>"""


@pytest.mark.parametrize(("row", "column"), [(1, "A"), (4, "C")])
def test_zeros_that_only_the_format_shows_are_kept(tmp_path: Path, row: int, column: str) -> None:
    first, second, third, fourth = (chr(ord(column) + at) for at in range(4))
    head = "".join(
        f'<c r="{c}{row}" t="inlineStr"><is><t>{name}</t></is></c>'
        for c, name in zip((first, second, third, fourth), ("Zip", "Share", "Born", "Code"), strict=True)
    )
    body = f"""<row r="{row}">{head}</row><row r="{row + 1}"><c r="{first}{row + 1}" s="1"><v>123</v></c>
    <c r="{second}{row + 1}" s="2"><v>0.125</v></c><c r="{third}{row + 1}" s="3"><v>46023</v></c>
    <c r="{fourth}{row + 1}" t="inlineStr"><is><t>007</t></is></c></row>
    <row r="{row + 2}"><c r="{first}{row + 2}"><v>77</v></c><c r="{second}{row + 2}" s="4"><v>1</v></c></row>
    <row r="{row + 3}"><c r="{first}{row + 3}" s="1"><v>1234567</v></c></row>
    <row r="{row + 4}"><c r="{first}{row + 4}" s="1" t="inlineStr"><is><t>12</t></is></c></row>"""
    path = Path(xlsx(tmp_path / "f.xlsx", {"A": body}))
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()} | {"xl/styles.xml": FORMATS.encode()}
    with zipfile.ZipFile(path, "w") as book:
        for name, data in parts.items():
            book.writestr(name, data)

    info = detect(str(path), DialectOverrides(delimiter=","), workdir=tmp_path / "copies")

    rows = read_rows(info.data_path, info.dialect, info.data_start, info.dialect.first_line, 0, 0, 9)
    assert [r.cells for r in rows] == [
        ("00123", "0.125", "2026-01-01", "007"),
        ("77", "1", "", ""),
        ("1234567", "", "", ""),
        ("12", "", "", ""),
    ]
    told = dict(info.notes)["Sheet A"]
    assert "zeros in front of numbers kept" in told
    assert "2 percentages read as values: 12.5% is 0.125" in told


def ods(path: Path, rows: str) -> str:
    """A spreadsheet with one sheet, given as its rows in XML."""
    names = {"table": "table", "office": "office", "text": "text"}
    spaces = " ".join(f'xmlns:{k}="urn:oasis:names:tc:opendocument:xmlns:{v}:1.0"' for k, v in names.items())
    body = f'<office:body><office:spreadsheet><table:table table:name="A">{rows}</table:table></office:spreadsheet>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w") as book:
        book.writestr("mimetype", kind)
        book.writestr("META-INF/manifest.xml", "<manifest/>")
        book.writestr(
            "content.xml", f"<office:document-content {spaces}>{body}</office:body></office:document-content>"
        )
    return str(path)


CELL = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
ROW = "<table:table-row>" + CELL.format("Name") + CELL.format("Zip") + "</table:table-row>"
GOOD = "<table:table-row>" + CELL.format("Ada") + CELL.format("00123") + "</table:table-row>"
EMPTY = (
    '<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/>'
    "</table:table-row>"
)


def test_an_ods_is_read_with_the_word_that_formats_are_lost(tmp_path: Path) -> None:
    info = detect(ods(tmp_path / "f.ods", ROW + GOOD + EMPTY), workdir=tmp_path / "copies")
    assert info.headers == ("Name", "Zip")
    assert "not what the spreadsheet shows" in dict(info.notes)["Sheet A"]


def test_an_ods_that_reaches_too_far_is_refused(tmp_path: Path) -> None:
    far = (
        '<table:table-row><table:table-cell table:number-columns-repeated="16383"/>'
        + CELL.format("x")
        + "</table:table-row>"
    )
    with pytest.raises(SourceError) as caught:
        detect(ods(tmp_path / "far.ods", ROW + GOOD + EMPTY + far), workdir=tmp_path / "copies")
    assert caught.value.code == "SHEET_TOO_LARGE"
    assert caught.value.details["corner"] == "XFD1048576"
