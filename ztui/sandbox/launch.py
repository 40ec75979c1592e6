"""Starting the sandbox as a program: settings from the command line and a scenario file, the announcement, the end."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sqlite3
import sys
import threading
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ztui.sandbox.faults import Fault, from_table, parse
from ztui.sandbox.org import ZGID, FieldDef, custom_field
from ztui.sandbox.state import Sandbox
from ztui.sandbox.switches import Switches
from ztui.sandbox.tokens import CLIENT_ID, CLIENT_SECRET, REFRESH_TOKEN, fixed_token, scopeless_token

API_VERSION = "v2.1"
_SCENARIO_KEYS = frozenset({"pace", "seed", "switches", "fault", "field"})


class BadSettings(Exception):
    """Settings that cannot be used; the text is for a person."""


@dataclass(slots=True)
class Settings:
    """How to start. `faults` are in the short form; `scenario` names a TOML file; what is given here wins."""

    port: int = 0
    state: Path | None = None
    pace: str | None = None
    seed: int | None = None
    switches: dict[str, object] = field(default_factory=dict)
    faults: tuple[str, ...] = ()
    scenario: Path | None = None
    exit_with_parent: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario file's contents."""

    pace: str | None = None
    seed: int | None = None
    switches: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    fields: tuple[tuple[str, FieldDef], ...] = ()


def read_scenario(path: Path) -> Scenario:
    """A TOML scenario: `pace`, `seed`, `[switches]`, `[[fault]]`, `[[field]]`; BadSettings says what is wrong."""
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except OSError as problem:
        raise BadSettings(f"cannot read {path}: {problem.strerror}") from problem
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise BadSettings(f"{path} is not TOML: {problem}") from problem
    unknown = sorted(set(data) - _SCENARIO_KEYS)
    if unknown:
        raise BadSettings(f"{path}: unknown {', '.join(unknown)}; known: {', '.join(sorted(_SCENARIO_KEYS))}")
    try:
        return Scenario(
            pace=data.get("pace"),
            seed=int(data["seed"]) if "seed" in data else None,
            switches=dict(data.get("switches", {})),
            faults=tuple(from_table(t) for t in data.get("fault", ())),
            fields=tuple(custom_field(t) for t in data.get("field", ())),
        )
    except (ValueError, TypeError, AttributeError) as problem:
        raise BadSettings(f"{path}: {problem}") from problem


def build(settings: Settings, base: str) -> Sandbox:
    """The sandbox these settings describe; BadSettings when they make none."""
    scenario = read_scenario(settings.scenario) if settings.scenario is not None else Scenario()
    try:
        switches = Switches().with_settings({**scenario.switches, **settings.switches})
        faults = (*scenario.faults, *(parse(text) for text in settings.faults))
        seed = settings.seed if settings.seed is not None else scenario.seed or 0
        return Sandbox(
            path=str(settings.state) if settings.state is not None else None,
            switches=switches,
            pace=settings.pace or scenario.pace or "fast",
            seed=seed,
            faults=faults,
            fields=scenario.fields,
            base=base,
        )
    except ValueError as problem:
        raise BadSettings(str(problem)) from problem
    except sqlite3.Error as problem:
        raise BadSettings(f"cannot use {settings.state} as state file: {problem}") from problem


def announcement(base: str) -> dict[str, str]:
    """What a parent process or a person needs to talk to the sandbox."""
    return {
        "base_url": base,
        "token": fixed_token(),
        "token_scopeless": scopeless_token(),
        "refresh_token": REFRESH_TOKEN,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "zgid": ZGID,
        "version": API_VERSION,
    }


def explained(facts: Mapping[str, str]) -> str:
    """The announcement for a person, with the profile that points at this sandbox."""
    base = facts["base_url"]
    lines = [
        f"Zoho sandbox on {base} (this machine only; ctrl+c ends it)",
        f"  access token     {facts['token']}",
        f"  without bulk     {facts['token_scopeless']}",
        f"  refresh token    {facts['refresh_token']}",
        f"  client id        {facts['client_id']}",
        f"  client secret    {facts['client_secret']}",
        f"  org (zgid)       {facts['zgid']}",
        "Point a profile at it:",
        f"  ztui profiles add sandbox --api-domain {base} --accounts-domain {base} \\",
        f"      --upload-domain {base} --download-domain {base} \\",
        f"      --access-token {facts['token']} --zgid {facts['zgid']} --api-version {facts['version']}",
    ]
    return "\n".join(lines)


def run(settings: Settings, announce: Callable[[Mapping[str, str]], None]) -> None:
    """Serve until SIGTERM, SIGINT or (with `exit_with_parent`) the end of standard input.

    `announce` is called once the port is open. Raises BadSettings, and OSError when the port cannot be had.
    """
    from ztui.sandbox.server import HOST, listen

    listener = listen(settings.port)
    try:
        base = f"http://{HOST}:{listener.getsockname()[1]}"
        box = build(settings, base)
        asyncio.run(_serve(box, listener, settings, lambda: announce(announcement(base))))
    finally:
        listener.close()


async def _serve(box: Sandbox, listener: Any, settings: Settings, ready: Callable[[], None]) -> None:
    import uvicorn

    from ztui.sandbox.server import Application, protocol

    class Server(uvicorn.Server):
        """uvicorn, announcing itself and leaving signals to us."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Signals are ours."""
            yield

        async def startup(self, sockets: list[Any] | None = None) -> None:
            await super().startup(sockets)
            ready()

    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(name)s: %(message)s")
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    sys.setswitchinterval(0.002)
    config = uvicorn.Config(
        Application(box),
        http=protocol(),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=2,
        h11_max_incomplete_event_size=262_144,
    )
    server = Server(config)

    def stop() -> None:
        if server.should_exit:
            server.force_exit = True
        server.should_exit = True

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop)
    if settings.exit_with_parent:
        threading.Thread(target=_wait_for_parent, args=(loop, stop), daemon=True).start()
    await server.serve([listener])


def _wait_for_parent(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Read standard input to its end, which comes when the parent is gone, however it went."""
    try:
        while os.read(0, 4096):
            continue
    except OSError:
        pass
    if not loop.is_closed():
        loop.call_soon_threadsafe(stop)
