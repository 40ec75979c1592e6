from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.store.plans import a_plan, started
from ztui.model.crm import Record
from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowError, RowOutcome, RowResult
from ztui.store.ledger import Ledger

DUPLICATE = RowOutcome(
    1, 3, RowResult.SKIPPED, "", (RowError("DUPLICATE_DATA", ("Email",)),), "key", "DUPLICATE_DATA-Email"
)
TWO = RowOutcome(
    2,
    4,
    RowResult.SKIPPED,
    "",
    (RowError("MANDATORY_NOT_FOUND", ("Company", "Last_Name")), RowError("DUPLICATE_DATA", ("Email",))),
    "ambiguous",
    "MANDATORY_NOT_FOUND-Company,Last_Name:DUPLICATE_DATA-Email",
)
ADDED = RowOutcome(0, 2, RowResult.ADDED, "415086800000535003")
ODD_ID = RowOutcome(3, 5, RowResult.UPDATED, "0012")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    plan = a_plan(tmp_path)
    ledger = Ledger(tmp_path / "state")
    ledger.create(plan, started("r1", plan))
    return ledger


def put(ledger: Ledger, *outcomes: RowOutcome, part: int = 1) -> None:
    with ledger.write() as db:
        ledger.outcomes.put(db, ledger.number("r1", db), part, outcomes)


def test_outcomes_come_back_as_they_went_in(ledger: Ledger) -> None:
    put(ledger, TWO, ADDED, DUPLICATE, ODD_ID)

    assert ledger.outcomes.page("r1") == [ADDED, DUPLICATE, TWO, ODD_ID]
    assert ledger.outcomes.get("r1", 2) == TWO
    assert ledger.outcomes.get("r1", 99) is None
    assert ledger.outcomes.counts("r1") == OutcomeCounts(added=1, updated=1, skipped=2)
    assert list(ledger.outcomes.each("r1", size=2)) == [ADDED, DUPLICATE, TWO, ODD_ID]


def test_they_are_found_by_result_code_and_field(ledger: Ledger) -> None:
    put(ledger, TWO, ADDED, DUPLICATE, ODD_ID)

    assert ledger.outcomes.page("r1", code="DUPLICATE_DATA") == [DUPLICATE, TWO]
    assert ledger.outcomes.page("r1", code="MANDATORY_NOT_FOUND", fields=("Company", "Last_Name")) == [TWO]
    assert ledger.outcomes.page("r1", code="MANDATORY_NOT_FOUND", fields=("Company",)) == []
    assert ledger.outcomes.page("r1", code="") == [ADDED, ODD_ID]
    assert ledger.outcomes.page("r1", results=[RowResult.SKIPPED], start=1) == [TWO]
    assert ledger.outcomes.page("r1", code="NEVER_SEEN") == []


def test_groups_count_every_code(ledger: Ledger) -> None:
    put(ledger, TWO, ADDED, DUPLICATE, ODD_ID)

    assert ledger.outcomes.groups("r1") == [
        OutcomeGroup(RowResult.SKIPPED, "DUPLICATE_DATA", ("Email",), 2),
        OutcomeGroup(RowResult.SKIPPED, "MANDATORY_NOT_FOUND", ("Company", "Last_Name"), 1),
        OutcomeGroup(RowResult.ADDED, "", (), 1),
        OutcomeGroup(RowResult.UPDATED, "", (), 1),
    ]


def test_a_later_outcome_takes_the_place_of_an_earlier_one(ledger: Ledger) -> None:
    put(ledger, RowOutcome(0, 2, RowResult.UNKNOWN))
    put(ledger, ADDED)

    assert ledger.outcomes.counts("r1") == OutcomeCounts(added=1)


def test_a_hundred_thousand_outcomes_are_kept_and_found_quickly(ledger: Ledger) -> None:
    rows = (
        RowOutcome(
            n,
            n + 2,
            RowResult.SKIPPED if n % 20 == 0 else RowResult.ADDED,
            "" if n % 20 == 0 else str(4150868000005350003 + n),
            (RowError("INVALID_DATA", ("Email",)),) if n % 20 == 0 else (),
        )
        for n in range(100_000)
    )
    put(ledger, *rows)

    took = []
    for _ in range(5):  # the best of some: another process may have had the processor
        before = time.perf_counter()
        page = ledger.outcomes.page("r1", results=[RowResult.SKIPPED], code="INVALID_DATA", start=4000, count=50)
        took.append(time.perf_counter() - before)
    assert min(took) < 0.1
    assert [o.record for o in page][:2] == [80_000, 80_020]
    assert ledger.outcomes.counts("r1").added == 95_000


def test_before_images_keep_their_first_state(ledger: Ledger) -> None:
    ledger.images.put("r1", [Record("7", "2026-01-01T00:00:00+00:00", {"Company": "Acme", "Owner": {"id": "1"}})])
    ledger.images.put("r1", [Record("7", "later", {"Company": "Changed"})])
    ledger.images.mark_undone("r1", ["7"], "restored")

    assert [r.values["Company"] for r in ledger.images.each("r1")] == ["Acme"]
    assert ledger.images.count("r1") == 1
    assert ledger.images.undone("r1") == {"7": "restored"}
