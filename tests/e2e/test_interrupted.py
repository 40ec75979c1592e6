"""The real program, ended by signals in the middle of an import, and resumed: every row is there once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ztui.engine.sandboxed import Sandbox
from ztui.errors import StoreError
from ztui.model.run import RunState, Stage
from ztui.store.ledger import Ledger
from ztui.store.locations import Locations

ROWS = 40
HOSTS = ("--api-domain", "--accounts-domain", "--upload-domain")


def until(found: Callable[[], bool], seconds: float = 30.0) -> None:
    """Look again and again until it is so."""
    tick = threading.Event()
    for _ in range(int(seconds / 0.05)):
        if found():
            return
        tick.wait(0.05)
    raise AssertionError("it never came to that")


def ztui(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ztui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def control(sandbox: Sandbox, what: str, body: object) -> Any:
    request = urllib.request.Request(f"{sandbox.base_url}/_sandbox/{what}", json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read())


def addresses(sandbox: Sandbox) -> list[str]:
    url = f"{sandbox.base_url}/crm/v2.1/Leads?fields=Email&per_page=200"
    request = urllib.request.Request(url, headers={"Authorization": f"Zoho-oauthtoken {sandbox.token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return sorted(str(r["Email"]) for r in json.loads(answer.read())["data"] if r["Email"])


def known() -> list[RunState]:
    try:
        with Ledger(Locations.default().state_dir) as ledger:
            return ledger.states()
    except StoreError:
        return []


def test_two_processes_never_send_the_same_part(tmp_path: Path) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("Last Name,Email\n" + "".join(f"Name {n},p{n}@example.org\n" for n in range(ROWS)))
    with Sandbox() as sandbox:
        hosts = [part for option in HOSTS for part in (option, sandbox.base_url)]
        assert ztui("profiles", "add", "box", *hosts, "--access-token", sandbox.token).returncode == 0
        control(
            sandbox, "faults", [{"kind": "error", "route": "upload", "code": "OAUTH_SCOPE_MISMATCH", "status": 401}]
        )
        assert ztui("import", str(leads), "--module", "Leads", "--yes").returncode == 3
        urllib.request.urlopen(
            urllib.request.Request(f"{sandbox.base_url}/_sandbox/faults", method="DELETE"), timeout=10
        ).close()
        [stopped] = known()

        command = [sys.executable, "-m", "ztui", "resume", stopped.run_id, "--json"]
        both = [
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for _ in range(3)
        ]
        told = [process.communicate(timeout=60) for process in both]

        assert {process.returncode for process in both} <= {0, 4}
        assert 0 in {process.returncode for process in both}
        assert all("RUN_BUSY" in err for process, (_, err) in zip(both, told, strict=True) if process.returncode == 4)
        assert addresses(sandbox) == sorted(f"p{n}@example.org" for n in range(ROWS))


@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_an_import_that_is_ended_goes_on(tmp_path: Path, number: int, status: int) -> None:
    leads = tmp_path / "leads.csv"
    leads.write_text("Last Name,Email\n" + "".join(f"Name {n},p{n}@example.org\n" for n in range(ROWS)))
    with Sandbox(pace="manual") as sandbox:
        hosts = [part for option in HOSTS for part in (option, sandbox.base_url)]
        assert ztui("profiles", "add", "box", *hosts, "--access-token", sandbox.token).returncode == 0
        command = [sys.executable, "-m", "ztui", "import", str(leads), "--module", "Leads", "--yes"]
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            until(lambda: any(p.stage is Stage.RUNNING and p.job is not None for s in known() for p in s.parts))
            process.send_signal(number)
            assert process.wait(30) == status

        [listed] = json.loads(ztui("jobs", "--json").stdout)
        assert listed["active"]
        assert "left behind" in ztui("jobs").stdout
        control(sandbox, "pace", {"pace": "fast"})
        control(sandbox, "clock", {"advance": 60})
        resumed = ztui("resume", "--json")

        assert resumed.returncode == 0, resumed.stderr
        [job] = json.loads(resumed.stdout)
        assert job["run"] == listed["run"]
        assert job["counts"]["added"] == ROWS
        assert addresses(sandbox) == sorted(f"p{n}@example.org" for n in range(ROWS))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("named", [False, True], ids=["standard input", "named pipe"])
def test_a_pipe_that_stays_silent_can_be_left(number: signal.Signals, named: bool, tmp_path: Path) -> None:
    pipe, temp = tmp_path / "pipe", tmp_path / "temp"
    os.mkfifo(pipe)
    temp.mkdir()
    with subprocess.Popen(
        [sys.executable, "-m", "ztui", "preview", str(pipe) if named else "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "TMPDIR": str(temp)},
        text=True,
    ) as child:
        writer = pipe.open("wb", buffering=0) if named else None  # as soon as the child reads
        try:
            until(lambda: any(temp.iterdir()))
            child.send_signal(number)
            status = child.wait(timeout=30)
        finally:
            child.kill()
            if writer is not None:
                writer.close()
        assert child.stderr is not None
        assert child.stderr.read().startswith("ztui: interrupted")
    assert status == 128 + number
    assert list(temp.iterdir()) == []
