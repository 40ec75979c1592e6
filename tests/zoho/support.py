"""A client whose server is a function, and whose pauses cost no time."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from ztui.model.profile import Credentials, Domains, Profile, Secret
from ztui.zoho.auth import MemoryTokens
from ztui.zoho.client import ZohoClient

Handler = Callable[[httpx.Request], httpx.Response | Awaitable[httpx.Response]]

DOMAINS = Domains(
    api="https://www.zohoapis.com",
    accounts="https://accounts.zoho.com",
    upload="https://content.zohoapis.com",
    download="https://download-accl.zoho.com",
)
PLAIN = Credentials(access_token=Secret("1000.aa.plain"))
RENEWABLE = Credentials(
    refresh_token=Secret("1000.rr.refresh"), client_id="1000.CLIENT", client_secret=Secret("very-secret")
)


def profile(
    credentials: Credentials = PLAIN, *, domains: Domains = DOMAINS, version: str = "v2.1", **more: Any
) -> Profile:
    """A profile of the US data centre with a known organisation."""
    values: dict[str, Any] = {"zgid": "694902309", **more}
    return Profile("work", domains, credentials, api_version=version, **values)


def reply(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> httpx.Response:
    """An answer as Zoho writes it: compact JSON, or the bytes as they are."""
    content = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
    return httpx.Response(status, content=content, headers={"Content-Type": "application/json", **(headers or {})})


def refusal(code: str, status: int = 400, message: str = "", details: object = None) -> httpx.Response:
    """A refusal in the gateway's envelope."""
    return reply({"code": code, "details": details or {}, "message": message, "status": "error"}, status)


def token_reply(token: str = "1000.bb.fresh", /, **more: object) -> httpx.Response:
    """A successful answer of the token endpoint."""
    return reply({"access_token": token, "expires_in": 3600, "token_type": "Bearer", **more})


@dataclass
class Server:
    """Answers from a list, in turn (the last one again and again); keeps the requests and the client's pauses."""

    answers: list[httpx.Response | Exception | Handler]
    requests: list[httpx.Request] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)
    tokens: MemoryTokens = field(default_factory=MemoryTokens)
    now: float = 1_000_000.0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        made = answer(request)
        return made if isinstance(made, httpx.Response) else await made

    async def sleep(self, seconds: float) -> None:
        """Note the pause and let the time pass at once."""
        self.pauses.append(seconds)
        self.now += seconds

    def client(self, of: Profile | None = None) -> ZohoClient:
        """A client that talks to this server."""
        return ZohoClient(
            of or profile(),
            tokens=self.tokens,
            transport=httpx.MockTransport(self),
            sleep=self.sleep,
            clock=lambda: self.now,
            jitter=lambda: 0.5,
        )

    @property
    def paths(self) -> list[str]:
        """The paths that were asked for."""
        return [request.url.path for request in self.requests]

    def sent(self, number: int = -1) -> Any:
        """The JSON of a request."""
        return json.loads(self.requests[number].content)


def serving(*answers: httpx.Response | Exception | Handler) -> Server:
    """A server with these answers."""
    return Server(list(answers))
