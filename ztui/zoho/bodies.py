"""Request bodies: JSON, and the multipart form of an upload, streamed from the file with its length told first."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from ztui.zoho.connection import Body

_CHUNK = 128 * 1024

OnProgress = Callable[[int, int], None]
"""Told (bytes sent, bytes in all) of the file while it is sent."""

JSON_HEADERS = {"Content-Type": "application/json"}


def json_body(value: object) -> Body:
    """A body that holds this value as compact JSON in UTF-8."""
    content = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return lambda: content


class FileForm:
    """A multipart form with one part `file`: the file at `path`, under `name`, which must end in .zip (upload page)."""

    def __init__(self, path: Path, name: str, on_progress: OnProgress | None = None) -> None:
        self._path = path
        self._size = path.stat().st_size
        self._on_progress = on_progress
        boundary = f"ztui{secrets.token_hex(16)}"
        clean = re.sub(r"[^\w.() -]", "_", name, flags=re.ASCII) or "part"
        clean = clean if clean.lower().endswith(".zip") else f"{clean}.zip"
        self._head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{clean}"\r\n'
            "Content-Type: application/zip\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{boundary}--\r\n".encode()
        self.headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(len(self._head) + self._size + len(self._tail)),
        }

    async def stream(self) -> AsyncIterator[bytes]:
        """The form's bytes. Raises OSError when the file shrinks or goes away meanwhile."""
        yield self._head
        sent = 0
        with self._path.open("rb") as file:
            while sent < self._size:
                chunk = await asyncio.to_thread(file.read, min(_CHUNK, self._size - sent))
                if not chunk:
                    raise OSError(f"{self._path.name} became shorter while it was sent")
                yield chunk
                sent += len(chunk)
                if self._on_progress is not None:
                    self._on_progress(sent, self._size)
        yield self._tail
