"""Fetches a result archive: to trusted hosts only, bounded, whole, and checked before it gets its name."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx

from ztui import catalogue
from ztui.errors import ArchiveError, ZohoError
from ztui.zoho import wire
from ztui.zoho.connection import Connection
from ztui.zoho.failures import failure
from ztui.zoho.results import check_archive, check_contents
from ztui.zoho.wire import Answer

_REDIRECTS = 5
_DAMAGED_TRIES = 2
_JSON_MOST = 1_000_000


async def download(connection: Connection, given: str, to: Path) -> None:
    """Fetch the archive at `given` (absolute or relative) into the file `to`, which appears only when it is whole.

    A damaged archive is fetched once more after a moment. To wait for one that is still being written is the caller's
    affair: it knows what to tell meanwhile, and patience at two places multiplies.

    Raises ArchiveError for a damaged, unsafe or oversized archive, ApiError for a refusal (an expired link among them),
    Unreachable for a host that may not see the token or cannot be reached, and OSError when the disk refuses.
    """
    url = connection.hosts.download_url(given)
    part = to.with_name(to.name + ".part")

    async def attempt(token: str) -> ArchiveError | None:
        try:
            await _fetch(connection, url, token, part)
            await asyncio.to_thread(check_archive, part)
            await asyncio.to_thread(check_contents, part)
        except ArchiveError as error:
            return error
        return None

    try:
        for failures in range(1, _DAMAGED_TRIES + 1):
            spoilt = await connection.patiently(attempt, harmless=True)
            if spoilt is None:
                break
            if failures == _DAMAGED_TRIES or not wire.passing(spoilt):
                raise spoilt
            await connection.wait(failures, spoilt)
        await asyncio.to_thread(part.replace, to)
    finally:
        part.unlink(missing_ok=True)


async def _fetch(connection: Connection, url: httpx.URL, token: str, part: Path) -> None:
    numbers = catalogue.limits()
    for _ in range(_REDIRECTS):
        request = connection.build("GET", url, token, headers={"Accept": "*/*", "Accept-Encoding": "identity"})
        try:
            async with asyncio.timeout(numbers.download_seconds), connection.open(request) as response:
                if not response.is_redirect:
                    await _receive(connection, response, part)
                    return
                target = connection.target(response)
                if target is None or not connection.hosts.trusted(target):
                    raise connection.redirected(response)
        except httpx.RemoteProtocolError as error:
            # The connection ended before the announced length was there.
            raise ArchiveError("ARCHIVE_DAMAGED", details={"host": url.host, "reason": str(error)}) from error
        except (httpx.HTTPError, httpx.StreamError, ConnectionError, TimeoutError) as error:
            raise failure(error, url.netloc.decode(), harmless=True) from error
        url = target
    raise connection.redirected(response)


async def _receive(connection: Connection, response: httpx.Response, part: Path) -> None:
    kind = response.headers.get("content-type", "").lower()
    if response.status_code != 200 or "json" in kind:
        raise await _refusal(connection, response)
    most = catalogue.limits().download_bytes
    facts = {"host": response.url.host, "path": str(part)}
    told = response.headers.get("content-length", "")
    if told.isdigit() and int(told) > most:
        raise ArchiveError("ARCHIVE_UNSAFE", details={**facts, "reason": f"it has {told} bytes"})
    size = 0
    with part.open("wb") as file:
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > most:
                raise ArchiveError("ARCHIVE_UNSAFE", details={**facts, "reason": f"it has more than {most} bytes"})
            await asyncio.to_thread(file.write, chunk)
    if told.isdigit() and "content-encoding" not in response.headers and size != int(told):
        raise ArchiveError("ARCHIVE_DAMAGED", details={**facts, "reason": f"{size} of {told} bytes came"})


async def _refusal(connection: Connection, response: httpx.Response) -> ZohoError:
    """The refusal that came instead of an archive. A 200 that is no refusal either is no archive."""
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > _JSON_MOST:
            break
    headers = {k.lower(): v for k, v in response.headers.items()}
    try:
        body = wire.parse(bytes(content))
    except wire.Unreadable:
        body = None
    problem = wire.problem_in(body)
    answer = Answer(response.status_code, body, headers)
    if problem is None and response.status_code < 400:
        facts = {"host": response.url.host, "reason": f"HTTP {response.status_code} without an archive"}
        return ArchiveError("ARCHIVE_UNEXPECTED", details=facts, http_status=response.status_code)
    return wire.error_for("api", answer, problem, {"profile": connection.profile.name})
