"""How the error files are read: look-up, fallbacks, near spellings, and complaints about broken files."""

from pathlib import Path

import pytest

from ztui import catalogue
from ztui.catalogue import loader

GOOD = """
[[entry]]
level = "row"
code = "{code}"
title = "t"
cause = "c"
remedy = "r"
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(loader, "_ERRORS", tmp_path)
    return tmp_path


def test_lookup_is_exact_and_resolve_goes_on_to_what_any_call_can_meet() -> None:
    assert catalogue.lookup("job", "INVALID_TOKEN") is None
    found = catalogue.resolve("job", "INVALID_TOKEN")
    assert found is not None
    assert found.level == "auth"
    own = catalogue.resolve("mass_update", "INVALID_MODULE")
    assert own is not None
    assert own.level == "mass_update"
    assert catalogue.resolve("local", "INVALID_TOKEN") is None
    assert catalogue.resolve("job", "NEVER_HEARD_OF") is None
    assert catalogue.lookup("no such level", "INVALID_TOKEN") is None


def test_find_takes_any_spelling_of_a_code_and_all_levels() -> None:
    assert {e.level for e in catalogue.find("invalid-data")} == {"api", "upload", "job", "row", "mass_update"}
    assert catalogue.find("no such code") == ()


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("INVALID_FEILD_NAME", "INVALID_FIELD_NAME"),
        ("MANDATORY_FIELD_NOT_MAPPED", "MANDATORY_FIELDS_NOT_MAPPED"),
        ("authentication failure", "AUTHENTICATION_FAILURE"),
        ("callback", "INVALID_CALLBACK_URL"),
    ],
)
def test_near_spellings_are_offered(typed: str, meant: str) -> None:
    assert meant in catalogue.similar(typed)


def test_nothing_is_offered_for_nothing() -> None:
    assert catalogue.similar("") == ()
    assert catalogue.similar("ZZZZQQ") == ()


def test_several_local_files_make_one_level(folder: Path) -> None:
    for area, code in (("file", "A_ONE"), ("net", "B_TWO")):
        text = GOOD.format(code=code).replace('"row"', '"local"')
        (folder / f"local_{area}.toml").write_text(text)
    assert list(loader.Level("local")) == ["A_ONE", "B_TWO"]


def test_the_same_code_in_two_files_is_refused(folder: Path) -> None:
    for area in ("file", "net"):
        (folder / f"local_{area}.toml").write_text(GOOD.format(code="SAME").replace('"row"', '"local"'))
    with pytest.raises(ValueError, match=r"local_net\.toml: SAME is there twice \(see local_file\.toml\)"):
        loader.Level("local")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ('remedy = "r"\ncolour = "red"', r"row\.toml: X: unknown key colour"),
        ("", r"row\.toml: X: without remedy"),
        ('remedy = "r"\nretry = "often"', r"row\.toml: X: retry often"),
        ('remedy = "r"\n[[entry.case]]\ntitle = "a"', r"row\.toml: X: a case with no message"),
        ('remedy = "r"\n[[entry.case]]\nmessage = "a"\nhttp = [1]', r"row\.toml: X: a case with http"),
        ('remedy = "r', r"row\.toml: .*"),
    ],
)
def test_a_broken_entry_is_named_with_its_file(folder: Path, change: str, complaint: str) -> None:
    (folder / "row.toml").write_text(GOOD.format(code="X").replace('remedy = "r"', change))
    with pytest.raises(ValueError, match=complaint):
        loader.Level("row")["X"]


def test_an_entry_in_the_file_of_another_level_is_refused(folder: Path) -> None:
    (folder / "api.toml").write_text(GOOD.format(code="X"))
    with pytest.raises(ValueError, match="level row in a file of level api"):
        loader.Level("api")["X"]


def test_an_entry_without_a_code_is_refused(folder: Path) -> None:
    (folder / "row.toml").write_text('[[entry]]\nlevel = "row"\n')
    with pytest.raises(ValueError, match="without a line"):
        loader.Level("row")
