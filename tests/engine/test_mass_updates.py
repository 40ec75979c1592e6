"""Mass updates: on a real sandbox for what Zoho says, with a scripted client for what goes wrong on the way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ztui.catalogue import standard_schema
from ztui.engine.mass_updates import MassUpdates
from ztui.engine.polling import Pace
from ztui.engine.sandboxed import Sandbox
from ztui.engine.workspace import Workspace
from ztui.errors import (
    AnswerLost,
    ApiError,
    RunError,
    SignInError,
    Throttled,
    Unreachable,
    UsageError,
    ZtuiError,
)
from ztui.model.crm import ModuleSchema
from ztui.model.mass_run import BatchStage, MassPhase, MassPlan, MassState
from ztui.model.mass_update import (
    MassJobState,
    MassUpdateAnswer,
    MassUpdateRequest,
    MassUpdateResult,
    MassUpdateStatus,
)
from ztui.model.profile import Domains, Profile
from ztui.store.locations import Locations

IDS = [str(4150868000000300000 + n) for n in range(1200)]


class Clock:
    """Time that passes only when slept."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    def now(self) -> datetime:
        return datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Scripted:
    """A client that answers by script: an answer, or an error to raise; what is left out succeeds."""

    def __init__(self, *script: object) -> None:
        self.script = list(script)
        self.asked: list[MassUpdateRequest] = []
        self.polled = 0

    async def mass_update(self, request: MassUpdateRequest) -> MassUpdateAnswer:
        self.asked.append(request)
        step = self.script.pop(0) if self.script else None
        if isinstance(step, Exception):
            raise step
        if isinstance(step, MassUpdateAnswer):
            return step
        return MassUpdateAnswer(tuple(MassUpdateResult(i, True, "SUCCESS") for i in request.ids))

    async def mass_update_status(self, module: str, job_id: str) -> MassUpdateStatus:
        self.polled += 1
        step = self.script.pop(0) if self.script else "COMPLETED"
        if isinstance(step, Exception):
            raise step
        return MassUpdateStatus(job_id, MassJobState(str(step)), str(step), total=7, updated=7)


def updates_with(client: Scripted, folder: Path, clock: Clock | None = None, *, readonly: bool = False) -> MassUpdates:
    profile = Profile("box", Domains("http://a", "http://b", "http://c"), sandbox=True, readonly=readonly)

    async def schema(module: str) -> ModuleSchema:
        found = standard_schema(module)
        assert found is not None
        return found

    async def connect(name: str = "") -> Scripted:
        return client

    around = SimpleNamespace(
        locations=Locations.under(folder), profile_named=lambda name="": profile, schema=schema, connect=connect
    )
    pace = Pace(poll=(1.0, 2.0), retry_first=1.0, retry_longest=8.0, tries=3, jitter=0.0)
    return MassUpdates(cast(Any, around), clock=clock or Clock(), pace=pace)


async def plan_for(updates: MassUpdates, ids: Sequence[str] = IDS, **values: str) -> MassPlan:
    records = updates.ids_from_text(" ".join(ids))
    return await updates.prepare("Leads", values or {"Rating": "Active"}, records=records)


async def left_behind(updates: MassUpdates) -> str:
    """The id of a mass update whose process died before the first call."""
    plan = await plan_for(updates)
    updates._store.create(plan, "2026-01-02T03:04:05.000+00:00")
    return plan.id


def stages(state: MassState) -> list[BatchStage]:
    return [b.stage for b in state.batches]


async def test_more_than_five_hundred_go_in_batches_and_are_kept(tmp_path: Path) -> None:
    client = Scripted()
    updates = updates_with(client, tmp_path)
    seen: list[MassState] = []
    state = await updates.start(await plan_for(updates), seen.append)
    assert [len(r.ids) for r in client.asked] == [500, 500, 200]
    assert (state.phase, state.updated, state.refused, state.uncertain) == (MassPhase.ENDED, 1200, 0, 0)
    assert seen[-1] == state
    again = updates_with(Scripted(), tmp_path)
    assert again.get(state.plan.id[:9]) == state
    assert [s.plan.id for s in again.list()] == [state.plan.id]
    with pytest.raises(RunError, match="MASS_UNKNOWN"):
        again.get("nothing")


async def test_an_unanswered_batch_is_sent_again_where_that_is_harmless(tmp_path: Path) -> None:
    clock = Clock()
    client = Scripted(AnswerLost("ANSWER_LOST"))
    updates = updates_with(client, tmp_path, clock)
    state = await updates.start(await plan_for(updates, IDS[:3]))
    assert (state.updated, state.uncertain, len(client.asked)) == (3, 0, 2)
    assert clock.slept == [1.0]


async def test_an_appending_batch_without_an_answer_stays_open_until_a_person_decides(tmp_path: Path) -> None:
    client = Scripted(AnswerLost("ANSWER_LOST"))
    updates = updates_with(client, tmp_path)
    from dataclasses import replace

    plan = replace(await plan_for(updates), appends=True)
    state = await updates.start(plan)
    assert stages(state) == [BatchStage.UNCERTAIN, BatchStage.ANSWERED, BatchStage.ANSWERED]
    assert (state.phase, state.uncertain, state.updated) == (MassPhase.ENDED, 500, 700)
    assert len(client.asked) == 3
    assert (await updates.resume(plan.id)).uncertain == 500
    assert len(client.asked) == 3
    decided = await updates.resume(plan.id, again=True)
    assert (decided.uncertain, decided.updated, len(client.asked)) == (0, 1200, 4)


async def test_an_answer_that_never_comes_ends_in_a_stop_that_can_be_resumed(tmp_path: Path) -> None:
    client = Scripted(*[AnswerLost("ANSWER_LOST")] * 3)
    updates = updates_with(client, tmp_path)
    state = await updates.start(await plan_for(updates))
    assert (state.phase, state.uncertain, state.unsent) == (MassPhase.STOPPED, 500, 700)
    assert state.error is not None
    assert state.error.code == "ANSWER_LOST"
    ended = await updates.resume(state.plan.id)
    assert (ended.phase, ended.updated) == (MassPhase.ENDED, 1200)


async def test_throttling_is_waited_out_as_long_as_zoho_asks(tmp_path: Path) -> None:
    clock = Clock()
    client = Scripted(Throttled("TOO_MANY_REQUESTS", retry_after=30.0), Unreachable("UNREACHABLE"))
    updates = updates_with(client, tmp_path, clock)
    state = await updates.start(await plan_for(updates, IDS[:2]))
    assert (state.updated, clock.slept) == (2, [30.0, 2.0])


async def test_a_call_that_cannot_be_made_stops_with_nothing_open(tmp_path: Path) -> None:
    client = Scripted(ApiError("OAUTH_SCOPE_MISMATCH", http_status=401))
    updates = updates_with(client, tmp_path)
    state = await updates.start(await plan_for(updates))
    assert (state.phase, state.uncertain, state.unsent, len(client.asked)) == (MassPhase.STOPPED, 0, 1200, 1)


async def test_a_refusal_of_the_whole_call_is_not_repeated_for_every_batch(tmp_path: Path) -> None:
    refusal = MassUpdateAnswer((MassUpdateResult("", False, "INVALID_DATA", "Field is not visible"),))
    client = Scripted(refusal)
    updates = updates_with(client, tmp_path)
    state = await updates.start(await plan_for(updates))
    assert (state.phase, state.refused, state.unsent, len(client.asked)) == (MassPhase.STOPPED, 500, 700, 1)
    assert state.results[0].record_id == IDS[0]
    assert updates.diagnose(state.results[0]).title == "You do not see this field"


async def test_cancelled_between_batches(tmp_path: Path) -> None:
    client = Scripted()
    updates = updates_with(client, tmp_path)
    plan = await plan_for(updates)
    words: list[str] = []

    def stop(state: MassState) -> None:
        if state.updated and not words:
            words.append(state.plan.id)
            updates._store.ask_to_stop(state.plan.id)  # as another process would

    state = await updates.start(plan, stop)
    assert (state.phase, state.updated, state.unsent) == (MassPhase.CANCELLED, 500, 700)
    assert (await updates.resume(plan.id)).phase is MassPhase.CANCELLED
    assert len(client.asked) == 1


async def test_a_process_that_died_while_sending_leaves_an_open_batch_and_half_a_line(tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    def die(state: MassState) -> None:
        if BatchStage.ATTEMPTED in stages(state):
            raise Killed

    updates = updates_with(Scripted(), tmp_path)
    plan = await plan_for(updates, IDS[:10])
    with pytest.raises(Killed):
        await updates.start(plan, die)
    path = next((tmp_path / "state" / "mass_updates").glob("*.jsonl"))
    with path.open("a", encoding="utf-8") as file:
        file.write('{"_": "BatchAns')
    client = Scripted()
    later = updates_with(client, tmp_path)
    assert later.get(plan.id).uncertain == 10
    state = await later.resume(plan.id)
    assert (state.phase, state.updated, len(client.asked)) == (MassPhase.ENDED, 10, 1)
    assert later.get(plan.id) == state


async def test_only_one_process_at_a_time(tmp_path: Path) -> None:
    updates = updates_with(Scripted(), tmp_path)
    plan = await plan_for(updates, IDS[:2])
    await updates.start(plan)
    with updates._store.open(plan.id), pytest.raises(RunError, match="MASS_BUSY"):
        await updates.resume(plan.id)


async def test_a_scheduled_job_is_polled_through_passing_troubles(tmp_path: Path) -> None:
    clock = Clock()
    answer = MassUpdateAnswer((MassUpdateResult("", True, "SUCCESS"),), "77")
    client = Scripted(answer, "SCHEDULED", Unreachable("UNREACHABLE"), "RUNNING", "COMPLETED")
    updates = updates_with(client, tmp_path, clock)
    from ztui.model.crm import CustomView

    plan = await updates.prepare("Leads", {"Rating": "Active"}, view=CustomView("9", "Mine"))
    left = await updates.start(plan, wait=False)
    assert (left.phase, left.job_id, client.polled) == (MassPhase.SCHEDULED, "77", 0)
    assert client.asked[0].cvid == "9"
    assert client.asked[0].ids == ()
    assert not updates.worked_on(plan.id)
    state = (await updates.resume_all())[0]
    assert (state.phase, state.updated, state.total, client.polled) == (MassPhase.ENDED, 7, 7, 4)
    assert clock.slept == [1.0, 1.0, 2.0]


async def test_a_readonly_profile_sends_nothing(tmp_path: Path) -> None:
    client = Scripted()
    updates = updates_with(client, tmp_path, readonly=True)
    with pytest.raises(UsageError, match="PROFILE_READONLY"):
        await updates.start(await plan_for(updates))
    assert client.asked == []
    assert updates.list() == []


@pytest.mark.parametrize(
    ("module", "values", "code"),
    [
        ("Leads", {"Email": "a@b.co"}, "MASS_FIELD"),
        ("Leads", {"Nothing": "x"}, "MASS_FIELD"),
        ("Leads", {"Rating": "Actve"}, "MASS_VALUE"),
        ("Leads", {"Rating": "Active", "City": "Ulm"}, "MASS_FIELDS"),
        ("Leads", {}, "MASS_NOTHING"),
    ],
)
async def test_what_cannot_be_sent_is_told_before(
    tmp_path: Path, module: str, values: dict[str, str], code: str
) -> None:
    updates = updates_with(Scripted(), tmp_path)
    with pytest.raises(UsageError, match=code):
        await updates.prepare(module, values, records=updates.ids_from_text(IDS[0]))
    with pytest.raises(UsageError, match="MASS_NOTHING"):
        await updates.prepare("Leads", {"Rating": "Active"})


async def test_records_of_another_module_are_not_sent(tmp_path: Path) -> None:
    updates = updates_with(Scripted(), tmp_path)
    of_leads = replace(updates.ids_from_text(IDS[0]), module="Leads")
    with pytest.raises(UsageError, match="MASS_OTHER_MODULE") as caught:
        await updates.prepare("Contacts", {"Fax": "1"}, records=of_leads)
    assert caught.value.details["there"] == "Leads"
    assert (await updates.prepare("Leads", {"Fax": "1"}, records=of_leads)).ids == (IDS[0],)


async def test_deals_take_three_fields(tmp_path: Path) -> None:
    updates = updates_with(Scripted(), tmp_path)
    values = {"Next Step": "call", "Probability (%)": "40", "Closing Date": "2026-05-01"}
    plan = await updates.prepare("Deals", values, records=updates.ids_from_text(IDS[0]))
    assert plan.values == (("Next_Step", "call"), ("Probability", 40), ("Closing_Date", "2026-05-01"))


# -- against the sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


@pytest.fixture
async def workspace(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Workspace]:
    async with Workspace.open(sandbox=sandbox, locations=Locations.under(tmp_path)) as opened:
        yield opened


async def _leads(workspace: Workspace, names: Sequence[str]) -> list[str]:
    client = await workspace.connect()
    answers = await client.insert("Leads", [{"Last_Name": n, "Company": "X"} for n in names])
    return [a.id for a in answers]


async def test_records_are_written_and_each_refusal_is_told(workspace: Workspace, tmp_path: Path) -> None:
    ids = await _leads(workspace, ["A", "B", "C"])
    path = tmp_path / "ids.csv"
    path.write_text("Name,Record Id\n" + "".join(f"n,zcrm_{i}\n" for i in ids) + "x,4150868000009999999\ny,\nz,12\n")
    updates = workspace.mass_updates
    records = await updates.ids_from_file(path)
    assert (len(records.ids), records.blank, records.bad) == (4, 1, (("line 7", "12"),))
    plan = await updates.prepare("Leads", {"Rating": "Active"}, records=records)
    state = await updates.start(plan)
    assert (state.updated, state.refused) == (3, 1)
    refused = next(r for r in state.results if not r.ok)
    assert refused.record_id == "4150868000009999999"
    assert updates.diagnose(refused).title == "There is no such record"
    read = await (await workspace.connect()).get("Leads", ids, ["Rating"])
    assert {r.values["Rating"] for r in read} == {"Active"}


async def test_a_view_is_updated_by_a_job(workspace: Workspace) -> None:
    updates = workspace.mass_updates
    view = await updates.view("Leads", "all leads")
    state = await updates.start(await updates.prepare("Leads", {"City": "Ulm"}, view=view))
    assert state.phase is MassPhase.ENDED
    assert state.job is not None
    assert state.updated + state.refused == state.total > 0
    with pytest.raises(UsageError, match="MASS_VIEW"):
        await updates.view("Leads", "no such view")


async def test_the_fields_of_an_org_with_reasons(workspace: Workspace) -> None:
    fields = {c.field.api_name: c for c in await workspace.mass_updates.fields("Leads")}
    assert fields["Rating"].allowed
    for name in ("Email", "id", "Created_Time", "Description"):
        assert fields[name].why, name


async def test_an_unknown_code_is_shown_as_it_came(workspace: Workspace) -> None:
    said = workspace.mass_updates.diagnose(MassUpdateResult("1", False, "BRAND_NEW", "Something new"))
    assert (said.known, said.title, said.cause) == (False, "BRAND_NEW", "Something new")


def test_ids_out_of_pasted_text(tmp_path: Path) -> None:
    updates = updates_with(Scripted(), tmp_path)
    found = updates.ids_from_text(f'"{IDS[0]}",{IDS[1]};\n{IDS[0]} 4.15087E+18 abc')
    assert found.ids == (IDS[0], IDS[1])
    assert (found.repeated, found.bad_count, found.mangled) == (1, 2, 1)


async def test_what_a_dead_process_left_sending_goes_on_and_what_a_living_one_sends_does_not(tmp_path: Path) -> None:
    client = Scripted()
    updates = updates_with(client, tmp_path)
    name = await left_behind(updates)
    troubles: dict[str, ZtuiError] = {}
    with updates._store.open(name):
        assert updates.worked_on(name)
        assert await updates.resume_all(on_trouble=troubles.__setitem__) == []
    assert troubles[name].code == "MASS_BUSY"
    assert client.asked == []
    [state] = await updates.resume_all()
    assert (state.phase, state.updated) == (MassPhase.ENDED, 1200)
    assert await updates.resume_all(halted=True) == []


async def test_what_was_stopped_goes_on_only_when_a_person_says_so(tmp_path: Path) -> None:
    refused = SignInError("INVALID_TOKEN", http_status=401)
    updates = updates_with(Scripted(refused, refused), tmp_path)
    stopped = await updates.start(await plan_for(updates, IDS[:3]))
    assert (stopped.phase, stopped.halted) == (MassPhase.STOPPED, True)
    assert await updates.resume_all() == []
    [again] = await updates.resume_all(halted=True)
    assert again.phase is MassPhase.STOPPED
    [state] = await updates.resume_all(halted=True)
    assert (state.phase, state.updated) == (MassPhase.ENDED, 3)
