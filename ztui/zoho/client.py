"""The client: one typed method for each call that ztui makes to Zoho.

Every method raises ZohoError: SignInError, Throttled, ApiError, Unreachable (certainly no effect), AnswerLost (a change
may have taken effect), ArchiveError. What changes the CRM is refused for a read-only profile (UsageError).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from ztui import catalogue
from ztui.errors import ApiError
from ztui.model.crm import Credits
from ztui.model.job import JobRef, JobStatus, UploadedFile
from ztui.model.mass_update import MassUpdateAnswer, MassUpdateRequest, MassUpdateStatus
from ztui.model.profile import Credentials, Domains, Profile, Secret
from ztui.zoho import bulk_write, mass_update, wire
from ztui.zoho.auth import Grant, MemoryTokens, TokenCache, grant_in, resolve_secret, token_url
from ztui.zoho.bodies import JSON_HEADERS, FileForm, OnProgress, json_body
from ztui.zoho.bulk_write import BulkWrite
from ztui.zoho.calls import segment
from ztui.zoho.connection import Ask, Connection, Sleep
from ztui.zoho.download import download
from ztui.zoho.metadata_calls import MetadataCalls
from ztui.zoho.record_calls import RecordCalls


class ZohoClient(MetadataCalls, RecordCalls):
    """One profile's client; an async context manager that lives in one event loop.

    `tokens` keeps access tokens between processes; `transport`, `sleep`, `clock` and `jitter` are for tests.
    """

    def __init__(
        self,
        profile: Profile,
        *,
        tokens: TokenCache | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.profile = profile
        self._zgid = profile.zgid
        self._connection = Connection(
            profile, tokens or MemoryTokens(), transport, sleep=sleep, clock=clock, jitter=jitter
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._connection.aclose()

    @property
    def credits(self) -> Credits:
        """API credits: spent by this client, and what Zoho's headers and the edition told."""
        return self._connection.credits

    async def upload(self, path: Path, name: str, on_progress: OnProgress | None = None) -> UploadedFile:
        """Send a zip for bulk write; `on_progress` is told (bytes sent, bytes in all).

        Changes no record. The organisation's zgid is looked up when the profile does not tell it. Raises OSError when
        the file cannot be read.
        """
        self._may_change()
        zgid = self._zgid or (await self.org()).zgid
        self._zgid = zgid
        form = FileForm(path, name, on_progress)
        domains = self.profile.domains
        base = (domains.upload or domains.api).rstrip("/")
        ask = Ask(
            "POST",
            f"{base}/crm/{self.profile.api_version}/upload",
            level="upload",
            need="upload",
            headers={**form.headers, "feature": "bulk-write", "X-CRM-ORG": zgid},
            body=form.stream,
            seconds=catalogue.limits().upload_seconds,
            cost=0,
            facts={"path": str(path)},
        )
        # A repeated upload does no harm, but the caller shows its progress: it decides.
        answer = await self._connection.call(ask, once=True)
        details = answer.table.get("details")
        file_id = wire.text(details.get("file_id")) if isinstance(details, dict) else ""
        if not isinstance(details, dict) or not file_id:
            facts = {"host": httpx.URL(base).host, "reason": "the answer holds no file id"}
            raise ApiError("ANSWER_GARBLED", details=facts, level="local", http_status=answer.status)
        return UploadedFile(file_id, wire.text(details.get("created_time")))

    async def create_job(self, request: BulkWrite) -> JobRef:
        """Start a bulk write job, once: it is never repeated here.

        Unreachable, Throttled and every ApiError mean that no job was made; AnswerLost that there may be one.
        """
        self._may_change()
        ask = Ask(
            "POST",
            self._bulk("write"),
            level="job",
            need="create_job",
            harmless=False,
            headers=JSON_HEADERS,
            body=json_body(request.payload(self.profile.api_version)),
            cost=catalogue.limits().credits_create_job,
            facts={"module": request.module},
        )
        return bulk_write.job_ref(await self._connection.call(ask), httpx.URL(ask.url).host)

    async def job(self, job_id: str) -> JobStatus:
        """One reading of a job. ApiError RESOURCE_NOT_FOUND when the org has no such job."""
        ask = Ask("GET", self._bulk(f"write/{segment(job_id)}"), level="job", need="job", facts={"job_id": job_id})
        answer = await self._connection.call(ask)
        if not answer.table:
            raise self._empty("job", answer.status)
        return bulk_write.job_status(answer, job_id)

    async def download(self, url: str, to: Path) -> None:
        """Fetch a job's result archive (absolute or relative URL) into the file `to`, checked; see `zoho.download`."""
        await download(self._connection, url, to)

    async def mass_update(self, request: MassUpdateRequest) -> MassUpdateAnswer:
        """Write one value to many records, once. Refusals of records, and mass update's own refusals of the whole call,
        are results; sign-in, throttling and faults are raised, AnswerLost when it may have taken effect."""
        self._may_change()
        ask = Ask(
            "POST",
            self._url(f"{segment(request.module)}/actions/mass_update"),
            level=mass_update.LEVEL,
            need="mass_update",
            harmless=False,
            headers=JSON_HEADERS,
            body=json_body(mass_update.payload(request)),
            facts={"module": request.module},
        )
        try:
            answer = await self._connection.call(ask)
        except ApiError as error:
            refused = mass_update.refusal_of(error)
            if refused is None:
                raise
            return refused
        return mass_update.answer_of(answer, request)

    async def mass_update_status(self, module: str, job_id: str) -> MassUpdateStatus:
        """One reading of a scheduled mass update."""
        answer = await self._get(
            f"{segment(module)}/actions/mass_update",
            {"job_id": job_id},
            need="mass_update_status",
            level=mass_update.LEVEL,
            module=module,
        )
        return mass_update.status_of(answer, job_id)

    async def sign_in(self) -> None:
        """Get an access token, by a refresh if needed, without any other call. Raises SignInError."""
        await self._connection.auth.token()

    def _bulk(self, path: str) -> str:
        return f"{self.profile.domains.api.rstrip('/')}/crm/bulk/{self.profile.api_version}/{path}"


async def exchange_code(
    domains: Domains,
    client_id: str,
    client_secret: Secret,
    code: Secret,
    *,
    data_center: str = "",
    transport: httpx.AsyncBaseTransport | None = None,
) -> Grant:
    """Exchange a self client's grant code for a refresh token and a first access token (OAuth pages, self client).

    Id, secret and code may be `env:NAME`. Raises SignInError for a refusal: the code works once and for minutes only.
    """
    profile = Profile("", domains, Credentials(), data_center=data_center)
    connection = Connection(profile, MemoryTokens(), transport)
    form = {
        "grant_type": "authorization_code",
        "client_id": resolve_secret(Secret(client_id), "client id"),
        "client_secret": resolve_secret(client_secret, "client secret"),
        "code": resolve_secret(code, "grant code"),
    }
    try:
        return grant_in(await connection.post_form(token_url(domains.accounts), form), profile)
    finally:
        await connection.aclose()
