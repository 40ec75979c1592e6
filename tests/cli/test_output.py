import io
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ztui.cli import output
from ztui.model.crm import Operation
from ztui.model.profile import Secret


def test_lines_are_cleaned_and_kept_apart(capsys: pytest.CaptureFixture[str]) -> None:
    output.line("one\ntwo \x1b[31mred")
    output.lines(["a", "b"])
    assert capsys.readouterr().out == "one\ntwo ␛[31mred\na\nb\n"


@dataclass(frozen=True, slots=True)
class Sample:
    path: Path
    operation: Operation
    secret: Secret
    names: tuple[str, ...]


def test_json_is_ascii_and_hides_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    output.document(Sample(Path("/tmp/ü\x1b"), Operation.UPSERT, Secret("s3cret"), ("a", "\u202e")))
    text = capsys.readouterr().out
    assert text.isascii()
    assert "\x1b" not in text
    assert json.loads(text) == {
        "path": "/tmp/ü\x1b",
        "operation": "upsert",
        "secret": "•••",
        "names": ["a", "\u202e"],
    }


def test_a_stream_that_is_not_utf8_gets_escapes(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    output.line("Zoë")
    output.flush()
    assert raw.getvalue() == b"Zo\\xeb\n"


def test_a_reader_who_leaves_ends_the_command_quietly() -> None:
    talk = (
        "from ztui.cli import output, diagnostics\nwith diagnostics.Guard() as g:\n while True: output.line('x'*999)\n"
    )
    code = f"{talk}\nimport sys; sys.exit(g.status)"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""
