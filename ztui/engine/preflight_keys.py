"""The parent's side of the search for keys that repeat: who is asked for what, and which records take part."""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from itertools import chain
from typing import TypeVar

from ztui.engine.preflight_pool import Hand
from ztui.engine.preflight_repeats import KeyFile, KeysJob, KeyTexts, turns

Item = TypeVar("Item")


async def meeting_records(hands: Sequence[Hand], files: tuple[KeyFile, ...], edited: KeysJob) -> array[int]:
    """The records whose key meets another's by its number, or that of a record with edits, looked for side by side.

    An edited record can meet any other, by its new key or because it is refused no more.
    """
    many = turns(sum(f.records for f in files), len(hands))
    twice: set[int] = set()
    for first in range(0, many, len(hands)):
        shares = zip(hands, range(first, many), strict=False)
        found = await asyncio.gather(*(hand.ask("repeated", files, turn, many) for hand, turn in shares))
        twice.update(*found)
    if edited.records:
        twice |= await hands[0].ask("numbers", edited)
    parts = _divided(files, len(hands))
    found = await asyncio.gather(*(hand.ask("meeting", p, twice) for hand, p in zip(hands, parts, strict=False)))
    return array("q", chain.from_iterable(found))


async def key_texts(hands: Sequence[Hand], job: KeysJob) -> KeyTexts:
    """What `read_keys` finds, read side by side."""
    jobs = [replace(job, records=part) for part in _divided(job.records, len(hands))]
    found = await asyncio.gather(*(hand.ask("keys", job) for hand, job in zip(hands, jobs, strict=False)))
    return reduce(KeyTexts.and_these, found, KeyTexts())


def _divided(items: Sequence[Item], count: int) -> list[Sequence[Item]]:
    """The items in at most so many runs of about the same length."""
    each = max(1, -(-len(items) // count))
    return [items[at : at + each] for at in range(0, len(items), each)]


@dataclass(frozen=True, slots=True)
class Counting:
    """Which records take part: of `only` these, those that are not `refused` (a byte for each) or are `edited`."""

    refused: bytearray
    only: frozenset[int] | None = None
    edited: frozenset[int] = frozenset()

    def counts(self, record: int) -> bool:
        """True when the record takes part."""
        if self.only is not None and record not in self.only:
            return False
        return record >= len(self.refused) or not self.refused[record] or record in self.edited

    def of(self, records: Sequence[int]) -> array[int]:
        """Those of the records that take part, and the edited ones, in order."""
        every = sorted({*records, *self.edited}) if self.edited else records
        return array("q", filter(self.counts, every))


def missing(records: array[int], keys: KeyTexts) -> array[int]:
    """Those of the records whose keys are not known yet."""
    if not len(keys):
        return records
    known = frozenset(keys.hits.records)
    return array("q", (record for record in records if record not in known))
