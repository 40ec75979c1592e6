"""What sending means, before it happens: rows, parts, credits, where to. Pure."""

from __future__ import annotations

from ztui.model.crm import Credits
from ztui.model.profile import Profile
from ztui.present.findings import how_many

Facts = list[tuple[str, str, str]]
TYPED_FROM = 100
"""In production, from this many rows on a yes is not enough: their number is to be typed."""


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
        facts.append(("Before", f"this very file was sent into {module} already ({how_many(earlier, 'time')})", "warn"))
    return facts


def credit_line(credits: Credits | None) -> str:
    """What is left of the org's credits, as far as Zoho has told."""
    if credits is None or credits.remaining is None:
        return "not known what is left"
    of = f" of {credits.limit:,}" if credits.limit is not None else ""
    return f"{credits.remaining:,}{of} left"


def environment(profile: Profile) -> str:
    """The environment in a word; the local sandbox is one of its own."""
    return "local sandbox" if profile.sandbox else profile.environment


def in_production(profile: Profile) -> bool:
    """True when real customers' data are touched."""
    return not profile.sandbox and profile.environment == "production"


def count_is_typed(profile: Profile, rows: int) -> bool:
    """True when the number of rows is to be typed before so many go into production."""
    return in_production(profile) and rows >= TYPED_FROM
