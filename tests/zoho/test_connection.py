"""What is repeated and what is not, what a failure means, redirects, bounds, and credits."""

import httpx
import pytest

from tests.zoho.failing import CHANGES, JOB, LATE, NAME_ERROR, NOT_SENT, ORG, REFUSED, SENT, TLS_ERROR
from tests.zoho.support import refusal, reply, serving
from ztui import catalogue
from ztui.errors import AnswerLost, ApiError, Throttled, Unreachable


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
@pytest.mark.parametrize(
    "answer",
    [reply(b'{"status":"succ'), reply(b'{"status":"error","co', 400), reply(b"<html>"), reply(b"\xff\xfe\x00")],
)
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


async def test_the_server_says_until_when_to_wait() -> None:
    headers = {"Date": "Sun, 22 Nov 2026 12:00:00 GMT", "Retry-After": "Sun, 22 Nov 2026 12:00:20 GMT"}
    server = serving(reply(b"", 503, headers), ORG)
    async with server.client() as client:
        await client.org()
    assert server.pauses == [20.0]


async def test_a_wait_that_is_too_long_is_left_to_the_caller() -> None:
    server = serving(refusal("TOO_MANY_REQUESTS", 429, "", {"retry_after": 3600}))
    async with server.client() as client:
        with pytest.raises(Throttled) as caught:
            await client.org()
    assert caught.value.retry_after == 3600
    assert server.pauses == []
