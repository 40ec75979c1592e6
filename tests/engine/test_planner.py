"""Plans are complete, and what is packed is what was planned: right rows, right order, right bytes."""

from __future__ import annotations

import csv
import io
import random
import re
import sys
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.engine.checking import SCHEMA, mapping_of, opened, write
from tests.engine.test_preflight import case
from ztui.csvfile import scan
from ztui.csvfile.parts import DonePart
from ztui.csvfile.zipping import Zipped
from ztui.engine import planner, planner_worker
from ztui.engine.check_worker import frame, read_frame
from ztui.engine.files import OpenFile
from ztui.engine.planner import make_plan, pack, plan_digest, sent_columns
from ztui.engine.planner_columns import RowMaker
from ztui.engine.planner_pack import pack_parts
from ztui.engine.preflight import check
from ztui.errors import PlanError, SourceChanged, SourceError, StoreError
from ztui.model.crm import Operation
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.model.part import Part
from ztui.model.plan import CellEdit, ImportPlan
from ztui.model.profile import Domains, Profile

PROFILE = Profile("test", Domains("https://a", "https://b", "https://c"), zgid="1")
HEADER = ("Extra", "Last_Name", "Email", "Notes")


def rows_of(part: Part) -> list[list[str]]:
    with zipfile.ZipFile(part.path) as archive:
        text = archive.read(part.csv_name).decode()
    return list(csv.reader(io.StringIO(text, newline="")))


async def plan_of(file: OpenFile, mapping: Mapping, **more: object) -> ImportPlan:
    return await make_plan(file, mapping, SCHEMA, PROFILE, **more)  # type: ignore[arg-type]


def packed(plan: ImportPlan, folder: Path) -> list[Part]:
    folder.mkdir()
    return list(pack(plan, folder))


async def test_only_mapped_columns_leave_key_first(tmp_path: Path) -> None:
    rows = [["secret", "Ada", "a@b.example", "x, y"], ["secret", "Bob", "b@c.example", 'say "hi"\nthere']]
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    mapping = mapping_of(HEADER).with_field(FieldMapping("Source", default="Partner"))
    plan = await plan_of(file, mapping)
    assert [(c.api_name, c.default) for c in sent_columns(plan)] == [
        ("Email", None),
        ("Last_Name", None),
        ("Notes", None),
        ("Source", "Partner"),
    ]
    (part,) = packed(plan, tmp_path / "out")
    assert rows_of(part) == [
        ["Email", "Last_Name", "Notes"],
        ["a@b.example", "Ada", "x, y"],
        ["b@c.example", "Bob", 'say "hi"\nthere'],
    ]
    assert (part.records, part.lines, part.csv_name) == ((0, 1), (2, 3), "Leads-0001.csv")
    assert b"secret" not in part.path.read_bytes()
    assert (plan.total_rows, plan.zgid, plan.rows_per_part, plan.bytes_per_part) == (2, "1", 25_000, 25_000_000)


async def test_columns_say_format_and_find_by(tmp_path: Path) -> None:
    header = ("Last_Name", "Born", "Seen", "Account", "Owner")
    row = ["A", "31.12.2024", "2024-12-31T10:00:00Z", "Acme", "x@y.example"]
    file = opened(write(tmp_path / "f.csv", header, [row]))
    mapping = mapping_of(header)
    for mapped in (
        FieldMapping("Born", (1,), (Step.of("date", pattern="dd.MM.yyyy"),)),
        FieldMapping("Seen", (2,), (Step.of("datetime", pattern="yyyy-MM-dd'T'HH:mm:ssXXX"),)),
        FieldMapping("Owner", (4,), find_by="email"),
    ):
        mapping = mapping.with_field(mapped)
    plan = await plan_of(file, mapping)
    columns = {c.api_name: (c.format, c.find_by) for c in sent_columns(plan)}
    assert columns == {
        "Last_Name": (None, None),
        "Born": ("yyyy-MM-dd", None),
        "Seen": ("yyyy-MM-dd'T'HH:mm:ssXXX", None),
        "Account": (None, "id"),
        "Owner": (None, "email"),
    }
    (part,) = packed(plan, tmp_path / "out")
    sent = dict(zip(*rows_of(part), strict=True))
    assert (sent["Born"], sent["Seen"]) == ("2024-12-31", "2024-12-31T10:00:00+00:00")


async def test_refused_rows_are_left_out_and_blocked_plans_refused(tmp_path: Path) -> None:
    rows = [["", f"N{n}", f"n{n}@x.example" if n % 3 else "bad", ""] for n in range(9)]
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    report = await check(file, mapping_of(HEADER), SCHEMA)
    plan = await plan_of(file, mapping_of(HEADER), report=report)
    assert plan.exclude == (0, 3, 6)
    assert packed(plan, tmp_path / "out")[0].records == (1, 2, 4, 5, 7, 8)
    everything = await plan_of(file, mapping_of(HEADER), report=report, exclude_refused=False)
    assert everything.exclude == ()
    some = await plan_of(file, mapping_of(HEADER), report=report, records=(4, 3, 2, 2))
    assert (some.records, some.exclude) == ((2, 3, 4), (3,))
    with pytest.raises(PlanError, match="NOTHING_TO_SEND"):
        await plan_of(file, mapping_of(HEADER), report=report, records=(0, 3))
    blocked = await check(file, mapping_of(("Email",)), SCHEMA)
    with pytest.raises(PlanError, match="PLAN_BLOCKED"):
        await plan_of(file, mapping_of(("Email",)), report=blocked)


async def test_edits_replace_what_is_sent(tmp_path: Path) -> None:
    rows = [["", f"N{n}", f"n{n}@x.example", ""] for n in range(4)]
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    mapping = mapping_of(HEADER).with_field(FieldMapping("Source", default="Partner"))
    edits = (CellEdit(1, "Last_Name", 'x,"y'), CellEdit(2, "Source", "Cold Call"), CellEdit(3, "Phone", "123"))
    plan = await plan_of(file, mapping, edits=edits)
    (part,) = packed(plan, tmp_path / "out")
    header, *sent = rows_of(part)
    assert header == ["Email", "Last_Name", "Notes", "Source", "Phone"]
    assert sent[1] == ["n1@x.example", 'x,"y', "", "Partner", ""]
    assert sent[2][3] == "Cold Call"
    assert sent[3][4] == "123"
    assert {c.api_name: c.default for c in sent_columns(plan)}["Source"] is None


async def test_equal_keys_travel_together_in_order(tmp_path: Path) -> None:
    rows = [["", f"N{n}", f"n{n}@x.example", ""] for n in range(40)]
    keys = {5: "DUP@x.example", 17: "dup@x.example", 39: " dup@x.example", 9: "b@x.example", 30: "b@x.example"}
    for at, key in keys.items():
        rows[at][2] = key
    rows[17][1] = "line\nbreak"
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    mapping = mapping_of(HEADER, operation=Operation.UPSERT, find_by="Email")
    plan = replace(await plan_of(file, mapping, canary=4), rows_per_part=10)
    parts = packed(plan, tmp_path / "out")
    # they stand where the last of them stood
    assert (parts[0].canary, parts[0].records) == (True, (0, 1, 2, 3))
    assert (parts[1].canary, parts[1].records) == (False, (4, 6, 7, 8, 10, 11, 12, 13, 14, 15))
    sent = [r for p in parts for r in p.records]
    assert sent == [*range(5), *(6, 7, 8), *(r for r in range(10, 30) if r != 17), 9, *range(30, 39), 5, 17, 39]
    for group in ({9, 30}, {5, 17, 39}):
        assert sum(bool(group & set(p.records)) for p in parts) == 1
    assert dict(zip(parts[-1].records, parts[-1].lines, strict=True))[39] == 42
    # a group that does not fit into the rest of a part begins the next one
    tight = packed(replace(plan, rows_per_part=3, canary=0), tmp_path / "tight")
    assert (5, 17, 39) in [p.records for p in tight]
    assert all(p.rows <= 3 for p in tight)
    # rows that are left out do not hold their followers
    rest = packed(replace(plan, exclude=(5,)), tmp_path / "rest")
    assert tuple(r for p in rest for r in p.records if r in (17, 39)) == (17, 39)


async def test_the_same_plan_gives_the_same_bytes(tmp_path: Path) -> None:
    rows = [["", f"N{n}", f"n{n}@x.example", "é" * (n % 50)] for n in range(3000)]
    file = opened(write(tmp_path / "f.csv", HEADER, rows, "cp1252"), encoding="cp1252")
    plan = replace(await plan_of(file, mapping_of(HEADER)), rows_per_part=700, bytes_per_part=40_000)
    one, two = packed(plan, tmp_path / "one"), packed(plan, tmp_path / "two")
    assert [p.sha256 for p in one] == [p.sha256 for p in two]
    assert all(p.csv_bytes <= 40_000 and p.zip_bytes <= 40_000 and p.rows <= 700 for p in one)
    assert [r for p in one for r in rows_of(p)[1:]][2999] == ["n2999@x.example", "N2999", "é" * 49]
    child = planner._in_child(plan, tmp_path / "two")
    assert [p.sha256 for p in child] == [p.sha256 for p in one]
    assert plan_digest(plan) == plan_digest(replace(plan, info=replace(plan.info, data_path=Path("/elsewhere"))))
    assert plan_digest(plan) != plan_digest(replace(plan, canary=1))


async def test_a_child_tells_what_went_wrong(tmp_path: Path) -> None:
    file = opened(write(tmp_path / "f.csv", HEADER, [["", "N", "n@x.example", "y" * 5000]]))
    plan = replace(await plan_of(file, mapping_of(HEADER)), bytes_per_part=3000)
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(PlanError, match="ROW_TOO_LARGE"):
        list(planner._in_child(plan, out))
    assert list(out.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        list(planner._in_child(replace(plan, bytes_per_part=30_000), tmp_path / "nowhere"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "MODULE", "no.such.module")
        with pytest.raises(StoreError, match="PACKING_INTERRUPTED"):
            list(planner._in_child(plan, out))


async def test_a_changed_file_is_not_packed(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", HEADER, [["", "N", "n@x.example", ""]])
    plan = await plan_of(opened(path), mapping_of(HEADER))
    moved = replace(plan, mapping=replace(plan.mapping, headers=("Extra", "Surname", "Email", "Notes")))
    with pytest.raises(SourceChanged, match="HEADERS_CHANGED") as drift:
        packed(moved, tmp_path / "a")
    assert "Surname → Last_Name" in str(drift.value.details["changed"])
    path.write_text(path.read_text() + "x")
    with pytest.raises(SourceChanged, match="FILE_CHANGED"):
        packed(plan, tmp_path / "b")
    path.unlink()
    with pytest.raises(SourceChanged, match="FILE_GONE"):
        packed(plan, tmp_path / "c")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'Last_Name,Email\nAda,a@b.example\n"Bob,b@b.example\nCy,c@b.example\n', {"quotechar": '"'}),
        ("Last_Name,Notes\nИванов,Фирма\nПетров,Фирма\n".encode("cp1251"), {"encoding": "cp1251"}),
    ],
)
async def test_what_is_hardly_read_as_meant_is_sent_on_a_persons_word_only(
    data: bytes, said: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(data)
    mapping = mapping_of(("Last_Name", "Email")).without_field("Email")
    with opened(path) as file:
        report = await check(file, mapping, SCHEMA)  # which counts the rows, and looks for nothing else
        with pytest.raises(SourceError, match="FILE_MISREAD") as refused:
            await plan_of(file, mapping, report=report)
        assert "--quote none" in str(refused.value.details) or "--encoding" in str(refused.value.details)
        assert (await plan_of(file, mapping, report=report, as_read=True)).total_rows > 0
    with opened(path, **said) as file:
        assert (await plan_of(file, mapping)).total_rows > 0


def _grow(path: Path) -> None:
    with path.open("a") as file:
        file.write("x,Eve,eve@b.example,\n")


def _exchange(path: Path) -> None:
    other = path.with_suffix(".new")
    other.write_bytes(path.read_bytes().replace(b"Ada", b"Eve"))
    other.replace(path)


@pytest.mark.parametrize(
    ("change", "code"), [(_grow, "FILE_CHANGED"), (_exchange, "FILE_CHANGED"), (Path.unlink, "FILE_GONE")]
)
@pytest.mark.parametrize("child", [False, True])
async def test_a_file_that_is_written_while_it_is_packed_is_not_sent(
    change: Callable[[Path], None], code: str, child: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "f.csv", HEADER, [["x", "Ada", "a@b.example", ""]])
    plan = await plan_of(opened(path), mapping_of(HEADER))

    def pack_late(plan: ImportPlan, folder: Path, on_part: Callable[[DonePart], None]) -> None:
        change(path)  # the file was compared by now
        if path.exists():
            pack_parts(plan, folder, on_part)
        else:
            on_part(DonePart(1, path, "", False, array("q"), array("q"), Zipped(0, 0, "")))

    if not child:
        monkeypatch.setattr(planner, "pack_parts", pack_late)
        with pytest.raises(SourceChanged, match=code):
            packed(plan, tmp_path / "out")
        return
    monkeypatch.setattr(planner_worker, "pack_parts", pack_late)
    monkeypatch.setattr("os.nice", lambda _by: 0)
    told = io.BytesIO()
    (tmp_path / "out").mkdir()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(frame((plan, str(tmp_path / "out"))))))
    monkeypatch.setattr("sys.stdout", SimpleNamespace(buffer=told))
    interval = sys.getswitchinterval()
    try:
        planner_worker.main()
    finally:
        sys.setswitchinterval(interval)
    told.seek(0)
    kind, problem = read_frame(told)
    assert (kind, problem.code) == ("error", code)


async def test_one_blank_column_still_makes_a_row(tmp_path: Path) -> None:
    header = ("Notes", "Extra")
    file = opened(write(tmp_path / "f.csv", header, [["", "x"], ["a", ""], ["", ""]]))
    (part,) = packed(await plan_of(file, mapping_of(header)), tmp_path / "out")
    assert rows_of(part) == [["Notes"], [""], ["a"], [""]]


def _shown(value: str) -> str:
    """The value without what stands for bytes that are no text."""
    return re.sub("[\ud800-\udfff\ufffd]", "", value)


@pytest.mark.parametrize("batch", range(4))
async def test_packing_mangled_files(batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file: each row is what the steps make of its cells, with its line, once and in order."""
    for seed in range(batch * 40, batch * 40 + 40):
        path, mapping, said = case(seed, tmp_path)
        pick = random.Random(seed)
        monkeypatch.setattr(scan, "BLOCK", pick.choice([64, 3000, 1 << 18]))
        monkeypatch.setattr(scan, "WINDOW", pick.choice([100, 1 << 15]))
        with opened(path, **said) as file:
            width = len(file.info.headers)
            fields = tuple(f for f in mapping.fields if max(f.columns) < width)
            mapping = replace(mapping, fields=fields, headers=file.info.headers)
            await file.index()
            if not fields or not file.row_count:
                continue
            plan = replace(await plan_of(file, mapping), rows_per_part=pick.choice([1, 7, 1000]))
            source = {row.number: row for row in file.rows(0, 10_000)}
            maker = RowMaker(plan)
            parts = packed(plan, tmp_path / f"out{seed}")
            assert sorted(r for p in parts for r in p.records) == list(range(len(source)))
            for part in parts:
                for record, line, sent in zip(part.records, part.lines, rows_of(part)[1:], strict=True):
                    want = [_shown(v) for v in maker.values(record, source[record].cells)]
                    assert want == [_shown(v) for v in sent], f"seed {seed}"
                    assert line == source[record].line


async def test_the_header_once_more_is_never_sent(tmp_path: Path) -> None:
    header = ["Last_Name", "Email"]
    file = opened(write(tmp_path / "f.csv", header, [["A", "a@b.example"], header, ["B", "nonsense"]]))
    report = await check(file, mapping_of(header), SCHEMA)
    everything = await plan_of(file, mapping_of(header), report=report, exclude_refused=False)
    assert everything.exclude == (1,)
    assert (await plan_of(file, mapping_of(header), report=report)).exclude == (1, 2)
