"""Saved mappings: files people name, and those remembered for the headers they were made for; drift between the two."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ztui.engine.assignment import assign
from ztui.engine.suggest_meaning import read_header
from ztui.engine.suggest_tokens import words_of
from ztui.engine.transform import BadStep, compile_one
from ztui.engine.transform_arguments import misspelt
from ztui.errors import ConfigError, UsageError
from ztui.model.crm import ModuleSchema
from ztui.model.mapping import Drift, FieldMapping, Mapping
from ztui.store.mappings import key_error, read_mapping, write_mapping

__all__ = ["Drift", "Mappings"]

#: The share of headers two files must have in common for a mapping of one to be thought of for the other.
_ALIKE = 0.5
_KEEP = 200


_LARGEST = 10_000_000
"""Bytes of a file that may be a mapping: tables of some thousand values are far from it, and a file of rows is no
mapping but would be read whole to find that out."""


class Mappings:
    """Mapping files, and the folder of remembered ones."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, path: str | Path) -> Mapping:
        """The mapping in a file (format: `ztui.store.mappings`); its columns point into its own `headers`.

        Raises ConfigError (MAPPING_MISSING, MAPPING_BROKEN, MAPPING_INVALID: line, key, nearest key) and StoreError.
        """
        path = Path(path)
        mapping = read_mapping(path)
        for number, mapped in enumerate(mapping.fields):
            if wrong_name := misspelt(mapped.steps):
                raise key_error(path, number, "steps", *wrong_name)
            try:
                compile_one(mapped.steps)
            except BadStep as wrong:
                raise key_error(path, number, "steps", str(wrong)) from None
        return mapping

    def refuse_other(self, path: str | Path) -> None:
        """Raise UsageError when there is a file at `path` that is no mapping: only a mapping may be written anew."""
        path = Path(path)
        other = UsageError("SAVE_OVER_OTHER", details={"path": str(path)})
        size = path.stat().st_size if path.is_file() else 0
        if size > _LARGEST:
            raise other
        if size:
            try:
                self.load(path)
            except ConfigError as reason:
                raise other from reason

    def save(self, path: str | Path, mapping: Mapping, schema: ModuleSchema | None = None) -> None:
        """Write the mapping to a file. With a schema fields stand in the module's order, mandatory ones first.

        Raises StoreError when the disk refuses.
        """
        if schema is not None:
            place = {f.api_name: (not f.mandatory, i) for i, f in enumerate(schema.fields)}
            last = (True, len(place))
            fields = sorted(mapping.fields, key=lambda f: place.get(f.api_name, last))
            mapping = replace(mapping, fields=tuple(fields))
        write_mapping(Path(path), mapping)

    def remember(self, mapping: Mapping) -> None:
        """Keep the mapping for files with the same headers (in any order). Raises StoreError when the disk refuses."""
        if mapping.headers:
            write_mapping(self._file(mapping.headers, mapping.module), mapping)
            for old in self._remembered()[_KEEP:]:
                old.unlink(missing_ok=True)

    def recall(self, headers: Sequence[str], module: str) -> Mapping | None:
        """The mapping last remembered for this module and these headers, its columns pointing into `headers`.

        Files that differ only in columns the mapping does not use count as the same. None when nothing fits or the
        remembered file is damaged.
        """
        exact = self._read(self._file(headers, module))
        if exact is not None:
            return self.adapt(exact, headers)
        known = {_folded(h) for h in headers}
        for mapping in self._of_module(module):
            used = {_folded(mapping.headers[c]) for f in mapping.fields for c in f.columns if c < len(mapping.headers)}
            if used and used <= known and _alike(mapping.headers, headers) >= _ALIKE:
                return self.adapt(mapping, headers)
        return None

    def recall_any(self, headers: Sequence[str]) -> tuple[Mapping, ...]:
        """The mapping remembered for these headers of each module that has one, by the modules' names."""
        modules = sorted({m.module for m in map(self._read, self._remembered()) if m is not None})
        found = (self.recall(headers, module) for module in modules)
        return tuple(m for m in found if m is not None)

    def near(self, headers: Sequence[str], module: str) -> tuple[Mapping, tuple[Drift, ...]] | None:
        """The remembered mapping whose headers are most like these, and how they drifted; None when none is alike."""
        ranked = [(_alike(m.headers, headers), m) for m in self._of_module(module)]
        likeness, best = max(ranked, key=lambda r: r[0], default=(0.0, None))
        return (best, self.drift(best, headers)) if best is not None and likeness >= _ALIKE else None

    def drift(self, mapping: Mapping, headers: Sequence[str]) -> tuple[Drift, ...]:
        """How `headers` differ from those the mapping was made for, column by column: missing, renamed, moved, new.

        Empty when they are the same. A column counts as moved only when its order among the others changed. Where
        the mapping does not list the file's columns, only those it uses can be missing or renamed.
        """
        if tuple(headers) == mapping.headers:
            return ()
        if not mapping.listed:
            return self._unlisted_drift(mapping, headers)
        place = _places(mapping.headers, headers)
        gone = [i for i in range(len(mapping.headers)) if i not in place]
        fresh = [i for i in range(len(headers)) if i not in place.values()]
        renamed = _renamed(mapping, headers, gone, fresh)
        out = []
        for i, header in enumerate(mapping.headers):
            fields = tuple(f.api_name for f in mapping.for_column(i))
            if i in renamed:
                now = renamed[i]
                out.append(Drift("renamed", header, i, now, fields, headers[now]))
            elif i not in place:
                out.append(Drift("missing", header or f"column {i + 1}", i, None, fields))
        order = sorted(place, key=place.__getitem__)
        kept = _in_order(order)
        out += [
            Drift("moved", mapping.headers[i], i, place[i], tuple(f.api_name for f in mapping.for_column(i)))
            for i in sorted(place)
            if i not in kept
        ]
        out += [Drift("new", headers[i], None, i) for i in fresh if i not in renamed.values()]
        return tuple(out)

    def _unlisted_drift(self, mapping: Mapping, headers: Sequence[str]) -> tuple[Drift, ...]:
        place = _places(mapping.headers, headers, listed=False)
        used = sorted({c for f in mapping.fields for c in f.columns})
        gone = [i for i in used if i not in place]
        found = {place[i] for i in used if i in place}
        fresh = [i for i in range(len(headers)) if i not in found]
        renamed = _renamed(mapping, headers, gone, fresh)
        out = []
        for i in gone:
            header, fields = mapping.headers[i], tuple(f.api_name for f in mapping.for_column(i))
            if i in renamed:
                out.append(Drift("renamed", header, i, renamed[i], fields, headers[renamed[i]]))
            else:
                out.append(Drift("missing", header or f"column {i + 1}", i, None, fields))
        return tuple(out)

    def adapt(self, mapping: Mapping, headers: Sequence[str], *, renamed: bool = False) -> Mapping:
        """The mapping with its columns found in `headers` by name; fields whose columns are gone are dropped.

        With `renamed` columns that seem to have got another name are followed too.
        """
        place = _places(mapping.headers, headers, listed=mapping.listed)
        if renamed:
            for drift in self.drift(mapping, headers):
                if drift.kind == "renamed" and drift.was is not None and drift.now is not None:
                    place[drift.was] = drift.now
        fields: list[FieldMapping] = []
        for mapped in mapping.fields:
            columns = [place.get(c) for c in mapped.columns]
            found = tuple(c for c in columns if c is not None)
            if len(found) == len(columns):
                fields.append(replace(mapped, columns=found))
        return replace(mapping, headers=tuple(headers), fields=tuple(fields), listed=True)

    def _file(self, headers: Sequence[str], module: str) -> Path:
        signature = hashlib.sha256("\n".join(sorted(map(_folded, headers))).encode()).hexdigest()[:24]
        safe = "".join(c if c.isalnum() or c == "_" else "-" for c in module)[:60]
        return self.folder / f"{safe}.{signature}.toml"

    def _remembered(self) -> list[Path]:
        """The remembered files, newest first."""
        return sorted(self.folder.glob("*.*.toml"), key=lambda p: p.stat().st_mtime_ns, reverse=True)

    def _of_module(self, module: str) -> list[Mapping]:
        found = (self._read(p) for p in self._remembered())
        return [m for m in found if m is not None and m.module == module]

    def _read(self, path: Path) -> Mapping | None:
        if not path.is_file():
            return None
        try:
            return self.load(path)
        except ConfigError:
            # Remembering is a convenience: a damaged note must not keep anybody from working.
            return None


def _folded(header: str) -> str:
    return " ".join(words_of(header).all) or header.strip()


def _alike(one: Sequence[str], other: Sequence[str]) -> float:
    a, b = set(map(_folded, one)), set(map(_folded, other))
    return len(a & b) / len(a | b) if a | b else 0.0


def _places(old: Sequence[str], new: Sequence[str], *, listed: bool = True) -> dict[int, int]:
    """Where each old column is among the new ones: by its name to the letter, else by the words of it, else nowhere.

    A column without a name is where it was; where the old ones are not `listed` it was given by its number.
    """
    place: dict[int, int] = {}
    taken: set[int] = set()
    for spell in (str, _folded):
        at: dict[str, list[int]] = {}
        for i, header in enumerate(new):
            if i not in taken:
                at.setdefault(spell(header), []).append(i)
        for i, header in enumerate(old):
            if i not in place and header and at.get(spell(header)):
                place[i] = at[spell(header)].pop(0)
                taken.add(place[i])
    for i, header in enumerate(old):
        if not header and i < len(new) and (i not in taken or not listed):
            place[i] = i
            taken.add(i)
    return place


def _renamed(mapping: Mapping, headers: Sequence[str], gone: Sequence[int], fresh: Sequence[int]) -> dict[int, int]:
    """Old columns that seem to have got a new name: of the same meaning, or of nearly the same spelling."""
    weights = {}
    for i in gone:
        was = read_header(mapping.headers[i], mapping.module).meanings
        for j in fresh:
            now = read_header(headers[j], mapping.module).meanings
            same = any(a.concept == b.concept and a.kinds == b.kinds and a.number == b.number for a in was for b in now)
            close = difflib.SequenceMatcher(None, _folded(mapping.headers[i]), _folded(headers[j])).ratio()
            if same or close >= 0.8:
                weights[i, str(j)] = (1.0 if same else 0.0) + close
    return {i: int(j) for i, j in assign(weights).items()}


def _in_order(numbers: Sequence[int]) -> set[int]:
    """The longest run of numbers that are still in ascending order; what is not in it has moved."""
    best: list[list[int]] = []
    for number in numbers:
        runs = sorted((run for run in best if run[-1] < number), key=len)
        best.append([*(runs[-1] if runs else ()), number])
    return set(sorted(best, key=len)[-1]) if best else set()
