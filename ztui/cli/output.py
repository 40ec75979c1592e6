"""Standard output: data for people or programs. Nothing else in ztui writes there, except the interface itself.

Every line is cleaned, so that no cell or server message can act on the terminal; JSON is ASCII for the same reason.
"""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import Any

import click

from ztui.present.text import visible

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text.")


class OutputClosed(Exception):
    """The reader of standard output has gone away (`ztui … | head`)."""


def line(text: str = "") -> None:
    """Print the text, cleaned; line breaks in it start new lines."""
    _write("".join(f"{visible(part)}\n" for part in text.split("\n")))


def lines(texts: Iterable[str]) -> None:
    """Print each text as `line` does."""
    for text in texts:
        line(text)


def document(value: object) -> None:
    """Print one JSON document, indented by two blanks."""
    import json  # not for those who start the interface

    _write(json.dumps(plain(value), indent=2) + "\n")


def json_line(value: object) -> None:
    """Print one JSON value on one line and flush it: for streams that a program reads as they come."""
    import json

    _write(json.dumps(plain(value), separators=(",", ":")) + "\n")
    flush()


def plain(value: object) -> Any:
    """The value as JSON types: dataclasses become objects, tuples lists, enums their value, secrets `•••`."""
    from ztui.model.profile import Secret

    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, Mapping):
        return {str(plain(k)): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(v) for v in value]
    if isinstance(value, (Secret, Path)):
        return str(value)
    return value


def flush() -> None:
    """Hand over what was printed. Raises OutputClosed when nobody reads any more."""
    if sys.stdout is None:  # started with its output closed (`>&-`)
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError as gone:
        raise OutputClosed from gone


def _write(text: str) -> None:
    stream = sys.stdout
    if stream is None:
        return
    try:
        try:
            stream.write(text)
        except UnicodeEncodeError:
            # A terminal or pipe that is not UTF-8 gets escapes for what it cannot hold.
            encoding = stream.encoding or "ascii"
            stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    except BrokenPipeError as gone:
        raise OutputClosed from gone
