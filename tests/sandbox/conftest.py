from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.sandbox.driver import Driver
from ztui.sandbox.state import Sandbox
from ztui.sandbox.switches import Switches


@pytest.fixture(autouse=True)
def _own_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZTUI_TOKEN", raising=False)
    monkeypatch.delenv("ZTUI_TOKEN_SCOPELESS", raising=False)


@pytest.fixture
async def zoho() -> AsyncIterator[Driver]:
    """A fresh org whose jobs are over as soon as they are created; Owner is not required."""
    driver = Driver(Sandbox(pace="once", switches=Switches(owner_required=False)))
    yield driver
    await driver.close()


@pytest.fixture
async def recorded() -> AsyncIterator[Driver]:
    """The org as it was recorded."""
    driver = Driver(Sandbox(pace="manual"))
    yield driver
    await driver.close()
