"""How well a header's meaning fits a field's: the rules for kinds of phones, e-mails and addresses.

Everything else fits when the concepts are equal and no kind is left over.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from ztui.engine.suggest_meaning import Meaning

_STRONG = frozenset(("city", "zip", "street", "address"))
#: For an address block of a field (its kind), the header groups (sets of kinds) that may feed it, best first.
_BLOCKS: Mapping[str, Sequence[frozenset[str]]] = {
    "": [
        frozenset(),
        frozenset(("primary",)),
        frozenset(("mailing",)),
        frozenset(("work",)),
        frozenset(("company",)),
        frozenset(("home",)),
        frozenset(("hq",)),
        frozenset(("company", "hq")),
        frozenset(("billing",)),
    ],
    "mailing": [
        frozenset(("mailing",)),
        frozenset(),
        frozenset(("primary",)),
        frozenset(("work",)),
        frozenset(("home",)),
        frozenset(("billing",)),
    ],
    "billing": [
        frozenset(("billing",)),
        frozenset(),
        frozenset(("primary",)),
        frozenset(("company",)),
        frozenset(("hq",)),
        frozenset(("work",)),
        frozenset(("mailing",)),
    ],
    "other": [frozenset(("other",)), frozenset(("mailing", "other"))],
    "shipping": [frozenset(("shipping",))],
}
#: Per concept and kind of the field: kinds of the header with the confidence they bring.
_KINDS: Mapping[tuple[str, str], Mapping[frozenset[str], float]] = {
    ("phone", ""): {
        frozenset(): 0.96,
        frozenset(("work",)): 0.93,
        frozenset(("direct",)): 0.92,
        frozenset(("work", "direct")): 0.92,
        frozenset(("work", "primary")): 0.92,
        frozenset(("primary",)): 0.9,
        frozenset(("billing",)): 0.7,
    },
    ("mobile", ""): {
        frozenset(): 0.96,
        frozenset(("work",)): 0.9,
        frozenset(("primary",)): 0.9,
        frozenset(("home",)): 0.85,
    },
    ("fax", ""): {frozenset(): 0.96, frozenset(("work",)): 0.94, frozenset(("primary",)): 0.9},
    ("email", ""): {
        frozenset(): 0.96,
        frozenset(("primary",)): 0.95,
        frozenset(("work",)): 0.93,
        frozenset(("work", "primary")): 0.93,
        frozenset(("home",)): 0.7,
    },
    ("email", "secondary"): {frozenset(("secondary",)): 0.96, frozenset(("other",)): 0.9},
    ("website", ""): {
        frozenset(): 0.95,
        frozenset(("company",)): 0.94,
        frozenset(("work",)): 0.9,
        frozenset(("hq",)): 0.9,
    },
    ("industry", ""): {
        frozenset(): 0.95,
        frozenset(("company",)): 0.94,
        frozenset(("primary",)): 0.93,
        frozenset(("company", "primary")): 0.92,
    },
    ("employees", ""): {frozenset(): 0.95, frozenset(("company",)): 0.95},
    ("revenue", ""): {frozenset(): 0.95, frozenset(("company",)): 0.95},
    ("company", ""): {frozenset(("primary",)): 0.9},
    ("first_name", ""): {frozenset(("primary",)): 0.9},
    ("last_name", ""): {frozenset(("primary",)): 0.9},
    ("job_title", ""): {frozenset(("primary",)): 0.9},
    ("sic_code", ""): {frozenset(): 0.95, frozenset(("primary",)): 0.95},
}
#: What a company's phones are where the record is the company (and what a lead, who is both, may take).
_COMPANY_PHONES = {frozenset(("company",)): 0.95, frozenset(("hq",)): 0.92, frozenset(("company", "hq")): 0.9}
_COMPANY_PHONES |= {frozenset(("company", "primary")): 0.93}
#: Header concepts that may feed a field of another concept.
_NEAR: Mapping[tuple[str, str], float] = {
    ("notes", "description"): 0.86,
    ("details", "description"): 0.75,
    ("labels", "tag"): 0.82,
    ("domain", "website"): 0.72,
    ("company_size", "employees"): 0.85,
    ("lead_rating", "rating"): 0.92,
}
#: How the parts of an address stand for one another.
_PARTS: Mapping[tuple[str, str], float] = {
    ("address", "street"): 0.9,
    ("address_region", "state"): 0.93,
    ("state_code", "state"): 0.74,
    ("country_code", "country"): 0.72,
}


#: What belongs to a participant, customer or subscriber belongs to the record.
_PERSONAL = frozenset(("first_name", "last_name", "email", "phone", "mobile", "company", "job_title", "salutation"))
#: What a record has one of, so that a numbered column is part of some list.
_ONE_EACH = frozenset(("lead_source", "lead_status", "rating", "stage"))
#: How much less a name says that may mean the field.
_LOOSE = {"loose": 0.07}


def fit(header: Meaning, target: Meaning, company: str) -> float:
    """How surely the header's values belong into the field: 0 (not at all) to 0.96. Not for parts of addresses.

    `company` says what a company is to the module: "self" (its records), "part" (of a lead) or "".
    """
    if header.kinds == {"participant"} and header.concept in _PERSONAL:
        return fit(replace(header, kinds=frozenset()), target, company) * 0.95
    if header.concept != target.concept:
        near = _NEAR.get((header.concept, target.concept), 0.0)
        return near if header.kinds <= {"company"} and not target.kinds and header.number < 2 else 0.0
    if header.concept in ("phone", "fax", "mobile", "email"):
        sure = _channel(header, target, company)
        return max(0.0, sure - _LOOSE.get(header.phrase.rule, 0.0))
    if header.number > (0 if header.concept in _ONE_EACH else 1):
        return 0.0
    if header.kinds == target.kinds:
        return 0.95 - _LOOSE.get(header.phrase.rule, 0.0)
    table = _KINDS.get((header.concept, "".join(sorted(target.kinds))), {})
    return table.get(header.kinds, 0.0)


def _channel(header: Meaning, target: Meaning, company: str) -> float:
    kinds = header.kinds
    if header.concept == "email" and header.number == 2 and not kinds & {"secondary", "other"}:
        return 0.0 if kinds or target.kinds != {"secondary"} else 0.88
    if header.number > 1:
        return 0.0
    if kinds == target.kinds:
        return 0.96
    table = _KINDS.get((header.concept, "".join(sorted(target.kinds))), {})
    if kinds in table:
        return table[kinds]
    if not target.kinds and header.concept in ("phone", "fax") and company:
        if company == "part" and "hq" in kinds:
            return 0.0  # the switchboard of a seat far away reaches nobody in particular
        return _COMPANY_PHONES.get(kinds, 0.0) * (1.0 if company == "self" else 0.73)
    return 0.0


def address_sources(
    headers: Mapping[int, Meaning], targets: Collection[Meaning], company_is_part: bool
) -> dict[tuple[int, frozenset[str]], float]:
    """Which header may feed which address block: (column, the block's kinds) -> confidence.

    A block is fed from one group of columns (all "Business …", say), so that no address is mixed of two; only columns
    without any kind may fill its gaps.
    """
    groups: dict[frozenset[str], dict[str, int]] = {}
    for column, meaning in sorted(headers.items()):
        if meaning.number < 2:
            groups.setdefault(meaning.kinds, {}).setdefault(meaning.concept, column)
    blocks: dict[frozenset[str], set[str]] = {}
    for target in targets:
        blocks.setdefault(target.kinds, set()).add(target.concept)
    out: dict[tuple[int, frozenset[str]], float] = {}
    for kinds, parts in blocks.items():
        order = _BLOCKS.get("".join(sorted(kinds)), [kinds])
        usable = [g for g in order if g in groups and _fits_record(g, kinds, company_is_part)]
        if not usable:
            continue
        chosen = next((g for g in usable if groups[g].keys() & _STRONG), usable[0])
        if len(groups[chosen]) == 1 and not groups[chosen].keys() & {"street", "address"}:
            # A lone "Location" beside a whole "Business Street", "Business City" … is not where letters go.
            whole = [g for g in usable if len(groups[g]) >= 3 and groups[chosen].keys() <= groups[g].keys()]
            chosen = whole[0] if whole else chosen
        _feed(out, groups[chosen], parts, kinds, 0.95 if chosen == kinds else 0.9)
        lone = [g for g in usable if g != chosen and groups[g].keys() <= {"street", "address"}]
        if not chosen and len(lone) == 1 and not groups[chosen].keys() & {"street", "address"}:
            # "Office address", City, Zip: one address, of which only the first part says where.
            _feed(out, groups[lone[0]], parts, kinds, 0.85)
        if chosen and frozenset() in groups and frozenset() in order and chosen != kinds:
            have = {part_of(c) for c in groups[chosen]}
            _feed(out, {c: i for c, i in groups[frozenset()].items() if part_of(c) not in have}, parts, kinds, 0.85)
    return out


def _fits_record(group: frozenset[str], block: frozenset[str], company_is_part: bool) -> bool:
    """A company's address belongs to records that are (also) a company."""
    return company_is_part or not group & {"company", "hq"} or "billing" in block


def _feed(
    out: dict[tuple[int, frozenset[str]], float],
    group: Mapping[str, int],
    parts: set[str],
    kinds: frozenset[str],
    sure: float,
) -> None:
    for concept, column in group.items():
        if concept in parts:
            out[column, kinds] = sure
        elif part_of(concept) in parts and part_of(concept) not in group:
            if concept.endswith("_code") and not group.keys() & {"city", "zip", "street", "address"}:
                continue
            if concept == "country_code" and not kinds and sure < 0.95:
                continue
            out[column, kinds] = sure * _PARTS[concept, part_of(concept)]


def part_of(concept: str) -> str:
    """The part of an address a concept stands for."""
    return next((target for source, target in _PARTS if source == concept), concept)
