from __future__ import annotations

from datetime import UTC, datetime

from ztui.model import event as ev
from ztui.model import run
from ztui.model.event import ErrorInfo
from ztui.model.outcome import OutcomeCounts
from ztui.model.run import RunState
from ztui.present.jobs import history_lines, job_data, job_lines, jobs_lines

AT = "2026-01-02T03:04:05+00:00"
NOW = datetime(2026, 1, 2, 4, 0, tzinfo=UTC)
EVENTS = (
    ev.RunStarted(AT, "r1", "d", "/data/pe\x1bople.csv", "Leads", "insert", "main", "production", 10),
    ev.PartPacked(AT, 1, 10, 100, 50, "0" * 64, "part-1.zip"),
    ev.PackingFinished(AT, 1, 0),
    ev.PartUploaded(AT, 1, "f"),
    ev.JobCreateAttempted(AT, 1, "f"),
    ev.JobCreated(AT, 1, "j1", 500),
)
LOST = ErrorInfo("local", "RESULT_ROWS_MISSING", details=(("count", "2"),))


def state(*more: ev.ImportEvent) -> RunState:
    first, *rest = (*EVENTS, *more)
    assert isinstance(first, ev.RunStarted)
    found = run.start(first)
    for event in rest:
        found = run.apply(found, event)
    return found


def test_the_list_marks_what_nobody_follows() -> None:
    header, line = jobs_lines([state()], NOW, [False])
    assert "State" in header
    assert "left behind" in line
    assert "/data" not in line
    assert "\x1b" not in line
    assert "left behind" not in jobs_lines([state()], NOW, [True])[1]


def test_one_run_with_its_findings_and_repairs() -> None:
    joined = ev.OutcomesJoined(AT, 1, OutcomeCounts(added=8, unknown=2), "key", (LOST,))
    ended = state(joined, ev.RunEnded(AT, OutcomeCounts(added=8, unknown=2)))
    other = run.start(ev.RunStarted(AT, "r2", "d", "a", "Leads", "insert", "main", "production", 2, "r1"))

    text = "\n".join(job_lines(ended, NOW, [ended, other]))

    assert "8 added, 2 not known" in text
    assert "2 rows are not in the result archive" in text
    assert "r2" in text
    data = job_data(ended, [ended, other])
    assert data["mended_by"] == ["r2"]
    assert data["parts"][0]["findings"] == [{"level": "local", "code": "RESULT_ROWS_MISSING", "count": "2"}]  # type: ignore[index]


def test_the_history_has_a_line_for_every_event() -> None:
    lines = history_lines(EVENTS)
    assert len(lines) == len(EVENTS)
    assert all(line.startswith(AT) for line in lines)
    assert "JobCreateAttempted (part 1)" in lines[4]
