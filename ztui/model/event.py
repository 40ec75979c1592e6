"""What happened to a run, as past-tense facts; `at` is an ISO-8601 UTC time.

The ledger keeps these, and `run.apply` folds them.
"""

from __future__ import annotations

from dataclasses import dataclass

from ztui.model.job import JobStatus
from ztui.model.outcome import OutcomeCounts


@dataclass(frozen=True, slots=True)
class ErrorInfo:
    """An error as kept with a run: catalogue level and code, the other side's words, facts as (name, text) pairs."""

    level: str
    code: str
    message: str = ""
    details: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RunStarted:
    """A plan was accepted."""

    at: str
    run_id: str
    plan_digest: str
    source: str
    module: str
    operation: str
    profile: str
    environment: str
    total_rows: int
    parent_run: str | None = None


@dataclass(frozen=True, slots=True)
class PartPacked:
    """A part lies in the ledger's folder, ready to be uploaded."""

    at: str
    part: int
    rows: int
    csv_bytes: int
    zip_bytes: int
    sha256: str
    archive: str
    canary: bool = False


@dataclass(frozen=True, slots=True)
class PackingFinished:
    """All parts are known; `not_sent` rows were left out on purpose."""

    at: str
    parts: int
    not_sent: int


@dataclass(frozen=True, slots=True)
class UploadProgressed:
    """Bytes of a part's zip on the wire; not kept in the ledger."""

    at: str
    part: int
    sent: int
    total: int


@dataclass(frozen=True, slots=True)
class PartUploaded:
    """Zoho holds the zip; `uploaded_time` is the CRM's own time of it, "" when not told."""

    at: str
    part: int
    file_id: str
    uploaded_time: str = ""


@dataclass(frozen=True, slots=True)
class JobCreateAttempted:
    """The intent to create a job, committed before the request leaves."""

    at: str
    part: int
    file_id: str


@dataclass(frozen=True, slots=True)
class JobCreated:
    """Zoho accepted the job."""

    at: str
    part: int
    job_id: str
    credits: int


@dataclass(frozen=True, slots=True)
class JobCreateRefused:
    """Zoho refused the job: nothing was written, and the file can be used again unless the code says otherwise."""

    at: str
    part: int
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class JobCreateLost:
    """The request went out and no trustworthy answer came: the job may exist under an id we do not know."""

    at: str
    part: int
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class JobIdLost:
    """A repeated create was refused because the file is used up: the first one was accepted, its job id is lost.

    What became of the rows is read back from the records by key.
    """

    at: str
    part: int
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class JobPolled:
    """One reading of the job."""

    at: str
    part: int
    status: JobStatus


@dataclass(frozen=True, slots=True)
class ResultFetched:
    """The result archive was downloaded and checked."""

    at: str
    part: int
    archive: str


@dataclass(frozen=True, slots=True)
class OutcomesJoined:
    """Every row of the part has an outcome in the ledger.

    `how` is "position", "key" or "record" (read back); `findings` say where results and job do not agree.
    """

    at: str
    part: int
    counts: OutcomeCounts
    how: str = "position"
    findings: tuple[ErrorInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class PartFailed:
    """The part ended without a job that wrote rows, or its results cannot be had; `error` says why.

    `counts` tells how its rows are kept in the ledger; None: all as not sent.
    """

    at: str
    part: int
    error: ErrorInfo
    counts: OutcomeCounts | None = None


@dataclass(frozen=True, slots=True)
class PartWaiting:
    """The part meets a passing trouble (connection, throttle) and goes on after `seconds`; not kept in the ledger."""

    at: str
    part: int
    error: ErrorInfo
    seconds: float


@dataclass(frozen=True, slots=True)
class PartCancelled:
    """The part was not sent, on request."""

    at: str
    part: int


@dataclass(frozen=True, slots=True)
class RunPaused:
    """No further part is sent until the run is resumed. `reason` is "user", "canary" or "shutdown"."""

    at: str
    reason: str = "user"


@dataclass(frozen=True, slots=True)
class RunResumed:
    """Sending goes on."""

    at: str


@dataclass(frozen=True, slots=True)
class RunCancelled:
    """What was not sent will not be sent; jobs at Zoho run on."""

    at: str


@dataclass(frozen=True, slots=True)
class RunStopped:
    """The run cannot go on (source changed, sign-in refused, disk full); it can be resumed once that is mended."""

    at: str
    error: ErrorInfo


@dataclass(frozen=True, slots=True)
class RunEnded:
    """Every part has come to its end."""

    at: str
    counts: OutcomeCounts


@dataclass(frozen=True, slots=True)
class RunUndone:
    """Records the run had written were taken back; `left` were not, because somebody changed them or Zoho refused."""

    at: str
    undone: int
    left: int


ImportEvent = (
    RunStarted
    | PartPacked
    | PackingFinished
    | UploadProgressed
    | PartUploaded
    | JobCreateAttempted
    | JobCreated
    | JobCreateRefused
    | JobCreateLost
    | JobIdLost
    | JobPolled
    | ResultFetched
    | OutcomesJoined
    | PartFailed
    | PartWaiting
    | PartCancelled
    | RunPaused
    | RunResumed
    | RunCancelled
    | RunStopped
    | RunEnded
    | RunUndone
)
