"""What is said about files that hold no records, or something else than a table."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from tests.csvfile.nasty import zipped
from ztui.csvfile.detect import detect
from ztui.csvfile.findings import empty_findings
from ztui.errors import SourceError
from ztui.model.table import DialectOverrides


def written(folder: Path, data: bytes, name: str = "file.csv") -> str:
    path = folder / name
    path.write_bytes(data)
    return str(path)


def test_a_quote_opened_in_the_header_swallows_the_file(tmp_path: Path) -> None:
    info = detect(written(tmp_path, b'Report\n\nName,"City\nAda,Bonn\n' + b"Bob,Ulm\n" * 10))
    info = detect(info.path, DialectOverrides(header_line=3, delimiter=","))
    (finding,) = empty_findings(info)
    assert (finding.code, finding.line) == ("QUOTE_NOT_CLOSED", 3)
    assert ("swallowed", "11") in finding.params


def test_a_file_that_ends_within_the_quotes_of_its_header_was_cut_off(tmp_path: Path) -> None:
    (finding,) = empty_findings(detect(written(tmp_path, b'Name,City,"Str')))
    assert (finding.code, finding.line) == ("QUOTE_NOT_CLOSED", 1)
    assert ("cut_off", "1") in finding.params


def test_a_header_alone_is_no_error(tmp_path: Path) -> None:
    (finding,) = empty_findings(detect(written(tmp_path, b"Name,City\n")))
    assert (finding.code, finding.severity) == ("NO_ROWS", "warning")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (b"<!DOCTYPE html><html><table><tr><td>a</td></tr></table></html>\n", "an HTML page"),
        (b"\n <TABLE border=1><tr><td>a;b</td></tr></TABLE>\n", "an HTML page"),
        (b'<?xml version="1.0"?><Workbook></Workbook>\n', "XML"),
        (b'[{"Last Name": "A", "Email": "a@b.co"},\n {"Last Name": "B"}]\n', "JSON"),
        (b'{"Last Name": "A"}\n{"Last Name": "B"}\n', "JSON"),
    ],
)
def test_other_formats_are_named(text: bytes, kind: str, tmp_path: Path) -> None:
    path = written(tmp_path, text, "leads.xls")
    with pytest.raises(SourceError) as caught:
        detect(path)
    assert (caught.value.code, caught.value.details["kind"]) == ("NOT_A_TABLE", kind)
    assert detect(path, DialectOverrides(delimiter=";")).headers


def test_an_archive_in_an_archive(tmp_path: Path) -> None:
    with pytest.raises(SourceError) as caught:
        detect(written(tmp_path, zipped({"a.csv.gz": gzip.compress(b"A,B\n1,2\n")}), "a.zip"))
    assert caught.value.code == "BINARY_FILE"


def test_the_table_beside_a_readme(tmp_path: Path) -> None:
    path = written(tmp_path, zipped({"readme.txt": b"hi", "a.csv": b"A,B\n1,2\n"}), "a.zip")
    assert detect(path, workdir=tmp_path / "copies").headers == ("A", "B")


@pytest.mark.parametrize(
    "text",
    [
        b"City\nBerlin, Germany\nParis, France\nOslo\n",
        b"Notes\nhello, world; x\nsome text\nanother: thing, more\nplain\nplain two\n",
        b"Amount\n1.234\n" + b"99\n" * 40 + b"1.234,56\n",
    ],
)
def test_text_is_not_cut_where_nothing_parts_columns(text: bytes, tmp_path: Path) -> None:
    info = detect(written(tmp_path, text))
    assert info.headers == (text.split(b"\n")[0].decode(),)
    assert info.dialect.delimiter.encode() not in text


@pytest.mark.parametrize("text", [b"URL\nhttp://a.b/c?x=1|2\nhttps://d.e\n", b"Link\nhttps://a.b\nhttps://d.e:80/x\n"])
def test_addresses_of_pages_are_one_column(text: bytes, tmp_path: Path) -> None:
    assert len(detect(written(tmp_path, text)).headers) == 1
