"""What sending means, before it happens: rows, parts, credits, where to. Pure."""

from __future__ import annotations

from ztui.engine.consent import in_production
from ztui.engine.forecast import Forecast
from ztui.model.counting import how_many
from ztui.model.crm import Credits
from ztui.model.profile import Profile

Facts = list[tuple[str, str, str]]


def offer_facts(
    *,
    file: str,
    module: str,
    operation: str,
    profile: Profile,
    rows: int,
    left_out: int,
    parts: int,
    credits: Credits | None,
    warnings: int,
    earlier: int,
    last: str = "",
) -> Facts:
    """(name, value, kind) lines for the question before sending; kind is "", "warn" or "bad"."""
    facts: Facts = [
        ("File", file, ""),
        ("Rows", how_many(rows, "row") + (f", {left_out:,} left out" if left_out else ""), ""),
        ("Into", f"{module} · {operation}", ""),
        ("Jobs", how_many(parts, "job") + (" of up to 25,000 rows" if parts > 1 else ""), ""),
        ("Credits", credit_line(credits), ""),
        ("Profile", f"{profile.name} ({environment(profile)})", "bad" if in_production(profile) else ""),
    ]
    if warnings:
        facts.append(("Warnings", f"{how_many(warnings, 'value')} would be sent although something is odd", "warn"))
    if earlier:
        times = how_many(earlier, "time") + (f", last {last}" if last else "")
        facts.append(("Before", f"this very file was sent into {module} already ({times})", "warn"))
    return facts


def choice_facts(canary: int, before_image: bool, forecast: Forecast | None) -> Facts:
    """(name, value, kind) lines on what was chosen for this import, and on what was looked up."""
    facts: Facts = []
    if canary:
        facts.append(("First", f"{how_many(canary, 'row')} as a job of their own; then you are asked", "accent"))
    if before_image:
        facts.append(("Undo", "the values that are there now are read and kept first", "accent"))
    if forecast is not None:
        facts += [("Forecast", line, kind) for line, kind in forecast_lines(forecast)]
    return facts


def forecast_lines(forecast: Forecast) -> list[tuple[str, str]]:
    """What an update or upsert would do, as (text, kind) lines."""
    counts = {
        "created": forecast.created,
        "updated": forecast.updated,
        "not found": forecast.not_found,
    }
    lines = [(" · ".join(f"{count:,} {word}" for word, count in counts.items() if count) or "nothing changes", "good")]
    odd = {
        "with a key that several records have": forecast.ambiguous,
        "with the key of an earlier row": forecast.repeated,
        "without a key": forecast.blank_keys,
    }
    lines += [(f"{how_many(count, 'row')} {word}", "warn") for word, count in odd.items() if count]
    if forecast.wiped:
        lost = ", ".join(f"{name} ({count:,})" for name, count in forecast.wiped[:4])
        lines.append((f"blank cells would empty values that are there: {lost}", "warn"))
    return lines


def credit_line(credits: Credits | None) -> str:
    """What is left of the org's credits, as far as Zoho has told."""
    if credits is None or credits.remaining is None:
        return "not known what is left"
    of = f" of {credits.limit:,}" if credits.limit is not None else ""
    return f"{credits.remaining:,}{of} left"


def environment(profile: Profile) -> str:
    """The environment in a word; the local sandbox is one of its own."""
    return "local sandbox" if profile.sandbox else profile.environment
