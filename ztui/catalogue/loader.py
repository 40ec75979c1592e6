"""Reads the catalogue's data files, each at most once. Standard library only; knows no code by name.

`errors/<level>.toml` holds the entries of a level, `errors/local_<area>.toml` those of ztui's own codes. Only the files
that a question needs are read, so that a single look-up stays far below a tenth of a second.
"""

from __future__ import annotations

import dataclasses
import difflib
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ztui.catalogue.entry import LEVELS, RETRIES, Case, Entry

_HERE = Path(__file__).parent
_ERRORS = _HERE / "errors"

# Any call can be refused for reasons that are not its own: where to look after the call's own level.
_FALLBACK = ("auth", "api")
# A job that failed names the code of the file or of its rows; a mass update may name a row's.
_NEXT = {"job": ("upload",), "mass_update": ("row",), "upload": ("job",)}


@cache
def read_data(name: str) -> Mapping[str, Any]:
    """The parsed TOML file of this name beside the loader, read-only at its top."""
    with (_HERE / f"{name}.toml").open("rb") as file:
        return MappingProxyType(tomllib.load(file))


@cache
def entries(level: str) -> Mapping[str, Entry]:
    """The entries of one level by code, in the files' order; empty for an unknown level.

    Raises ValueError when a file of the catalogue itself is wrong, naming file and entry.
    """
    if level not in LEVELS:
        return MappingProxyType({})
    files = sorted(_ERRORS.glob("local*.toml")) if level == "local" else [_ERRORS / f"{level}.toml"]
    found: dict[str, Entry] = {}
    for path in files:
        with path.open("rb") as file:
            tables = tomllib.load(file).get("entry", [])
        for table in tables:
            entry = _entry(table, level, path)
            if entry.code in found:
                raise ValueError(f"{path.name}: {entry.code} is there twice")
            found[entry.code] = entry
    return MappingProxyType(found)


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
    wanted = _plain(code)
    return tuple(e for level in LEVELS for e in entries(level).values() if _plain(e.code) == wanted)


def all_entries() -> tuple[Entry, ...]:
    """Every entry, level by level."""
    return tuple(e for level in LEVELS for e in entries(level).values())


def similar(code: str, count: int = 5) -> tuple[str, ...]:
    """Codes spelt nearly like this one, best first: contained words first, then close spellings."""
    codes = {_plain(e.code): e.code for e in all_entries()}
    wanted = _plain(code)
    if not wanted:
        return ()
    close = difflib.get_close_matches(wanted, codes, n=count, cutoff=0.6)
    inside = sorted(p for p in codes if len(wanted) >= 4 and wanted in p)
    return tuple(codes[p] for p in dict.fromkeys((*close, *inside)))[:count]


def of_kind(level: str, kind: str) -> tuple[Entry, ...]:
    """The entries of a level that are of this kind, in the files' order."""
    return tuple(e for e in entries(level).values() if e.kind == kind)


def code_of(level: str, kind: str) -> str:
    """The first code of a level with this kind, for code that has to name one. Raises KeyError if there is none."""
    found = of_kind(level, kind)
    if not found:
        raise KeyError(f"the catalogue has no entry of kind {kind} at level {level}")
    return found[0].code


def _plain(code: str) -> str:
    return code.strip().upper().replace(" ", "_").replace("-", "_")


_FIELDS = {f.name for f in dataclasses.fields(Entry)}
_CASE_FIELDS = {f.name for f in dataclasses.fields(Case)}


def _entry(table: dict[str, Any], level: str, path: Path) -> Entry:
    where = f"{path.name}: {table.get('code', 'an entry without code')}"
    values = dict(table)
    cases = tuple(_case(c, where) for c in values.pop("case", ()))
    unknown = set(values) - _FIELDS
    if unknown:
        raise ValueError(f"{where}: unknown key {', '.join(sorted(unknown))}")
    missing = [k for k in ("level", "code", "title", "cause", "remedy") if not values.get(k)]
    if missing:
        raise ValueError(f"{where}: without {', '.join(missing)}")
    if values["level"] != level:
        raise ValueError(f"{where}: level {values['level']} in a file of level {level}")
    if values.get("retry", "never") not in RETRIES:
        raise ValueError(f"{where}: retry {values['retry']}")
    return Entry(cases=cases, **{k: tuple(v) if isinstance(v, list) else v for k, v in values.items()})


def _case(table: dict[str, Any], where: str) -> Case:
    unknown = set(table) - _CASE_FIELDS
    if unknown or not table.get("message"):
        raise ValueError(f"{where}: a case with {', '.join(sorted(unknown)) or 'no message'}")
    return Case(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})
