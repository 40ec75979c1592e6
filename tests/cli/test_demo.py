from collections.abc import Callable

import pytest

from ztui.cli import demo as demo_command
from ztui.cli.main import run
from ztui.engine.demo import Demo


def _shown(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> list[str]:
    """Which way the demo goes when standard input and output are, or are not, a terminal."""
    ways: list[str] = []

    def way(name: str) -> Callable[..., int]:
        def go(demo: Demo, *_: object) -> int:
            assert demo.path.is_file()
            ways.append(name)
            return 0

        return go

    monkeypatch.setattr(demo_command, "_show", way("interface"))
    monkeypatch.setattr(demo_command, "_tell", way("told"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: terminal, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: terminal, raising=False)
    return ways


def test_a_terminal_gets_the_interface_unless_asked_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    ways = _shown(monkeypatch, terminal=True)
    assert run(["demo"]) == 0
    assert run(["demo", "--headless"]) == 0
    assert ways == ["interface", "told"]


def test_without_a_terminal_or_on_a_dumb_one_it_is_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ways = _shown(monkeypatch, terminal=False)
    assert run(["demo"]) == 0
    ways += _shown(monkeypatch, terminal=True)
    monkeypatch.setenv("TERM", "dumb")
    assert run(["demo"]) == 0
    assert "cannot position text" in capsys.readouterr().err
    assert ways == ["told"]
