"""Transactions and ids."""

from __future__ import annotations

from pathlib import Path

import pytest

from ztui.sandbox.state import Sandbox
from ztui.sandbox.store import Store


def test_a_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "x.db"))

    def fail() -> None:
        with store.transaction():
            store.set_meta("a", 1)
            with store.transaction():
                store.set_meta("b", 2)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (store.meta("a"), store.meta("b")) == (None, None)
    store.close()


def test_ids_are_never_given_twice(tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    store = Store(path)
    first = store.new_ids(10)
    assert store.new_ids() == first + 10
    store.close()
    again = Store(path)
    assert again.new_ids() == first + 11
    again.clear()
    assert again.new_ids() == first
    again.close()


async def test_a_state_file_of_another_format_is_refused(tmp_path: Path) -> None:
    path = str(tmp_path / "x.db")
    box = Sandbox(path=path)
    box.store.set_meta("format", 99)
    await box.close()
    with pytest.raises(ValueError, match="format 99"):
        Sandbox(path=path)
