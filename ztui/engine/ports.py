"""What a run asks of the world outside: a CRM to talk to, a clock, the source file. Protocols and small shapes only."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from ztui.model.crm import Credits, Record
from ztui.model.event import ImportEvent
from ztui.model.job import JobRef, JobStatus, UploadedFile
from ztui.model.part import Part, SentColumn
from ztui.model.plan import ImportPlan, SourceId
from ztui.model.run import RunState
from ztui.model.table import CsvInfo, SourceRow
from ztui.zoho.bulk_write import BulkWrite
from ztui.zoho.records import RecordAnswer

OnState = Callable[[RunState, ImportEvent], None]
"""Told after every event; states that were superseded before anyone looked may be dropped."""


class Crm(Protocol):
    """The part of `ztui.zoho.client.ZohoClient` that a run uses. Every method raises ZohoError."""

    @property
    def credits(self) -> Credits:
        """Credits as far as the answers so far told."""
        ...

    async def upload(
        self, path: Path, name: str, on_progress: Callable[[int, int], None] | None = None
    ) -> UploadedFile:
        """Send a zip; `on_progress` is told (bytes sent, bytes in all)."""
        ...

    async def create_job(self, request: BulkWrite) -> JobRef:
        """Start a bulk write job. AnswerLost when it may have been accepted."""
        ...

    async def job(self, job_id: str) -> JobStatus:
        """One reading of a job."""
        ...

    async def download(self, url: str, to: Path) -> None:
        """Fetch a result archive into the file `to`."""
        ...

    async def coql(self, query: str) -> list[Record]:
        """The records of one page of a COQL query."""
        ...

    async def get(self, module: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        """Records by id; those that do not exist are missing from the answer."""
        ...

    async def delete(self, module: str, ids: Sequence[str]) -> list[RecordAnswer]:
        """Delete records by id, at most 100 a call; one answer for each id in order."""
        ...

    async def update(self, module: str, records: Sequence[Record]) -> list[RecordAnswer]:
        """Write values to records by id, at most 100 a call; one answer for each in order."""
        ...


class Source(Protocol):
    """The part of `ztui.engine.files.OpenFile` that a run uses."""

    @property
    def info(self) -> CsvInfo:
        """What the file is and how it is read."""
        ...

    def rows(self, start: int, count: int) -> list[SourceRow]:
        """Records by number, once `index()` is through."""
        ...

    async def index(self, on_progress: Callable[[int, float], None] | None = None) -> int:
        """Make every record reachable; returns how many there are."""
        ...

    async def digest(self) -> SourceId:
        """The file as it is now."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


Opener = Callable[[CsvInfo], Awaitable[Source]]
"""Opens the file of a plan again, read the same way. Raises SourceError."""

Connect = Callable[[str], Awaitable[Crm]]
"""The CRM of the profile with this name; raises ConfigError when there is none. Whoever gives it also closes it."""


class Packer(Protocol):
    """The part of `ztui.engine.planner` that a run uses."""

    def pack(self, plan: ImportPlan, folder: Path) -> Iterator[Part]:
        """Write the plan's parts into the folder one by one; the same plan always gives the same bytes."""
        ...

    def sent_columns(self, plan: ImportPlan) -> tuple[SentColumn, ...]:
        """The columns of the sent CSV in order, constants last."""
        ...

    def plan_digest(self, plan: ImportPlan) -> str:
        """A hex digest that equal plans share."""
        ...
