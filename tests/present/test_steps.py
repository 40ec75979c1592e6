from dataclasses import replace

from ztui.model import event as ev
from ztui.model import run as fold
from ztui.model.crm import Operation
from ztui.model.event import ErrorInfo
from ztui.model.finding import Finding, Severity
from ztui.model.job import Counts, JobState, JobStatus
from ztui.model.mapping import Mapping
from ztui.model.outcome import OutcomeCounts, OutcomeGroup, RowError, RowOutcome, RowResult
from ztui.present.steps import (
    event_line,
    operation_line,
    outcome_lines,
    place_line,
    progress_line,
    run_data,
    summary_line,
)

STARTED = ev.RunStarted("t", "ab12", "d", "f.csv", "Leads", "insert", "main", "production", 30)
PACKED = ev.PartPacked("t", 1, 30, 2000, 1234, "s", "a")
CREATED = ev.JobCreated("t", 1, "4150", 500)


def test_the_closing_line_accounts_for_every_row() -> None:
    counts = OutcomeCounts(added=5, updated=4, skipped=2, unprocessed=1, not_sent=3)
    assert summary_line(counts) == "5 added, 4 updated, 3 skipped, 3 not sent of 15 rows"
    assert summary_line(OutcomeCounts(added=1), 3) == "1 added, 0 updated, 0 skipped, 0 not sent, 2 open of 3 rows"
    assert summary_line(OutcomeCounts(unknown=2)) == "0 added, 0 updated, 0 skipped, 0 not sent, 2 unknown of 2 rows"


def test_events_are_told_in_one_line() -> None:
    state = fold.start(STARTED)
    assert event_line(state, STARTED) == "Run ab12: 30 rows to main"
    assert event_line(state, PACKED) == "Part 1: 30 rows packed, 1.2 kB zipped"
    assert event_line(state, CREATED) == "Part 1: job 4150 created (500 credits)"
    status = JobStatus("4150", JobState.INPROGRESS, "IN PROGRESS\x1b", Counts(added=3, total=30))
    assert event_line(state, ev.JobPolled("t", 1, status)) == "Part 1: IN PROGRESS␛, 3 of 30 rows"
    assert event_line(state, ev.UploadProgressed("t", 1, 1, 2)) == ""
    throttled = ev.PartWaiting("t", 1, ErrorInfo("api", "TOO_MANY_REQUESTS"), 7.6)
    assert event_line(state, throttled).startswith("Part 1: waiting 8 s: ")
    facts = (("attempt", "2"), ("most", "5"), ("reason", "The result file is damaged"))
    again = ev.PartWaiting("t", 1, ErrorInfo("local", "RESULT_FETCHED_AGAIN", details=facts), 0.5)
    assert event_line(state, again) == "Part 1: fetching, try 2/5, in 0.5 s"
    looking = ev.PartWaiting("t", 1, ErrorInfo("local", "ROWS_LOOKED_UP"), 0.0)
    assert event_line(state, looking) == "Part 1: reading rows back"
    failed = event_line(state, ev.PartFailed("t", 1, ErrorInfo("job", "UNHEARD_OF")))
    assert failed.startswith("Part 1: UNHEARD_OF")


def test_progress_fits_one_line() -> None:
    state = fold.start(STARTED)
    assert progress_line(state) == "packing 30 rows …"
    for event in (PACKED, ev.PackingFinished("t", 1, 0), ev.PartUploaded("t", 1, "f"), CREATED):
        state = fold.apply(state, event)
    assert progress_line(state) == "0 of 1 part, 0 added, 0 updated · part 1 running"
    waiting = fold.apply(state, ev.PartWaiting("t", 1, ErrorInfo("local", "ROWS_LOOKED_UP"), 0.0))
    assert progress_line(waiting).endswith(" · part 1 reading rows back")
    assert run_data(state, OutcomeCounts())["run"] == "ab12"


def test_a_place_names_line_column_and_cell() -> None:
    found = Finding("row", "INVALID_DATA", Severity.ERROR, line=7, column=1, value="x\ny")
    assert place_line(found, ["A", "E-mail"]) == "line 7: E-mail = x⏎y"
    blank = Finding("row", "MANDATORY_NOT_FOUND", Severity.ERROR, line=7, column=0, value="")
    assert place_line(blank, ["A"]) == "line 7: A = (blank)"
    whole = replace(found, column=None, value="Head", api_name=None)
    assert place_line(whole, ["A"]) == "line 7: Head"


def test_refused_rows_are_told_with_cells_and_the_rest_counted() -> None:
    row = RowOutcome(3, 5, RowResult.SKIPPED, errors=(RowError("DUPLICATE_DATA", ("Email",)),))
    group = OutcomeGroup(RowResult.SKIPPED, "DUPLICATE_DATA", ("Email",), 4)
    lines = outcome_lines(group, [(row, "E-mail = a@b.c", ())], 4)
    assert lines == [
        "✗ No reason was given (DUPLICATE_DATA): 4 rows skipped",
        "    line 5: E-mail = a@b.c",
        "    … and 3 more",
    ]


def test_what_the_job_does_is_one_sentence() -> None:
    mapping = Mapping("Leads", Operation.UPSERT, "Email", ignore_empty=False)
    assert operation_line(mapping) == "Operation: upsert by Email into Leads; blank cells clear fields."
