"""What is seen in a column: its values counted by kind, and the shapes that many of them share.

Owns looking only; what it says for or against a field is `value_verdict`'s business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ztui.csvfile.kinds import kind_of
from ztui.engine.suggest_lexicon import lexicon
from ztui.model.counting import how_many

#: How many filled cells of a column are looked at.
ENOUGH = 60
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}(?:/\S*)?", re.IGNORECASE)
_RECORD_ID = re.compile(r"(?:zcrm_)?\d{15,20}")
_TITLES = frozenset((
    "mr", "mrs", "ms", "miss", "mx", "dr", "prof", "professor", "herr", "frau", "hr", "fr", "m", "mme", "mlle",
    "monsieur", "madame", "sr", "sra", "srta", "señor", "señora", "sig", "signor", "signora", "sig.ra", "dott",
    "dott.ssa", "dhr", "mevr", "mw", "heer", "mevrouw", "sir", "madam", "rev", "mister", "don", "doña",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was seen in a column: `filled` values looked at, how many differ, and the count of each kind."""

    filled: int
    distinct: int
    kinds: Counter[str]
    values: tuple[str, ...]

    def share(self, *kinds: str) -> float:
        """The share of values of these kinds."""
        return sum(self.kinds[k] for k in kinds) / self.filled if self.filled else 0.0

    def like(self, pattern: re.Pattern[str]) -> float:
        """The share of values that fit a pattern as a whole."""
        return sum(1 for v in self.values if pattern.fullmatch(v)) / self.filled if self.filled else 0.0


def gather(cells: Sequence[str]) -> Evidence:
    """Look at the first `ENOUGH` filled cells of a column; "n/a", "-" and the like tell nothing and do not count."""
    values = []
    nothing = lexicon().values["nothing"]
    for cell in cells:
        text = cell.strip()
        if text and text.casefold() not in nothing:
            values.append(text)
            if len(values) == ENOUGH:
                break
    return Evidence(len(values), len(set(values)), Counter(map(kind_of, values)), tuple(values))


def so_many(count: int, seen: Evidence, what: str) -> str:
    """`12 of 20 values are dates`, `1 of 20 values: dates`."""
    values = f"{count} of {how_many(seen.filled, 'value')}"
    return f"{values}: {what}" if count == 1 else f"{values} are {what}"


def web_share(seen: Evidence) -> float:
    """The share of values that are web addresses, with or without "https://"."""
    return sum(1 for v in seen.values if kind_of(v) == "url" or _DOMAIN.fullmatch(v)) / seen.filled


def salutations(seen: Evidence) -> float:
    """The share of values that are forms of address (Mr, Frau, Mme, Dr. …)."""
    if not seen.filled:
        return 0.0
    return sum(1 for v in seen.values if v.casefold().rstrip(".") in _TITLES) / seen.filled


def single_words(seen: Evidence) -> bool:
    """True when the values are single words, as surnames mostly are and whole names never: at least three of them."""
    return seen.filled >= 3 and sum(" " not in v and "," not in v for v in seen.values) >= 0.8 * seen.filled


def emails(seen: Evidence) -> bool:
    """True when the values alone say that these are e-mail addresses: at least three, and nearly nothing else."""
    return seen.filled >= 3 and seen.share("email") >= 0.95


def record_ids(seen: Evidence) -> float:
    """The share of values that look like Zoho's own record ids."""
    return seen.like(_RECORD_ID)


def own_ids(seen: Evidence) -> bool:
    """True when the values look like Zoho's own record ids."""
    return seen.filled > 0 and record_ids(seen) >= 0.9
