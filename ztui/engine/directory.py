"""What only the org itself can say about values in a file: its users, and which values its records hold already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection

from ztui.engine.lookup import Reader, find_by_values, folded
from ztui.engine.metadata import Metadata
from ztui.model.crm import Field, User


class Directory:
    """Asks the org on behalf of the check before sending. Every method raises ZohoError."""

    def __init__(self, connect: Callable[[], Awaitable[Reader]], metadata: Metadata) -> None:
        self._connect = connect
        self._metadata = metadata

    async def users(self) -> tuple[User, ...]:
        """The org's users, active or not."""
        return await self._metadata.users()

    async def holders(self, module: str, field: Field, values: Collection[str]) -> dict[str, int]:
        """How many of the module's records hold each value, by the value folded as Zoho compares it; absent ones are
        left out. One query (a credit) for each 50 values."""
        found = await find_by_values(await self._connect(), module, field, list(values))
        return {folded(value): len(records) for value, records in found.items()}
