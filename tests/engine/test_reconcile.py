from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from tests.store.plans import SCHEMA, plan_for, write_source
from ztui.engine.lookup import find_by_values, folded, quoted, same_value
from ztui.engine.reconcile import SentRow, earliest, read_back, read_key, settle
from ztui.model.crm import Field, Operation, Record
from ztui.model.job import Counts
from ztui.model.mapping import FieldMapping
from ztui.model.outcome import RowOutcome, RowResult
from ztui.model.plan import ImportPlan

SINCE = "2026-03-01T10:00:00+05:30"
BEFORE = "2026-03-01T09:59:59+05:30"
AFTER = "2026-03-01T04:30:05+00:00"  # five seconds later, in another zone
COLUMNS = ("Email", "Last_Name", "Company")


def plan_in(folder: Path, operation: Operation = Operation.INSERT, find_by: str | None = None) -> ImportPlan:
    write_source(folder / "a.csv", 3)
    plan = plan_for(folder / "a.csv", 3)
    return replace(plan, mapping=replace(plan.mapping, operation=operation, find_by=find_by))


class Crm:
    """Answers with the records whose e-mail address is asked for, by pages of 200."""

    def __init__(self, *records: Record) -> None:
        self.records = records
        self.queries: list[str] = []

    async def coql(self, query: str) -> list[Record]:
        self.queries.append(query)
        wanted = {value.casefold() for value in re.findall(r"'([^']*)'", query)}
        found = [r for r in self.records if str(r.values.get("Email")).casefold() in wanted]
        offset, count = map(int, query.rpartition("limit ")[2].split(", "))
        return found[offset : offset + count]


def record(number: int, name: str = "Name", created: str = AFTER, email: str = "") -> Record:
    address = email or f"p{number}@x.org"
    values: dict[str, object] = {"Email": address, "Last_Name": name, "Company": "F", "Created_Time": created}
    return Record(str(number), AFTER, values)


def row(number: int, name: str = "Name", email: str = "") -> SentRow:
    values = {"Email": email or f"p{number}@x.org", "Last_Name": name, "Company": "F"}
    return SentRow(number, number + 2, values)


def results(outcomes: list[RowOutcome]) -> list[RowResult]:
    return [outcome.result for outcome in outcomes]


async def test_only_records_made_since_count(tmp_path: Path) -> None:
    crm = Crm(record(0), record(1, created=BEFORE), record(2, name="Somebody else"))

    outcomes = await read_back(crm, plan_in(tmp_path), [row(n) for n in range(4)], SINCE)

    assert results(outcomes) == [RowResult.ADDED, RowResult.UNKNOWN, RowResult.UNKNOWN, RowResult.UNKNOWN]
    assert (outcomes[0].record_id, outcomes[0].joined) == ("0", "record")


async def test_records_of_other_rows_are_not_taken_twice(tmp_path: Path) -> None:
    outcomes = await read_back(Crm(record(0)), plan_in(tmp_path), [row(0)], SINCE, taken={"0"})
    assert results(outcomes) == [RowResult.UNKNOWN]


async def test_twins_are_marked(tmp_path: Path) -> None:
    crm = Crm(record(0, email="t@x.org"), record(1, email="T@x.org"))
    rows = [row(n, email="t@x.org") for n in range(3)]

    outcomes = await read_back(crm, plan_in(tmp_path), rows, SINCE)

    assert results(outcomes) == [RowResult.ADDED, RowResult.ADDED, RowResult.UNKNOWN]
    assert {o.joined for o in outcomes[:2]} == {"ambiguous"}


async def test_upserts_tell_added_from_updated(tmp_path: Path) -> None:
    crm = Crm(record(0), record(1, created=BEFORE), Record("2", BEFORE, {"Email": "p2@x.org", "Created_Time": BEFORE}))

    plan = plan_in(tmp_path, Operation.UPSERT, "Email")
    outcomes = await read_back(crm, plan, [row(n) for n in range(3)], SINCE)

    assert results(outcomes) == [RowResult.ADDED, RowResult.UPDATED, RowResult.UNKNOWN]


async def test_rows_without_a_key_stay_unknown(tmp_path: Path) -> None:
    crm = Crm(record(0))
    outcomes = await read_back(crm, plan_in(tmp_path), [SentRow(0, 2, {"Email": "", "Last_Name": "Name"})], SINCE)
    assert results(outcomes) == [RowResult.UNKNOWN]
    assert crm.queries == []


def test_the_best_key_is_chosen(tmp_path: Path) -> None:
    plan = plan_in(tmp_path)
    key = read_key(plan, COLUMNS)
    assert key is not None
    assert (key.field.api_name, key.compared) == ("Email", ("Last_Name", "Company"))
    unique = replace(SCHEMA, fields=(*SCHEMA.fields, Field("Code", "Code", "text", unique=True)))
    key = read_key(replace(plan, schema=unique), (*COLUMNS, "Code"))
    assert key is not None
    assert key.field.api_name == "Code"
    fields = (FieldMapping("Owner", (0,)),)
    owner_only = replace(plan, mapping=replace(plan.mapping, fields=fields))
    assert read_key(owner_only, ("Owner",)) is None


def test_since_when() -> None:
    assert earliest(SINCE, "whatever") == SINCE
    assert earliest("", "2026-03-01T10:00:00+00:00") == "2026-03-01T09:50:00+00:00"
    assert earliest("", "") == ""


def test_a_jobs_counts_settle_the_rest() -> None:
    outcomes = [RowOutcome(0, 2, RowResult.ADDED, "1"), RowOutcome(1, 3, RowResult.UNKNOWN)]
    assert results(settle(outcomes, Counts(added=1, skipped=1, total=2))) == [RowResult.ADDED, RowResult.SKIPPED]
    assert results(settle(outcomes, Counts(added=2, total=2))) == [RowResult.ADDED, RowResult.UNKNOWN]
    assert results(settle(outcomes, None)) == [RowResult.ADDED, RowResult.UNKNOWN]


async def test_many_values_take_few_queries_and_all_pages_are_read() -> None:
    crm = Crm(*(record(n, email="same@x.org") for n in range(450)))
    email = Field("Email", "Email", "email")

    found = await find_by_values(crm, "Leads", email, ["same@x.org", *(f"q{n}@x.org" for n in range(120)), " "])

    assert len(found["same@x.org"]) == 450
    assert len(crm.queries) == 3 + 2


def test_numbers_are_compared_as_numbers() -> None:
    assert same_value(5.5, "5.50")
    assert same_value(None, " ")
    assert same_value("Ada", "ada ")
    assert not same_value(5, "five")
    assert not same_value(True, "1")


def test_values_are_quoted_for_queries() -> None:
    assert quoted("O'Neil \\ Co", Field("Company", "Company", "text")) == "'O\\'Neil \\\\ Co'"
    assert folded(" Ab ") == "ab"
    assert folded({"id": "7", "name": "x"}) == "7"
    assert folded(True) == "true"
    assert folded(3.0) == "3"
    assert folded(None) == ""
