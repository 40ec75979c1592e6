"""What only the org itself can say about values in a file: which records and users they point at exist.

It is the `Directory` that the check before sending asks (`ztui.engine.preflight`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from ztui.engine.lookup import Reader, find_by_values, folded
from ztui.engine.metadata import Metadata
from ztui.model.crm import Field


class Directory:
    """Asks the org on behalf of the check. Every method raises ZohoError."""

    def __init__(self, connect: Callable[[], Awaitable[Reader]], metadata: Metadata) -> None:
        self._connect = connect
        self._metadata = metadata

    async def missing_records(self, module: str, find_by: str, values: Collection[str]) -> Collection[str]:
        """Those of the values that no record of `module` has in `find_by`. A query (a credit) for each 50 values."""
        held = await self.holders(module, find_by, values)
        return [value for value in values if folded(value) not in held]

    async def missing_users(self, find_by: str, values: Collection[str]) -> Collection[str]:
        """Those of the values that no active user has as `find_by` ("id", also for "", "email" or "full_name")."""
        users = [user for user in await self._metadata.users() if user.active]
        by = {"email": "email", "full_name": "full_name"}.get(find_by.lower(), "id")
        known = {folded(getattr(user, by)) for user in users}
        return [value for value in values if folded(value) not in known]

    async def holders(self, module: str, find_by: str, values: Collection[str]) -> dict[str, int]:
        """How many of the module's records hold each value in `find_by`, by the folded value; absent ones are left
        out. A query (a credit) for each 50 values."""
        known = (await self._metadata.schema(module)).field(find_by)
        field = known or Field(find_by, find_by, "text")
        found = await find_by_values(await self._connect(), module, field, list(values))
        return {folded(value): len(records) for value, records in found.items()}
