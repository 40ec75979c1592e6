"""Joins the rows of a result archive to the rows that were sent. Pure: rows in, outcomes out.

An archive repeats the first mapped columns of each row and carries no row number (zoho-crm docs, bulk write, "download
result"). So rows are joined by position and verified against these columns; where that does not hold, by the columns;
and what stays open is marked, never guessed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from ztui.engine.outcomes import FATE_UNKNOWN
from ztui.model.event import ErrorInfo
from ztui.model.job import Counts
from ztui.model.outcome import RowError, RowOutcome, RowResult
from ztui.zoho.results import ResultRow

_GOOD_OVERLAP = 0.9


@dataclass(frozen=True, slots=True)
class Sent:
    """A row as it was sent: source record and line, and its first columns."""

    record: int
    line: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """Outcomes in sent order, how they were found ("position" or "key"), and what does not add up."""

    outcomes: list[RowOutcome]
    how: str
    findings: tuple[ErrorInfo, ...] = ()

    @property
    def open(self) -> list[RowOutcome]:
        """Rows for which the archive had no answer."""
        return [outcome for outcome in self.outcomes if outcome.result is RowResult.UNKNOWN]


def join(sent: Sequence[Sent], returned: Sequence[ResultRow], counts: Counts | None = None) -> Joined:
    """Give every sent row its outcome; `counts` are the job's own, to be compared with what is found."""
    width = min(len(sent[0].columns), len(returned[0].columns)) if sent and returned else 0
    if len(sent) == len(returned) and _positions_hold(sent, returned, width):
        outcomes = [_outcome(row, answer, "position") for row, answer in zip(sent, returned, strict=True)]
        return Joined(outcomes, "position", tuple(_against(outcomes, counts)))
    outcomes, findings = _by_key(sent, returned, width)
    return Joined(outcomes, "key", (*findings, *_against(outcomes, counts)))


def _outcome(row: Sent, answer: ResultRow, joined: str) -> RowOutcome:
    return RowOutcome(row.record, row.line, answer.result, answer.record_id, answer.errors, joined, answer.raw_errors)


def _plain(cell: str) -> str:
    """A cell as both sides agree on it: outer blanks and line ends are the first things a service changes."""
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip()


def _positions_hold(sent: Sequence[Sent], returned: Sequence[ResultRow], width: int) -> bool:
    """True when some column that tells rows apart is the same at every position, and no other contradicts it.

    A column that agrees nowhere was rewritten by the service (a date, a number); it neither proves nor disproves.
    """
    proven = False
    for column in range(width):
        ours = [_plain(row.columns[column]) for row in sent]
        theirs = [_plain(row.columns[column]) if column < len(row.columns) else "" for row in returned]
        agreeing = sum(map(str.__eq__, ours, theirs))
        if agreeing == len(ours):
            proven = proven or len(ours) < 2 or len(set(ours)) > 1
        elif set(ours) & set(theirs):
            return False
    return proven


def _by_key(
    sent: Sequence[Sent], returned: Sequence[ResultRow], width: int
) -> tuple[list[RowOutcome], list[ErrorInfo]]:
    usable = _usable_columns(sent, returned, width)

    def key(columns: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_plain(columns[c]) if c < len(columns) else "" for c in usable)

    answers: dict[tuple[str, ...], list[ResultRow]] = defaultdict(list)
    for answer in returned:
        answers[key(answer.columns)].append(answer)
    rows: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(sent):
        rows[key(row.columns)].append(place)

    outcomes: list[RowOutcome | None] = [None] * len(sent)
    missing = repeated = 0
    for cells, places in rows.items():
        found = answers.pop(cells, []) if usable else []
        distinct = list(dict.fromkeys(found))
        repeated += max(0, len(found) - max(len(places), 1)) if found else 0
        if len(found) > len(places):
            found = distinct  # the same line written twice says nothing new
        sure = len(places) == 1 and len(distinct) == 1
        for rank, place in enumerate(places):
            row = sent[place]
            if sure:
                outcomes[place] = _outcome(row, found[0], "key")
            elif len(found) < len(places) or len(found) > len(places):
                # fewer or more different answers than rows: which one is whose cannot be known
                outcomes[place] = _open(row)
                missing += 1
            else:
                outcomes[place] = _outcome(row, found[rank], "ambiguous")
    extra = sum(len(found) for found in answers.values())
    findings = []
    if missing:
        findings.append(ErrorInfo("local", "RESULT_ROWS_MISSING", details=(("count", str(missing)),)))
    if repeated:
        findings.append(ErrorInfo("local", "RESULT_ROWS_REPEATED", details=(("count", str(repeated)),)))
    if extra:
        findings.append(ErrorInfo("local", "RESULT_ROWS_UNMATCHED", details=(("count", str(extra)),)))
    return [outcome if outcome is not None else _open(sent[n]) for n, outcome in enumerate(outcomes)], findings


def _open(row: Sent) -> RowOutcome:
    return RowOutcome(row.record, row.line, RowResult.UNKNOWN, errors=(RowError(FATE_UNKNOWN),), joined="ambiguous")


def _usable_columns(sent: Sequence[Sent], returned: Sequence[ResultRow], width: int) -> tuple[int, ...]:
    """The columns whose returned values are nearly all ones that were sent."""
    usable = []
    for column in range(width):
        ours = {_plain(row.columns[column]) for row in sent}
        theirs = Counter(_plain(row.columns[column]) if column < len(row.columns) else "" for row in returned)
        known = sum(times for cell, times in theirs.items() if cell in ours)
        if returned and known >= _GOOD_OVERLAP * len(returned):
            usable.append(column)
    return tuple(usable)


def _against(outcomes: Sequence[RowOutcome], counts: Counts | None) -> list[ErrorInfo]:
    """What the job's own counts say otherwise."""
    if counts is None or counts.total is None:
        return []
    added = sum(o.result is RowResult.ADDED for o in outcomes)
    updated = sum(o.result is RowResult.UPDATED for o in outcomes)
    if (added, updated, len(outcomes)) == (counts.added, counts.updated, counts.total):
        return []
    facts = (
        ("rows", str(len(outcomes))),
        ("total", str(counts.total)),
        ("found_added", str(added)),
        ("added", str(counts.added)),
        ("found_updated", str(updated)),
        ("updated", str(counts.updated)),
    )
    return [ErrorInfo("local", "RESULT_COUNTS_DIFFER", details=facts)]
