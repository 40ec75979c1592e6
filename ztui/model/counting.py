"""Numbers with what they count, in the right number: one function for every text the program says."""

from __future__ import annotations


def how_many(count: int, one: str, many: str = "") -> str:
    """`1 row`, `1,204 rows`; a verb may come along: `how_many(n, "row is", "rows are")`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def plural(count: int, one: str, many: str = "") -> str:
    """Only the word: `row`, `rows`; `it`, `them`."""
    return one if count == 1 else many or one + "s"
