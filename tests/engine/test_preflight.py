"""The whole-file check: the right finding on the right line, and the fast way finds exactly what the slow one finds."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.checking import KINDS, SCHEMA, STEPS, cell, mangle, mapping_of, opened, oracle, told, write
from ztui.csvfile import scan
from ztui.engine import preflight_ranges, preflight_run
from ztui.engine.preflight import CheckMemory, CheckReport, check
from ztui.engine.preflight_pool import Child
from ztui.engine.preflight_segment import Job, SegmentCheck
from ztui.errors import StoreError
from ztui.model.crm import Field, ModuleSchema, Operation, PickListValue
from ztui.model.finding import Severity
from ztui.model.mapping import FieldMapping, Mapping, Step
from ztui.model.plan import CellEdit

HEADER = ("Last_Name", "Email", "Employees", "Born", "Code", "Source", "Extra")


def good(number: int) -> list[str]:
    return [f"Name {number}", f"n{number}@example.com", str(number), "2024-01-31", f"C{number}", "Partner", "x"]


def by_rule(report: CheckReport) -> dict[str, int]:
    return {g.rule: g.count for g in report.groups}


async def test_findings_name_line_column_and_value(tmp_path: Path) -> None:
    rows = [good(n) for n in range(10)]
    rows[2][1] = "nonsense"
    rows[3][0] = "two\nlines"
    rows[4][0] = " "
    rows[5][4] = "c1"
    rows[6][5] = "Partnr"
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    report = await check(file, mapping_of(HEADER), SCHEMA)
    found = {f.param("rule"): f for f in report.all_findings()}
    mail = found["NOT_AN_EMAIL"]
    assert (mail.code, mail.record, mail.line, mail.column, mail.api_name, mail.value) == (
        "INVALID_DATA",
        2,
        4,
        1,
        "Email",
        "nonsense",
    )
    assert (found["REQUIRED_BLANK"].code, found["REQUIRED_BLANK"].line) == ("MANDATORY_NOT_FOUND", 7)
    repeat = found["VALUE_REPEATED"]
    assert (repeat.code, repeat.line, repeat.param("line"), repeat.value) == ("DUPLICATE_DATA", 8, "3", "c1")
    assert (found["NEW_CHOICE"].severity, found["NEW_CHOICE"].param("nearest")) == (Severity.WARNING, "Partner")
    assert list(report.refused_records()) == [2, 4, 5]
    assert (report.rows_checked, report.rows_total, report.rows_refused) == (10, 10, 3)
    assert report.complete
    assert not report.blocking
    assert (report.errors, report.warnings) == (3, 1)
    assert file.row_count == 10


async def test_an_empty_table_is_fine(tmp_path: Path) -> None:
    report = await check(opened(write(tmp_path / "f.csv", HEADER, [good(1)])), mapping_of(HEADER), SCHEMA)
    assert report.groups == ()
    assert report.rows_checked == 1


async def test_ragged_rows(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Last_Name,Email,Extra\nAda,a@b.example,x\nBob\nCy,c@d.example,x,y,z\n\nDi,d@e.example\n")
    report = await check(opened(path), mapping_of(("Last_Name", "Email", "Extra")), SCHEMA)
    found = {f.param("rule"): f for f in report.all_findings()}
    assert found["MAPPED_CELL_MISSING"].line == 3
    assert found["MAPPED_CELL_MISSING"].param("field") == "Email"
    assert found["CELLS_BEYOND_HEADER"].line == 4
    assert (found["CELLS_BEYOND_HEADER"].column, found["CELLS_BEYOND_HEADER"].value) == (3, "y")
    assert found["CELLS_BEYOND_HEADER"].param("actual") == "5"
    assert len(found) == 2  # the last row lacks only a column that is not mapped


async def test_rows_whose_cells_may_have_shifted_are_not_sent(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    lines = ("Last_Name,Email,Notes", "Ada,a@b.example,x", "Smith, John,c@d.example,x", "Cy,c@d.example,x,, ,z")
    path.write_text("\n".join((*lines, "Di,d@e.example,y,", "Ed,e@e.example,y,,  ,\t", "Flo,f@f.example,y")) + "\n")
    mapping = mapping_of(("Last_Name", "Email", "Notes"))
    for exact in (False, True):
        with opened(path) as file:
            report = await check(file, mapping, SCHEMA, exact=exact)
        assert list(report.refused_records()) == [1, 2]
        beyond, empty = (
            [f for f in report.all_findings() if f.param("rule") == name]
            for name in ("CELLS_BEYOND_HEADER", "EMPTY_CELLS_BEYOND_HEADER")
        )
        assert [(f.severity, f.line, f.column, f.value) for f in beyond] == [
            (Severity.ERROR, 3, 3, "x"),
            (Severity.ERROR, 4, 3, "z"),
        ]
        assert [(f.severity, f.line, f.param("actual")) for f in empty] == [
            (Severity.WARNING, 5, "4"),
            (Severity.WARNING, 6, "6"),
        ]


async def test_a_row_whose_cells_may_have_shifted_is_refused_whatever_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Last_Name,Email,Notes\nSmith, John,c@d.example,x\nAda,a@b.example,x\n")
    mapping = mapping_of(("Last_Name", "Email", "Notes")).without_field("Notes")
    memory = CheckMemory()
    with opened(path) as file:
        for fewer in (mapping, mapping.without_field("Email"), mapping):
            report = await check(file, fewer, SCHEMA, memory=memory)
            assert list(report.refused_records()) == [0]


async def test_long_values_are_read_again(tmp_path: Path) -> None:
    rows = [good(0), good(1)]
    rows[1][0] = "y" * 3000
    report = await check(opened(write(tmp_path / "f.csv", HEADER, rows)), mapping_of(HEADER), SCHEMA)
    (found,) = report.all_findings()
    assert found.value == "y" * 3000
    assert found.param("actual") == "3000"


async def test_steps_are_applied_before_judging(tmp_path: Path) -> None:
    header = ("Last_Name", "Born", "Given")
    rows = [["Lovelace", "31/12/2024", "Ada"], ["Hopper", "12/31/2024", ""]]
    fields = (
        FieldMapping("Last_Name", (2, 0), (Step.of("join", separator=" "),)),
        FieldMapping("Born", (1,), (Step.of("date", pattern="dd/MM/yyyy"),)),
    )
    mapping = Mapping("Leads", headers=header, fields=fields)
    report = await check(opened(write(tmp_path / "f.csv", header, rows)), mapping, SCHEMA)
    (found,) = report.all_findings()
    assert (found.param("rule"), found.line, found.value, found.param("pattern")) == (
        "NOT_A_DATE",
        3,
        "12/31/2024",
        "dd/MM/yyyy",
    )


@pytest.mark.parametrize("operation", [Operation.UPDATE, Operation.UPSERT])
async def test_keys_of_update_and_upsert(tmp_path: Path, operation: Operation) -> None:
    rows = [good(0), good(1), good(2), good(0)]
    rows[1][1] = ""
    mapping = mapping_of(HEADER, operation=operation, find_by="Email").without_field("Code")
    report = await check(opened(write(tmp_path / "f.csv", HEADER, rows)), mapping, SCHEMA)
    found = {f.param("rule"): f for f in report.all_findings()}
    assert set(found) == {"KEY_BLANK", "KEY_REPEATED"}
    assert (found["KEY_BLANK"].code, found["KEY_BLANK"].line) == ("MANDATORY_NOT_FOUND", 3)
    assert (found["KEY_REPEATED"].line, found["KEY_REPEATED"].param("line")) == (5, "2")
    assert found["KEY_REPEATED"].severity is Severity.WARNING


async def test_a_unique_value_may_come_again_for_the_same_record(tmp_path: Path) -> None:
    rows = [good(0), good(1), good(0), good(2)]
    rows[3][4] = "C1"
    mapping = mapping_of(HEADER, operation=Operation.UPSERT, find_by="Email")
    report = await check(opened(write(tmp_path / "f.csv", HEADER, rows)), mapping, SCHEMA)
    assert [(rule, line) for rule, _, _, line, *_ in told(report)] == [("KEY_REPEATED", 4), ("VALUE_REPEATED", 5)]


@pytest.mark.parametrize("data_type", ["integer", "currency"])
async def test_a_number_is_the_same_however_it_is_written(data_type: str, tmp_path: Path) -> None:
    schema = replace(SCHEMA, fields=(*SCHEMA.fields, Field("Number", "Number", data_type, unique=True)))
    texts = ["1000", "1,000", "01000", "+1000", "-1000", "0", "-0", "00"]
    path = write(tmp_path / "f.csv", ("Last_Name", "Number"), [["A", text] for text in texts])
    mapping = mapping_of(("Last_Name",)).with_field(FieldMapping("Number", (1,)))
    for exact in (False, True):
        report = await check(opened(path), mapping, schema, exact=exact)
        assert [(rule, line, first) for rule, _, _, line, _, _, first in told(report)] == [
            ("VALUE_REPEATED", 3, "2"),
            ("VALUE_REPEATED", 4, "2"),
            ("VALUE_REPEATED", 5, "2"),
            ("VALUE_REPEATED", 8, "7"),
            ("VALUE_REPEATED", 9, "7"),
        ]


@pytest.mark.parametrize("blank", ["\u2003", "\u1680", "\u2028", "\x85", " \u205f "])
async def test_space_of_any_kind_is_blank(blank: str, tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", ("Last_Name", "Code"), [[blank, "1"], ["ế", "2"], [blank + "A", "3"]])
    for exact in (False, True):
        report = await check(opened(path, encoding="utf-8"), mapping_of(("Last_Name", "Code")), SCHEMA, exact=exact)
        assert [(rule, line) for rule, _, _, line, *_ in told(report)] == [("REQUIRED_BLANK", 2)]


@pytest.mark.parametrize(
    ("operation", "ignore_empty", "rules"),
    [
        (Operation.UPDATE, False, ["REQUIRED_BLANK"]),  # it would clear what the record must have
        (Operation.UPDATE, True, []),
        (Operation.UPSERT, False, ["REQUIRED_BLANK"]),
        (Operation.UPSERT, True, ["REQUIRED_BLANK"]),  # the row may be a new record
    ],
)
async def test_required_blanks_of_records_that_may_be_there(
    operation: Operation, ignore_empty: bool, rules: list[str], tmp_path: Path
) -> None:
    path = write(tmp_path / "f.csv", ("Last_Name", "Email"), [["Ada", "a@b.example"], ["", "c@d.example"]])
    mapping = mapping_of(("Last_Name", "Email"), operation=operation, find_by="Email")
    report = await check(opened(path), replace(mapping, ignore_empty=ignore_empty), SCHEMA)
    assert [g.rule for g in report.groups if g.severity is Severity.ERROR] == rules
    assert list(report.refused_records()) == ([1] if rules else [])


async def test_a_default_of_nothing_but_space_fills_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", ("Last_Name", "Code"), [["", "1"]])
    mapping = mapping_of(("Last_Name", "Code"))
    for default, rules in (("\u00a0", ["REQUIRED_BLANK"]), ("n/a", [])):
        report = await check(opened(path), mapping.with_field(FieldMapping("Last_Name", (0,), default=default)), SCHEMA)
        assert [g.rule for g in report.groups] == rules
    report = await check(opened(path), mapping.with_field(FieldMapping("Last_Name", default="\u00a0")), SCHEMA)
    assert [g.rule for g in report.groups] == ["REQUIRED_UNMAPPED"]


@pytest.mark.parametrize("exact", [False, True])
async def test_a_default_counts_as_the_value_where_values_may_not_repeat(exact: bool, tmp_path: Path) -> None:
    path = write(tmp_path / "f.csv", ("Last_Name", "Code"), [["A", "1"], ["B", ""], ["C", "x"], ["D", " "], ["E", ""]])
    mapping = mapping_of(("Last_Name",)).with_field(FieldMapping("Code", (1,), default="X"))
    report = await check(opened(path), mapping, SCHEMA, exact=exact)
    assert [(rule, line, first) for rule, _, _, line, _, _, first in told(report)] == [
        ("VALUE_REPEATED", line, "3") for line in (4, 5, 6)
    ]


async def test_what_is_known_of_keys_depends_on_their_default(tmp_path: Path) -> None:
    mapping, memory = mapping_of(("Last_Name", "Code")), CheckMemory()
    with opened(write(tmp_path / "f.csv", ("Last_Name", "Code"), [["A", "1"], ["B", ""], ["C", "x"]])) as file:
        for default, lines in ((None, []), ("X", [4]), ("1", [3]), (None, [])):
            given = mapping.with_field(FieldMapping("Code", (1,), default=default))
            report = await check(file, given, SCHEMA, memory=memory)
            assert [line for _, _, _, line, *_ in told(report)] == lines


async def test_record_ids(tmp_path: Path) -> None:
    rows = [["5100000000000002175", "A"], ["zcrm_5100000000000002176", "B"], ["", "C"]]
    mapping = mapping_of(("id", "Notes"), operation=Operation.UPDATE, find_by="id")
    report = await check(opened(write(tmp_path / "f.csv", ("id", "Notes"), rows)), mapping, SCHEMA)
    assert [(rule, line) for rule, _, _, line, *_ in told(report)] == [("KEY_BLANK", 4), ("NOT_AN_ID", 3)]


async def test_a_column_that_mostly_fails_is_called_out_once(tmp_path: Path) -> None:
    rows = [good(n) for n in range(6000)]
    for row in rows:
        row[1] = "not an address"
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    report = await check(file, mapping_of(HEADER), SCHEMA)
    (group,) = report.groups
    assert (group.rule, group.scope, group.count, group.api_name) == ("COLUMN_MISFIT", "mapping", 1, "Email")
    assert group.first.param("count") == "5000"
    assert report.blocking
    assert report.rows_refused == 0
    everything = await check(file, mapping_of(HEADER), SCHEMA, collapse=False)
    assert by_rule(everything) == {"COLUMN_MISFIT": 1, "NOT_AN_EMAIL": 6000}


async def test_a_column_that_mostly_fails_and_is_meant_is_judged_row_by_row(tmp_path: Path) -> None:
    rows = [good(n) for n in range(6000)]
    for row in rows[::3]:
        row[1] = "none"
    mapping = mapping_of(HEADER)
    email = mapping.for_field("Email")
    assert email is not None
    file, memory = opened(write(tmp_path / "f.csv", HEADER, rows)), CheckMemory()
    called_out = await check(file, mapping, SCHEMA, memory=memory)
    assert (called_out.blocking, called_out.rows_refused) == (True, 0)
    report = await check(file, mapping, SCHEMA, memory=memory, meant=[email])
    assert by_rule(report) == {"NOT_AN_EMAIL": 2000}
    assert (report.blocking, list(report.refused_records())) == (False, list(range(0, 6000, 3)))
    # what is meant is this column with these steps, not the field whatever feeds it
    other = mapping.with_field(replace(email, steps=(Step.of("trim"),)))
    assert by_rule(await check(file, other, SCHEMA, memory=memory, meant=[email])) == {"COLUMN_MISFIT": 1}
    assert by_rule(await check(file, mapping, SCHEMA, memory=memory)) == {"COLUMN_MISFIT": 1}


@pytest.mark.parametrize(
    ("value", "rule", "pattern"),
    [
        ("31.12.2024", "DATE_PATTERN_NEEDED", "dd.MM.yyyy"),
        ("01/02/2024", "DATE_AMBIGUOUS", "dd/MM/yyyy or as MM/dd/yyyy"),
    ],
)
async def test_dates_without_a_pattern_are_asked(tmp_path: Path, value: str, rule: str, pattern: str) -> None:
    rows = [[*good(n)[:3], value, *good(n)[4:]] for n in range(100)]
    report = await check(opened(write(tmp_path / "f.csv", HEADER, rows)), mapping_of(HEADER), SCHEMA)
    (group,) = report.groups
    assert (group.rule, group.first.param("pattern")) == (rule, pattern)


async def test_many_blanks_are_gaps_not_a_wrong_column(tmp_path: Path) -> None:
    rows = [good(n) for n in range(200)]
    for row in rows[:100]:
        row[0] = ""
    report = await check(opened(write(tmp_path / "f.csv", HEADER, rows)), mapping_of(HEADER), SCHEMA)
    assert by_rule(report) == {"REQUIRED_BLANK": 100}


async def test_a_repair_judges_edits_and_only_its_records(tmp_path: Path) -> None:
    rows = [good(n) for n in range(10)]
    rows[2][1], rows[3][1], rows[4][1] = "bad", "bad", "bad"
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    edits = (CellEdit(2, "Email", "fine@example.com"), CellEdit(5, "Code", "C3"), CellEdit(3, "Last_Name", "x" * 30))
    report = await check(file, mapping_of(HEADER), SCHEMA, edits=edits, records=(2, 3, 5))
    assert told(report) == sorted(
        [
            ("NOT_AN_EMAIL", "INVALID_DATA", 3, 5, 1, "bad", ""),
            ("VALUE_REPEATED", "DUPLICATE_DATA", 5, 7, 4, "C3", "5"),
            ("VALUE_TOO_LONG", "INVALID_DATA", 3, 5, 0, "x" * 30, ""),
        ],
        key=repr,
    )
    assert report.rows_checked == 3
    assert list(report.refused_records()) == [3, 5]


def big(path: Path, count: int, seed: int = 1) -> tuple[Path, int]:
    """A file large enough for children, with faults everywhere; returns how many emails are bad."""
    pick = random.Random(seed)
    rows = []
    for n in range(count):
        row = good(n)
        if pick.random() < 0.02:
            row[pick.randrange(6)] = pick.choice(["", "bad", "x" * 300, "=1+1", 'a "b", c', "line\nbreak", "é\x07"])
        row[6] = "filler " * pick.randrange(12)
        rows.append(row)
    return write(path, HEADER, rows), count


async def test_children_find_what_one_thread_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, count = big(tmp_path / "f.csv", 30_000)
    monkeypatch.setattr(preflight_ranges, "LEAST", 1 << 17)
    monkeypatch.setattr(preflight_ranges, "_MOST", 1 << 18)
    monkeypatch.setattr(preflight_run, "child_count", lambda: 2)
    file = opened(path)
    reports: list[CheckReport] = []
    report = await check(file, mapping_of(HEADER), SCHEMA, on_report=reports.append)
    assert told(report) == oracle(file, mapping_of(HEADER))
    assert report.rows_checked == count
    assert reports[0].rows_checked == 5000
    assert not reports[0].complete
    assert reports[-1] is report
    assert [r.rows_checked for r in reports] == sorted(r.rows_checked for r in reports)
    assert file.row_count == count
    assert [r.number for r in file.rows(29_000, 3)] == [29_000, 29_001, 29_002]


async def test_a_wrong_cut_within_quotes_is_mended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f.csv"
    rows = [good(n) for n in range(7000)]
    # One cell holds hundreds of lines that look just like records: every cut inside it is wrong.
    rows[6000][6] = "\n".join(",".join(good(n)[:6]) + ",y" for n in range(12_000))
    write(path, HEADER, rows)
    monkeypatch.setattr(preflight_ranges, "LEAST", 1 << 16)
    monkeypatch.setattr(preflight_ranges, "_MOST", 1 << 16)
    monkeypatch.setattr(preflight_run, "child_count", lambda: 2)
    rows[6999][1] = "bad"
    write(path, HEADER, rows)
    file = opened(path)
    report = await check(file, mapping_of(HEADER), SCHEMA)
    assert report.rows_checked == 7000
    assert told(report) == oracle(file, mapping_of(HEADER))


async def test_children_begin_anew_without_a_misfit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the other children found before the first rows showed the misfit must not count."""
    rows = [good(n) for n in range(12_000)]
    for row in rows:
        row[1] = "nothing like an address"
    rows[11_000][0] = ""
    path = write(tmp_path / "f.csv", HEADER, rows)
    monkeypatch.setattr(preflight_ranges, "LEAST", 1 << 16)
    monkeypatch.setattr(preflight_run, "child_count", lambda: 3)
    report = await check(opened(path), mapping_of(HEADER), SCHEMA)
    assert {g.rule: g.count for g in report.groups} == {"COLUMN_MISFIT": 1, "REQUIRED_BLANK": 1}
    assert report.rows_checked == 12_000
    assert list(report.refused_records()) == [11_000]


async def test_cancelling_ends_the_children(tmp_path: Path) -> None:
    path, _ = big(tmp_path / "f.csv", 20_000)
    begun = asyncio.Event()
    task = asyncio.ensure_future(check(opened(path), mapping_of(HEADER), SCHEMA, on_report=lambda report: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_a_dead_child_is_told() -> None:
    child = await Child.start("1")
    await child.stop()
    with pytest.raises(StoreError, match="CHECK_INTERRUPTED"):
        await child.ask("head", 1)
    await child.stop()


class Books:
    """A directory that knows some names."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Collection[str]]] = []

    async def missing_records(self, module: str, find_by: str, values: Collection[str]) -> list[str]:
        self.asked.append((module, find_by, values))
        return [v for v in values if v != "Acme"]

    async def missing_users(self, find_by: str, values: Collection[str]) -> list[str]:
        self.asked.append(("users", find_by, values))
        return [v for v in values if v != "sam@example.com"]


async def test_it_is_told_what_the_check_is_at_when_all_rows_are_read(tmp_path: Path) -> None:
    header = ("Last_Name", "Email", "Owner")
    rows = [[f"N{n}", f"n{n}@x.example", "sam@example.com" if n % 2 else "jo@example.com"] for n in range(9_000)]
    mapping = mapping_of(header, operation=Operation.UPSERT, find_by="Email")
    told: list[CheckReport] = []
    with opened(write(tmp_path / "f.csv", header, rows)) as file:
        report = await check(file, mapping, SCHEMA, online=Books(), on_report=told.append)
    stages = [str(r.stage) for r in told if not r.complete]
    assert list(dict.fromkeys(stages)) == ["rows", "repeats", "references"]
    assert next(r for r in told if r.stage == "repeats").rows_checked == 9_000
    assert told[-1] is report
    assert report.complete
    assert report.rows_refused == 4_500
    assert report.groups[0].first.line == 2


async def test_fixed_owners_and_lookups_are_looked_up_once(tmp_path: Path) -> None:
    header = ("Last_Name", "Account", "Owner")
    rows = [["A", "Acme", ""], ["B", "", "sam@example.com"]]
    mapping = mapping_of(header).with_field(FieldMapping("Account", (1,), default="Globex", find_by="Account_Name"))
    mapping = mapping.with_field(FieldMapping("Owner", (2,), default="jo@example.com"))
    books, memory = Books(), CheckMemory()
    with opened(write(tmp_path / "f.csv", header, rows)) as file:
        for _ in range(2):
            report = await check(file, mapping, SCHEMA, online=books, memory=memory)
            assert [(g.rule, g.scope, g.first.api_name, g.first.value) for g in report.groups] == [
                ("CONSTANT_WRONG", "mapping", "Account", "Globex"),
                ("CONSTANT_WRONG", "mapping", "Owner", "jo@example.com"),
            ]
        assert report.blocking
        asked = len(books.asked)
        good = mapping.with_field(FieldMapping("Owner", default="sam@example.com")).without_field("Account")
        report = await check(file, good, SCHEMA, online=books, memory=memory)
    assert report.groups == ()
    assert (asked, len(books.asked)) == (4, 5)


async def test_a_layout_that_is_not_there_is_told(tmp_path: Path) -> None:
    layout = Field(
        "Layout", "Layout", "layout", picklist=(PickListValue("Standard", "1"), PickListValue("Partners", "2"))
    )
    schema = replace(SCHEMA, fields=(*SCHEMA.fields, layout))
    rows = [["A", text] for text in ("Standard", "partners", "2", "", "Partner", "-None-")]
    mapping = mapping_of(("Last_Name",)).with_field(FieldMapping("Layout", (1,)))
    for exact in (False, True):
        path = write(tmp_path / "f.csv", ("Last_Name", "Layout"), rows)
        report = await check(opened(path), mapping, schema, exact=exact)
        assert [(rule, line) for rule, _, _, line, *_ in told(report)] == [("NO_SUCH_LAYOUT", 6), ("NO_SUCH_LAYOUT", 7)]
    (group,) = report.groups
    assert (group.severity, group.first.param("nearest")) == (Severity.WARNING, "Partners")
    constant = mapping.with_field(FieldMapping("Layout", default="Nope"))
    assert [g.rule for g in (await check(opened(path), constant, schema)).groups] == ["NO_SUCH_LAYOUT"]


async def test_references_are_looked_up_once_each(tmp_path: Path) -> None:
    header = ("Last_Name", "Account", "Owner")
    rows = [["A", "Acme", "sam@example.com"], ["B", "Globex", "jo@example.com"], ["C", "Globex", ""], ["D", "", "12"]]
    mapping = mapping_of(header).with_field(FieldMapping("Account", (1,), find_by="Account_Name"))
    books = Books()
    report = await check(opened(write(tmp_path / "f.csv", header, rows)), mapping, SCHEMA, online=books)
    assert [(r, line, v) for r, _, _, line, _, v, _ in told(report)] == [
        ("NO_SUCH_RECORD", 3, "Globex"),
        ("NO_SUCH_RECORD", 4, "Globex"),
        ("NO_SUCH_USER", 3, "jo@example.com"),
        ("NO_SUCH_USER", 5, "12"),
    ]
    assert books.asked == [
        ("Accounts", "Account_Name", ["Acme", "Globex"]),
        ("users", "email", ["jo@example.com", "sam@example.com"]),
        ("users", "id", ["12"]),
    ]
    assert list(report.refused_records()) == [1, 2, 3]
    facts = dict(report.groups[0].first.params)
    assert (facts["module"], facts["find_by"]) == ("Accounts", "Account_Name")


# --- the fast way against the plain one


def test_the_fast_way_takes_most_rows(tmp_path: Path) -> None:
    """What the comparison below is worth: without this it could compare the plain way with itself."""
    path, count = big(tmp_path / "f.csv", 5_000)
    file = opened(path)
    for watched in ((), (1, 4)):
        result = SegmentCheck(Job(file.info, mapping_of(HEADER), SCHEMA, watched=watched)).run(
            file.info.data_start, None
        )
        assert result.records == count
        assert result.exact < count * 0.03


@pytest.mark.timeout(20)
def test_a_bad_cell_costs_no_more_for_the_quoted_ones_before_it(tmp_path: Path) -> None:
    """Were there two ways to read each of them, a row would be tried 2 ** 60 times."""
    names = [f"Text_{at}" for at in range(60)]
    fields = tuple(Field(name, name, "text", length=50) for name in names)
    good = ",".join(['"a, b"', '"a ""b"""'] * 30)
    path = tmp_path / "f.csv"
    path.write_text(f"{','.join(names)}\n{good}\n{good},x\n{good[: good.rindex(',')]},=x\n")
    mapping = Mapping("Leads", headers=tuple(names), fields=tuple(FieldMapping(n, (at,)) for at, n in enumerate(names)))
    with opened(path, delimiter=",", header_line=1) as file:
        job = Job(file.info, mapping, ModuleSchema(SCHEMA.module, fields))
        result = SegmentCheck(job).run(file.info.data_start, None)
    assert {rule: list(hits.records) for (_, rule), hits in result.hits.items()} == {
        "CELLS_BEYOND_HEADER": [1],
        "FORMULA_LIKE": [2],
    }


def case(seed: int, folder: Path) -> tuple[Path, Mapping, dict[str, object]]:
    """A file, a mapping and how to open it, all by chance."""
    pick = random.Random(seed)
    header = pick.sample(KINDS, pick.randrange(3, 9))
    if "Last_Name" not in header:
        header[0] = "Last_Name"
    delimiter = pick.choice([",", ",", ";", "\t", "|"])
    encoding = pick.choice(["utf-8", "utf-8", "cp1252", "latin-1"])
    quoting = pick.random()
    end = pick.choice(["\n", "\n", "\r\n"])
    out = [delimiter.join(header)]
    for _ in range(pick.randrange(1, 120)):
        cells = []
        for name in header:
            value = cell(name, pick)
            special = any(c in value for c in (delimiter, '"', "\n", "\r"))
            if (special and pick.random() < 0.9) or pick.random() < quoting * 0.5:
                value = '"' + value.replace('"', '""') + '"'
            cells.append(value)
        out.append(delimiter.join(cells))
    text = end.join(out) + (end if pick.random() < 0.8 else "")
    data = text.encode(encoding, "replace")
    if pick.random() < 0.3:
        data = data.replace(b"Ada", b"A\xffa", 1)  # no UTF-8, in a row that is fine otherwise
    data = mangle(data, pick)
    path = folder / f"case{seed}.csv"
    path.write_bytes(data)
    mapping = mapping_of(header)
    for mapped in mapping.fields:
        if mapped.api_name in STEPS and pick.random() < 0.25:
            steps = tuple(pick.sample(STEPS[mapped.api_name], 1))
            if pick.random() < 0.5:
                steps = (Step.of("trim"), *steps)
            mapping = mapping.with_field(replace(mapped, steps=steps))
    if pick.random() < 0.2:
        last = mapping.for_field("Last_Name")
        assert last is not None
        mapping = mapping.with_field(replace(last, columns=(*last.columns, len(header) - 1)))
    if pick.random() < 0.3 and "Email" in header:
        operation = pick.choice([Operation.UPDATE, Operation.UPSERT, Operation.INSERT])
        mapping = replace(mapping, operation=operation, find_by="Email", ignore_empty=pick.random() < 0.5)
    said = {"encoding": encoding, "delimiter": delimiter, "quotechar": '"', "header_line": 1}
    if pick.random() < 0.15:
        said["quotechar"] = pick.choice(["", "'"])
    if pick.random() < 0.1:
        said["escape_backslash"] = True
    return path, mapping, said


@pytest.mark.parametrize("batch", range(8))
async def test_fast_and_plain_agree_on_mangled_files(
    batch: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for seed in range(batch * 40, batch * 40 + 40):
        path, mapping, said = case(seed, tmp_path)
        pick = random.Random(seed)
        monkeypatch.setattr(preflight_run, "HEAD", pick.choice([1, 5, 50]))
        monkeypatch.setattr(scan, "BLOCK", pick.choice([16, 64, 300, 3000, 1 << 18]))
        monkeypatch.setattr(scan, "WINDOW", pick.choice([8, 100, 1000, 1 << 16]))
        with opened(path, **said) as file:
            if len(file.info.headers) < 1:
                continue
            mapping = replace(
                mapping, fields=tuple(f for f in mapping.fields if max(f.columns) < len(file.info.headers))
            )
            report = await check(file, mapping, SCHEMA, collapse=False)
            assert told(report) == oracle(file, mapping), f"seed {seed}"


@pytest.mark.parametrize("joint", ["", "\ufeff"])
async def test_the_header_within_the_rows_is_no_record(tmp_path: Path, joint: str) -> None:
    path = tmp_path / "f.csv"
    header = 'Last_Name,Email,"Said ""how"""'
    rows = [f"Ada {n},a{n}@b.example,x" for n in range(50)]
    quoted = ' Last_Name ,"Email ","Said ""how"""'
    other = 'Last_Name,c@d.example,"Said ""how"""'  # one value of its own is enough
    path.write_text("\n".join((header, *rows, joint + header, *rows, quoted, other)) + "\n")
    mapping = mapping_of(("Last_Name", "Email", ""))
    for exact in (False, True):
        with opened(path) as file:
            report = await check(file, mapping, SCHEMA, exact=exact)
        assert list(report.refused_records()) == [50, 101]
        assert [(f.severity, f.line) for f in report.all_findings() if f.param("rule") == "HEADER_REPEATED"] == [
            (Severity.ERROR, 52),
            (Severity.ERROR, 103),
        ]
        assert told(report) == oracle(file, mapping)


@pytest.mark.parametrize("quote", ['"', "'", ""])
@pytest.mark.parametrize("name", ["Last_Name", '"Last" Name', "'tis", ""])
async def test_the_header_is_known_again_however_it_is_quoted(tmp_path: Path, name: str, quote: str) -> None:
    def line(cells: list[str]) -> str:
        return ",".join(quote + cell.replace(quote, quote * 2) + quote if quote else cell for cell in cells)

    rows = [[f"Ada {n}", f"a{n}@b.example", "x"] for n in range(30)]
    header = [name, "Email", "Company"]
    path = tmp_path / "f.csv"
    path.write_text("\n".join(map(line, [header, *rows, header, *rows])) + "\n")
    for exact in (False, True):
        with opened(path, quotechar=quote, delimiter=",", header_line=1, encoding="utf-8") as file:
            report = await check(file, mapping_of(("First_Name", "Email", "")), SCHEMA, exact=exact)
        assert list(report.refused_records()) == [30]


@pytest.mark.parametrize(
    ("header", "delimiter"), [(("ＩＤ", "Email"), ","), (("ﾅﾏｴ", "Email"), ","), (("", "Email", "City"), "\t")]
)
async def test_the_header_is_known_again_whatever_it_begins_with(
    tmp_path: Path, header: tuple[str, ...], delimiter: str
) -> None:
    rows = [[f"Ada {n}", "x", "y"][: len(header)] for n in range(9000)]
    path = tmp_path / "f.csv"
    path.write_text("\n".join(map(delimiter.join, [header, *rows, header, *rows])) + "\n", encoding="utf-8")
    mapping = mapping_of(("Notes", "Last_Name", "")[: len(header)])
    for exact in (False, True):
        with opened(path, delimiter=delimiter, header_line=1, encoding="utf-8") as file:
            report = await check(file, mapping, SCHEMA, exact=exact)
        assert list(report.refused_records()) == [9000]


async def test_a_word_of_a_single_column_may_be_a_value(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("Last_Name\nAda\nLast_Name\n")
    report = await check(opened(path), mapping_of(("Last_Name",)), SCHEMA)
    assert report.rows_refused == 0
