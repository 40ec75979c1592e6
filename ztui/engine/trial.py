"""Tries a profile out, step by step, and says what works: secrets, hosts, token, org, permissions, upload.

It changes nothing in the CRM. The upload it makes is one small file that no job ever uses.
"""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from pathlib import Path
from typing import Protocol, TypeVar

from ztui import catalogue
from ztui.csvfile.copies import private_folder
from ztui.errors import ApiError, SignInError, ZohoError, ZtuiError
from ztui.model.counting import how_many
from ztui.model.crm import Module, Org, User
from ztui.model.job import JobStatus, UploadedFile
from ztui.model.profile import Profile, Secret
from ztui.zoho.auth import resolve_secret

T = TypeVar("T")


class Result(StrEnum):
    """How a step went. NOTE: it works, but is probably not what was meant. SKIPPED: an earlier step failed."""

    OK = "ok"
    NOTE = "note"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what was tried, how it went, what was seen, and the error when it failed."""

    name: str
    result: Result
    seen: str = ""
    error: ZtuiError | None = None


class Tried(Protocol):
    """The part of `ztui.zoho.client.ZohoClient` a trial uses. Every method raises ZohoError."""

    async def sign_in(self) -> None:
        """Get an access token."""
        ...

    async def org(self) -> Org:
        """The organisation."""
        ...

    async def users(self) -> tuple[User, ...]:
        """Its users."""
        ...

    async def modules(self) -> tuple[Module, ...]:
        """Its modules."""
        ...

    async def job(self, job_id: str) -> JobStatus:
        """One reading of a job."""
        ...

    async def upload(self, path: Path, name: str) -> UploadedFile:
        """Send a zip."""
        ...


STEPS = ("secrets", "host", "token", "organisation", "environment", "modules", "users", "bulk write", "upload")
OnStep = Callable[[Step], None]


class Trial:
    """One trial of one profile. `steps` grows as it goes; every name of STEPS comes once, in order."""

    def __init__(self, profile: Profile, on_step: OnStep | None = None) -> None:
        self.profile = profile
        self.steps: list[Step] = []
        self._on_step = on_step

    @property
    def passed(self) -> bool:
        """True when no step failed."""
        return bool(self.steps) and all(step.result in (Result.OK, Result.NOTE) for step in self.steps)

    async def run(self, client: Tried) -> Sequence[Step]:
        """Go through all steps; a failure is a step's result, not an exception."""
        if not self._secrets():
            return self._skip_rest()
        try:
            await client.sign_in()
            org = await client.org()
        except ZtuiError as error:
            self._first_answer(error)
            return self._skip_rest()
        self._tell("host", Result.OK, f"{self.profile.domains.api} answers")
        self._tell("token", Result.OK, "accepted")
        self._tell("organisation", Result.OK, f"{org.company_name}, id {org.zgid or org.id}")
        self._environment(org)
        await self._ask("modules", client.modules(), lambda found: how_many(len(found), "module"))
        await self._ask("users", client.users(), lambda found: how_many(len(found), "user"))
        await self._bulk(client)
        await self._upload(client)
        return self.steps

    def _secrets(self) -> bool:
        creds = self.profile.credentials
        given = {
            "access token": creds.access_token,
            "refresh token": creds.refresh_token,
            "client id": Secret(creds.client_id) if creds.client_id else None,
            "client secret": creds.client_secret,
        }
        try:
            if not creds.access_token and not creds.refresh_token:
                raise SignInError("NO_CREDENTIALS", details={"profile": self.profile.name}, level="local")
            for what, secret in given.items():
                if secret is not None:
                    resolve_secret(secret, what, self.profile.name)
        except SignInError as error:
            self._tell("secrets", Result.FAILED, error=error)
            return False
        self._tell("secrets", Result.OK, ", ".join(what for what, secret in given.items() if secret))
        return True

    def _first_answer(self, error: ZtuiError) -> None:
        """Which of the first steps a failure to read the organisation belongs to."""
        if not isinstance(error, (ApiError, SignInError)) or (isinstance(error, ApiError) and error.level == "local"):
            # Nobody there, or somebody else: a captive portal, a web page, another service.
            self._tell("host", Result.FAILED, error=error)
            return
        self._tell("host", Result.OK, f"{self.profile.domains.api} answers")
        if isinstance(error, SignInError) and _kind(error) != "scope":
            self._tell("token", Result.FAILED, error=error)
            return
        looked_at = (error.http_status or 0) < HTTPStatus.INTERNAL_SERVER_ERROR
        self._tell("token", Result.OK if looked_at else Result.SKIPPED, "accepted" if looked_at else "")
        self._tell("organisation", Result.FAILED, error=error)

    def _environment(self, org: Org) -> None:
        wanted, found = self.profile.environment, org.environment
        if found and found != wanted and not self.profile.sandbox:
            self._tell("environment", Result.NOTE, f"the org says {found}, the profile says {wanted}")
        else:
            self._tell("environment", Result.OK, found or f"{wanted} (the org does not tell)")

    async def _bulk(self, client: Tried) -> None:
        """A job that cannot exist: being told so proves that the token may ask."""
        try:
            await client.job("1")
        except SignInError as error:
            self._tell("bulk write", Result.FAILED, error=error)
        except ApiError as error:
            allowed = _kind(error) not in ("permission", "scope")
            self._tell("bulk write", Result.OK if allowed else Result.FAILED, "allowed", None if allowed else error)
        except ZohoError as error:
            self._tell("bulk write", Result.FAILED, error=error)
        else:
            self._tell("bulk write", Result.OK, "allowed")

    async def _upload(self, client: Tried) -> None:
        if self.profile.readonly:
            self._tell("upload", Result.NOTE, "not tried: the profile is read-only")
            return
        with private_folder() as folder:
            path = folder / "ztui-test.zip"
            await asyncio.to_thread(path.write_bytes, _tiny_zip())
            host = self.profile.domains.upload
            await self._ask("upload", client.upload(path, path.name), lambda _: f"{host} takes files")

    async def _ask(self, name: str, asking: Awaitable[T], seen: Callable[[T], str]) -> None:
        try:
            found = await asking
        except ZohoError as error:
            self._tell(name, Result.FAILED, error=error)
        else:
            self._tell(name, Result.OK, seen(found))

    def _skip_rest(self) -> Sequence[Step]:
        for name in STEPS[len(self.steps) :]:
            self._tell(name, Result.SKIPPED)
        return self.steps

    def _tell(self, name: str, result: Result, seen: str = "", error: ZtuiError | None = None) -> None:
        step = Step(name, result, "" if error else seen, error)
        self.steps.append(step)
        if self._on_step is not None:
            self._on_step(step)


def _kind(error: ZohoError) -> str:
    entry = catalogue.resolve(error.level, error.code)
    return entry.explain(error.details, error.message).kind if entry else ""


def _tiny_zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("ztui-test.csv", "Last_Name\nztui connection test\n")
    return out.getvalue()
