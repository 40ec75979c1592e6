"""What a column's values say for and against a field: e-mail addresses in Email, ids in a name, dates in a number.

Values may confirm what a header says or forbid it; only very telling values (e-mail addresses) propose a field alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ztui.catalogue.knowledge import field_type
from ztui.csvfile.kinds import kind_of
from ztui.engine.suggest_lexicon import lexicon
from ztui.engine.suggest_tokens import fold
from ztui.engine.transform_compile import compile_one
from ztui.engine.transform_numbers import read_number
from ztui.engine.value_evidence import Evidence, record_ids, salutations, so_many, web_share
from ztui.model.crm import Field
from ztui.model.mapping import Step

_SOCIAL = re.compile(
    r"(?:linkedin|facebook|twitter|instagram|xing|youtube|tiktok|crunchbase|angel)\.\w|\bx\.com", re.IGNORECASE
)
_PHONE = re.compile(r"[\d\s()+./\-–·]{5,}(?:\s?(?:x|ext\.?|#)\s?\d{1,6})?", re.IGNORECASE)
_BIG_NUMBER = re.compile(r"[^\w]{0,3}[\d.,'\s]+\s?(?:k|m|mio|mn|b|bn)?\.?", re.IGNORECASE)
_BARE_ADDRESS = compile_one((Step.of("email"),))
_GREETINGS = ("dear ", "sehr geehrt", "lieb", "cher ", "chère ", "estimad", "gentile ", "egregio ", "geachte ")
#: Longer than what a scale of 1 to 5 has.
_NUMERALS = re.compile(r"\d[\d.]+|\d+ ?%")
#: A year, or a day of none.
_PART_OF_DATE = re.compile(r"(?:19|20)\d\d|\d{1,2}[./-]\d{1,2}[./-]?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the values say of one field: `weight` above 0 for, below 0 against, 0 nothing; `refused` forbids it."""

    weight: float = 0.0
    words: str = ""
    refused: bool = False


NOTHING = Verdict()


def judge(field: Field, concept: str, seen: Evidence) -> Verdict:
    """What the values say for or against this field, which the header reads as `concept` ("" when unknown)."""
    if not seen.filled:
        return NOTHING
    special = _BY_CONCEPT.get(concept)
    if special is not None:
        verdict = special(seen)
        if verdict.refused or verdict.weight:
            return verdict
    if field.api_name == "id":
        return _ruled(record_ids(seen), 0.9, seen, "record ids")
    check = field_type(field.data_type).check
    if check == "email":
        # "Ada <ada@example.com>" is an address that a step makes bare.
        bare = sum(1 for v in seen.values if kind_of(str(_BARE_ADDRESS(v))) == "email")
        return _ruled(bare / seen.filled, 0.5, seen, "e-mail addresses")
    if check == "phone":
        return _phones(seen)
    if check == "url":
        return _webs(seen)
    if check in ("date", "datetime"):
        return _dates(seen)
    if check in ("integer", "decimal", "percent"):
        return _ruled(sum(map(_is_number, seen.values)) / seen.filled, 0.6, seen, "numbers")
    if check == "boolean":
        return _flags(seen)
    if check in ("picklist", "multi"):
        return _picks(field, seen)
    if check == "user" and seen.share("integer") > 0.5:
        return Verdict(-1.0, "the values are numbers, not names or e-mail addresses", refused=True)
    if check in ("user", "lookup"):
        return _against(seen, "id", "url", "date", but=0.5)
    return _against(seen, "id", "date") if concept in _WORDY else NOTHING


def _is_number(value: str) -> bool:
    if kind_of(value) in ("integer", "number") or _BIG_NUMBER.fullmatch(value):
        return True
    return any(read_number(value, sign) is not None for sign in (".", ","))


def _ruled(share: float, least: float, seen: Evidence, what: str) -> Verdict:
    count = round(share * seen.filled)
    if share >= max(least, 0.8):
        return Verdict(0.03, so_many(count, seen, what))
    if share < least:
        return Verdict(-1.0, "only " + so_many(count, seen, what), refused=True)
    return Verdict(-0.1, so_many(count, seen, what))


def _phones(seen: Evidence) -> Verdict:
    like = sum(1 for v in seen.values if _PHONE.fullmatch(v) or sum(c.isdigit() for c in v) >= 6) / seen.filled
    if seen.share("email", "date", "url", "id") > 0.3:
        return Verdict(-1.0, "the values are no phone numbers", refused=True)
    return _ruled(like, 0.4, seen, "phone numbers")


def _webs(seen: Evidence) -> Verdict:
    if sum(1 for v in seen.values if _SOCIAL.search(v)) / seen.filled > 0.5:
        return Verdict(-1.0, "the values are pages of social networks", refused=True)
    return _ruled(web_share(seen), 0.5, seen, "web addresses")


def _dates(seen: Evidence) -> Verdict:
    if seen.share("date") >= 0.8:
        return Verdict(0.03, so_many(seen.kinds["date"], seen, "dates"))
    if seen.like(_PART_OF_DATE) > 0.5:
        return Verdict(-1.0, "the values are years, or days without one", refused=True)
    digits = sum(1 for v in seen.values if sum(c.isdigit() for c in v) >= 3) / seen.filled
    if digits < 0.5 or seen.share("email", "url", "id", "phone") > 0.5:
        return Verdict(-1.0, "the values are no dates", refused=True)
    return NOTHING


def _flags(seen: Evidence) -> Verdict:
    share = seen.share("boolean") + seen.like(re.compile("[01]"))
    if share < 0.5 and (seen.share("date", "email", "url", "id") > 0.2 or (seen.filled >= 10 and seen.distinct > 4)):
        return Verdict(-1.0, "the values are not yes or no", refused=True)
    return Verdict(0.03, "the values are yes or no") if share >= 0.8 else NOTHING


def _picks(field: Field, seen: Evidence) -> Verdict:
    against = _against(seen, "email", "url", "date", "id", "phone")
    if against.refused:
        return against
    if seen.filled >= 20 and seen.distinct > 0.9 * seen.filled and seen.share("integer", "number") > 0.8:
        return Verdict(-1.0, "the values are numbers, nearly all different", refused=True)
    listed = {fold(t) for v in field.picklist for t in (v.display_value, v.actual_value)}
    if listed:
        known = sum(1 for v in seen.values if fold(v) in listed)
        if known >= 0.5 * seen.filled:
            return Verdict(0.03, so_many(known, seen, "in the field's list"))
        if not known and seen.like(_NUMERALS) > 0.8:
            return Verdict(-1.0, "the values are numbers, none of them in the field's list", refused=True)
    return NOTHING


def _against(seen: Evidence, *kinds: str, but: float = 0.5) -> Verdict:
    worst = max(kinds, key=lambda k: seen.kinds[k])
    if seen.share(worst) > but:
        names = {
            "email": "e-mail addresses",
            "url": "web addresses",
            "date": "dates",
            "id": "ids",
            "phone": "phone numbers",
            "boolean": "yes or no",
        }
        count = seen.kinds[worst]
        return Verdict(-1.0, so_many(count, seen, names.get(worst, worst + "s")), refused=True)
    return NOTHING


def _names(seen: Evidence) -> Verdict:
    if seen.share("email", "url", "date", "integer", "number", "phone", "id", "boolean") > 0.3:
        return Verdict(-1.0, "the values are no names", refused=True)
    return NOTHING


def _share_of(seen: Evidence, words: str) -> float:
    """The share of values that are among the named words of the vocabulary."""
    of = lexicon().values[words]
    return sum(1 for v in seen.values if v.casefold() in of) / seen.filled


def _statuses(seen: Evidence) -> Verdict:
    if _share_of(seen, "foreign") > 0.6:
        return Verdict(-1.0, "the values tell of a subscription, an order or a user", refused=True)
    return NOTHING


def _titles(seen: Evidence) -> Verdict:
    if _share_of(seen, "rights") > 0.6:
        return Verdict(-1.0, "the values are what users may do", refused=True)
    if salutations(seen) > 0.5:
        return Verdict(-1.0, "the values are forms of address", refused=True)
    return _names(seen)


def _sites(seen: Evidence) -> Verdict:
    if web_share(seen) > 0.5:
        return Verdict(-1.0, "the values are web addresses", refused=True)
    return _against(seen, "email", "date", "id", "phone")


def _forms(seen: Evidence) -> Verdict:
    share = salutations(seen)
    if share > 0.6:
        return Verdict(0.03, so_many(round(share * seen.filled), seen, "forms of address"))
    long = sum(1 for v in seen.values if len(v) > 20) / seen.filled
    # "Dear Ms Smith", "Bob": of forms of address there are few.
    many = not share and seen.filled >= 10 and seen.distinct > 0.5 * seen.filled
    greeting = sum(1 for v in seen.values if v.casefold().startswith(_GREETINGS)) > 0.5 * seen.filled
    if long > 0.3 or many or greeting:
        return Verdict(-1.0, "the values are no forms of address", refused=True)
    return _names(seen)


def _organizations(seen: Evidence) -> Verdict:
    if seen.share("email", "url", "date", "integer", "id", "phone", "boolean") > 0.5:
        return Verdict(-1.0, "the values are no company names", refused=True)
    return NOTHING


def _places(seen: Evidence) -> Verdict:
    if seen.share("email", "url", "date", "integer", "number", "phone", "id") > 0.4:
        return Verdict(-1.0, "the values are no places", refused=True)
    return NOTHING


def _states(seen: Evidence) -> Verdict:
    if _share_of(seen, "progress") > 0.5:
        return Verdict(-1.0, "the values say how far along something is", refused=True)
    return _places(seen)


def _handles(seen: Evidence) -> Verdict:
    return _against(seen, "boolean", "date", "phone")


def _codes(seen: Evidence) -> Verdict:
    digits = sum(1 for v in seen.values if any(c.isdigit() for c in v)) / seen.filled
    if digits < 0.5 or seen.share("email", "url", "date", "id") > 0.3:
        return Verdict(-1.0, "the values are no postal codes", refused=True)
    return NOTHING


def _types(seen: Evidence) -> Verdict:
    if all(fold(v) in _RECORD_WORDS for v in seen.values):
        return Verdict(-1.0, "the values only say what kind of record it is", refused=True)
    return NOTHING


def _streets(seen: Evidence) -> Verdict:
    return _against(seen, "email", "url", "date", "id", "boolean", "phone")


_WORDY = frozenset(("street", "address", "description", "notes", "department", "assistant", "deal_name", "next_step"))
_RECORD_WORDS = frozenset(
    ("organisation", "organization", "company", "account", "person", "contact", "lead", "individual")
)
_BY_CONCEPT = {
    "account_site": _sites,
    "account_type": _types,
    "first_name": _names,
    "last_name": _names,
    "assistant": _names,
    "job_title": _titles,
    "lead_status": _statuses,
    "salutation": _forms,
    "company": _organizations,
    "parent_account": _organizations,
    "city": _places,
    "state": _states,
    "fax": _phones,
    "skype": _handles,
    "twitter": _handles,
    "department": _streets,
    "country": _places,
    "zip": _codes,
    "street": _streets,
    "address": _streets,
}
