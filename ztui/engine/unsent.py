"""Mappings that a person changed and has not sent: kept for each file and module, so that leaving loses nothing."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ztui.engine.mappings import Mappings
from ztui.errors import ConfigError, StoreError
from ztui.model.crm import ModuleSchema
from ztui.model.mapping import Mapping
from ztui.store.atomic import store_error
from ztui.store.mappings import write_mapping

_KEEP = 100


@dataclass(frozen=True, slots=True)
class UnsentMapping:
    """A mapping as it was left, and when (ISO-8601, UTC)."""

    mapping: Mapping
    at: str


class Unsent:
    """A folder with one mapping file per file and module, named after the file's absolute path."""

    def __init__(self, folder: Path, mappings: Mappings) -> None:
        self._folder = folder
        self._mappings = mappings

    def keep(self, path: str, mapping: Mapping) -> None:
        """Keep the mapping for this file, instead of what was kept before. Raises StoreError when the disk refuses."""
        write_mapping(self._place(path, mapping.module), mapping)
        for old in self._newest_first("*")[_KEEP:]:
            with contextlib.suppress(OSError):  # one note too many is no reason to alarm anybody
                old.unlink(missing_ok=True)

    def forget(self, path: str, module: str) -> None:
        """It was sent, or taken back: nothing is left to keep. Raises StoreError when the disk refuses."""
        place = self._place(path, module)
        try:
            place.unlink(missing_ok=True)
        except OSError as reason:
            raise store_error(place, reason) from reason

    def find(self, path: str, headers: Sequence[str], schema: ModuleSchema) -> UnsentMapping | None:
        """What was left for this file and module; None when there is nothing, or it does not fit any more.

        It fits a file with the same columns and a module that still has all of its fields.
        """
        found = self._read(self._place(path, schema.module.api_name))
        if found is None or found.mapping.headers != tuple(headers):
            return None
        gone = any(schema.field(mapped.api_name) is None for mapped in found.mapping.fields)
        return None if gone or found.mapping.module != schema.module.api_name else found

    def module(self, path: str) -> str | None:
        """The module that the latest mapping left for this file is for; None when none was."""
        for place in self._newest_first(f"{_name(path)}.*"):
            found = self._read(place)
            if found is not None:
                return found.mapping.module
        return None

    def _place(self, path: str, module: str) -> Path:
        safe = "".join(c if c.isalnum() or c == "_" else "-" for c in module)[:60]
        return self._folder / f"{_name(path)}.{safe}.toml"

    def _newest_first(self, which: str) -> list[Path]:
        found: list[tuple[int, Path]] = []
        for place in self._folder.glob(f"{which}.toml"):
            with contextlib.suppress(OSError):  # gone meanwhile: another ztui forgot it
                found.append((place.stat().st_mtime_ns, place))
        return [place for _, place in sorted(found, reverse=True)]

    def _read(self, place: Path) -> UnsentMapping | None:
        try:
            when = datetime.fromtimestamp(place.stat().st_mtime, UTC)
            return UnsentMapping(self._mappings.load(place), when.isoformat(timespec="seconds"))
        except (OSError, ConfigError, StoreError):
            return None  # a damaged note must not keep anybody from working


def _name(path: str) -> str:
    return hashlib.sha256(str(Path(path).absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:24]
