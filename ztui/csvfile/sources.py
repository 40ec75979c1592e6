"""From what the user named to a plain local file: pipes, standard input, gzip and zip become private copies.

Copies (`ztui.csvfile.copies`) are made in the folder the caller gives (or the system's temporary one) and belong to
whoever asked.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import sys
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ztui.csvfile.copies import discard, private_copy
from ztui.errors import SourceError

_COPY_BLOCK = 1 << 20
_KEEP_FREE = 64 << 20  # bytes left free on the disk a copy is written to
_BOMB_SIZE, _BOMB_RATIO = 1 << 30, 500  # no table of this size shrinks so much; what is made to fill disks does

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"BZh", "bzip2 archive"),
    (b"\xfd7zXZ\x00", "xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "7-Zip archive"),
    (b"Rar!\x1a\x07", "RAR archive"),
    (b"\x28\xb5\x2f\xfd", "Zstandard archive"),
    (b"%PDF-", "PDF document"),
    (b"\x89PNG\r\n\x1a\n", "PNG picture"),
    (b"\xff\xd8\xff", "JPEG picture"),
    (b"GIF8", "GIF picture"),
    (b"SQLite format 3\x00", "SQLite database"),
    (b"PAR1", "Parquet file"),
    (b"\x7fELF", "program"),
    (b"{\\rtf", "RTF document"),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A plain file to read from. `kind` is "text" or a spreadsheet suffix; `note` says what it was taken out of."""

    path: str
    data_path: Path
    size: int
    modified_ns: int
    kind: str = "text"
    note: tuple[str, str] | None = None

    @property
    def temporary(self) -> bool:
        """True when `data_path` is a copy made here."""
        return self.path == "-" or Path(self.path) != self.data_path


def copy_into(blocks: Iterator[bytes], out: BinaryIO, folder: Path) -> int:
    """Write all blocks; returns the bytes written. Stops with NO_ROOM before the disk is quite full."""
    written = 0
    unchecked = 0
    for block in blocks:
        written += len(block)
        unchecked += len(block)
        if unchecked >= _KEEP_FREE // 4:
            unchecked = 0
            usage = os.statvfs(folder)
            if usage.f_bavail * usage.f_frsize < _KEEP_FREE:
                raise SourceError("NO_ROOM", details={"folder": str(folder)})
        out.write(block)
    return written


def _blocks(stream: BinaryIO) -> Iterator[bytes]:
    while (block := stream.read(_COPY_BLOCK)) != b"":
        if block is None:  # nothing yet: some programs hand over a pipe that does not wait
            select.select((stream,), (), ())
        else:
            yield block


def _unpacking(packed: BinaryIO, path: str, size: int) -> Iterator[bytes]:
    """The blocks of what is packed in `size` bytes. Raises SourceError FILE_DAMAGED when they do not come to an end."""
    most = max(_BOMB_SIZE, size * _BOMB_RATIO)
    for block in _blocks(packed):
        most -= len(block)
        if most < 0:
            reason = f"it holds more than {_BOMB_RATIO} times its own size, which no table does"
            raise SourceError("FILE_DAMAGED", details={"path": path, "reason": reason})
        yield block


def _copied(stream: BinaryIO, workdir: Path | None) -> Path:
    with private_copy(workdir) as (path, out):
        copy_into(_blocks(stream), out, path.parent)
    return path


def acquire(path: str, workdir: Path | None = None) -> Source:
    """Find what `path` names ("-": standard input) and make a plain file of it.

    Raises SourceError: NO_SUCH_FILE, IS_FOLDER, NO_PERMISSION, NOT_A_FILE, CANNOT_READ, FILE_EMPTY, FILE_DAMAGED,
    NO_FILE_INSIDE, SEVERAL_MEMBERS, FILE_LOCKED, BINARY_FILE, NO_ROOM.
    """
    details: dict[str, object] = {"path": path}
    if path == "-":
        return _standard_input(workdir)
    where = Path(path)
    try:
        status = where.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SourceError("IS_FOLDER", details=details)
        if stat.S_ISFIFO(status.st_mode):
            with where.open("rb") as stream:
                data = _copied(stream, workdir)
            return _unpacked(path, data, data.stat(), workdir, owned=True)
        if not stat.S_ISREG(status.st_mode):
            raise SourceError("NOT_A_FILE", details=details)
        return _unpacked(path, where, status, workdir, owned=False)
    except FileNotFoundError as problem:
        raise SourceError("NO_SUCH_FILE", details=_with_neighbours(where, details)) from problem
    except NotADirectoryError as problem:
        raise SourceError("NO_SUCH_FILE", details=details) from problem
    except PermissionError as problem:
        raise SourceError("NO_PERMISSION", details=details) from problem
    except OSError as problem:
        if problem.errno == errno.ENAMETOOLONG:
            raise SourceError("NO_SUCH_FILE", details={"path": path[:200]}) from problem
        if problem.errno == errno.ELOOP:  # links that lead to each other
            raise SourceError("NO_SUCH_FILE", details=_with_neighbours(where, details)) from problem
        raise SourceError("CANNOT_READ", details={**details, "reason": problem.strerror or str(problem)}) from problem
    except ValueError as problem:  # a NUL in the name
        raise SourceError("NO_SUCH_FILE", details=details) from problem


def _standard_input(workdir: Path | None) -> Source:
    details: dict[str, object] = {"path": "standard input"}
    if sys.stdin is None:  # closed by whoever started the program
        raise SourceError("CANNOT_READ", details={**details, "reason": "it is closed"})
    try:
        # Without its buffer, for that has a lock: held by a thread that waits for ever, it would let no program end.
        data = _copied(getattr(sys.stdin.buffer, "raw", sys.stdin.buffer), workdir)
        return _unpacked("-", data, data.stat(), workdir, owned=True)
    except SourceError as problem:
        problem.details |= details if "path" in problem.details else {}
        raise
    except OSError as problem:  # a folder, say
        raise SourceError("CANNOT_READ", details={**details, "reason": problem.strerror or str(problem)}) from problem


def _with_neighbours(where: Path, details: dict[str, object]) -> dict[str, object]:
    """Adds `similar`: the name in the same folder that comes nearest, if one does; of a broken link its `target`."""
    import difflib

    if where.is_symlink():
        return {**details, "target": str(where.readlink())}
    try:
        names = [entry.name for entry in os.scandir(where.parent)]
    except OSError:
        return details
    near = difflib.get_close_matches(where.name, names[:5000], n=1, cutoff=0.6)
    return {**details, "similar": str(where.parent / near[0])} if near else details


def _unpacked(path: str, data: Path, status: os.stat_result, workdir: Path | None, *, owned: bool) -> Source:
    """The source with its compression taken off. `owned` copies are removed when they are not what is read."""
    keep = False
    try:
        with data.open("rb") as stream:
            head = stream.read(16)
        if not head:
            raise SourceError("FILE_EMPTY", details={"path": path})
        kind = next((name for magic, name in _MAGIC if head.startswith(magic)), "text")
        if kind == "text":
            keep = True
            return Source(path, data, status.st_size, status.st_mtime_ns)
        if kind == "gzip":
            inner, note = _gunzip(path, data, workdir), ("gzip", "unpacked")
        elif kind == "zip":
            sheet = _spreadsheet_kind(path, data)
            if sheet:
                keep = True
                return Source(path, data, status.st_size, status.st_mtime_ns, kind=sheet)
            inner, name = _unzip(path, data, workdir)
            note = ("zip", f"its one file, {name}")
        elif kind == "xls":
            keep = True
            return Source(path, data, status.st_size, status.st_mtime_ns, kind="xls")
        else:
            raise SourceError("BINARY_FILE", details={"path": path, "kind": kind})
        with inner.open("rb") as stream:
            head = stream.read(16)
        within = next((name for magic, name in _MAGIC if head.startswith(magic)), "")
        if within:
            discard(inner)
            raise SourceError("BINARY_FILE", details={"path": path, "kind": f"{kind} file with a {within} inside"})
        return Source(path, inner, status.st_size, status.st_mtime_ns, note=note)
    finally:
        if owned and not keep:
            discard(data)


def _gunzip(path: str, data: Path, workdir: Path | None) -> Path:
    import gzip

    try:
        with gzip.open(data, "rb") as packed, private_copy(workdir) as (inner, out):
            blocks = _unpacking(packed, path, data.stat().st_size)  # type: ignore[arg-type]
            size = copy_into(blocks, out, inner.parent)
    except (EOFError, gzip.BadGzipFile, zlib.error) as problem:
        raise SourceError("FILE_DAMAGED", details={"path": path, "reason": str(problem)}) from problem
    if not size:
        discard(inner)
        raise SourceError("FILE_EMPTY", details={"path": path})
    return inner


def _spreadsheet_kind(path: str, data: Path) -> str:
    """ "xlsx" or "ods" when the zip is one, else ""."""
    import zipfile

    try:
        with zipfile.ZipFile(data) as archive:
            names = archive.namelist()
            named = "mimetype" in names and archive.getinfo("mimetype").file_size < 200
            if named and b"opendocument.spreadsheet" in archive.read("mimetype"):
                return "ods"
            if "[Content_Types].xml" in names:
                if any(name.startswith("xl/") for name in names):
                    return "xlsx"
                raise SourceError(
                    "BINARY_FILE", details={"path": path, "kind": "document of a word processor or the like"}
                )
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as problem:
        raise SourceError("FILE_DAMAGED", details={"path": path, "reason": str(problem)}) from problem
    return ""


def _unzip(path: str, data: Path, workdir: Path | None) -> tuple[Path, str]:
    """The one file of a zip; folders and the hidden entries that macOS adds do not count."""
    import zipfile

    try:
        with zipfile.ZipFile(data) as archive:
            members = [
                entry
                for entry in archive.infolist()
                if not entry.is_dir()
                and not entry.filename.startswith("__MACOSX/")
                and not Path(entry.filename).name.startswith(".")
            ]
            if len(members) > 1:
                tables = [m for m in members if m.filename.lower().endswith((".csv", ".tsv", ".txt", ".tab"))]
                if len(tables) > 1:  # a "readme.txt" beside the table
                    tables = [m for m in tables if not m.filename.lower().endswith(".txt")] or tables
                if len(tables) != 1:
                    names = ", ".join(m.filename for m in (tables or members))
                    raise SourceError(
                        "SEVERAL_MEMBERS", details={"path": path, "count": len(tables or members), "names": names}
                    )
                members = tables
            if not members:
                raise SourceError("NO_FILE_INSIDE", details={"path": path})
            if members[0].flag_bits & 1:
                raise SourceError("FILE_LOCKED", details={"path": path})
            with archive.open(members[0]) as packed, private_copy(workdir) as (inner, out):
                blocks = _unpacking(packed, path, members[0].compress_size)  # type: ignore[arg-type]
                size = copy_into(blocks, out, inner.parent)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as problem:
        raise SourceError("FILE_DAMAGED", details={"path": path, "reason": str(problem)}) from problem
    if not size:
        discard(inner)
        raise SourceError("FILE_EMPTY", details={"path": path})
    return inner, members[0].filename
