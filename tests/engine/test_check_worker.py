"""The children load neither the interface nor the network, and answer what they are asked."""

from __future__ import annotations

import io
import subprocess
import sys
from array import array
from pathlib import Path

import pytest

from tests.engine.checking import SCHEMA, mapping_of, opened, write
from ztui.engine import check_worker
from ztui.engine.check_worker import Worker, frame, read_frame
from ztui.engine.preflight_repeats import KeyFile, KeysJob, KeyTexts, numbers_of, repeated
from ztui.engine.preflight_segment import Job

HEADER = ("Last_Name", "Code", "Extra")


@pytest.mark.parametrize("module", ["ztui.engine.check_worker", "ztui.engine.planner_worker"])
def test_a_child_is_light(module: str) -> None:
    code = (
        f"import sys, {module}; "
        "print([m for m in ('textual', 'httpx', 'pydantic', 'rich', 'asyncio', 'starlette') if m in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_frames() -> None:
    stream = io.BytesIO(frame(("a", 1)) + frame("b"))
    assert read_frame(stream) == ("a", 1)
    assert read_frame(stream) == "b"
    with pytest.raises(EOFError):
        read_frame(stream)


def test_a_worker_checks_ranges_and_finds_repeats(tmp_path: Path) -> None:
    rows = [[f"N{n}", f"C{n % 40}", "x"] for n in range(60)]
    file = opened(write(tmp_path / "f.csv", HEADER, rows))
    worker = Worker()
    with pytest.raises(RuntimeError):
        worker.head(1)
    worker.job(Job(file.info, mapping_of(HEADER), SCHEMA, watched=(1,)))
    head = worker.head(20)
    assert (head.records, head.lines, head.filled) == (20, 20, {0: 20, 1: 20})
    check_worker.write_keys(head, str(tmp_path / "0-"))
    rest = worker.segment(None, head.end, None, str(tmp_path / "1-"))
    assert rest is not None
    assert (rest.start, rest.records) == (head.end, 40)
    files = (KeyFile(tmp_path / "0-1", 0, 20), KeyFile(tmp_path / "1-1", 20, 40))
    met = worker.meeting(files, worker.repeated(files, 0, 1))
    assert list(met) == [n for n in range(60) if n % 40 < 20]
    places = ((file.info.data_start, 0, 2),)
    assert worker.numbers(KeysJob(1, [3, 43], places)) == {numbers_of(files[0])[3]}
    keys = worker.keys(KeysJob(1, met, places))
    assert isinstance(keys, KeyTexts)
    hits = keys.repeats(lambda record: True)
    assert list(hits.records) == list(range(40, 60))
    assert list(hits.lines) == list(range(42, 62))
    assert list(hits.extra) == list(range(2, 22))
    assert hits.value(0) == "C0"
    assert list(keys.repeats(lambda record: record != 7).records) == [n for n in range(40, 60) if n != 47]
    some, others = (worker.keys(KeysJob(1, [r for r in met if r % 3 == rest], places)) for rest in (0, 1))
    assert list(others.and_these(some).hits.records) == [r for r in met if r % 3 < 2]
    assert list(some.and_these(others).repeats(lambda record: True).records) == [40, 43, 46, 49, 52, 55, 58]
    size = file.info.data_path.stat().st_size
    assert worker.segment(None, size, None, str(tmp_path / "2-")) is None


def test_repeats_are_the_same_in_many_passes(tmp_path: Path) -> None:
    numbers = array("q", [5, -3, 0, 7, 5, 0, -3, 9, 11, 7, 7])
    with (tmp_path / "k").open("wb") as stream:
        numbers.tofile(stream)
    assert numbers_of(KeyFile(tmp_path / "k", 0, len(numbers))) == numbers
    for at_once in (100, 4, 1):
        assert repeated(lambda: [numbers[:5], numbers[5:]], len(numbers), at_once) == {5, -3, 7}


def test_the_working_directory_cannot_get_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "csv.py").write_text("raise SystemExit('not this one')")
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        check_worker.child_command("ztui.engine.check_worker"),
        input=b"",
        env=check_worker.child_environment(),
        check=True,
        capture_output=True,
    )
    assert done.stderr == b""
