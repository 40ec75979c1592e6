"""The control plane under `/_sandbox/`, outside Zoho's URLs: reset, faults, clock, pace, switches, state, grant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ztui.sandbox import faults, jobs
from ztui.sandbox.clock import epoch, iso
from ztui.sandbox.state import Sandbox
from ztui.sandbox.wire import Answer, Call, Service, dump, load, record_number


class _Unusable(Exception):
    """What is wrong with a control request, for a person."""


def _answer(value: object, status: int = 200) -> Answer:
    return Answer(status, dump(value), Service.CONTROL, "application/json", error=status >= 400)


def _body(call: Call) -> Any:
    if not call.body.strip():
        return dict(call.query)
    try:
        return load(call.body)
    except ValueError:
        raise _Unusable("the body is not JSON") from None


def _table(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _Unusable("expected a JSON object")
    return value


async def serve(box: Sandbox, call: Call) -> Answer:
    """Answer a control request; what cannot be used is told with 400."""
    what = call.parts["what"]
    action = _ACTIONS.get((call.method, what))
    if action is None:
        known = sorted({f"{m} /_sandbox/{w}" for m, w in _ACTIONS})
        return _answer({"error": "no such control", "known": known}, 404)
    try:
        return await action(box, call)
    except (_Unusable, ValueError) as problem:
        return _answer({"error": str(problem)}, 400)


async def _state(box: Sandbox, call: Call) -> Answer:
    counts = box.store.rows("SELECT module, count(*) AS n FROM records GROUP BY module ORDER BY module")
    listed = box.store.rows("SELECT id, state, frozen, created FROM jobs ORDER BY id")
    return _answer(
        {
            "time": iso(box.clock.now()),
            "clock_offset": box.clock.offset,
            "pace": box.pace,
            "seed": box.faults.seed,
            "records": {row["module"]: row["n"] for row in counts},
            "jobs": [
                {"id": str(r["id"]), "status": r["state"], "frozen": bool(r["frozen"]), "created": iso(r["created"])}
                for r in listed
            ],
            "credits": {"limit": box.limits.credits, "used": box.limits.used},
            "faults": [f.shown() for f in box.faults.active],
            "switches": {name: getattr(box.switches, name) for name in box.switches.__slots__},
        }
    )


async def _reset(box: Sandbox, call: Call) -> Answer:
    await box.reset()
    return _answer({"reset": True})


async def _faults(box: Sandbox, call: Call) -> Answer:
    return _answer({"faults": [f.shown() for f in box.faults.active], "kinds": faults.KINDS})


async def _add_faults(box: Sandbox, call: Call) -> Answer:
    body = _body(call)
    given = body if isinstance(body, list) else [body]
    box.faults.active += [faults.parse(f) if isinstance(f, str) else faults.from_table(_table(f)) for f in given]
    return await _faults(box, call)


async def _clear_faults(box: Sandbox, call: Call) -> Answer:
    box.faults.active.clear()
    return await _faults(box, call)


async def _clock(box: Sandbox, call: Call) -> Answer:
    body = _table(_body(call))
    if "advance" in body:
        try:
            seconds = float(str(body["advance"]))
        except ValueError:
            raise _Unusable("advance takes seconds") from None
    elif "set" in body:
        moment = epoch(str(body["set"]))
        if moment is None:
            raise _Unusable("set takes an ISO time")
        seconds = moment - box.clock.now()
    else:
        raise _Unusable("give advance (seconds) or set (ISO time)")
    if not abs(seconds + box.clock.offset) < 10 * 366 * 86_400:
        raise _Unusable("the clock moves ten years at most")
    box.move_clock(seconds)
    await box.jobs.catch_up()
    return _answer({"time": iso(box.clock.now()), "clock_offset": box.clock.offset})


async def _pace(box: Sandbox, call: Call) -> Answer:
    body = _table(_body(call))
    if "pace" in body:
        box.set_pace(str(body["pace"]))
        box.jobs.wake()
    if "advance" in body:
        for number in _chosen(box, body["advance"]):
            await box.jobs.step(number)
    return _answer({"pace": box.pace, "known": list(jobs.PACES)})


def _chosen(box: Sandbox, which: object) -> list[int]:
    if which == "all":
        return [r["id"] for r in box.store.rows("SELECT id FROM jobs WHERE state IN (?,?) AND frozen=0", jobs.OPEN)]
    number = record_number(which)
    if box.jobs.find(number) is None or number is None:
        raise _Unusable("advance takes a job's id or all")
    return [number]


async def _switch(box: Sandbox, call: Call) -> Answer:
    box.set_switches(box.switches.with_settings(_table(_body(call))))
    return _answer({name: getattr(box.switches, name) for name in box.switches.__slots__})


async def _grant(box: Sandbox, call: Call) -> Answer:
    scope = _table(_body(call)).get("scope")
    code = box.tokens.new_code(str(scope)) if scope else box.tokens.new_code()
    return _answer({"code": code})


_ACTIONS = {
    ("GET", "state"): _state,
    ("POST", "reset"): _reset,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("POST", "clock"): _clock,
    ("POST", "pace"): _pace,
    ("POST", "switches"): _switch,
    ("POST", "grant"): _grant,
}
