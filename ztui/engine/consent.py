"""From when on a plain yes is not enough: many rows into production are confirmed by typing their number."""

from __future__ import annotations

from ztui.model.profile import Profile

TYPED_FROM = 100
"""In production, from so many rows on their number is to be typed."""


def in_production(profile: Profile) -> bool:
    """True when real customers' data are touched; the local sandbox never is production."""
    return not profile.sandbox and profile.environment == "production"


def count_is_typed(profile: Profile, rows: int) -> bool:
    """True when the number of rows is to be typed before so many go where the profile leads."""
    return in_production(profile) and rows >= TYPED_FROM


def is_that_count(typed: str, rows: int) -> bool:
    """True when what was typed is this number, however its digits are grouped (1199, 1,199, 1 199)."""
    bare = "".join(c for c in typed if c not in " ,.'_\u00a0\u202f")
    return bare.isascii() and bare.isdecimal() and int(bare) == rows
