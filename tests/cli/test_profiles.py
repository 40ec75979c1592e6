import io
import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from ztui.cli.main import run
from ztui.engine.sandboxed import Sandbox
from ztui.sandbox.tokens import CLIENT_ID, CLIENT_SECRET
from ztui.store.locations import Locations

OPEN = ["--api-domain", "--accounts-domain", "--upload-domain"]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running:
        yield running


def _hosts(url: str) -> list[str]:
    return [part for option in OPEN for part in (option, url)]


def test_add_list_show_use_remove(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "list"]) == 0
    assert "No profiles yet" in capsys.readouterr().out
    assert run(["profiles", "add", "main", "--data-center", "eu", "--access-token", "1000.secret"]) == 0
    assert run(["profiles", "add", "test", "--environment", "sandbox", "--access-token", "env:TOKEN", "--use"]) == 0
    told = capsys.readouterr()
    assert "1000.secret" not in told.out + told.err
    assert "env:TOKEN" in told.out
    assert run(["profiles", "list", "--json"]) == 0
    main, test = json.loads(capsys.readouterr().out)
    assert main["domains"]["api"] == "https://www.zohoapis.eu"
    assert main["access_token"] == "••••••"
    assert (main["current"], test["current"]) == (False, True)
    assert test["domains"]["api"] == "https://sandbox.zohoapis.com"
    assert run(["profiles", "use", "main"]) == 0
    assert run(["profiles", "remove", "test"]) == 0
    capsys.readouterr()
    assert run(["profiles", "show"]) == 0
    assert "main (current)" in capsys.readouterr().out


def test_replace_changes_only_what_is_given(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "add", "main", "--data-center", "eu", "--access-token", "1000.secret"]) == 0
    assert run(["profiles", "add", "main", "--access-token", "x"]) == 2
    assert "PROFILE_EXISTS" in capsys.readouterr().err
    assert run(["profiles", "add", "main", "--replace", "--readonly", "--api-version", "8"]) == 0
    assert "1000.secret" in Locations.default().profiles_file.read_text()
    assert run(["profiles", "add", "main", "--replace", "--data-center", "in"]) == 0
    capsys.readouterr()
    assert run(["profiles", "show", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert (shown["domains"]["api"], shown["api_version"], shown["readonly"]) == ("https://www.zohoapis.in", "v8", True)


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (["add", "x"], 2, "access token"),
        (["add", "x", "--refresh-token", "r"], 2, "client id and client secret"),
        (["add", "x", "--access-token", "t", "--data-center", "mars"], 2, "us, eu"),
        (["add", "x", "--access-token", "t", "--api-domain", "zoho"], 2, "https://"),
        (["add", "a b", "--access-token", "t"], 2, "letters"),
        (["use", "nobody"], 2, "no profile called nobody"),
        (["test"], 2, "No org is set up"),
        (["add", "x", "--access-token", "-"], 2, "no line for the access token"),
    ],
)
def test_what_cannot_be_is_explained(
    arguments: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run(["profiles", *arguments]) == status
    assert told in capsys.readouterr().err
    assert not Locations.default().profiles_file.exists()


def test_secrets_can_be_piped_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("1000.refresh\ns3cret\n"))
    arguments = ["--refresh-token", "-", "--client-id", "1000.ABC", "--client-secret", "-"]
    assert run(["profiles", "add", "main", *arguments]) == 0
    kept = Locations.default().profiles_file.read_text()
    assert 'refresh_token = "1000.refresh"' in kept
    assert 'client_secret = "s3cret"' in kept


def test_a_trial_goes_through_every_step(sandbox: Sandbox, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["profiles", "add", "box", *_hosts(sandbox.base_url), "--access-token", sandbox.token]) == 0
    capsys.readouterr()
    assert run(["profiles", "test", "--json"]) == 0
    trial = json.loads(capsys.readouterr().out)
    assert trial["passed"]
    assert {step["result"] for step in trial["steps"]} == {"ok"}
    assert [step["step"] for step in trial["steps"]][:4] == ["secrets", "host", "token", "organisation"]


@pytest.mark.parametrize(
    ("token", "port", "failed", "remedy"),
    [
        ("1000.wrong", None, "token", "What to do"),
        ("env:ZTUI_TEST_NOT_SET", None, "secrets", "ZTUI_TEST_NOT_SET"),
        ("seed-token-no-bulk-scope", None, "bulk write", "scope"),
        ("1000.any", 9, "host", "What to do"),
    ],
)
def test_a_trial_says_what_is_wrong_and_what_to_do(
    sandbox: Sandbox, token: str, port: int | None, failed: str, remedy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    url = sandbox.base_url if port is None else f"http://127.0.0.1:{port}"
    assert run(["profiles", "add", "box", *_hosts(url), "--access-token", token]) == 0
    capsys.readouterr()
    assert run(["profiles", "test", "box"]) == 3
    shown = capsys.readouterr().out
    assert f"✗ {failed}: " in shown
    assert remedy in shown
    assert token.startswith("env:") or token not in shown


def _grant_code(sandbox: Sandbox) -> str:
    request = urllib.request.Request(f"{sandbox.base_url}/_sandbox/grant", data=b"{}", method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(json.load(answer)["code"])


def test_a_self_clients_code_becomes_a_refresh_token(
    sandbox: Sandbox, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = _grant_code(sandbox)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{CLIENT_SECRET}\n{code}\n{CLIENT_SECRET}\n{code}\n"))
    given = [*_hosts(sandbox.base_url), "--client-id", CLIENT_ID, "--client-secret", "-", "--code", "-"]
    assert run(["profiles", "add", "box", *given]) == 0
    assert run(["profiles", "test"]) == 0
    assert "✓ secrets: refresh token, client id, client secret" in capsys.readouterr().out
    assert code not in Locations.default().profiles_file.read_text()
    assert run(["profiles", "add", "again", *given]) == 3
    assert "code" in capsys.readouterr().err


def test_a_broken_file_is_located(capsys: pytest.CaptureFixture[str]) -> None:
    path: Path = Locations.default().profiles_file
    path.parent.mkdir(parents=True)
    path.write_text("[profiles.main]\naccess_token = 'x\n")
    assert run(["profiles", "list"]) == 2
    told = capsys.readouterr().err
    assert f"{path}, line 2, column" in told
    assert path.read_text() == "[profiles.main]\naccess_token = 'x\n"


def test_the_global_options_choose_what_is_shown_and_tested(capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        assert run(["profiles", "add", name, "--access-token", "1000.secret"]) == 0
    for arguments in (["--profile", "two", "profiles", "show"], ["profiles", "show", "--profile", "two"]):
        capsys.readouterr()
        assert run([*arguments, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["name"] == "two"
    assert run(["profiles", "test", "--sandbox", "--json"]) == 0
    tried = json.loads(capsys.readouterr().out)
    assert (tried["profile"], tried["passed"]) == ("sandbox", True)


@pytest.mark.parametrize(
    "arguments", [["list"], ["add", "one", "--access-token", "x"], ["use", "one"], ["remove", "one"]]
)
def test_a_throw_away_sandbox_keeps_no_profiles(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--sandbox", "profiles", *arguments]) == 2
    assert "--sandbox keeps no profiles" in capsys.readouterr().err
    assert not Locations.default().profiles_file.exists()
