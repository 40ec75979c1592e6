"""Tokens: where they come from, when they are renewed, and that nobody else sees them."""

import asyncio
from urllib.parse import parse_qs

import httpx
import pytest

from tests.zoho.support import RENEWABLE, Server, profile, refusal, reply, serving, token_reply
from ztui.errors import ApiError, SignInError
from ztui.model.profile import Credentials, Secret

ORG = reply({"org": [{"id": "1", "zgid": "5", "company_name": "Acme"}]})
EXPIRED = refusal("INVALID_TOKEN", 401, "invalid oauth token")
BOTH = Credentials(Secret("1000.aa.old"), RENEWABLE.refresh_token, RENEWABLE.client_id, RENEWABLE.client_secret)


def form(request: httpx.Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(request.content.decode()).items()}


def bearer(request: httpx.Request) -> str:
    return str(request.headers["authorization"])


def routed(server_answers: dict[str, list[httpx.Response]]) -> Server:
    """A server that answers by path: `token` for the token endpoint, `org` for everything else."""

    def handler(request: httpx.Request) -> httpx.Response:
        answers = server_answers["token" if request.url.path == "/oauth/v2/token" else "org"]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    return serving(handler)


async def test_an_access_token_alone_is_sent_as_it_is() -> None:
    server = serving(ORG)
    async with server.client() as client:
        await client.org()
    assert [bearer(r) for r in server.requests] == ["Zoho-oauthtoken 1000.aa.plain"]


async def test_a_refused_access_token_alone_is_not_tried_again() -> None:
    server = serving(EXPIRED)
    async with server.client() as client:
        with pytest.raises(SignInError, match="INVALID_TOKEN"):
            await client.org()
    assert len(server.requests) == 1


async def test_a_refresh_token_gets_an_access_token_first() -> None:
    server = routed({"token": [token_reply()], "org": [ORG]})
    async with server.client(profile(RENEWABLE)) as client:
        await client.org()
        await client.org()
    token, *rest = server.requests
    assert str(token.url) == "https://accounts.zoho.com/oauth/v2/token"
    assert "authorization" not in token.headers
    assert form(token) == {
        "grant_type": "refresh_token",
        "refresh_token": "1000.rr.refresh",
        "client_id": "1000.CLIENT",
        "client_secret": "very-secret",
    }
    assert [bearer(r) for r in rest] == ["Zoho-oauthtoken 1000.bb.fresh"] * 2


async def test_many_calls_wait_for_one_refresh() -> None:
    asked, going = asyncio.Event(), asyncio.Event()

    async def slow(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            asked.set()
            await going.wait()
            return token_reply()
        return reply({"org": [{"zgid": "5"}]})

    server = serving(slow)
    async with server.client(profile(RENEWABLE)) as client:
        calls = [asyncio.ensure_future(client.org()) for _ in range(20)]
        await asked.wait()
        going.set()
        await asyncio.gather(*calls)
    assert server.paths.count("/oauth/v2/token") == 1
    assert len(server.requests) == 21


async def test_a_refused_token_is_renewed_once_and_the_call_repeated() -> None:
    server = routed({"token": [token_reply("1000.a"), token_reply("1000.b")], "org": [EXPIRED, ORG]})
    async with server.client(profile(RENEWABLE)) as client:
        await client.org()
    assert [bearer(r) for r in server.requests if r.url.path != "/oauth/v2/token"] == [
        "Zoho-oauthtoken 1000.a",
        "Zoho-oauthtoken 1000.b",
    ]
    assert server.pauses == []


async def test_a_change_is_repeated_after_a_renewal_because_it_was_refused() -> None:
    done = reply(
        {"data": [{"code": "SUCCESS", "status": "success", "details": {"id": "1"}, "message": "record deleted"}]}
    )
    server = routed({"token": [token_reply("1000.a"), token_reply("1000.b")], "org": [EXPIRED, done]})
    async with server.client(profile(RENEWABLE)) as client:
        (answer,) = await client.delete("Leads", ["1"])
    assert answer.ok


async def test_a_token_that_stays_refused_ends_after_one_renewal() -> None:
    server = routed({"token": [token_reply("1000.a"), token_reply("1000.b")], "org": [EXPIRED]})
    async with server.client(profile(RENEWABLE)) as client:
        with pytest.raises(SignInError, match="INVALID_TOKEN"):
            await client.org()
    assert server.paths.count("/oauth/v2/token") == 2


async def test_calls_refused_together_share_one_renewal() -> None:
    def handler(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/v2/token":
            return token_reply(f"1000.{server.paths.count('/oauth/v2/token')}")
        return EXPIRED if bearer(request).endswith("1000.1") else reply({"org": [{"zgid": "5"}]})

    server = serving(handler)
    async with server.client(profile(RENEWABLE)) as client:
        await asyncio.gather(*(client.org() for _ in range(8)))
    assert server.paths.count("/oauth/v2/token") == 2


async def test_endless_refusals_do_not_use_up_the_ten_tokens() -> None:
    server = routed({"token": [token_reply(f"1000.{n}") for n in range(30)], "org": [EXPIRED]})
    async with server.client(profile(RENEWABLE)) as client:
        for _ in range(15):
            with pytest.raises(SignInError):
                await client.org()
    assert server.paths.count("/oauth/v2/token") <= 3


async def test_an_old_access_token_beside_a_refresh_token_is_replaced_when_refused() -> None:
    server = routed({"token": [token_reply("1000.new")], "org": [EXPIRED, ORG]})
    async with server.client(profile(BOTH)) as client:
        await client.org()
        await client.org()
    used = [bearer(r) for r in server.requests if r.url.path != "/oauth/v2/token"]
    assert used == ["Zoho-oauthtoken 1000.aa.old", "Zoho-oauthtoken 1000.new", "Zoho-oauthtoken 1000.new"]


async def test_tokens_are_kept_between_clients_until_they_run_out() -> None:
    server = routed({"token": [token_reply("1000.a"), token_reply("1000.b")], "org": [ORG]})
    for later in (0.0, 3000.0, 700.0):
        server.now += later
        async with server.client(profile(RENEWABLE)) as client:
            await client.org()
    assert server.paths.count("/oauth/v2/token") == 2
    keys = list(server.tokens._kept)
    assert len(keys) == 1
    assert not any(secret in keys[0] for secret in ("refresh", "secret", "CLIENT"))


async def test_a_token_is_renewed_a_minute_before_it_runs_out() -> None:
    server = routed({"token": [token_reply("1000.a"), token_reply("1000.b")], "org": [ORG]})
    async with server.client(profile(RENEWABLE)) as client:
        await client.org()
        server.now += 3600 - 61
        await client.org()
        assert server.paths.count("/oauth/v2/token") == 1
        server.now += 2
        await client.org()
    assert server.paths.count("/oauth/v2/token") == 2


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"error": "invalid_code"}, 200, "invalid_code"),
        ({"error": "invalid_client"}, 200, "invalid_client"),
        ({"error": "invalid_client_secret"}, 200, "invalid_client_secret"),
    ],
)
async def test_a_refused_refresh_is_explained_and_not_repeated(body: object, status: int, code: str) -> None:
    server = serving(reply(body, status))
    async with server.client(profile(RENEWABLE)) as client:
        for _ in range(3):
            with pytest.raises(SignInError) as caught:
                await client.org()
            assert (caught.value.level, caught.value.code) == ("auth", code)
        assert len(server.requests) == 1
        server.now += 61
        with pytest.raises(SignInError):
            await client.org()
    assert len(server.requests) == 2
    assert caught.value.details["data_center"] == "us"


async def test_the_ten_minute_block_is_respected() -> None:
    denied = reply(
        {"error_description": "too many requests continuously", "error": "Access Denied", "status": "failure"}, 400
    )
    server = serving(denied)
    async with server.client(profile(RENEWABLE)) as client:
        for _ in range(5):
            with pytest.raises(SignInError, match="Access Denied"):
                await client.org()
            server.now += 100
        assert len(server.requests) == 1
        server.now += 101
        with pytest.raises(SignInError):
            await client.org()
    assert len(server.requests) == 2


async def test_no_eleventh_token_is_asked_for_in_ten_minutes() -> None:
    server = routed({"token": [token_reply(f"1000.{n}", expires_in=10) for n in range(30)], "org": [ORG]})
    async with server.client(profile(RENEWABLE)) as client:
        for _ in range(10):
            await client.org()
        with pytest.raises(SignInError) as caught:
            await client.org()
        assert caught.value.details["retry_after"] == "600"
        server.now += 600
        await client.org()
    assert server.paths.count("/oauth/v2/token") == 11


async def test_a_faulty_accounts_server_is_waited_for() -> None:
    server = routed({"token": [reply({"error": "general_error"}), reply(b"<html>", 502), token_reply()], "org": [ORG]})
    async with server.client(profile(RENEWABLE)) as client:
        await client.org()
    assert len(server.pauses) == 2


async def test_an_answer_without_a_token_is_an_error() -> None:
    server = serving(reply({"hello": 1}))
    async with server.client(profile(RENEWABLE)) as client:
        with pytest.raises(ApiError):
            await client.org()


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        ({"expires_in": 3600}, 3600),
        ({"expires_in": "3600"}, 3600),
        ({"expires_in": 3_600_000}, 3600),
        ({"expires_in": 3_600_000, "expires_in_sec": 1800}, 1800),
        ({"expires_in": None}, 3600),
        ({"expires_in": "soon"}, 3600),
    ],
)
async def test_lifetimes_in_all_spellings(more: dict[str, object], seconds: float) -> None:
    server = routed({"token": [token_reply(**more)], "org": [ORG]})
    async with server.client(profile(RENEWABLE)) as client:
        await client.org()
    ((_, expires),) = server.tokens._kept.values()
    assert expires - server.now == seconds
