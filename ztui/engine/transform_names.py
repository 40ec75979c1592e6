"""Splits full names into first and last."""

from __future__ import annotations

# Particles that belong to the family name that follows them, and letters after a name.
_PARTICLE_WORDS = "van von vom der den de del della di da dos du la le ten ter te zu zum zur af av bin ibn al el st."
_PARTICLES = frozenset(_PARTICLE_WORDS.split())
_LINKS = frozenset(("und", "y", "e", "i"))  # between two parts of a family name: "von und zu", "Ortega y Gasset"
_SUFFIX_WORDS = "jr jr. sr sr. ii iii iv phd ph.d. md m.d. esq esq. mba"
_SUFFIXES = frozenset(_SUFFIX_WORDS.split())


def split_name(text: str) -> tuple[str, str]:
    """A full name as (first, last): "Last, First" and family-name particles are understood; one word is a last name.

    Nothing is dropped: letters after a name stay with the last one. A name that begins with a particle in lower case
    is a last name ("de la Cruz"), one in upper case a first name ("Van Morrison").
    """
    behind = ""
    if "," in text:
        last, _, first = (part.strip() for part in text.partition(","))
        if first and first.casefold() not in _SUFFIXES:
            return first, last
        text, behind = last, f", {first}" if first else ""
    words = text.split()
    end = len(words)
    while end > 1 and words[end - 1].casefold() in _SUFFIXES:
        end -= 1
    start = end - 1
    while start > 1 and _belongs(words, start - 1):
        start -= 1
    if start == 1 and words[0] in _PARTICLES:
        start = 0
    return " ".join(words[:start]), " ".join(words[start:]) + behind


def _belongs(words: list[str], at: int) -> bool:
    word = words[at].casefold()
    return word in _PARTICLES or (word in _LINKS and at > 1 and words[at - 1].casefold() in _PARTICLES)
