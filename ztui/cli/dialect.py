"""The options with which a person says how a file is to be read, for every command that takes a file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ztui.model.table import DialectOverrides

F = TypeVar("F", bound=Callable[..., Any])

_NAMED = {
    "comma": ",",
    "semicolon": ";",
    "tab": "\t",
    "\\t": "\t",
    "bar": "|",
    "pipe": "|",
    "colon": ":",
    "space": " ",
}


def dialect_options(command: F) -> F:
    """Add the options; the callback gets them as keywords for `overrides_of`."""
    for option in (
        click.option("--sheet", metavar="NAME", help="The sheet of a spreadsheet."),
        click.option("--no-header", is_flag=True, help="The first record is data."),
        click.option("--header-line", type=click.IntRange(1), metavar="N", help="The line the header stands on."),
        click.option("--quote", metavar="CHAR", help="The quote character, or none."),
        click.option("--delimiter", metavar="CHAR", help="One character, or comma, semicolon, tab, bar, colon."),
        click.option("--encoding", metavar="NAME", help="For example utf-8, cp1252, latin-1, utf-16."),
    ):
        command = option(command)
    return command


def overrides_of(
    encoding: str | None = None,
    delimiter: str | None = None,
    quote: str | None = None,
    header_line: int | None = None,
    no_header: bool = False,
    sheet: str | None = None,
) -> DialectOverrides:
    """What was said with `dialect_options`. Raises click.UsageError when it contradicts itself."""
    if no_header and header_line:
        raise click.UsageError("Give --header-line or --no-header, not both.")
    if delimiter is not None:
        delimiter = _NAMED.get(delimiter.lower(), delimiter)
    if quote is not None:
        quote = {"none": "", "double": '"', "single": "'"}.get(quote.lower(), quote)
    return DialectOverrides(
        encoding=encoding,
        delimiter=delimiter,
        quotechar=quote,
        header_line=0 if no_header else header_line,
        sheet=sheet,
    )
