"""What the org is made of, asked for once: organisation, users, modules, schemas, views.

Without a profile the catalogue's standard fields stand in, so that files can be mapped and checked offline.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar, cast

from ztui import catalogue
from ztui.errors import ConfigError, UsageError
from ztui.model.crm import CustomView, Module, ModuleSchema, Org, User

T = TypeVar("T")


class MetadataSource(Protocol):
    """The part of `ztui.zoho.client.ZohoClient` that metadata comes from. Every method raises ZohoError."""

    async def org(self) -> Org:
        """The organisation."""
        ...

    async def users(self) -> tuple[User, ...]:
        """Its users."""
        ...

    async def modules(self) -> tuple[Module, ...]:
        """Its modules."""
        ...

    async def schema(self, module: str) -> ModuleSchema:
        """A module with fields and layouts, requirements of the default layout merged in."""
        ...

    async def custom_views(self, module: str) -> tuple[CustomView, ...]:
        """The views of a module."""
        ...


class Metadata:
    """Answers of one org, each asked for once; `forget` asks anew. `connect` None means there is no org."""

    def __init__(self, connect: Callable[[], Awaitable[MetadataSource]] | None, api_version: str = "v2.1") -> None:
        self._connect = connect
        self._version = api_version
        self._known: dict[tuple[str, str], Any] = {}
        self._asking: dict[tuple[str, str], asyncio.Lock] = {}

    def forget(self) -> None:
        """Ask Zoho again from now on."""
        self._known.clear()

    async def org(self) -> Org:
        """The organisation. Raises ConfigError PROFILE_NONE without a profile."""
        return await self._once("org", "", lambda source: source.org())

    async def users(self) -> tuple[User, ...]:
        """The users; none without a profile."""
        if self._connect is None:
            return ()
        return await self._once("users", "", lambda source: source.users())

    async def modules(self) -> tuple[Module, ...]:
        """The modules, those that can be imported into first, each group in the org's order."""
        if self._connect is None:
            every = catalogue.standard_modules()
        else:
            every = await self._once("modules", "", lambda source: source.modules())
        return tuple(sorted(every, key=lambda module: not self.importable(module)))

    def importable(self, module: Module) -> bool:
        """True when bulk write takes the module and the user may create or edit its records."""
        rules = catalogue.modules()
        allowed = module.api_supported and (module.creatable or module.editable)
        return allowed and rules.importable(module.api_name, module.generated_type, version=self._version)

    async def schema(self, module: str) -> ModuleSchema:
        """Fields and layouts of a module. Raises UsageError MODULE_MISSING for a module the org does not have."""
        if self._connect is None:
            known = catalogue.standard_schema(module)
        else:
            names = {m.api_name for m in await self.modules()}
            known = (
                await self._once("schema", module, lambda source: source.schema(module)) if module in names else None
            )
        if known is None:
            every = ", ".join(m.api_name for m in await self.modules() if self.importable(m))
            reason = f"There is no module with the API name {module} here (upper and lower case matter)"
            raise UsageError("MODULE_MISSING", details={"module": module, "known": every, "reason": reason})
        return known

    async def custom_views(self, module: str) -> tuple[CustomView, ...]:
        """The views of a module; none without a profile."""
        if self._connect is None:
            return ()
        return await self._once("views", module, lambda source: source.custom_views(module))

    async def _once(self, what: str, name: str, ask: Callable[[MetadataSource], Awaitable[T]]) -> T:
        if self._connect is None:
            raise ConfigError("PROFILE_NONE")
        key = (what, name)
        # Screens ask for the same thing at the same moment: one request serves them all.
        async with self._asking.setdefault(key, asyncio.Lock()):
            if key not in self._known:
                self._known[key] = await ask(await self._connect())
            return cast(T, self._known[key])
