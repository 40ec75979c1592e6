"""Access tokens: where they come from, how long they hold, when they are renewed.

One refresh at a time, however many calls wait for it; at most a few in a minute, however often tokens are refused; and
none while Zoho has closed the door (ten tokens in ten minutes, OAuth pages). Secrets are read from the environment only
when they are needed.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from ztui import catalogue
from ztui.errors import SignInError
from ztui.model.profile import Profile, Secret
from ztui.zoho import wire
from ztui.zoho.wire import Answer

_ENV = "env:"
_REFUSALS_A_MINUTE = 3
_MINUTE = 60.0

PostForm = Callable[[str, Mapping[str, str]], Awaitable[Answer]]
"""Posts a form to a URL of the accounts server, without a token."""


class TokenCache(Protocol):
    """Keeps access tokens between processes. Keys are fingerprints of credentials."""

    def load(self, key: str) -> tuple[str, float] | None:
        """The token and its expiry (seconds since the epoch), or None."""
        ...

    def save(self, key: str, token: str, expires_at: float) -> None:
        """Keep a token until it expires."""
        ...

    def forget(self, key: str) -> None:
        """Drop a token that was refused."""
        ...


class MemoryTokens:
    """A token cache that lives as long as the process."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[str, float]] = {}

    def load(self, key: str) -> tuple[str, float] | None:
        """The token and its expiry, or None."""
        return self._kept.get(key)

    def save(self, key: str, token: str, expires_at: float) -> None:
        """Keep a token."""
        self._kept[key] = (token, expires_at)

    def forget(self, key: str) -> None:
        """Drop a token."""
        self._kept.pop(key, None)


@dataclass(frozen=True, slots=True)
class Grant:
    """What the token endpoint gave. `refresh_token` is None on a refresh; `scopes` is () when it was not told."""

    access_token: Secret
    expires_in: float
    refresh_token: Secret | None = None
    api_domain: str = ""
    scopes: tuple[str, ...] = ()


class Auth:
    """The access token of one profile. Belongs to one event loop."""

    def __init__(
        self, profile: Profile, cache: TokenCache, post: PostForm, clock: Callable[[], float] = time.time
    ) -> None:
        self._profile = profile
        self._cache = cache
        self._post = post
        self._clock = clock
        self._lock = asyncio.Lock()
        self._held: tuple[str, float] | None = None
        self._closed: tuple[float, SignInError] | None = None
        self._plain_refused = False
        self._renewed: deque[float] = deque()
        self._refusals: list[float] = []

    async def token(self) -> str:
        """A token to send. Raises SignInError, and what the transport raises."""
        creds = self._profile.credentials
        held = self._current() if creds.refresh_token else None
        if held is not None:
            return held
        if creds.access_token and not (creds.refresh_token and self._plain_refused):
            return self._resolve("access token", creds.access_token)
        if not creds.refresh_token:
            raise SignInError("NO_CREDENTIALS", details={"profile": self._profile.name}, level="local")
        async with self._lock:
            return self._current() or await self._refresh()

    async def renew(self, refused: str) -> str | None:
        """Another token after `refused` was refused, or None when there is no way to get one.

        Many calls may ask at once: the first renews, the others get what it got.
        """
        if not self._profile.credentials.refresh_token:
            return None
        async with self._lock:
            if self._held is not None and self._held[0] == refused:
                self._held = None
            kept = self._cache.load(self._key())
            if kept is not None and kept[0] == refused:
                self._cache.forget(self._key())
            self._plain_refused = True
            current = self._current()
            if current is not None:
                return current
            now = self._clock()
            self._refusals = [at for at in self._refusals if now - at < _MINUTE] + [now]
            if len(self._refusals) >= _REFUSALS_A_MINUTE:
                # New tokens are refused too: asking for more would only use up the ten of these ten minutes.
                code = catalogue.code_of("auth", "token")
                self._closed = now + _MINUTE, SignInError(code, details={"profile": self._profile.name})
                return None
            return await self._refresh()

    def _good(self, held: tuple[str, float] | None) -> bool:
        return held is not None and held[1] - self._clock() > catalogue.limits().token_refresh_before

    def _current(self) -> str | None:
        if not self._good(self._held):
            kept = self._cache.load(self._key())
            self._held = kept if self._good(kept) else None
        return self._held[0] if self._held is not None else None

    async def _refresh(self) -> str:
        now = self._clock()
        if self._closed is not None and now < self._closed[0]:
            again = self._closed[1]
            raise SignInError(
                again.code, again.message, again.details, level=again.level, http_status=again.http_status
            )
        numbers = catalogue.limits()
        while self._renewed and now - self._renewed[0] >= numbers.token_window:
            self._renewed.popleft()
        if len(self._renewed) >= numbers.tokens_per_window:
            wait = self._renewed[0] + numbers.token_window - now
            code = catalogue.code_of("auth", "token_throttle")
            raise SignInError(code, details={"retry_after": f"{wait:.0f}", "profile": self._profile.name})
        creds = self._profile.credentials
        missing = [
            name
            for name, there in (("client id", creds.client_id), ("client secret", creds.client_secret))
            if not there
        ]
        if missing or creds.refresh_token is None or creds.client_secret is None:
            facts = {"profile": self._profile.name, "missing": " and ".join(missing)}
            raise SignInError("CREDENTIALS_INCOMPLETE", details=facts, level="local")
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self._resolve("refresh token", creds.refresh_token),
            "client_id": self._resolve("client id", Secret(creds.client_id)),
            "client_secret": self._resolve("client secret", creds.client_secret),
        }
        self._renewed.append(now)
        try:
            grant = grant_in(await self._post(token_url(self._profile.domains.accounts), form), self._profile)
        except SignInError as error:
            closed = numbers.token_window if wire.kind_of(error) == "token_throttle" else _MINUTE
            self._closed = now + closed, error
            raise
        self._closed = None
        token = grant.access_token.reveal()
        self._held = token, now + grant.expires_in
        self._cache.save(self._key(), token, now + grant.expires_in)
        return token

    def _key(self) -> str:
        creds = self._profile.credentials
        parts = (self._profile.domains.accounts, creds.client_id, creds.refresh_token and creds.refresh_token.reveal())
        return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()

    def _resolve(self, what: str, secret: Secret) -> str:
        return resolve_secret(secret, what, self._profile.name)


def resolve_secret(secret: Secret, what: str, profile: str = "") -> str:
    """The text of a credential; `env:NAME` is read from the environment now.

    Raises SignInError ENV_MISSING, or SECRET_MALFORMED for a text that no header can carry.
    """
    text = secret.reveal()
    facts: dict[str, object] = {"profile": profile, "what": what}
    if text.startswith(_ENV):
        variable = text.removeprefix(_ENV).strip()
        text = os.environ.get(variable, "")
        if not text.strip():
            raise SignInError("ENV_MISSING", details={**facts, "variable": variable}, level="local")
    text = text.strip()
    if not text or not all("!" <= char <= "~" for char in text):
        raise SignInError("SECRET_MALFORMED", details=facts, level="local")
    return text


def token_url(accounts: str) -> str:
    """The token endpoint of an accounts server."""
    return accounts.rstrip("/") + "/oauth/v2/token"


def grant_in(answer: Answer, profile: Profile | None = None) -> Grant:
    """The grant in an answer of the token endpoint (whose refusals mostly come with HTTP 200).

    Raises SignInError for a refusal and ApiError for a fault or for anything else.
    """
    facts: dict[str, object] = {"profile": profile.name, "data_center": profile.data_center} if profile else {}
    problem = wire.problem_in(answer.body)
    body = answer.table
    token = body.get("access_token")
    if problem is not None or answer.status >= 400 or not isinstance(token, str) or not token:
        if problem is None and answer.status < 400:
            problem = wire.Problem("", "the answer holds no access token")
        raise wire.error_for("auth", answer, problem, facts)
    refresh = body.get("refresh_token")
    scope = body.get("scope")
    return Grant(
        access_token=Secret(token),
        expires_in=_lifetime(body),
        refresh_token=Secret(refresh) if isinstance(refresh, str) and refresh else None,
        api_domain=wire.text(body.get("api_domain")),
        scopes=tuple(scope.replace(",", " ").split()) if isinstance(scope, str) else (),
    )


def _lifetime(body: Mapping[str, object]) -> float:
    """Seconds that the token holds. Older servers give milliseconds in `expires_in` and seconds beside it."""
    for key in ("expires_in_sec", "expires_in"):
        value = body.get(key)
        try:
            seconds = float(wire.text(value))
        except ValueError:
            continue
        if seconds > 0:
            return seconds / 1000 if key == "expires_in" and seconds > 86_400 else seconds
    return float(catalogue.limits().token_seconds)
