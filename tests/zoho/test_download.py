"""Downloads: bounded, checked, whole or not at all, and with the token only where it may go."""

import io
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.zoho.support import RENEWABLE, profile, refusal, reply, serving, token_reply
from ztui import catalogue
from ztui.errors import ApiError, ArchiveError, Unreachable, ZohoError
from ztui.zoho import wire
from ztui.zoho.results import read_results

URL = "https://download-accl.zoho.com/v2/crm/694902309/bulk-write/42/42.zip"
ZIP = {"Content-Type": "application/octet-stream"}


def zipped(rows: int = 3, name: str = "Leads-x.csv") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(name, "Email,STATUS,RECORD_ID,ERRORS\n" + "".join(f"k{n},ADDED,{n},\n" for n in range(rows)))
    return content.getvalue()


GOOD = httpx.Response(200, content=zipped(), headers=ZIP)


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "42.zip"


async def test_an_archive_is_fetched_with_the_token(target: Path) -> None:
    server = serving(GOOD)
    async with server.client() as client:
        await client.download(URL, target)
    assert [row.record_id for row in read_results(target)] == ["0", "1", "2"]
    (request,) = server.requests
    assert str(request.url) == URL
    assert request.headers["authorization"] == "Zoho-oauthtoken 1000.aa.plain"
    assert [p.name for p in target.parent.iterdir()] == ["42.zip"]


async def test_a_relative_address_is_fetched_from_the_download_host(target: Path) -> None:
    server = serving(GOOD)
    async with server.client() as client:
        await client.download("/v7/crm/org1/bulk-write/42/42.zip", target)
    assert server.requests[0].url.host == "download-accl.zoho.com"


@pytest.mark.parametrize("url", ["https://evil.com/42.zip", "http://download-accl.zoho.com/42.zip", "//evil.com/a.zip"])
async def test_nothing_is_sent_to_a_foreign_host(target: Path, url: str) -> None:
    server = serving(GOOD)
    async with server.client() as client:
        with pytest.raises(Unreachable, match="HOST_NOT_TRUSTED"):
            await client.download(url, target)
    assert server.requests == []


@pytest.mark.parametrize("goal", ["https://evil.com/42.zip", "http://download-accl.zoho.com/42.zip", "https://[", ""])
async def test_a_redirect_to_a_foreign_host_is_not_followed(target: Path, goal: str) -> None:
    server = serving(httpx.Response(302, headers={"location": goal}))
    async with server.client() as client:
        with pytest.raises(ZohoError):
            await client.download(URL, target)
    assert {r.url.host for r in server.requests} == {"download-accl.zoho.com"}
    assert list(target.parent.iterdir()) == []


async def test_a_redirect_within_zoho_is_followed(target: Path) -> None:
    server = serving(httpx.Response(302, headers={"location": "https://files-accl.zoho.com/42.zip"}), GOOD)
    async with server.client() as client:
        await client.download(URL, target)
    assert [r.url.host for r in server.requests] == ["download-accl.zoho.com", "files-accl.zoho.com"]


async def test_a_circle_of_redirects_ends(target: Path) -> None:
    server = serving(httpx.Response(302, headers={"location": URL}))
    async with server.client() as client:
        with pytest.raises(ApiError, match="REDIRECT_REFUSED"):
            await client.download(URL, target)
    assert len(server.requests) == 5


@pytest.mark.parametrize("status", [200, 403, 404])
async def test_an_expired_link_is_told_as_such(target: Path, status: int) -> None:
    body = {"http_status": "403", "info": "Forbidden", "x-info": "Link not valid"}
    async with serving(reply(body, status)).client() as client:
        with pytest.raises(ApiError) as caught:
            await client.download(URL, target)
    if status == 403:
        assert wire.kind_of(caught.value) == "link_expired"
    assert "Link not valid" in caught.value.message


@pytest.mark.parametrize("broken", [zipped(500)[:300], b"", b"<html>", zipped()[:-10]])
async def test_a_damaged_archive_is_fetched_again_and_then_given_up(target: Path, broken: bytes) -> None:
    bad = httpx.Response(200, content=broken, headers=ZIP)
    server = serving(bad)
    async with server.client() as client:
        with pytest.raises(ArchiveError, match="ARCHIVE_DAMAGED"):
            await client.download(URL, target)
        # Patience is the caller's: what repeats here multiplies with what repeats there.
        assert len(server.requests) == 2
        assert list(target.parent.iterdir()) == []
        server.answers = [bad, GOOD]
        await client.download(URL, target)
    assert list(target.parent.iterdir()) == [target]


async def test_an_archive_that_breaks_off_is_damaged(target: Path) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield zipped()[:50]
        raise httpx.RemoteProtocolError("peer closed connection without sending complete message body")

    server = serving(lambda request: httpx.Response(200, content=half(), headers=ZIP))
    async with server.client() as client:
        with pytest.raises(ArchiveError) as caught:
            await client.download(URL, target)
    assert caught.value.code == "ARCHIVE_DAMAGED"
    assert list(target.parent.iterdir()) == []


async def test_an_unsafe_archive_is_not_kept_and_not_fetched_again(target: Path) -> None:
    server = serving(httpx.Response(200, content=zipped(name="../../evil.csv"), headers=ZIP))
    async with server.client() as client:
        with pytest.raises(ArchiveError, match="ARCHIVE_UNSAFE"):
            await client.download(URL, target)
    assert len(server.requests) == 1
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("told", [True, False])
async def test_a_download_without_end_is_cut_off(target: Path, told: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(catalogue.limits(), download_bytes=10_000)
    monkeypatch.setattr(catalogue, "limits", lambda: small)
    received = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal received
        for _ in range(1000):
            received += 1000
            yield b"\0" * 1000

    length = {"Content-Length": "1000000"} if told else {}
    server = serving(lambda request: httpx.Response(200, content=endless(), headers={**ZIP, **length}))
    async with server.client() as client:
        with pytest.raises(ArchiveError, match="ARCHIVE_UNSAFE"):
            await client.download(URL, target)
    assert received <= 12_000
    assert list(target.parent.iterdir()) == []


async def test_faults_on_the_way_are_waited_out(target: Path) -> None:
    server = serving(reply(b"<html>", 502), httpx.ReadError("reset"), refusal("TOO_MANY_REQUESTS", 429), GOOD)
    async with server.client() as client:
        await client.download(URL, target)
    assert len(server.pauses) == 3


async def test_an_expired_token_is_renewed_during_a_download(target: Path) -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return token_reply(f"1000.{len(server.requests)}")
        if request.headers["authorization"].endswith("1000.1"):
            return refusal("INVALID_TOKEN", 401)
        return httpx.Response(200, content=zipped(), headers=ZIP)

    server = serving(handler)
    async with server.client(profile(RENEWABLE)) as client:
        await client.download(URL, target)
    assert list(target.parent.iterdir()) == [target]


async def test_json_that_is_no_refusal_is_no_archive(target: Path) -> None:
    async with serving(reply({"hello": 1})).client() as client:
        with pytest.raises(ArchiveError, match="ARCHIVE_UNEXPECTED"):
            await client.download(URL, target)


async def test_a_disk_that_refuses_is_not_blamed_on_the_network(tmp_path: Path) -> None:
    async with serving(GOOD).client() as client:
        with pytest.raises(FileNotFoundError):
            await client.download(URL, tmp_path / "no such folder" / "42.zip")
