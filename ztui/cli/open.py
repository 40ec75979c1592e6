"""`ztui FILE`, `ztui open FILE`, `ztui`: hand over to the interface."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics
from ztui.cli.context import App, pass_app

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace


@click.command(epilog="Example: ztui leads.csv --module Leads")
@click.argument("file", required=False)
@click.option("--module", "-m", metavar="MODULE", help="The CRM module to import into, e.g. Leads.")
@pass_app
def command(app: App, file: str | None, module: str | None) -> int:
    """Open FILE in the interface; without a FILE the list of imports and recent files."""
    return show(app, file, module or app.module)


def show(app: App, path: str | None, module: str | None) -> int:
    """Run the interface on this file and module; returns its exit status.

    What is certain to fail is said at the prompt, before the screen changes: UsageError without a terminal, SourceError
    for a file that is not there, ConfigError for a profile that is not.
    """
    from ztui.tui.terminal import check_terminal

    trouble = check_terminal()
    if trouble is not None:
        raise trouble
    if path is not None and (Path(path).is_dir() or not os.access(path, os.R_OK)):
        from ztui.engine.files import OpenFile

        OpenFile.open(path).close()
    if app.profile and not app.sandbox:
        from ztui.engine.profiles import Profiles
        from ztui.store.locations import Locations

        Profiles(Locations.default()).get(app.profile)
    with app.session() as opened:
        return run_interface(opened, path, module)


def run_interface(opened: Callable[[], Workspace], path: str | None, module: str | None) -> int:
    """Run the interface and return the exit status: 0, 128 + a signal's number, or the one for a crash."""
    # Importing makes a hundred thousand objects, none of them garbage; `run_tui` starts the collector again.
    gc.disable()
    from ztui.tui.app import run_tui

    status = run_tui(opened, path, module)
    # Textual says 1 for a crash, which means refused rows here.
    return diagnostics.Exit.CRASH if status == 1 else status
