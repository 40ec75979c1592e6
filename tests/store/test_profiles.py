import stat
import threading
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from ztui.errors import ConfigError
from ztui.model.profile import Profile
from ztui.store.profiles import ProfileStore, make_profile


@pytest.fixture
def store(tmp_path: Path) -> ProfileStore:
    return ProfileStore(tmp_path / "config" / "profiles.toml")


def sample(name: str = "main", **values: object) -> Profile:
    return make_profile(name, {"data_center": "eu", "access_token": "1000.aa.bb", **values})


def test_no_file_means_no_profiles(store: ProfileStore) -> None:
    assert store.load().profiles == {}
    assert store.load().current == ""


def test_what_is_saved_comes_back_private(store: ProfileStore) -> None:
    profile = sample(
        environment="sandbox",
        api_version="v8",
        zgid="694902309",
        refresh_token="env:ZOHO_REFRESH",
        client_id="1000.ABC",
        client_secret="s3cret",
        domains={"upload": "https://upload.zoho.eu/"},
        readonly=True,
    )
    store.save(profile)
    assert store.load().profiles["main"] == profile
    assert store.load().current == "main"
    assert profile.domains.api == "https://sandbox.zohoapis.eu"
    assert profile.domains.upload == "https://upload.zoho.eu"
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path.parent.stat().st_mode) == 0o700


def test_domains_alone_need_no_data_center(store: ProfileStore) -> None:
    local = {"api": "http://127.0.0.1:1", "accounts": "http://127.0.0.1:1", "upload": "http://127.0.0.1:1"}
    store.save(make_profile("own", {"domains": local, "access_token": "t"}))
    back = store.load().profiles["own"]
    assert back.data_center == ""
    assert back.domains.upload == "http://127.0.0.1:1"


def test_unknown_keys_are_kept(store: ProfileStore) -> None:
    store.path.parent.mkdir()
    store.path.write_text('theme = "x"\n[profiles.main]\naccess_token = "a"\nnote = "mine"\n[other]\nn = 1\n')
    store.save(replace(store.load().profiles["main"], zgid="5"))
    document = tomllib.loads(store.path.read_text())
    assert document["theme"] == "x"
    assert document["other"] == {"n": 1}
    assert document["profiles"]["main"]["note"] == "mine"
    assert document["profiles"]["main"]["zgid"] == "5"


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('[profiles.main]\naccess_token = "a\n', "2", "18"),
        ("current = \n", "1", "11"),
        ('[profiles.main]\nx = """never closed', "2", "20"),
    ],
)
def test_a_broken_file_is_located_and_never_overwritten(store: ProfileStore, text: str, line: str, column: str) -> None:
    store.path.parent.mkdir()
    store.path.write_text(text)
    for action in (store.load, lambda: store.save(sample()), lambda: store.use("main"), lambda: store.remove("main")):
        with pytest.raises(ConfigError) as caught:
            action()
        assert caught.value.code == "PROFILES_BROKEN"
        assert (caught.value.details["line"], caught.value.details["column"]) == (line, column)
    assert store.path.read_text() == text


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ('data_center = "mars"', "profiles.main.data_center"),
        ("concurrency = 0", "profiles.main.concurrency"),
        ('api_version = "v9"', "profiles.main.api_version"),
        ('domains = { api = "ftp://x" }', "profiles.main.domains.api"),
        ("access_token = 12345678", "profiles.main.access_token"),
    ],
)
def test_a_senseless_value_is_named_without_showing_it(store: ProfileStore, table: str, key: str) -> None:
    store.path.parent.mkdir()
    store.path.write_text(f"[profiles.main]\n{table}\n")
    with pytest.raises(ConfigError) as caught:
        store.load()
    assert caught.value.code == "PROFILES_INVALID"
    assert caught.value.details["key"] == key
    assert caught.value.details["line"] == 2
    assert "12345678" not in str(caught.value.details)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[profiles.a]\nzgid = "1"\n\n[ profiles . "main" ]\nconcurrency = 99\n', 5),
        ("[profiles]\nmain.concurrency = 99\n", 2),
        ("[profiles.main]\n[profiles.main.domains]\nupload = 3\n", 3),
        ("[[profiles.main]]\nconcurrency = 3\n", None),
    ],
)
def test_a_senseless_value_is_found_in_the_file(store: ProfileStore, text: str, line: int | None) -> None:
    store.path.parent.mkdir()
    store.path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        store.load()
    assert caught.value.details.get("line") == line


def test_a_profile_with_a_senseless_value_can_be_removed(store: ProfileStore) -> None:
    store.path.parent.mkdir()
    store.path.write_text('[profiles.main]\nconcurrency = 0\n[profiles.good]\naccess_token = "a"\n')
    store.remove("main")
    assert list(store.load().profiles) == ["good"]
    with pytest.raises(ConfigError):
        store.remove("main")


def test_use_and_remove(store: ProfileStore) -> None:
    store.save(sample("one"))
    store.save(sample("two"))
    store.use("two")
    assert store.load().current == "two"
    store.remove("two")
    assert store.load().current == "one"
    with pytest.raises(ConfigError) as caught:
        store.use("two")
    assert caught.value.code == "PROFILE_UNKNOWN"


def test_saving_may_refuse_to_replace(store: ProfileStore) -> None:
    store.save(sample())
    with pytest.raises(ConfigError) as caught:
        store.save(sample(zgid="1"), replace=False)
    assert caught.value.code == "PROFILE_EXISTS"


def test_no_change_is_lost_when_many_write_at_once(store: ProfileStore) -> None:
    names = [f"p{n}" for n in range(12)]
    threads = [threading.Thread(target=store.save, args=(sample(name),)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(store.load().profiles) == sorted(names)


@pytest.mark.parametrize("name", ["", "a b", "../x", "x" * 65, "a\n"])
def test_names_are_bare_words(name: str) -> None:
    with pytest.raises(ConfigError):
        make_profile(name, {"access_token": "t"})
