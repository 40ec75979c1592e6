"""Where the sources disagree or say nothing, the sandbox has a switch; the defaults follow what was recorded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

CHOICES: dict[str, tuple[str, ...]] = {
    "upload_errors": ("recorded", "200", "400"),
    "job_not_found": ("400", "404"),
    "running_word": ("INPROGRESS", "IN PROGRESS"),
    "missing_operation": ("INVALID_DATA", "MISSING_REQUIRED_KEY"),
    "unknown_field": ("INVALID_FIELD_NAME", "INVALID_FIELD"),
    "used_file": ("FILE_NOT_SUPPORTED", "ALREADY_USED"),
    "default_date": ("both", "MM/dd/yyyy", "yyyy-MM-dd"),
    "download_url": ("absolute", "relative"),
    "result_status": ("upper", "lower"),
    "result_order": ("column", "mapping"),
    "gateway": ("envelope", "file"),
}


@dataclass(frozen=True, slots=True)
class Switches:
    """How this sandbox behaves where that is open.

    `owner_required`/`company_required`: the default layout of Leads demands the field. `strict_picklists`: an unknown
    picklist value is an error instead of being added. `upload_errors`: HTTP of refused uploads ("recorded": 200 where
    that was captured, else by version). `job_not_found`: HTTP of an unknown job. `running_word`: spelling of the state.
    `missing_operation`, `unknown_field`, `used_file`: which of two known codes answers. `default_date`: dates without
    a `format`. `download_url`, `result_status`, `result_order`: shape of results. `download_token`: a download needs a
    token. `loopback_callback`: callbacks may point at this machine, and are delivered there. `gateway`: "file" makes
    the upload host refuse headers and tokens with ERROR_CODE bodies. `credits` per 24 h, `concurrency` calls at once,
    `record_limit` records a module (0: none). `edition_cvid`: scheduled mass updates are allowed.
    """

    owner_required: bool = True
    company_required: bool = False
    strict_picklists: bool = False
    upload_errors: str = "recorded"
    job_not_found: str = "400"
    running_word: str = "INPROGRESS"
    missing_operation: str = "INVALID_DATA"
    unknown_field: str = "INVALID_FIELD_NAME"
    used_file: str = "FILE_NOT_SUPPORTED"
    default_date: str = "both"
    download_url: str = "absolute"
    download_token: bool = True
    result_status: str = "upper"
    result_order: str = "column"
    loopback_callback: bool = False
    gateway: str = "envelope"
    credits: int = 5_000_000
    concurrency: int = 20
    record_limit: int = 0
    edition_cvid: bool = True

    def with_settings(self, settings: Mapping[str, object]) -> Switches:
        """A copy with these switches set; ValueError names an unknown switch or a value it does not take."""
        known = {f.name: f for f in fields(self)}
        changes: dict[str, object] = {}
        for name, value in settings.items():
            if name not in known:
                raise ValueError(f"unknown switch {name!r}; known: {', '.join(sorted(known))}")
            changes[name] = _value(name, value, getattr(self, name))
        return replace(self, **changes)  # type: ignore[arg-type]


def _value(name: str, value: object, current: object) -> object:
    text = str(value).strip()
    if isinstance(current, bool):
        if text.lower() in ("true", "yes", "on", "1"):
            return True
        if text.lower() in ("false", "no", "off", "0"):
            return False
        raise ValueError(f"switch {name} takes true or false, not {text!r}")
    if isinstance(current, int):
        if not text.isdecimal():
            raise ValueError(f"switch {name} takes a number, not {text!r}")
        return int(text)
    if text not in CHOICES[name]:
        raise ValueError(f"switch {name} takes one of {', '.join(CHOICES[name])}, not {text!r}")
    return text
