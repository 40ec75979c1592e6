import stat
import threading
import time
from pathlib import Path

import pytest

from ztui.store.tokens import TokenStore


def test_a_token_is_kept_privately_until_it_expires(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "tokens.json"
    TokenStore(path).save("main", "1000.aa", time.time() + 3600)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    kept = TokenStore(path).load("main")
    assert kept is not None
    assert kept[0] == "1000.aa"
    assert TokenStore(path).load("other") is None


def test_expired_tokens_are_neither_given_nor_kept(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens.json")
    store.save("old", "1000.old", time.time() - 1)
    assert store.load("old") is None
    store.save("new", "1000.new", time.time() + 60)
    assert "1000.old" not in (tmp_path / "tokens.json").read_text()


def test_a_refused_token_is_forgotten(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens.json")
    store.save("main", "1000.aa", time.time() + 60)
    store.forget("main")
    assert store.load("main") is None


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'{"main": "x"}', b'{"main": [1, 2]}', b"\xff"])
def test_a_damaged_cache_is_an_empty_one(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "tokens.json"
    path.write_bytes(content)
    store = TokenStore(path)
    assert store.load("main") is None
    store.save("main", "1000.aa", time.time() + 60)
    assert store.load("main") is not None


def test_a_cache_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = TokenStore(tmp_path / "file" / "tokens.json")
    store.save("main", "1000.aa", time.time() + 60)
    assert store.load("main") is None


def test_tokens_saved_at_once_are_all_kept(tmp_path: Path) -> None:
    store = TokenStore(tmp_path / "tokens.json")
    until = time.time() + 60
    threads = [threading.Thread(target=store.save, args=(f"k{n}", f"t{n}", until)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(store.load(f"k{n}") == (f"t{n}", until) for n in range(10))
