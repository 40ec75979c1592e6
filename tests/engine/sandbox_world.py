"""Runs against the real sandbox in process: the real client over its transport, the real packer, a real ledger."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from tests.engine.fake_crm import VirtualClock
from tests.engine.killing import Killed, MortalLedger, Process
from tests.engine.running_world import PACE
from tests.store.plans import HEADERS, plan_for
from ztui.engine.runs import Runs
from ztui.model.crm import Record
from ztui.model.plan import ImportPlan
from ztui.model.profile import Credentials, Domains, Profile, Secret
from ztui.model.run import RunState
from ztui.sandbox import tokens
from ztui.sandbox.faults import parse
from ztui.sandbox.org import ZGID
from ztui.sandbox.server import Application, ConnectionBroken
from ztui.sandbox.state import Sandbox
from ztui.sandbox.switches import Switches
from ztui.store.ledger import Ledger
from ztui.zoho.client import ZohoClient

BASE = "http://127.0.0.1:9"


class Wire(httpx.AsyncBaseTransport):
    """The way to the sandbox; the process may die on it, before a request has an effect and after."""

    def __init__(self, app: Application, process: Process) -> None:
        self._inner = httpx.ASGITransport(app=app)
        self._process = process

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        name = f"{request.method} {request.url.path.split('/')[-1]}"
        self._process.moment(f"{name} before")
        try:
            answer = await self._inner.handle_async_request(request)
        except ConnectionBroken as broken:
            raise httpx.ReadError(str(broken)) from broken
        self._process.moment(f"{name} after")
        return answer


async def _no_wait(_seconds: float) -> None:
    """Waiting inside the client takes no time here."""


class SandboxWorld:
    """A sandbox, a source file and the runs between them."""

    def __init__(self, folder: Path, *, pace: str = "once", faults: tuple[str, ...] = (), seed: int = 0) -> None:
        self.folder = folder
        self.path = folder / "people.csv"
        self.rows = 0
        switches = Switches(owner_required=False)
        self.box = Sandbox(switches=switches, pace=pace, seed=seed, faults=[parse(text) for text in faults], base=BASE)
        self.app = Application(self.box)
        self.process = Process()
        self.clock = VirtualClock()
        self._clients: list[ZohoClient] = []

    def profile(self, _name: str = "main") -> Profile:
        secret = Credentials(
            refresh_token=Secret(tokens.REFRESH_TOKEN),
            client_id=tokens.CLIENT_ID,
            client_secret=Secret(tokens.CLIENT_SECRET),
        )
        return Profile("main", Domains(BASE, BASE, BASE, BASE), secret, zgid=ZGID, sandbox=True)

    def client(self, process: Process) -> ZohoClient:
        client = ZohoClient(self.profile(), transport=Wire(self.app, process), sleep=_no_wait)
        self._clients.append(client)
        return client

    def live(self, dies_at: int | None = None) -> Runs:
        """A new process; the one before is gone, and so is its lease."""
        self.process = process = Process(dies_at)
        with Ledger(self.folder / "state") as ledger, ledger.write() as db:
            db.execute("UPDATE runs SET token = NULL")
        client = self.client(process)

        async def connect(_name: str) -> ZohoClient:
            return client

        return Runs(
            lambda: MortalLedger(self.folder / "state", process),
            profile_of=self.profile,
            connect=connect,
            clock=self.clock,
            pace=lambda _profile: PACE,
        )

    def write(self, rows: int, bad: frozenset[int] | set[int] = frozenset()) -> None:
        """So many people; those in `bad` have an address that Zoho refuses."""
        lines = [f"{f'nobody {n}' if n in bad else f'p{n}@example.org'},Name {n},Firm {n % 7}" for n in range(rows)]
        self.path.write_text("\n".join([",".join(HEADERS), *lines]) + "\n", encoding="utf-8")
        self.rows = rows

    def plan(self, **changes: object) -> ImportPlan:
        return plan_for(self.path, self.rows, profile="main", zgid=ZGID, **changes)

    async def life_by_life(self, deaths: list[int], work: Callable[[Runs], Awaitable[RunState]]) -> RunState:
        """Do the work in one process after the other, each dying at its moment, until the run is over."""
        for life in range(60):
            runs = self.live(deaths[life] if life < len(deaths) else None)
            try:
                state = await work(runs)
                if state.ended_at:
                    return state
            except Killed:
                continue
            finally:
                self.process.dead, self.process.dies_at = False, None
                runs.close()
        raise AssertionError("the run never came to its end")

    async def to_the_end(self, deaths: list[int], **changes: object) -> RunState:
        plan = self.plan(**changes)

        async def work(runs: Runs) -> RunState:
            known = runs.list()
            return await (runs.resume(known[0].run_id) if known else runs.start(plan))

        return await self.life_by_life(deaths, work)

    async def leads(self) -> list[Record]:
        """All leads whose address is one of ours."""
        self.box.faults.active.clear()
        client = self.client(Process())
        found: list[Record] = []
        last = "0"
        while some := await client.coql(
            "select Email, Last_Name, Company from Leads where (Email like '%@example.org'"
            f" and id > '{last}') order by id asc limit 200"
        ):
            found += some
            last = some[-1].id
        return found

    async def close(self) -> None:
        for client in self._clients:
            await client.aclose()
        await self.box.close()
