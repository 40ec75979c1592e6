"""A check that remembers the one before reads only what changed, and reports what a check of everything does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine.checking import FINE, SCHEMA, STEPS, cell, mangle, mapping_of, opened, write
from ztui.engine import preflight_head, preflight_memory, preflight_pool, preflight_ranges, preflight_run
from ztui.engine.check_worker import Worker
from ztui.engine.files import OpenFile
from ztui.engine.preflight import CheckMemory, CheckReport, check
from ztui.engine.preflight_segment import Job
from ztui.model.crm import LookupTarget, ModuleSchema, Operation
from ztui.model.mapping import FieldMapping, Mapping, Step

HEADER = ("Last_Name", "Email", "Employees", "Born", "Code", "Source")
MAPPED = mapping_of(HEADER)
UPSERTED = replace(MAPPED, operation=Operation.UPSERT, find_by="Email")
TRIMMED = FieldMapping("Last_Name", (0,), (Step.of("trim"), Step.of("truncate", length=3)))


def all_of(report: CheckReport) -> dict[str, object]:
    """Everything a report says, in its order."""
    return {
        "groups": [replace(group, chunks=()) for group in report.groups],
        "findings": [report.findings(group, 0, group.count) for group in report.groups],
        "refused": list(report.refused_records()),
        "rows": (report.rows_checked, report.rows_total, report.rows_refused),
        "state": (report.complete, report.blocking, report.errors, report.warnings, report.again),
    }


# --- the same as a check of everything

NAMES = ("Last_Name", "Email", "Code", "Account", "Owner", "Source", "Employees", "Born", "Tags")
INDEXES = st.integers(0, 20)
KEYS = st.sampled_from([None, "Email", "Email", "Code", "Last_Name", "id"])
DEFAULTS = st.sampled_from([None, "", "x", "Partner"])
MATCHED = st.sampled_from([None, "email", "Account_Name"])


def feed(mapping: Mapping, draw: Any) -> Mapping:
    """A field is fed by other columns, through other steps, or for the first time."""
    name = draw(st.sampled_from(NAMES))
    columns = tuple(draw(st.lists(st.integers(0, len(mapping.headers)), min_size=0, max_size=2)))
    steps = tuple(draw(st.lists(st.sampled_from(STEPS.get(name, (Step.of("trim"),))), max_size=2)))
    if draw(st.integers(0, 9)) == 0:
        steps = (Step.of("no such step"),)
    return mapping.with_field(FieldMapping(name, columns, steps, draw(DEFAULTS), draw(MATCHED)))


def edited(mapping: Mapping, draw: Any) -> Mapping:
    """The mapping after one edit that a person could make."""
    fields = list(mapping.fields)
    kinds = ["feed", "remove", "narrow", "role", "role", "key", "default", "order", "steps", "match", "again"]
    match draw(st.sampled_from(kinds)):
        case "feed":
            return feed(mapping, draw)
        case "role":
            return replace(mapping, operation=draw(st.sampled_from(Operation)), ignore_empty=draw(st.booleans()))
        case "key":
            return replace(mapping, find_by=draw(KEYS))
        case _ if not fields:
            return mapping
        case "remove":
            del fields[draw(INDEXES) % len(fields)]
        case "narrow":
            most = max(max(f.columns, default=0) for f in fields)
            fields = [f for f in fields if most not in f.columns]
        case "default":
            at = draw(INDEXES) % len(fields)
            fields[at] = replace(fields[at], default=draw(DEFAULTS))
        case "order":
            fields = draw(st.permutations(fields))
        case "steps":
            at = draw(INDEXES) % len(fields)
            known = (*STEPS.get(fields[at].api_name, ()), Step.of("trim"), Step.of("default", value="1"))
            fields[at] = replace(fields[at], steps=(draw(st.sampled_from(known)),))
        case "match":
            fields = [replace(f, find_by=draw(MATCHED)) if f.api_name in ("Account", "Owner") else f for f in fields]
        case "again":
            fields.append(fields[draw(INDEXES) % len(fields)])
    return replace(mapping, fields=tuple(fields))


def other_schema(schema: ModuleSchema, draw: Any) -> ModuleSchema:
    """Somebody changed a field of the module."""
    name = draw(st.sampled_from(NAMES))
    kinds = [{"unique": True}, {"required": True}, {"length": 3}, {"unique_case_sensitive": True}, {"unique": False}]
    changed = draw(st.sampled_from(kinds))
    fields = [replace(f, **changed) if f.api_name == name else f for f in schema.fields]
    return replace(schema, fields=tuple(fields))


def table(draw: Any) -> tuple[list[str], bytes]:
    """A header and a file, right, wrong or broken: few different values, many of them blank, some rows too short."""
    header = draw(st.lists(st.sampled_from(NAMES), min_size=2, max_size=6, unique=True))
    pick = draw(st.randoms(use_true_random=False))
    quoting, ragged, bad = pick.random() * 0.5, pick.random() * 0.4, pick.sample(header, pick.randrange(2))
    some = {name: ["", *pick.sample(FINE[name], min(3, len(FINE[name]))), cell(name, pick)] for name in header}
    lines = [",".join(header)]
    for _ in range(draw(st.integers(0, 40))):
        cells = ["bad" if name in bad else pick.choice(some[name]) for name in header]
        if pick.random() < 0.1:
            cells = [cell(name, pick) for name in header]
        quoted = [
            '"' + c.replace('"', '""') + '"' if pick.random() < max(quoting, 0.9 * any(x in c for x in ',"\n\r')) else c
            for c in cells
        ]
        if pick.random() < ragged:
            quoted = quoted[: pick.randrange(1, len(quoted) + 1)] + ["more"] * pick.randrange(2)
        lines.append(",".join(quoted))
    data = "\n".join(lines).encode("utf-8", "replace")
    return header, mangle(data, pick) if pick.random() < 0.2 else data


@pytest.fixture
def small_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few rows make a head, and a few failing ones a column that is called out."""
    monkeypatch.setattr(preflight_run, "HEAD", 12)
    monkeypatch.setattr(preflight_head, "_LEAST", 3)


@given(data=st.data())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_every_edit_gives_what_a_check_of_everything_gives(
    data: st.DataObject, tmp_path: Path, small_numbers: None
) -> None:
    header, content = table(data.draw)
    path = tmp_path / "f.csv"
    path.write_bytes(content)
    limits = {"_SPARE": data.draw(st.sampled_from([0, 64 << 20])), "_MOST_KEYS": data.draw(st.sampled_from([3, 10**6]))}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in limits.items():
            patch.setattr(preflight_memory, name, value)
        with opened(path, delimiter=",", quotechar='"', header_line=1, encoding="utf-8") as file:
            asyncio.run(_edit_by_edit(file, mapping_of(header), data.draw))


async def _edit_by_edit(file: OpenFile, mapping: Mapping, draw: Any) -> None:
    mapping = replace(mapping, operation=draw(st.sampled_from(Operation)), find_by=draw(KEYS))
    memory, schema, before = CheckMemory(), SCHEMA, [mapping]
    for _ in range(draw(st.integers(2, 8))):
        collapse = draw(st.booleans())
        meant = [mapped for mapped in mapping.fields if draw(st.booleans())]
        got = await check(file, mapping, schema, memory=memory, collapse=collapse, meant=meant)
        wanted = await check(file, mapping, schema, collapse=collapse, meant=meant)
        assert all_of(got) == all_of(wanted)
        what = draw(st.integers(0, 9))
        if what == 0:
            mapping = draw(st.sampled_from(before))
        elif what == 1:
            schema = other_schema(schema, draw)
        else:
            mapping = edited(mapping, draw)
        before.append(mapping)


# --- only what changed


class Watch:
    """Sees what is asked of whoever checks."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.judged: list[set[str]] = []
        self.asked: list[str] = []
        take = Worker.job

        def job(worker: Worker, job: Job) -> None:
            take(worker, job)
            check = worker._of()
            slots = {slot for slot, *_ in check.rules._singles} | set(check.rules._joined)
            self.judged.append({check.rules.fields[slot].api_name for slot in slots})

        ask = preflight_pool.Here.ask

        async def asked(here: preflight_pool.Here, name: str, *arguments: object) -> Any:
            self.asked.append(name)
            return await ask(here, name, *arguments)

        monkeypatch.setattr(Worker, "job", job)
        monkeypatch.setattr(preflight_pool.Here, "ask", asked)

    def take(self) -> tuple[list[set[str]], set[str]]:
        """The fields judged (one set for each job) and what was asked, since the last time."""
        told = self.judged, set(self.asked) - {"job"}
        self.judged, self.asked = [], []
        return told


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    return Watch(monkeypatch)


def rows(count: int = 60) -> Iterator[list[str]]:
    """Rows of which some break every rule, and some repeat a code."""
    for n in range(count):
        row = [f"Name {n}", f"n{n}@example.com", str(n), "2024-01-31", f"C{n % 50}", "Partner"]
        if n % 11 == 0:
            row[n % 6] = "" if n % 2 else "bad"
        row[:2] = {52: [row[0], "bad"], 53: ["", row[1]]}.get(n, row[:2])
        yield row


@pytest.fixture
def file(tmp_path: Path) -> Iterator[OpenFile]:
    with opened(write(tmp_path / "f.csv", HEADER, list(rows()))) as file:
        yield file


@pytest.mark.parametrize(
    ("edit", "judged", "asked"),
    [
        (MAPPED.with_field(TRIMMED), {"Last_Name"}, {"head"}),
        (MAPPED.with_field(FieldMapping("Notes", (5,))), {"Notes"}, {"head"}),
        (MAPPED.with_field(FieldMapping("Tags", (5, 2))), {"Tags"}, {"head"}),
        (UPSERTED, {"Email"}, {"head", "repeated", "meeting", "keys"}),
        (MAPPED.with_field(FieldMapping("Notes", (), default="said")), None, set()),
        (replace(MAPPED, fields=MAPPED.fields[::-1]), None, set()),
        (MAPPED.with_field(FieldMapping("Last_Name", (0,), default="Unknown")), None, {"keys"}),
        (replace(MAPPED, operation=Operation.UPDATE), None, {"keys"}),
        (MAPPED.without_field("Email"), None, {"keys"}),
    ],
)
async def test_only_what_changed_is_read(
    edit: Mapping, judged: set[str] | None, asked: set[str], file: OpenFile, watch: Watch
) -> None:
    """Keys are read of rows alone that are refused no more."""
    memory = CheckMemory()
    await check(file, MAPPED, SCHEMA, memory=memory)
    assert watch.take() == ([set(HEADER)], {"head", "repeated", "meeting", "keys"})
    report = await check(file, edit, SCHEMA, memory=memory)
    jobs, names = watch.take()
    assert [some for some in jobs if some] == ([judged] if judged is not None else [])
    assert names == asked
    assert all_of(report) == all_of(await check(file, edit, SCHEMA))


async def test_a_text_that_becomes_the_key_is_looked_at_again(tmp_path: Path) -> None:
    rows = [["Ada\u200b", "a@b.example"], ["4.91512E+11", "c@d.example"], ["Cy", "e@f.example"]]
    mapping = mapping_of(("Last_Name", "Email"))
    by_name = replace(mapping, operation=Operation.UPSERT, find_by="Last_Name")
    memory = CheckMemory()
    with opened(write(tmp_path / "f.csv", ("Last_Name", "Email"), rows)) as file:
        for one, refused in ((mapping, []), (by_name, [1]), (mapping, [])):
            report = await check(file, one, SCHEMA, memory=memory)
            assert all_of(report) == all_of(await check(file, one, SCHEMA))
            assert list(report.refused_records()) == refused


async def test_an_edit_taken_back_is_known(file: OpenFile, watch: Watch) -> None:
    memory = CheckMemory()
    first = await check(file, MAPPED, SCHEMA, memory=memory)
    await check(file, MAPPED.with_field(TRIMMED), SCHEMA, memory=memory)
    watch.take()
    again = await check(file, MAPPED, SCHEMA, memory=memory)
    assert watch.take() == ([], set())
    assert all_of(again) == all_of(first)


async def test_blanks_matter_once_they_are_refused(file: OpenFile) -> None:
    memory, update = CheckMemory(), replace(MAPPED, operation=Operation.UPDATE, find_by="Code")
    await check(file, update, SCHEMA, memory=memory)
    report = await check(file, MAPPED, SCHEMA, memory=memory)
    assert "REQUIRED_BLANK" in {group.rule for group in report.groups}
    assert all_of(report) == all_of(await check(file, MAPPED, SCHEMA))


async def test_another_key_tells_whose_a_unique_value_is(tmp_path: Path) -> None:
    """With one record under two names, a code that comes twice is right or wrong by the field records are found by."""
    path = write(tmp_path / "f.csv", (*HEADER[:2], "Code"), [["Ada", "a@b.example", "1"], ["Bo", "a@b.example", "1"]])
    mapping = replace(mapping_of((*HEADER[:2], "Code")), operation=Operation.UPSERT, find_by="Email")
    memory, found = CheckMemory(), []
    with opened(path) as file:
        for key in ("Email", "Last_Name", "Email"):
            report = await check(file, replace(mapping, find_by=key), SCHEMA, memory=memory)
            found.append([group.rule for group in report.groups if group.scope == "row"])
    assert found == [["KEY_REPEATED"], ["VALUE_REPEATED"], ["KEY_REPEATED"]]


async def test_rows_too_short_are_known_for_fewer_columns_only(tmp_path: Path, watch: Watch) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        ",".join(HEADER) + "\nAda,a@b.example,1,2024-01-31,C1,Partner\nBo\nCy,c@d.example,2\nDi,d@e.example,3,,\n"
    )
    wide, narrow = MAPPED, MAPPED.without_field("Source").without_field("Code").without_field("Born")
    memory = CheckMemory()
    with opened(path) as file:
        for mapping, read in (
            (narrow, True),
            (narrow.without_field("Employees"), False),
            (wide, True),
            (narrow, False),
        ):
            report = await check(file, mapping, SCHEMA, memory=memory)
            assert ("head" in watch.take()[1]) == read
            assert all_of(report) == all_of(await check(file, mapping, SCHEMA))
            watch.take()


async def test_a_file_that_changed_is_read_again(file: OpenFile, watch: Watch) -> None:
    memory = CheckMemory()
    await check(file, MAPPED, SCHEMA, memory=memory)
    status = file.info.data_path.stat()
    os.utime(file.info.data_path, ns=(status.st_atime_ns, status.st_mtime_ns + 1_000_000))
    watch.take()
    await check(file, MAPPED, SCHEMA, memory=memory)
    assert watch.take()[0] == [set(HEADER)]


async def test_forgetting(file: OpenFile, watch: Watch) -> None:
    memory = CheckMemory()
    await check(file, MAPPED, SCHEMA, memory=memory)
    memory.forget()
    watch.take()
    await check(file, MAPPED, SCHEMA, memory=memory)
    assert watch.take()[0] == [set(HEADER)]


class Org:
    """Knows nobody, and remembers who asked."""

    def __init__(self) -> None:
        self.asked: list[Sequence[str]] = []

    async def missing_records(self, module: str, find_by: str, values: Collection[str]) -> Collection[str]:
        self.asked.append(list(values))
        return values

    async def missing_users(self, find_by: str, values: Collection[str]) -> Collection[str]:
        self.asked.append(list(values))
        return values


async def test_the_org_is_asked_for_what_changed_only(tmp_path: Path) -> None:
    header = ("Last_Name", "Account", "Owner")
    path = write(tmp_path / "f.csv", header, [["A", "11", "12"], ["B", "13", "x@y.example"], ["C", "nobody", ""]])
    plain = mapping_of(header)
    by_name = plain.with_field(FieldMapping("Account", (1,), find_by="Account_Name"))
    memory, org = CheckMemory(), Org()
    with opened(path) as file:
        for mapping, asked in (
            (plain, [["11", "13"], ["x@y.example"], ["12"]]),
            (plain.with_field(TRIMMED), []),
            (by_name, [["11", "13", "nobody"]]),
            (plain, []),
        ):
            report = await check(file, mapping, SCHEMA, online=org, memory=memory)
            assert org.asked == asked
            assert all_of(report) == all_of(await check(file, mapping, SCHEMA, online=org))
            org.asked.clear()


# --- with children


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[Job]:
    """Have files of some thousand rows checked by two children; the jobs they are given."""
    jobs: list[Job] = []
    everyone = preflight_pool.Children.everyone

    async def told(crew: preflight_pool.Children, name: str, *arguments: Any) -> None:
        jobs.extend(job for job in arguments if isinstance(job, Job))
        await everyone(crew, name, *arguments)

    monkeypatch.setattr(preflight_pool.Children, "everyone", told)
    monkeypatch.setattr(preflight_run, "_SMALL", 0)
    monkeypatch.setattr(preflight_run, "child_count", lambda: 2)
    monkeypatch.setattr(preflight_run, "LEAST", 1 << 10)
    monkeypatch.setattr(preflight_ranges, "LEAST", 1 << 15)
    return jobs


async def test_children_read_only_what_changed(tmp_path: Path, children: list[Job]) -> None:
    memory = CheckMemory()
    misfit = MAPPED.with_field(FieldMapping("Website", (0,)))
    keyed = replace(UPSERTED, fields=misfit.fields)
    with opened(write(tmp_path / "f.csv", HEADER, list(rows(6_000)))) as file:
        for mapping, reading in (
            (MAPPED, [set(HEADER)]),
            (MAPPED.with_field(TRIMMED), [{"Last_Name"}]),
            (misfit, [{"Website"}, set()]),  # called out by the first rows, then left alone
            (keyed, [{"Email"}]),
            (misfit.without_field("Email"), []),
            (MAPPED, []),
        ):
            children.clear()
            reports: list[CheckReport] = []
            report = await check(file, mapping, SCHEMA, memory=memory, on_report=reports.append)
            passes = [job for job in children if job.watched or len(job.skip) < len(mapping.fields) or reports[:-1]]
            names = [f.api_name for f in mapping.fields]
            assert [{n for s, n in enumerate(names) if s not in job.skip} for job in passes] == reading
            assert reports[-1] is report
            assert [told.rows_refused for told in reports] == sorted(told.rows_refused for told in reports)
            if mapping is not MAPPED:
                assert all((set(t.again), t.rows_total) == (reading[0], 6_000) for t in reports[:-1])
                assert all(told.rows_checked <= told.rows_total for told in reports)
            whole = await check(file, mapping, SCHEMA)
            assert all_of(report) == all_of(whole)


async def test_a_cancelled_check_leaves_the_one_before_usable(tmp_path: Path, children: list[Job]) -> None:
    memory = CheckMemory()
    with opened(write(tmp_path / "f.csv", HEADER, list(rows(6_000)))) as file:
        first = await check(file, MAPPED, SCHEMA, memory=memory)
        begun = asyncio.Event()
        changed = MAPPED.with_field(TRIMMED)
        task = asyncio.ensure_future(check(file, changed, SCHEMA, memory=memory, on_report=lambda _: begun.set()))
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        children.clear()
        assert all_of(await check(file, MAPPED, SCHEMA, memory=memory)) == all_of(first)
        assert children == []
        assert all_of(await check(file, changed, SCHEMA, memory=memory)) == all_of(await check(file, changed, SCHEMA))


class Shelf:
    """A directory in which only Vendors has an Acme."""

    async def missing_records(self, module: str, find_by: str, values: Collection[str]) -> list[str]:
        return [v for v in values if (module, v) != ("Vendors", "Acme")]

    async def missing_users(self, find_by: str, values: Collection[str]) -> list[str]:
        return list(values)


async def test_what_a_fixed_value_points_at_is_asked_anew_for_a_field_of_another_module(tmp_path: Path) -> None:
    file = opened(write(tmp_path / "f.csv", HEADER, [["Ada", "a@b.example", "1", "2024-01-31", "A", "Partner"]]))
    fixed = MAPPED.with_field(FieldMapping("Account", default="Acme", find_by="Name"))
    memory = CheckMemory()
    told = []
    for module in ("Vendors", "Accounts"):
        fields = tuple(replace(f, lookup=LookupTarget(module, "Name")) if f.lookup else f for f in SCHEMA.fields)
        report = await check(file, fixed, replace(SCHEMA, fields=fields), online=Shelf(), memory=memory)
        told.append([group.rule for group in report.groups])
    assert told == [[], ["CONSTANT_WRONG"]]
