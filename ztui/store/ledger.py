"""The ledger of runs: what was planned, what happened, who is at work. SQLite; one folder per run beside it.

Events are the truth; the state kept with a run is their fold (`ztui.model.run.apply`), written in the same transaction,
and made anew by replay where it is of an older kind. Only the holder of a run's lease may add events to it. Parts and
outcomes live in their own modules; this class joins them.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from ztui.errors import RunError, StoreError
from ztui.model import event as ev
from ztui.model import run as fold
from ztui.model.event import ImportEvent
from ztui.model.outcome import RowOutcome
from ztui.model.plan import ImportPlan
from ztui.model.run import RunState
from ztui.store import codec, ledger_lease, ledger_schema
from ztui.store.atomic import make_private_folder, write_whole
from ztui.store.ledger_base import LedgerBase
from ztui.store.ledger_images import Images
from ztui.store.ledger_lease import Lease
from ztui.store.ledger_outcomes import Outcomes
from ztui.store.ledger_parts import Parts

PLAN_FILE = "plan.json"


class Ledger(LedgerBase):
    """An open ledger; safe to call from any thread and from several processes at once. Raises StoreError."""

    def __init__(self, folder: Path) -> None:
        """Open or make the ledger in the state folder."""
        super().__init__(folder)
        self._states: dict[str, tuple[int, RunState]] = {}
        self.parts = Parts(self)
        self.outcomes = Outcomes(self)
        self.images = Images(self)

    # --- runs -------------------------------------------------------------------------------------------------

    def run_folder(self, run_id: str) -> Path:
        """Where the run's plan and archives lie; made (0700) when missing."""
        return make_private_folder(self.folder / "runs" / run_id)

    def create(self, plan: ImportPlan, started: ev.RunStarted, refuse: Callable[[], None] | None = None) -> Lease:
        """Put a new run in the ledger, held by this process. The plan is on disk before the run is in the table.

        `refuse` is called inside the transaction, while no other process can add a run: what it raises is raised, and
        nothing is kept.
        """
        make_private_folder(self.folder / "runs")
        folder = self.run_folder(started.run_id)
        write_whole(folder / PLAN_FILE, codec.dumps(plan).encode())
        state = fold.start(started)
        with self.write() as db:
            try:
                if refuse is not None:
                    refuse()
            except BaseException:  # only here: once the commit is on its way, the run may be in the table
                shutil.rmtree(folder, ignore_errors=True)
                raise
            db.execute(
                "INSERT INTO runs (id, digest, sha256, module, profile, parent, started_at, rev, fold, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
                (
                    started.run_id,
                    started.plan_digest,
                    plan.source.sha256,
                    started.module,
                    started.profile,
                    started.parent_run,
                    started.at,
                    ledger_schema.FOLD,
                    codec.dumps(state),
                ),
            )
            run = self.number(started.run_id, db)
            db.execute("INSERT INTO events VALUES (?, 1, ?)", (run, codec.dumps(started, tagged=True)))
            token = ledger_lease.claim(db, run, started.run_id)
        return Lease(started.run_id, run, token)

    def number(self, run_id: str, db: sqlite3.Connection | None = None) -> int:
        """The run's row number; RunError when there is no such run."""
        if db is None:
            with self.read() as reader:
                return self.number(run_id, reader)
        row = db.execute("SELECT n FROM runs WHERE id = ?", (run_id,)).fetchone()
        if row is None:
            raise RunError("RUN_UNKNOWN", details={"run": run_id})
        return int(row[0])

    def find(self, prefix: str) -> str:
        """The one run whose id starts with `prefix`; RunError when there is none or more than one."""
        pattern = prefix.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        with self.read() as db:
            if prefix and db.execute("SELECT 1 FROM runs WHERE id = ?", (prefix,)).fetchone():
                return prefix
            rows = db.execute(
                "SELECT id FROM runs WHERE id LIKE ? ESCAPE '\\' ORDER BY n DESC LIMIT 6", (pattern,)
            ).fetchall()
        if not prefix or not rows:
            raise RunError("RUN_UNKNOWN", details={"run": prefix})
        if len(rows) > 1:
            raise RunError("RUN_AMBIGUOUS", details={"run": prefix, "runs": ", ".join(row[0] for row in rows)})
        return str(rows[0][0])

    def plan(self, run_id: str) -> ImportPlan:
        """The run's plan; StoreError when its file is gone or damaged."""
        path = self.folder / "runs" / run_id / PLAN_FILE
        try:
            return codec.loads(ImportPlan, path.read_text(encoding="utf-8"))
        except OSError as error:
            self.number(run_id)
            raise StoreError("RUN_FILES_GONE", details={"run": run_id, "path": str(path)}) from error
        except ValueError as error:
            raise StoreError("LEDGER_DAMAGED", details={"path": str(path), "reason": str(error)}) from error

    def states(self, limit: int = 500) -> list[RunState]:
        """The newest runs, newest first."""
        with self.read() as db:
            rows = db.execute("SELECT n, id, rev FROM runs ORDER BY n DESC LIMIT ?", (limit,)).fetchall()
            return [self._state(db, int(n), str(run_id), int(rev)) for n, run_id, rev in rows]

    def state(self, run_id: str) -> RunState:
        """The run as it stands; RunError when there is no such run."""
        with self.read() as db:
            run = self.number(run_id, db)
            rev = db.execute("SELECT rev FROM runs WHERE n = ?", (run,)).fetchone()[0]
            return self._state(db, run, run_id, int(rev))

    def _state(self, db: sqlite3.Connection, run: int, run_id: str, rev: int) -> RunState:
        known = self._states.get(run_id)
        if known is not None and known[0] == rev:
            return known[1]
        text, kind = db.execute("SELECT state, fold FROM runs WHERE n = ?", (run,)).fetchone()
        state = codec.loads(RunState, text) if kind == ledger_schema.FOLD else self._replay(db, run)
        self._states[run_id] = (rev, state)
        return state

    def _replay(self, db: sqlite3.Connection, run: int) -> RunState:
        happened = self._events(db, run)
        first = cast(ev.RunStarted, happened[0])
        state = fold.start(first)
        for event in happened[1:]:
            state = fold.apply(state, event)
        return state

    def replay(self, run_id: str) -> RunState:
        """The fold over all kept events, whatever state is kept beside them."""
        with self.read() as db:
            return self._replay(db, self.number(run_id, db))

    def events(self, run_id: str) -> list[ImportEvent]:
        """Everything kept that happened to the run, oldest first."""
        with self.read() as db:
            return self._events(db, self.number(run_id, db))

    @staticmethod
    def _events(db: sqlite3.Connection, run: int) -> list[ImportEvent]:
        rows = db.execute("SELECT body FROM events WHERE run = ? ORDER BY seq", (run,))
        return [codec.loads_union(ImportEvent, row[0]) for row in rows]

    def unfinished(self) -> list[str]:
        """The runs with something left to send, to poll or to read, oldest first."""
        with self.read() as db:
            return [str(row[0]) for row in db.execute("SELECT id FROM runs WHERE open = 1 ORDER BY n")]

    def earlier(self, sha256: str, module: str) -> list[str]:
        """Runs of the same bytes into the same module, newest first."""
        with self.read() as db:
            rows = db.execute("SELECT id FROM runs WHERE sha256 = ? AND module = ? ORDER BY n DESC", (sha256, module))
            return [str(row[0]) for row in rows]

    def children(self, run_id: str) -> list[str]:
        """Runs that mend this one, oldest first."""
        with self.read() as db:
            return [str(row[0]) for row in db.execute("SELECT id FROM runs WHERE parent = ? ORDER BY n", (run_id,))]

    # --- leases and events ------------------------------------------------------------------------------------

    def claim(self, run_id: str) -> Lease:
        """Take the run for this process; RunError (RUN_BUSY) while another holder lives."""
        with self.write() as db:
            run = self.number(run_id, db)
            return Lease(run_id, run, ledger_lease.claim(db, run, run_id))

    def release(self, lease: Lease) -> None:
        """Let go of the run; nothing happens when the lease is not ours any more."""
        ledger_lease.let_go(lease.token)
        with self.write() as db:
            db.execute("UPDATE runs SET token = NULL WHERE n = ? AND token = ?", (lease.run, lease.token))

    def holder(self, run_id: str) -> ledger_lease.Owner | None:
        """The living process that works on the run, or None."""
        with self.read() as db:
            row = db.execute("SELECT token, pid, born, boot, host, beat FROM runs WHERE id = ?", (run_id,)).fetchone()
        return ledger_lease.holder(row) if row else None

    def beat(self, lease: Lease, now: float) -> None:
        """Show that the holder is at work; `now` is seconds since the epoch."""
        with self.write() as db:
            self._own(db, lease)
            db.execute("UPDATE runs SET beat = ? WHERE n = ?", (now, lease.run))

    @staticmethod
    def _own(db: sqlite3.Connection, lease: Lease) -> None:
        row = db.execute("SELECT token FROM runs WHERE n = ?", (lease.run,)).fetchone()
        if row is None or row[0] != lease.token:
            raise RunError("RUN_TAKEN_OVER", details={"run": lease.run_id})

    def append(
        self,
        lease: Lease,
        *events: ImportEvent,
        also: Callable[[sqlite3.Connection, int], None] | None = None,
    ) -> RunState:
        """Commit events (and what `also` writes) in one transaction and return the state after them.

        RunError (RUN_TAKEN_OVER) when the lease is not ours any more: then nothing was written.
        """
        with self.write() as db:
            self._own(db, lease)
            if also is not None:
                also(db, lease.run)
            rev = int(db.execute("SELECT rev FROM runs WHERE n = ?", (lease.run,)).fetchone()[0])
            state = self._state(db, lease.run, lease.run_id, rev)
            last = int(db.execute("SELECT max(seq) FROM events WHERE run = ?", (lease.run,)).fetchone()[0])
            for offset, event in enumerate(events, 1):
                text = codec.dumps(event, tagged=True)
                db.execute("INSERT INTO events VALUES (?, ?, ?)", (lease.run, last + offset, text))
                state = fold.apply(state, event)
            db.execute(
                "UPDATE runs SET rev = ?, fold = ?, state = ?, open = ? WHERE n = ?",
                (rev + 1, ledger_schema.FOLD, codec.dumps(state), not state.ended_at, lease.run),
            )
        self._states[lease.run_id] = (rev + 1, state)
        return state

    def keep_outcomes(self, lease: Lease, part: int, outcomes: Sequence[RowOutcome]) -> None:
        """Commit outcomes that no event speaks of (rows left out before anything is packed)."""
        with self.write() as db:
            self._own(db, lease)
            self.outcomes.put(db, lease.run, part, outcomes)

    # --- wishes of other processes ----------------------------------------------------------------------------

    def ask(self, run_id: str, wish: str) -> None:
        """Leave a wish for the holder: "pause", "cancel", or "" for none."""
        with self.write() as db:
            run = self.number(run_id, db)
            db.execute("UPDATE runs SET asked = ? WHERE n = ?", (wish, run))

    def asked(self, run_id: str) -> str:
        """The wish left for the holder, "" when there is none."""
        with self.read() as db:
            row = db.execute("SELECT asked FROM runs WHERE id = ?", (run_id,)).fetchone()
        return str(row[0]) if row else ""

    def revision(self) -> tuple[int, int]:
        """Changes whenever a run was added or moved on; cheap, for deciding whether to look again."""
        with self.read() as db:
            row = db.execute("SELECT count(*), coalesce(sum(rev), 0) FROM runs").fetchone()
        return int(row[0]), int(row[1])

    # --- age --------------------------------------------------------------------------------------------------

    def older_than(self, before: str) -> list[str]:
        """Ended runs that started before this ISO time, oldest first."""
        with self.read() as db:
            rows = db.execute("SELECT id FROM runs WHERE open = 0 AND started_at < ? ORDER BY n", (before,))
            return [str(row[0]) for row in rows]

    def orphans(self) -> list[Path]:
        """Folders of runs that never came into the table: the process ended before, and nothing was sent for them."""
        with self.read() as db:
            known = {str(row[0]) for row in db.execute("SELECT id FROM runs")}
        folder = self.folder / "runs"
        return [path for path in folder.iterdir() if path.name not in known] if folder.exists() else []

    def forget(self, run_id: str) -> int:
        """Remove the run and its folder; returns the bytes of the files that went."""
        lease = self.claim(run_id)
        folder = self.folder / "runs" / run_id
        freed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) if folder.exists() else 0
        with self.write() as db:
            self._own(db, lease)
            db.execute("DELETE FROM runs WHERE n = ?", (lease.run,))
        self._states.pop(run_id, None)
        shutil.rmtree(folder, ignore_errors=True)
        return freed
