"""`ztui demo`: the whole way on a sandbox of its own, with sample leads; in the interface, or told step by step."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

from ztui.cli import diagnostics, output
from ztui.cli.context import run_async

if TYPE_CHECKING:
    from ztui.engine.demo import Demo
    from ztui.engine.workspace import Workspace


@click.command(epilog="Example: ztui demo --headless")
@click.option("--headless", is_flag=True, help="Print what happens step by step instead of opening the interface.")
@output.json_option
def command(headless: bool, as_json: bool) -> int:
    """Try ztui: a local sandbox and 600 sample leads with the faults of real exports. No account, nothing is kept.

    Without a terminal the demo is told step by step, and exits 0 when every row is accounted for.
    """
    from ztui.engine.demo import demo

    interface = not headless and not as_json and sys.stdin.isatty() and sys.stdout.isatty()
    if interface and os.environ.get("TERM", "") in ("", "dumb", "unknown"):
        diagnostics.say("This terminal cannot position text (TERM): the demo is told step by step instead.")
        interface = False
    with demo() as running:
        return _show(running) if interface else _tell(running, as_json)


def _show(demo: Demo) -> int:
    from ztui.cli.open import run_interface
    from ztui.engine.demo import MODULE

    def opened() -> Workspace:
        import asyncio

        asyncio.run(demo.fill())  # the file is on screen by now
        return demo.workspace()

    return run_interface(opened, str(demo.path), MODULE)


def _tell(demo: Demo, as_json: bool) -> int:
    run_async(demo.fill())
    from ztui.cli.sending import Options, import_file
    from ztui.engine.demo import MODULE

    if not as_json:
        output.lines(
            [
                f"Sandbox: {demo.sandbox.base_url} (on this machine, thrown away at the end)",
                f"Sample: {demo.path}",
            ]
        )
    options = Options(str(demo.path), module=MODULE, yes=True, as_json=as_json, narrate=True)

    async def work() -> int:
        async with demo.workspace() as workspace:
            return await import_file(workspace, options)

    status = run_async(work())
    # Refused rows are what the demo is about: it went well all the same.
    return diagnostics.Exit.DONE if status == diagnostics.Exit.REFUSED else status
