"""Paths as they are pasted and shown."""

from pathlib import Path

import pytest

from ztui.present.paths import is_taken, pasted_path, shorten, unwritable


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


def test_a_home_of_nobody_is_a_folder_that_is_not_there() -> None:
    assert pasted_path("~nobody-here/f.csv") is None
    assert unwritable(" ~nobody-here/f.csv", "-") == "There is no folder ~nobody-here."
    assert not is_taken("~nobody-here/f.csv")


def test_why_a_name_will_not_do_is_said_without_a_number() -> None:
    assert unwritable("x" * 300, "f.csv") == "No file can be written there: File name too long."
