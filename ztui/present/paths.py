"""Paths as people type, paste and drop them. Pure, except for asking what is at a path."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import unquote, urlparse


def typed_path(text: str) -> Path:
    """The path that was typed: `~` is the home folder, and `~nobody` stays as it is."""
    path = Path(text)
    try:
        return path.expanduser()
    except RuntimeError:
        return path


def pasted_path(text: str) -> str | None:
    """The existing file that pasted text names (terminals paste a dropped file as a path, quoted, escaped, or as a
    `file://` address), or None when it names none."""
    text = text.strip()
    if not text or "\n" in text or len(text) > 4096:
        return None
    candidates = [text]
    if text.startswith("file://"):
        candidates.append(unquote(urlparse(text).path))
    try:
        parts = shlex.split(text)
    except ValueError:
        parts = []
    if len(parts) == 1:
        candidates.append(parts[0])
    for candidate in candidates:
        try:
            if typed_path(candidate).is_file():
                return str(typed_path(candidate))
        except OSError:
            continue
    return None


def no_such_file(text: str) -> str:
    """What to say of pasted text that names no file. A file dropped over SSH names one of the other machine."""
    first = text.strip().partition("\n")[0]
    return f"What was pasted names no file on this machine: “{shorten(first, 60)}”."


def unwritable(text: str, source: str) -> str | None:
    """Why no file can be written at the path that was typed, or None. `source` is the file the rows come from."""
    if not text.strip():
        return "A file name, please."
    path = typed_path(text.strip())
    try:
        if path.is_dir():
            return f"{path} is a folder: add a file name."
        if not path.parent.is_dir():
            return f"There is no folder {path.parent}."
        if source != "-" and os.path.realpath(path) == os.path.realpath(source):
            return "That is the file the rows come from, and ztui never changes it. Give another name."
    except (OSError, ValueError) as problem:
        reason = problem.strerror if isinstance(problem, OSError) else None
        return f"No file can be written there: {reason or problem}."
    return None


def is_taken(text: str) -> bool:
    """True when something is at the path that was typed already."""
    return os.path.lexists(typed_path(text.strip()))


def shorten(path: str, room: int) -> str:
    """A path in at most `room` characters: the home folder as `~`, folders in the middle as `…`."""
    home = str(Path.home())
    if path.startswith(home + "/"):
        path = "~" + path[len(home) :]
    if len(path) <= room:
        return path
    folder, _, name = path.rpartition("/")
    keep = room - len(name) - 2
    return f"{folder[:keep]}…/{name}" if keep > 3 else f"…{path[-(room - 1) :]}"
