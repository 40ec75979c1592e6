"""Profiles and their trials as text: where they point, how they sign in (masked), what works."""

from __future__ import annotations

from collections.abc import Sequence

from ztui.engine.trial import Result, Step
from ztui.model.profile import Profile, Secret
from ztui.present.errors import error_text
from ztui.present.tables import pairs, table

_MARKS = {Result.OK: "✓", Result.NOTE: "!", Result.FAILED: "✗", Result.SKIPPED: "·"}
HIDDEN = "••••••"


def masked(secret: Secret | None) -> str:
    """A secret as it may be shown: an `env:` reference as it is, anything else as dots; "" when there is none."""
    if not secret:
        return ""
    text = secret.reveal()
    return text if text.startswith("env:") else HIDDEN


def signs_in_with(profile: Profile) -> str:
    """How the profile signs in, in a few words."""
    creds = profile.credentials
    if creds.refresh_token:
        return "refresh token"
    return "access token" if creds.access_token else "nothing yet"


def where(profile: Profile) -> str:
    """The data centre, or the API host when hosts are given."""
    return profile.data_center or profile.domains.api.removeprefix("https://")


def profile_table(profiles: Sequence[Profile], current: str) -> list[str]:
    """The profiles as a table, the current one marked; one line of advice when there are none."""
    if not profiles:
        return ["No profiles yet. Add one with `ztui profiles add NAME`, or try `ztui demo`."]
    rows = [
        [
            "*" if p.name == current else "",
            p.name,
            where(p),
            p.environment + (", read-only" if p.readonly else ""),
            p.api_version,
            p.zgid or "(looked up)",
            signs_in_with(p),
        ]
        for p in profiles
    ]
    return table(["", "Name", "Where", "Environment", "API", "Org id", "Signs in with"], rows)


def profile_lines(profile: Profile, *, current: bool) -> list[str]:
    """Every field of a profile, secrets masked."""
    creds, hosts = profile.credentials, profile.domains
    return pairs(
        [
            ("name", profile.name + (" (current)" if current else "")),
            ("data center", profile.data_center or "(hosts are given)"),
            ("environment", profile.environment),
            ("API version", profile.api_version),
            ("org id (zgid)", profile.zgid or "(looked up)"),
            ("API", hosts.api),
            ("accounts", hosts.accounts),
            ("upload", hosts.upload),
            ("download", hosts.download),
            ("access token", masked(creds.access_token)),
            ("refresh token", masked(creds.refresh_token)),
            ("client id", creds.client_id),
            ("client secret", masked(creds.client_secret)),
            ("jobs at once", str(profile.concurrency)),
            ("read-only", "yes" if profile.readonly else "no"),
        ]
    )


def profile_data(profile: Profile, *, current: bool) -> dict[str, object]:
    """A profile for JSON output, secrets masked."""
    creds, hosts = profile.credentials, profile.domains
    return {
        "name": profile.name,
        "current": current,
        "data_center": profile.data_center or None,
        "environment": profile.environment,
        "api_version": profile.api_version,
        "zgid": profile.zgid or None,
        "domains": {
            "api": hosts.api,
            "accounts": hosts.accounts,
            "upload": hosts.upload,
            "download": hosts.download or None,
        },
        "access_token": masked(creds.access_token) or None,
        "refresh_token": masked(creds.refresh_token) or None,
        "client_id": creds.client_id or None,
        "client_secret": masked(creds.client_secret) or None,
        "concurrency": profile.concurrency,
        "readonly": profile.readonly,
    }


def step_lines(step: Step) -> list[str]:
    """A trial's step: a mark, its name and what was seen; for a failure also why and what to do."""
    head = f"{_MARKS[step.result]} {step.name}"
    if step.error is None:
        seen = "not tried" if step.result is Result.SKIPPED else step.seen
        return [f"{head}: {seen}" if seen else head]
    told = error_text(step.error)
    return [f"{head}: {told.title} ({told.code})", *(f"    {line}" for line in told.lines()[1:])]


def step_data(step: Step) -> dict[str, object]:
    """A trial's step for JSON output."""
    told = error_text(step.error) if step.error is not None else None
    return {
        "step": step.name,
        "result": step.result.value,
        "seen": step.seen or None,
        "error": told and {"level": told.level, "code": told.code, "title": told.title, "remedy": told.remedy},
    }


def form_value(profile: Profile | None, key: str) -> str:
    """A field of a profile as text for a form, by its key in `profiles.toml`; secrets in clear: mask them."""
    if profile is None:
        return ""
    creds, hosts = profile.credentials, profile.domains
    secrets = {
        "access_token": creds.access_token,
        "refresh_token": creds.refresh_token,
        "client_secret": creds.client_secret,
    }
    if key in secrets:
        secret = secrets[key]
        return secret.reveal() if secret else ""
    plain = {
        "name": profile.name,
        "data_center": profile.data_center,
        "environment": profile.environment,
        "api_version": profile.api_version,
        "client_id": creds.client_id,
        "zgid": profile.zgid,
        "api": hosts.api,
        "accounts": hosts.accounts,
        "upload": hosts.upload,
        "concurrency": str(profile.concurrency),
        "readonly": "yes" if profile.readonly else "no",
    }
    return plain.get(key, "")
