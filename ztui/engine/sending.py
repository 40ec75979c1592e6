"""Brings one part to Zoho exactly once: upload, intent, create, answer.

An upload changes no record and may be repeated. A create is another matter: its intent is in the ledger before the
request leaves, and when the answer is lost, the same request with the same `file_id` is the question "did you take
it?": a file id works once, so success means the first one was not taken, and "used up" means it was.
"""

from __future__ import annotations

import asyncio
from datetime import datetime

from ztui import catalogue
from ztui.engine import outcomes
from ztui.engine.forecast import before_images
from ztui.engine.recovery import rows_of
from ztui.engine.running import RunHalted, Running, error_info, kind_of, passing, uninterrupted
from ztui.errors import AnswerLost, ApiError, RunError, SignInError, Unreachable, ZohoError
from ztui.model import event as ev
from ztui.model.job import JobRef
from ztui.model.part import SentColumn
from ztui.model.run import Stage
from ztui.store.atomic import store_error
from ztui.zoho.bulk_write import BulkWrite

FILE_SPENT = ("file_used", "file_unknown")
"""The catalogue's kinds for "no job can be made of this file id (any more)"."""

_ABOUT_THE_REQUEST = frozenset(
    {"missing_field", "missing_key", "unknown_field", "bad_format", "bad_column", "too_many_columns"}
    | {"module", "callback", "conflict", "client_bug"}
)
"""Kinds of refusals that the same request always gets: they speak for an unanswered attempt of a moment ago too."""

_HARMLESS = (Unreachable, AnswerLost)
_FRESH_SECONDS = 600.0
"""So long after an attempt, a refusal for another reason than the file also speaks for the attempt itself."""


class Sending:
    """Sends the parts of one run."""

    def __init__(self, running: Running, columns: tuple[SentColumn, ...]) -> None:
        self._run = running
        self._columns = columns
        self._sent_anew: set[int] = set()
        self._failures: dict[int, int] = {}

    async def upload(self, number: int) -> None:
        """PACKED → UPLOADED or FAILED. Raises RunHalted, StoreError."""
        run = self._run
        part = await run.part(number)

        def progress(sent: int, total: int) -> None:
            run.tell(ev.UploadProgressed(run.now, number, sent, total))

        try:
            uploaded = await run.patiently(
                number, lambda: run.crm.upload(part.path, part.path.name, progress), _HARMLESS
            )
        except SignInError as error:
            raise RunHalted(error) from error
        except OSError as error:
            raise store_error(part.path, error) from error
        except ZohoError as error:
            info = error_info(error)
            await run.commit(ev.PartFailed(run.now, number, info), outcomes=(number, outcomes.refused_part(part, info)))
            return
        await run.commit(ev.PartUploaded(run.now, number, uploaded.file_id, uploaded.created_time))

    async def create(self, number: int) -> None:
        """One request for the job: UPLOADED, CREATING or UNCERTAIN → RUNNING, REFUSED, or one of the first three again.

        Comes back after the wait that a passing trouble calls for; whoever calls decides whether to ask once more.
        Raises RunHalted, StoreError.
        """
        run = self._run
        state = run.state.part(number)
        open_attempt = state.stage is not Stage.UPLOADED
        if not open_attempt:
            self._check_credits()
            if run.plan.before_image and not await self._imaged(number):
                return
            await run.commit(ev.JobCreateAttempted(run.now, number, state.file_id))
        try:
            # The answer is committed even when the run is told to end while the request is under way.
            await uninterrupted(self._ask_and_record(number), run.pace.grace)
            self._failures.pop(number, None)
            return
        except AnswerLost as error:
            trouble: ZohoError = error
            await run.commit(ev.JobCreateLost(run.now, number, error_info(error)))
        except ZohoError as error:
            trouble = error
            if isinstance(error, ApiError) and (error.http_status or 0) >= 500:
                # A server fault after the request came in says nothing about what it did.
                await run.commit(ev.JobCreateLost(run.now, number, error_info(error)))
            elif isinstance(error, (Unreachable, SignInError)) or passing(error):
                if not open_attempt:  # certainly without effect: the part is where it was
                    await run.commit(ev.PartUploaded(run.now, number, state.file_id, state.uploaded_time))
            else:
                await self._refused(number, error, open_attempt)
                return
        if isinstance(trouble, SignInError):
            raise RunHalted(trouble) from trouble
        self._failures[number] = self._failures.get(number, 0) + 1
        await run.sit_out(number, trouble, self._failures[number])

    async def _ask_and_record(self, number: int) -> None:
        run = self._run
        state = run.state.part(number)
        part = await run.part(number)
        plan = run.plan
        request = BulkWrite.of(plan.mapping, self._columns, state.file_id, part.csv_name)
        async with run.requests:
            ref: JobRef = await run.crm.create_job(request)
        cost = catalogue.limits().credits_create_job
        await run.commit(ev.JobCreated(run.now, number, ref.job_id, cost))
        run.forget_part(number)

    async def _refused(self, number: int, error: ZohoError, open_attempt: bool) -> None:
        run = self._run
        info = error_info(error)
        kind = kind_of(info)
        used = kind in FILE_SPENT
        same_then = kind in _ABOUT_THE_REQUEST and self._fresh(number)
        if open_attempt and not same_then:
            await run.commit(ev.JobIdLost(run.now, number, info))
            return
        part = await run.part(number)
        if used and number not in self._sent_anew:
            # Never attempted, so the file was forgotten at Zoho: nothing happened, a new upload is safe.
            self._sent_anew.add(number)
            await self.upload(number)
            return
        await run.commit(
            ev.JobCreateRefused(run.now, number, info), outcomes=(number, outcomes.refused_part(part, info))
        )

    async def _imaged(self, number: int) -> bool:
        """Keep what the part's records hold now, so that it can be put back; false when the part failed over it."""
        run = self._run
        part = await run.part(number)
        rows = await asyncio.to_thread(rows_of, part)
        try:
            images = await run.patiently(number, lambda: before_images(run.crm, run.plan, rows), _HARMLESS)
        except SignInError as error:
            raise RunHalted(error) from error
        except ZohoError as error:
            info = error_info(error)
            await run.commit(ev.PartFailed(run.now, number, info), outcomes=(number, outcomes.refused_part(part, info)))
            return False
        await asyncio.to_thread(run.ledger.images.put, run.lease.run_id, images)
        return True

    def _fresh(self, number: int) -> bool:
        attempted = self._run.state.part(number).attempted_at
        if not attempted:
            return False
        age = self._run.clock.now() - datetime.fromisoformat(attempted)
        return age.total_seconds() < _FRESH_SECONDS

    def _check_credits(self) -> None:
        known = self._run.crm.credits
        cost = catalogue.limits().credits_create_job
        if known.remaining is not None and known.remaining < cost:
            facts = {"run": self._run.lease.run_id, "remaining": known.remaining, "needed": cost}
            raise RunHalted(RunError("CREDITS_SHORT", details=facts))
