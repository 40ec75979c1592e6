"""Whether text in a one-byte encoding reads like words, and which other encoding it may be in when it does not.

Every sequence of bytes is valid Windows-1252, nearly: Cyrillic, Greek, Polish or Japanese files open without an error
and are sent as rubbish. What gives them away is where the characters beyond ASCII stand: in long runs, as capitals or
signs in the middle of words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

EVIDENCE = 1 << 14
"""Bytes of lines beyond ASCII that are judged."""

_TRIED = 1 << 12  # bytes that are read in each of the other encodings
_FEW = 2  # odd characters, at least
_ODD_SHARE = 0.3
_GOOD_SHARE = 0.1  # of odd characters, at most, in an encoding that is proposed
_PROPOSED = 4
_SAMPLE = 24  # characters
_SIGNS = frozenset(("So", "Sc", "Sk", "Sm", "No", "Cc", "Cf", "Cn", "Co", "Cs"))
_NEVER_WITHIN = frozenset("•§¶†‡‚„¡¿")
_FINE_WITHIN = frozenset("×®™ªº°\u00ad\u200b\u200c\u200d")
_RUN = re.compile(r"[^\x00-\x7f\s]{4,}")
_BEYOND = re.compile(r"[^\W\d_]*[^\x00-\x7f]+[^,;\t|\"\r\n]*")

# What two-byte encodings use for everyday characters, by the first byte; random bytes spread over all of them.
_COMMON: dict[str, Callable[[bytes], bool]] = {
    "cp932": lambda raw: raw[0] in (0x81, 0x82, 0x83) or 0x88 <= raw[0] <= 0x98,
    "euc_jp": lambda raw: raw[0] in (0xA1, 0xA4, 0xA5) or 0xB0 <= raw[0] <= 0xCF,
    "gbk": lambda raw: raw[0] in (0xA1, 0xA3) or (0xB0 <= raw[0] <= 0xD7 and raw[1] >= 0xA1),
    "big5": lambda raw: raw[0] == 0xA1 or 0xA4 <= raw[0] <= 0xC6,
    "cp949": lambda raw: 0xB0 <= raw[0] <= 0xC8 and raw[1] >= 0xA1,
}
_OTHERS = (
    *("cp1251", "koi8-r", "cp866", "mac-cyrillic", "cp1253", "cp1250", "iso8859-2", "cp1255", "cp1256", "cp874"),
    *("mac-roman", "cp850"),
    *_COMMON,
)


def doubts(evidence: bytes, encoding: str) -> tuple[tuple[str, str], ...] | None:
    """None when lines in this one-byte encoding look right; else encodings they rather are in, likeliest first.

    Each comes with a sample of how the text then reads; there may be none at all.
    """
    odd, count = _oddities(evidence.decode(encoding, "replace"), western=True)
    if odd < _FEW or odd < _ODD_SHARE * count:
        return None
    if len(evidence) > _TRIED:  # whole lines, lest a character of two bytes be cut in two
        evidence = evidence[: evidence.rfind(b"\n", 0, _TRIED) + 1] or evidence
    found = []
    for rank, name in enumerate(_OTHERS):
        try:
            text = evidence.decode(name)
        except UnicodeDecodeError:
            continue
        share = _strangeness(evidence, text, name)
        if share <= _GOOD_SHARE:
            found.append((round(share, 2), rank, name, sample(text)))
    return tuple((name, read) for _, _, name, read in sorted(found)[:_PROPOSED])


def sample(text: str) -> str:
    """The first words beyond ASCII."""
    found = _BEYOND.search(text)
    return found.group().strip()[:_SAMPLE] if found else ""


def _strangeness(evidence: bytes, text: str, name: str) -> float:
    common = _COMMON.get(name)
    if common is None:
        odd, count = _oddities(text, western=False)
        return odd / count if count else 1.0
    pairs = [raw for char in text if char > "\x7f" and len(raw := char.encode(name)) == 2]
    single = sum(1 for char in text if char > "\x7f") - len(pairs)
    if not pairs:
        return 1.0
    return (sum(not common(raw) for raw in pairs) + single) / (len(pairs) + single)


def _oddities(text: str, *, western: bool) -> tuple[int, int]:
    """(characters beyond ASCII that stand where no word has them, characters beyond ASCII)."""
    odd: set[int] = set()
    count = 0
    padded = f" {text} "
    for at in range(1, len(padded) - 1):
        char = padded[at]
        if char <= "\x7f" or char == "\ufeff":
            continue
        count += 1
        if _is_odd(char, padded[at - 1], padded[at + 1], western=western):
            odd.add(at)
    if western:
        for run in _RUN.finditer(padded):
            if len(set(run.group())) > 2:
                odd.update(range(*run.span()))
    return len(odd), count


def _is_odd(char: str, before: str, behind: str, *, western: bool) -> bool:
    if char.isalpha():
        if char.isupper() and (before.islower() or (before.isalpha() and behind.islower())):
            return True  # "caFé", "MÜller": no word has a capital there
        return not western and any(c.isalpha() and _script(c) != _script(char) for c in (before, behind))
    if char in _FINE_WITHIN or char.isspace():
        return False
    kind = unicodedata.category(char)
    if kind == "Cc":
        return True
    beside = (before.isalpha(), behind.isalpha())
    return (kind in _SIGNS or char in _NEVER_WITHIN) and (all(beside) if western else any(beside))


def _script(char: str) -> str:
    return unicodedata.name(char, "").partition(" ")[0]
