"""Which org to talk to, and with which credentials. Secrets are wrapped so that no repr or traceback shows them."""

from __future__ import annotations

from dataclasses import dataclass, field


class Secret:
    """A string that never shows itself: repr, str and format give `•••`. Read it with `reveal()`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "•••"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class Domains:
    """Base URLs without a trailing slash. `download` is the base for a relative download URL."""

    api: str
    accounts: str
    upload: str
    download: str = ""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Either an access token alone, or a refresh token with the client's id and secret (both may be present).

    Each value is the literal text or an `env:NAME` reference, which is resolved only when a request is made.
    """

    access_token: Secret | None = None
    refresh_token: Secret | None = None
    client_id: str = ""
    client_secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """One org as the user set it up. `data_center` is a key of the catalogue ("us", "eu", ...) or "" when all domains
    are explicit; `domains` holds the effective base URLs. `readonly` refuses everything that changes the CRM."""

    name: str
    domains: Domains
    credentials: Credentials = field(default_factory=Credentials)
    data_center: str = "us"
    environment: str = "production"
    api_version: str = "v2.1"
    zgid: str = ""
    concurrency: int = 3
    readonly: bool = False
    sandbox: bool = False
