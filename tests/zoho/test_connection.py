"""What is repeated and what is not, what a failure means, redirects, bounds, and credits."""

import asyncio
import gzip
import socket
import ssl
from dataclasses import replace

import httpx
import pytest

from tests.zoho.support import Server, profile, refusal, reply, serving
from ztui import __version__, catalogue
from ztui.errors import AnswerLost, ApiError, SignInError, Throttled, Unreachable, UsageError, ZohoError
from ztui.model.crm import Credits, Operation, Record
from ztui.model.mass_update import MassUpdateRequest
from ztui.model.part import SentColumn
from ztui.zoho.bulk_write import BulkWrite
from ztui.zoho.client import ZohoClient

ORG = reply({"org": [{"id": "1", "zgid": "5", "company_name": "Acme"}]})
CREATED = reply({"status": "success", "code": "SUCCESS", "message": "success", "details": {"id": "42"}}, 201)
JOB = BulkWrite(Operation.INSERT, "Leads", "77", "leads.csv", (SentColumn("Last_Name"),))


def caused(error: httpx.TransportError, cause: Exception) -> httpx.TransportError:
    error.__cause__ = cause
    return error


NAME_ERROR = caused(httpx.ConnectError("x"), socket.gaierror(-2, "Name or service not known"))
TLS_ERROR = caused(httpx.ConnectError("x"), ssl.SSLCertVerificationError("self-signed certificate"))
REFUSED = caused(httpx.ConnectError("x"), ConnectionRefusedError(111, "Connection refused"))
NOT_SENT = [REFUSED, NAME_ERROR, TLS_ERROR, httpx.ConnectTimeout(""), httpx.PoolTimeout(""), httpx.ProxyError("no")]
SENT = [
    httpx.ReadTimeout(""),
    httpx.ReadError("reset"),
    httpx.WriteError("broken pipe"),
    httpx.WriteTimeout(""),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ConnectionResetError(104, "Connection reset by peer"),
]
LATE = [reply(b"<html>bad gateway", 502), refusal("INTERNAL_ERROR", 500), reply(b"", 503), reply(b"", 504)]


async def create(client: ZohoClient) -> object:
    return await client.create_job(JOB)


async def mass_update(client: ZohoClient) -> object:
    return await client.mass_update(MassUpdateRequest("Leads", (("Company", "A"),), ("1",)))


async def update(client: ZohoClient) -> object:
    return await client.update("Leads", [Record("1", values={"Company": "A"})])


CHANGES = [create, mass_update, update]


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("failure", NOT_SENT, ids=lambda f: repr(f)[:30])
async def test_without_a_connection_a_change_certainly_did_not_happen(change, failure: Exception) -> None:  # type: ignore[no-untyped-def]
    server = serving(failure)
    async with server.client() as client:
        with pytest.raises(Unreachable) as caught:
            await change(client)
    assert caught.value.details["host"] == "www.zohoapis.com"
    assert caught.value.details["reason"]
    assert len(server.requests) == 1


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("failure", [*SENT, *LATE], ids=lambda f: repr(f)[:30])
async def test_a_lost_answer_to_a_change_is_never_repeated(change, failure: Exception | httpx.Response) -> None:  # type: ignore[no-untyped-def]
    server = serving(failure)
    async with server.client() as client:
        with pytest.raises(AnswerLost) as caught:
            await change(client)
    assert (caught.value.level, caught.value.code) == ("local", "ANSWER_LOST")
    assert len(server.requests) == 1
    assert server.pauses == []


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("answer", [reply(b'{"status":"succ'), reply(b"<html>"), reply(b"\xff\xfe\x00")])
async def test_a_garbled_answer_to_a_change_leaves_it_open(change, answer: httpx.Response) -> None:  # type: ignore[no-untyped-def]
    server = serving(answer)
    async with server.client() as client:
        with pytest.raises(AnswerLost, match="ANSWER_GARBLED"):
            await change(client)
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "body", [{}, {"status": "success"}, {"details": {}}, [1], None, {"code": "SUCCESS", "status": "success"}]
)
async def test_a_success_without_a_job_id_leaves_it_open(body: object) -> None:
    async with serving(reply(body, 201)).client() as client:
        with pytest.raises(AnswerLost, match="ANSWER_GARBLED"):
            await client.create_job(JOB)


@pytest.mark.parametrize("change", CHANGES)
async def test_a_throttled_change_was_refused_and_is_the_callers_to_repeat(change) -> None:  # type: ignore[no-untyped-def]
    server = serving(refusal("TOO_MANY_REQUESTS", 429, "slow down", {"retry_after": 60}))
    async with server.client() as client:
        with pytest.raises(Throttled) as caught:
            await change(client)
    assert caught.value.retry_after == 60
    assert len(server.requests) == 1


@pytest.mark.parametrize("answer", [reply(b"<html>forbidden", 403), reply(b"", 400), refusal("BRAND_NEW", 418)])
async def test_a_4xx_to_a_change_is_a_refusal_whatever_its_body(answer: httpx.Response) -> None:
    async with serving(answer).client() as client:
        with pytest.raises(ApiError):
            await client.create_job(JOB)


@pytest.mark.parametrize(
    "failure",
    [*SENT, *LATE, refusal("TOO_MANY_REQUESTS", 429), reply(b'{"org":[{"zg')],
    ids=lambda f: repr(f)[:30],
)
async def test_reading_is_repeated_with_growing_pauses(failure: Exception | httpx.Response) -> None:
    server = serving(failure, failure, failure, ORG)
    async with server.client() as client:
        assert (await client.org()).zgid == "5"
    assert server.pauses == [1.0, 2.0, 4.0]


@pytest.mark.parametrize("failure", [SENT[0], LATE[1], refusal("TOO_MANY_REQUESTS", 429)], ids=lambda f: repr(f)[:30])
async def test_patience_with_reading_ends(failure: Exception | httpx.Response) -> None:
    server = serving(failure)
    async with server.client() as client:
        with pytest.raises((Unreachable, ApiError)):
            await client.org()
    assert len(server.requests) == catalogue.limits().retry_tries


async def test_an_unreachable_host_is_tried_twice() -> None:
    server = serving(REFUSED)
    async with server.client() as client:
        with pytest.raises(Unreachable) as caught:
            await client.org()
    assert len(server.requests) == 2
    assert (caught.value.code, caught.value.details["reason"]) == ("CONNECT_FAILED", "Connection refused")


@pytest.mark.parametrize(
    ("failure", "code", "tries"),
    [(NAME_ERROR, "HOST_UNKNOWN", 2), (TLS_ERROR, "TLS_FAILED", 1), (REFUSED, "CONNECT_FAILED", 2)],
)
async def test_the_kind_of_failure_is_told(failure: Exception, code: str, tries: int) -> None:
    server = serving(failure)
    async with server.client() as client:
        with pytest.raises(Unreachable) as caught:
            await client.org()
    assert caught.value.code == code
    assert len(server.requests) == tries
    assert catalogue.lookup("local", code) is not None


@pytest.mark.parametrize("code", ["INVALID_MODULE", "NO_PERMISSION", "INVALID_URL_PATTERN", "BRAND_NEW"])
async def test_a_refusal_is_not_repeated(code: str) -> None:
    server = serving(refusal(code, 400))
    async with server.client() as client:
        with pytest.raises(ApiError, match=code):
            await client.org()
    assert len(server.requests) == 1


async def test_a_page_that_is_not_zohos_is_told_and_not_repeated() -> None:
    server = serving(reply(b"<html>Sign in to the hotel network</html>", 200))
    async with server.client() as client:
        with pytest.raises(ApiError) as caught:
            await client.org()
    assert (caught.value.level, caught.value.code) == ("local", "ANSWER_GARBLED")
    assert len(server.requests) == 1


async def test_the_server_says_how_long_to_wait() -> None:
    server = serving(
        refusal("TOO_MANY_REQUESTS", 429, "", {"retry_after": 30}), reply(b"", 503, {"Retry-After": "7"}), ORG
    )
    async with server.client() as client:
        await client.org()
    assert server.pauses == [30.0, 7.0]


async def test_a_wait_that_is_too_long_is_left_to_the_caller() -> None:
    server = serving(refusal("TOO_MANY_REQUESTS", 429, "", {"retry_after": 3600}))
    async with server.client() as client:
        with pytest.raises(Throttled) as caught:
            await client.org()
    assert caught.value.retry_after == 3600
    assert server.pauses == []


async def test_an_answer_that_never_ends_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    small = replace(catalogue.limits(), answer_bytes=10_000, retry_tries=1)
    monkeypatch.setattr(catalogue, "limits", lambda: small)
    async with serving(bomb).client() as client:
        with pytest.raises(Unreachable) as caught:
            await client.org()
    assert "longer than" in str(caught.value.details["reason"])


def bomb(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, content=gzip.compress(b" " * 1_000_000), headers={"Content-Encoding": "gzip"})


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
