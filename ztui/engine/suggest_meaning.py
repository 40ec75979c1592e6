"""What a header or a field's label means: a concept ("phone") of a kind ("home"), every word accounted for.

That is the guard against wrong fields: "Email consent" has a word that no e-mail address explains, so it has no meaning
here, and nothing is proposed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from ztui.engine.suggest_lexicon import Phrase, lexicon
from ztui.engine.suggest_tokens import words_of

#: What a slash parts, even where the words joined would name one thing.
_APART = frozenset(("phone", "mobile", "fax", "email", "first_name", "last_name"))


#: What "Name", "Nom", "Naam" may be.
_SURNAMES = frozenset(("last_name", "family_or_full", "full_name"))
#: "is_company", "Is Email?"
_IS = re.compile(r"\W*(?P<flag>(?:[Ii]s(?=[\s_\-A-Z])|IS(?=[\s_\-])))[\s_\-]*")
#: A remark in brackets.
_NOTE = re.compile(r"\s*[(\[{<](?P<note>[^)\]}>]{1,40})[)\]}>]")
#: The concepts that make up an address, strongest evidence of an address first.
ADDRESS = ("city", "zip", "street", "address", "state", "country", "address_region", "state_code", "country_code")
#: Short for "first name" and "last name", unless something follows that can be first or last itself.
_ORDINALS = frozenset(("first", "last"))


#: What the words before them only describe: "Company Contact", "Account Deal".
_HEADS = frozenset(("contact", "deal"))
#: What comes before a contact that is not the first, and what of it is still the first one's: a further number.
_FURTHER = frozenset(("second", "secondary", "third", "alternate", "alternative", "backup"))
_NUMBERS = frozenset(("number", "no", "phone", "mobile"))


@dataclass(frozen=True, slots=True)
class Meaning:
    """One reading of a header. `kinds` hold address and phone kinds and the entities that are not the record itself;
    `number` is the highest number in it (0: none); `mends` are typos as (written, read)."""

    concept: str
    kinds: frozenset[str]
    number: int
    phrase: Phrase
    own: bool
    mends: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """All readings of a header, or why there is none: `about` is the name it seemed to have, `unexplained` the words
    that no reading accounts for."""

    meanings: tuple[Meaning, ...]
    about: str = ""
    unexplained: tuple[str, ...] = ()


@lru_cache(maxsize=16384)
def read_header(header: str, module: str) -> Reading:
    """The readings of a header in a file for this module; several where a word means several things."""
    bare, flag = _without_remarks(header)
    if flag:
        of = read_header(bare, module)
        holding = tuple(m for m in of.meanings if m.concept in lexicon().flag_concepts)
        return Reading(holding) if holding else Reading((), of.about or bare, (flag,))
    further = _further(words_of(bare).all)
    read = _read_bare(bare, module)
    if further and len(words_of(bare).plain) > 1:
        return replace(read, meanings=tuple(replace(m, kinds=m.kinds | {further}) for m in read.meanings))
    return read


def _further(words: tuple[str, ...]) -> str:
    """Which person or thing but the first it belongs to, or "": "contact_2_email_1" is a second person's address.

    "Second contact name" is another person's too, but "Second contact number" the same one's.
    """
    known = lexicon().entities
    numbered = (f"{w} {n}" for w, n in pairwise(words) if w in known and n.isdigit() and int(n) > 1)
    counted = (
        f"{w} 2"
        for nth, w, told in zip(words, words[1:], words[2:], strict=False)
        if nth in _FURTHER and w in known and told not in _NUMBERS
    )
    return next(numbered, "") or next(counted, "")


def _read_bare(header: str, module: str) -> Reading:
    words = words_of(header)
    if not words.plain or len(words.plain) > 14:
        return Reading(())
    known = lexicon()
    asked = _asked(words.plain)
    plain, mends = known.read(asked)
    whole = _read(plain, module, words.numbers, mends)
    if not whole.meanings:
        # A word of another language may be a typo here: "Anual Revenue".
        mended = known.read(asked, english=True)
        if mended[0] != plain:
            whole = _read(mended[0], module, words.numbers, mended[1])
    if not words.alternatives:
        return whole
    sides = [_read(known.read(side)[0], module, words.numbers, mends) for side in _tails(words.alternatives)]
    if all(s.meanings for s in sides):
        first = sides[0].meanings[0]
        if all(any(m.concept in _SURNAMES for m in s.meanings) for s in sides):
            # "Name/Nom" in two languages: what it is depends on the columns beside it.
            return Reading((replace(first, concept="family_or_full"),))
        if all(any(m.concept == first.concept and m.kinds == first.kinds for m in s.meanings) for s in sides[1:]):
            return sides[0]
        if all(
            any(m.concept in ("region", "address_region") for m in s.meanings) for s in sides[1:]
        ) and first.concept in (
            "country",
            "state",
        ):
            return sides[0]  # "País/región", "Estado/región"
        if any(m.concept in _APART for s in sides for m in s.meanings):
            # "Phone/Mobile" would read as "mobile phone", but it is one or the other.
            return Reading((), first.phrase.text, words.alternatives[-1])
    return whole if _registered(whole, plain) else Reading((), whole.about, whole.unexplained)


def is_flag(header: str) -> bool:
    """Whether the header says that its column holds yes or no: "Email (Y/N)", "is_company"."""
    return bool(_without_remarks(header)[1])


def _without_remarks(header: str) -> tuple[str, str]:
    """The header less a remark in brackets on how to fill it in, and the words that say it holds yes or no."""
    known = lexicon()
    header = header[:200]
    flag = _flag(known.flags).search(header)
    if flag:
        return header[: flag.start()], flag["flag"]
    if (asks := _IS.match(header)) and len(words_of(header).plain) < 5:
        return header[asks.end() :], asks["flag"]
    for note in _NOTE.finditer(header):
        inside = words_of(note["note"]).plain
        if note.start() > 0 and inside and known.remarks.issuperset(inside):
            return header[: note.start()] + header[note.end() :], ""
    return header, ""


@lru_cache(maxsize=1)
def _flag(flags: tuple[str, ...]) -> re.Pattern[str]:
    either = "|".join(re.escape(f).replace("/", r"\s*/\s*") for f in flags)
    return re.compile(rf"(?:[\s_\-:,(\[]+|(?<=[a-z])(?=F))(?P<flag>(?i:{either}))\s*[\])?]*\s*$")


def _asked(plain: tuple[str, ...]) -> tuple[str, ...]:
    """What a question asks for: "Which industry are you in?" -> "industry"; other words stay as they are."""
    known = lexicon()
    if len(plain) < 3 or plain[0] not in known.asking:
        return plain
    if read := tuple(w for w in plain if w not in known.filling):
        return read
    return plain


def _registered(reading: Reading, plain: tuple[str, ...]) -> bool:
    content = {w for w in plain if w not in lexicon().noise}
    kinds = lexicon().kinds.keys() | lexicon().entities.keys() | lexicon().beside_address
    return any(content - m.phrase.words <= kinds and len(m.phrase.words) > 1 for m in reading.meanings)


def _tails(sides: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    """Each side by itself, the kinds of the outer ones carried over.

    "Mailing City/Town" is Mailing City and Mailing Town, "Land/Region privat" Land privat and Region privat.
    """
    known = lexicon()
    first, *others = sides
    lead = tuple(w for w in first[:-1] if w in known.kinds or w in known.entities)
    last = sides[-1]
    trail = last[-1:] if len(last) > 1 and last[-1] in known.kinds else ()
    lined = (first, *(o if o[: len(lead)] == lead else (*lead, *o) for o in others))
    return tuple(s if s[-1:] == trail else (*s, *trail) for s in lined)


def _read(plain: tuple[str, ...], module: str, numbers: tuple[int, ...], mends: tuple[tuple[str, str], ...]) -> Reading:
    known = lexicon()
    # A word said twice ("Default Address Address1") is said once.
    content = tuple(dict.fromkeys(w for w in plain if w not in known.noise)) or plain
    inner = known.self_entities(module)
    best: list[Meaning] = []
    rank, about, least = (0, 0), ("~", ""), content
    for phrase, own in known.phrases(content, module):
        rest = _without(content, phrase.words)
        beside = known.beside_address if phrase.concept in ADDRESS else known.beside
        strange = tuple(
            w
            for w in rest
            if not (w in known.kinds or w in known.entities or w in beside or phrase.concept in known.units.get(w, ()))
        )
        if plain[0] == "no" and phrase.text.endswith(" no"):
            strange = ("no", *strange)  # "No Fax" is none, "Fax No" its number
        if rest[-1:] == ("alt",) and content[-1] == "alt":
            strange = (*strange, "alt")  # "Alt. phone" is another one, "Telefon alt" the old one
        if phrase.concept == "company" and rest[-1:] == content[-1:] and known.entities.get(rest[-1]) in _HEADS:
            strange = (*strange, rest[-1])  # a company's contact is no company
        if strange:
            if (len(strange), phrase.concept) < (len(least), about[0]):
                about, least = (phrase.concept, phrase.text), strange
            continue
        if phrase.words <= _ORDINALS and not known.entities.keys().isdisjoint(_behind(content, phrase.words)):
            about, least = ("", ""), ()  # "Last Contact" is a day, not a name
            continue
        entities = frozenset(known.entities[w] for w in rest if w in known.entities) - inner
        kinds = frozenset(known.kinds[w] for w in rest if w in known.kinds and w not in known.entities)
        kinds |= entities | phrase.kinds
        # The longest phrase says most; of equals the one that leaves least beside it.
        place = (len(phrase.words) * 2 + own, -len(kinds))
        if place < rank and best:
            continue
        meaning = Meaning(phrase.concept, kinds, max(numbers, default=0), phrase, own, mends)
        if place > rank or not best:
            best, rank = [meaning], place
        elif all(_says(m) != _says(meaning) for m in best):
            best.append(meaning)
    if best:
        return Reading(tuple(sorted(best, key=lambda m: (m.phrase.language != "en", m.concept, m.phrase.language))))
    return Reading((), about[1], least if about[1] else ())


def _says(meaning: Meaning) -> tuple[object, ...]:
    return meaning.concept, meaning.kinds, meaning.phrase.rule, meaning.phrase.language


def _behind(words: tuple[str, ...], phrase: frozenset[str]) -> tuple[str, ...]:
    """The words after the last one of the phrase."""
    return words[max(i for i, w in enumerate(words) if w in phrase) + 1 :]


def _without(words: tuple[str, ...], taken: frozenset[str]) -> tuple[str, ...]:
    """The words less one of each that is taken."""
    left = set(taken)
    out = []
    for word in words:
        if word in left:
            left.remove(word)
        else:
            out.append(word)
    return tuple(out)
