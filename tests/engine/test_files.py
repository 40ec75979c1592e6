"""Opening, indexing, seeking, searching and profiling through the engine's façade."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import random
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.csvfile.nasty import NASTY, Nasty
from tests.csvfile.oracle import oracle
from ztui.csvfile import index as index_module
from ztui.csvfile import structure as structure_module
from ztui.engine import files as files_module
from ztui.engine.files import OpenFile
from ztui.errors import SourceChanged, SourceError
from ztui.model.table import DialectOverrides


@pytest.fixture
def copies(tmp_path: Path) -> Path:
    folder = tmp_path / "copies"
    folder.mkdir()
    return folder


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make a small file behave like a large one."""
    monkeypatch.setattr(files_module, "_AT_ONCE", 0)
    monkeypatch.setattr(index_module, "SPACING", 64)
    monkeypatch.setattr(structure_module, "SPACING", 64)


def held(folder: Path) -> list[Path]:
    """What lies in a folder."""
    return list(folder.iterdir())


def write(tmp_path: Path, data: bytes, name: str = "file.csv") -> str:
    path = tmp_path / name
    path.write_bytes(data)
    return str(path)


@pytest.mark.parametrize("nasty", NASTY, ids=lambda n: n.name)
@pytest.mark.usefixtures("small_blocks")
async def test_nasty_files_as_if_they_were_large(nasty: Nasty, tmp_path: Path, copies: Path) -> None:
    path = write(tmp_path, nasty.data, f"file{nasty.suffix}")
    with OpenFile.open(path, DialectOverrides(**nasty.overrides), workdir=copies) as file:
        assert [list(row.cells) for row in file.sample()] == [cells for _, cells in nasty.rows]
        assert await file.index() == file.row_count == file.estimated_rows == len(nasty.rows)
        assert list(file.info.headers) == nasty.headers
        for number, (line, cells) in enumerate(nasty.rows):
            (row,) = file.rows(number, 1)
            assert (row.number, row.line, list(row.cells)) == (number, line, cells)
            assert file.record_at_line(line) == number
        assert file.rows(len(nasty.rows), 5) == []
        found = {f.code: f.line for f in file.structure}
        expected: dict[str, int | None] = {**nasty.codes} if nasty.rows else {"NO_ROWS": None}
        assert found == expected | ({"ENCODING_DOUBTFUL": None} if nasty.doubtful else {})
        assert all(f.level == "local" for f in file.structure)
    assert held(copies) == []


TEXT = st.lists(
    st.sampled_from(["a", "Bé", ",", ",", '"', '""', "\n", "\n", "\r\n", "\r", "x,y\n", '"q, r"', '"l1\nl2",']),
    max_size=40,
).map("".join)


@settings(max_examples=120, deadline=None)
@given(text=TEXT, spacing=st.sampled_from([1, 7, 64, 1 << 17]))
def test_index_and_rows_are_what_csv_reader_reads(
    tmp_path_factory: pytest.TempPathFactory, text: str, spacing: int
) -> None:
    folder = tmp_path_factory.mktemp("f")
    data = b"Name,Email\n" + text.encode()
    overrides = DialectOverrides("utf-8", ",", '"', 1, False)

    async def read() -> list[tuple[int, tuple[str, ...]]]:
        with OpenFile.open(write(folder, data), overrides, workdir=folder / "copies") as file:
            count = await file.index()
            rows = [row for start in range(count) for row in file.rows(start, 1)]
            assert [row.number for row in rows] == list(range(count))
            assert [(row.line, row.cells) for row in file.rows(0, count + 1)] == [(r.line, r.cells) for r in rows]
            expected = oracle(data, file.info.dialect)
            for number, row in enumerate(rows):
                end = rows[number + 1].line if number + 1 < len(rows) else row.line + 1
                assert file.record_at_line(row.line) == number
                assert file.record_at_line(end - 1) in (number, number + 1)
            assert len(expected) == count + 1
            return [(row.line, row.cells) for row in rows]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files_module, "_AT_ONCE", 0)
        patch.setattr(index_module, "SPACING", spacing)
        patch.setattr(structure_module, "SPACING", spacing)
        found = asyncio.run(read())
    assert found == oracle(data, OpenFile.open(write(folder, data), overrides, workdir=folder).info.dialect)[1:]


@pytest.mark.usefixtures("small_blocks")
async def test_the_first_byte_beyond_ascii_at_2_mb_decides_the_encoding(tmp_path: Path) -> None:
    rows = b"Ada;Bonn\n" * 240_000
    data = b"Name;City\n" + rows + "Zoë;Köln\n".encode("cp1252")
    with OpenFile.open(write(tmp_path, data)) as file:
        assert file.info.dialect.encoding == "utf-8"
        assert await file.index() == 240_001
        assert file.info.dialect.encoding == file.info.opened_with.encoding == "cp1252"
        assert file.rows(240_000, 1)[0].cells == ("Zoë", "Köln")
        assert file.structure == ()
        assert any(what == "Encoding Windows-1252" for what, _ in file.info.notes)


@pytest.mark.usefixtures("small_blocks")
async def test_whoever_does_not_wait_for_the_index_can_settle_the_encoding(tmp_path: Path) -> None:
    data = b"Name;City\n" + b"Ada;Bonn\n" * 40_000 + "Zoë;Köln\n".encode("cp1252")
    with OpenFile.open(write(tmp_path, data)) as file:
        await file.settle()
        assert file.info.dialect.encoding == "cp1252"
        assert file.row_count is None
        assert await file.index() == 40_001
    with OpenFile.open(write(tmp_path, data), DialectOverrides(encoding="utf-8")) as file:
        await file.settle()
        assert file.info.dialect.encoding == "utf-8"


@pytest.mark.usefixtures("small_blocks")
async def test_settling_takes_out_lone_crs(tmp_path: Path, copies: Path) -> None:
    data = b"a,b\n" + b"1,2\r\n" * 30_000
    with OpenFile.open(write(tmp_path, data), workdir=copies) as file:
        await file.settle()
        assert (file.row_count, file.info.temporary) == (None, False)
    with OpenFile.open(write(tmp_path, data + b"3,4\r5,6\n"), workdir=copies) as file:
        await file.settle()
        assert file.info.temporary
        assert b"\r5" not in await asyncio.to_thread(file.info.data_path.read_bytes)
    with OpenFile.open(write(tmp_path, data + b'3,"4\r5"\n'), workdir=copies) as file:
        await file.settle()
        assert not file.info.temporary


def test_a_small_file_is_judged_as_a_whole_when_it_is_opened(tmp_path: Path) -> None:
    data = b"Name;City\n" + b"Ada;Bonn\n" * 20_000 + "Zoë;Köln\n".encode("cp1252")
    with OpenFile.open(write(tmp_path, data)) as file:
        assert file.info.dialect.encoding == "cp1252"


@pytest.mark.usefixtures("small_blocks")
async def test_one_bad_byte_early_does_not_make_a_utf_8_file_something_else(tmp_path: Path) -> None:
    data = b"Name;City\nJos\xe9;Bonn\n" + b"Ada;Bonn\n" * 20_000 + "Zoë;Köln\n".encode() * 10
    with OpenFile.open(write(tmp_path, data)) as file:
        assert file.info.dialect.encoding == "cp1252"
        await file.index()
        assert file.info.dialect.encoding == "utf-8"
        assert file.rows(20_001, 1)[0].cells == ("Zoë", "Köln")
        (finding,) = file.structure
        assert (finding.code, finding.line, finding.param("bytes")) == ("BAD_BYTES", 2, "1")


async def test_an_insisted_encoding_stays(tmp_path: Path) -> None:
    data = "Name;City\nZoë;Köln\n".encode("cp1252")
    with OpenFile.open(write(tmp_path, data), DialectOverrides(encoding="utf-8")) as file:
        await file.index()
        assert file.info.dialect.encoding == "utf-8"
        assert [f.code for f in file.structure] == ["BAD_BYTES"]
        assert file.structure[0].param("bytes") == "2"


@pytest.mark.usefixtures("small_blocks")
async def test_lone_crs_far_behind_the_beginning(tmp_path: Path, copies: Path) -> None:
    path = write(tmp_path, b"a,b\n" + b"1,2\n" * 30_000 + b"3,4\r5,6\r\n")
    with OpenFile.open(path, workdir=copies) as file:
        assert not file.info.temporary
        assert await file.index() == 30_002
        assert [r.cells for r in file.rows(30_000, 5)] == [("3", "4"), ("5", "6")]
        assert [r.line for r in file.rows(30_000, 5)] == [30_002, 30_003]
        assert held(copies) == [file.info.data_path]
    assert held(copies) == []


async def test_trouble_is_counted_in_full_and_named_by_its_first_lines(tmp_path: Path) -> None:
    data = b"a,b,c\n" + b"1,2\n1,2,3,4\n\n" * 500
    with OpenFile.open(write(tmp_path, data)) as file:
        await file.index()
        short, long, blank = file.structure
    assert (short.code, short.record, short.line) == ("ROWS_TOO_SHORT", 0, 2)
    assert (short.param("count"), short.param("cells"), short.param("expected")) == ("500", "2", "3")
    assert short.param("lines").startswith("2, 5, 8, 11")
    assert short.param("lines").endswith(", …")
    assert (long.code, long.line, long.param("count")) == ("ROWS_TOO_LONG", 3, "500")
    assert (blank.code, blank.line, blank.param("count")) == ("BLANK_LINES", 4, "500")


async def test_an_open_quote_names_its_line_and_what_it_swallows(tmp_path: Path) -> None:
    data = b"a,b,c\n" + b"1,2,3\n" * 10 + b'4,"x,6\n' + b"7,8,9\n" * 1000
    with OpenFile.open(write(tmp_path, data)) as file:
        assert await file.index() == 11
        finding = file.structure[0]
    assert (finding.code, finding.line, finding.record) == ("QUOTE_NOT_CLOSED", 12, 10)
    assert finding.param("swallowed") == "1000"


async def test_rows_around_a_record_that_swallows_megabytes(tmp_path: Path) -> None:
    swallowed = b"1,2,3\n" * 400_000
    data = b'a,b,c\n0,x,y\n4,"z,5\n' + swallowed + b'6,"q",7\n8,9,10\n'
    with OpenFile.open(write(tmp_path, data)) as file:
        reads: list[int] = []
        before = file.rows(0, 10)  # before the scan nothing behind it can be reached, and nobody waits for its end
        assert [row.cells[0] for row in before] == ["0", "4"]
        assert len(before[1].cells[1]) < 1_100_000
        assert await file.index(lambda rows, _: reads.append(rows)) == 3
        found = file.rows(0, 10)
        assert [(row.number, row.line, row.cells[0]) for row in found] == [(0, 2, "0"), (1, 3, "4"), (2, 400_005, "8")]
        assert file.rows(2, 1)[0].cells == ("8", "9", "10")
        assert file.record_at_line(200_000) == 1
        assert file.record_at_line(400_005) == 2
        assert {f.code for f in file.structure} == {"QUOTE_NOT_CLOSED", "RECORD_OVERSIZED"}
        assert (file.structure[0].line, file.structure[0].param("swallowed")) == (3, "400001")


async def test_a_record_that_swallows_the_rest_of_the_file(tmp_path: Path) -> None:
    data = b'a,b\n0,x\n4,"z\n' + b"1,2\n" * 500_000
    with OpenFile.open(write(tmp_path, data)) as file:
        assert await file.index() == 2
        assert [row.cells[0] for row in file.rows(0, 10)] == ["0", "4"]
        assert file.rows(1, 10)[0].line == 3
        assert file.record_at_line(400_000) == 1
        assert file.structure[0].param("swallowed") == "500000"


@pytest.mark.usefixtures("small_blocks")
async def test_rows_can_be_had_while_the_scan_runs_and_after_it_was_cancelled(tmp_path: Path) -> None:
    data = b"a,b\n" + b"".join(b"%d,x\n" % n for n in range(200_000))
    with OpenFile.open(write(tmp_path, data)) as file:
        begun = asyncio.Event()
        task = asyncio.create_task(file.index(lambda *_: begun.set()))
        await begun.wait()
        assert file.row_count is None
        start = max(min(file.indexed_rows, 199_000) - 100, 0)
        assert [row.cells[0] for row in file.rows(start, 3)] == [str(start + n) for n in range(3)]
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert file.row_count is None
        assert await file.index() == 200_000
        assert file.rows(199_999, 9)[0].cells == ("199999", "x")


async def test_two_who_wait_for_the_index_share_one_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scans = 0
    run = structure_module.StructureScan.run

    def counted(self: structure_module.StructureScan) -> structure_module.Structure:
        nonlocal scans
        scans += 1
        return run(self)

    monkeypatch.setattr(structure_module.StructureScan, "run", counted)
    with OpenFile.open(write(tmp_path, b"a,b\n1,2\n")) as file:
        assert set(await asyncio.gather(file.index(), file.index())) == {1}
    assert scans == 1


def test_an_exact_scan_elsewhere_can_hand_in_its_checkpoints(tmp_path: Path) -> None:
    data = b"a,b\n" + b"".join(b"%d,x\n" % n for n in range(1000))
    with OpenFile.open(write(tmp_path, data)) as file:
        assert file.row_count is None
        file.adopt([(4, 0, 2), (data.index(b"500,"), 500, 502)], 1000)
        assert file.row_count == 1000
        assert (file.rows(700, 1)[0].cells[0], file.rows(700, 1)[0].line) == ("700", 702)
        assert file.record_at_line(702) == 700


def test_the_estimate_comes_from_the_first_rows(tmp_path: Path) -> None:
    with OpenFile.open(write(tmp_path, b"a,b\n" + b"12,34\n" * 50_000)) as file:
        assert file.estimated_rows == 50_000
    with OpenFile.open(write(tmp_path, b"a,b\n1,2\n")) as file:
        assert file.estimated_rows == 1


async def test_find_in_both_directions_and_in_one_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(structure_module, "SPACING", 50)
    lines = [f'row{n},{"Köln" if n % 40 == 7 else "Bonn"},"a ""b"" {n}"' for n in range(200)]
    with OpenFile.open(write(tmp_path, "\n".join(["name,city,note", *lines]).encode())) as file:
        for _ in range(2):  # with the first checkpoint only, then with many
            assert await file.find("KÖLN") == 7
            assert await file.find("köln", 8) == 47
            assert await file.find("köln", 7) == 7
            assert await file.find("köln", 199, backwards=True) == 167
            assert await file.find("köln", 166, backwards=True) == 127
            assert await file.find("köln", 6, backwards=True) is None
            assert await file.find("row19", column=1) is None
            assert await file.find("row19", column=0, start=20) == 190
            assert await file.find('"b" 150') == 150
            assert await file.find("") is None
            assert await file.find("nowhere") is None
            await file.index()


async def test_column_profile(tmp_path: Path) -> None:
    rows = [f"p{n}@x.example,{'' if n % 4 else n},{n % 3}" for n in range(400)]
    with OpenFile.open(write(tmp_path, "\n".join(["Email,Count,Kind", *rows, "short"]).encode())) as file:
        email = await file.profile_column(0)
        assert (email.rows, email.filled, email.distinct, email.longest) == (401, 401, 401, 14)
        assert dict(email.kinds) == {"email": 400, "text": 1}
        count = await file.profile_column(1)
        assert (count.rows, count.filled, count.distinct) == (401, 100, 100)
        kind = await file.profile_column(2)
        assert (kind.distinct, set(kind.samples)) == (3, {"0", "1", "2"})


async def test_a_file_cut_short_while_open_is_not_counted(tmp_path: Path) -> None:
    path = Path(write(tmp_path, b"Name,City\n" + b"Ada,Bonn\n" * 1000))
    with OpenFile.open(str(path)) as file:
        write(tmp_path, b"Name,City\nBob,Ulm\n")
        with pytest.raises(SourceChanged) as caught:
            await file.index()
        assert caught.value.code == "FILE_CHANGED"


def test_digest_is_of_the_bytes_and_a_changed_file_is_told(tmp_path: Path) -> None:
    path = Path(write(tmp_path, b"a,b\n1,2\n"))
    with OpenFile.open(str(path)) as file:
        source = asyncio.run(file.digest())
        assert source.sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()
        assert (source.path, source.size, source.modified_ns) == (str(path), 8, path.stat().st_mtime_ns)
        path.write_bytes(b"a,b\n1,2\n3,4\n")
        with pytest.raises(SourceChanged) as caught:
            asyncio.run(file.digest())
        assert caught.value.code == "FILE_CHANGED"
        assert (caught.value.details["size_before"], caught.value.details["size_now"]) == (8, 12)
        path.unlink()
        with pytest.raises(SourceChanged) as caught:
            file.check_unchanged()
        assert caught.value.code == "FILE_GONE"
        with pytest.raises(SourceChanged):
            file.rows(0, 5)


async def test_digest_of_an_archive_is_that_of_what_is_in_it(tmp_path: Path) -> None:
    with OpenFile.open(write(tmp_path, gzip.compress(b"a,b\n1,2\n"), "f.csv.gz")) as file:
        assert (await file.digest()).sha256 == hashlib.sha256(b"a,b\n1,2\n").hexdigest()


async def test_reopening_with_other_wishes_leaves_the_first_open(tmp_path: Path) -> None:
    with OpenFile.open(write(tmp_path, b"a;b,c\n1;2,3\n")) as file:
        other = await file.reopen(DialectOverrides(delimiter=","))
        assert (other.info.headers, file.info.headers) == (("a;b", "c"), ("a", "b,c"))
        with pytest.raises(SourceError):
            await file.reopen(DialectOverrides(encoding="klingon"))
        other.close()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
async def test_standard_input_can_be_read_again(encoding: str, copies: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("a;b,c\nü;2,3\n".encode(encoding))))
    with OpenFile.open("-", workdir=copies) as file:
        other = await file.reopen(DialectOverrides(encoding=encoding, delimiter=","))
        assert other.rows(0, 1)[0].cells == ("ü;2", "3")
        assert other.info.path == "-"
        assert (await other.digest()).path == "-"
        other.close()
        assert file.rows(0, 1)[0].cells == ("ü", "2,3")
    assert held(copies) == []


def test_copies_go_away_even_when_nobody_closes(tmp_path: Path, copies: Path) -> None:
    file = OpenFile.open(write(tmp_path, gzip.compress(b"a,b\n1,2\n")), workdir=copies)
    assert len(held(copies)) == 1
    del file
    assert held(copies) == []


def test_lines_and_rows_beyond_the_ends(tmp_path: Path) -> None:
    with OpenFile.open(write(tmp_path, b'T\n\na,b\n1,"x\ny"\n\n2,z\n')) as file:
        assert file.info.dialect.header_line == 3
        assert [file.record_at_line(line) for line in (0, 1, 4, 5, 6, 7, 99)] == [0, 0, 0, 0, 1, 1, 1]
        assert file.rows(-1, 5) == []
        assert file.rows(0, 0) == []
        assert file.rows(7, 5) == []
    with OpenFile.open(write(tmp_path, b"a,b\n")) as file:
        assert file.sample() == []
        assert file.record_at_line(1) == 0


async def test_random_windows_of_a_file_with_many_blocks(tmp_path: Path) -> None:
    draw = random.Random(7)
    rows = []
    for number in range(20_000):
        note = draw.choice(["plain", 'say ""hi""', "two\nlines", "a,b", "", "Zoë"])
        rows.append(f'{number},"{note}",{"x" * draw.randrange(60)}' + draw.choice(["\n", "\r\n", "\n\n"]))
    data = ("id,note,fill\n" + "".join(rows)).encode()
    expected: list[tuple[int, tuple[str, ...]]] = []
    with OpenFile.open(write(tmp_path, data)) as file:
        expected = oracle(data, file.info.dialect)[1:]
        assert await file.index() == len(expected) == 20_000
        assert file.index_memory < 1000
        for _ in range(300):
            start = draw.randrange(20_000)
            found = file.rows(start, 50)
            assert [(r.line, r.cells) for r in found] == expected[start : start + 50]
            line = expected[start][0]
            assert file.record_at_line(line) == start
