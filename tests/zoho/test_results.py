"""Result archives: rows however the columns are called, and archives that are not what they should be."""

import contextlib
import struct
import zipfile
from pathlib import Path

import pytest

from ztui import catalogue
from ztui.errors import ArchiveError
from ztui.model.outcome import RowError, RowResult
from ztui.zoho.results import ResultRow, check_archive, parse_errors, read_results, row_result

STANDARD = "Email,Last_Name,Company,STATUS,RECORD_ID,ERRORS\r\n"


def archive(path: Path, *files: tuple[str, str | bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, content in files:
            made.writestr(name, content)
    return path


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "result.zip"


@pytest.mark.parametrize(
    ("text", "errors"),
    [
        ("", ()),
        ("  ", ()),
        ("MANDATORY_NOT_FOUND-Last_Name", (RowError("MANDATORY_NOT_FOUND", ("Last_Name",)),)),
        (
            "MANDATORY_NOT_FOUND-Company,Last_Name:DUPLICATE_DATA-Email",
            (RowError("MANDATORY_NOT_FOUND", ("Company", "Last_Name")), RowError("DUPLICATE_DATA", ("Email",))),
        ),
        ("NOT_APPROVED", (RowError("NOT_APPROVED"),)),
        ("NOT_APPROVED:INVALID_DATA-A:LIMIT_EXCEEDED", tuple(
            RowError(code, fields) for code, fields in
            (("NOT_APPROVED", ()), ("INVALID_DATA", ("A",)), ("LIMIT_EXCEEDED", ()))
        )),
        ("INVALID_DATA-Time: of day, Due-Date", (RowError("INVALID_DATA", ("Time: of day", "Due-Date")),)),
        ("INVALID_DATA-", (RowError("INVALID_DATA"),)),
        ("BRAND_NEW_CODE-X", (RowError("BRAND_NEW_CODE", ("X",)),)),
        ("some free words: here", (RowError("some free words: here"),)),
    ],
)  # fmt: skip
def test_the_errors_cell_is_taken_apart(text: str, errors: tuple[RowError, ...]) -> None:
    assert parse_errors(text) == errors


@pytest.mark.parametrize(
    ("word", "result"),
    [
        ("ADDED", RowResult.ADDED),
        (" Skipped ", RowResult.SKIPPED),
        ("updated", RowResult.UPDATED),
        ("unprocessed", RowResult.UNPROCESSED),
        ("EXPLODED", RowResult.UNKNOWN),
        ("not_sent", RowResult.UNKNOWN),
        ("", RowResult.UNKNOWN),
    ],
)
def test_status_words(word: str, result: RowResult) -> None:
    assert row_result(word) is result


def test_rows_are_read_in_order(target: Path) -> None:
    text = (
        STANDARD
        + 'a@b.c,Berg,Acme,ADDED,4150868000000001,\r\n,,"Two\nlines",SKIPPED,,MANDATORY_NOT_FOUND-Last_Name\r\n'
    )
    assert list(read_results(archive(target, ("Leads-x.csv", text)))) == [
        ResultRow(("a@b.c", "Berg", "Acme"), RowResult.ADDED, "4150868000000001"),
        ResultRow(
            ("", "", "Two\nlines"),
            RowResult.SKIPPED,
            "",
            (RowError("MANDATORY_NOT_FOUND", ("Last_Name",)),),
            "MANDATORY_NOT_FOUND-Last_Name",
        ),
    ]


@pytest.mark.parametrize(
    "header",
    [
        "Email,STATUS,RECORD_ID,ERRORS",
        "Email,status,record_id,errors",
        "\ufeffEmail,Status,Record Id,Errors",
        "Email,Status,Id,Error",
    ],
)
def test_the_columns_are_found_by_name(target: Path, header: str) -> None:
    row = "a@b.c,ADDED,7,INVALID_DATA-Email"
    (found,) = read_results(archive(target, ("r.csv", f"{header}\n{row}\n")))
    assert (found.columns, found.result, found.record_id) == (("a@b.c",), RowResult.ADDED, "7")
    assert found.errors == (RowError("INVALID_DATA", ("Email",)),)


def test_their_order_does_not_matter_and_neither_does_the_delimiter(target: Path) -> None:
    (found,) = read_results(archive(target, ("r.csv", "ID;STATUS;ERRORS;Email;Name\n7;updated;;a@b.c;Berg, Ada\n")))
    assert found == ResultRow(("a@b.c", "Berg, Ada"), RowResult.UPDATED, "7")


def test_mapped_columns_may_be_called_like_the_status_columns(target: Path) -> None:
    text = "id,Status,Errors,STATUS,RECORD_ID,ERRORS\n1,Open,none,UPDATED,1,\n"
    (found,) = read_results(archive(target, ("r.csv", text)))
    assert found.columns == ("1", "Open", "none")
    assert (found.result, found.record_id, found.errors) == (RowResult.UPDATED, "1", ())


def test_short_rows_and_unknown_words_are_kept(target: Path) -> None:
    found = list(read_results(archive(target, ("r.csv", "Email,STATUS,RECORD_ID,ERRORS\na@b.c\nb@b.c,HELD,9\n\n"))))
    assert found == [
        ResultRow(("a@b.c",), RowResult.UNKNOWN),
        ResultRow(("b@b.c",), RowResult.UNKNOWN, "9", raw_status="HELD"),
    ]


def test_bytes_that_are_not_utf8_do_not_stop_it(target: Path) -> None:
    (found,) = read_results(archive(target, ("r.csv", STANDARD.encode() + b"a,M\xfcller,c,ADDED,1,\n")))
    assert found.columns[1] == "M\ufffdller"


def test_every_csv_of_the_archive_is_read(target: Path) -> None:
    made = archive(
        target, ("a.csv", STANDARD + "1,,,ADDED,1,\n"), ("b.CSV", STANDARD + "2,,,ADDED,2,\n"), ("x.txt", "")
    )
    assert [row.record_id for row in read_results(made)] == ["1", "2"]
    assert check_archive(made) == ["a.csv", "b.CSV"]


def test_many_rows_are_read_one_by_one(target: Path) -> None:
    rows = "".join(f"k{n},,,ADDED,{n},\n" for n in range(25_000))
    found = read_results(archive(target, ("r.csv", STANDARD + rows)))
    assert next(found).record_id == "0"
    assert sum(1 for _ in found) == 24_999


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04" + b"\0" * 50, b'{"code":"X"}'])
def test_what_is_no_zip_is_damaged(target: Path, content: bytes) -> None:
    target.write_bytes(content)
    with pytest.raises(ArchiveError, match="ARCHIVE_DAMAGED"):
        check_archive(target)


def test_a_missing_file_is_damaged(target: Path) -> None:
    with pytest.raises(ArchiveError, match="ARCHIVE_DAMAGED"):
        list(read_results(target))


def test_half_an_archive_is_damaged(target: Path) -> None:
    whole = archive(target, ("r.csv", STANDARD + "x,y,z,ADDED,1,\n" * 5000)).read_bytes()
    target.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ArchiveError, match="ARCHIVE_DAMAGED"):
        check_archive(target)


def test_flipped_bytes_inside_are_found_while_reading(target: Path) -> None:
    lines = "".join(f"{n},{n * 7919 % 104729},z,ADDED,{n},\n" for n in range(5000))
    whole = bytearray(archive(target, ("r.csv", STANDARD + lines)).read_bytes())
    for place in range(2000, 2040):
        whole[place] ^= 0xFF
    target.write_bytes(whole)
    with pytest.raises(ArchiveError, match="ARCHIVE_DAMAGED"):
        list(read_results(target))


@pytest.mark.parametrize(
    "name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "..\\evil.csv", "C:\\evil.csv", "\\evil.csv"]
)
def test_names_that_lead_out_are_unsafe(target: Path, name: str) -> None:
    with pytest.raises(ArchiveError, match="ARCHIVE_UNSAFE"):
        check_archive(archive(target, ("good.csv", STANDARD), (name, STANDARD)))


def test_a_bomb_is_unsafe(target: Path) -> None:
    with pytest.raises(ArchiveError) as caught:
        check_archive(archive(target, ("r.csv", b"0" * 50_000_000)))
    assert caught.value.code == "ARCHIVE_UNSAFE"
    assert "times its size" in str(caught.value.details["reason"])


def test_a_repetitive_but_honest_result_is_no_bomb(target: Path) -> None:
    rows = "same@example.com,Same,Same,SKIPPED,,DUPLICATE_DATA-Email\n" * 25_000
    assert check_archive(archive(target, ("r.csv", STANDARD + rows))) == ["r.csv"]


def test_a_bomb_that_lies_about_its_size_is_damaged(target: Path) -> None:
    whole = bytearray(archive(target, ("r.csv", STANDARD.encode() + b"0" * 5_000_000)).read_bytes())
    place = whole.rindex(b"PK\x01\x02")
    struct.pack_into("<I", whole, place + 24, 100)
    target.write_bytes(whole)
    with pytest.raises(ArchiveError, match="ARCHIVE_DAMAGED"):
        list(read_results(target))


def test_too_many_files_are_unsafe(target: Path) -> None:
    most = catalogue.limits().archive_entries
    with pytest.raises(ArchiveError, match="ARCHIVE_UNSAFE"):
        check_archive(archive(target, *((f"{n}.csv", "") for n in range(most + 1))))


def test_an_encrypted_entry_is_unsafe(target: Path) -> None:
    whole = bytearray(archive(target, ("r.csv", STANDARD)).read_bytes())
    whole[whole.rindex(b"PK\x01\x02") + 8] |= 1
    target.write_bytes(whole)
    with pytest.raises(ArchiveError, match="ARCHIVE_UNSAFE"):
        check_archive(target)


@pytest.mark.parametrize("files", [(), (("readme.txt", "x"),)])
def test_an_archive_without_csv_is_unexpected(target: Path, files: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(ArchiveError, match="ARCHIVE_UNEXPECTED"):
        check_archive(archive(target, *files))


@pytest.mark.parametrize("text", ["", "Email,Last_Name\na,b\n", "<html>\n"])
def test_a_csv_without_a_status_column_is_unexpected(target: Path, text: str) -> None:
    with pytest.raises(ArchiveError, match="ARCHIVE_UNEXPECTED"):
        list(read_results(archive(target, ("r.csv", text))))


def test_a_quote_that_never_closes_does_not_hang(target: Path) -> None:
    rows = list(read_results(archive(target, ("r.csv", STANDARD + '"open,b,c,ADDED,1,\nx,y,z,ADDED,2,\n'))))
    assert len(rows) == 1


def test_the_reader_lets_go_of_the_file(target: Path) -> None:
    found = read_results(archive(target, ("r.csv", STANDARD + "a,b,c,ADDED,1,\n" * 10)))
    next(found)
    found.close()  # type: ignore[attr-defined]
    target.unlink()
    assert not target.exists()


def test_a_file_without_line_breaks_does_not_fill_the_memory(target: Path) -> None:
    noise = bytes((n * 7919 >> 3) % 94 + 33 for n in range(6_000_000)).replace(b'"', b"'").replace(b",", b".")
    made = archive(target, ("r.csv", STANDARD.encode() + noise))
    widest = 0
    # The csv module's own limit on a field, which other code may have raised, can end it earlier.
    with contextlib.suppress(ArchiveError):
        for row in read_results(made):
            widest = max(widest, *map(len, row.columns))
    assert widest <= 2_000_000
