"""Mass updates: one value (in Deals up to three) written to many records, in batches that are kept like parts of a run.

The intent to send a batch is on disk before the request leaves, the answer after it. A batch without an answer is sent
again only where that cannot do harm: writing the same value twice is the same as once; appending to a multi-select list
is not surely so, and then a person is asked. A view is updated by Zoho itself as a scheduled job, which is polled.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from ztui import catalogue
from ztui.engine.diagnose import Diagnosis
from ztui.engine.mass_sending import OnMassState, Sender, quiet
from ztui.engine.mass_values import FieldChoice, NewValue, choices, field_limit, find_field, read_value
from ztui.engine.polling import Clock, Pace, SystemClock, live_pace, local_pace, stamp
from ztui.engine.record_ids import RecordIds, from_column, from_text, id_column
from ztui.engine.runs import OnTrouble, all_that_can, unheard
from ztui.errors import UsageError
from ztui.model.crm import CustomView, ModuleSchema, User
from ztui.model.mass_run import MassPhase, MassPlan, MassState
from ztui.model.mass_update import MassUpdateAnswer, MassUpdateRequest, MassUpdateResult, MassUpdateStatus
from ztui.model.outcome import RowOutcome, RowResult
from ztui.model.profile import Profile
from ztui.model.run import RunState
from ztui.model.table import DialectOverrides
from ztui.store.locations import Locations
from ztui.store.mass_updates import MassUpdateStore

__all__ = ["FieldChoice", "MassUpdates", "NewValue", "OnMassState", "RecordIds"]

_PAGE = 2_000
AS_DETECTED = DialectOverrides()


class MassClient(Protocol):
    """The part of `ztui.zoho.client.ZohoClient` that mass updates use. Every method raises ZohoError."""

    async def mass_update(self, request: MassUpdateRequest) -> MassUpdateAnswer:
        """Send one call; AnswerLost when it may have taken effect."""
        ...

    async def mass_update_status(self, module: str, job_id: str) -> MassUpdateStatus:
        """One reading of a scheduled job."""
        ...


class PastRuns(Protocol):
    """The part of `ztui.engine.runs.Runs` that ids are taken from."""

    def get(self, run: str) -> RunState:
        """A run by (the beginning of) its id."""
        ...

    def outcomes(
        self, run: str, *, results: Collection[RowResult] | None = None, code: str | None = None, start: int = 0,
        count: int = 100,
    ) -> Sequence[RowOutcome]:  # fmt: skip
        """One page of what became of its rows."""
        ...


class Surroundings(Protocol):
    """The part of `ztui.engine.workspace.Workspace` that mass updates need."""

    @property
    def locations(self) -> Locations:
        """Where things are kept."""
        ...

    @property
    def runs(self) -> PastRuns:
        """The imports."""
        ...

    def profile_named(self, name: str = "") -> Profile:
        """A profile; ConfigError when there is none."""
        ...

    async def connect(self, name: str = "") -> MassClient:
        """A profile's client."""
        ...

    async def schema(self, module: str) -> ModuleSchema:
        """A module's fields."""
        ...

    async def users(self) -> tuple[User, ...]:
        """The org's users."""
        ...

    async def custom_views(self, module: str) -> tuple[CustomView, ...]:
        """A module's views."""
        ...


class MassUpdates:
    """All mass updates of one state folder."""

    def __init__(
        self,
        workspace: Surroundings,
        *,
        clock: Clock | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._workspace = workspace
        self._clock = clock or SystemClock()
        self._pace = pace
        self._store = MassUpdateStore(workspace.locations.state_dir / "mass_updates")
        self._stopping: set[str] = set()

    # -- before: fields, values, records

    async def fields(self, module: str) -> tuple[FieldChoice, ...]:
        """All fields of the module; those that cannot be mass updated carry the reason."""
        return choices(await self._workspace.schema(module))

    def field_limit(self, module: str) -> int:
        """How many fields one mass update may write in this module (Deals three, else one)."""
        return field_limit(module)

    async def read_value(self, module: str, field: str, text: str) -> NewValue:
        """What a person typed for a field (API name or label). Raises UsageError MASS_FIELD, MASS_VALUE."""
        found = find_field(await self._workspace.schema(module), field)
        takes_user = catalogue.field_type(found.data_type).check == "user"
        return read_value(found, text, await self._workspace.users() if takes_user else ())

    def ids_from_text(self, text: str) -> RecordIds:
        """Ids out of pasted text."""
        return from_text(text)

    async def ids_from_file(
        self, path: str | Path, column: str = "", overrides: DialectOverrides = AS_DETECTED
    ) -> RecordIds:
        """Ids of a column of a CSV, by header or 1-based number; without a name the column called (Record) Id.

        Raises SourceError, UsageError MASS_COLUMN.
        """
        from ztui.engine.files import OpenFile

        opened = await OpenFile.opened(str(path), overrides)
        with opened as file:
            await file.index()
            wanted = column or id_column(file.info.headers) or ""
            return await asyncio.to_thread(from_column, file, wanted)

    def ids_from_run(self, run: str, results: Collection[RowResult] | None = None) -> RecordIds:
        """Ids of the records a run wrote (or of the rows with these results). Raises RunError for an unknown run."""
        wanted = (RowResult.ADDED, RowResult.UPDATED) if results is None else tuple(results)
        state = self._workspace.runs.get(run)
        current = self._workspace.profile_named().name
        if state.profile != current:
            details = {"run": state.run_id, "profile": state.profile, "current": current}
            raise UsageError("MASS_OTHER_ORG", details=details)
        ids: dict[str, None] = {}
        repeated = blank = start = 0
        while page := self._workspace.runs.outcomes(state.run_id, results=wanted, start=start, count=_PAGE):
            start += len(page)
            for outcome in page:
                repeated += outcome.record_id in ids
                blank += not outcome.record_id
                if outcome.record_id:
                    ids[outcome.record_id] = None
        return RecordIds(tuple(ids), f"import {state.run_id}", repeated, blank, module=state.module)

    async def view(self, module: str, name: str) -> CustomView:
        """A custom view by id or name. Raises UsageError MASS_VIEW when there is not just one."""
        views = await self._workspace.custom_views(module)
        found = [v for v in views if v.id == name] or [v for v in views if v.name.casefold() == name.casefold()]
        if len(found) != 1:
            known = ", ".join(v.name for v in views[:12])
            raise UsageError("MASS_VIEW", details={"view": name, "count": str(len(found)), "known": known})
        return found[0]

    async def prepare(
        self,
        module: str,
        values: Mapping[str, str],
        *,
        records: RecordIds | None = None,
        view: CustomView | None = None,
        over_write: bool = False,
    ) -> MassPlan:
        """A plan, everything checked that can be known before sending. `values` are texts by field (API name or label).

        Raises UsageError: MASS_FIELD, MASS_VALUE, MASS_FIELDS (too many), MASS_NOTHING (no value, or no records),
        MASS_OTHER_MODULE (the records are of another one).
        """
        if records is not None and records.module not in ("", module):
            facts = {"source": records.source, "there": records.module, "module": module}
            raise UsageError("MASS_OTHER_MODULE", details=facts)
        profile = self._workspace.profile_named()
        read = [await self.read_value(module, field, text) for field, text in values.items()]
        limit = self.field_limit(module)
        if len({v.field.api_name for v in read}) > limit:
            raise UsageError("MASS_FIELDS", details={"module": module, "limit": str(limit)})
        ids = records.ids if records is not None else ()
        if not read or (not ids and view is None):
            raise UsageError("MASS_NOTHING", details={"what": "record" if read else "value"})
        at = self._clock.now()
        return MassPlan(
            id=f"{at:%y%m%d-%H%M%S}-{secrets.token_hex(3)}",
            module=module,
            values_json=json.dumps({v.field.api_name: v.value for v in read}, ensure_ascii=False),
            shown=tuple((v.field.label, v.shown) for v in read),
            profile=profile.name,
            environment=profile.environment,
            batch=catalogue.limits().mass_update_ids,
            ids=ids if view is None else (),
            cvid=view.id if view is not None else None,
            over_write=over_write,
            appends=not over_write and any(v.is_list and v.value for v in read),
            source=f"the view {view.name}" if view is not None else records.source if records is not None else "",
        )

    # -- doing it

    async def start(self, plan: MassPlan, on_state: OnMassState = quiet, *, wait: bool = True) -> MassState:
        """Send a plan and come back when it ended, stopped or was cancelled; a view's job is polled unless not `wait`.

        Raises ConfigError, StoreError, UsageError PROFILE_READONLY before anything is sent. Cancelling the task leaves
        it to be resumed.
        """
        profile = self._workspace.profile_named(plan.profile)
        if profile.readonly:
            raise UsageError("PROFILE_READONLY", details={"profile": profile.name})
        await asyncio.to_thread(self._store.create, plan, stamp(self._clock))
        return await self._work(plan.id, on_state, wait=wait, again=False)

    async def resume(
        self, name: str, on_state: OnMassState = quiet, *, wait: bool = True, again: bool = False
    ) -> MassState:
        """Go on: send what was not sent, poll what is scheduled; batches without an answer are sent again where that is
        harmless, or with `again` always. Raises RunError MASS_UNKNOWN, MASS_BUSY.
        """
        return await self._work(self._store.find(name), on_state, wait=wait, again=again)

    async def cancel(self, name: str) -> None:
        """Send nothing more after the batch under way; works whichever process sends. A scheduled job goes on."""
        run_id = self._store.find(name)
        self._stopping.add(run_id)
        await asyncio.to_thread(self._store.ask_to_stop, run_id)

    async def _work(self, run_id: str, on_state: OnMassState, *, wait: bool, again: bool) -> MassState:
        with self._store.open(run_id) as log:
            plan = log.state.plan
            if log.state.phase in (MassPhase.ENDED, MassPhase.CANCELLED) and not (again and log.state.uncertain):
                return log.state
            profile = self._workspace.profile_named(plan.profile)
            client = await self._workspace.connect(plan.profile)
            pace = self._pace or (local_pace() if profile.sandbox else live_pace())
            sender = Sender(log, client, self._clock, pace, on_state, lambda: run_id in self._stopping)
            try:
                return await sender.run(wait=wait, again=again)
            finally:
                self._stopping.discard(run_id)

    # -- after

    def list(self, limit: int = 100) -> list[MassState]:
        """The latest mass updates, newest first. Raises StoreError."""
        return self._store.states(limit)

    def get(self, name: str) -> MassState:
        """A mass update by (the beginning of) its id. Raises RunError MASS_UNKNOWN."""
        return self._store.state(name)

    def worked_on(self, name: str) -> bool:
        """True while a living process (this one or another) sends or polls for it."""
        return self._store.held(name)

    async def resume_all(
        self, on_state: OnMassState = quiet, *, halted: bool = False, on_trouble: OnTrouble = unheard
    ) -> Sequence[MassState]:
        """Go on with every one that was left behind: send what was not sent, read scheduled jobs until they end.

        `halted` takes those too that were stopped by a trouble. Returns how those stand that went on; `on_trouble` is
        told of the others (MASS_BUSY: another process works on it).
        """
        wanted = [s.plan.id for s in self.list() if s.active or (halted and s.phase is MassPhase.STOPPED)]
        return await all_that_can(wanted, lambda run_id: self.resume(run_id, on_state), on_trouble)

    def diagnose(self, result: MassUpdateResult, schema: ModuleSchema | None = None) -> Diagnosis:
        """What a refusal means, in words: the catalogue's entry with the facts of the answer."""
        facts: dict[str, object] = dict(result.details)
        api_name = facts.get("api_name")
        if schema is not None and isinstance(api_name, str) and (of := schema.field(api_name)) is not None:
            facts["field"] = of.label
        entry = catalogue.resolve("mass_update", result.code)
        if entry is None:
            words = result.message or result.code
            return Diagnosis("mass_update", result.code, result.code, words, "", message=result.message, known=False)
        said = entry.explain(facts, result.message)
        return Diagnosis(entry.level, result.code, said.title, said.cause, said.remedy, message=result.message)
