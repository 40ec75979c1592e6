"""A sandbox of one's own: `python -m ztui sandbox` as a child process on a free port of 127.0.0.1.

It ends with us: orderly through `stop`, and by itself when this process is gone, however that happened. Its org lives
in memory unless a file is given.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ztui.errors import RunError
from ztui.model.profile import Credentials, Domains, Profile, Secret

START_SECONDS = 20.0
STOP_SECONDS = 5.0


class Sandbox:
    """A context manager; also usable with `start()` and `stop()`. After the start `base_url` and `token` are known.

    `pace` says how jobs advance ("once", "fast", "real", "poll", "manual"); `state` keeps the org in that file;
    `owner_required` makes the default layout of Leads demand an owner, as one recorded org does.
    """

    def __init__(self, *, pace: str = "fast", state: Path | None = None, owner_required: bool = False) -> None:
        self._arguments = ["--port", "0", "--json", "--exit-with-parent", "--pace", pace]
        if state is not None:
            self._arguments += ["--state", str(state)]
        if not owner_required:
            self._arguments += ["--no-owner-required"]
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._hearing = threading.Lock()
        self._said: dict[str, Any] = {}

    @property
    def base_url(self) -> str:
        """Where it listens, `http://127.0.0.1:PORT`. Waits for a sandbox that was only launched so far."""
        return str(self._heard()["base_url"])

    @property
    def token(self) -> str:
        """An access token it accepts. Waits for a sandbox that was only launched so far."""
        return str(self._heard()["token"])

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process is not None else None

    def start(self) -> None:
        """Start it and wait until it listens. Raises RunError SANDBOX_FAILED with what it said."""
        self.launch()
        self._heard()

    def launch(self) -> None:
        """Start it without waiting: who asks for its address or token waits. Raises OSError."""
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed when it has been heard, or by `stop`
        self._process = subprocess.Popen(
            [sys.executable, "-m", "ztui", "sandbox", *self._arguments],
            # It ends when this pipe does: the kernel closes it for us even after a `kill -9`.
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            # Ctrl+C in the terminal is for us: the sandbox must still answer while we end in order.
            start_new_session=True,
        )

    def _heard(self) -> dict[str, Any]:
        """What it says when it listens. Raises RunError SANDBOX_FAILED with what it said instead."""
        with self._hearing:
            process, complaints = self._process, self._complaints
            if self._said or process is None or complaints is None:
                return self._said
            first = _first_line(process)
            try:
                said = json.loads(first)
                _ = said["base_url"], said["token"]
            except (ValueError, KeyError, TypeError):
                reason = "it was stopped while it started" if complaints.closed else _complaint(complaints)
                self.stop()
                if process.stdout is not None:
                    process.stdout.close()
                raise RunError("SANDBOX_FAILED", details={"reason": reason}) from None
            self._said = said
        # What it prints later (requests it was sent) is read away, so that it never waits for us.
        threading.Thread(target=_drain, args=(process.stdout,), name="sandbox-output", daemon=True).start()
        return self._said

    def stop(self) -> None:
        """End it; safe to call twice."""
        process, self._process = self._process, None
        complaints, self._complaints = self._complaints, None
        if complaints is not None:
            complaints.close()
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        # Nobody has heard it, nobody is listening: its output is still open.
        if not self._said and process.stdout is not None and self._hearing.acquire(blocking=False):
            process.stdout.close()
            self._hearing.release()

    def profile(self) -> Profile:
        """A profile that points at it."""
        url = self.base_url
        return Profile(
            name="sandbox",
            domains=Domains(api=url, accounts=url, upload=url, download=url),
            credentials=Credentials(access_token=Secret(self.token)),
            data_center="",
            environment="sandbox",
            api_version=str(self._said.get("version", "v2.1")),
            zgid=str(self._said.get("zgid", "")),
            sandbox=True,
        )

    def __enter__(self) -> Sandbox:
        try:
            self.start()
        except BaseException:  # a signal, while it starts
            self.stop()
            raise
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def _first_line(process: subprocess.Popen[bytes]) -> bytes:
    """The first line the child prints, b"" when it ended or was silent for too long."""
    if process.stdout is None:
        return b""
    # A timer that ends the child turns "too long" into an ordinary end of file.
    timer = threading.Timer(START_SECONDS, process.kill)
    timer.daemon = True
    timer.start()
    try:
        return process.stdout.readline()
    finally:
        timer.cancel()


def _complaint(errors: IO[bytes]) -> str:
    """The line of its standard error that says what is wrong."""
    errors.seek(0)
    said = errors.read(4000).decode("utf-8", "replace")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith("ztui: ")]
    return (told or lines or [f"it said nothing for {START_SECONDS:.0f} seconds"])[0].removeprefix("ztui: ")


def _drain(stream: IO[bytes] | None) -> None:
    if stream is not None:
        with stream:
            while stream.read(65536):
                continue
