import asyncio

import pytest

from ztui.engine.metadata import Metadata
from ztui.errors import ConfigError, UsageError
from ztui.model.crm import CustomView, Field, Module, ModuleSchema, Org, User

LEADS = Module("Leads", "Lead", "Leads")
NOTES = Module("Notes", "Note", "Notes", api_supported=False)


class Asked:
    """An org that notes what it is asked."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def _note(self, what: str) -> None:
        self.calls.append(what)
        await asyncio.sleep(0)

    async def org(self) -> Org:
        await self._note("org")
        return Org("1", "2", "Acme")

    async def users(self) -> tuple[User, ...]:
        await self._note("users")
        return ()

    async def modules(self) -> tuple[Module, ...]:
        await self._note("modules")
        return (NOTES, LEADS)

    async def schema(self, module: str) -> ModuleSchema:
        await self._note(f"schema {module}")
        return ModuleSchema(LEADS, (Field("Last_Name", "Last Name", "text"),))

    async def custom_views(self, module: str) -> tuple[CustomView, ...]:
        await self._note("views")
        return ()


def _metadata(org: Asked) -> Metadata:
    async def connect() -> Asked:
        return org

    return Metadata(connect)


async def test_each_question_is_asked_once_even_when_many_ask_together() -> None:
    org = Asked()
    metadata = _metadata(org)
    await asyncio.gather(*(metadata.schema("Leads") for _ in range(5)), metadata.modules(), metadata.org())
    assert sorted(org.calls) == ["modules", "org", "schema Leads"]
    metadata.forget()
    await metadata.org()
    assert org.calls.count("org") == 2


async def test_modules_that_can_be_imported_come_first() -> None:
    assert [m.api_name for m in await _metadata(Asked()).modules()] == ["Leads", "Notes"]


async def test_a_module_the_org_does_not_have_is_a_usage_error() -> None:
    org = Asked()
    with pytest.raises(UsageError) as caught:
        await _metadata(org).schema("Lead")
    assert caught.value.code == "MODULE_MISSING"
    assert caught.value.details["known"] == "Leads"
    assert "schema Lead" not in org.calls


async def test_without_an_org_the_standard_fields_stand_in() -> None:
    metadata = Metadata(None)
    assert (await metadata.schema("Leads")).field("Last_Name") is not None
    assert (await metadata.modules())[0].api_name
    assert await metadata.users() == ()
    assert await metadata.custom_views("Leads") == ()
    with pytest.raises(ConfigError) as caught:
        await metadata.org()
    assert caught.value.code == "PROFILE_NONE"
