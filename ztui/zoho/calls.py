"""What all calls of the client share: connection, base URL, safe path segments, no changes for read-only profiles."""

from __future__ import annotations

from collections.abc import Mapping

from ztui.errors import UsageError
from ztui.model.profile import Profile
from ztui.zoho.bodies import JSON_HEADERS, json_body
from ztui.zoho.connection import Ask, Connection
from ztui.zoho.wire import Answer


class Calls:
    """Base of the client's groups of calls."""

    profile: Profile
    _connection: Connection

    def _url(self, path: str) -> str:
        """An address below `{api}/crm/{version}/`."""
        return f"{self.profile.domains.api.rstrip('/')}/crm/{self.profile.api_version}/{path}"

    async def _get(
        self, path: str, params: Mapping[str, str] | None = None, *, need: str, cost: int = 1, level: str = "api",
        module: str = "",
    ) -> Answer:  # fmt: skip
        """Read something; `module` is what a refusal speaks of."""
        ask = Ask(
            "GET", self._url(path), level=level, need=need, params=params or {}, cost=cost, facts={"module": module}
        )
        return await self._connection.call(ask)

    async def _send(
        self, method: str, path: str, body: object = None, *, need: str, params: Mapping[str, str] | None = None,
        cost: int = 1, module: str = "",
    ) -> Answer:  # fmt: skip
        """Change records; entries of the answer speak for themselves."""
        self._may_change()
        ask = Ask(
            method,
            self._url(path),
            need=need,
            harmless=False,
            listed=True,
            params=params or {},
            headers=JSON_HEADERS if body is not None else {},
            body=json_body(body) if body is not None else None,
            cost=cost,
            facts={"module": module},
        )
        return await self._connection.call(ask)

    def _may_change(self) -> None:
        """Raise UsageError when the profile forbids changes."""
        if self.profile.readonly:
            raise UsageError("PROFILE_READONLY", details={"profile": self.profile.name})


def segment(text: str) -> str:
    """A path segment: what came from a file or a person must not lead elsewhere."""
    return "".join(c if c.isalnum() or c in "_-." else "_" for c in text) if text not in (".", "..") else "_"
