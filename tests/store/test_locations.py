import pwd
import stat
from pathlib import Path

import pytest

from ztui.errors import ConfigError, StoreError
from ztui.store.locations import Locations


def test_xdg_variables_decide(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    here = Locations.default()
    assert here.profiles_file == tmp_path / "CONFIG" / "ztui" / "profiles.toml"
    assert here.state_dir == tmp_path / "STATE" / "ztui"
    assert here.data_dir == tmp_path / "DATA" / "ztui"
    assert here.cache_dir == tmp_path / "CACHE" / "ztui"


def test_home_is_the_fallback(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Locations.default().config_dir == tmp_path / ".config" / "ztui"


def test_no_home_at_all_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONFIG", "STATE", "DATA", "CACHE"):
        monkeypatch.delenv(f"XDG_{name}_HOME", raising=False)
    monkeypatch.delenv("HOME")

    def unknown(uid: int) -> None:
        raise KeyError(uid)

    monkeypatch.setattr(pwd, "getpwuid", unknown)
    with pytest.raises(ConfigError) as caught:
        Locations.default()
    assert caught.value.code == "HOME_MISSING"


def test_folders_are_private_and_made_only_when_asked(tmp_path: Path) -> None:
    here = Locations.under(tmp_path / "throwaway")
    assert not (tmp_path / "throwaway").exists()
    folder = here.ensure(here.state_dir)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert not here.config_dir.exists()


def test_a_file_in_the_way_is_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    with pytest.raises(StoreError) as caught:
        Locations.under(tmp_path).ensure(tmp_path / "state" / "runs")
    assert caught.value.code == "STORE_UNUSABLE"
    assert caught.value.details["path"] == str(tmp_path / "state" / "runs")
