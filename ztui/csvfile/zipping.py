"""Writes a zip with one deflated file in it, piece by piece, the same bytes for the same content every time.

The compressing is done by a thread of its own (zlib lets go of the interpreter's lock), fed through a queue that is
bounded in bytes, so that whoever makes the content runs ahead without filling the memory.
"""

from __future__ import annotations

import hashlib
import queue
import struct
import threading
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

LEVEL = 6
AHEAD = 8
"""Pieces that may wait for the compressor; with pieces of about 256 KB some two megabytes."""

_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")
_DOS_TIME, _DOS_DATE = 0, (1 << 5) | 1  # 1980-01-01 00:00, the first moment a zip can tell
_DEFLATED = 8
_VERSION = 20
_UNIX = 3 << 8
_MODE = 0o100644 << 16


@dataclass(frozen=True, slots=True)
class Zipped:
    """A finished zip: sizes in bytes of the content and of the zip, and the zip's sha256 in hex."""

    content_bytes: int
    zip_bytes: int
    sha256: str


class ZipWriter:
    """One zip being written. `write` pieces, then `close`; `discard` instead if it is not wanted any more."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._name = name.encode("ascii")
        self._pieces: queue.Queue[bytes | None] = queue.Queue(AHEAD)
        self._problem: BaseException | None = None
        self._result: Zipped | None = None
        self._thread = threading.Thread(target=self._work, name=f"zip {name}", daemon=True)
        self._thread.start()

    def write(self, piece: bytes) -> None:
        """Add a piece of the content; waits while the compressor is far behind. Raises OSError of the disk."""
        if self._problem is not None:
            self._raise()
        self._pieces.put(piece)

    def finish(self) -> None:
        """Say that the content is complete, without waiting."""
        self._pieces.put(None)

    def close(self) -> Zipped:
        """Wait for the end; call `finish` first. Raises OSError of the disk."""
        self._thread.join()
        if self._problem is not None:
            self._raise()
        assert self._result is not None
        return self._result

    def discard(self) -> None:
        """End the thread and delete the file."""
        self.finish()
        self._thread.join()
        self._path.unlink(missing_ok=True)

    def _raise(self) -> None:
        assert self._problem is not None
        raise self._problem

    def _work(self) -> None:
        try:
            with self._path.open("w+b") as stream:
                self._result = self._pack(stream)
        except OSError as problem:
            self._problem = problem
            while self._pieces.get() is not None:  # keep whoever writes from waiting for ever
                continue

    def _pack(self, stream: BinaryIO) -> Zipped:
        stream.write(bytes(_LOCAL.size + len(self._name)))
        deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        size = packed = crc = 0
        while (piece := self._pieces.get()) is not None:
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            packed += stream.write(deflate.compress(piece))
        packed += stream.write(deflate.flush())
        end = stream.tell()
        common = (_DEFLATED, _DOS_TIME, _DOS_DATE, crc, packed, size, len(self._name), 0)
        stream.write(_CENTRAL.pack(b"PK\1\2", _UNIX | _VERSION, _VERSION, 0, *common, 0, 0, 0, _MODE, 0) + self._name)
        central = stream.tell() - end
        stream.write(_END.pack(b"PK\5\6", 0, 0, 1, 1, central, end, 0))
        stream.seek(0)
        stream.write(_LOCAL.pack(b"PK\3\4", _VERSION, 0, *common) + self._name)
        stream.flush()
        stream.seek(0)
        digest = hashlib.sha256()
        while block := stream.read(1 << 20):
            digest.update(block)
        return Zipped(size, stream.tell(), digest.hexdigest())


def zip_overhead(content_bytes: int) -> int:
    """The most bytes by which a zip written here can exceed its content: deflate's stored blocks and the directory."""
    return (content_bytes >> 10) + 512
