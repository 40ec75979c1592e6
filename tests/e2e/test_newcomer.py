"""The mistakes of a first day: each gets a message that says what to do, no traceback, and a status that is not 0."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ztui.engine.sandboxed import Sandbox

HOSTS = ("--api-domain", "--accounts-domain", "--upload-domain")


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def ztui(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ztui", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, **environment},
    )


def profile(url: str, token: str = "1000.any") -> None:
    hosts = [part for option in HOSTS for part in (option, url)]
    done = ztui("profiles", "add", "box", "--replace", *hosts, "--access-token", token)
    assert done.returncode == 0, done.stderr


def told(done: subprocess.CompletedProcess[str], status: int) -> str:
    assert done.returncode == status, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr + done.stdout
    assert "What to do:" in done.stderr
    return done.stderr


@pytest.mark.parametrize("command", [["preview"], ["import", "--module", "Leads", "--yes"]])
@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.csv", None, "missing.csv"),
        ("empty.csv", b"", "empty"),
        ("header.csv", b"Last Name,Email\n", "has a header and no rows"),
        ("picture.csv", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x10" * 40, "CSV"),
    ],
)
def test_files_that_cannot_be_imported(
    sandbox: Sandbox, command: list[str], name: str, content: bytes | None, says: str, tmp_path: Path
) -> None:
    profile(sandbox.base_url, sandbox.token)
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    if name == "header.csv" and command == ["preview"]:
        assert ztui(*command, str(path)).returncode == 0  # to look at it is no mistake
        return
    assert says in told(ztui(command[0], str(path), *command[1:]), 2)


_LIKE_ANYONE = """
import ctypes, os, sys
if os.geteuid() == 0:
    for power in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH: reading what others may not
        if ctypes.CDLL(None).prctl(24, power, 0, 0, 0):  # PR_CAPBSET_DROP, which counts from the next program on
            sys.exit("root keeps its powers here")
os.execv(sys.executable, [sys.executable, "-m", "ztui", *sys.argv[1:]])
"""


@pytest.mark.skipif(os.geteuid() == 0 and sys.platform != "linux", reason="only Linux takes powers from root")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = tmp_path / "secret.csv"
    path.write_text("a,b\n1,2\n")
    path.chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", _LIKE_ANYONE, "preview", str(path)], capture_output=True, text=True, timeout=100
    )
    assert "permission" in told(done, 2).lower()


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    assert "folder" in told(ztui("preview", str(tmp_path)), 2)


@pytest.fixture
def leads(tmp_path: Path) -> str:
    path = tmp_path / "leads.csv"
    path.write_text("Last Name,Email\nDoe,doe@example.com\n")
    return str(path)


def test_no_profile_yet(leads: str) -> None:
    assert "ztui profiles add" in told(ztui("import", leads, "--module", "Leads", "--yes"), 2)


def test_a_wrong_token(sandbox: Sandbox, leads: str) -> None:
    profile(sandbox.base_url, "1000.wrong")
    said = told(ztui("import", leads, "--module", "Leads", "--yes"), 3)
    assert "token" in said
    assert "1000.wrong" not in said


def test_an_unreachable_host(leads: str) -> None:
    profile("http://127.0.0.1:9")
    assert "127.0.0.1" in told(ztui("import", leads, "--module", "Leads", "--yes"), 3)


def test_a_host_that_does_not_exist(leads: str) -> None:
    profile("https://www.zohoapis.invalid")
    assert "www.zohoapis.invalid" in told(ztui("import", leads, "--module", "Leads", "--yes"), 3)


def test_a_client_of_another_data_centre(sandbox: Sandbox, leads: str) -> None:
    hosts = [part for option in HOSTS for part in (option, sandbox.base_url)]
    secrets = ["--refresh-token", "1000.other", "--client-id", "1000.OTHER", "--client-secret", "other"]
    assert ztui("profiles", "add", "box", *hosts, *secrets).returncode == 0
    said = told(ztui("import", leads, "--module", "Leads", "--yes"), 3)
    assert "data cent" in said


def test_a_home_that_cannot_be_written(sandbox: Sandbox, leads: str, tmp_path: Path) -> None:
    profile(sandbox.base_url, sandbox.token)
    (tmp_path / "file").write_text("in the way")
    done = ztui("import", leads, "--module", "Leads", "--yes", XDG_STATE_HOME=str(tmp_path / "file"))
    assert str(tmp_path / "file") in told(done, 4)


@pytest.mark.parametrize("arguments", [["--help"], ["explain", "--list"]])
def test_a_full_disk_behind_standard_output(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ztui", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 4
    assert "No space left" in done.stderr
    assert "What to do:" in done.stderr
    assert "Exception" not in done.stderr


def test_standard_output_closed_by_the_shell() -> None:
    command = f"exec {sys.executable} -m ztui explain INVALID_TOKEN >&-"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_no_terminal_for_the_interface(leads: str) -> None:
    assert "--headless" in told(ztui(leads), 2)
    assert "--headless" in told(ztui(), 2)


def _in_a_terminal(*arguments: str, term: str = "xterm-256color") -> tuple[int, str]:
    """Status and everything written, for commands that end by themselves."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "ztui", *arguments],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**os.environ, "TERM": term},
    ) as process:
        os.close(theirs)
        said = b""
        while piece := _read(ours):
            said += piece
        status = process.wait(60)
    os.close(ours)
    return status, said.decode()


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says so when the other end is closed
        return b""


@pytest.mark.parametrize(
    ("arguments", "term", "says"),
    [
        (["{leads}"], "dumb", "TERM is dumb"),
        (["nowhere.csv"], "xterm", "nowhere.csv"),
        (["{folder}"], "xterm", "folder"),
        (["{leads}", "--profile", "nobody"], "xterm", "no profile called nobody"),
    ],
)
def test_what_is_certain_to_fail_is_said_before_the_screen_changes(
    leads: str, tmp_path: Path, arguments: list[str], term: str, says: str
) -> None:
    given = [a.format(leads=leads, folder=tmp_path) for a in arguments]
    status, said = _in_a_terminal(*given, term=term)
    assert status == 2
    assert says in said
    assert "What to do:" in said
    assert "\x1b" not in said
