from pathlib import Path

import pytest

from ztui.store.recent import KEPT, RecentFiles


def test_the_newest_comes_first_and_only_once(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "state" / "recent.json")
    for name in ("a.csv", "b.csv", "a.csv"):
        (tmp_path / name).write_text("x")
        recent.add(tmp_path / name, 1)
    assert [Path(f.path).name for f in recent.all()] == ["a.csv", "b.csv"]


def test_files_that_are_gone_are_not_shown(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "recent.json")
    (tmp_path / "a.csv").write_text("x")
    recent.add(tmp_path / "a.csv", 1)
    (tmp_path / "a.csv").unlink()
    assert recent.all() == []


def test_the_list_does_not_grow_for_ever(tmp_path: Path) -> None:
    recent = RecentFiles(tmp_path / "recent.json")
    for number in range(KEPT + 5):
        (tmp_path / f"{number}.csv").write_text("x")
        recent.add(tmp_path / f"{number}.csv", 1)
    assert len(recent.all()) == KEPT


def test_names_that_are_not_utf8_are_kept(tmp_path: Path) -> None:
    odd = tmp_path / "caf\udce9.csv"
    odd.write_text("x")
    recent = RecentFiles(tmp_path / "recent.json")
    recent.add(odd, 1)
    assert [f.path for f in recent.all()] == [str(odd)]


@pytest.mark.parametrize("content", ["{", "[1]", '[{"path": "x"}]'])
def test_a_damaged_list_is_an_empty_one(tmp_path: Path, content: str) -> None:
    (tmp_path / "recent.json").write_text(content)
    assert RecentFiles(tmp_path / "recent.json").all() == []
