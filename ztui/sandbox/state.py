"""The sandbox as a whole: its store, clock, org, tokens, limits, faults and jobs, and how it starts and resets."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from ztui.sandbox.clock import Clock
from ztui.sandbox.faults import Fault, Faults
from ztui.sandbox.jobs import PACES, Jobs
from ztui.sandbox.limits import Limits
from ztui.sandbox.org import FieldDef, Org
from ztui.sandbox.store import Store
from ztui.sandbox.switches import Switches
from ztui.sandbox.tokens import Tokens

FORMAT = 1


class Sandbox:
    """One imitation of Zoho. `base` is the URL it tells of where no request names one (callbacks).

    With a state file that already holds an org, that org goes on: its records, jobs, tokens, credits and clock.
    Raises sqlite3.Error when the state file is unusable and ValueError when it is of another format.
    """

    def __init__(
        self,
        *,
        path: str | None = None,
        switches: Switches | None = None,
        pace: str = "fast",
        seed: int = 0,
        faults: Iterable[Fault] = (),
        fields: Iterable[tuple[str, FieldDef]] = (),
        base: str = "http://127.0.0.1",
    ) -> None:
        self.switches = switches or Switches()
        self.base = base
        self.generation = 0
        self.mass_open = True
        self._extra_fields = tuple(fields)
        self.set_pace(pace)
        self.store = Store(path)
        kept = self.store.meta("format")
        if kept not in (None, FORMAT):
            raise ValueError(f"the state file is of format {kept}, this program writes {FORMAT}")
        offset = self.store.meta("clock_offset")
        self.clock = Clock(float(offset) if isinstance(offset, (int, float)) else 0.0)
        self.faults = Faults(seed, tuple(faults))
        self._build()
        if kept is None:
            self._fill()
        else:
            self.tokens.install()

    def _build(self) -> None:
        self.org = Org(self.store, self.switches, self._extra_fields)
        self.tokens = Tokens(self.store, self.clock)
        self.limits = Limits(self.store, self.clock, self.switches.credits, self.switches.concurrency)
        self.jobs = Jobs(self)

    def _fill(self) -> None:
        from ztui.sandbox import defaults

        with self.store.transaction():
            self.tokens.install()
            self.tokens.offer_code()
            defaults.fill(self)
            self.store.set_meta("format", FORMAT)

    def set_pace(self, pace: str) -> None:
        """Choose how jobs advance; ValueError for an unknown pace."""
        if pace not in PACES:
            raise ValueError(f"unknown pace {pace!r}; known: {', '.join(PACES)}")
        self.pace = pace

    def set_switches(self, switches: Switches) -> None:
        """Behave differently from now on; records and jobs stay."""
        self.switches = switches
        self.org = Org(self.store, switches, self._extra_fields)
        self.limits.credits, self.limits.concurrency = switches.credits, switches.concurrency

    def move_clock(self, seconds: float) -> None:
        """Let time pass (or go back): tokens, links, credits, paced jobs follow."""
        self.clock.offset += seconds
        self.store.set_meta("clock_offset", self.clock.offset)

    async def reset(self) -> None:
        """A fresh default org; faults and their chances start again too."""
        await self.jobs.close()
        await asyncio.to_thread(self._reset)

    def _reset(self) -> None:
        with self.store.transaction():
            self.generation += 1
            self.store.clear()
            self.clock.offset = 0.0
            self.faults.restart()
            self._build()
            self._fill()

    async def close(self) -> None:
        """Stop the work and close the store."""
        await self.jobs.close()
        self.limits.save()
        self.store.close()
