"""The catalogue as text: one code explained by itself, the list of codes of a level, near spellings. Pure."""

from __future__ import annotations

from ztui.catalogue.entry import LEVELS, Entry
from ztui.catalogue.loader import entries, similar
from ztui.present.text import visible

#: What a level means to a person.
LEVEL_TITLES = {
    "auth": "sign-in and permissions",
    "api": "any call to Zoho",
    "upload": "uploading the file",
    "job": "the import job as a whole",
    "row": "single rows",
    "mass_update": "mass update",
    "local": "ztui itself, before or after talking to Zoho",
}

_RETRY = {
    "never": "",
    "backoff": "ztui repeats this by itself, with growing pauses, where that is safe.",
    "refresh_token": "ztui renews the access token once by itself and repeats the call.",
    "after_fix": "It can be sent again once it is mended.",
}


def entry_lines(entry: Entry) -> list[str]:
    """One entry, explained without an error at hand: facts it would name are shown as `‹field›`."""
    told = entry.explain(show_missing=True)
    lines = [f"{entry.code}: {told.title}", f"  Where: {LEVEL_TITLES[entry.level]} (level {entry.level})"]
    lines += _labelled("Cause", told.cause)
    lines += _labelled("What to do", told.remedy)
    lines += _labelled("Sending again", _RETRY[entry.retry])
    lines += _labelled("Zoho says", f"“{entry.message}”" if entry.message else "")
    lines += _labelled("HTTP status", ", ".join(str(status) for status in entry.http))
    lines += _labelled("Known from", entry.source)
    for case in entry.cases:
        told = entry.explain(message=_example(case.message), show_missing=True)
        lines += ["", f"  When the message says “{_example(case.message)}”: {told.title}"]
        lines += [f"  {line}" for line in (*_labelled("Cause", told.cause), *_labelled("What to do", told.remedy))]
    return [visible(line) for line in lines]


def entry_data(entry: Entry) -> dict[str, object]:
    """One entry as plain values, for JSON output; texts keep their `{name}` placeholders."""
    return {
        "level": entry.level,
        "code": entry.code,
        "title": entry.title,
        "cause": entry.cause,
        "remedy": entry.remedy,
        "retry": entry.retry,
        "kind": entry.kind,
        "severity": entry.severity,
        "http": list(entry.http),
        "message": entry.message,
        "preflight": entry.preflight,
        "sandbox": entry.sandbox,
        "repairs": list(entry.repairs),
        "source": entry.source,
        "cases": [{"message": c.message, "title": c.title, "cause": c.cause, "remedy": c.remedy} for c in entry.cases],
    }


def list_lines(level: str | None = None) -> list[str]:
    """All codes with their titles, under a heading for each level (or of one level only)."""
    lines: list[str] = []
    for name in (level,) if level else LEVELS:
        found = entries(name)
        width = max((len(code) for code in found), default=0)
        lines += ["", f"{name}: {LEVEL_TITLES[name]}"] if lines else [f"{name}: {LEVEL_TITLES[name]}"]
        lines += [f"  {e.code:<{width}}  {e.explain(show_missing=True).title}" for e in found.values()]
    return [visible(line) for line in lines]


def unknown_lines(code: str) -> list[str]:
    """What to say about a code that is not in the catalogue, with near spellings if there are any."""
    near = similar(code)
    lines = [f"{visible(code)} is not in the catalogue."]
    if near:
        lines.append("Did you mean: " + ", ".join(visible(c) for c in near) + "?")
    lines.append("`ztui explain --list` lists all codes.")
    return lines


def _labelled(label: str, text: str) -> list[str]:
    return [f"  {label}: {text}"] if text else []


def _example(pattern: str) -> str:
    """A readable example of what a case's pattern matches: its first alternative, without the pattern's signs."""
    first = pattern.split("|")[0]
    return first.replace(" ?", " ").replace("?", "").replace("\\", "")
