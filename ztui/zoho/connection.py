"""Sends requests to one profile's hosts: token, timeouts, bounded answers, safe repetition, credits.

A harmless request (one that changes nothing) is repeated as the catalogue allows; any other goes out once, except that
a refused token is renewed and the request sent again, because it certainly had no effect.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import httpx

from ztui import __version__, catalogue
from ztui.errors import AnswerLost, ApiError, Unreachable, ZohoError
from ztui.model.crm import Credits
from ztui.model.profile import Profile
from ztui.zoho import wire
from ztui.zoho.auth import Auth, TokenCache
from ztui.zoho.failures import failure
from ztui.zoho.hosts import Hosts
from ztui.zoho.wire import Answer

T = TypeVar("T")

Sleep = Callable[[float], Awaitable[object]]
Body = Callable[[], bytes | AsyncIterator[bytes]]

_CREDITS_HEADER = "x-api-credits-remaining"
_CONNECT_KIND = "unreachable"
_CONNECT_TRIES = 2
_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Ask:
    """One request. `harmless`: it changes nothing. `body` makes the content anew for each attempt.

    `listed`: entries under `data` are answers to single records, refused or not. `level` is the level of its refusals,
    `need` the key of the scope it needs, `cost` its credits, `facts` what a refusal should also tell.
    """

    method: str
    url: str
    level: str = "api"
    need: str = ""
    harmless: bool = True
    listed: bool = False
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Body | None = None
    seconds: float | None = None
    cost: int = 1
    facts: Mapping[str, object] = field(default_factory=dict)


class Connection:
    """An HTTP client bound to one profile. Make it and use it in one event loop; close it with `aclose()`."""

    def __init__(
        self,
        profile: Profile,
        tokens: TokenCache,
        transport: httpx.AsyncBaseTransport | None = None,
        *,
        sleep: Sleep = asyncio.sleep,
        clock: Callable[[], float] = time.time,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.profile = profile
        self.hosts = Hosts(profile)
        self.auth = Auth(profile, tokens, self.post_form, clock)
        self.credits = Credits()
        self._transport = transport
        self._sleep = sleep
        self._jitter = jitter
        self._slots = asyncio.Semaphore(max(1, profile.concurrency))
        self._opened: httpx.AsyncClient | None = None

    async def aclose(self) -> None:
        """Close all connections."""
        if self._opened is not None:
            await self._opened.aclose()
            self._opened = None

    async def call(self, ask: Ask, *, once: bool = False) -> Answer:
        """Send it and return the answer, read whole; `once`: leave repeating to the caller. Raises ZohoError."""
        url = self.hosts.own_url(ask.url)

        async def attempt(token: str) -> Answer:
            # An upload takes minutes and goes to another host: it must not hold up the polling of jobs.
            async with contextlib.nullcontext() if once else self._slots:
                return await self._exchange(ask, url, token)

        return await self.patiently(attempt, harmless=ask.harmless and not once)

    async def patiently(self, attempt: Callable[[str], Awaitable[T]], *, harmless: bool) -> T:
        """Make attempts with a token until one succeeds, the catalogue forbids another, or patience ends."""
        numbers = catalogue.limits()
        failures, renewed = 0, False
        while True:
            token = ""
            try:
                token = await self.auth.token()
                return await attempt(token)
            except ZohoError as error:
                if token and not renewed and wire.kind_of(error) == "token":
                    renewed = True
                    if await self.auth.renew(token) is not None:
                        continue
                    raise
                failures += 1
                tries = _CONNECT_TRIES if wire.kind_of(error) == _CONNECT_KIND else numbers.retry_tries
                if not harmless or not wire.passing(error) or failures >= tries:
                    raise
                pause = self.pause(failures, error)
                if pause is None:
                    raise
                await self._sleep(pause)

    async def wait(self, failures: int, error: ZohoError) -> None:
        """Wait as long as a harmless request waits after so many failures."""
        await self._sleep(self.pause(failures, error) or 0.0)

    def pause(self, failures: int, error: ZohoError) -> float | None:
        """Seconds to wait after so many failures; None when the server asks for more than we wait here."""
        numbers = catalogue.limits()
        spread = 1 + numbers.retry_jitter * (2 * self._jitter() - 1)
        seconds: float = min(numbers.retry_longest, numbers.retry_first * 2 ** (failures - 1)) * spread
        told = error.details.get("retry_after")
        if isinstance(told, str):
            asked = float(told)
            return None if asked > numbers.retry_longest else max(seconds, asked)
        return seconds

    async def post_form(self, url: str, form: Mapping[str, str]) -> Answer:
        """Post a form to the accounts server, without a token and once. The answer may be a refusal."""
        target = self.hosts.own_url(url)
        ask = Ask("POST", url, level="auth")
        request = self._client().build_request("POST", target, data=dict(form), headers={"Accept": "application/json"})
        try:
            async with asyncio.timeout(catalogue.limits().answer_seconds), self.open(request) as response:
                content = await self._read(response)
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            raise failure(error, target.netloc.decode(), harmless=True) from error
        if response.is_redirect:
            raise self.redirected(response)
        return self._parsed(ask, response, content)

    @contextlib.asynccontextmanager
    async def open(self, request: httpx.Request) -> AsyncIterator[httpx.Response]:
        """Send a request and hand out the response with its body still to be read. Follows no redirect."""
        response = await self._client().send(request, stream=True, follow_redirects=False)
        try:
            yield response
        finally:
            await response.aclose()

    def build(
        self, method: str, url: httpx.URL, token: str, *, headers: Mapping[str, str] | None = None
    ) -> httpx.Request:
        """A request without a body that carries the token; the caller has checked the host."""
        sent = {**(headers or {}), "Authorization": f"Zoho-oauthtoken {token}"}
        return self._client().build_request(method, url, headers=sent)

    async def _exchange(self, ask: Ask, url: httpx.URL, token: str) -> Answer:
        headers = {**ask.headers, "Authorization": f"Zoho-oauthtoken {token}"}
        seconds = ask.seconds or catalogue.limits().answer_seconds
        for _ in range(_REDIRECTS):
            request = self._client().build_request(
                ask.method, url, params=ask.params or None, headers=headers, content=ask.body() if ask.body else None
            )
            try:
                async with asyncio.timeout(seconds), self.open(request) as response:
                    content = await self._read(response)
            except (httpx.HTTPError, httpx.StreamError, TimeoutError, OSError) as error:
                raise failure(error, url.netloc.decode(), harmless=ask.harmless) from error
            if not response.is_redirect:
                break
            target = self.target(response)
            if not ask.harmless or ask.method != "GET" or target is None or not self.hosts.own(target):
                raise self.redirected(response)
            url = target
        else:
            raise self.redirected(response)
        self._count(ask, response)
        answer = self._parsed(ask, response, content)
        problem = wire.problem_in(answer.body)
        if answer.status < 400 and problem is None:
            return answer
        if answer.status < 500 and answer.items("data") and (ask.listed or problem is None):
            return answer
        return self._refused(ask, answer, problem, url.host)

    def _refused(self, ask: Ask, answer: Answer, problem: wire.Problem | None, host: str) -> Answer:
        needed = catalogue.scopes().needs.get(ask.need)
        facts = {**ask.facts, "profile": self.profile.name, "scope": needed.any_of[0] if needed else ""}
        error = wire.error_for(ask.level, answer, problem, facts)
        if answer.status >= 500 and not ask.harmless:
            said = f"HTTP {answer.status} {error.code}" + (f": {error.message}" if error.message else "")
            raise AnswerLost("ANSWER_LOST", details={"host": host, "reason": said}, http_status=answer.status)
        raise error

    def _parsed(self, ask: Ask, response: httpx.Response, content: bytes) -> Answer:
        headers = {k.lower(): v for k, v in response.headers.items()}
        try:
            return Answer(response.status_code, wire.parse(content), headers)
        except wire.Unreadable as error:
            if response.status_code >= 400 and (ask.harmless or not error.cut):
                # A page of a proxy or of the server itself: the status tells enough. A refusal that breaks off may
                # be the one that says "used already", so for a change it proves nothing.
                return Answer(response.status_code, None, headers)
            facts = {"host": response.url.host, "reason": str(error), "http_status": response.status_code}
            status = response.status_code
            if not ask.harmless:
                raise AnswerLost("ANSWER_GARBLED", details=facts, http_status=status) from error
            if error.cut:
                raise Unreachable("READ_FAILED", details=facts, http_status=status) from error
            raise ApiError("ANSWER_GARBLED", details=facts, level="local", http_status=status) from error

    async def _read(self, response: httpx.Response) -> bytes:
        most = catalogue.limits().answer_bytes
        content = bytearray()
        async for chunk in response.aiter_bytes():
            content += chunk
            if len(content) > most:
                raise httpx.ReadError(f"the answer is longer than {most} bytes")
        return bytes(content)

    @staticmethod
    def target(response: httpx.Response) -> httpx.URL | None:
        """Where a redirect leads, None when it does not say or says it unreadably."""
        try:
            return response.url.join(response.headers["location"])
        except (KeyError, httpx.InvalidURL):
            return None

    def redirected(self, response: httpx.Response) -> ApiError:
        """The error for a redirect that is not followed."""
        target = self.target(response)
        facts = {"host": response.url.host, "target": target.host if target is not None else ""}
        return ApiError("REDIRECT_REFUSED", details=facts, level="local", http_status=response.status_code)

    def _count(self, ask: Ask, response: httpx.Response) -> None:
        """Keep the books on credits: what was accepted is spent, and the header is right when there is one."""
        cost = ask.cost if response.status_code < 400 else min(ask.cost, 1)
        remaining = self.credits.remaining
        try:
            remaining = int(response.headers[_CREDITS_HEADER])
        except (KeyError, ValueError):
            remaining = max(0, remaining - cost) if remaining is not None else None
        self.credits = Credits(self.credits.spent + cost, remaining, self.credits.limit)

    def _client(self) -> httpx.AsyncClient:
        # Made on first use: the TLS context alone costs tens of milliseconds.
        if self._opened is None:
            numbers = catalogue.limits()
            try:
                self._opened = httpx.AsyncClient(
                    transport=self._transport,
                    follow_redirects=False,
                    # What goes to this machine itself goes to no proxy: it would see the token, and find nothing.
                    trust_env=not self.hosts.local,
                    timeout=httpx.Timeout(
                        numbers.read_seconds, connect=numbers.connect_seconds, write=numbers.write_seconds
                    ),
                    limits=httpx.Limits(max_connections=self.profile.concurrency + 8, keepalive_expiry=30.0),
                    headers={
                        "User-Agent": f"ztui/{__version__}",
                        "Accept": "application/json",
                        "Accept-Encoding": "gzip",
                    },
                )
            except (ImportError, ValueError, httpx.InvalidURL):
                # The words of these name the proxy's URL, which may hold a password.
                raise Unreachable("PROXY_UNUSABLE", details={"profile": self.profile.name}) from None
        return self._opened
