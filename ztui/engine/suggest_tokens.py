"""Takes a header apart into plain words: case, accents, camelCase, snake_case, punctuation and numbering undone.

Owns spelling only; what the words mean is `suggest_meaning`'s business.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

#: The small "s" of "FTEs" ends no word that the "E" begins.
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z](?!s(?![a-z]))[a-z])")
_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_WORD = re.compile(r"[^\W_]+")
#: "D.O.B.", "C.P."
_INITIALS = re.compile(r"\b(?:\w\.){2,}\w?")
#: Signs that stand for words.
_SIGNS = {"#": " number ", "%": " percent ", "$": " usd ", "€": " eur ", "£": " gbp ", "&": " and ", "№": " number "}
#: Marks on letters; soft hyphens, zero-width blanks and marks of direction.
_UNSEEN = frozenset(("Mn", "Me", "Cf"))
#: Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i"})
#: Spellings of one word that differ by a blank or an abbreviation, after folding.
_JOINED = (
    (re.compile(r"\be mail(s?)\b"), r"email\1"),
    (re.compile(r"\be post(adresse?)?\b"), r"epost\1"),
    (re.compile(r"\blinked in\b"), "linkedin"),
    (re.compile(r"\bhead quarters?\b"), "headquarters"),
    (re.compile(r"\b(?:nr|nbr|num|numbers|numero|nummer)\b"), "number"),
    (re.compile(r"\b(ship|bill) to\b"), r"\1"),
    (re.compile(r"\b([fl]) name\b"), r"\1name"),
    (re.compile(r"\bzip 5\b"), "zip"),
    (re.compile(r"\bn ([1-9])$"), r"n\1"),  # "CA N-1": of the year before
    (re.compile(r"\b(\d+) (?:st|nd|rd|th)\b"), r"\1"),
)
#: What databases shorten column names to.
_SHORT = {
    "nm": "name",
    "cd": "code",
    "dt": "date",
    "acct": "account",
    "cntct": "contact",
    "amt": "amount",
    "pct": "percent",
    "rsn": "reason",
    "one": "1",
    "two": "2",
    "three": "3",
    "cntry": "country",
    "ctry": "country",
    "phn": "phone",
    "cmpny": "company",
    "emp": "employee",
}
#: "N°"
_NUMBER = re.compile(r"\b[nN]°")
#: "Assistent/in", "Betreuer:in", "Kund*innen"
_GENDERED = re.compile(r"(?<=[^\W\d_]{4})(?:/-?|[:*]|\(-?)in(?:nen)?\b\)?")


@dataclass(frozen=True, slots=True)
class Words:
    """A header's words. `all` keeps the numbers, `plain` leaves them out, `numbers` are the numbers in order.

    `alternatives` are the sides of a header such as "City/Town"; empty without a slash.
    """

    all: tuple[str, ...]
    plain: tuple[str, ...]
    numbers: tuple[int, ...]
    alternatives: tuple[tuple[str, ...], ...] = ()


def fold(text: str) -> str:
    """The text in lower case without accents, compatibility forms and what nobody sees: "Straße" -> "strasse"."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in spread if unicodedata.category(c) not in _UNSEEN).translate(_PLAIN)


@lru_cache(maxsize=8192)
def words_of(header: str) -> Words:
    """The words of a header, at most the first 200 characters of it."""
    text = _GENDERED.sub("", _NUMBER.sub("number ", header[:200]))
    every = _split(text)
    plain = tuple(w for w in every if not w.isdigit() or _is_unit(w))
    numbers = tuple(int(w) for w in every if w.isdigit() and len(w) < 7)
    sides: tuple[tuple[str, ...], ...] = ()
    if "/" in text or "|" in text:
        parts = (_split(p) for p in re.split(r"[/|]", text))
        sides = tuple(tuple(w for w in p if not w.isdigit() or _is_unit(w)) for p in parts if p)
    return Words(every, plain, numbers, sides if len(sides) > 1 else ())


def _is_unit(word: str) -> bool:
    """ "Revenue (in 000s)" counts in thousands; that is part of its meaning, unlike a running number."""
    return len(word) > 2 and not word.strip("0")


def _split(text: str) -> tuple[str, ...]:
    text = _INITIALS.sub(lambda m: m.group().replace(".", "") + " ", text)
    # An all-capitals header has no camelCase to undo.
    if not text.isupper():
        text = _CAMEL.sub(" ", text)
    for sign, word in _SIGNS.items():
        if sign in text:
            text = text.replace(sign, word)
    text = " ".join(_WORD.findall(_DIGITS.sub(" ", fold(text))))
    for pattern, word in _JOINED:
        text = pattern.sub(word, text)
    return tuple(_SHORT.get(w, w) for w in text.split())
