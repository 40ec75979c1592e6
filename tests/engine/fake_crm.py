"""A CRM in memory behind the client's own methods, faithful where a run depends on it: file ids work once, jobs take
time, results are an archive, records can be read back, and answers can get lost before or after their effect."""

from __future__ import annotations

import asyncio
import csv
import io
import random
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ztui.errors import ApiError
from ztui.model.crm import Credits, Record
from ztui.model.job import Counts, JobRef, JobState, JobStatus, UploadedFile
from ztui.zoho.bulk_write import BulkWrite
from ztui.zoho.records import RecordAnswer

Fault = Callable[[str, str], None]
"""Called with (request, "before" | "after"); what it raises is what the client sees."""


class VirtualClock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.time = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

    def now(self) -> datetime:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class FakeJob:
    id: str
    request: BulkWrite
    ready: datetime
    done: bool = False
    counts: Counts = field(default_factory=Counts)
    result: bytes = b""
    failed: str = ""


@dataclass
class FakeZoho:
    """The other side. `records` are by id; `shuffle`, `drop` and `repeat` spoil result archives."""

    clock: VirtualClock
    seed: int = 1
    job_seconds: float = 4.0
    shuffle: bool = False
    drop: int = 0
    repeat: int = 0
    fail_jobs: str = ""
    refuse_create: ApiError | None = None
    files: dict[str, list[list[str]]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    jobs: dict[str, FakeJob] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    next_id: int = 4150868000000100000

    def new_id(self) -> str:
        self.next_id += 1
        return str(self.next_id)

    def stamp(self) -> str:
        return self.clock.now().replace(microsecond=0).isoformat()

    def work(self) -> None:
        """Bring to their end the jobs whose time has come."""
        for job in self.jobs.values():
            if not job.done and self.clock.now() >= job.ready:
                self._finish(job)

    def _finish(self, job: FakeJob) -> None:
        job.done = True
        if self.fail_jobs:
            job.failed = self.fail_jobs
            return
        names = [c.api_name for c in job.request.columns]
        out: list[list[str]] = []
        added = updated = skipped = 0
        for row in self.files[job.request.file_id]:
            values: dict[str, object] = dict(zip(names, row, strict=True))
            error = self._problem(values)
            status, record_id = "skipped", ""
            if not error:
                status, record_id = self._store(job.request, values)
                added += status == "added"
                updated += status == "updated"
                error = "RESOURCE_NOT_FOUND-" + str(job.request.find_by) if status == "skipped" else ""
            skipped += status == "skipped"
            out.append([*row[:3], status, record_id, error])
        job.counts = Counts(added, updated, skipped, added + updated + skipped)
        rng = random.Random(self.seed)
        if self.shuffle:
            rng.shuffle(out)
        for _ in range(min(self.drop, len(out))):
            out.pop(rng.randrange(len(out)))
        for _ in range(self.repeat if out else 0):
            out.insert(rng.randrange(len(out)), list(rng.choice(out)))
        text = io.StringIO()
        writer = csv.writer(text)
        writer.writerow([*names[:3], "STATUS", "RECORD_ID", "ERRORS"])
        writer.writerows(out)
        body = io.BytesIO()
        with zipfile.ZipFile(body, "w") as archive:
            archive.writestr("Leads-part.csv", text.getvalue())
        job.result = body.getvalue()

    @staticmethod
    def _problem(values: dict[str, object]) -> str:
        problems = []
        if not str(values.get("Last_Name", "x")).strip():
            problems.append("MANDATORY_NOT_FOUND-Last_Name")
        if "Email" in values and values["Email"] and "@" not in str(values["Email"]):
            problems.append("INVALID_DATA-Email")
        return ":".join(problems)

    def _store(self, request: BulkWrite, values: dict[str, object]) -> tuple[str, str]:
        now = self.stamp()
        if request.operation.value != "insert":
            key = str(request.find_by)
            for record in self.records.values():
                if str(record.values.get(key)).casefold() == str(values[key]).casefold():
                    record.values.update(values)
                    self.records[record.id] = Record(record.id, now, record.values)
                    return "updated", record.id
            if request.operation.value == "update":
                return "skipped", ""
        new = Record(self.new_id(), now, {**values, "Created_Time": now})
        self.records[new.id] = new
        return "added", new.id


class FakeCrm:
    """A client of it, whose answers pass `fault`."""

    def __init__(self, zoho: FakeZoho, fault: Fault | None = None) -> None:
        self.zoho = zoho
        self.fault = fault or (lambda _request, _when: None)
        self.credits = Credits()

    def _enter(self, request: str) -> None:
        self.fault(request, "before")
        self.zoho.requests.append(request)
        self.zoho.work()

    async def upload(
        self, path: Path, name: str, on_progress: Callable[[int, int], None] | None = None
    ) -> UploadedFile:
        self._enter("upload")
        with zipfile.ZipFile(path) as archive:
            text = archive.read(archive.namelist()[0]).decode()
        file_id = self.zoho.new_id()
        self.zoho.files[file_id] = list(csv.reader(io.StringIO(text)))[1:]
        if on_progress is not None:
            on_progress(len(text), len(text))
        self.fault("upload", "after")
        return UploadedFile(file_id, self.zoho.stamp())

    async def create_job(self, request: BulkWrite) -> JobRef:
        self._enter("create")
        if self.zoho.refuse_create is not None:
            raise self.zoho.refuse_create
        if request.file_id not in self.zoho.files or request.file_id in self.zoho.used:
            raise ApiError("FILE_NOT_SUPPORTED", "File not supported for bulk write", level="job", http_status=400)
        self.zoho.used.add(request.file_id)
        ready = self.zoho.clock.now() + timedelta(seconds=self.zoho.job_seconds)
        job = FakeJob(self.zoho.new_id(), request, ready)
        self.zoho.jobs[job.id] = job
        self.fault("create", "after")
        return JobRef(job.id)

    async def job(self, job_id: str) -> JobStatus:
        self._enter("job")
        if job_id not in self.zoho.jobs:
            raise ApiError("RESOURCE_NOT_FOUND", "The requested resource doesn't exist.", level="job", http_status=400)
        job = self.zoho.jobs[job_id]
        self.fault("job", "after")
        if not job.done:
            return JobStatus(job_id, JobState.INPROGRESS, "INPROGRESS", code="INPROGRESS")
        if job.failed:
            return JobStatus(job_id, JobState.FAILED, "FAILED", code=job.failed)
        url = f"https://download-accl.zoho.com/{job_id}.zip"
        return JobStatus(job_id, JobState.COMPLETED, "COMPLETED", job.counts, "COMPLETED", download_url=url)

    async def download(self, url: str, to: Path) -> None:
        self._enter("download")
        job = self.zoho.jobs[Path(url).stem]
        await asyncio.to_thread(to.write_bytes, job.result)
        self.fault("download", "after")

    async def coql(self, query: str) -> list[Record]:
        self._enter("coql")
        found = re.search(
            r"where \(?(\w+) in \((.*?)\)(?: and Modified_Time >= '([^']+)'\))? order by id asc limit (\d+), (\d+)",
            query,
        )
        assert found is not None, query
        key, values, since, offset, count = found.groups()
        wanted = {v.replace("\\'", "'").casefold() for v in re.findall(r"'((?:[^'\\]|\\.)*)'", values)}
        records = [
            r
            for r in sorted(self.zoho.records.values(), key=lambda r: r.id)
            if str(r.id if key == "id" else r.values.get(key, "")).casefold() in wanted
            and (not since or datetime.fromisoformat(r.modified_time) >= datetime.fromisoformat(since))
        ]
        self.fault("coql", "after")
        return records[int(offset) : int(offset) + int(count)]

    async def get(self, module: str, ids: Sequence[str], fields: Sequence[str]) -> list[Record]:
        self._enter("get")
        found = [self.zoho.records[i] for i in ids if i in self.zoho.records]
        return [Record(r.id, r.modified_time, dict(r.values)) for r in found]

    async def delete(self, module: str, ids: Sequence[str]) -> list[RecordAnswer]:
        self._enter("delete")
        answers = []
        for record_id in ids:
            gone = self.zoho.records.pop(record_id, None)
            answers.append(
                RecordAnswer(record_id, True, "SUCCESS") if gone else RecordAnswer(record_id, False, "INVALID_DATA")
            )
        self.fault("delete", "after")
        return answers

    async def update(self, module: str, records: Sequence[Record]) -> list[RecordAnswer]:
        self._enter("update")
        for record in records:
            known = self.zoho.records[record.id]
            known.values.update(record.values)
            self.zoho.records[record.id] = Record(record.id, self.zoho.stamp(), known.values)
        self.fault("update", "after")
        return [RecordAnswer(record.id, True, "SUCCESS") for record in records]
