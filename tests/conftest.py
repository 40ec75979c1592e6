"""What holds for every test: folders of its own, and an environment in which nothing of the user's shows."""

import signal
import uuid
from pathlib import Path

import pytest

# Under nohup the hang-up signal is ignored, which programs started by the tests would inherit.
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test reads or writes the user's profiles, ledger or caches, and no setting of the shell changes a picture."""
    home: Path = tmp_path_factory.getbasetemp() / "home" / uuid.uuid4().hex  # made only by what writes there
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(home / name.lower()))
    for name in ("NO_COLOR", "FORCE_COLOR", "TEXTUAL_THEME", "TEXTUAL_COLOR_SYSTEM", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)
    for name in ("ZTUI_PROFILE", "ZTUI_THEME", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(autouse=True)
def _no_waiting_for_the_disk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test cuts the power, and hundreds of runs would wait minutes for `fsync`. Marked `durable`: all as in life."""
    if "durable" not in request.keywords:
        monkeypatch.setattr("ztui.store.ledger_base.SYNCHRONOUS", "OFF")
        monkeypatch.setattr("os.fsync", lambda _handle: None)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Archives hold the time of day: as names of tests they would differ between two workers."""
    return "bytes" if isinstance(val, bytes) and len(val) > 40 else None
