"""One sandbox for the tests of a module, emptied before each of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.screens.world import World
from ztui.engine.sandboxed import Sandbox


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Sandbox]:
    with Sandbox(pace="once") as sandbox:
        yield sandbox


@pytest.fixture
def world(tmp_path: Path, _sandbox: Sandbox) -> World:
    """A workspace on the sandbox, which has forgotten everything."""
    here = World(tmp_path, _sandbox)
    here.reset()
    return here
