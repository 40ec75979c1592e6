"""The demo: a sandbox of its own, some leads in it already, and a sample file with the faults of real exports.

Everything is thrown away at the end. Some faults are seen before sending; the leads that are in the CRM already are
something that only the CRM can tell.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ztui.csvfile.copies import private_folder
from ztui.engine import demo_file
from ztui.engine.sandboxed import Sandbox
from ztui.store.locations import Locations

if TYPE_CHECKING:
    from ztui.engine.workspace import Workspace

MODULE = "Leads"
FILE_NAME = "sample-leads.csv"


class Demo:
    """A running demo: `path` is the sample file; `workspace()` opens on the sandbox with throw-away folders."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox = sandbox
        self.path = demo_file.write(folder / FILE_NAME)
        self._locations = Locations.under(folder)

    def workspace(self) -> Workspace:
        """A new Workspace on the sandbox."""
        from ztui.engine.workspace import Workspace  # the interface shows the file before it needs this

        return Workspace.open(sandbox=self.sandbox, locations=self._locations)

    async def fill(self) -> int:
        """Put the leads that are there before the demo into the sandbox; returns how many."""
        leads = demo_file.existing()
        async with self.workspace() as workspace:
            client = await workspace.connect()
            answers = await client.insert(MODULE, leads)
        return sum(answer.ok for answer in answers)


@contextmanager
def demo() -> Iterator[Demo]:
    """A demo for the time of the block; sandbox, profile, file and ledger are gone afterwards.

    The sandbox gets ready meanwhile: RunError comes from the first call that needs it.
    """
    with private_folder() as folder:
        sandbox = Sandbox()
        try:
            sandbox.launch()
            yield Demo(sandbox, folder)
        finally:
            sandbox.stop()
