"""Splits full names into first and last."""

from __future__ import annotations

# Particles that belong to the family name that follows them, and letters after a name.
_PARTICLE_WORDS = "van von der den de del della di da dos du la le ten ter zu zum zur af av bin ibn al el st."
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_SUFFIX_WORDS = "jr jr. sr sr. ii iii iv phd ph.d. md m.d. esq esq. mba"
_SUFFIXES = frozenset(_SUFFIX_WORDS.split())


def split_name(text: str) -> tuple[str, str]:
    """A full name as (first, last): "Last, First" and family-name particles are understood; one word is a last name."""
    if "," in text:
        last, _, first = (part.strip() for part in text.partition(","))
        if first and first.casefold() not in _SUFFIXES:
            return first, last
        text = last
    words = text.split()
    end = len(words)
    while end > 1 and words[end - 1].casefold() in _SUFFIXES:
        end -= 1
    start = end - 1
    while start > 1 and words[start - 1].casefold() in _PARTICLES:
        start -= 1
    return " ".join(words[:start]), " ".join(words[start:])
