"""A world for tests of runs: a source file, a CRM in memory with faults to order, and `Runs` over a real ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.engine.fake_crm import FakeCrm, FakeZoho, VirtualClock
from tests.engine.own_packer import OwnPacker
from tests.store.plans import HEADERS, plan_for
from ztui.engine.polling import Pace
from ztui.engine.runs import Runs
from ztui.errors import StoreError
from ztui.model.event import ImportEvent
from ztui.model.plan import ImportPlan
from ztui.model.profile import Domains, Profile
from ztui.model.run import RunState
from ztui.store.ledger import Ledger
from ztui.store.ledger_lease import Lease

PACE = Pace(poll=(1.0, 2.0, 5.0), retry_first=1.0, retry_longest=30.0, tries=8, watch=0.01, grace=5.0)


class World:
    """Everything lies under `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.path = folder / "people.csv"
        self.rows = 0
        self.clock = VirtualClock()
        self.zoho = FakeZoho(self.clock)
        self.readonly = False
        self.zgid = ""
        self.on_request: Callable[[str], None] = lambda _request: None
        self._faults: dict[tuple[str, str], list[BaseException]] = {}
        self._held = ""
        self._gate = asyncio.Event()
        self._full_at = ""
        self.runs = self.another()

    def another(self) -> Runs:
        """Another front door to the same state folder, as a second process has it."""
        return Runs(
            lambda: FillableLedger(self.folder / "state", self),
            profile_of=self.profile_of,
            connect=self.connect,
            packer=OwnPacker(),
            clock=self.clock,
            pace=lambda _profile: PACE,
        )

    def profile_of(self, name: str) -> Profile:
        return Profile(name, Domains("https://a", "https://b", "https://c"), readonly=self.readonly, zgid=self.zgid)

    async def connect(self, name: str) -> HoldingCrm:
        return HoldingCrm(self)

    def write(self, rows: int, bad: set[int] = frozenset()) -> None:  # type: ignore[assignment]
        """A file of so many people; those in `bad` have an address that Zoho refuses."""
        lines = [f"{'nobody' if n in bad else f'p{n}@example.org'},Name {n},Firm {n % 7}" for n in range(rows)]
        self.path.write_text("\n".join([",".join(HEADERS), *lines]) + "\n", encoding="utf-8")
        self.rows = rows

    def plan(self, **changes: object) -> ImportPlan:
        return plan_for(self.path, self.rows, **changes)

    # --- troubles ---------------------------------------------------------------------------------------------

    def fail(self, request: str, error: BaseException, *, times: int, when: str = "before") -> None:
        """The next `times` requests of this kind fail, before or after their effect."""
        self._faults.setdefault((request, when), []).extend([error] * times)

    def fault(self, request: str, when: str) -> None:
        if when == "before":
            self.on_request(request)
        waiting = self._faults.get((request, when))
        if waiting:
            raise waiting.pop(0)

    def hold(self, request: str) -> None:
        """Requests of this kind wait until `let_go`."""
        self._held = request

    def let_go(self) -> None:
        self._held = ""
        self._gate.set()

    async def pass_gate(self, request: str) -> None:
        if request == self._held:
            self.on_request(request)
            await self._gate.wait()

    def fill_disk_at(self, event: str) -> None:
        """From this event on, nothing can be written any more."""
        self._full_at = event

    def check_disk(self, events: tuple[ImportEvent, ...]) -> None:
        if self._full_at and any(type(event).__name__ == self._full_at for event in events):
            self._full_at = "*"
        if self._full_at == "*":
            raise StoreError("STORE_FULL", details={"path": str(self.folder), "reason": "no space left"})


class HoldingCrm(FakeCrm):
    """A client whose requests can be held back."""

    def __init__(self, world: World) -> None:
        super().__init__(world.zoho, world.fault)
        self.world = world

    async def upload(self, *args: object, **more: object):  # type: ignore[no-untyped-def]
        await self.world.pass_gate("upload")
        return await super().upload(*args, **more)  # type: ignore[arg-type]

    async def job(self, job_id: str):  # type: ignore[no-untyped-def]
        await self.world.pass_gate("job")
        return await super().job(job_id)


class FillableLedger(Ledger):
    """A ledger whose disk can run full."""

    def __init__(self, folder: Path, world: World) -> None:
        super().__init__(folder)
        self.world = world

    def append(self, lease: Lease, *events: ImportEvent, also: object = None) -> RunState:
        self.world.check_disk(events)
        return super().append(lease, *events, also=also)  # type: ignore[arg-type]
