from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store.plans import a_plan
from ztui.model import event as ev
from ztui.model.crm import Record
from ztui.model.event import ErrorInfo, ImportEvent
from ztui.model.job import Counts, JobState, JobStatus
from ztui.model.mapping import Step
from ztui.model.outcome import OutcomeCounts
from ztui.model.plan import ImportPlan
from ztui.store import codec

AT = "2026-01-02T03:04:05+00:00"
STATUS = JobStatus("41508", JobState.COMPLETED, "COMPLETED", Counts(9, 0, 2, 11), download_url="https://x/y.zip")


def test_a_plan_survives_the_round_trip(tmp_path: Path) -> None:
    plan = a_plan(tmp_path)

    again = codec.loads(ImportPlan, codec.dumps(plan))

    assert again == plan
    assert isinstance(again.info.data_path, Path)


@pytest.mark.parametrize(
    "event",
    [
        ev.RunStarted(AT, "r1", "d", "a.csv", "Leads", "insert", "main", "production", 5, parent_run="r0"),
        ev.JobPolled(AT, 2, STATUS),
        ev.JobCreateLost(AT, 1, ErrorInfo("local", "NET_TIMEOUT", "slow", (("seconds", "30"),))),
        ev.RunEnded(AT, counts=OutcomeCounts(added=3)),
        ev.RunPaused(AT, "canary"),
    ],
)
def test_events_survive_the_round_trip(event: ImportEvent) -> None:
    assert codec.loads_union(ImportEvent, codec.dumps(event, tagged=True)) == event


def test_defaults_are_left_out_and_unknown_keys_ignored() -> None:
    assert codec.dumps(Record("7")) == '{"id":"7"}'
    assert codec.loads(Record, '{"id":"7","from_a_newer_version":[1]}') == Record("7")


def test_step_arguments_keep_their_kinds() -> None:
    step = Step.of("replace", count=2, deep=True, table=(("a", "b"), ("c", "d")), word="x")

    assert codec.loads(Step, codec.dumps(step)) == step


def test_what_is_not_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match="incomplete"):
        codec.loads(Record, "{}")
    with pytest.raises(ValueError, match="not known"):
        codec.loads_union(ImportEvent, '{"_":"NoSuchEvent"}')
    with pytest.raises(TypeError):
        codec.dumps(Odd(object()))


@dataclass(frozen=True)
class Odd:
    thing: object
