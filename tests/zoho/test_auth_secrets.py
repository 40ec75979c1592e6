"""Secrets: from the environment or the profile, fit to be sent, never shown; and the first grant."""

from urllib.parse import parse_qs

import httpx
import pytest

from tests.zoho.support import DOMAINS, RENEWABLE, profile, reply, serving, token_reply
from ztui.errors import ApiError, SignInError, Unreachable
from ztui.model.profile import Credentials, Secret
from ztui.zoho.client import exchange_code

ORG = reply({"org": [{"id": "1", "zgid": "5", "company_name": "Acme"}]})


def form(request: httpx.Request) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(request.content.decode()).items()}


async def test_secrets_are_read_from_the_environment_when_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    server = serving(ORG)
    async with server.client(profile(Credentials(Secret("env:ZTUI_T")))) as client:
        with pytest.raises(SignInError) as caught:
            await client.org()
        assert caught.value.code == "ENV_MISSING"
        assert caught.value.details == {"profile": "work", "what": "access token", "variable": "ZTUI_T"}
        assert server.requests == []
        monkeypatch.setenv("ZTUI_T", " 1000.from.env\n")
        await client.org()
    assert server.requests[0].headers["authorization"] == "Zoho-oauthtoken 1000.from.env"


@pytest.mark.parametrize("text", ["two words", "new\nline", "smart”quote", "tab\t", "a\x00b"])
async def test_a_secret_that_no_header_can_carry_is_refused(text: str) -> None:
    server = serving(ORG)
    async with server.client(profile(Credentials(Secret(f"1000.{text}.x")))) as client:
        with pytest.raises(SignInError) as caught:
            await client.org()
    assert caught.value.code == "SECRET_MALFORMED"
    assert text not in str(caught.value) + str(caught.value.details)
    assert server.requests == []


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials(), "NO_CREDENTIALS"),
        (Credentials(refresh_token=Secret("r")), "CREDENTIALS_INCOMPLETE"),
        (Credentials(refresh_token=Secret("r"), client_id="c"), "CREDENTIALS_INCOMPLETE"),
    ],
)
async def test_missing_credentials_are_named(credentials: Credentials, code: str) -> None:
    server = serving(ORG)
    async with server.client(profile(credentials)) as client:
        with pytest.raises(SignInError) as caught:
            await client.org()
    assert (caught.value.level, caught.value.code) == ("local", code)
    assert server.requests == []


async def test_no_error_of_a_sign_in_shows_a_secret() -> None:
    for answer in (reply({"error": "invalid_code"}), httpx.ConnectError("no"), reply(b"<html>very-secret", 500)):
        server = serving(answer)
        async with server.client(profile(RENEWABLE)) as client:
            with pytest.raises((SignInError, ApiError, Unreachable)) as caught:
                await client.org()
        shown = f"{caught.value!r}{caught.value}{caught.value.details}"
        assert "very-secret" not in shown
        assert "1000.rr.refresh" not in shown


async def test_a_redirect_of_the_token_endpoint_is_refused() -> None:
    server = serving(httpx.Response(307, headers={"location": "https://evil.com/oauth/v2/token"}))
    async with server.client(profile(RENEWABLE)) as client:
        with pytest.raises(ApiError) as caught:
            await client.org()
    assert caught.value.code == "REDIRECT_REFUSED"
    assert {r.url.host for r in server.requests} == {"accounts.zoho.com"}


async def test_a_grant_code_is_exchanged() -> None:
    server = serving(
        token_reply(
            "1000.a",
            refresh_token="1000.r",
            scope="ZohoCRM.bulk.ALL ZohoFiles.files.ALL",
            api_domain="https://www.zohoapis.com",
        )
    )
    grant = await exchange_code(
        DOMAINS, "1000.ID", Secret("shh"), Secret("1000.code"), transport=httpx.MockTransport(server)
    )
    assert grant.access_token.reveal() == "1000.a"
    assert grant.refresh_token == Secret("1000.r")
    assert grant.scopes == ("ZohoCRM.bulk.ALL", "ZohoFiles.files.ALL")
    assert form(server.requests[0]) == {
        "grant_type": "authorization_code",
        "client_id": "1000.ID",
        "client_secret": "shh",
        "code": "1000.code",
    }


async def test_a_used_grant_code_is_explained() -> None:
    transport = httpx.MockTransport(serving(reply({"error": "invalid_code"})))
    with pytest.raises(SignInError, match="invalid_code"):
        await exchange_code(DOMAINS, "1000.ID", Secret("shh"), Secret("1000.code"), transport=transport)
