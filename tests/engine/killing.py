"""Ends a run at a chosen moment, as `kill -9` would: before or after any commit, before or after any request's effect.

A killed "process" can do nothing more: every later commit or request of it fails too. The world (source file, CRM,
state folder) stays, and another front door goes on with it.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.engine.fake_crm import FakeCrm
from tests.engine.own_packer import OwnPacker
from tests.engine.running_world import PACE, World
from ztui.engine.runs import Runs
from ztui.errors import AnswerLost, ApiError, SignInError, Throttled, Unreachable
from ztui.model.outcome import RowResult
from ztui.model.run import RunState
from ztui.store.ledger import Ledger


class Killed(BaseException):
    """The process is gone."""


class Process:
    """One life of ztui: counts its moments and dies at the chosen one, by number or the first of this name.

    Commits and requests of several tasks change places from run to run: where it matters which one it is, name it.
    """

    def __init__(self, dies_at: int | str | None = None) -> None:
        self.moments: list[str] = []
        self.dies_at = dies_at
        self.dead = False

    def moment(self, name: str) -> None:
        self.moments.append(name)
        if isinstance(self.dies_at, int):
            self.dead = self.dead or len(self.moments) > self.dies_at
        elif name == self.dies_at:
            self.dead = True
        if self.dead:
            raise Killed(name)


class MortalLedger(Ledger):
    """A ledger of a process that may die around any commit."""

    def __init__(self, folder: Path, process: Process) -> None:
        self.process = Process()
        super().__init__(folder)
        self.process = process

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        self.process.moment("commit before")
        with super().write() as db:
            yield db
        self.process.moment("commit after")


class Troubles:
    """Faults by chance, reproducible from the seed; none for `chance` 0."""

    def __init__(self, seed: int = 0, chance: float = 0.0) -> None:
        self.rng = random.Random(seed)
        self.chance = chance

    def strike(self, request: str, when: str) -> None:
        if self.rng.random() >= self.chance:
            return
        lost: list[BaseException] = [
            AnswerLost("ANSWER_LOST"),
            ApiError("INTERNAL_ERROR", level="api", http_status=500),
        ]
        refused: list[BaseException] = [
            Unreachable("CONNECT_FAILED"),
            Throttled("TOO_MANY_REQUESTS", level="api", http_status=429, retry_after=5.0),
            SignInError("INVALID_TOKEN", "invalid oauth token", http_status=401),
        ]
        raise self.rng.choice(lost if when == "after" else lost + refused)


class MortalWorld(World):
    """A world in which processes die."""

    def __init__(self, folder: Path, troubles: Troubles | None = None) -> None:
        self.process = Process()
        self.moments: list[str] = []
        self.lives = 0
        self.troubles = troubles or Troubles()
        super().__init__(folder)

    def another(self) -> Runs:
        process = self.process

        async def connect(_name: str) -> FakeCrm:
            def fault(request: str, when: str) -> None:
                process.moment(f"{request} {when}")
                self.troubles.strike(request, when)

            return FakeCrm(self.zoho, fault)

        return Runs(
            lambda: MortalLedger(self.folder / "state", process),
            profile_of=self.profile_of,
            connect=connect,
            packer=OwnPacker(),
            clock=self.clock,
            pace=lambda _profile: PACE,
        )

    def live(self, dies_at: int | str | None = None) -> Runs:
        """A new process; the one before is gone, and so is its lease."""
        self.process = Process(dies_at)
        ledger = Ledger(self.folder / "state")
        with ledger.write() as db:
            db.execute("UPDATE runs SET token = NULL")
        ledger.close()
        return self.another()

    async def to_the_end(self, deaths: Sequence[int | str], **changes: object) -> RunState:
        """Start, die at the given moments one life after the other, and go on until the run is over."""
        plan = self.plan(**changes)
        for life in range(60):
            runs = self.live(deaths[life] if life < len(deaths) else None)
            try:
                known = runs.list()
                self.lives = life + 1
                state = await (runs.resume(known[0].run_id) if known else runs.start(plan))
                if state.ended_at:
                    self.moments = list(self.process.moments)
                    return state
            except Killed:
                continue
            finally:
                self.process.dead = False
                self.process.dies_at = None
                runs.close()
        raise AssertionError("the run never came to its end")

    def check(self, state: RunState, bad: set[int]) -> None:
        """None lost, none doubled, and the outcomes say what is so."""
        runs = self.live()
        present: dict[str, list[str]] = {}
        for record in self.zoho.records.values():
            present.setdefault(str(record.values["Email"]), []).append(record.id)
        good = [n for n in range(self.rows) if n not in bad]
        doubled = {email: ids for email, ids in present.items() if len(ids) > 1}
        assert not doubled, f"doubled: {doubled}"
        missing = [n for n in good if f"p{n}@example.org" not in present]
        assert not missing, f"lost: {missing}"
        outcomes = {o.record: o for o in runs.outcomes(state.run_id, count=self.rows + 1)}
        assert sorted(outcomes) == list(range(self.rows))
        for n in good:
            assert outcomes[n].result is RowResult.ADDED, (n, outcomes[n])
            assert outcomes[n].record_id == present[f"p{n}@example.org"][0]
            assert outcomes[n].line == n + 2
        for n in bad:
            assert not outcomes[n].result.ok
        assert state == runs.ledger.replay(state.run_id)
        assert state.outcome.total == self.rows
        runs.close()
