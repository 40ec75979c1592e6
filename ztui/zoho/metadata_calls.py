"""The client's calls that read what the org looks like."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from ztui import catalogue
from ztui.errors import ApiError
from ztui.model.crm import Credits, CustomView, Field, Layout, Module, ModuleSchema, Org, User
from ztui.zoho import metadata, wire
from ztui.zoho.bulk_write import number
from ztui.zoho.calls import Calls
from ztui.zoho.models import LayoutIn

_USER_PAGES = 50


@dataclass(frozen=True, slots=True)
class ApiCost:
    """What one call costs, by `__apis`."""

    path: str
    method: str
    least: int | None
    most: int | None


class MetadataCalls(Calls):
    """Modules, fields, layouts, views, users, the organisation. All are harmless and repeated when that may help."""

    _modules: tuple[Module, ...] | None = None

    async def org(self) -> Org:
        """The organisation behind the token; also tells how many credits a day there are."""
        answer = await self._get("org", need="org")
        found = metadata.org_in(answer)
        if found is None:
            raise self._empty("org", answer.status)
        limit = metadata.credit_limit(answer)
        if limit is not None:
            known = self._connection.credits
            self._connection.credits = Credits(known.spent, known.remaining, limit)
        return found

    async def users(self, kind: str = "ActiveUsers") -> tuple[User, ...]:
        """All users of a kind (`ActiveUsers`, `AllUsers`, `CurrentUser`, …), page after page."""
        size = catalogue.limits().users_per_page
        found: list[User] = []
        for page in range(1, _USER_PAGES + 1):
            params = {"type": kind, "page": str(page), "per_page": str(size)}
            answer = await self._get("users", params, need="users")
            found += metadata.users_in(answer)
            info = answer.table.get("info")
            if not (isinstance(info, dict) and info.get("more_records") is True):
                break
        return tuple(found)

    async def modules(self) -> tuple[Module, ...]:
        """All modules of the org in Zoho's order; which of them can be imported into is the catalogue's to say."""
        answer = await self._get("settings/modules", need="settings")
        self._modules = metadata.modules_in(answer)
        return self._modules

    async def fields(self, module: str) -> tuple[Field, ...]:
        """The fields of a module over all layouts, without the layouts' requirements; the record id first."""
        answer = await self._get("settings/fields", {"module": module}, need="settings", module=module)
        return metadata.plain_fields(metadata.fields_in(answer), module)

    async def layouts(self, module: str) -> tuple[Layout, ...]:
        """The layouts of a module."""
        return metadata.schema_of(Module(module, module, module), (), await self._layouts(module)).layouts

    async def schema(self, module: str) -> ModuleSchema:
        """A module with its fields, the default layout's requirements merged in. ApiError for an unknown module."""
        known = self._modules if self._modules is not None else await self.modules()
        found = next((m for m in known if m.api_name == module), None) or Module(module, module, module)
        answer, layouts = await asyncio.gather(
            self._get("settings/fields", {"module": module}, need="settings", module=module),
            self._layouts_if_allowed(module),
        )
        return metadata.schema_of(found, metadata.fields_in(answer), layouts)

    async def custom_views(self, module: str) -> tuple[CustomView, ...]:
        """The custom views of a module that the user may use."""
        answer = await self._get("settings/custom_views", {"module": module}, need="settings", module=module)
        return metadata.views_in(answer)

    async def apis(self) -> tuple[ApiCost, ...]:
        """What each call costs in credits (`__apis`, v8 description)."""
        answer = await self._get("__apis", need="apis")
        found = []
        for api in answer.items("__apis"):
            path = wire.text(api.get("path"))
            kinds = api.get("operation_types")
            for kind in kinds if isinstance(kinds, list) else [api]:
                if isinstance(kind, dict):
                    least, most = number(kind.get("min_credits")), number(kind.get("max_credits"))
                    found.append(ApiCost(path, wire.text(kind.get("method")), least, most))
        return tuple(found)

    async def _layouts(self, module: str) -> tuple[LayoutIn, ...]:
        answer = await self._get("settings/layouts", {"module": module}, need="settings", module=module)
        return metadata.layouts_in(answer)

    async def _layouts_if_allowed(self, module: str) -> tuple[LayoutIn, ...]:
        try:
            return await self._layouts(module)
        except ApiError as error:
            # A user without the right to see layouts can still import: then Zoho alone knows the layout's demands.
            if wire.kind_of(error) == "permission":
                return ()
            raise

    def _empty(self, what: str, status: int) -> ApiError:
        facts = {"host": self.profile.domains.api, "reason": f"the answer holds no {what}"}
        return ApiError("ANSWER_GARBLED", details=facts, level="local", http_status=status)
