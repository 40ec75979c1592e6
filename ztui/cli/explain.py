"""`ztui explain`: what an error code means and what to do about it. Needs no profile and no connection."""

from __future__ import annotations

import click

from ztui.catalogue.entry import LEVELS
from ztui.catalogue.loader import entries, find, similar
from ztui.cli import diagnostics, output
from ztui.present.explain import entry_data, entry_lines, list_lines, unknown_lines


@click.command("explain")
@click.argument("code", required=False)
@click.option("--level", type=click.Choice(LEVELS), help="Only this level: the same code can mean different things.")
@click.option("--list", "as_list", is_flag=True, help="List all codes, or those of one level.")
@output.json_option
def command(code: str | None, level: str | None, as_list: bool, as_json: bool) -> int:
    """Explain an error code: cause, remedy, and what is known about it.

    Example: ztui explain INVALID_FIELD_NAME
    """
    if as_list or (code is None and level is not None):
        if code is not None:
            raise click.UsageError("Give a code or --list, not both.")
        _list(level, as_json)
        return 0
    if code is None:
        raise click.UsageError("Which code? `ztui explain --list` lists them all.")
    found = [e for e in find(code) if level in (None, e.level)]
    if as_json:
        output.document({"code": code, "found": [entry_data(e) for e in found], "similar": list(similar(code))})
    elif found:
        for number, entry in enumerate(found):
            output.lines([""] if number else [])
            output.lines(entry_lines(entry))
    if not found:
        for line in _not_found(code, level):
            diagnostics.say(line)
        return diagnostics.Exit.USAGE
    return 0


def _list(level: str | None, as_json: bool) -> None:
    if as_json:
        wanted = (level,) if level else LEVELS
        output.document([entry_data(e) for name in wanted for e in entries(name).values()])
    else:
        output.lines(list_lines(level))


def _not_found(code: str, level: str | None) -> list[str]:
    elsewhere = [e.level for e in find(code)]
    if elsewhere:
        return [f"{code} is not a code of level {level}; it is one of: {', '.join(elsewhere)}."]
    return unknown_lines(code)
