"""Every failure ztui raises on purpose.

    ZtuiError
    ├── UsageError           the request itself makes no sense (an option, a name, a combination)
    ├── ConfigError          a file the user keeps (profiles.toml, a mapping) cannot be used
    ├── SourceError          the CSV cannot be opened or understood
    │   └── SourceChanged    it is not the file that was mapped any more
    ├── StoreError           the state folder cannot be read or written (full, read-only, locked, damaged)
    ├── PlanError            the plan may not be sent: blocking findings, or nothing to send
    ├── RunError             a run cannot do what was asked (unknown run, sent by another process, ...)
    └── ZohoError            anything that went wrong on the way to Zoho or there
        ├── Unreachable      the request certainly had no effect: no connection was made
        ├── AnswerLost       the request went out and no trustworthy answer came: it may have taken effect
        ├── SignInError      the credentials or the token were refused
        ├── ApiError         Zoho answered with an error code
        │   └── Throttled    credits or concurrency are used up; `retry_after` seconds if Zoho named them
        └── ArchiveError     a result archive is damaged, unsafe or not what the job promised

An error carries a (level, code) pair of the catalogue and the facts it was raised with; what a person reads is made in
`ztui.present.errors` from the catalogue entry, and exit codes are chosen in `ztui.cli.diagnostics`. Details never hold
a secret.
"""

from __future__ import annotations

from collections.abc import Mapping


class ZtuiError(Exception):
    """Base of all errors raised on purpose.

    `level` and `code` name a catalogue entry (level is `local` for ztui's own codes, else `auth`, `api`, `upload`,
    `job`, `row`, `mass_update`); `message` is the other side's own words, if any; `details` are the facts for the
    entry's templates, plus whatever else was seen.
    """

    level = "local"

    def __init__(
        self,
        code: str,
        message: str = "",
        details: Mapping[str, object] | None = None,
        *,
        level: str | None = None,
    ) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.details: dict[str, object] = dict(details or {})
        if level is not None:
            self.level = level

    def __str__(self) -> str:
        return f"{self.code}: {self.message}" if self.message else self.code


class UsageError(ZtuiError):
    """The request itself makes no sense."""


class ConfigError(ZtuiError):
    """A file the user keeps cannot be used; details hold `path`, and `line`/`column` when known."""


class SourceError(ZtuiError):
    """The CSV cannot be opened or understood; details hold `path`."""


class SourceChanged(SourceError):
    """The file on disk is not the one that was mapped; details say what changed."""


class StoreError(ZtuiError):
    """The state folder cannot be used; details hold `path` and `reason`."""


class PlanError(ZtuiError):
    """The plan may not be sent."""


class RunError(ZtuiError):
    """A run cannot do what was asked of it; details hold `run`."""


class ZohoError(ZtuiError):
    """Anything that went wrong on the way to Zoho or there; `http_status` is None when no answer came."""

    level = "api"

    def __init__(
        self,
        code: str,
        message: str = "",
        details: Mapping[str, object] | None = None,
        *,
        level: str | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(code, message, details, level=level)
        self.http_status = http_status


class Unreachable(ZohoError):
    """No connection was made, so nothing can have happened at the other end."""

    level = "local"


class AnswerLost(ZohoError):
    """The request went out and no trustworthy answer came back: it may have taken effect."""

    level = "local"


class SignInError(ZohoError):
    """The credentials or the token were refused."""

    level = "auth"


class ApiError(ZohoError):
    """Zoho answered with an error code."""


class Throttled(ApiError):
    """Credits or concurrency are used up; `retry_after` is in seconds when Zoho named a time."""

    def __init__(
        self,
        code: str,
        message: str = "",
        details: Mapping[str, object] | None = None,
        *,
        level: str | None = None,
        http_status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(code, message, details, level=level, http_status=http_status)
        self.retry_after = retry_after


class ArchiveError(ZohoError):
    """A result archive is damaged, unsafe, or not what the job promised."""

    level = "local"
