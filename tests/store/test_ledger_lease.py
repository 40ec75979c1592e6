from __future__ import annotations

import os
import platform
import time
from dataclasses import replace
from pathlib import Path

import pytest

from ztui.store import ledger_lease
from ztui.store.ledger_lease import STALE_SECONDS, Owner, boot_id, holder, process_birth, this_process


def test_this_process_lives() -> None:
    me = this_process()
    assert me.here
    assert me.alive(beat=0.0, now=1e12)


def test_a_reused_process_id_is_somebody_else() -> None:
    assert not replace(this_process(), born="1").alive(0.0, 0.0)
    assert replace(this_process(), born="").alive(0.0, 0.0)


def test_another_boot_ended_it() -> None:
    assert not replace(this_process(), boot="earlier").alive(0.0, 0.0)


def test_another_machine_is_known_by_its_heartbeat_only() -> None:
    far = Owner(1, "", "x", "elsewhere")
    assert far.alive(beat=1000.0, now=1000.0 + STALE_SECONDS - 1)
    assert not far.alive(beat=1000.0, now=1000.0 + STALE_SECONDS + 1)
    assert not far.here


def test_a_process_of_another_user_counts_as_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(_pid: int, _signal: int) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "kill", denied)
    assert Owner(1, "", boot_id(), platform.node()).alive(0.0, 0.0)


def test_nobody_holds_a_free_run() -> None:
    assert holder((None, 0, "", "", "", 0.0)) is None
    far = Owner(1, "", "x", "elsewhere")
    assert holder(("token", far.pid, far.born, far.boot, far.host, time.time())) == far


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the kernel tells births only under /proc")
def test_births_are_told_by_the_kernel() -> None:
    assert process_birth(os.getpid()).isdecimal()
    assert process_birth(2**22 + 1) == ""
    assert ledger_lease.boot_id()
