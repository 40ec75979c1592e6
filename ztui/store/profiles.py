"""`profiles.toml`: the orgs a user set up, in a file that may also be edited by hand.

    current = "main"

    [profiles.main]
    data_center = "eu"              # or: domains = { api = "https://…", accounts = "https://…", upload = "https://…" }
    environment = "production"      # production, sandbox, developer
    api_version = "v2.1"
    zgid = "…"                      # looked up when absent
    access_token = "env:ZOHO_TOKEN" # any secret may be an env:NAME reference
    refresh_token = "…"
    client_id = "…"
    client_secret = "…"
    concurrency = 3
    readonly = false

The file is mode 0600 and written in one step. Keys that ztui does not know are kept. A file that cannot be read is
reported with line and column and never overwritten.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ztui import catalogue
from ztui.errors import ConfigError
from ztui.model.profile import Credentials, Domains, Profile, Secret
from ztui.store.atomic import locked, store_error, write_whole

_AT = re.compile(r"\s*\(at (?:line (\d+), column (\d+)|end of document)\)$")
DEFAULT_VERSION = "v2.1"
"""What the recorded requests speak."""
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class _Domains(BaseModel):
    """The `domains` table; an omitted host is the data centre's."""

    model_config = ConfigDict(extra="allow")
    api: str = ""
    accounts: str = ""
    upload: str = ""
    download: str = ""

    @field_validator("api", "accounts", "upload", "download")
    @classmethod
    def _base_url(cls, value: str) -> str:
        if value and not re.match(r"https?://[^/\s]+", value):
            raise ValueError("must begin with https:// (or http:// for a local server)")
        return value.rstrip("/")


class _Table(BaseModel):
    """One `[profiles.NAME]` table as a user may write it."""

    model_config = ConfigDict(extra="allow")
    data_center: str = ""
    domains: _Domains = Field(default_factory=_Domains)
    environment: str = "production"
    api_version: str = DEFAULT_VERSION
    zgid: str = ""
    access_token: str = ""
    refresh_token: str = ""
    client_id: str = ""
    client_secret: str = ""
    concurrency: int = Field(3, ge=1, le=25)
    readonly: bool = False

    @field_validator("zgid", mode="before")
    @classmethod
    def _number_as_text(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @field_validator("data_center")
    @classmethod
    def _known_center(cls, value: str) -> str:
        return _one_of(value.lower(), ("", *catalogue.data_centers()))

    @field_validator("environment")
    @classmethod
    def _known_environment(cls, value: str) -> str:
        return _one_of(value.lower(), catalogue.environments())

    @field_validator("api_version")
    @classmethod
    def _known_version(cls, value: str) -> str:
        return _one_of(value if value.startswith("v") else f"v{value}", catalogue.versions().all)

    def profile(self, name: str) -> Profile:
        """The profile with its effective base URLs."""
        own = self.domains
        explicit = bool(own.api and own.accounts and own.upload)
        center = self.data_center or ("" if explicit else "us")
        base = catalogue.domains(center, self.environment) if center else Domains("", "", "")
        domains = Domains(
            api=own.api or base.api,
            accounts=own.accounts or base.accounts,
            upload=own.upload or base.upload,
            download=own.download or base.download,
        )
        credentials = Credentials(
            access_token=_secret(self.access_token),
            refresh_token=_secret(self.refresh_token),
            client_id=self.client_id,
            client_secret=_secret(self.client_secret),
        )
        return Profile(
            name=name,
            domains=domains,
            credentials=credentials,
            data_center=center,
            environment=self.environment,
            api_version=self.api_version,
            zgid=self.zgid,
            concurrency=self.concurrency,
            readonly=self.readonly,
        )


@dataclass(frozen=True, slots=True)
class ProfilesFile:
    """What the file holds: the name of the current profile ("" when there is none) and the profiles in its order."""

    current: str
    profiles: dict[str, Profile]


class ProfileStore:
    """Reads and changes one `profiles.toml`. Changes of two processes at once do not undo each other."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> ProfilesFile:
        """The file's content; empty when there is no file.

        Raises ConfigError: PROFILES_BROKEN (line, column) when it is not TOML, PROFILES_INVALID (key) when a value
        makes no sense; StoreError when it may not be read.
        """
        return self._read(self._document())

    def save(self, profile: Profile, *, replace: bool = True) -> None:
        """Add the profile or replace the one of its name; the first one becomes the current one.

        Raises ConfigError PROFILE_EXISTS when it exists and `replace` is false.
        """
        with locked(self.path):
            document = self._document()
            self._read(document)  # what cannot be read is not written over
            tables = document.setdefault("profiles", {})
            old = tables.get(profile.name)
            if old is not None and not replace:
                raise ConfigError("PROFILE_EXISTS", details={"name": profile.name})
            tables[profile.name] = {**table_of(profile), **_unknown(old or {})}
            if document.get("current") not in tables:
                document["current"] = profile.name
            self._write(document)

    def remove(self, name: str) -> None:
        """Take the profile out; when it was the current one, the first that remains becomes it."""
        with locked(self.path):
            document = self._document()
            tables = document.get("profiles", {})
            if not isinstance(tables, dict) or name not in tables:
                self._known(document, name)
            # Its values may make no sense: that is a reason to remove it.
            del tables[name]
            if document.get("current") == name:
                document["current"] = next(iter(tables), "")
            self._write(document)

    def use(self, name: str) -> None:
        """Make the profile the current one."""
        with locked(self.path):
            document = self._document()
            self._known(document, name)
            document["current"] = name
            self._write(document)

    def _known(self, document: dict[str, Any], name: str) -> None:
        names = self._read(document).profiles
        if name not in names:
            raise ConfigError("PROFILE_UNKNOWN", details={"name": name, "known": ", ".join(names)})

    def _document(self) -> dict[str, Any]:
        try:
            text = self.path.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            return {}
        except OSError as reason:
            raise store_error(self.path, reason) from reason
        except UnicodeDecodeError as reason:
            raise self._broken("it is not UTF-8 text") from reason
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as reason:
            said = str(reason)
            at = _AT.search(said)
            lines = text.splitlines() or [""]
            line, column = (at[1], at[2]) if at and at[1] else (str(len(lines)), str(len(lines[-1]) + 1))
            raise self._broken(_AT.sub("", said), line, column) from reason

    def _broken(self, reason: str, line: str = "", column: str = "") -> ConfigError:
        details = {"path": str(self.path), "line": line, "column": column, "reason": reason}
        return ConfigError("PROFILES_BROKEN", details=details)

    def _read(self, document: dict[str, Any]) -> ProfilesFile:
        tables, current = document.get("profiles", {}), document.get("current", "")
        if not isinstance(tables, dict) or not isinstance(current, str):
            key = "current" if isinstance(tables, dict) else "profiles"
            raise self._invalid(key, "is of the wrong kind")
        profiles: dict[str, Profile] = {}
        for name, table in tables.items():
            try:
                profiles[name] = _Table.model_validate(table).profile(name)
            except ValidationError as wrong:
                # Values stay out of the message: the wrong one may be a secret.
                first = wrong.errors(include_input=False, include_url=False)[0]
                key = ".".join(["profiles", name, *(str(part) for part in first["loc"])])
                raise self._invalid(key, first["msg"].removeprefix("Value error, ")) from None
        return ProfilesFile(current if current in profiles else next(iter(profiles), ""), profiles)

    def _invalid(self, key: str, reason: str) -> ConfigError:
        line = _line_of(self.path, key.split("."))
        details = {"path": str(self.path), "key": key, "reason": reason, **({"line": line} if line else {})}
        return ConfigError("PROFILES_INVALID", details=details)

    def _write(self, document: dict[str, Any]) -> None:
        write_whole(self.path, tomli_w.dumps(document).encode())


def _line_of(path: Path, keys: list[str]) -> int | None:
    """The 1-based line a key of a table stands on, as far as a look at the lines can tell, else its table's."""
    table, found = "", None
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    for number, line in enumerate(lines, 1):
        if head := re.match(r"\s*\[\s*([^\[\]]+?)\s*\]", line):
            table = re.sub(r"[\s\"']", "", head[1])
            if table == ".".join(keys[: table.count(".") + 1]):
                found = number
        elif pair := re.match(r"\s*([\w.\"'-]+?)\s*=", line):
            written = [*table.split("."), *re.sub(r"[\"']", "", pair[1]).split(".")]
            if [part for part in written if part] == keys[: len(written)]:
                return number
    return found


def check_name(name: str) -> None:
    """Raise ConfigError PROFILE_FIELD unless the name is a bare word of letters, digits, `.`, `_`, `-`."""
    if not NAME.fullmatch(name):
        reason = "letters, digits, `.`, `_` and `-` only, at most 64"
        raise ConfigError("PROFILE_FIELD", details={"field": "name", "reason": reason})


def make_profile(name: str, values: dict[str, Any]) -> Profile:
    """A profile from the keys of a table (see the module's docstring). Raises ConfigError PROFILE_FIELD."""
    check_name(name)
    try:
        return _Table.model_validate(values).profile(name)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False)[0]
        details = {"field": ".".join(str(part) for part in first["loc"]), "reason": first["msg"]}
        details["reason"] = details["reason"].removeprefix("Value error, ")
        raise ConfigError("PROFILE_FIELD", details=details) from None


def _one_of(value: str, known: tuple[str, ...]) -> str:
    if value not in known:
        raise ValueError(f"must be one of {', '.join(k for k in known if k)}")
    return value


def _secret(text: str) -> Secret | None:
    return Secret(text) if text else None


def table_of(profile: Profile) -> dict[str, Any]:
    """The profile as its TOML table, secrets in clear. Hosts that are the data centre's own are left out."""
    base = catalogue.domains(profile.data_center, profile.environment) if profile.data_center else Domains("", "", "")
    own = {
        part: url
        for part in ("api", "accounts", "upload", "download")
        if (url := getattr(profile.domains, part)) and url != getattr(base, part)
    }
    secrets = profile.credentials
    known: dict[str, Any] = {
        "data_center": profile.data_center,
        "domains": own,
        "environment": profile.environment,
        "api_version": profile.api_version,
        "zgid": profile.zgid,
        "access_token": secrets.access_token.reveal() if secrets.access_token else "",
        "refresh_token": secrets.refresh_token.reveal() if secrets.refresh_token else "",
        "client_id": secrets.client_id,
        "client_secret": secrets.client_secret.reveal() if secrets.client_secret else "",
        "concurrency": profile.concurrency,
        "readonly": profile.readonly,
    }
    return {k: v for k, v in known.items() if v not in ("", {})}


def _unknown(table: dict[str, Any]) -> dict[str, Any]:
    """What somebody else put into a profile's table."""
    return {k: v for k, v in table.items() if k not in _Table.model_fields}
