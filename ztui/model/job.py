"""A bulk write job as Zoho tells it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """Zoho's job states, normalised; UNKNOWN keeps its word in `JobStatus.raw_state`."""

    ADDED = "ADDED"
    INPROGRESS = "INPROGRESS"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    UNKNOWN = "UNKNOWN"

    @property
    def terminal(self) -> bool:
        """True when the job will not change any more."""
        return self in (JobState.COMPLETED, JobState.FAILED, JobState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Counts:
    """Row counts of a job or a run; `total` is None until Zoho tells."""

    added: int = 0
    updated: int = 0
    skipped: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A zip at Zoho, usable for one job."""

    file_id: str
    created_time: str = ""


@dataclass(frozen=True, slots=True)
class JobRef:
    """An accepted job."""

    job_id: str
    created_by: str = ""


@dataclass(frozen=True, slots=True)
class JobStatus:
    """One reading of a job. `code` is the resource's code: the error code when the job failed."""

    job_id: str
    state: JobState
    raw_state: str
    counts: Counts = Counts()
    code: str = ""
    file_name: str = ""
    download_url: str | None = None
    created_time: str = ""
    operation: str = ""
    module: str = ""
