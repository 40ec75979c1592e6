import stat
from pathlib import Path

from ztui.cli.crash import crash_note, write_crash_note
from ztui.store.locations import Locations


def _raise(secret: str) -> None:
    try:
        raise ValueError(secret)
    except ValueError as inner:
        raise ExceptionGroup("several", [KeyError(secret), inner]) from inner


def _caught(secret: str) -> BaseException:
    try:
        _raise(secret)
    except ExceptionGroup as error:
        return error
    raise AssertionError


def test_the_chain_is_told_by_type_and_place_without_values() -> None:
    note = crash_note(_caught("1000.deadbeef"))
    assert "deadbeef" not in note
    for expected in ("ExceptionGroup", "ValueError", "| builtins.KeyError", "in _raise", "test_crash.py:"):
        assert expected in note, expected


def test_the_note_is_private(tmp_path: Path) -> None:
    path = write_crash_note(_caught("x"), Locations.under(tmp_path))
    assert path.parent == tmp_path / "state" / "crashes"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def _taken_out_of_its_group() -> BaseException:
    try:
        try:
            raise ExceptionGroup("one", [ValueError("x")])
        except ExceptionGroup as caught:
            raise caught.exceptions[0] from caught
    except ValueError as error:
        return error


def test_an_error_that_was_taken_out_of_its_group_is_told_once() -> None:
    """It has the group for its cause, which holds it again."""
    note = crash_note(_taken_out_of_its_group())
    assert note.count("builtins.ValueError") == 1
    assert note.count("builtins.ExceptionGroup") == 1
