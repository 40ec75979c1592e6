"""The sandbox as a program: announcement, signals, the parent's end, `kill -9`, broken connections on a real socket."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.driver import zip_of
from ztui.sandbox.launch import BadSettings, Settings, build, read_scenario

DONE = "/crm/bulk/v2.1/write/4150868000005350003"
Start = Callable[..., "Program"]


class Program:
    """A running `ztui sandbox` and a client of it."""

    def __init__(self, *options: str, env: dict[str, str] | None = None) -> None:
        command = [sys.executable, "-m", "ztui.sandbox", "--json", *options]
        given = {**os.environ, **(env or {})}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=given)
        self.errors = b""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "it ended without an announcement"
        self.facts: dict[str, str] = json.loads(line)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.facts["base_url"].removeprefix("http://"), timeout=20)
        given = {"Authorization": f"Bearer {self.facts['token']}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        try:
            connection.request(method, path, body if isinstance(body, bytes | None) else json.dumps(body), given)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        return json.loads(self.call(method, path, body, **headers)[1])

    def upload(self, text: str) -> str:
        head = b'--xx\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n'
        body = head + zip_of({"a.csv": text}) + b"\r\n--xx--\r\n"
        kind = "multipart/form-data; boundary=xx"
        found = self.json(
            "POST", "/crm/v2/upload", body, feature="bulk-write", X_CRM_ORG=self.facts["zgid"], Content_Type=kind
        )
        return str(found["details"]["file_id"])

    def create(self, file_id: str) -> Any:
        mappings = [{"api_name": "Last_Name", "index": 0}]
        resource = {"type": "data", "module": "Leads", "file_id": file_id, "field_mappings": mappings}
        return self.json("POST", "/crm/bulk/v2/write", {"operation": "insert", "resource": [resource]})

    def end(self, number: int = signal.SIGTERM) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        status = self.process.wait(20)
        if self.process.stderr is not None and not self.process.stderr.closed:
            self.errors = self.process.stderr.read()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        return status

    def raw(self, data: bytes) -> bytes:
        """What comes back for these bytes from a client that then closes its side."""
        host, _, port = self.facts["base_url"].removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=20) as client:
            client.sendall(data)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65536), b""))


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[Program] = []

    def begin(*options: str, env: dict[str, str] | None = None) -> Program:
        running.append(Program(*options, env=env))
        return running[-1]

    yield begin
    for program in running:
        program.end(signal.SIGKILL)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_itself_and_ends_cleanly(start: Start, number: signal.Signals) -> None:
    program = start(env={"ZTUI_TOKEN": "mine", "ZTUI_TOKEN_SCOPELESS": "less"})
    assert set(program.facts) == {
        "base_url", "token", "token_scopeless", "refresh_token", "client_id", "client_secret", "zgid", "version",
    }  # fmt: skip
    assert (program.facts["token"], program.facts["token_scopeless"]) == ("mine", "less")
    assert program.facts["base_url"].startswith("http://127.0.0.1:")
    assert program.json("GET", DONE)["result"]["download_url"].startswith(program.facts["base_url"] + "/v2/crm/")
    assert program.end(number) == 0


def test_it_ends_with_its_parent(start: Start) -> None:
    program = start("--exit-with-parent")
    assert program.process.stdin is not None
    program.process.stdin.close()
    assert program.process.wait(20) == 0


def test_it_goes_on_after_kill_9(start: Start, tmp_path: Path) -> None:
    options = ("--no-owner-required", "--state", str(tmp_path / "org.db"))
    first = start(*options, "--pace", "manual")
    used, unused = first.upload("n\nA\nB\n"), first.upload("n\nC\n")
    job = first.create(used)["details"]["id"]
    first.json("POST", "/_sandbox/pace", {"advance": job})
    first.json("POST", "/_sandbox/clock", {"advance": 3600})
    first.end(signal.SIGKILL)

    second = start(*options, "--pace", "poll")
    state = second.json("GET", "/_sandbox/state")
    assert state["clock_offset"] == 3600
    assert second.json("GET", f"/crm/bulk/v2/write/{job}")["status"] == "INPROGRESS"
    done = second.json("GET", f"/crm/bulk/v2/write/{job}")
    assert (done["status"], done["resource"][0]["file"]["added_count"]) == ("COMPLETED", 2)
    second.end(signal.SIGKILL)

    third = start(*options)
    again = third.json("GET", f"/crm/bulk/v2/write/{job}")
    assert again["resource"] == done["resource"]
    after = third.json("GET", "/_sandbox/state")
    assert after["records"]["Leads"] == state["records"]["Leads"] + 2
    assert third.create(used)["code"] == "FILE_NOT_SUPPORTED"
    assert third.create(unused)["details"]["id"] > job


def test_connections_break_on_the_wire(start: Start) -> None:
    program = start("--fault", "reset_before@details", "--fault", "cut@org")
    with pytest.raises((ConnectionResetError, http.client.RemoteDisconnected)):
        program.call("GET", DONE)
    assert program.call("GET", DONE)[0] == 200
    with pytest.raises((ConnectionResetError, http.client.IncompleteRead)):
        program.call("GET", "/crm/v2/org")
    assert program.call("GET", "/crm/v2/org")[0] == 200
    assert program.end() == 0
    assert program.errors == b""


@pytest.mark.parametrize(
    ("data", "start_of_answer"),
    [
        (b"\x16\x03\x01 nonsense\r\n\r\n", b"HTTP/1.1 400"),
        (b"A" * 300_000, b"HTTP/1.1 400"),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"HTTP/1.1 404"),
        (b"GET /crm/v2/org HTTP/1.0\r\n\r\n", b"HTTP/1.1 401"),
        (b"GET http://127.0.0.1/crm/v2/org HTTP/1.1\r\nHost: a\r\n\r\n", b"HTTP/1.1 401"),
        (b"POST /crm/v2/Leads HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", b""),
    ],
    ids=["no http", "endless", "asterisk", "http 1.0", "absolute", "half a body"],
)
def test_bytes_from_strange_clients(start: Start, data: bytes, start_of_answer: bytes) -> None:
    program = start()
    answer = program.raw(data)
    assert answer.startswith(start_of_answer)
    assert bool(answer) == bool(start_of_answer)
    assert program.end() == 0
    assert program.errors == b""


def test_a_scenario_sets_the_stage(start: Start, tmp_path: Path) -> None:
    scenario = tmp_path / "stage.toml"
    scenario.write_text(
        'pace = "poll"\nseed = 7\n[switches]\nowner_required = false\ncredits = 900\n'
        '[[fault]]\nkind = "500"\nroute = "org"\n'
        '[[field]]\nmodule = "Leads"\napi_name = "Shoe_Size"\ndata_type = "integer"\nlength = 9\nmass_update = true\n'
    )
    program = start("--scenario", str(scenario), "--switch", "credits=1000")
    state = program.json("GET", "/_sandbox/state")
    assert (state["pace"], state["seed"], state["credits"]["limit"]) == ("poll", 7, 1000)
    assert program.call("GET", "/crm/v2/org")[0] == 500
    fields = program.json("GET", "/crm/v7/settings/fields?module=Leads")["fields"]
    assert [f["data_type"] for f in fields if f["api_name"] == "Shoe_Size"] == ["integer"]


@pytest.mark.parametrize(
    "text",
    [
        "pace = ",
        "colour = 1",
        "[[fault]]\nkind = 'x'",
        "[[field]]\nnope = 1",
        "[switches]\nx = 1",
        "seed = 'x'",
        "fault = 5",
    ],
)
def test_scenarios_that_make_no_sense(tmp_path: Path, text: str) -> None:
    path = tmp_path / "stage.toml"
    path.write_text(text)
    with pytest.raises(BadSettings, match=r"\w"):
        build(Settings(scenario=path), "http://127.0.0.1:9")


def test_missing_and_foreign_files(tmp_path: Path) -> None:
    with pytest.raises(BadSettings, match="cannot read"):
        read_scenario(tmp_path / "none.toml")
    foreign = tmp_path / "foreign.db"
    foreign.write_bytes(b"this is no database" * 100)
    with pytest.raises(BadSettings, match="state file"):
        build(Settings(state=foreign), "http://127.0.0.1:9")


@pytest.mark.parametrize(
    "options",
    [["--pace", "warp"], ["--fault", "nope"], ["--switch", "nope"], ["--port", "99999"], ["--scenario", "/none.toml"]],
)
def test_settings_that_make_no_sense_end_with_2(options: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "ztui.sandbox", *options], capture_output=True, timeout=30, check=False
    )
    assert done.returncode == 2
    assert b"Error" in done.stderr


def test_two_sandboxes_do_not_share_a_file(start: Start, tmp_path: Path) -> None:
    path = tmp_path / "org.db"
    start("--state", str(path))
    with pytest.raises(BadSettings, match="locked"):
        build(Settings(state=path), "http://127.0.0.1:9")
