"""What only the whole file tells: which language its headers speak, whose "Name" is a surname, which "Title" is "Mr".

Takes every header's readings and returns one meaning for each, or none with the reason.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ztui.engine.suggest_lexicon import Phrase, lexicon
from ztui.engine.suggest_meaning import ADDRESS, Meaning, Reading, is_flag, read_header
from ztui.engine.suggest_tokens import words_of

#: Words that mean the CRM's own thing in a CRM's export and something else in a shop's or a mailing tool's.
_AMBIGUOUS = frozenset(("lead_status", "lead_source", "currency", "rating", "job_title"))
_ALONE = frozenset(("status", "source", "currency", "rating", "role"))
#: What only the exports of a CRM tell.
_CRM = frozenset(("deal_name", "stage", "closing_date", "next_step", "loss_reason", "probability", "owner"))
#: "Status Reason", "Email Status": a bare "Status" beside them is seldom that of a lead.
_STATUS = frozenset(("status",))
_ASIDE = frozenset(("reason", "email"))
#: Words for a job's title and for a form of address alike.
_TITLES = frozenset(("title", "titel", "titre", "titulo", "titolo"))
_PLACES = frozenset(ADDRESS)
_STREETS = frozenset(("street", "address"))
_LINES = frozenset(("work", "home"))
_CHANNELS = frozenset(("phone", "mobile", "fax"))
_STATE = Phrase("state", frozenset(("st",)), "st", "en")
_LONE = Phrase("phone", frozenset(("phone",)), "phone", "en")
#: Words of files about profiles on LinkedIn, whose "URL" is not a web site.
_PROFILES = frozenset(("linkedin", "navigator", "vmid", "connected", "profileurl"))
_SITES = frozenset(("website", "site", "web"))
#: "other_emails", "Other phone numbers"
_LISTS = re.compile(r"e-?mails|addresses|phones|numbers", re.IGNORECASE)
#: What a file of people or companies tells, whatever its headers begin with.
_TELLING = frozenset(("first_name", "last_name", "email", "phone", "company", "city", "zip", "country", "street"))
#: What a name may be of which only "name" is said.
_BARE = frozenset(("given_or_full", "family_or_full"))
#: What has a name that is nobody's.
_OTHERS = frozenset(("product", "vendor", "task", "case", "campaign", "deal", "company"))
#: Words that can mean nothing but who owns a record.
_OWNED = frozenset(("owner", "owned"))
#: How many words of private life make a file an address book.
_PRIVATE = 2
#: How many words of foreign trades make a file foreign.
_FOREIGN = 2


@dataclass(frozen=True, slots=True)
class Read:
    """A header in its file: its meaning, or None and why in `reason` ("" when nothing was recognised at all).

    `values_only`: the meaning counts only where the values confirm it. `hint` is a concept to offer, not to take.
    """

    meaning: Meaning | None
    reason: str = ""
    values_only: bool = False
    hint: str = ""


def read_file(headers: Sequence[str], module: str) -> tuple[Read, ...]:
    """The meaning of every header in the company of the others."""
    given, headers = headers, _without_prefix(headers)
    readings = [read_header(h, module) for h in headers]
    speaks = _languages(readings)
    firm = [_firm(r) for r in readings]
    foreign = "the columns of a database" if headers is not given else _foreign(headers)  # "CUST_STATUS" is its own
    if len({c for f in firm for c in f} & _CRM) >= _FOREIGN:
        foreign = ""  # it has a deal's stage and a closing date: what is foreign in it are fields of one's own
    out = [_settle(i, headers, readings, firm, speaks, foreign) for i in range(len(headers))]
    return tuple(_names(out, "company" in lexicon().self_entities(module)))


def _without_prefix(headers: Sequence[str]) -> Sequence[str]:
    """The headers less a word that nearly all of them begin with and that means nothing here: "CUST_CITY", "tblPhone".

    Only when what is left says enough, so that a file of "utm_source", "utm_medium" … is not taken for one of leads.
    """
    named = [h for h in headers if h.strip()]
    counted = Counter(w[0] for h in named if len(w := words_of(h).plain) > 1)
    if not counted:
        return headers
    prefix, count = counted.most_common(1)[0]
    if count < max(4, 0.6 * len(named)) or not lexicon().is_strange(prefix):
        return headers
    lead = re.compile(rf"\W*(?i:{re.escape(prefix)})(?:[\W_]+|(?=[A-Z]))")
    bare = [lead.sub("", h, count=1) if lead.match(h) else h for h in headers]
    told = {phrase.concept for h in bare for phrase, _ in lexicon().phrases(words_of(h).plain, "")}
    return bare if len(told & _TELLING) >= 3 else headers


def _languages(readings: Sequence[Reading]) -> frozenset[str]:
    """The languages that at least two headers speak and English does not."""
    votes: Counter[str] = Counter()
    for reading in readings:
        spoken = {m.phrase.language for m in reading.meanings if m.phrase.rule == ""}
        if spoken and "en" not in spoken:
            votes.update(spoken - {""})
    return frozenset(language for language, count in votes.items() if count >= 2)


def _firm(reading: Reading) -> frozenset[str]:
    """The concepts a header surely has: of its unconditional readings, when they agree."""
    concepts = {m.concept for m in reading.meanings if m.phrase.rule in ("", "loose")}
    return frozenset(concepts) if len(concepts) == 1 else frozenset()


def _foreign(headers: Sequence[str]) -> str:
    """Which other columns say that the file is a shop's or a mailing tool's; "" when too few do."""
    words = lexicon().foreign
    first: dict[str, str] = {}
    for header in headers:
        for word in words_of(header).plain:
            if word in words:
                first.setdefault(word, header.strip()[:40])
    if len(first) < _FOREIGN:
        return ""
    return ", ".join(repr(h) for h in tuple(dict.fromkeys(first.values()))[:3])


def _settle(
    at: int,
    headers: Sequence[str],
    readings: Sequence[Reading],
    firm: Sequence[frozenset[str]],
    speaks: frozenset[str],
    foreign: str,
) -> Read:
    reading = readings[at]
    lone = lexicon().kinds.get(headers[at].strip().casefold())
    if lone in _LINES and any(firm[i] & _CHANNELS for i in (at - 1, at + 1) if 0 <= i < len(firm)):
        # "Work", "Home" in a row of telephone numbers.
        return Read(Meaning("phone", frozenset((lone,)), 0, _LONE, own=False))
    between = 0 < at < len(firm) - 1 and "city" in firm[at - 1] and "zip" in firm[at + 1]
    if between and headers[at].strip().casefold() == "st":
        return Read(Meaning("state", frozenset(), 0, _STATE, own=False))  # City, ST, Zip
    if not reading.meanings:
        if reading.about and is_flag(headers[at]):
            return Read(None, f"{reading.unexplained[0]!r} says that it holds yes or no, not the value itself")
        if reading.about:
            words = ", ".join(repr(w[:30]) for w in reading.unexplained[:3])
            return Read(None, f"it names {reading.about!r}, but {words} makes it something else")
        return Read(None)
    usable = [m for m in reading.meanings if m.phrase.rule != "context" or m.phrase.language in speaks]
    spoken = [m for m in usable if m.phrase.language in speaks and m.phrase.rule == ""]
    # "Site" is an account's site, but a Portuguese's web site.
    usable = spoken or [m for m in usable if m.own] or usable
    # In a file that speaks no Spanish "Called" is no slip for "Calle".
    usable = [m for m in usable if not m.mends or m.phrase.language in ("", "en", *speaks)]
    usable = sorted(usable, key=lambda m: m.phrase.language not in ("", "en", *speaks))
    if not usable:
        return Read(None)
    by_rule = [m for m in usable if m.phrase.rule == "context"] or usable
    meaning = by_rule[0]
    if meaning.phrase.rule == "values":
        return Read(meaning, values_only=True)
    if foreign and meaning.concept in _AMBIGUOUS and len(meaning.phrase.words) == 1 and meaning.phrase.words <= _ALONE:
        reason = f"beside {foreign} it is another program's {meaning.phrase.text!r}, seldom the CRM's"
        return Read(None, reason, hint=meaning.concept)
    if meaning.concept == "lead_status" and len(meaning.phrase.words) == 1:
        rivals = [h for h in headers if len(w := frozenset(words_of(h).plain)) == 2 and w & _STATUS and w & _ASIDE]
        if rivals:
            return Read(None, f"beside {rivals[0]!r} it may be the status of something else", hint="lead_status")
    if meaning.concept == "account_type" and len(meaning.phrase.words) == 1 and at < 2:
        later = any("company" in f for f in firm[at + 1 :])
        return Read(meaning, values_only=later)  # before the name it says what kind of record follows
    if meaning.concept in ("state_or_status", "region"):
        near = any(firm[i] & _PLACES for i in range(max(0, at - 2), min(len(firm), at + 3)) if i != at)
        other = [i for i, f in enumerate(firm) if "state" in f and readings[i].meanings[0].kinds == meaning.kinds]
        if other:
            return Read(None, f"column {headers[other[0]]!r} holds the state", hint="state")
        if near or (meaning.kinds and meaning.concept == "region"):
            return Read(replace(meaning, concept="state"))
        return Read(None, "may be a place or something else: no part of an address stands beside it", hint="state")
    if meaning.concept in ("email", "phone") and meaning.kinds and _LISTS.search(headers[at]):
        return Read(None, "a list of several; the field takes one")
    if meaning.concept == "job_title" and meaning.phrase.text in _TITLES:
        first = {words_of(h).plain[:1] for i, h in enumerate(headers) if i != at}
        if words_of(headers[at]).plain[:1] == ("lead",) and ("person",) in first:
            # Where the person has columns of its own, the lead's title is the name of the business, not of a job.
            return Read(None, "the lead's own title; the person is told apart")
        return _title(at, meaning, readings, firm, headers)
    if meaning.concept == "email" and meaning.kinds == {"other"} and sum("email" in f for f in firm) == 1:
        # The only address there is; "other" tells it from none.
        return Read(replace(meaning, kinds=frozenset()))
    if meaning.concept == "account_number" and len(meaning.phrase.words) == 1 and at and firm[at - 1] & _STREETS:
        return Read(None, "the number of the house, after the street")
    if meaning.concept == "owner" and not meaning.phrase.words & _OWNED and _is_address_book(headers):
        return Read(None, "a private address book knows no owner; it may be somebody's superior")
    doubtful = meaning.concept == "company_size"
    if meaning.concept == "website" and "url" in words_of(headers[at]).plain and not meaning.phrase.words & _SITES:
        doubtful = any(_PROFILES.intersection(words_of(h).plain) or "profile url" in h.casefold() for h in headers)
    return Read(meaning, values_only=doubtful)


def _is_address_book(headers: Sequence[str]) -> bool:
    words = lexicon().private
    return len({w for h in headers for w in words_of(h).plain if w in words}) >= _PRIVATE


def _title(
    at: int, meaning: Meaning, readings: Sequence[Reading], firm: Sequence[frozenset[str]], headers: Sequence[str]
) -> Read:
    """ "Title" beside a "Job Title" is a form of address: surely so next to the first name, else nobody knows."""
    others = [i for i, f in enumerate(firm) if "job_title" in f and i != at]
    if not any(m.phrase.text not in _TITLES for i in others for m in readings[i].meanings):
        return Read(meaning)
    taken = f"column {headers[others[0]]!r} holds the job title"
    if any("salutation" in f for f in firm):
        return Read(None, taken, hint="job_title")
    near = [i for i in (at - 1, at + 1, at + 2) if 0 <= i < len(firm)]
    if any("first_name" in firm[i] for i in near):
        return Read(replace(meaning, concept="salutation"))
    return Read(None, taken, hint="salutation")


def _names(out: list[Read], of_companies: bool) -> list[Read]:
    """Decide what a bare "Nom", "Nombre", "Name" is from the names beside it; in a list of companies a company's."""
    have = {r.meaning.concept for r in out if r.meaning is not None and not r.meaning.kinds}
    only = of_companies and not have & {"first_name", "last_name", "company"}
    result = []
    for read in out:
        meaning = read.meaning
        if meaning is None:
            result.append(read)
        elif only and _is_bare_name(meaning):
            result.append(Read(replace(meaning, concept="company")))
        elif meaning.concept == "given_or_full":
            if "last_name" in have and "first_name" not in have:
                result.append(Read(replace(meaning, concept="first_name")))
            else:
                result.append(_whole_name(have))
        elif meaning.concept == "family_or_full":
            if "first_name" in have and "last_name" not in have:
                result.append(Read(replace(meaning, concept="last_name")))
            else:
                result.append(_whole_name(have))
        elif meaning.concept == "last_name" and meaning.phrase.rule == "context":
            # German "Name" beside "Vorname" is the surname, unless there is a "Nachname" too.
            others = [r for r in out if r is not read and r.meaning and r.meaning.concept == "last_name"]
            result.append(read if "first_name" in have and not others else _whole_name(have))
        elif meaning.concept == "full_name" and (
            whose := [k for k in meaning.kinds if k in _OTHERS or k[-1].isdigit()]
        ):
            result.append(Read(None, f"the name of another ({min(whose)}), not of the record"))
        elif meaning.concept == "full_name":
            result.append(_whole_name(have))
        else:
            result.append(read)
    return result


def _is_bare_name(meaning: Meaning) -> bool:
    """Whether it says "name" and nothing of whose: "Nom", but not "Ansprechpartner"."""
    bare = meaning.concept in _BARE or (meaning.concept == "full_name" and meaning.phrase.text == "name")
    return bare and not meaning.kinds and len(meaning.phrase.words) == 1


def _whole_name(have: set[str]) -> Read:
    if "last_name" in have:
        return Read(None, "a whole name; first and last name have columns of their own")
    return Read(None, "a whole name: split it, or map it to the last name", hint="last_name")
