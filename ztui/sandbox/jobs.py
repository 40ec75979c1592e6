"""A bulk write job's life: from its specification to the result archive, and what job details show on the way.

Paces: `once` finishes a job before the create is answered, `fast` and `real` by time, `poll` by one state per reading
of its details, `manual` only when told. A job's records, counts and archive are committed together, so a killed
sandbox either has done the whole job or will do it after the restart.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ztui.sandbox import archive, callback, create, records
from ztui.sandbox.clock import iso
from ztui.sandbox.dialect import VERSIONS, Dialect
from ztui.sandbox.org import CURRENT_USER, ZGID
from ztui.sandbox.rows import Outcome, RowEngine, result_rows
from ztui.sandbox.store import Row
from ztui.sandbox.wire import dump

if TYPE_CHECKING:
    from ztui.sandbox.state import Sandbox

LOG = logging.getLogger("ztui.sandbox")
PACES = ("once", "fast", "real", "poll", "manual")
ADDED, RUNNING, COMPLETED, FAILED, SKIPPED = "ADDED", "INPROGRESS", "COMPLETED", "FAILED", "SKIPPED"
OPEN = (ADDED, RUNNING)
TIMES: dict[str, tuple[float, float]] = {"fast": (0.25, 0.5), "real": (3.0, 8.0)}
LINK_LIFETIME = 7 * 86_400.0


class Jobs:
    """All bulk write jobs of the org."""

    def __init__(self, box: Sandbox) -> None:
        self._box = box
        self._wakeup = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()
        self._worker: asyncio.Task[None] | None = None
        self._deliveries: set[asyncio.Task[bool]] = set()

    async def create(self, spec: Mapping[str, Any]) -> int:
        """Accept a job: its files are used from now on. At the pace `once` it is over when this returns."""
        box = self._box
        with box.store.transaction() as db:
            number = box.store.new_ids()
            self.insert(db, number, spec)
        if box.pace == "once":
            await self.step(number)
            await self.step(number)
        self.wake()
        return number

    def insert(self, db: sqlite3.Connection, number: int, spec: Mapping[str, Any], *, frozen: bool = False) -> None:
        """Store a new job as ADDED and mark its files as used."""
        now = self._box.clock.now()
        db.execute(
            "INSERT INTO jobs (id, state, frozen, spec, created, changed) VALUES (?,?,?,?,?,?)",
            (number, ADDED, int(frozen), json.dumps(spec), now, now),
        )
        create.consume(db, spec, number)

    def find(self, number: int | None) -> Row | None:
        """The job's row without its archive, or None."""
        if number is None:
            return None
        return self._box.store.row(
            "SELECT id, state, frozen, spec, created, changed, outcome FROM jobs WHERE id=?", (number,)
        )

    def wake(self) -> None:
        """Let time-paced jobs be looked at now; starts the worker in the running loop when there is none."""
        self._wakeup.set()
        if self._box.pace in TIMES and (self._worker is None or self._worker.done()):
            self._worker = asyncio.get_running_loop().create_task(self._work())

    async def catch_up(self) -> None:
        """Take every job as far as the clock says; for a clock that was moved."""
        while await self._advance_due() == 0.0:
            continue
        self.wake()

    async def settled(self) -> None:
        """Wait until no time-paced job is open any more."""
        if self._worker is not None:
            await asyncio.wait({self._worker})

    async def close(self) -> None:
        """Stop the worker; jobs under way are taken up again by the next start."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)
        await asyncio.gather(*self._deliveries, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            self._wakeup.clear()
            wait = await self._advance_due()
            if wait is None:
                return
            try:
                await asyncio.wait_for(self._wakeup.wait(), wait)
            except TimeoutError:
                continue

    async def _advance_due(self) -> float | None:
        """Take every due job one state on; seconds until the next is due, None when no job is open."""
        times = TIMES.get(self._box.pace)
        rows = self._box.store.rows(
            "SELECT id, state, created, changed FROM jobs WHERE state IN (?,?) AND frozen=0", OPEN
        )
        if times is None or not rows:
            return None
        now = self._box.clock.now()
        soonest: float | None = None
        for row in rows:
            due = row["created"] + times[0] if row["state"] == ADDED else row["changed"] + times[1]
            if due <= now:
                await self.step(row["id"], due)
                soonest = 0.0
            else:
                soonest = due - now if soonest is None else min(soonest, due - now)
        return soonest

    async def step(self, number: int, at: float | None = None) -> None:
        """Take a job one state on: ADDED to INPROGRESS (`at` a time that may be past), INPROGRESS through the row
        engine to its end."""
        async with self._one_at_a_time:
            row = self.find(number)
            if row is None or row["state"] not in OPEN:
                return
            if row["state"] == ADDED:
                with self._box.store.transaction() as db:
                    since = self._box.clock.now() if at is None else at
                    db.execute("UPDATE jobs SET state=?, changed=? WHERE id=?", (RUNNING, since, number))
                return
            faults = {f.kind: f for f in self._box.faults.strike("job")}
            if "stuck_job" in faults:
                with self._box.store.transaction() as db:
                    db.execute("UPDATE jobs SET frozen=1 WHERE id=?", (number,))
                return
            ending = None
            if "failed_job" in faults:
                ending = (FAILED, faults["failed_job"].params["code"])
            elif "skipped_job" in faults:
                ending = (SKIPPED, SKIPPED)
            spec = json.loads(row["spec"])
            try:
                await asyncio.to_thread(self.finish, number, spec, ending)
            except Exception:
                LOG.exception("job %s went wrong in the sandbox itself", number)
                self.finish(number, spec, (FAILED, "INTERNAL_ERROR"))
        self._deliver(number)

    def finish(self, number: int, spec: Mapping[str, Any], ending: tuple[str, str] | None = None) -> None:
        """Run the row engine over the job's files and commit everything at once. Blocking; for a thread."""
        box = self._box
        generation = box.generation
        outcomes: list[Outcome] = []
        entries: list[tuple[str, bytes]] = []
        failed = ending
        if failed is None:
            try:
                for resource in spec["resources"]:
                    outcomes.append(self._run(spec, resource, outcomes))
                    name = f"{resource['module']}-{archive.base_name(resource['csv'])}"
                    entries.append((name, result_rows(outcomes[-1], resource["mappings"], box.switches)))
            except archive.BadFile as problem:
                failed = (FAILED, problem.code)
        packed = archive.zipped(entries) if failed is None else None
        outcome = _summary(outcomes, failed)
        now = box.clock.now()
        with box.store.transaction() as db:
            row = self.find(number)
            if box.generation != generation or row is None or row["state"] not in OPEN:
                return  # the org was reset meanwhile, or the job came to its end another way
            if failed is None:
                for resource, done in zip(spec["resources"], outcomes, strict=True):
                    records.insert(db, resource["module"], done.inserts, now)
                    records.update(db, done.updates, now)
                    box.org.add_picklist_values(done.additions)
            db.execute(
                "UPDATE jobs SET state=?, changed=?, outcome=?, archive=? WHERE id=?",
                (failed[0] if failed else COMPLETED, now, json.dumps(outcome), packed, number),
            )
            db.execute("UPDATE files SET data=x'' WHERE used_by=?", (number,))

    def _run(self, spec: Mapping[str, Any], resource: Mapping[str, Any], earlier: list[Outcome]) -> Outcome:
        box = self._box
        row = box.store.row("SELECT data FROM files WHERE id=?", (resource["file_id"],))
        if row is None:
            raise archive.BadFile("FILE_NOT_FOUND")
        content = archive.read_entry(row["data"], resource["csv"])
        engine = RowEngine(box.store, box.org, box.switches, spec, resource, earlier[0] if earlier else None)
        return engine.run(content, spec["character_encoding"])

    def _deliver(self, number: int) -> None:
        row = self.find(number)
        if row is None or row["state"] in OPEN:
            return
        spec = json.loads(row["spec"])
        if not spec["callback"] or not callback.is_loopback(spec["callback"]["url"]):
            return
        body = dump(self.details(row, VERSIONS[spec["version"]], self._box.base))
        task = asyncio.get_running_loop().create_task(
            asyncio.to_thread(callback.deliver, spec["callback"]["url"], body)
        )
        self._deliveries.add(task)
        task.add_done_callback(self._deliveries.discard)

    def details(self, row: Row, dialect: Dialect, base: str, word: str | None = None) -> dict[str, Any]:
        """Job details in the captured key order; `word` stands in for the job's status."""
        spec, outcome = json.loads(row["spec"]), json.loads(row["outcome"] or "{}")
        state = word or (self._box.switches.running_word if row["state"] == RUNNING else row["state"])
        out: dict[str, Any] = {"status": state}
        if outcome.get("charset"):
            out["character_encoding"] = outcome["charset"]
        results = outcome.get("resources") or [None] * len(spec["resources"])
        out["resource"] = [
            self._resource(state, given, result, outcome.get("code"), dialect)
            for given, result in zip(spec["resources"], results, strict=True)
        ]
        out["id"] = str(row["id"])
        if spec["callback"]:
            out["callback"] = spec["callback"]
        if row["state"] == COMPLETED:
            out["result"] = {"download_url": self.download_url(row["id"], base)}
        out["created_by"] = {"id": CURRENT_USER.id, "name": CURRENT_USER.full_name}
        if spec["ignore_empty"] is not None:
            out["ignore_empty"] = spec["ignore_empty"]
        out["operation"] = spec["operation"]
        out["created_time"] = iso(row["created"])
        return out

    def download_url(self, number: int, base: str) -> str:
        """Where the result is fetched: the captured path says v2 whatever version is called."""
        path = f"/bulk-write/{number}/{number}.zip"
        if self._box.switches.download_url == "relative":
            return f"/v2/crm/org{ZGID}{path}"
        return f"{base}/v2/crm/{ZGID}{path}"

    def _resource(
        self, state: str, given: Mapping[str, Any], result: Mapping[str, Any] | None, code: str | None, dialect: Dialect
    ) -> dict[str, Any]:
        module = self._box.org.modules[given["module"]]
        out: dict[str, Any] = {"status": state, "type": "data"}
        out["module"] = module.api_name if dialect.module_as_text else {"id": module.id, "api_name": module.api_name}
        if given["find_by"] is not None:
            out["find_by"] = given["find_by"]
        out["field_mappings"] = [_mapping_shown(m, dialect) for m in sorted(given["mappings"], key=_shown_order)]
        if result is not None:
            out["file"] = {"status": COMPLETED, "name": result["name"]} | {
                f"{kind}_count": result[kind] for kind in ("added", "skipped", "updated", "total")
            }
        out["code"] = code or state
        return out


def _shown_order(mapping: Mapping[str, Any]) -> tuple[bool, str]:
    """Job details list mappings in another order than they were sent: both captures fit Owner, then by name."""
    return mapping["api_name"] != "Owner", mapping["api_name"]


def _mapping_shown(mapping: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    keys = ["api_name", "index", "format", "find_by", "module", "default_value"]
    if dialect.several_files:
        keys.append("parent_column_index")
    return {key: mapping.get(key) for key in keys}


def _summary(outcomes: list[Outcome], failed: tuple[str, str] | None) -> dict[str, Any]:
    if failed is not None:
        return {"code": failed[1]}
    resources = [
        {"added": o.added, "skipped": o.skipped, "updated": o.updated, "total": len(o.fates), "name": o.name}
        for o in outcomes
    ]
    return {"resources": resources, "charset": outcomes[0].charset}
