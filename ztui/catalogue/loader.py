"""Reads the catalogue's data files, each at most once. Standard library only; knows no code by name.

`errors/<level>.toml` holds the entries of a level, `errors/local_<area>.toml` those of ztui's own codes. A level is
first only split into its entries, and an entry is parsed when it is asked for: one look-up costs a few milliseconds.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ztui.catalogue.entry import LEVELS, RETRIES, Case, Entry

_HERE = Path(__file__).parent
_ERRORS = _HERE / "errors"
_HEAD = re.compile(r"^\[\[entry\]\][ \t]*$", re.MULTILINE)
_CODE = re.compile(r'^code = "([^"]+)"[ \t]*$', re.MULTILINE)

# Any call can be refused for reasons that are not its own: where to look after the call's own level.
_FALLBACK = ("auth", "api")
# A job that failed may name the upload's code; a mass update may name a row's.
_NEXT = {"job": ("upload",), "mass_update": ("row",), "upload": ("job",)}


@cache
def read_data(name: str) -> Mapping[str, Any]:
    """The parsed TOML file of this name beside the loader, read-only at its top."""
    with (_HERE / f"{name}.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


class Level(Mapping[str, Entry]):
    """The entries of one level by code, in the files' order; each is parsed on first use.

    Raises ValueError when a file of the catalogue itself is wrong, naming file and entry.
    """

    def __init__(self, level: str) -> None:
        self._level = level
        self._texts: dict[str, tuple[str, Path]] = {}
        self._entries: dict[str, Entry] = {}
        for path in sorted(_ERRORS.glob("local*.toml")) if level == "local" else [_ERRORS / f"{level}.toml"]:
            for text in _HEAD.split(path.read_text(encoding="utf-8"))[1:]:
                code = _CODE.search(text)
                if code is None:
                    raise ValueError(f"{path.name}: an entry without a line `code = …`")
                if code[1] in self._texts:
                    raise ValueError(f"{path.name}: {code[1]} is there twice (see {self._texts[code[1]][1].name})")
                self._texts[code[1]] = text, path

    def __getitem__(self, code: str) -> Entry:
        entry = self._entries.get(code)
        if entry is None:
            text, path = self._texts[code]
            entry = self._entries[code] = _parse(text, self._level, path)
        return entry

    def __contains__(self, code: object) -> bool:
        return code in self._texts

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)


@cache
def entries(level: str) -> Mapping[str, Entry]:
    """The entries of one level by code, in the files' order; empty for an unknown level."""
    return Level(level) if level in LEVELS else MappingProxyType({})


def lookup(level: str, code: str) -> Entry | None:
    """The entry for exactly this level and code, or None."""
    return entries(level).get(code)


def resolve(level: str, code: str) -> Entry | None:
    """The entry that speaks for this code when it is met at this level.

    Sign-in, permission and server faults can answer any call, so the levels `auth` and `api` are asked when the level
    itself does not know the code. None when nobody does: then show the code and message as they came.
    """
    for candidate in dict.fromkeys((level, *_NEXT.get(level, ()), *(_FALLBACK if level != "local" else ()))):
        entry = lookup(candidate, code)
        if entry is not None:
            return entry
    return None


def find(code: str) -> tuple[Entry, ...]:
    """All entries with this code, over all levels; letter case, spaces and hyphens do not matter."""
    wanted = plain(code)
    return tuple(entries(level)[c] for level in LEVELS for c in entries(level) if plain(c) == wanted)


def all_entries() -> tuple[Entry, ...]:
    """Every entry, level by level."""
    return tuple(entry for level in LEVELS for entry in entries(level).values())


def similar(code: str, count: int = 5) -> tuple[str, ...]:
    """Codes spelt nearly like this one: close spellings, best first, then those that contain it."""
    codes = {plain(c): c for level in LEVELS for c in entries(level)}
    wanted = plain(code)
    if not wanted:
        return ()
    close = difflib.get_close_matches(wanted, codes, n=count, cutoff=0.6)
    inside = sorted(p for p in codes if len(wanted) >= 4 and wanted in p)
    return tuple(codes[p] for p in dict.fromkeys((*close, *inside)))[:count]


def of_kind(level: str, kind: str) -> tuple[Entry, ...]:
    """The entries of a level that are of this kind, in the files' order."""
    return tuple(e for e in entries(level).values() if e.kind == kind)


@cache
def code_of(level: str, kind: str) -> str:
    """The first code of a level with this kind, for code that has to name one. Raises KeyError if there is none."""
    found = of_kind(level, kind)
    if not found:
        raise KeyError(f"the catalogue has no entry of kind {kind} at level {level}")
    return found[0].code


def plain(code: str) -> str:
    """A code as it is compared: upper case, with underscores."""
    return code.strip().upper().replace(" ", "_").replace("-", "_")


_FIELDS = {f.name for f in dataclasses.fields(Entry)}
_CASE_FIELDS = {f.name for f in dataclasses.fields(Case)}


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {k: tuple(v) if isinstance(v, list) else v for k, v in table.items()}


def _parse(text: str, level: str, path: Path) -> Entry:
    try:
        table = tomllib.loads("[[entry]]\n" + text)["entry"][0]
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path.name}: {text.strip()[:60]} …: {error}") from None
    where = f"{path.name}: {table['code']}"
    cases = tuple(_case(c, where) for c in table.pop("case", ()))
    unknown = set(table) - _FIELDS
    if unknown:
        raise ValueError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    missing = [k for k in ("level", "code", "title", "cause", "remedy") if not table.get(k)]
    if missing:
        raise ValueError(f"{where}: without {', '.join(missing)}")
    if table["level"] != level:
        raise ValueError(f"{where}: level {table['level']} in a file of level {level}")
    if table.get("retry", "never") not in RETRIES:
        raise ValueError(f"{where}: retry {table['retry']}")
    values = _tuples(table)
    return Entry(cases=cases, **values)


def _case(table: dict[str, Any], where: str) -> Case:
    unknown = set(table) - _CASE_FIELDS
    if unknown or not table.get("message"):
        raise ValueError(f"{where}: a case with {', '.join(sorted(unknown)) or 'no message'}")
    values = _tuples(table)
    return Case(**values)
