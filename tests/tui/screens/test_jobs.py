"""The list of runs: live, obedient, quick with five hundred of them, and silent while nothing changes."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.tui.driver import Driver
from tests.tui.screens.world import World, until_over
from ztui.engine.mass_updates import MassUpdates
from ztui.engine.runs import Runs
from ztui.model.job import JobStatus
from ztui.model.mass_update import MassUpdateAnswer, MassUpdateRequest
from ztui.model.outcome import OutcomeCounts
from ztui.model.run import PartState, Phase, RunState, Stage
from ztui.tui.bridge import run_to
from ztui.tui.dialogs.prompt import Prompt
from ztui.tui.screens.inspector import InspectorScreen
from ztui.tui.screens.jobs import JobsScreen
from ztui.tui.screens.mapping import MappingScreen
from ztui.tui.screens.mass_results import MassResultsScreen
from ztui.tui.screens.run import RunScreen
from ztui.zoho.client import ZohoClient


async def on_the_list(driver: Driver) -> JobsScreen:
    await driver.until(lambda: isinstance(driver.app.screen, JobsScreen), "the list")
    screen = driver.app.screen
    assert isinstance(screen, JobsScreen)
    await driver.until(lambda: driver.app.session.opened is not None, "the workspace")
    return screen


async def begin(driver: Driver, world: World, **options: Any) -> str:
    """Start an import as the send dialog does; its id as soon as there is one."""
    plan = await world.plan(**options)
    driver.app.carry_out(world.workspace.runs.start(plan, run_to(driver.app)), "send")
    await driver.until(lambda: bool(driver.app.live), "the run")
    return next(iter(driver.app.live))


async def at_zoho(driver: Driver, world: World, run: str) -> None:
    def there() -> bool:
        parts = world.workspace.runs.get(run).parts
        return bool(parts) and all(part.job is not None for part in parts)

    await driver.until(there, "a job that was polled")


async def test_a_run_is_followed_live_with_its_parts(world: World) -> None:
    world.tell_sandbox("pace", {"pace": "manual"})
    async with world.driving() as driver:
        screen = await on_the_list(driver)
        assert driver.sees("No runs yet")
        run = await begin(driver, world)
        await driver.until_sees("leads.csv → Leads", "ADDED")
        screen.list.focus()
        await driver.press("space")
        await driver.until_sees("part 1  job 4")
        await at_zoho(driver, world, run)
        world.tell_sandbox("pace", {"advance": "all"})
        await driver.until_sees("INPROGRESS")
        world.finish_jobs()
        await driver.until_sees("part in")
        assert driver.sees("Done: 2 of 6 rows are in", "500 credits spent")
        assert [line.cells[3:6] for line in screen.list.lines(0, 2)] == [("6", "2", "4"), ("6", "2", "4")]
        await driver.press("space")
        assert not driver.sees("part 1  job")


async def test_a_run_left_behind_is_brought_to_its_end(world: World) -> None:
    world.tell_sandbox("pace", {"pace": "manual"})
    async with world.driving() as driver:
        await on_the_list(driver)
        run = await begin(driver, world)
        await at_zoho(driver, world, run)
    # That was the end of one ztui, with the job at Zoho. Here comes the next.
    later = World(world.tmp_path, world.sandbox)
    assert later.workspace.runs.get(run).active
    world.finish_jobs()
    async with later.driving() as driver:
        await on_the_list(driver)
        await driver.until_sees("part in", "Done: 2 of 6 rows are in")


async def test_some_rows_go_first_and_the_rest_when_told(world: World) -> None:
    async with world.driving() as driver:
        await on_the_list(driver)
        await begin(driver, world, canary=2)
        await driver.until_sees("look at first", "the first rows are through")
        assert world.leads == 1
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, RunScreen), "the run")
        await driver.press("r")
        await until_over(driver, 1)
        await driver.until_sees("Done: 2 of 6 rows are in")
        assert world.leads == 2


async def test_what_was_not_sent_is_cancelled_after_a_question(world: World) -> None:
    async with world.driving() as driver:
        await on_the_list(driver)
        await begin(driver, world, canary=2)
        await driver.until_sees("look at first")
        await driver.press("x")
        await driver.until_sees("Send no more?")
        await driver.press("enter")
        await until_over(driver, 1)
        await driver.until_sees("cancelled")
        assert world.leads == 1
        assert world.workspace.runs.list()[0].outcome.not_sent == 4


async def test_a_refused_sign_in_stops_the_run_and_is_explained(world: World) -> None:
    world.tell_sandbox("faults", "error@create:times=0,status=401,code=OAUTH_SCOPE_MISMATCH,message=no")
    async with world.driving((120, 40)) as driver:
        await on_the_list(driver)
        run = await begin(driver, world)
        await driver.until(lambda: world.workspace.runs.get(run).phase is Phase.STOPPED, "the stop")
        await driver.until_sees("stopped", "Stopped:")
        await driver.press("i")
        await driver.until(lambda: isinstance(driver.app.screen, InspectorScreen), "why")
        await driver.until_sees("OAUTH_SCOPE_MISMATCH", "What to do")
        await driver.press("escape")
        world.tell_sandbox("faults", method="DELETE")
        await driver.press("r")
        await until_over(driver, 1)
        await driver.until_sees("part in")


async def test_a_recent_file_is_opened_again(world: World) -> None:
    (await world.workspace.open_file(str(world.path))).close()
    async with world.driving() as driver:
        screen = await on_the_list(driver)
        await driver.until_sees("leads.csv")
        assert screen.query_one("#recent").has_focus
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, MappingScreen), "the mapping screen")


async def test_old_runs_are_forgotten_on_request(world: World) -> None:
    await world.send()
    async with world.driving() as driver:
        await on_the_list(driver)
        await driver.until_sees("part in")
        await driver.press("F")
        await driver.until(lambda: isinstance(driver.app.screen, Prompt), "the question")
        await driver.press("ctrl+u", "x", "enter")
        assert driver.sees("A number of days.")
        await driver.press("backspace", "0", "enter")
        await driver.until(lambda: any("1 run forgotten" in toast for toast in driver.toasts), "the note")
        assert driver.sees("No runs yet")


async def test_mass_updates_stand_among_the_runs(world: World) -> None:
    state = await world.send()
    mass = world.workspace.mass_updates
    plan = await mass.prepare("Leads", {"Rating": "Active"}, records=mass.ids_from_run(state.run_id))
    await mass.start(plan)
    async with world.driving((120, 40)) as driver:
        await on_the_list(driver)
        await driver.until_sees("= Leads · Rating = Active", "leads.csv → Leads")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, MassResultsScreen), "its results")


async def test_a_scheduled_mass_update_is_polled_from_the_list(world: World) -> None:
    world.tell_sandbox("pace", {"pace": "manual"})
    mass = world.workspace.mass_updates
    view = (await world.workspace.custom_views("Leads"))[0]
    plan = await mass.prepare("Leads", {"Rating": "Active"}, view=view)
    started = await mass.start(plan, wait=False)
    assert started.active
    world.tell_sandbox("pace", {"pace": "once"})
    async with world.driving((120, 40)) as driver:
        await on_the_list(driver)
        await driver.until(lambda: not mass.get(plan.id).active, "its end")
        await driver.until_sees("= Leads · Rating = Active", "done")


async def test_a_mass_update_that_a_dead_process_left_sending_goes_on_from_the_list(world: World) -> None:
    state = await world.send()
    mass = world.workspace.mass_updates
    plan = await mass.prepare("Leads", {"Rating": "Active"}, records=mass.ids_from_run(state.run_id))
    mass._store.create(plan, "2026-01-02T03:04:05.000+00:00")  # kept, and then the process died
    async with world.driving((120, 40)) as driver:
        await on_the_list(driver)
        await driver.until(lambda: not mass.get(plan.id).active, "its end")
        assert mass.get(plan.id).updated == len(plan.ids)
        await driver.until_sees("= Leads · Rating = Active", "done")


async def test_looking_elsewhere_disturbs_no_mass_update_that_goes_on(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that is cut off has no answer: nobody would know whether its records have the value."""
    state = await world.send()
    mass = world.workspace.mass_updates
    plan = await mass.prepare("Leads", {"Rating": "Active"}, records=mass.ids_from_run(state.run_id))
    mass._store.create(plan, "2099-01-02T03:04:05.000+00:00")
    let_go = asyncio.Event()
    calls: list[str] = []
    ended: list[str] = []
    send, resume_all = ZohoClient.mass_update, MassUpdates.resume_all

    async def slowly(self: ZohoClient, request: MassUpdateRequest) -> MassUpdateAnswer:
        calls.append("begun")
        try:
            await let_go.wait()
        except asyncio.CancelledError:
            calls.append("cut off")
            raise
        return await send(self, request)

    async def noted(self: MassUpdates, *given: Any, **options: Any) -> Any:
        try:
            return await resume_all(self, *given, **options)
        finally:
            ended.append("ended")

    monkeypatch.setattr(ZohoClient, "mass_update", slowly)
    monkeypatch.setattr(MassUpdates, "resume_all", noted)
    async with world.driving((120, 40)) as driver:
        await on_the_list(driver)
        await driver.until(lambda: calls == ["begun"], "the call")
        await driver.until_sees("= Leads · Rating = Active")
        await driver.press("R")
        await driver.until(lambda: len(ended) == 1, "nothing to go on with")
        await driver.press("enter")
        await driver.until(lambda: isinstance(driver.app.screen, MassResultsScreen), "its results")
        await driver.press("escape")
        await driver.until(lambda: len(ended) == 2, "the list again")
        let_go.set()
        await driver.until(lambda: not mass.get(plan.id).active, "its end")
        assert calls == ["begun"]
        await driver.until_sees("= Leads · Rating = Active", "done")


async def test_going_on_with_everything_leaves_what_goes_on_alone(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tell_sandbox("pace", {"pace": "manual"})
    plan = await world.plan()
    there = asyncio.Event()
    died = asyncio.ensure_future(
        world.workspace.runs.start(plan, lambda state, _: there.set() if state.parts and state.parts[0].job else None)
    )
    await there.wait()
    died.cancel()
    await asyncio.wait((died,))
    asked, let_go = asyncio.Event(), asyncio.Event()
    ended: list[str] = []
    job, resume_all = ZohoClient.job, Runs.resume_all

    async def slowly(self: ZohoClient, job_id: str) -> JobStatus:
        asked.set()
        await let_go.wait()
        return await job(self, job_id)

    async def noted(self: Runs, *given: Any, **options: Any) -> Any:
        try:
            return await resume_all(self, *given, **options)
        finally:
            ended.append("ended")

    monkeypatch.setattr(ZohoClient, "job", slowly)
    monkeypatch.setattr(Runs, "resume_all", noted)
    async with world.driving((120, 40)) as driver:
        screen = await on_the_list(driver)
        await driver.until(asked.is_set, "the question how the job stands")
        screen.list.focus()
        await driver.press("R")
        await driver.until(lambda: bool(ended), "nothing else to go on with")
        world.finish_jobs()
        let_go.set()
        await driver.until(lambda: not world.workspace.runs.unfinished(), "its end")


# -- many


def many(count: int, busy: int) -> list[RunState]:
    """So many runs, the first `busy` of them at Zoho."""
    runs = []
    for i in range(count):
        active = i < busy
        part = PartState(1, 1000, Stage.RUNNING if active else Stage.JOINED, counts=None if active else COUNTS)
        runs.append(
            RunState(
                run_id=f"run-{i:03}",
                plan_digest="",
                source=f"/lists/file-{i:03}.csv",
                module="Leads",
                operation="insert",
                profile="sandbox",
                environment="sandbox",
                total_rows=1000,
                started_at=f"2026-01-05T09:{59 - i // 10:02}:{59 - i % 10:02}+00:00",
                phase=Phase.SENDING if active else Phase.ENDED,
                parts=(part,),
                ended_at="" if active else "2026-01-05T10:00:00+00:00",
            )
        )
    return runs


COUNTS = OutcomeCounts(added=990, skipped=10)


async def test_five_hundred_runs_answer_a_key_within_a_frame_or_two(world: World) -> None:
    async with world.driving() as driver:
        screen = await on_the_list(driver)
        median = {}
        for count, busy in ((20, 2), (500, 50)):
            screen.list.load(many(count, busy))
            screen.list.move_to(0)
            screen.list.focus()
            await driver.until_sees("file-000.csv")
            times = []
            for key in ("down", "pagedown", "up", "end", "home", "pagedown") * 3:
                began = time.perf_counter()
                await driver.pilot.press(key)
                times.append(time.perf_counter() - began)
            median[count] = sorted(times)[len(times) // 2]
        # Pilot waits for the screen to settle, which takes its time whatever there is: the number of runs adds nothing.
        assert median[500] < median[20] + 0.05


async def test_nothing_is_drawn_when_nothing_changed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    async with world.driving() as driver:
        screen = await on_the_list(driver)
        runs = many(500, 0)
        screen.list.load(runs)
        await driver.until_sees("file-000.csv")
        drawn: list[tuple[int, ...]] = []
        monkeypatch.setattr(screen.list, "repaint", lambda *lines: drawn.append(lines))
        screen.list.freshen()
        screen.list.change(runs[0])
        screen.list.change(replace(runs[400], credits=500))  # off the screen
        assert drawn == []
        screen.list.change(replace(runs[2], credits=500))
        assert drawn == [(2,)]
