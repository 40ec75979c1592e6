"""The vocabulary of headers, read from the TOML files in `synonyms/`: phrases, kinds, entities, noise, known words.

Mending of typos lives here too, because it needs the whole vocabulary.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ztui.engine.suggest_tokens import words_of

_FOLDER = Path(__file__).with_name("synonyms")
_LANGUAGES = (
    "en",
    "de",
    "fr",
    "es",
    "it",
    "pt",
    "nl",
    "pl",
    "sv",
    "da",
    "cs",
    "fi",
    "hu",
    "ro",
    "tr",
    "ru",
    "ja",
    "zh",
    "ko",
)
_TABLES = (("", "concepts"), ("context", "context"), ("values", "values_only"), ("loose", "loose"))
_KIND_PREFIXES = ("secondary", "billing", "shipping")
_VOWELS = frozenset("aeiouy")
#: Keys beside each other on the keyboards of the languages here, and letters that sound alike.
_BESIDE = tuple(
    frozenset(pair)
    for row in (
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "qwertz",
        "azerty",
        "qaz",
        "wsx",
        "edc",
        "rfv",
        "tgb",
        "yhn",
        "ujm",
    )
    for pair in pairwise(row)
) + tuple(map(frozenset, ("ck", "cs", "sz", "mn", "bp", "dt", "fv", "vw", "iy", "jy", "kq", "gj")))


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name a concept. `language` is a two-letter code or "" for words of one module; `rule` is "" (always),
    "context" (only where the file speaks the language), "values" (only where the values say so too) or "loose" (when
    nothing says it better)."""

    concept: str
    words: frozenset[str]
    text: str
    language: str
    kinds: frozenset[str] = frozenset()
    rule: str = ""

    @property
    def first(self) -> str:
        """The word it is filed under."""
        return min(self.words)


class Lexicon:
    """All phrases by their words, and the words that may stand beside them."""

    def __init__(self, data: Mapping[str, Mapping[str, Any]]) -> None:
        common = data["words"]
        self.noise = frozenset(common["noise"]["words"])
        self.beside = frozenset(common["noise"]["beside"])
        self.beside_address = self.beside | frozenset(common["noise"]["address"])
        self.units = {w: frozenset(u["concepts"]) for u in common["units"] for w in u["words"]}
        self.kinds = {w: kind for kind, ws in common["kinds"].items() for x in ws for w in words_of(x).plain}
        self.entities = {w: entity for entity, ws in common["entities"].items() for x in ws for w in words_of(x).plain}
        self.foreign = frozenset(w for x in common["foreign"]["words"] for w in words_of(x).plain)
        self.values = {name: frozenset(words) for name, words in common["values"].items()}
        self.private = frozenset(common["private"]["words"])
        self.asking = frozenset(common["question"]["begin"])
        self.filling = frozenset(common["question"]["filling"])
        self.remarks = frozenset(common["notes"]["words"])
        self.flags = tuple(common["notes"]["flags"])
        self.flag_concepts = frozenset(common["notes"]["holding"])
        self.modules: Mapping[str, Any] = data["modules"]
        self._by_word: dict[str, list[Phrase]] = {}
        self._joined: dict[str, tuple[str, ...]] = {}
        self._module_phrases: dict[str, dict[str, list[Phrase]]] = {}
        for language in _LANGUAGES:
            for rule, table in _TABLES:
                for phrase in self._phrases(data[language].get(table, {}), language, rule):
                    self._add(self._by_word, phrase)
        for module, table in self.modules.items():
            index = self._module_phrases.setdefault(module, {})
            for rule, name in _TABLES:
                for phrase in self._phrases(table.get(name, {}), "", rule):
                    self._add(index, phrase)
        around = {*self.kinds, *self.entities, *self.beside, *self.noise, *self.units}
        known = set(around)
        for index in (self._by_word, *self._module_phrases.values()):
            known.update(w for phrases in index.values() for p in phrases for w in p.words)
        self.known = frozenset(known)
        self._english = (
            frozenset(w for ps in self._by_word.values() for p in ps if p.language == "en" for w in p.words) | around
        )
        self._compounding = frozenset(common["compounds"]["first"])
        self._named = frozenset(w for ps in self._by_word.values() for p in ps if not p.rule for w in p.words)
        self._guard = frozenset(common["guard"]["words"]) | self.foreign
        self._wrapping = frozenset(common["wrapping"]["words"])
        self._near: dict[str, set[str]] = {}
        for word in self.known:
            if len(word) >= 4 and word.isalpha():
                for form in (word, *_deletes(word)):
                    self._near.setdefault(form, set()).add(word)

    def phrases(self, words: Iterable[str], module: str) -> Iterator[tuple[Phrase, bool]]:
        """Every phrase whose words are all among `words`, and whether it holds in this module only."""
        given = frozenset(words)
        for own, index in ((True, self._module_phrases.get(module, {})), (False, self._by_word)):
            for word in sorted(given):
                for phrase in index.get(word, ()):
                    if phrase.words <= given:
                        yield phrase, own

    def self_entities(self, module: str) -> frozenset[str]:
        """The entities that are the record itself in this module."""
        return frozenset(self.modules.get(module, {}).get("self", ()))

    def is_strange(self, word: str) -> bool:
        """Whether the word has no meaning here, as "tbl", or only says whose data it is ("customer_city").

        A longer word that is not known may mean another person: "Referrer City".
        """
        if self.kinds.get(word) == "participant" or word in self._wrapping:
            return True
        return len(word) <= 4 and word not in self.known and word not in self._guard

    def read(
        self, words: tuple[str, ...], *, english: bool = False
    ) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """The words with run-together ones taken apart and typos mended, and the mends as (written, read) pairs.

        With `english` words of other languages are taken for typos too ("anual revenue").
        """
        known = self._english if english else self.known
        out: list[str] = []
        mends: list[tuple[str, str]] = []
        for word in words:
            if word in known or word in self._guard:
                out.append(word)
            elif len(self._joined.get(word, ())) > 1:
                out.extend(self._joined[word])
            elif (short := _without_digraphs(word)) != word and short in known - self.noise:
                out.append(short)  # "Zustaendig" is "Zuständig", not a slip
            elif parts := self._compound(word):
                out.extend(parts)
            else:
                mended = self._mend(word, known)
                if mended is not None:
                    mends.append((word, mended))
                out.append(mended or word)
        return tuple(out), tuple(mends)

    def _phrases(self, table: Mapping[str, list[str]], language: str, rule: str) -> Iterator[Phrase]:
        for name, texts in table.items():
            prefix, _, rest = name.partition("_")
            concept, kinds = (rest, frozenset((prefix,))) if prefix in _KIND_PREFIXES else (name, frozenset[str]())
            for text in texts:
                plain = words_of(text).plain
                words = frozenset(w for w in plain if w not in self.noise) or frozenset(plain)
                self._joined.setdefault("".join(plain), plain)
                yield Phrase(concept, words, text, language, kinds, rule)

    def _compound(self, word: str) -> tuple[str, str] | None:
        """A word made of one for a kind ("Liefer-", "Privat-") and a known one: "Lieferort", "Firmentelefon"."""
        for i in range(4, len(word) - 2):
            first, second = word[:i], word[i:]
            if first in self._compounding and second in self._named:
                return first, second
        return None

    def _add(self, index: dict[str, list[Phrase]], phrase: Phrase) -> None:
        index.setdefault(phrase.first, []).append(phrase)

    def _mend(self, word: str, known: frozenset[str]) -> str | None:
        if len(word) < 4 or not word.isalpha():
            return None
        near = {c for form in (word, *_deletes(word)) for c in self._near.get(form, ())}
        found = {c for c in near if c in known and _slip(word, c)}
        if len(found) > 1:
            # "contry" is nearer to "country" than to anything that needs a letter exchanged
            found = {c for c in found if len(c) != len(word)} or found
        return found.pop() if len(found) == 1 else None


def _without_digraphs(word: str) -> str:
    """German umlauts written with two letters, folded as the umlauts themselves are."""
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def _deletes(word: str) -> list[str]:
    return [word[:i] + word[i + 1 :] for i in range(len(word))]


def _slip(typed: str, word: str) -> bool:
    """True when `typed` is `word` with one slip of the fingers: a letter missing, doubled, exchanged, or two swapped.

    Short words leave less room: one of four letters only swaps, drops or changes a vowel.
    """
    if typed == word:
        return False
    if len(typed) == len(word):
        differ = [i for i in range(len(word)) if typed[i] != word[i]]
        if len(differ) == 2 and differ[1] == differ[0] + 1:
            i, j = differ
            return typed[i] == word[j] and typed[j] == word[i]
        if len(differ) != 1 or differ[0] == 0:
            return False
        exchanged = {typed[differ[0]], word[differ[0]]}
        vowels = exchanged <= _VOWELS
        if not vowels and not any(exchanged <= keys for keys in _BESIDE):
            return False  # "portal" is no slip for "postal"
        if len(word) >= 6:
            return True
        return vowels or (len(word) == 5 and differ[0] == len(word) - 2)
    longer, shorter = (typed, word) if len(typed) > len(word) else (word, typed)
    if len(longer) != len(shorter) + 1 or longer[0] != shorter[0]:
        return False
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(1, len(longer)))


@cache
def lexicon() -> Lexicon:
    """The vocabulary, read once."""
    names = (*_LANGUAGES, "words", "modules")
    return Lexicon({n: tomllib.loads((_FOLDER / f"{n}.toml").read_text(encoding="utf-8")) for n in names})
