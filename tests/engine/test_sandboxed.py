import os
import select
import signal
import subprocess
import sys
import threading
import urllib.request

import pytest

from ztui.engine import sandboxed
from ztui.engine.sandboxed import Sandbox
from ztui.errors import RunError


def _asked(sandbox: Sandbox) -> int:
    request = urllib.request.Request(
        f"{sandbox.base_url}/crm/v2.1/org", headers={"Authorization": f"Zoho-oauthtoken {sandbox.token}"}
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return int(answer.status)


def test_it_answers_while_it_runs_and_not_afterwards() -> None:
    with Sandbox() as sandbox:
        assert sandbox.base_url.startswith("http://127.0.0.1:")
        assert _asked(sandbox) == 200
        profile = sandbox.profile()
        assert profile.sandbox
        assert profile.domains.api == profile.domains.upload == sandbox.base_url
        assert sandbox.token not in repr(profile)
    with pytest.raises(OSError, match="refused"):
        _asked(sandbox)


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs Linux to wait for a process that is not a child")
def test_it_does_not_outlive_a_killed_owner() -> None:
    code = (
        "import sys, time\nfrom ztui.engine.sandboxed import Sandbox\n"
        "s = Sandbox(); s.start(); print(s.pid, flush=True); sys.stdin.read()"
    )
    owner = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    child = int(owner.stdout.readline())
    alive = os.pidfd_open(child)
    os.kill(owner.pid, signal.SIGKILL)
    owner.communicate(timeout=30)
    ended, _, _ = select.select([alive], [], [], 30)
    os.close(alive)
    assert ended


def test_a_start_that_fails_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    sandbox = Sandbox(pace="sideways")
    with pytest.raises(RunError) as caught:
        sandbox.start()
    assert caught.value.code == "SANDBOX_FAILED"
    assert "sideways" in str(caught.value.details["reason"])


def test_silence_is_not_waited_for_forever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandboxed, "START_SECONDS", 0.05)
    with pytest.raises(RunError) as caught:
        Sandbox().start()
    assert "said nothing" in str(caught.value.details["reason"])


def test_a_launched_one_is_waited_for_when_it_is_asked() -> None:
    sandbox = Sandbox()
    sandbox.launch()
    try:
        assert _asked(sandbox) == 200
    finally:
        sandbox.stop()


def test_a_launched_one_can_be_stopped_before_anyone_asked() -> None:
    sandbox = Sandbox()
    sandbox.launch()
    pid = sandbox.pid
    assert pid is not None
    sandbox.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_stopping_ends_the_wait_of_who_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = threading.Event()
    first_line = sandboxed._first_line

    def slow(process: subprocess.Popen[bytes]) -> bytes:
        asked.set()
        process.wait(30)
        return first_line(process)[:0]

    monkeypatch.setattr(sandboxed, "_first_line", slow)
    sandbox = Sandbox()
    sandbox.launch()
    caught: list[RunError] = []

    def ask() -> None:
        try:
            _ = sandbox.token
        except RunError as problem:
            caught.append(problem)

    asking = threading.Thread(target=ask)
    asking.start()
    assert asked.wait(30)
    sandbox.stop()
    asking.join(30)
    assert [problem.code for problem in caught] == ["SANDBOX_FAILED"]
