"""Faults on purpose: what goes wrong, on which route, how often. Deterministic: one seeded generator for all chances.

Written `kind[@route][:key=value,...]`, e.g. `latency@details:seconds=2`, `500@create:times=1`,
`reset_after@create`, `corrupted_download:p=0.5`. In a scenario each is a `[[fault]]` table with the same keys.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field

KINDS: dict[str, str] = {
    "latency": "the answer comes `seconds` later",
    "429": "TOO_MANY_REQUESTS with details.retry_after",
    "500": "INTERNAL_ERROR",
    "502": "a proxy's HTML page",
    "503": "a proxy's HTML page with Retry-After",
    "error": "any `code` with `status` and `message`, in the route's envelope",
    "reset_before": "the connection breaks before anything happened",
    "reset_after": "the request takes effect, then the connection breaks",
    "cut": "the answer's body stops halfway and the connection breaks",
    "half_json": "the answer's JSON stops halfway, the response is complete",
    "expired_token": "the presented token runs out",
    "truncated_download": "half of the archive, as a complete response",
    "corrupted_download": "an archive with flipped bytes",
    "shuffled_results": "the result's rows in another order",
    "duplicated_results": "some result rows twice",
    "expired_link": "the download link is not valid any more",
    "unknown_status": "the job shows the status `word`",
    "failed_job": "the job ends FAILED with `code`",
    "skipped_job": "the job ends SKIPPED",
    "stuck_job": "the job stays INPROGRESS",
    "upload_gateway": "the file gateway refuses the upload with an ERROR_CODE body of `status` 400 or 401",
}
ROUTES = (
    "any", "token", "upload", "create", "details", "download", "mass_update", "records", "coql",
    "metadata", "org", "users", "job",
)  # fmt: skip
_HOME = {
    "truncated_download": "download", "corrupted_download": "download", "shuffled_results": "download",
    "duplicated_results": "download", "expired_link": "download", "unknown_status": "details",
    "failed_job": "job", "skipped_job": "job", "stuck_job": "job", "upload_gateway": "upload",
}  # fmt: skip
_DEFAULTS: dict[str, dict[str, str]] = {
    "latency": {"seconds": "1"},
    "429": {"retry_after": "1"},
    "error": {"status": "400", "code": "INTERNAL_ERROR", "message": ""},
    "unknown_status": {"word": "ON HOLD"},
    "failed_job": {"code": "INTERNAL_ERROR"},
    "upload_gateway": {"status": "400"},
    "503": {"retry_after": "1"},
}


@dataclass(slots=True)
class Fault:
    """One fault. It strikes matching requests after the first `after`, `times` times (0: always), each with
    probability `p`. `params` are the kind's own settings."""

    kind: str
    route: str = "any"
    times: int = 1
    after: int = 0
    p: float = 1.0
    params: dict[str, str] = field(default_factory=dict)
    seen: int = 0
    struck: int = 0

    def shown(self) -> dict[str, object]:
        """The fault as the control route shows it."""
        base: dict[str, object] = {"kind": self.kind, "route": self.route, "times": self.times, "after": self.after}
        return base | {"p": self.p, **self.params, "seen": self.seen, "struck": self.struck}

    def number(self, name: str, low: float, high: float) -> float:
        """A numeric setting within bounds."""
        return min(high, max(low, float(self.params.get(name, low))))


def parse(text: str) -> Fault:
    """A fault from its short form; ValueError says what is wrong with it."""
    head, _, tail = text.strip().partition(":")
    kind, _, route = head.partition("@")
    settings: dict[str, object] = {"kind": kind.strip()}
    if route.strip():
        settings["route"] = route.strip()
    for pair in filter(None, (p.strip() for p in tail.split(","))):
        key, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"fault setting {pair!r} is not key=value")
        settings[key.strip()] = value.strip()
    return from_table(settings)


def from_table(table: Mapping[str, object]) -> Fault:
    """A fault from a table (scenario, control route); ValueError says what is wrong with it."""
    kind = str(table.get("kind", ""))
    if kind not in KINDS:
        raise ValueError(f"unknown fault {kind!r}; known: {', '.join(KINDS)}")
    route = str(table.get("route", _HOME.get(kind, "any")))
    if route not in ROUTES:
        raise ValueError(f"unknown route {route!r}; known: {', '.join(ROUTES)}")
    params = dict(_DEFAULTS.get(kind, {}))
    counts: dict[str, float] = {"times": 1, "after": 0, "p": 1.0}
    for key, value in table.items():
        if key in counts:
            counts[key] = _number(key, value)
        elif key in params:
            params[key] = str(value) if key in ("code", "message", "word") else f"{_number(key, value):g}"
        elif key not in ("kind", "route"):
            known = ["route", *counts, *_DEFAULTS.get(kind, {})]
            raise ValueError(f"fault {kind} knows no setting {key!r}; known: {', '.join(known)}")
    if not 0 <= counts["p"] <= 1:
        raise ValueError("p is a probability between 0 and 1")
    return Fault(kind, route, int(counts["times"]), int(counts["after"]), counts["p"], params)


def _number(key: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise ValueError(f"fault setting {key} takes a number, not {value!r}") from None
    if not 0 <= number <= 1_000_000:
        raise ValueError(f"fault setting {key} is out of range")
    return number


class Faults:
    """All faults that are set, in order; several may strike one request."""

    def __init__(self, seed: int = 0, initial: tuple[Fault, ...] = ()) -> None:
        self.seed = seed
        self._initial = tuple(f.shown() for f in initial)
        self.active: list[Fault] = []
        self.random = random.Random(seed)
        self.restart()

    def restart(self) -> None:
        """Back to the faults given at the start, with the same chances again."""
        self.random = random.Random(self.seed)
        plain = [{k: v for k, v in table.items() if k not in ("seen", "struck")} for table in self._initial]
        self.active = [from_table(table) for table in plain]

    def strike(self, route: str) -> list[Fault]:
        """The faults that strike this request."""
        if not self.active:
            return []
        hits = []
        for fault in self.active:
            if fault.route not in ("any", route) or (fault.route == "any" and route == "job"):
                continue
            fault.seen += 1
            over = fault.times and fault.struck >= fault.times
            if fault.seen <= fault.after or over or (fault.p < 1 and self.random.random() >= fault.p):
                continue
            fault.struck += 1
            hits.append(fault)
        return hits
