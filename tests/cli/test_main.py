import subprocess
import sys
from pathlib import Path

import pytest

from ztui import __version__
from ztui.cli import main
from ztui.cli.main import COMMANDS, run


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(f"  {name} " in shown for name in COMMANDS)
    assert "--sandbox" in shown


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"ztui {__version__}\n"


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["explain", "INVALID_TOKEN"]])
def test_what_needs_no_engine_loads_none(arguments: list[str]) -> None:
    probe = (
        "import sys; from ztui.cli.main import run; status = run(sys.argv[1:]); "
        "heavy = {'textual', 'httpx', 'pydantic', 'starlette', 'uvicorn', 'sqlite3'} & set(sys.modules); "
        "sys.exit(f'loaded {heavy}' if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", probe, *arguments], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("typed", "hint"),
    [("chekc", "ztui check"), ("improt", "ztui import"), ("frobnicate", "--help")],
)
def test_an_unknown_command_is_corrected(typed: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([typed]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert typed in told.err
    assert hint in told.err


@pytest.mark.parametrize("name", ["leads.csv", "./noend", "-", "some/dir/file"])
def test_a_file_name_opens_the_interface(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = _catch_open(monkeypatch)
    assert run(["--profile", "acme", name, "--module", "Contacts"]) == 7
    assert opened == [(name, "Contacts", "acme", False)]


def test_an_existing_file_without_suffix_opens_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened = _catch_open(monkeypatch)
    monkeypatch.chdir(tmp_path)
    Path("leads").write_text("a,b\n1,2\n")
    assert run(["--sandbox", "--module", "Leads", "leads"]) == 7
    assert opened == [("leads", "Leads", None, True)]


def test_nothing_at_all_opens_the_interface(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = _catch_open(monkeypatch)
    assert run([]) == 7
    assert run(["--profile", "acme"]) == 7
    assert opened == [(None, None, None, False), (None, None, "acme", False)]


def test_global_options_may_stand_after_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = _catch_open(monkeypatch)
    monkeypatch.setenv("ZTUI_PROFILE", "from-environment")
    assert run(["open", "x.csv", "--profile", "acme"]) == 7
    assert run(["--profile", "acme", "open", "x.csv"]) == 7
    assert run(["open", "x.csv"]) == 7
    assert [profile for _, _, profile, _ in opened] == ["acme", "acme", "from-environment"]


def test_without_a_terminal_the_interface_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["leads.csv"]) == 2
    told = capsys.readouterr().err
    assert "TERMINAL_MISSING" in told
    assert "--headless" in told


def _catch_open(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str | None, str | None, str | None, bool]]:
    """Replace the handing-over to the interface by a note of what would be opened."""
    from ztui.cli import open as opening
    from ztui.cli.context import App

    opened: list[tuple[str | None, str | None, str | None, bool]] = []

    def note(app: App, path: str | None, module: str | None) -> int:
        opened.append((path, module, app.profile, app.sandbox))
        return 7

    monkeypatch.setattr(opening, "show", note)
    assert main.cli is not None
    return opened


def test_every_command_can_be_imported_and_shows_help_with_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0, name
        shown = capsys.readouterr().out
        assert f"Usage: ztui {name}" in shown
        assert "xample" in shown, name


@pytest.mark.parametrize("name", [*COMMANDS, "profiles test", "jobs prune"])
def test_the_global_options_may_stand_after_every_command(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*name.split(), "--profile", "acme", "--sandbox", "--help"]) == 0
    assert "Example" in capsys.readouterr().out
