"""Redirects, answers without end, credits, and what a profile forbids."""

import asyncio
import gzip
from dataclasses import replace

import httpx
import pytest

from tests.zoho.failing import (
    CHANGES,
    CREATED,
    JOB,
    LATE,
    NOT_SENT,
    ORG,
    SENT,
)
from tests.zoho.support import Server, profile, refusal, reply, serving
from ztui import __version__, catalogue
from ztui.errors import AnswerLost, ApiError, SignInError, Unreachable, UsageError, ZohoError
from ztui.model.crm import Credits
from ztui.model.profile import Domains
from ztui.zoho.auth import MemoryTokens
from ztui.zoho.client import ZohoClient


def bomb(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=gzip.compress(b" " * 1_000_000), headers={"Content-Encoding": "gzip"})


async def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(catalogue.limits(), answer_bytes=10_000, retry_tries=1)
    monkeypatch.setattr(catalogue, "limits", lambda: small)
    async with serving(bomb).client() as client:
        with pytest.raises(Unreachable) as caught:
            await client.org()
    assert "longer than" in str(caught.value.details["reason"])


async def test_a_server_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = replace(catalogue.limits(), answer_seconds=0.01, retry_tries=1)
    monkeypatch.setattr(catalogue, "limits", lambda: quick)

    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with serving(hang).client() as client:
        with pytest.raises(Unreachable) as caught:
            await client.org()
        with pytest.raises(AnswerLost):
            await client.create_job(JOB)
    assert caught.value.details["reason"] == "no answer in time"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "target",
    [
        "https://evil.com/org",
        "//evil.com/",
        "http://www.zohoapis.com/crm/v2.1/org",
        "https://www.zohoapis.eu/x",
        "https://[",
        "",
    ],
)
async def test_a_redirect_elsewhere_is_not_followed(status: int, target: str) -> None:
    server = serving(httpx.Response(status, headers={"location": target} if target else {}))
    async with server.client() as client:
        for call in (client.org, lambda: client.create_job(JOB)):
            with pytest.raises(ApiError) as caught:
                await call()
            assert caught.value.code in ("REDIRECT_REFUSED", "MULTIPLE_CHOICES", "MOVED_PERMANENTLY") or not target
    assert {str(r.url.host) for r in server.requests} == {"www.zohoapis.com"}
    assert len(server.requests) == 2


async def test_a_redirect_within_the_profiles_hosts_is_followed_for_reading_only() -> None:
    moved = httpx.Response(307, headers={"location": "/crm/v2.1/organisation"})
    server = serving(moved, ORG)
    async with server.client() as client:
        await client.org()
        assert server.paths == ["/crm/v2.1/org", "/crm/v2.1/organisation"]
        server.answers = [moved]
        with pytest.raises(ApiError, match="REDIRECT_REFUSED"):
            await client.create_job(JOB)


async def test_a_circle_of_redirects_ends() -> None:
    server = serving(httpx.Response(302, headers={"location": "/crm/v2.1/org"}))
    async with server.client() as client:
        with pytest.raises(ApiError, match="REDIRECT_REFUSED"):
            await client.org()
    assert len(server.requests) == 5


async def test_requests_say_who_they_are_and_take_gzip() -> None:
    server = serving(ORG)
    async with server.client() as client:
        await client.org()
    headers = server.requests[0].headers
    assert headers["user-agent"] == f"ztui/{__version__}"
    assert headers["accept-encoding"] == "gzip"
    assert headers["accept"] == "application/json"


async def test_credits_are_counted_and_the_header_is_believed() -> None:
    server = serving(
        ORG, CREATED, reply({"org": [{"zgid": "5"}]}, headers={"X-API-CREDITS-REMAINING": "1234"}), ORG, CREATED
    )
    async with server.client() as client:
        await client.org()
        assert client.credits == Credits(1)
        await client.create_job(JOB)
        assert client.credits == Credits(501)
        await client.org()
        assert client.credits == Credits(502, 1234)
        await client.org()
        await client.create_job(JOB)
        assert client.credits == Credits(1003, 733)


async def test_a_refused_job_costs_no_five_hundred_credits() -> None:
    async with serving(refusal("INVALID_DATA")).client() as client:
        with pytest.raises(ApiError):
            await client.create_job(JOB)
        assert client.credits.spent <= 1


async def test_the_edition_tells_the_days_credits() -> None:
    license_details = {"paid_type": "enterprise", "users_license_purchased": 10}
    async with serving(reply({"org": [{"zgid": "5", "license_details": license_details}]})).client() as client:
        await client.org()
        assert client.credits.limit == 60_000


async def test_no_more_calls_at_once_than_the_profile_allows() -> None:
    most = running = 0
    gate = asyncio.Event()

    async def handler(request: httpx.Request) -> httpx.Response:
        nonlocal most, running
        running += 1
        most = max(most, running)
        if running == 2:
            gate.set()
        await gate.wait()
        running -= 1
        return reply({"org": [{"zgid": "5"}]})

    async with serving(handler).client(profile(concurrency=2)) as client:
        await asyncio.gather(*(client.org() for _ in range(10)))
    assert most == 2


@pytest.mark.parametrize("change", [*CHANGES, lambda c: c.delete("Leads", ["1"]), lambda c: c.insert("Leads", [{}])])
async def test_a_read_only_profile_changes_nothing(change) -> None:  # type: ignore[no-untyped-def]
    server = serving(ORG)
    async with server.client(profile(readonly=True)) as client:
        await client.org()
        with pytest.raises(UsageError, match="PROFILE_READONLY"):
            await change(client)
    assert len(server.requests) == 1
    assert catalogue.lookup("local", "PROFILE_READONLY") is not None


async def test_a_profile_without_https_sends_nothing() -> None:
    from ztui.model.profile import Domains

    plain = Domains("http://crm.example.com", "http://crm.example.com", "http://crm.example.com")
    server = serving(ORG)
    async with server.client(profile(domains=plain)) as client:
        with pytest.raises(Unreachable, match="INSECURE_HOST"):
            await client.org()
    assert server.requests == []


async def test_no_error_shows_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    failures: list[httpx.Response | Exception] = [*NOT_SENT, *SENT, *LATE, refusal("INVALID_TOKEN", 401)]
    for failure in failures:
        async with Server([failure]).client() as client:
            with pytest.raises(ZohoError) as caught:
                await client.create_job(JOB)
        assert "1000.aa.plain" not in f"{caught.value!r}{caught.value}{caught.value.details}"
    assert "1000.aa.plain" not in caplog.text
    assert isinstance(caught.value, SignInError)


PROXIES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy")


@pytest.fixture
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("no_proxies")
async def test_what_goes_to_this_machine_goes_to_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    proxy = await asyncio.start_server(take, "127.0.0.1", 0)
    server = await asyncio.start_server(take, "127.0.0.1", 0)
    for name in ("http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with (
        proxy,
        server,
        ZohoClient(profile(domains=Domains(base, base, base, base)), tokens=MemoryTokens()) as client,
    ):
        with pytest.raises(SignInError):
            await client.org()
    assert [request.split(b" ")[1] for request in seen] == [b"/crm/v2.1/org"]


@pytest.mark.usefixtures("no_proxies")
async def test_a_proxy_that_cannot_be_used_is_told_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://me:s3cret@127.0.0.1:1")
    async with ZohoClient(profile(), tokens=MemoryTokens()) as client:
        with pytest.raises(Unreachable) as caught:
            await client.org()
    assert (caught.value.code, "s3cret" in str(caught.value.details)) == ("PROXY_UNUSABLE", False)
