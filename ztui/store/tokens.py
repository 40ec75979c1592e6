"""Access tokens on disk until they expire, so that several commands in an hour need one token, not one each.

Zoho hands out at most ten access tokens per refresh token in ten minutes. The file is mode 0600, written in one step
and changed under a lock. It is a cache: when it is damaged or cannot be written, work goes on without it.
"""

from __future__ import annotations

import contextlib
import json
import time
from pathlib import Path

from ztui.errors import StoreError
from ztui.store.atomic import locked, write_whole


class TokenStore:
    """Tokens by key. Keys are fingerprints of a profile's credentials, never the credentials themselves."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self, key: str) -> tuple[str, float] | None:
        """The token and when it expires (seconds since the epoch), or None when there is none that still holds."""
        kept = self._read().get(key)
        return kept if kept is not None and kept[1] > time.time() else None

    def save(self, key: str, token: str, expires_at: float) -> None:
        """Keep a token until `expires_at` (seconds since the epoch). Expired ones are dropped on the way."""
        # A token that cannot be kept costs one request more next time; it is no reason to fail.
        with contextlib.suppress(StoreError), locked(self._path):
            now = time.time()
            kept = {k: v for k, v in self._read().items() if v[1] > now}
            kept[key] = (token, expires_at)
            self._write(kept)

    def forget(self, key: str) -> None:
        """Drop a token that was refused before its time."""
        with contextlib.suppress(StoreError), locked(self._path):
            kept = self._read()
            if kept.pop(key, None) is not None:
                self._write(kept)

    def _write(self, kept: dict[str, tuple[str, float]]) -> None:
        write_whole(self._path, json.dumps(kept).encode())

    def _read(self) -> dict[str, tuple[str, float]]:
        try:
            found = json.loads(self._path.read_bytes())
        except (OSError, ValueError):
            return {}
        if not isinstance(found, dict):
            return {}
        kept: dict[str, tuple[str, float]] = {}
        for key, value in found.items():
            match value:
                case [str(token), float() | int() as expires]:
                    kept[key] = (token, float(expires))
                case _:
                    continue
        return kept
