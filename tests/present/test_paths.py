"""Paths as they are pasted and shown."""

from pathlib import Path

import pytest

from ztui.present.paths import pasted_path, shorten


@pytest.mark.parametrize("form", ["{}", "'{}'", '"{}"', "file://{}", "{} \n"])
def test_a_dropped_file_is_recognised(tmp_path: Path, form: str) -> None:
    path = tmp_path / "leads.csv"
    path.write_text("a")
    assert pasted_path(form.format(path)) == str(path)


def test_blanks_are_escaped_by_some_terminals(tmp_path: Path) -> None:
    path = tmp_path / "my leads.csv"
    path.write_text("a")
    assert pasted_path(str(path).replace(" ", "\\ ")) == str(path)


def test_other_text_is_no_path(tmp_path: Path) -> None:
    assert pasted_path("hello") is None
    assert pasted_path(str(tmp_path)) is None
    assert pasted_path("it's") is None


def test_long_paths_keep_the_name() -> None:
    short = shorten("/very/long/way/down/to/the/file.csv", 20)
    assert short.endswith("…/file.csv")
    assert len(short) <= 20
