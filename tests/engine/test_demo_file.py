import csv
import hashlib
import io
from pathlib import Path

from ztui.engine import demo_file

MAIL = demo_file.HEADERS.index("E-mail")


def read() -> list[list[str]]:
    return list(csv.reader(io.StringIO(demo_file.content().decode("cp1252"), newline=""), delimiter=";"))


def test_the_file_is_always_the_same_bytes() -> None:
    one, two = demo_file.content(), demo_file.content()
    assert hashlib.sha256(one).digest() == hashlib.sha256(two).digest()
    assert b"\xfc" in one  # really cp1252
    assert one.count(b"\x1b") == 3


def test_six_hundred_rows_of_eighteen_cells() -> None:
    header, *rows = read()
    assert tuple(header) == demo_file.HEADERS
    assert len(rows) == 600
    assert {len(row) for row in rows} == {18}


def test_no_record_has_two_faults() -> None:
    records = [n for kind in demo_file.FAULTS.values() for n in kind]
    assert len(records) == len(set(records))


def test_the_faults_are_where_they_are_said_to_be() -> None:
    _, *rows = read()
    column = demo_file.HEADERS.index
    assert all(rows[n][column("Surname")] == "" for n in demo_file.FAULTS["missing_last_name"])
    assert sum(row[column("Surname")] == "" for row in rows) == 3
    assert all("\n" in rows[n][column("Remarks")] for n in demo_file.FAULTS["line_break"])
    assert len(rows[demo_file.FAULTS["too_long"][0]][column("Company")]) > 200
    assert len(rows[demo_file.FAULTS["too_long"][1]][column("Phone")]) > 30
    assert rows[55][column("First name")].startswith("[bold]")


def test_only_the_duplicates_repeat_an_address() -> None:
    _, *rows = read()
    seen: set[str] = set()
    repeated = []
    for number, row in enumerate(rows):
        if row[MAIL].casefold() in seen:
            repeated.append(number)
        seen.add(row[MAIL].casefold())
    assert tuple(repeated) == demo_file.FAULTS["duplicate_in_file"]


def test_the_leads_in_the_crm_are_in_the_file(tmp_path: Path) -> None:
    demo_file.write(tmp_path / "leads.csv")
    text = (tmp_path / "leads.csv").read_bytes().decode("cp1252")
    assert len(demo_file.existing()) == 7
    assert all(lead["Email"] in text for lead in demo_file.existing())
