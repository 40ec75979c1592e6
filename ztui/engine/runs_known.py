"""What is known about runs: the list, plans, events, what became of the rows. Reads the ledger, sends nothing."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Collection, Sequence
from functools import cached_property

from ztui.engine import outcomes as made
from ztui.engine.files import OpenFile
from ztui.engine.polling import Clock, Pace, SystemClock, live_pace, local_pace
from ztui.engine.ports import Connect, Crm, OnState, Opener, Packer
from ztui.engine.running import Running
from ztui.engine.sent import sent_values
from ztui.engine.sources import open_again, reopen
from ztui.errors import RunError, SourceChanged
from ztui.model import event as ev
from ztui.model.outcome import REFUSED, OutcomeCounts, OutcomeGroup, RowOutcome, RowResult
from ztui.model.plan import ImportPlan, SourceId
from ztui.model.profile import Profile
from ztui.model.run import RunState
from ztui.model.table import SourceRow
from ztui.store.ledger import Ledger
from ztui.store.ledger_lease import Lease

ProfileOf = Callable[[str], Profile]
"""The profile with this name; raises ConfigError when there is none (any more)."""


def quiet(_state: RunState, _event: ev.ImportEvent) -> None:
    """Nobody listens."""


class KnownRuns:
    """The runs in one state folder. The ledger is opened when it is first needed."""

    def __init__(
        self,
        ledger: Callable[[], Ledger],
        *,
        profile_of: ProfileOf,
        connect: Connect,
        packer: Packer | None = None,
        opener: Opener = reopen,
        clock: Clock | None = None,
        pace: Callable[[Profile], Pace] | None = None,
    ) -> None:
        self._open_ledger = ledger
        self._profile_of = profile_of
        self._connect = connect
        self._given_packer = packer
        self._opener = opener
        self._clock = clock or SystemClock()
        self._pace = pace or (lambda profile: local_pace() if profile.sandbox else live_pace())
        self._limits: dict[str, tuple[asyncio.Semaphore, asyncio.Semaphore]] = {}
        self._sources: dict[str, OpenFile] = {}

    @cached_property
    def ledger(self) -> Ledger:
        """The ledger; StoreError when the state folder cannot be used."""
        return self._open_ledger()

    @cached_property
    def _packer(self) -> Packer:
        if self._given_packer is not None:
            return self._given_packer
        from ztui.engine import planner

        return planner

    def _profile_for(self, plan: ImportPlan) -> Profile:
        """The plan's profile; RunError when it leads to another org or environment than when the plan was made."""
        profile = self._profile_of(plan.profile)
        then, now = (plan.zgid, plan.environment), (profile.zgid, profile.environment)
        if any(a and b and a != b for a, b in zip(then, now, strict=True)):
            facts = {"profile": profile.name, "then": " ".join(then).strip(), "now": " ".join(now).strip()}
            raise RunError("PROFILE_LEADS_ELSEWHERE", details=facts)
        return profile

    def close(self) -> None:
        """Close the ledger and the source files that were opened for looking at rows."""
        for source in self._sources.values():
            source.close()
        self._sources.clear()
        if "ledger" in self.__dict__:
            self.ledger.close()

    # --- looking ----------------------------------------------------------------------------------------------

    def list(self, limit: int = 500) -> list[RunState]:
        """The newest runs, newest first."""
        return self.ledger.states(limit)

    def get(self, run: str) -> RunState:
        """One run by its id or the unmistakable start of it; RunError otherwise."""
        return self.ledger.state(self.ledger.find(run))

    def plan(self, run: str) -> ImportPlan:
        """What the run was to do."""
        return self.ledger.plan(self.ledger.find(run))

    def events(self, run: str) -> Sequence[ev.ImportEvent]:
        """Everything kept that happened to the run, oldest first."""
        return self.ledger.events(self.ledger.find(run))

    def revision(self) -> tuple[int, int]:
        """Changes when any process added a run or moved one on; cheap enough to be asked every second."""
        return self.ledger.revision()

    def worked_on(self, run: str) -> bool:
        """True while a living process (this one or another) sends or polls for the run."""
        return self.ledger.holder(self.ledger.find(run)) is not None

    def unfinished(self) -> Sequence[RunState]:
        """Runs with something left to do, oldest first."""
        return [self.ledger.state(run) for run in self.ledger.unfinished()]

    def earlier(self, source: SourceId, module: str) -> Sequence[RunState]:
        """Earlier runs of the same bytes into the same module, newest first, which sent or may have sent anything.

        Those that were taken back are left out.
        """
        states = [self.ledger.state(run) for run in self.ledger.earlier(source.sha256, module)]
        sent = [state for state in states if any(part.job_id or part.attempted_at for part in state.parts)]
        return [state for state in sent if not 0 < state.outcome.ok <= state.undone]

    def tree(self, run: str) -> Sequence[RunState]:
        """The run and all that mend it (or mend what mends it), oldest first."""
        found = [self.get(run)]
        for state in found:
            found.extend(self.ledger.state(child) for child in self.ledger.children(state.run_id))
        return found

    def taken_care_of(self, run: str) -> set[int]:
        """Records that a later run which mends this one has sent, or still has in hand: they must not be sent again.

        Rows that such a run left surely outside the CRM are not among them.
        """
        taken: set[int] = set()
        for state in self.tree(run)[1:]:
            plan = self.ledger.plan(state.run_id)
            out = {o.record for o in self.ledger.outcomes.each(state.run_id, results=REFUSED)}
            taken |= set(made.scope_of(plan)) - out
        return taken

    # --- rows -------------------------------------------------------------------------------------------------

    def outcomes(
        self,
        run: str,
        *,
        results: Collection[RowResult] | None = None,
        code: str | None = None,
        fields: Collection[str] | None = None,
        start: int = 0,
        count: int = 100,
    ) -> Sequence[RowOutcome]:
        """A window of the run's outcomes in source order; `code` "" finds rows without an error."""
        return self.ledger.outcomes.page(
            self.ledger.find(run), results=results, code=code, fields=fields, start=start, count=count
        )

    def outcome(self, run: str, record: int) -> RowOutcome | None:
        """What became of one record, None while it is open."""
        return self.ledger.outcomes.get(self.ledger.find(run), record)

    def groups(self, run: str) -> Sequence[OutcomeGroup]:
        """How many rows ended how: by result, code and fields; errors first."""
        return self.ledger.outcomes.groups(self.ledger.find(run))

    def counts(self, run: str) -> OutcomeCounts:
        """Rows by how they ended so far."""
        return self.ledger.outcomes.counts(self.ledger.find(run))

    def rows(self, run: str, records: Sequence[int]) -> Sequence[SourceRow]:
        """Rows of the source file; SourceError when it cannot be read, SourceChanged when it is another now."""
        source = self._source(self.ledger.find(run))
        found: list[SourceRow] = []
        for record in records:
            found.extend(source.rows(record, 1))
        return found

    def _source(self, run_id: str) -> OpenFile:
        if run_id not in self._sources:
            plan = self.ledger.plan(run_id)
            source = open_again(plan.info)
            if not _is_same(source, plan):
                source.close()
                raise SourceChanged("SOURCE_CHANGED", details={"path": plan.info.path})
            self._sources[run_id] = source
        return self._sources[run_id]

    def sent_values(self, run: str, record: int) -> dict[str, str]:
        """What was sent for a record, by field API name; empty when it was not sent."""
        run_id = self.ledger.find(run)
        for part in self.ledger.parts.holding(run_id, record):
            if record in part.records:
                return sent_values(part, record)
        return {}

    def _running(
        self, lease: Lease, plan: ImportPlan, crm: Crm | None, profile: Profile | None, on_state: OnState
    ) -> Running:
        concurrency = max(1, profile.concurrency) if profile is not None else 1
        slots, requests = self._limits.setdefault(
            plan.profile, (asyncio.Semaphore(concurrency), asyncio.Semaphore(concurrency + 1))
        )
        return Running(
            self.ledger,
            lease,
            plan,
            crm,
            clock=self._clock,
            pace=self._pace(profile) if profile is not None else local_pace(),
            on_state=on_state,
            slots=slots,
            requests=requests,
        )


def _is_same(source: OpenFile, plan: ImportPlan) -> bool:
    """True when the file is the one of the plan: same size and time, or else same bytes."""
    if (source.info.size, source.info.modified_ns) == (plan.source.size, plan.source.modified_ns):
        return True
    with source.info.data_path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == plan.source.sha256
