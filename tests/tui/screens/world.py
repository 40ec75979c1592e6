"""A sandbox to look at: imports are made through the engine first, then the screens show what became of them."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.tui.driver import Driver
from ztui.engine.files import OpenFile
from ztui.engine.planner import make_plan
from ztui.engine.sandboxed import Sandbox
from ztui.engine.suggest import mapping_from, suggest
from ztui.engine.workspace import Workspace
from ztui.model.mapping import Mapping
from ztui.model.plan import ImportPlan
from ztui.model.run import RunState
from ztui.store.locations import Locations
from ztui.tui.app import ZtuiApp

LEADS = (
    "First name,Surname,Company,E-mail,Lead Source\n"
    "Ada,Lovelace,Analytical,ada@example.com,Partner\n"
    "Alan,,Bletchley,alan@example.com,Partner\n"
    "Grace,Hopper,Navy,grace(at)example.com,Chat\n"
    "Edsger,Dijkstra,CWI,edsger@example.com,Chat\n"
    "Barbara,Liskov,MIT,barbara(at)example.com,Partner\n"
    "Donald,Knuth,Stanford,ada@example.com,Chat\n"
)
"""Six leads: one without a last name, two bad addresses, one address that came before."""

NO_CHANGES: Callable[[Mapping], Mapping] = lambda mapping: mapping  # noqa: E731


class World:
    """A workspace on a running sandbox, and a file."""

    def __init__(self, tmp_path: Path, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.tmp_path = tmp_path
        self.places = Locations.under(tmp_path / "places")
        self.workspace = Workspace.open(sandbox=sandbox, locations=self.places)
        self._born_with = 0
        self.path = tmp_path / "leads.csv"
        self.path.write_text(LEADS, encoding="utf-8")

    def tell_sandbox(self, what: str, body: object = None, method: str = "POST") -> Any:
        """A call to the sandbox's control plane."""
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"{self.sandbox.base_url}/_sandbox/{what}", data, method=method)
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def reset(self) -> None:
        """Let the sandbox forget everything."""
        self.tell_sandbox("reset")
        self.tell_sandbox("pace", {"pace": "once"})
        self.tell_sandbox("faults", method="DELETE")
        self._born_with = 0
        self._born_with = self.leads

    def finish_jobs(self) -> None:
        """Bring every job to its end, step by step."""
        for _ in range(4):  # ADDED, QUEUED, INPROGRESS, COMPLETED
            self.tell_sandbox("pace", {"pace": "once", "advance": "all"})

    @property
    def leads(self) -> int:
        """How many leads the sandbox holds that it was not born with."""
        return int(self.tell_sandbox("state", method="GET")["records"].get("Leads", 0)) - self._born_with

    async def plan(self, change: Callable[[Mapping], Mapping] = NO_CHANGES, **options: Any) -> ImportPlan:
        """A plan to send the whole file as it is proposed, changed by `change`; nothing is left out."""
        schema = await self.workspace.schema("Leads")
        with OpenFile.open(str(self.path)) as file:
            headers = file.info.headers
            mapping = mapping_from(suggest(headers, [row.cells for row in file.sample()], schema), headers, schema)
            return await make_plan(file, change(mapping), schema, self.workspace.profile_named(), **options)

    async def send(self, change: Callable[[Mapping], Mapping] = NO_CHANGES, **options: Any) -> RunState:
        """Carry such a plan out."""
        return await self.workspace.runs.start(await self.plan(change, **options))

    @asynccontextmanager
    async def driving(self, size: tuple[int, int] = (80, 24), path: Path | None = None) -> AsyncIterator[Driver]:
        """The interface on it."""
        app = ZtuiApp(self.workspace, str(path) if path else None)
        async with app.run_test(size=size) as pilot:
            yield Driver(app, pilot)


def misnamed(mapping: Mapping) -> Mapping:
    """Last Name mapped to a field that does not exist, as in a mapping written by hand."""
    fields = tuple(replace(m, api_name="Last Name") if m.api_name == "Last_Name" else m for m in mapping.fields)
    return replace(mapping, fields=fields)


async def until_over(driver: Driver, count: int) -> None:
    """Wait until so many runs are over, and nothing works on them any more."""
    runs = driver.app.session.ready.runs
    await driver.until(lambda: sum(bool(s.ended_at) for s in runs.list()) >= count, f"{count} runs over")
    await driver.until(lambda: not any(runs.worked_on(s.run_id) for s in runs.list()), "nothing at work")
